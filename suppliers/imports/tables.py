"""Reading tables that somebody else made: CSV of any encoding and separator, and XLSX, one row at a time.

Memory stays bounded whatever the size of the file. Nothing here knows what the columns mean.
"""

import codecs
import csv
import re
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from pathlib import Path
from typing import IO

from charset_normalizer import from_bytes
from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

SEPARATORS = ",;\t|"
LONGEST_CELL = 200_000
MOST_COLUMNS = 400
#: A heading may stand below a title and a note.
HEADING_WITHIN = 10
#: What a workbook may hold once unpacked: all of it, and the texts that must be kept in memory.
MOST_UNPACKED = 4 * 2**30
MOST_SHARED_TEXT = 96 * 2**20
MOST_RATIO = 300
MOST_MERGED = 20_000
MERGED = re.compile(rb'<mergeCell ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
CODE_PAGES = ["cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"]
#: ğ, ı and ş of code page 1254, which are ð, ý and þ of 1252; and letters that Icelandic has and Turkish has not.
TURKISH = set(b"\xf0\xfd\xfe")
ICELANDIC = set(b"\xe1\xe6\xed\xf3\xfa")
ERRORS_OF_A_SHEET = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"}

csv.field_size_limit(LONGEST_CELL)


class Unreadable(Exception):
    """The file cannot be read; the message says why and what to do, and may be shown to a person."""


@dataclass(frozen=True)
class Table:
    """Headings, and rows of texts as long as the headings, with the line or row number each has in the file."""

    headings: list[str]
    rows: Iterator[tuple[int, list[str]]]
    #: The encoding of a CSV file, "xlsx" for a workbook.
    form: str
    #: About which share of the file has been read, from 0 to 1.
    share: Callable[[int], float]


@contextmanager
def open_table(path: Path) -> Iterator[Table]:
    """The first table of a file, known by its content and not by its name; raises Unreadable."""
    with path.open("rb") as file:
        start = file.read(8)
    if not start:
        raise Unreadable(_("The file is empty."))
    if start.startswith(b"PK\x03\x04"):
        with _open_workbook(path) as table:
            yield table
    elif start.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable(_("This is a workbook of an old kind, or one with a password. Save it as XLSX or CSV."))
    elif start.startswith((b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise Unreadable(_("This is no table. Save it as XLSX or CSV."))
    else:
        with _open_csv(path) as table:
            yield table


# --- CSV --------------------------------------------------------------------------------------------------------


@contextmanager
def _open_csv(path: Path) -> Iterator[Table]:
    encoding = _encoding(path)
    with path.open("r", encoding=encoding, errors="replace", newline="") as file:
        separator = _separator(file)
        file.seek(0)
        reader = csv.reader(_without_nul(file), delimiter=separator)
        size = path.stat().st_size
        yield _table(_numbered(reader), encoding, lambda number: file.buffer.tell() / size)


def _without_nul(file: IO[str]) -> Iterator[str]:
    for line in file:
        yield line.replace("\0", "")


def _numbered(reader: "csv.Reader") -> Iterator[tuple[int, list[str]]]:
    try:
        for cells in reader:
            yield reader.line_num, [cell.strip().lstrip("\ufeff") for cell in cells]
    except csv.Error as error:
        raise Unreadable(
            _("Line %(line)s cannot be read: probably a quotation mark was opened there and never closed.")
            % {"line": reader.line_num}
        ) from error


def _encoding(path: Path) -> str:
    """UTF-8 only if the whole file is; else what its first part looks like."""
    with path.open("rb") as file:
        sample = file.read(2**18)
    for mark, name in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
    ):
        if sample.startswith(mark):
            return name
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if sample.count(0) > len(sample) // 4:
        return "utf-16-be" if sample[0] == 0 else "utf-16-le"
    if _is_utf8(path):
        return "utf-8"
    return _code_page(sample)


def _code_page(sample: bytes) -> str:
    """The Windows code page of a text: Western, the most frequent by far, where it fits as well as any other."""
    found = {match.encoding: match for match in from_bytes(sample, cp_isolation=CODE_PAGES, threshold=0.4)}
    if not found:
        return "cp1252"
    best = next(iter(found.values()))
    western = found.get("cp1252")
    if western is None or western.chaos > best.chaos or western.coherence < best.coherence - 0.1:
        return best.encoding
    # Turkish differs in six letters alone, which are Icelandic in the Western page.
    is_turkish = TURKISH & set(sample) and not ICELANDIC & set(sample)
    return "cp1254" if is_turkish else "cp1252"


def _is_utf8(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while part := file.read(2**20):
                decoder.decode(part)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _separator(file: IO[str]) -> str:
    """The one that cuts the first lines into the most columns of the same number."""
    lines = list(islice(_without_nul(file), 30))

    def evenness(separator: str) -> tuple[float, int]:
        try:
            widths = [len(cells) for cells in csv.reader(lines, delimiter=separator) if any(cells)]
        except csv.Error:
            return (0, 0)
        common = max(set(widths), key=lambda width: (widths.count(width), width), default=0)
        return (widths.count(common) / len(widths), common) if common > 1 else (0, common)

    return max(SEPARATORS, key=evenness)


# --- Workbooks --------------------------------------------------------------------------------------------------


@contextmanager
def _open_workbook(path: Path) -> Iterator[Table]:
    _refuse_bombs(path)
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    except (InvalidFileException, KeyError, ValueError, OSError, zipfile.BadZipFile, SyntaxError) as error:
        raise Unreadable(_("This is no workbook that can be read. Save it again as XLSX, or as CSV.")) from error
    try:
        sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
        if sheet is None:
            raise Unreadable(_("The workbook has no visible sheet."))
        stated = sheet.max_row or 0
        # A sheet may state a wrong size, which would cut off what lies beyond.
        sheet.reset_dimensions()
        below = _merged_downwards(path, sheet)
        yield _table(_cells(sheet, below), "xlsx", lambda number: number / stated if number <= stated else 0.99)
    finally:
        book.close()


def _refuse_bombs(path: Path) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
    except zipfile.BadZipFile as error:
        raise Unreadable(_("The workbook is damaged. Save it again as XLSX, or as CSV.")) from error
    unpacked = sum(part.file_size for part in parts)
    shared = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    packed = max(1, sum(part.compress_size for part in parts))
    if len(parts) > 10_000 or unpacked > MOST_UNPACKED or shared > MOST_SHARED_TEXT:
        raise Unreadable(_("The workbook is too large once it is unpacked. Save the sheet as CSV."))
    if unpacked > 50 * 2**20 and unpacked / packed > MOST_RATIO:
        raise Unreadable(_("The workbook unpacks to hundreds of times its size, which no table does."))
    if not any(part.filename.startswith("xl/") for part in parts):
        raise Unreadable(_("This is no table. Save it as XLSX or CSV."))


def _merged_downwards(path: Path, sheet) -> dict[int, list[tuple[int, int]]]:
    """Per column (from 0) the spans of rows that are one merged cell: the cells below the first belong to it too."""
    spans: dict[int, set[tuple[int, int]]] = {}
    rest, count = b"", 0
    with zipfile.ZipFile(path) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as file:
        while chunk := file.read(2**20):
            text = rest + chunk
            for found in MERGED.finditer(text):
                left, top, _right, bottom = range_boundaries(found.group(1).decode())
                if bottom > top and count < MOST_MERGED:
                    spans.setdefault(left - 1, set()).add((top, bottom))
                    count += 1
            rest = text[-80:]
    return {column: sorted(rows) for column, rows in spans.items()}


def _cells(sheet, merged: dict[int, list[tuple[int, int]]]) -> Iterator[tuple[int, list[str]]]:
    held: dict[int, str] = {}
    waiting = {column: iter(spans) for column, spans in merged.items()}
    current = {column: next(spans) for column, spans in waiting.items()}
    try:
        for number, row in enumerate(sheet.iter_rows(values_only=True, max_col=MOST_COLUMNS), start=1):
            cells = [_as_text(value) for value in row]
            for column, (top, bottom) in list(current.items()):
                if number == top and column < len(cells):
                    held[column] = cells[column]
                elif top < number <= bottom:
                    cells += [""] * (column + 1 - len(cells))
                    cells[column] = cells[column] or held.get(column, "")
                if number >= bottom and (following := next(waiting[column], None)):
                    current[column] = following
            yield number, cells
    except (KeyError, ValueError, IndexError, SyntaxError, zipfile.BadZipFile, OSError) as error:
        raise Unreadable(_("The workbook is damaged. Save it again as XLSX, or as CSV.")) from error


def _as_text(value: object) -> str:
    """A cell as a person reads it: 1080 and not 1080.0, a day and not a moment at midnight."""
    if value is None or value in ERRORS_OF_A_SHEET:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).strip()


# --- Both -------------------------------------------------------------------------------------------------------


def _table(rows: Iterator[tuple[int, list[str]]], form: str, share: Callable[[int], float]) -> Table:
    first = list(islice(rows, HEADING_WITHIN))
    place = _heading(first)
    if place is None:
        raise Unreadable(_("The file has no line of headings with at least two columns."))
    headings = [heading[:200] for heading in first[place][1][:MOST_COLUMNS]]
    while headings and not headings[-1]:
        headings.pop()
    return Table(headings, _even(first[place + 1 :], rows, len(headings)), form, share)


def _heading(rows: list[tuple[int, list[str]]]) -> int | None:
    """The first row that is as full as any near it: titles and notes above fill one cell."""
    filled = [sum(1 for cell in cells if cell) for _number, cells in rows]
    most = max(filled, default=0)
    if most < 2:
        return None
    return next(place for place, count in enumerate(filled) if count >= max(2, most // 2))


def _even(
    first: list[tuple[int, list[str]]], rows: Iterator[tuple[int, list[str]]], width: int
) -> Iterator[tuple[int, list[str]]]:
    """Rows without blank ones, each as wide as the headings."""
    for number, cells in chain(first, rows):
        if any(cells):
            yield number, (cells + [""] * width)[:width]
