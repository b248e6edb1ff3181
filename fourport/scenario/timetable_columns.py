"""Columns of timetables in CSV, by the names and units that people write in headers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from fourport.scenario.spreadsheet import PLAIN, Sheet, Wrong
from fourport.scenario.suggestions import allowed, suggestion

COLUMNS: dict[str, str] = {
    "departs": "local time of departure, such as `19:00`, `1900` or `7:00 PM`; needed",
    "days": "days of operation: `1.3.5..`, `135`, `X67`, `Daily`, `Mon-Fri`, `Mon/Wed`; needed, or `date`",
    "date": "day of a single departure, instead of `days`",
    "weeks": "`odd` or `even` ISO weeks; every week if left out",
    "arrives": "local time of arrival, also with its day: `09:00+1`",
    "arrives_day": "days from departure to arrival by the local dates: `+1`, `-1`",
    "duration": "transit time instead of `arrives`: `14 h`, `11:25`",
    "valid_from": "first day, such as `2019-03-31`",
    "valid_to": "last day",
    "number": "number of the flight, voyage or train",
    "cut_off": "latest acceptance before departure, if it is not that of the service: `4 h`",
    "weight": "capacity by weight, if it is not that of the service: `30 t`",
    "volume": "capacity by volume: `120 m3`",
    "containers": "container slots: `335 TEU`",
    "capacity": "capacity by any of these: its unit tells which",
    "service": "name of the service in the scenario; rows of other services are left out",
    "origin": "place of departure; all rows of a service have the same",
    "destination": "place of arrival; all rows of a service have the same",
    "carrier": "not used",
    "vehicle": "aircraft, ship or train; not used",
    "grade": "where the numbers of the row come from",
    "source": "key of [sources]",
    "note": "remark",
}
"""Columns and their meaning."""

OTHER_NAMES: dict[str, tuple[str, ...]] = {
    "departs": (
        *("dep", "departure", "departure time", "dep time", "std", "etd", "起飞", "起飞时间", "离港"),
        *("离港时间", "开航", "开航时间", "开船时间", "发车时间", "출발", "출발시간", "출항", "출항시간"),
    ),
    "days": (
        *("day", "days of operation", "operating days", "days of week", "doo", "dow", "freq"),
        *("frequency", "班期", "星期", "요일", "운항요일"),
    ),
    "date": (
        *("departure date", "sailing date", "flight date", "日期", "开航日期", "航班日期", "날짜"),
        *("출항일",),
    ),
    "weeks": ("week", "odd even", "odd or even", "单双周", "격주"),
    "arrives": (
        *("arr", "arrival", "arrival time", "arr time", "sta", "eta", "到达", "到达时间", "到港", "到港时间"),
        *("抵达", "도착", "도착시간", "입항", "입항시간"),
    ),
    "arrives_day": ("arrival day", "arr day", "day change", "day offset", "days later", "到达日", "도착일"),
    "duration": (
        *("transit", "transit time", "travel time", "block time", "flight time", "航行时间"),
        *("飞行时间", "运输时间", "소요시간"),
    ),
    "valid_from": (
        *("from date", "effective", "effective from", "eff", "start date", "season start", "生效日期"),
        *("开始日期", "시작일"),
    ),
    "valid_to": (
        *("valid until", "until", "to date", "effective to", "discontinue", "disc", "end date"),
        *("season end", "失效日期", "结束日期", "종료일"),
    ),
    "number": (
        *("flight", "flight no", "flight number", "flt", "flt no", "voyage", "voyage no", "voy", "voy no"),
        *("train", "train no", "航班", "航班号", "航次", "车次", "편명", "항차"),
    ),
    "cut_off": (
        *("cutoff", "closing", "lat", "latest acceptance", "截载", "截载时间", "截港", "截港时间", "마감"),
        *("마감시간",),
    ),
    "weight": ("payload", "weight capacity", "capacity weight", "载重", "载重量", "적재량"),
    "volume": ("volume capacity", "capacity volume", "容积", "舱容", "용적"),
    "containers": ("slots", "container slots", "teu", "箱位", "标箱"),
    "capacity": ("cap", "运力", "공급량"),
    "origin": ("orig", "pol", "dep airport", "始发站", "始发港", "起运港", "출발지", "출항지"),
    "destination": ("dest", "pod", "arr airport", "目的站", "目的港", "도착지", "입항지"),
    "carrier": ("airline", "operator", "航空公司", "船公司", "承运人", "항공사", "선사"),
    "vehicle": (
        *("aircraft", "aircraft type", "equipment", "ac type", "vessel", "ship", "机型", "船名", "기종"),
        *("선명",),
    ),
    "note": ("notes", "remark", "remarks", "comment", "备注", "비고"),
}
"""Other names of columns, as people write them; case, points, hyphens and the like do not matter. From and To
are none: they may be places or dates."""
NOT_USED = ("carrier", "vehicle")

UNITS: dict[str, str] = {
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "小时", "시간"), "h"),
    **dict.fromkeys(("min", "mins", "minute", "minutes", "分钟", "분"), "min"),
    **dict.fromkeys(("d", "day", "days", "天", "일"), "d"),
    **dict.fromkeys(("kg", "kgs", "公斤"), "kg"),
    **dict.fromkeys(("t", "ton", "tons", "tonne", "tonnes", "吨", "톤"), "t"),
    **dict.fromkeys(("m3", "m³", "cbm", "立方米"), "m3"),
    **dict.fromkeys(("teu", "标箱"), "TEU"),
    "feu": "FEU",
}
"""Units in headers, as in "Cut-off (h)"; local times may have :data:`LOCAL` there."""
LOCAL = ("local", "local time", "lt", "当地", "当地时间", "현지시간")
DIMENSION = {"kg": "weight", "t": "weight", "m3": "volume", "TEU": "containers", "FEU": "containers"}
TAKES = {
    **dict.fromkeys(("duration", "cut_off"), ("h", "min", "d")),
    **{what: tuple(u for u, one in DIMENSION.items() if one == what) for what in DIMENSION.values()},
}
"""Units that a column takes, by name."""
NUMBERS = (*TAKES, "capacity")
"""Columns whose cells begin with a number."""
MOST_UNKNOWN = 20
"""Most unknown columns that are reported one by one."""

_IN_BRACKETS = re.compile(r"(.*?)\s*[\[(（]\s*(.*?)\s*[\])）]")  # noqa: RUF001
_MARKS = re.compile(r"[\s_\-.:/#°]+")
_NAMES = {
    _MARKS.sub(" ", name).strip(): column
    for column in COLUMNS
    for name in (column, *OTHER_NAMES.get(column, ()))
}


def column_of(header: str) -> str:
    """Return the column that a header means, with a space and the unit if it has one; itself if unknown."""
    bracketed = _IN_BRACKETS.fullmatch(header)
    name, unit = (bracketed[1], bracketed[2]) if bracketed else (header, "")
    plain = _MARKS.sub(" ", name).strip().casefold()
    if plain not in _NAMES and not unit and plain.rpartition(" ")[2] in (*UNITS, *LOCAL):
        plain, _, unit = plain.rpartition(" ")
    column, unit = _NAMES.get(plain, ""), unit.casefold()
    if not unit:
        return f"{column} TEU" if plain in ("teu", "标箱") else column or header
    if unit in LOCAL and column in ("departs", "arrives"):
        return column
    known = UNITS.get(unit, "")
    column = DIMENSION.get(known, column) if column == "capacity" else column
    return f"{column} {known}" if known in TAKES.get(column, ()) else header


def wrong_headers(sheet: Sheet) -> Iterator[Wrong]:
    """Check the names of the columns."""
    columns = [known_column(name) for name in sheet.names]
    if "departs" not in columns:
        # Nothing is quoted of a file that is no timetable: it may be any file.
        yield sheet.header, "", "the first line needs columns, departs among them (also: Dep, STD, ETD)"
        return
    unknown = list(
        dict.fromkeys(name for name, one in zip(sheet.names, columns, strict=True) if name and not one)
    )
    if len(unknown) > MOST_UNKNOWN:
        yield sheet.header, "", f"{len(unknown)} columns are not known{allowed(list(COLUMNS))}"
        return
    for name in unknown:
        meant = suggestion(name.casefold(), _NAMES)
        yield sheet.header, name, f"is not a known column{meant}{allowed(list(COLUMNS))}"
    for column, times in Counter(filter(None, columns)).items():
        if times > 1 and column not in NOT_USED:
            yield sheet.header, column, f"{times} columns are of it; allowed: one"


def known_column(name: str) -> str:
    """Return the column of a name as :func:`column_of` gives it; empty if it is none."""
    column, _, unit = name.partition(" ")
    return column if column in COLUMNS and (not unit or unit in TAKES.get(column, ())) else ""


def with_unit(name: str, cell: str) -> str:
    """Return a cell with the unit of its header, if it is a number without one."""
    unit = name.partition(" ")[2]
    return f"{cell} {unit}" if unit and PLAIN.fullmatch(cell) else cell
