"""Read timetables, as airlines, ferry lines and forwarders keep them, in CSV.

A row is a departure on some days of the week, or on one date. The result is tables as TOML would give them,
so that checks, sources and overlays work as in a TOML file, with the line numbers of the rows. What may mean
two things, such as the date 03/04/2019 or the days "1-5", is left as it is, and the models refuse it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fourport.errors import Key
from fourport.scenario.entries import table
from fourport.scenario.models.calendars import WEEKDAYS, weekdays_of
from fourport.scenario.spreadsheet import (
    Row,
    Wrong,
    clock_of,
    day_of,
    make_decimals_points,
    read_sheet,
)
from fourport.scenario.suggestions import allowed
from fourport.scenario.timetable_columns import (
    DIMENSION,
    NUMBERS,
    UNITS,
    column_of,
    with_unit,
    wrong_headers,
)
from fourport.scenario.tree import Values

_WITH_DAY = re.compile(r"(.*?\d.*?)\s*\(?([+-]\d)\)?(?:\s*(?:d|days?|天|日|일))?", re.I)
_NEXT_DAY = ("次日", "第二天", "翌日", "익일", "다음날", "next day")
_HOURS = re.compile(r"(\d{1,3}) ?[:h] ?(\d{2}) ?(?:m|min)?", re.I)
_DAILY = ("daily", "every day", "每日", "每天", "天天", "매일")
_FULL = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_PREFIXES = re.compile(r"每周|周|星期|逢")
_LOCAL_DAYS = dict(zip("一二三四五六日", WEEKDAYS, strict=True)) | {"天": "Sun"}
_LOCAL_DAYS |= dict(zip("월화수목금토일", WEEKDAYS, strict=True))
_DASH = re.compile(r"\s*[-\u2013]\s*(?=\w)")
_BETWEEN = re.compile(r"[,;/&\s、，·+]+")  # noqa: RUF001
_WEEKS = {
    **dict.fromkeys(("odd", "odd weeks", "单周", "单", "홀수", "홀수주"), "odd"),
    **dict.fromkeys(("even", "even weeks", "双周", "双", "짝수", "짝수주"), "even"),
    **dict.fromkeys(("all", "every", "every week", "weekly", "每周", "매주"), ""),
}


@dataclass
class TimetableFile:
    """The departures of a service in a CSV file.

    Attributes
    ----------
    departures
        Line of the file and table as TOML would give it, of each row.
    wrong
        Problems.
    understood
        Whether all columns are known, so that the rows are read.
    """

    departures: list[tuple[int, Values]] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    understood: bool = True


def timetables_named(raw: Values) -> Iterator[tuple[Key, str, Values, list[str]]]:
    """Return the services of a file and its policies that name timetables: key, name, table, paths."""
    bodies: list[tuple[Key, Any]] = [((), raw)]
    bodies += [(("policies", name), body) for name, body in table(raw, "policies").items()]
    for root, body in bodies:
        for name, service in table(body, "services").items():
            files = service.get("timetable_files") if isinstance(service, dict) else None
            if isinstance(files, list) and files and all(isinstance(one, str) and one for one in files):
                yield (*root, "services", name), name, service, files


def read_timetable(text: str, service: str) -> TimetableFile:
    """Read the rows of a service."""
    sheet = read_sheet(text, ("departs",), column_of)
    make_decimals_points(sheet, lambda name: name.partition(" ")[0] in NUMBERS)
    wrong = list(wrong_headers(sheet))
    if wrong:
        return TimetableFile(wrong=wrong, understood=False)
    found = TimetableFile(wrong=sheet.wrong)
    rows = [
        (line, {name.partition(" ")[0]: with_unit(name, cell) for name, cell in row.items()})
        for line, row in sheet.rows
    ]
    if not {"days", "date"} & {*sheet.names} and not any(
        _stamp(row.get("departs", ""))[0] for _, row in rows
    ):
        what = "the first line needs a column days (also: Days of operation, Freq) or date"
        return TimetableFile(wrong=[(sheet.header, "", what)], understood=False)
    if "service" in sheet.names:
        there = list(dict.fromkeys(row["service"] for _, row in rows if "service" in row))
        rows = [(line, row) for line, row in rows if row.get("service") == service]
        if not rows:
            found.wrong.append((sheet.header, "service", f"no row is of {service!r}{allowed(there)}"))
    elif not rows:
        found.wrong.append((sheet.header, "", "has no departures below its header"))
    found.wrong += _places(rows)
    for line, row in rows:
        faults = list(_faults(row))
        found.wrong += [(line, column, message) for column, message in faults]
        if not faults:
            found.departures.append((line, _departure(row)))
    return found


def _places(rows: Collection[tuple[int, Row]]) -> Iterator[Wrong]:
    """Check that the rows of a service go from one place to another."""
    for column in ("origin", "destination"):
        first = next((row[column] for _, row in rows if column in row), "")
        for line, row in rows:
            if row.get(column, first) != first:
                what = f"{row[column]!r} differs from {first!r} above"
                way_out = "rows of one leg, or a column service that names the service of each row"
                yield line, column, f"{what}; allowed: {way_out}"
                break


def _faults(row: Row) -> Iterator[tuple[str, str]]:
    """Return what keeps a row from being a departure: column and message."""
    if "departs" not in row:
        yield "departs", "is missing"
        return
    stamp, _ = _stamp(row["departs"])
    if not {"days", "date"} & {*row} and stamp is None:
        yield "days", "is missing; allowed: days of operation, or a date"
    elif "date" in row and not isinstance(day_of(row["date"]), date):
        yield "date", f"{row['date']!r} is not a date for sure; allowed: such as 2019-03-31"
    elif "date" in row and stamp is not None and stamp != day_of(row["date"]):
        yield "date", f"{row['date']!r} differs from {row['departs']!r} beside it"
    if ("arrives" in row) == ("duration" in row):
        both = "is there beside a duration" if "arrives" in row else "is missing"
        yield "arrives", f"{both}; allowed: either arrives or duration"
    elif "arrives" in row:
        _, told = _arrival(row["arrives"])
        if told is not None and "arrives_day" in row and _day_offset(row["arrives_day"]) != told:
            yield "arrives_day", f"{row['arrives_day']!r} differs from {row['arrives']!r} beside it"


def _departure(row: Row) -> Values:
    """Return the table of a row."""
    found: Values = {name: row[name] for name in ("cut_off", "number", *_TAGS) if name in row}
    day, clock = _stamp(row["departs"])
    found["departs"] = clock_of(clock)
    if day is None and "date" in row:
        given = day_of(row["date"])
        day = given if isinstance(given, date) else None
    if day is not None:
        found |= {"days": [WEEKDAYS[day.weekday()]], "valid_from": day, "valid_to": day}
    if "days" in row:
        found["days"] = _days(row["days"])
    found |= {name: day_of(row[name]) for name in ("valid_from", "valid_to") if name in row}
    weeks = _WEEKS.get(row.get("weeks", "all").casefold(), row.get("weeks"))
    found |= {"weeks": weeks} if weeks else {}
    if "duration" in row:
        hours = _HOURS.fullmatch(row["duration"])
        found["duration"] = f"{int(hours[1]) * 60 + int(hours[2])} min" if hours else row["duration"]
    else:
        found |= _arrives(row, day)
    amounts: dict[str, str] = {what: row[what] for what in ("weight", "volume", "containers") if what in row}
    if "capacity" in row:
        unit = row["capacity"].rpartition(" ")[2]
        amounts[DIMENSION.get(UNITS.get(unit.casefold(), ""), "weight")] = row["capacity"]
    return found | ({"capacity": amounts} if amounts else {})


_TAGS = ("grade", "source", "note")


def _arrives(row: Row, leaves: date | None) -> Values:
    lands, clock = _stamp(row["arrives"])
    clock, told = _arrival(clock)
    found: Values = {"arrives": clock_of(clock)}
    if "arrives_day" in row:
        found["arrives_day"] = _day_offset(row["arrives_day"])
    elif told is not None:
        found["arrives_day"] = told
    elif lands is not None and leaves is not None:
        found["arrives_day"] = (lands - leaves).days
    elif lands is not None:
        found["arrives"] = row["arrives"]  # a date of arrival without one of departure: the models refuse it
    return found


def _stamp(cell: str) -> tuple[date | None, str]:
    """Split a date from a time: "2019-03-31 19:00"; the date is None if there is none."""
    for space in re.finditer(r"\s+", cell):
        day = day_of(cell[: space.start()])
        if isinstance(day, date):
            return day, cell[space.end() :]
    return None, cell


def _arrival(cell: str) -> tuple[str, int | None]:
    """Split a time of arrival from its day: "01:30+1", "次日01:30"; the day is None if it is not told."""
    cell = cell.replace("\u2212", "-")
    for word in _NEXT_DAY:
        if word in cell.casefold():
            return re.sub(re.escape(word), "", cell, flags=re.I).strip(), 1
    match = _WITH_DAY.fullmatch(cell)
    return (match[1], int(match[2])) if match else (cell, None)


def _day_offset(cell: str) -> int | str:
    plain = cell.replace("\u2212", "-").casefold().removeprefix("d")
    if cell.casefold() in _NEXT_DAY:
        return 1
    return int(plain) if re.fullmatch(r"[+-]?\d{1,2}", plain) else cell


def _days(cell: str) -> str | list[str]:
    """Return days of the week as TOML has them; the cell if it may mean anything else."""
    if cell.casefold() in _DAILY:
        return "daily"
    plain = _DASH.sub("-", _PREFIXES.sub("", cell))
    if weekdays_of(cell) or weekdays_of(plain):
        return cell if weekdays_of(cell) else plain
    parts = [_weekday(part) for part in _BETWEEN.split(plain) if part]
    if len(parts) == 1 and all(one in _LOCAL_DAYS for one in parts[0]):
        return [_LOCAL_DAYS[one] for one in parts[0]]
    return parts if len(parts) > 1 else parts[0] if parts else cell


def _weekday(part: str) -> str:
    """Return a day, or a range of days, by its English name of three letters."""
    return "-".join(_LOCAL_DAYS.get(end) or _english(end) for end in part.split("-"))


def _english(day: str) -> str:
    """Return Mon for Monday, MON and Mon.; the text for anything else."""
    plain = day.casefold().rstrip(".")
    found = [
        one for one, name in zip(WEEKDAYS, _FULL, strict=True) if len(plain) > 2 and name.startswith(plain)
    ]
    return found[0] if found else day
