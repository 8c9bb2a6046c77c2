"""Delimited text files and the cells of Excel sheets: refused with file, line and rule where they are not what the study declares."""

import codecs
import contextlib
import csv
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from cxresearch.ask.errors import DataError
from cxresearch.ask.table_spec import Format

BLOCK = 1 << 20
SEPARATORS = (",", ";", "\t", "|")


def prepare(file: Path, format: Format, folder: Path) -> Path:
    """Return a plain UTF-8 copy of the file, or the file itself where it is one.

    Parameters
    ----------
    file : Path
        A delimited text file, or a zip archive with exactly one.
    format : Format
        Its declared encoding.
    folder : Path
        Where a copy may be written.

    Raises
    ------
    DataError
        Where the file is empty, holds NUL bytes or is not in the declared encoding.
    """
    plain = _unpacked(file, folder) if zipfile.is_zipfile(file) else file
    if plain.stat().st_size == 0:
        raise DataError(f"{file}: the file is empty.")
    if codecs.lookup(format.encoding).name == "utf-8":
        _refuse_nul(plain, file)
        return plain
    copy = folder / f"{len(list(folder.iterdir()))}-{file.name}.utf8"
    try:
        with plain.open(encoding=format.encoding, newline="") as text, copy.open("w", encoding="utf-8", newline="") as out:
            shutil.copyfileobj(text, out, BLOCK)
    except UnicodeError:
        raise _undecodable(plain, file, format) from None
    _refuse_nul(copy, file)
    return copy


def header_of(plain: Path, file: Path, format: Format) -> list[str]:
    """Return the column names of the first line, without blanks around them.

    Raises
    ------
    DataError
        Where a column has no name, a name stands twice, whatever its capitals, or the declared separator is not the one of the file.
    """
    with _opened(plain) as lines:
        try:
            names = [name.strip() for name in next(csv.reader(lines, delimiter=format.delimiter), [])]
        except (UnicodeDecodeError, csv.Error):
            raise _undecodable(plain, file, format) from None
    if len(names) == 1:
        _refuse_separator(names[0], file, format)
    _refuse_names(names, file)
    return names


def cells_of(file: Path, sheet: Any, format: Format) -> Iterator[list[str]]:
    """Yield the rows of an Excel sheet as text: whole numbers without a point, times in ISO or as declared, empty rows left out.

    Raises
    ------
    DataError
        Where a column has no name, or a row has more cells than there are columns.
    """
    if hasattr(sheet, "reset_dimensions"):
        sheet.reset_dimensions()
    width = 0
    for place, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        cells = [_cell(value, format) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        if not width:
            if not all(cells) or not cells:
                raise DataError(f"{file}: row 1 has an empty cell among the column names. The first row must name every column.")
            width = len(cells)
        if len(cells) > width:
            raise DataError(f"{file}, row {place}: {len(cells)} cells where the first row names {width} columns.")
        if cells:
            yield cells + [""] * (width - len(cells))


def explain(plain: Path, file: Path, format: Format, fields: int) -> DataError:
    """Return the error that names the first line which breaks the format.

    Parameters
    ----------
    plain, file : Path
        The file as read, and as the user knows it.
    fields : int
        Fields in the header.
    """
    try:
        return _first_bad_row(plain, file, format, fields)
    except UnicodeDecodeError:
        return _undecodable(plain, file, format)
    except csv.Error as error:
        return DataError(f"{file}: not readable as delimited text: {error}.")


def _cell(value: Any, format: Format) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.strftime(format.date_format) if format.date_format else value.isoformat(" " if isinstance(value, datetime) else "T")
    if isinstance(value, int | float):
        text = str(int(value)) if float(value).is_integer() else repr(value)
        return text.replace(".", format.decimal)
    return str(value).strip()


def _first_bad_row(plain: Path, file: Path, format: Format, fields: int) -> DataError:
    with _opened(plain) as lines:
        reader = csv.reader(lines, delimiter=format.delimiter, strict=True)
        line = 1
        for row in reader:
            if row and len(row) != fields:
                return DataError(
                    f"{file}, line {line}: {len(row)} fields where the header has {fields}. {_reason(reader, len(row) < fields)}"
                )
            line = reader.line_num + 1
    return DataError(f'{file}: a quoted field is not closed, or quotes stand inside a field without being doubled ("").')


def _reason(reader: object, short: bool) -> str:
    if not short:
        return "A field that contains the separator needs quotes."
    last = next(reader, None) is None  # type: ignore[call-overload]
    return "It is the last line: the file looks cut off." if last else "The row is cut short, or the separator differs."


def _opened(plain: Path):
    return plain.open(encoding="utf-8-sig", newline="")


def _unpacked(file: Path, folder: Path) -> Path:
    with zipfile.ZipFile(file) as archive:
        members = [name for name in archive.namelist() if not name.endswith("/") and "__MACOSX" not in name]
        if len(members) != 1:
            raise DataError(f"{file}: the archive holds {len(members)} files ({', '.join(members[:5])}); it must hold exactly one.")
        out = folder / f"{len(list(folder.iterdir()))}-{Path(members[0]).name}"
        with archive.open(members[0]) as source, out.open("wb") as target:
            shutil.copyfileobj(source, target, BLOCK)
    return out


def _refuse_nul(plain: Path, file: Path) -> None:
    line = 1
    with plain.open("rb") as bytes_:
        while block := bytes_.read(BLOCK):
            at = block.find(b"\0")
            if at >= 0:
                line += block.count(b"\n", 0, at)
                raise DataError(f"{file}, line {line}: the file holds NUL bytes. It is binary, damaged, or UTF-16 (declare encoding).")
            line += block.count(b"\n")


def _refuse_separator(head: str, file: Path, format: Format) -> None:
    counts = {mark: head.count(mark) for mark in SEPARATORS if mark != format.delimiter}
    mark, count = max(counts.items(), key=lambda item: item[1])
    if count:
        raise DataError(
            f"{file}, line 1: one column where several are expected. The declared separator is {format.delimiter!r}; "
            f"the line holds {count} {mark!r}: write delimiter = {mark!r} in study.toml."
        )


def _refuse_names(names: list[str], file: Path) -> None:
    if not any(names):
        raise DataError(f"{file}, line 1: the line is empty; the first line of a file must name its columns.")
    if "" in names:
        raise DataError(
            f"{file}, line 1: column {names.index('') + 1} of {len(names)} has no name. Every column needs one: the numbers that pandas "
            "gives to rows are left out with to_csv(index=False), a separator at the end of the line is taken away."
        )
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise DataError(
            f'{file}, line 1: the column "{twice[0]}" stands {names.count(twice[0])} times in the header. Every column needs its own name.'
        )
    seen: dict[str, str] = {}
    for name in names:
        if seen.setdefault(name.lower(), name) != name:
            raise DataError(
                f'{file}, line 1: the columns "{seen[name.lower()]}" and "{name}" differ in capitals only, and are one to the engine. '
                "Give one of them another name."
            )


def _undecodable(plain: Path, file: Path, format: Format) -> DataError:
    decoder = codecs.getincrementaldecoder(format.encoding)()
    line = 0
    with plain.open("rb") as lines, contextlib.suppress(UnicodeError):
        for text in lines:
            line += 1
            decoder.decode(text)
    return DataError(
        f'{file}, line {line}: not written in {format.encoding}. Declare the encoding in study.toml, for instance encoding = "cp1252".'
    )
