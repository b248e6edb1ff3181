"""Read price lists, as forwarders keep them, in CSV.

A row is a line of a tariff, with the columns of :data:`COLUMNS` and one for each weight break (N, +45,
+100 and so on). Rows of the same tariff, line and validity are one line: one row for each type of
container, weight step or storage tier. The result is tables as TOML would give them, so that checks,
sources and overlays work as in a TOML file, with the line numbers of the rows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, get_origin

from fourport.scenario.models.tariffs import BASIS_UNITS, LINES
from fourport.scenario.shape import alternatives, bare, model_of
from fourport.scenario.spreadsheet import PLAIN, Row, Sheet, Wrong, day_of, make_decimals_points, read_sheet
from fourport.scenario.suggestions import allowed, suggestion

COLUMNS: dict[str, str] = {
    "tariff": "name of the tariff, as services, activities and the like call it; needed",
    "line": "what the invoice calls the line; needed",
    "title": "what the tariff is; its name if left out",
    "kind": "kind of line; `breaks` if weight breaks are filled in, else `basis`",
    "category": "`transport`, `handling`, `customs`, `storage`, `insurance`, `duty`",
    "payer": "`shipper` (if left out), `consignee`, `forwarder`",
    "basis": "what the price is multiplied with",
    "currency": "ISO code, for all prices of the row that are plain numbers",
    "price": "a plain number, or with its unit: `3.54 USD/kg`",
    "low": "lowest plausible price",
    "high": "highest plausible price",
    "minimum": "least charge; `M` is another name of this column",
    "maximum": "largest charge",
    "valid_from": "first day, such as 2020-03-02",
    "valid_to": "last day",
    "otherwise": "on days without a price: `refused` (if left out), `nothing`, `nearest`",
    "rule": "of breaks: `next-break` (if left out), `own-break`",
    "container": "type of container; one row each",
    "weight": "what a container, unit load or vehicle takes, such as `21 t`",
    "volume": "what it takes, such as `28 m3`",
    "hire": "of vehicles: `whole` (if left out), `part`",
    "up_to": "heaviest parcel of a weight step, such as `500 g`; one row each",
    "each": "further weight that the price is for, of the row after the last step",
    "largest": "heaviest parcel taken",
    "free": "free time in store, such as `48 h`",
    "days": "days that a storage tier lasts; one row each, the last without",
    "by": "what a day in store is: `24-hours` (if left out), `calendar-days`, `working-days`",
    "calendar": "whose working days count",
    "since": "time in store counts from `arrival` (if left out) or `ready`",
    "count": "days count `after-free` (if left out) or `from-begin`",
    "share": "of a surcharge, a margin or the value, such as `20 %`",
    "subtracts": "how far a negative price or share goes: `to-zero` (if left out), `below-zero`",
    "of": "lines that a share is of, with ; between them",
    "lines": "names of lines that a margin is on, with ; between them",
    "tariffs": "tariffs of these lines, with ; between them",
    "categories": "categories of these lines, with ; between them",
    "pivot_weight": "of a unit load, such as `2000 kg`",
    "over_pivot": "price for each kg over it",
    "grade": "where the numbers of the row come from",
    "source": "key of [sources]",
    "note": "remark",
}
"""Columns and their meaning."""


def _own_columns() -> Iterator[tuple[str, str]]:
    """Return the fields of kinds of line that have no column above and fit into a cell."""
    for kind, model in LINES.items():
        for name, info in model.model_fields.items():
            inner = bare(alternatives(info.annotation)[0])
            fits = model_of(inner) is None and get_origin(inner) not in (dict, tuple)
            if fits and name not in {*COLUMNS, "name"}:
                yield name, f"of `{kind}`: as in its table"


KIND_COLUMNS = dict(_own_columns())
COLUMNS |= KIND_COLUMNS

MOST_UNKNOWN = 20
"""Most unknown columns that are reported one by one."""
BREAK = re.compile(r"N|\+[1-9]\d*")
PART_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "container": ("container", "weight", "volume"),
    "parcel": ("up_to", "each"),
    "storage": ("days",),
}
"""Columns that differ between the rows of one line, in addition to the price."""
TEXT_COLUMNS = (
    *("category", "payer", "basis", "otherwise", "rule", "hire", "share", "subtracts"),
    *("since", "by", "calendar", "count", "free"),
    *KIND_COLUMNS,
)
LISTS = ("of", "lines", "tariffs", "categories")
SIZES = ("weight", "volume", "pivot_weight", "largest")
NUMBERS = (
    *("price", "low", "high", "minimum", "maximum", "weight", "volume", "up_to", "each", "largest"),
    *("free", "share", "pivot_weight", "over_pivot"),
    *KIND_COLUMNS,
)
TAGS = ("grade", "source", "note")


@dataclass
class PriceList:
    """The tariffs of a CSV file.

    Attributes
    ----------
    tariffs
        Tables as TOML would give them, by name.
    rows
        Line of the file on which each tariff, each line of it, and each part of a line
        begins, by key within the tariffs.
    wrong
        Problems.
    understood
        Whether all columns are known; if not, only they are reported.
    """

    tariffs: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[tuple[str | int, ...], int] = field(default_factory=dict)
    wrong: list[Wrong] = field(default_factory=list)
    understood: bool = True


def read_price_list(text: str) -> PriceList:
    """Read a price list."""
    sheet = read_sheet(text, ("tariff", "line"), lambda name: "minimum" if name == "M" else name)
    make_decimals_points(sheet, lambda column: column in NUMBERS or bool(BREAK.fullmatch(column)))
    header = list(_header(sheet))
    found = PriceList(wrong=sheet.wrong, understood=not header)
    first: dict[tuple[str, ...], tuple[int, Row]] = {}
    for number, row in sheet.rows:
        needed = ("tariff", "line", "container") if row.get("kind") == "container" else ("tariff", "line")
        missing = [name for name in needed if name not in row]
        if missing:
            found.wrong += [(number, name, "is missing") for name in missing]
        else:
            _add(found, row, number, first)
    if header:
        found.wrong = header
    return found


def _header(sheet: Sheet) -> Iterator[Wrong]:
    """Check the names of the columns."""
    if not {"tariff", "line"} <= set(sheet.names):
        # Nothing is quoted of a file that is no price list: it may be any file.
        yield sheet.header, "", "the first line needs columns, tariff and line among them"
        return
    known = [*COLUMNS, "N", "+45"]
    counted = Counter(name for name in sheet.names if name)
    unknown = [name for name in counted if name not in COLUMNS and not BREAK.fullmatch(name)]
    if len(unknown) > MOST_UNKNOWN:
        yield sheet.header, "", f"{len(unknown)} columns are not known{allowed(known)}"
        return
    for name, times in counted.items():
        if name not in COLUMNS and not BREAK.fullmatch(name):
            yield sheet.header, name, f"is not a known column{suggestion(name, known)}{allowed(known)}"
        elif times > 1:
            yield sheet.header, name, "is there twice"


def _add(found: PriceList, row: Row, number: int, first: dict[tuple[str, ...], tuple[int, Row]]) -> None:
    """Add a row to its tariff: as a new line, or as a part of an earlier line."""
    name = row["tariff"]
    tariff = found.tariffs.setdefault(name, {"lines": []})
    found.rows.setdefault((name,), number)
    if "title" in row:
        tariff["title"] = row["title"]
    kind = _kind(row)
    part = _part(kind, row)
    mark = (name, row["line"], row.get("valid_from", ""), row.get("valid_to", ""))
    if part is None or mark not in first:
        index = len(tariff["lines"])
        tariff["lines"].append(_line(kind, row))
        found.rows[name, "lines", index] = number
        first.setdefault(mark, (index, row))
    index, head = first[mark]
    if part is None:
        return
    own = ("price", "low", "high", *PART_COLUMNS[kind], *TAGS, "title")
    for column, cell in row.items():
        if column not in own and cell != head.get(column):
            message = f"{cell!r} differs from the line's first row"
            found.wrong.append((number, column, f"{message}; allowed: what stands there, or nothing"))
    place, value = part
    line = tariff["lines"][index]
    if place == "further":
        line[place], at = value, place
        found.rows[name, "lines", index, at] = number
    elif place == "types":
        line.setdefault(place, {})[row["container"]] = value
        found.rows[name, "lines", index, place, row["container"]] = number
    else:
        line.setdefault(place, []).append(value)
        found.rows[name, "lines", index, place, len(line[place]) - 1] = number


def _kind(row: Row) -> str:
    breaks = any(BREAK.fullmatch(column) for column in row)
    return row.get("kind", "breaks" if breaks else "basis")


def _line(kind: str, row: Row) -> dict[str, Any]:
    """Return the table of a line without its parts."""
    line: dict[str, Any] = {"name": row["line"]}
    if kind != "basis":
        line["kind"] = kind
    line |= {column: row[column] for column in TEXT_COLUMNS if column in row}
    line |= {column: day_of(row[column]) for column in ("valid_from", "valid_to") if column in row}
    if kind != "container":
        line |= {column: row[column] for column in SIZES if column in row}
    line |= {column: [name.strip() for name in row[column].split(";")] for column in LISTS if column in row}
    line |= {limit: _amount(row[limit], row) for limit in ("minimum", "maximum") if limit in row}
    line |= {tag: row[tag] for tag in TAGS if tag in row}
    if kind not in PART_COLUMNS:
        line |= _price(kind, row)
    for column in (column for column in row if BREAK.fullmatch(column)):
        where = "scale" if row[column].endswith("%") else "rates"
        line.setdefault(where, {})[column] = (
            row[column] if where == "scale" else _amount(row[column], row, "kg")
        )
    if "over_pivot" in row:
        line["over_pivot"] = _amount(row["over_pivot"], row, "kg")
    return line


def _part(kind: str, row: Row) -> tuple[str, dict[str, Any]] | None:
    """Return (key within the line, table) for a row that is a container type, a weight step or a tier."""
    tags = {tag: row[tag] for tag in TAGS if tag in row}
    table = _price(kind, row) | tags
    if kind == "container":
        return "types", table | {name: row[name] for name in ("weight", "volume") if name in row}
    if kind == "parcel":
        return ("further" if "each" in row else "steps"), table | {
            name: row[name] for name in ("up_to", "each") if name in row
        }
    if kind == "storage":
        return "tiers", table | ({"days": _whole(row["days"])} if "days" in row else {})
    return None


def _price(kind: str, row: Row) -> dict[str, Any]:
    """Return the price of a row, with its range if it has one."""
    if "price" not in row:
        return {}
    per = (LINES[kind].per if kind in LINES else "") or BASIS_UNITS.get(row.get("basis", ""), "")  # type: ignore[call-overload]
    per += "/d" if kind == "storage" else ""
    price = _amount(row["price"], row, per)
    if "low" not in row and "high" not in row:
        return {"price": price}
    limits = [_amount(row[end], row, per) if end in row else price for end in ("low", "high")]
    return {"price": {"value": price, "range": limits}}


def _amount(cell: str, row: Row, per: str = "") -> str:
    """Return an amount with currency and unit; a cell that is more than a number stays."""
    if not PLAIN.fullmatch(cell) or "currency" not in row:
        return cell
    return f"{cell} {row['currency']}" + (f"/{per}" if per else "")


def _whole(cell: str) -> int | str:
    return int(cell) if cell.isascii() and cell.isdigit() else cell
