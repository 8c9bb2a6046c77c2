"""The files that a study names, wherever they lie: the only place that expands a pattern."""

import glob
import os
from collections.abc import Iterable
from pathlib import Path

from cxresearch.ask.errors import DataError, nearest
from cxresearch.ask.study import Study


def matching(folder: Path, pattern: str) -> list[Path]:
    """Return the files that one entry of study.toml names, in order of their names.

    Parameters
    ----------
    folder : Path
        Of the study; what its own name holds is never taken for a pattern.
    pattern : str
        A file or a pattern, from the folder on or absolute. A file of just this name counts before a pattern.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp(suffix="[1]"))
    >>> for name in ("b.csv", "a.csv", "a.txt"):
    ...     _ = (folder / name).write_text("id")
    >>> [file.name for file in matching(folder, "*.csv")], matching(folder, "c.csv")
    (['a.csv', 'b.csv'], [])
    """
    whole = folder / pattern
    if whole.is_file() or not glob.has_magic(pattern):
        return [whole] if whole.is_file() else []
    found = sorted(glob.glob(os.path.join(glob.escape(str(folder)), pattern)))
    return [path for path in map(Path, found) if path.is_file()]


def named(study: Study) -> list[tuple[str, Path]]:
    r"""Return every file that the tables of a study are read from, looked-up ones too, each behind the entry that names it.

    Examples
    --------
    >>> import tempfile
    >>> from cxresearch.ask.study import open_study
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.csv").write_text("contact_id")
    >>> _ = (folder / "study.toml").write_text('[tables.contacts]\nfile = "*.csv"\n')
    >>> [(entry, file.name) for entry, file in named(open_study(folder))]
    [('*.csv', 'a.csv')]
    """
    specs = study.tables.values()
    entries = {entry for spec in specs for entry in (*spec.files, *(spec.lookup.files if spec.lookup else ()))}
    return [(entry, file) for entry in sorted(entries) for file in matching(study.folder, entry)]


def lacks(file: Path, column: str, other: Path, known: Iterable[str]) -> DataError:
    """Return the error for a column that only some files of one table have.

    Parameters
    ----------
    file, other : Path
        Which lacks it, and which has it.
    column : str
        Its name.
    known : iterable of str
        What the first has instead.

    Examples
    --------
    >>> print(lacks(Path("may.csv"), "amount", Path("april.csv"), ["Amount", "id"]))
    may.csv: there is no column "amount", which april.csv has; did you mean "Amount"? Known: Amount, id. One table is read from files with \
the same columns: write it in each of them, empty where nothing is known.
    """
    return DataError(
        f'{file}: there is no column "{column}", which {other} has; {nearest(column, known)} '
        "One table is read from files with the same columns: write it in each of them, empty where nothing is known."
    )
