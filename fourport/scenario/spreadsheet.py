"""Read tables as spreadsheets save them: CSV with commas, semicolons or tabs, and decimal commas or points.

Spreadsheets of many countries write ``;`` between cells and a comma in numbers. A file may begin with
``sep=;``, as Excel understands it, and with a title above the header.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import islice, pairwise

ENCODINGS = {"GB18030": "gb18030", "EUC-KR": "cp949"}
"""Encodings of Chinese and Korean Excel; that of Korean Windows extends EUC-KR."""
SURELY_KOREAN = 30
"""So many letters that are all Hangul are Korean: of a Chinese text, some 40 % would not be."""
DELIMITERS = (",", ";", "\t")
SEPARATOR = re.compile(r"sep=(.)\r?\n")
"""The first line by which Excel is told what is between the cells."""
TITLES = 10
"""Number of rows above a header that may hold titles."""

NUMBER = re.compile(r"[+-]?\d[\d.,]*")
"""The number at the beginning of a cell."""
DOUBTFUL = re.compile(r"[+-]?[1-9]\d{0,2}[.,]\d{3}")
"""Either a number of thousands or a number with three decimals."""

PLAIN = re.compile(r"[+-]?(\d[\d_]*\.?\d*|\.\d+)([eE][+-]?\d+)?")
"""A number without a unit."""

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
YEAR_FIRST = re.compile(r"(\d{4})(?:\s?[-/.年]\s?(\d{1,2})\s?[-/.月]\s?(\d{1,2})[日.]?|(\d{2})(\d{2}))")
"""2019-03-31, 2019/3/31, 2019. 3. 31., 2019年3月31日 and 20190331."""
MONTH_NAMED = re.compile(r"(\d{1,2})[-/. ]?([A-Za-z]{3,9})\.?[-/. ,]*(\d{4}|\d{2})")
"""31MAR19, 31-Mar-2019 and 31 March 2019."""
DAY_FIRST = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})")
"""31.03.2019, and with / or - either 31/03/2019 or 03/31/2019."""
MIDNIGHT = re.compile(r"[ T]0?0:00(:00)?$")
CLOCK = re.compile(r"(\d{1,2}):?(\d{2})(?::00)?\s*([AaPp][Mm])?")
"""19:00, 19:00:00, 1900 and 7:00 PM."""

Row = dict[str, str]


class SheetError(ValueError):
    """Raised for a table that cannot be used; ``line`` is that of the file."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


Wrong = tuple[int, str, str]
"""A problem: line of the file, column, message."""


@dataclass
class Sheet:
    """A table of a file.

    Attributes
    ----------
    header
        Line of the names of the columns.
    names
        Names of the columns.
    rows
        Line and cells of each row, by column; empty cells are left out.
    wrong
        Problems.
    delimiter
        What is between the cells.
    """

    header: int = 1
    names: list[str] = field(default_factory=list)
    rows: list[tuple[int, Row]] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    delimiter: str = ","


def decoded(data: bytes, declared: object = None) -> str:
    """Decode a table: UTF-8, UTF-16 as Excel marks it, or one of :data:`ENCODINGS`.

    Nearly all Korean texts are Chinese ones, too. One is told only if the other cannot be meant: EUC-KR lacks
    some characters of most Chinese texts, and a Chinese text is not all Hangul.

    Parameters
    ----------
    declared
        The encoding of tables that are not UTF-8; None if it is not declared.

    Raises
    ------
    ValueError
        If the text is in none of these encodings, may be in several, or is not in the declared one.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        found = _in(data, "utf-16")
        if found is None:
            raise ValueError("is not UTF-16 text, though it is marked as such; allowed: CSV in UTF-8")
        return found
    if b"\0" in data:
        raise ValueError("is a binary file; allowed: CSV")
    text = _in(data, "utf-8-sig")
    if text is not None:
        return text
    known = {name: found for name, codec in ENCODINGS.items() if (found := _in(data, codec)) is not None}
    foreign = [letter for letter in known.get("EUC-KR", "") if ord(letter) > 127]
    if declared is None and len(foreign) >= SURELY_KOREAN and all("가" <= one <= "힣" for one in foreign):
        known = {"EUC-KR": known["EUC-KR"]}
    if declared is not None:
        known = {name: found for name, found in known.items() if name == declared}
    if len(known) != 1:
        may_be = (
            f"may be {' or '.join(known)}" if known else f"is not {declared or ' or '.join(ENCODINGS)} either"
        )
        raise ValueError(
            f'is not UTF-8 text and {may_be}; allowed: CSV in UTF-8, or csv_encoding = "GB18030" or "EUC-KR"'
        )
    return next(iter(known.values()))


def _in(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except UnicodeDecodeError:
        return None


def _itself(name: str) -> str:
    return name


def read_sheet(text: str, needed: Collection[str], named: Callable[[str], str] = _itself) -> Sheet:
    """Read CSV text; its header is the first row that has the needed columns, else the first row.

    Parameters
    ----------
    needed
        Columns that the header has.
    named
        Returns the column that is meant by a cell of the header.
    """
    given = SEPARATOR.match(text)
    above, text = (1, text[given.end() :]) if given else (0, text)
    found = Sheet(above + 1)
    delimiters = (given[1],) if given else DELIMITERS
    found.delimiter, skipped = _header(text, delimiters, needed, named)
    rows = _rows(text, above, found)
    for _ in range(skipped):
        next(rows, None)
    found.header, cells = next(rows, (above + 1, []))
    found.names = [named(cell.strip()) for cell in cells]
    for line, cells in rows:
        n = len(found.names)
        if len(cells) > n and any(cell.strip() for cell in cells[n:]):
            hint = _decimal_comma(cells) if found.delimiter == "," else ""
            found.wrong.append((line, "", f"has {len(cells)} cells; allowed: {n}{hint}"))
        elif any(cell.strip() for cell in cells):
            pairs = zip(found.names, cells, strict=False)
            found.rows.append((line, {name: cell.strip() for name, cell in pairs if cell.strip()}))
    return found


def _decimal_comma(cells: Sequence[str]) -> str:
    """Return how to write a number with a decimal comma, if two cells may be parts of one; else nothing."""
    for whole, decimals in pairwise(cell.strip() for cell in cells):
        rest = re.match(r"\d+(?![\d.])", decimals)
        if rest and re.fullmatch(r"[+-]?\d[\d.]*", whole):
            more = ", and ; between the cells" if len(cells) > 2 else ""
            return f"; if {whole},{rest[0]} is one number: sep=; as the first line of the file{more}"
    return ""


def _header(
    text: str, delimiters: Iterable[str], needed: Collection[str], named: Callable[[str], str]
) -> tuple[str, int]:
    """Return what is between the cells, and the number of rows above the header."""
    for delimiter in delimiters:
        rows = islice(_rows(text, 0, Sheet(delimiter=delimiter)), TITLES + 1)
        for number, (_, cells) in enumerate(rows):
            if set(needed) <= {named(cell.strip()) for cell in cells}:
                return delimiter, number
    top = text.partition("\n")[0]
    return max(delimiters, key=top.count), 0


def _rows(text: str, above: int, found: Sheet) -> Iterator[tuple[int, list[str]]]:
    """Return the rows with their lines, up to the first that is not CSV."""
    reader = csv.reader(io.StringIO(text), delimiter=found.delimiter)
    try:
        for cells in reader:
            yield reader.line_num + above, cells
    except csv.Error as error:
        found.wrong.append((reader.line_num + above, "", f"is not CSV: {error}"))


def read_column(text: str, column: str, unit: str) -> list[str]:
    """Read the quantities in a column; plain numbers are in the unit.

    Raises
    ------
    SheetError
        If there is no such column, or a number in it that may be read in two ways.
    """
    sheet = read_sheet(text, (column,))
    make_decimals_points(sheet, lambda name: name == column)
    for line, _, message in sheet.wrong:
        raise SheetError(line, message)
    if column not in sheet.names:
        what = f"has no column {column!r}; allowed: a name of its header"  # quote no foreign file
        raise SheetError(sheet.header, what)
    cells = [row[column] for _, row in sheet.rows if column in row]
    return [f"{cell} {unit}" if PLAIN.fullmatch(cell) else cell for cell in cells]


def make_decimals_points(sheet: Sheet, is_number: Callable[[str], bool]) -> None:
    """Rewrite the numbers of a sheet with decimal points and without marks between thousands.

    A number such as 97,50 shows which mark is the decimal one, for all numbers of the file. Where no number
    shows it, commas between cells do: numbers then have points. Without either, a number that may be read in
    two ways is a problem, and so is a number that shows another mark than those before it.

    Parameters
    ----------
    is_number
        Tells whether the cells of a column begin with a number.
    """
    cells = [
        (line, row, column, match[0])
        for line, row in sheet.rows
        for column, cell in row.items()
        if is_number(column) and (match := NUMBER.match(cell))
    ]
    shown = ((mark, line) for line, _, _, number in cells if (mark := decimal_mark(number)))
    mark, first = next(shown, ("." if sheet.delimiter == "," else "", 0))
    for line, row, column, number in cells:
        try:
            # Commas between cells do not tell what a comma within a cell means.
            own = mark if first or "," not in number else ""
            row[column] = plain(number, own, first) + row[column][len(number) :]
        except ValueError as error:
            sheet.wrong.append((line, column, str(error)))


def decimal_mark(number: str) -> str:
    """Return the decimal mark that a number shows; empty if it has no mark or may be read in two ways."""
    marks = re.findall(r"[.,]", number)
    if not marks or DOUBTFUL.fullmatch(number):
        return ""
    if len(set(marks)) == 1 and len(marks) > 1:
        return "," if marks[0] == "." else "."
    return str(marks[-1])


def plain(number: str, mark: str, first: int = 0) -> str:
    """Return a number with a decimal point and without marks between thousands.

    Parameters
    ----------
    mark
        Decimal mark; empty if it is not known.
    first
        Line of the number that shows it.

    Raises
    ------
    ValueError
        If the number may be read in two ways, or does not fit the mark.
    """
    if not re.search(r"[.,]", number):
        return number
    if not mark:
        whole = re.sub(r"[.,]", "", number)
        raise ValueError(
            f"{number!r} may be either of two numbers, and no other number of the file shows which"
            f"; allowed: {whole}, {number}0"
        )
    between = "." if mark == "," else ","
    if not re.fullmatch(rf"[+-]?(\d+|\d{{1,3}}(\{between}\d{{3}})+)(\{mark}\d*)?", number):
        name = "comma" if mark == "," else "point"
        on = f", as on line {first}" if first else ""
        raise ValueError(f"{number!r} has no decimal {name}{on}; allowed: numbers such as 1234{mark}50")
    return number.replace(between, "").replace(mark, ".")


def day_of(cell: str) -> date | str:
    """Return the date of a cell as spreadsheets and airlines write it; the cell if it is none for sure.

    What Excel makes of a date depends on the country: 2019/3/31, 31.03.2019, 3/31/2019. Of two numbers with
    / or - between them that may both be a month, none is taken for one.
    """
    text = MIDNIGHT.sub("", cell.strip())
    if match := YEAR_FIRST.fullmatch(text):
        year, month, day = match[1], match[2] or match[4], match[3] or match[5]
    elif (match := MONTH_NAMED.fullmatch(text)) and match[2][:3].lower() in MONTHS:
        day, month = match[1], str(MONTHS.index(match[2][:3].lower()) + 1)
        year = match[3] if len(match[3]) == 4 else f"20{match[3]}"
    elif match := DAY_FIRST.fullmatch(text):
        day, month, year = match[1], match[3], match[4]
        if match[2] != "." and day != month and int(day) <= 12:
            if int(month) <= 12:
                return cell
            day, month = month, day
    else:
        return cell
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return cell


def clock_of(cell: str) -> str:
    """Return a time of day as 19:00; the cell if it is none for sure."""
    match = CLOCK.fullmatch(cell.strip().replace("\uff1a", ":"))
    if not match or (match[3] and not 1 <= int(match[1]) <= 12):
        return cell
    hours = int(match[1])
    if match[3]:
        hours = hours % 12 + (12 if match[3].lower() == "pm" else 0)
    return f"{hours:02d}:{match[2]}"
