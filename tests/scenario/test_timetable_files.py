"""Timetables in CSV, as airlines, ferry lines and forwarders write them: the same departures as in TOML."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fourport.plan.timetables import unroll
from fourport.scenario.models.transport import Service
from fourport.scenario.sources import numbers
from fourport.scenario.spreadsheet import clock_of, day_of, decoded
from fourport.scenario.timetable_columns import COLUMNS, OTHER_NAMES, column_of
from fourport.scenario.timetable_files import read_timetable
from fourport.store import Run
from tests.cli.short import fourport
from tests.scenario.bending import CORRIDOR, Bend, accepted, complaints
from tests.stored import rows_of as stored_rows

OWN = CORRIDOR[CORRIDOR.index("timetable = [\n") : CORRIDOR.index("capacity = { weight")]
PAGE = Path(__file__).parent.parent.parent / "docs" / "timetables.md"


def named(bend: Bend, *texts: str, more: str = "") -> Path:
    """Write the corridor whose ferry has timetables in files, and these files."""
    names = [f"ferry-{k}.csv" for k in range(len(texts))]
    path = bend(OWN, f"timetable_files = {names}\n{more}")
    for name, text in zip(names, texts, strict=True):
        (path.parent / name).write_text(text, encoding="utf-8")
    return path


def rows_of(text: str, service: str = "ferry") -> list[dict[str, Any]]:
    """Give the tables of a timetable without problems."""
    found = read_timetable(text, service)
    assert found.wrong == []
    return [row for _, row in found.departures]


def test_a_timetable_as_a_ferry_line_keeps_it(bend: Bend) -> None:
    """Tests a title, Chinese names of columns, decimal commas, the next day, weeks, cut-off and slots."""
    text = (
        "威东航运 2019;;;;;;;\n航次;班期;开航时间;到港时间;截港(小时);箱位;valid from;单双周\n"
        "WD1;周二;1900;0900+1;6;;2019/1/1;\nWD3;....5..;7:00 PM;次日09:00;4,5;12;01.01.2019;单周\n"
    )
    loaded = accepted(named(bend, text.replace("箱位", "箱位 (TEU)")))
    tuesday, friday = loaded.scenario.services["ferry"].timetable
    assert (tuesday.days, tuesday.departs, tuesday.arrives, tuesday.arrives_day) == (("Tue",), 1140, 540, 1)
    assert (tuesday.number, tuesday.valid_from, tuesday.weeks) == ("WD1", date(2019, 1, 1), None)
    assert tuesday.capacity is None
    assert (friday.days, friday.departs, friday.arrives, friday.arrives_day) == (("Fri",), 1140, 540, 1)
    assert (friday.weeks, friday.cut_off, friday.valid_from) == ("odd", 4.5 * 3.6e9, date(2019, 1, 1))
    assert friday.capacity is not None
    assert friday.capacity.given() == {"containers": 12}
    assert "# WD1" in loaded.text


def test_a_timetable_as_an_airline_keeps_it() -> None:
    """Tests header names, IATA dates, day strings, the date line, elapsed times, and columns not used."""
    text = (
        "Flight No.,Aircraft,Days of Operation,STD (local),STA (local),Day Change,Eff,Disc,Payload (t)\n"
        "KE213,77F,1.3.5..,0150,2030,-1,31MAR19,26OCT19,103\nKE215,74Y,X67,2355,1840,,01 Apr 2019,,\n"
    )
    first, second = rows_of(text)
    assert first == {
        "number": "KE213",
        "departs": "01:50",
        "days": "1.3.5..",
        "valid_from": date(2019, 3, 31),
        "valid_to": date(2019, 10, 26),
        "arrives": "20:30",
        "arrives_day": -1,
        "capacity": {"weight": "103 t"},
    }
    assert (second["days"], second["arrives"], second["valid_from"]) == ("X67", "18:40", date(2019, 4, 1))
    (timed,) = rows_of("freq,dep,block time\nDaily,9:05,11:25\n")
    assert (timed["days"], timed["departs"], timed["duration"]) == ("daily", "09:05", "685 min")


def test_single_sailings() -> None:
    """Tests a list of dates, and one with date and time in a cell; both leave on one day."""
    by_date = "Sailing date,ETD,ETA,arrives day,Voyage,Vessel\n2019-03-05,1900,0900,+1,12E,Queen\n"
    stamped = "ETD,ETA,Voyage\n5 Mar 2019 19:00,6 Mar 2019 09:00,12E\n"
    expected = {
        "number": "12E",
        "departs": "19:00",
        "days": ["Tue"],
        "valid_from": date(2019, 3, 5),
        "valid_to": date(2019, 3, 5),
        "arrives": "09:00",
        "arrives_day": 1,
    }
    assert rows_of(by_date) == [expected]
    assert rows_of(stamped) == [expected]


@pytest.mark.parametrize(
    ("cell", "days"),
    [
        ("Daily", "daily"),
        ("每日", "daily"),
        ("매일", "daily"),
        ("Mon/Wed/Fri", ["Mon", "Wed", "Fri"]),
        ("MONDAY; thurs", ["Mon", "Thu"]),
        ("Mon-Fri", "Mon-Fri"),
        ("mon - fri", "Mon-Fri"),
        ("周一、周三", ["Mon", "Wed"]),
        ("每周135", "135"),
        ("一三五", ["Mon", "Wed", "Fri"]),
        ("월수금", ["Mon", "Wed", "Fri"]),
        ("周一-周五", "Mon-Fri"),
        ("1-5", "1-5"),
        ("Mo", "Mo"),
        ("Montag", "Montag"),
    ],
)
def test_days_of_a_cell(cell: str, days: object) -> None:
    """Tests names of days in three languages; what means nothing for sure stays, and the models refuse it."""
    (row,) = rows_of(f"dep\tdays\tarr\n19:00\t{cell}\t20:00\n")
    assert row["days"] == days


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("2019-03-31", (3, 31)), ("2019/3/31", (3, 31)), ("2019.03.31", (3, 31)), ("2019. 3. 31.", (3, 31)),
        ("2019年3月31日", (3, 31)), ("20190331", (3, 31)), ("31.03.2019", (3, 31)), ("31/03/2019", (3, 31)),
        ("3/31/2019", (3, 31)), ("31MAR19", (3, 31)), ("31-Mar-2019", (3, 31)), ("31 March 2019", (3, 31)),
        ("3.4.2019", (4, 3)), ("4/4/2019", (4, 4)), ("2019-03-31 00:00:00", (3, 31)),
        ("3/4/2019", None), ("03-04-2019", None), ("31/31/2019", None), ("2019-02-30", None),
        ("31 Foo 2019", None), ("31.03.19", None), ("March", None), ("43555", None),
    ],
)  # fmt: skip
def test_dates_of_a_cell(cell: str, day: tuple[int, int] | None) -> None:
    """Tests dates as the spreadsheets of several countries write them; what may be two dates stays."""
    assert day_of(cell) == (cell if day is None else date(2019, *day))


@pytest.mark.parametrize(
    ("cell", "clock"),
    [
        ("19:00", "19:00"), ("9:05", "09:05"), ("905", "09:05"), ("1905", "19:05"), ("19:05:00", "19:05"),
        ("7:05 PM", "19:05"), ("12:05 am", "00:05"), ("12:05 PM", "12:05"), ("24:00", "24:00"),
        ("19\uff1a05", "19:05"),
        ("19:05:30", "19:05:30"), ("13:05 PM", "13:05 PM"), ("7", "7"), ("19.05", "19.05"), ("noon", "noon"),
    ],
)  # fmt: skip
def test_times_of_a_cell(cell: str, clock: str) -> None:
    """Tests times of day; what is none for sure stays."""
    assert clock_of(cell) == clock


def test_names_of_columns() -> None:
    """Tests that each name means one column, that case and marks do not matter, and units in headers."""
    names = [name for column in COLUMNS for name in (column, *OTHER_NAMES.get(column, ()))]
    assert len(names) == len(set(names))
    assert {column_of(name).partition(" ")[0] for name in names} == {*COLUMNS}
    assert column_of("FLIGHT_No.") == "number"
    assert column_of("Cut-off [h]") == column_of("截载（小时）") == column_of("cut off h") == "cut_off h"  # noqa: RUF001
    assert column_of("Capacity (t)") == "weight t"
    assert column_of("Capacity/TEU") == column_of("TEU") == "containers TEU"
    assert column_of("STD (local)") == column_of("ETD LT") == "departs"
    for unknown in ("STD (UTC)", "From", "To", "cut_off (kg)", "departs h"):
        assert column_of(unknown) == unknown


def test_the_page_describes_each_column() -> None:
    """Tests the table of docs/timetables.md against the columns and their other names."""
    text = PAGE.read_text(encoding="utf-8")
    for column, meaning in COLUMNS.items():
        others = ", ".join(OTHER_NAMES.get(column, ()))
        assert f"| `{column}` | {meaning} | {others} |" in text


GOOD = "dep,days,arr\n19:00,2,09:00+1\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("dep,days,arr,Foo\n19:00,2,09:00,x\n", "1: Foo: is not a known column"),
        ("dep,dys,arr\n19:00,2,09:00\n", "1: dys: is not a known column; did you mean 'days'?"),
        ("dep,days,arr,STD (UTC)\n", "1: STD (UTC): is not a known column"),
        ("dep,days,arr,ETD\n19:00,2,09:00,19:00\n", "1: departs: 2 columns are of it; allowed: one"),
        ("dep,arr\n19:00,09:00\n", "1: the first line needs a column days"),
        ("a,b\n1,2\n", "1: the first line needs columns, departs among them (also: Dep"),
        ("dep,days,arr\n", "1: has no departures below its header"),
        ("dep,days,arr,service\n1900,2,0900,hull\n", "1: service: no row is of 'ferry';"),
        ("dep,days,arr\n19:00,2\n", "2: arrives: is missing; allowed: either arrives or duration"),
        ("dep,days,arr\n,2,1900\n" + GOOD[13:], "2: departs: is missing"),
        ("dep,days,arr\n1900,,2000\n" + GOOD[13:], "2: days: is missing; allowed: days of operation"),
        ("dep,date,arr\n1900,3/4/2019,2000\n", "2: date: '3/4/2019' is not a date for sure"),
        ("dep,days,arr,day change\n1900,2,0900+1,2\n", "2: arrives_day: '2' differs from '0900+1'"),
        ("dep,days,arr,pol\n1900,2,2000,A\n1900,3,2000,B\n", "3: origin: 'B' differs from 'A' above"),
        (GOOD + "25:00,135,09:00+1\n", "3: timetable[1].departs: '25:00' is not a"),
        (GOOD + "1900,1-5,09:00+1\n", "3: timetable[1].days: '1-5' is not a day"),
        (GOOD + "1900,1,09:00+1\n1900,3,0900-2\n", "4: timetable[2].arrives_day: "),
        ("dep,days,arr,cut-off\n1900,2,2000,6\n", "2: timetable[0].cut_off: '6' has no"),
        ("dep,days,arr,valid to\n1900,2,2000,3/4/2019\n", "2: timetable[0].valid_to: "),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_alone(text: str, said: str, bend: Bend) -> None:
    """Tests that one fault is one line, with the file and its row."""
    (found,) = complaints(named(bend, text))
    assert found.replace("services.ferry.", "").startswith(f"ferry-0.csv:{said}")


def test_files_that_are_not_there_or_given_twice(bend: Bend) -> None:
    """Tests that a missing file, departures in two ways, and none at all are told where they are written."""
    path = named(bend, GOOD)
    line = path.read_text("utf-8").split("timetable_files")[0].count("\n") + 1
    (path.parent / "ferry-0.csv").unlink()
    (found,) = complaints(path)
    assert found.startswith(f"corridor.toml:{line}: services.ferry.timetable_files[0]: there is no file")
    (found,) = complaints(named(bend, GOOD, more=OWN))
    assert "services.ferry.timetable_files: is given beside timetable; allowed: one of the two" in found
    (found,) = complaints(bend(OWN, ""))
    assert "neither timetable nor timetable_files is given" in found
    for wrong in ("3", "[]", "[3]"):
        found = complaints(bend(OWN, f"timetable_files = {wrong}\n"))[0]
        assert "services.ferry.timetable_files" in found


def test_timetables_are_confined(bend: Bend) -> None:
    """Tests a path out of the folder of the scenario, and that nothing of another file is quoted."""
    path = bend(OWN, "timetable_files = ['../shadow']\n")
    secret = path.parent.parent / "shadow"
    secret.write_text("root:secret:19000\n", encoding="utf-8")
    free, confined = fourport("check", str(path)), fourport("check", "--confine", str(path))
    assert (free.exit_code, confined.exit_code) == (2, 2)
    assert "services.ferry.timetable_files[0]: '../shadow' leads out of the folder" in confined.stderr
    assert "shadow:1: the first line needs columns" in free.stderr
    assert "secret" not in free.output + confined.output
    secret.unlink()


def test_seasons_in_files_of_their_own(bend: Bend) -> None:
    """Tests that the rows of all files count, each with its file, row and grade in the sources."""
    winter = "dep,days,arr,disc,grade,source\n19:00,2,09:00+1,2019-01-15,published,book\n"
    summer = "title\n\ndep,days,arr,eff\n18:00,2,09:00+1,2019-01-16\n"
    path = named(bend, winter, summer)
    assert [one.departs for one in accepted(path).scenario.services["ferry"].timetable] == [1140, 1080]
    found = {one.key: one for one in numbers(path)}
    first, second = (found[f"services.ferry.timetable[{k}].departs"] for k in (0, 1))
    assert (Path(first.place.file).name, first.place.line) == ("ferry-0.csv", 2)
    assert (Path(second.place.file).name, second.place.line) == ("ferry-1.csv", 4)
    assert (first.row[3], first.row[4]) == ("published", "A book")


def test_one_file_for_several_services_and_policies(bend: Bend) -> None:
    """Tests the column service, and a policy and an overlay with another timetable."""
    text = "service,dep,days,arr\nferry,19:00,2,09:00+1\nother,20:00,3,21:00\nferry,19:00,4,09:00+1\n"
    path = named(bend, text)
    ferry = accepted(path).scenario.services["ferry"]
    assert [one.days for one in ferry.timetable] == [("Tue",), ("Thu",)]
    (path.parent / "daily.csv").write_text("dep,days,arr\n18:00,Daily,09:00+1\n", encoding="utf-8")
    mine = path.parent / "mine.toml"
    change = 'services.ferry.timetable_files = ["daily.csv"]\n'
    for text, policy in ((change, None), (f"[policies.more]\n{change}", "more")):
        mine.write_text(f'extends = "corridor.toml"\n{text}', encoding="utf-8")
        (row,) = accepted(mine, policy).scenario.services["ferry"].timetable
        assert (len(row.days), row.departs) == (7, 1080)
    (path.parent / "daily.csv").write_text("dep,days,arr\n18:00,1-5,09:00+1\n", encoding="utf-8")
    (found,) = complaints(mine, "more")
    assert found.startswith("daily.csv:2: services.ferry.timetable[0].days: '1-5'")


# The departures of a timetable, found by walking through a calendar day by day.

ZONES = ("Asia/Shanghai", "America/Los_Angeles", "Europe/Berlin", "Pacific/Auckland")
FIRST, LAST = date(2019, 12, 20), date(2020, 2, 20)  # no clock changes, and a year of 52 weeks and one of 53


@dataclass(frozen=True)
class Sailing:
    """A row of a made-up timetable."""

    days: frozenset[int]
    departs: int
    arrives: int
    arrives_day: int
    weeks: str
    valid: tuple[date, date] | None
    cut_off_h: float | None
    slots: int | None


@st.composite
def sailings(draw: st.DrawFn) -> Sailing:
    """Make a row; it arrives three days later, or one and a half days, so never before it leaves."""
    begins = FIRST + timedelta(days=draw(st.integers(-10, 70)))
    valid = (begins, begins + timedelta(days=draw(st.integers(0, 60))))
    return Sailing(
        draw(st.frozensets(st.integers(1, 7), min_size=1)),
        draw(st.integers(0, 1439)),
        draw(st.integers(0, 1439)),
        draw(st.integers(2, 3)),
        draw(st.sampled_from(["", "odd", "even"])),
        draw(st.none() | st.just(valid)),
        draw(st.none() | st.sampled_from([0.5, 4, 30])),
        draw(st.none() | st.integers(1, 40)),
    )


def clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def walked(rows: Sequence[Sailing], zones: tuple[ZoneInfo, ZoneInfo]) -> list[tuple[Any, ...]]:
    """Give cut-off, departure and arrival (UTC) and slots of all that closes in the horizon."""
    begin, end = (datetime(one.year, one.month, one.day, tzinfo=UTC) for one in (FIRST, LAST))
    found: list[tuple[Any, ...]] = []
    for row in rows:
        day = FIRST - timedelta(days=5)
        while day < LAST + timedelta(days=5):
            leaves = datetime(day.year, day.month, day.day, *divmod(row.departs, 60), tzinfo=zones[0])
            lands = day + timedelta(days=row.arrives_day)
            arrives = datetime(lands.year, lands.month, lands.day, *divmod(row.arrives, 60), tzinfo=zones[1])
            closes = leaves.astimezone(UTC) - timedelta(hours=4 if row.cut_off_h is None else row.cut_off_h)
            odd = int(day.strftime("%V")) % 2 == 1
            fits = row.weeks == "" or odd == (row.weeks == "odd")
            valid = row.valid is None or row.valid[0] <= day <= row.valid[1]
            if begin <= closes < end and day.isoweekday() in row.days and fits and valid:
                found.append((closes, leaves.astimezone(UTC), arrives.astimezone(UTC), row.slots or 100))
            day += timedelta(days=1)
    return sorted(found)


def in_toml(rows: Sequence[Sailing]) -> list[dict[str, Any]]:
    """Give the rows as TOML does."""
    found = []
    for row in rows:
        table: dict[str, Any] = {
            "days": "".join(str(k) if k in row.days else "." for k in range(1, 8)),
            "departs": clock(row.departs),
            "arrives": clock(row.arrives),
            "arrives_day": row.arrives_day,
        }
        table |= {"weeks": row.weeks} if row.weeks else {}
        table |= {"valid_from": row.valid[0], "valid_to": row.valid[1]} if row.valid else {}
        table |= {} if row.cut_off_h is None else {"cut_off": f"{row.cut_off_h} h"}
        table |= {} if row.slots is None else {"capacity": {"containers": f"{row.slots} TEU"}}
        found.append(table)
    return found


@dataclass(frozen=True)
class Flavour:
    """How a spreadsheet of some country writes a timetable."""

    header: str
    mark: str
    coding: str
    day: str
    decimal: str = "."
    above: str = ""
    twelve: bool = False
    digits: bool = False


FLAVOURS = {
    "English": Flavour(
        "STD,Days,STA,Day change,Weeks,Valid from,Valid until,Cut-off (h),TEU", ",", "utf-8", "%Y-%m-%d"
    ),
    "German": Flavour(
        "dep;freq;arr;arrives day;weeks;valid from;valid to;cut-off h;slots (TEU)",
        *(";", "utf-8-sig", "%d.%m.%Y", ",", "sep=;\r\n"),
    ),
    "American": Flavour(
        "ETD\tdow\tETA\tarr day\tweek\teff\tdisc\tcutoff [hrs]\tteu",
        *("\t", "utf-16", "%d-%b-%Y"),
        twelve=True,
        above="Schedule of winter\r\n\r\n",
    ),
    "Chinese": Flavour(
        "起飞,班期,到达,到达日,单双周,生效日期,失效日期,截载(小时),标箱",
        ",",
        "gb18030",
        "%Y/%m/%d",
        digits=True,
    ),
    "Korean": Flavour("출발,요일,도착,도착일,격주,시작일,종료일,마감(시간),teu", ",", "cp949", "%Y. %m. %d."),
}


def in_csv(rows: Sequence[Sailing], flavour: Flavour) -> bytes:
    """Write the rows as a spreadsheet would."""
    out = io.StringIO()
    out.write(f"{flavour.above}{flavour.header}\r\n")
    for row in rows:
        times = [clock(minutes) for minutes in (row.departs, row.arrives)]
        if flavour.twelve:
            times = [f"{datetime.strptime(one, '%H:%M'):%I:%M %p}" for one in times]
        if flavour.digits:
            times = [one.replace(":", "") for one in times]
        days = "/".join(str(k) for k in sorted(row.days))
        cut_off = "" if row.cut_off_h is None else str(row.cut_off_h).replace(".", flavour.decimal)
        valid = [f"{one:{flavour.day}}" for one in row.valid] if row.valid else ["", ""]
        slots = "" if row.slots is None else str(row.slots)
        cells = [times[0], days, times[1], f"+{row.arrives_day}", row.weeks, *valid, cut_off, slots]
        out.write(flavour.mark.join(cells) + "\r\n")
    return out.getvalue().encode(flavour.coding)


def unrolled(table: Any, zones: tuple[ZoneInfo, ZoneInfo]) -> list[tuple[Any, ...]]:
    """Give what the plan makes of a timetable: cut-off, departure, arrival (UTC), slots."""
    service = Service.model_validate(
        {"mode": "sea", "from": "a", "to": "b", "distance": "1 km", "timetable": table, "cut_off": "4 h"}
        | {"capacity": {"containers": "100 TEU"}}
    )
    begin, end = (
        round(datetime(one.year, one.month, one.day, tzinfo=UTC).timestamp()) * 10**6 for one in (FIRST, LAST)
    )
    found = unroll(service, zones, begin, end, ("services", "s"))
    assert not found.problems or "no departure lies in the horizon" in found.problems[0].message
    made = found.timetable
    times = [
        [datetime.fromtimestamp(one / 10**6, UTC) for one in column.tolist()]
        for column in (made.cutoff_us, made.scheduled_us, made.arrival_us)
    ]
    slots = (made.capacity[:, 2] // 10**6).tolist()
    return sorted(zip(*times, slots, strict=True))


@settings(max_examples=40)
@given(st.lists(sailings(), min_size=1, max_size=5), st.sampled_from(ZONES), st.sampled_from(ZONES))
def test_toml_csv_and_a_calendar_agree(rows: list[Sailing], origin: str, destination: str) -> None:
    """Tests that a timetable in TOML and in CSV of five countries has the departures of a walk by day."""
    zones = ZoneInfo(origin), ZoneInfo(destination)
    expected = walked(rows, zones)
    assert unrolled(in_toml(rows), zones) == expected
    for name, flavour in FLAVOURS.items():
        declared = {"Chinese": "GB18030", "Korean": "EUC-KR"}.get(name)
        found = read_timetable(decoded(in_csv(rows, flavour), declared), "any")
        assert found.wrong == [], name
        assert unrolled([row for _, row in found.departures], zones) == expected, name


def test_the_example_of_the_page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, no_charts: None) -> None:
    """Tests the CSV and the scenario of docs/timetables.md by its command: dates, cut-offs and slots."""
    shown = re.findall(
        r"`(sailings\.\w+)`[^\n]*:\n\n```\w+\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.S
    )
    assert [name for name, _ in shown] == ["sailings.csv", "sailings.toml"]
    for name, text in shown:
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = fourport("run", "sailings.toml", "--jobs", "1", "--replications", "1", "--out", "run")
    assert result.exit_code == 0, result.output
    rows = [row for row in stored_rows(Run(tmp_path / "run"), "departures") if row["number"]]
    extra = [(row["date"], row["capacity"], row["cut_off_h"]) for row in rows if row["number"] == "GB9"]
    assert extra == [(date(2019, 3, 16), 120, 7.5), (date(2019, 3, 30), 120, 7.5)]
    others = {(row["weekday"], row["departs"]) for row in rows if row["number"] == "GB1"}
    assert others == {("Tue", "19:00"), ("Thu", "19:00"), ("Sun", "19:00"), ("Sun", "20:00")}
    assert sum(row["departs"] == "20:00" for row in rows) == 1  # on 31 March, the last day of the window
