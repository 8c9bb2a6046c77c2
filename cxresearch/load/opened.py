"""Tables of a study, opened once while its files stay as they are."""

from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from cxresearch.ask.errors import ResearchError
from cxresearch.ask.study import Study, open_study
from cxresearch.load.contracts import Tables, read
from cxresearch.load.engines import is_small
from cxresearch.load.files import named

OVER_FILES = ("duckdb://", "pyspark://")


def tables_of(study: Study) -> Tables:
    """Return the tables of a study; the same ones again while study.toml and every file are unchanged.

    Notes
    -----
    Names, sizes and times of change of the files, looked-up ones too, are the key, so that a changed file is read anew. Tables of a
    warehouse have none: they are opened each time.
    """
    files = sorted({path for _, path in named(study)})
    if not all(spec.files for spec in study.tables.values()) or not study.engine.startswith(OVER_FILES):
        return read(study)
    return _read(_Key(study, tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)))


def open_ahead(path: str | Path) -> Study | None:
    """Open the tables of a small study for all processes that will be forked from this one.

    Parameters
    ----------
    path : str or Path
        Of the study.

    Returns
    -------
    Study or None
        None where it is large, or cannot be opened: that is left to who reads it.

    Notes
    -----
    A forked process takes them over while study.toml and every file are unchanged, as `tables_of` does by itself. A large study is read
    by several threads, which a fork would lose.
    """
    with suppress(ResearchError, OSError):
        study = open_study(path)
        if is_small(study):
            tables_of(study).clean  # noqa: B018
            return study
    return None


class _Key:
    """A study that counts as the same while its text and its files are."""

    def __init__(self, study: Study, files: tuple[tuple[str, int, int], ...]) -> None:
        self.study, self.said = study, (str(study.file), study.digest, files)

    def __hash__(self) -> int:
        return hash(self.said)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.said == other.said


@lru_cache(maxsize=4)
def _read(key: _Key) -> Tables:
    return read(key.study)
