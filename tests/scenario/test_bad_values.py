"""Values that the models refuse: one case each, with file, line, key and what is allowed."""

from __future__ import annotations

import pytest

from tests.scenario.bending import Bend, Case

DEMAND = 'demand = "40 consignments/week"'
HOLD, WINDOW, CUT_OFF = 'max_consolidation_time = "4 h"', 'window = "2 weeks"', 'cut_off = "6 h"'

CASES = {
    "unknown key": Case(
        (CUT_OFF, 'cutoff = "6 h"\ncut_off = "6 h"'),
        "cutoff",
        "services.ferry.cutoff",
        ("not a known key", "did you mean 'cut_off'?", "allowed: title, mode, from, to"),
    ),
    "unknown section": Case(
        ("[trader_classes]", "[trader_clases]\n[trader_classes]"),
        "[trader_clases]",
        "trader_clases",
        ("did you mean 'trader_classes'?", "extends"),
    ),
    "unknown section, without what follows from it": Case(
        (
            '[currencies]\nCNY = "6.9 CNY/USD"',
            '[curencies]\nCNY = { value = "6.9 CNY/USD", range = ["6 CNY/USD", "7 CNY/USD"] }',
        ),
        "[curencies]",
        "curencies",
        ("did you mean 'currencies'?",),
    ),
    "unknown key of an activity": Case(
        ('duration = "20 min" }', 'duration = "20 min", tarifs = [] }'),
        "tarifs",
        "facilities.quay.activities.discharge.tarifs",
        ("did you mean 'tariffs'?",),
    ),
    "missing key": Case(
        (CUT_OFF, ""), "[services.ferry]", "services.ferry.cut_off", ("is missing", "accept")
    ),
    "missing section": Case(
        ("[run]\n", "[policies.p]\n[policies.p.run]\n"),
        "format = 2",
        "run",
        ("the section [run] is missing",),
    ),
    "bare number": Case(
        (HOLD, "max_consolidation_time = 4"),
        "max_consolidation_time = 4",
        "fleets.truck.max_consolidation_time",
        ("bare number 4 has no unit", '"14 h"', "weeks"),
    ),
    "wrong unit": Case(
        (HOLD, 'max_consolidation_time = "4 kg"'),
        "4 kg",
        "fleets.truck.max_consolidation_time",
        ("has the unit 'kg'", "min"),
    ),
    "no number": Case(
        (HOLD, 'max_consolidation_time = "long"'),
        '"long"',
        "fleets.truck.max_consolidation_time",
        ("'long' is not a number with",),
    ),
    "no unit": Case(
        (HOLD, 'max_consolidation_time = "4"'),
        'max_consolidation_time = "4"',
        "fleets.truck.max_consolidation_time",
        ("'4' has no unit",),
    ),
    "negative": Case(
        (HOLD, 'max_consolidation_time = "-4 h"'),
        "-4 h",
        "fleets.truck.max_consolidation_time",
        ("must be more than 0",),
    ),
    "zero": Case(
        (HOLD, 'max_consolidation_time = "0 h"'),
        "0 h",
        "fleets.truck.max_consolidation_time",
        ("must be more than 0",),
    ),
    "not a number at all": Case(
        (HOLD, 'max_consolidation_time = "nan h"'),
        "nan h",
        "fleets.truck.max_consolidation_time",
        ("is not finite",),
    ),
    "infinite": Case(
        (HOLD, 'max_consolidation_time = "inf h"'),
        "inf h",
        "fleets.truck.max_consolidation_time",
        ("is not finite",),
    ),
    "bare nan": Case(
        (HOLD, "max_consolidation_time = nan"),
        "max_consolidation_time = nan",
        "fleets.truck.max_consolidation_time",
        ("nan is not finite", '"14 h"'),
    ),
    "bare inf": Case(
        (HOLD, "max_consolidation_time = -inf"),
        "max_consolidation_time = -inf",
        "fleets.truck.max_consolidation_time",
        ("-inf is not finite",),
    ),
    "nan of a number": Case(
        ("[container_load]", '[planning]\nallowance = "1 h"\nlate_quantile = nan\n[container_load]'),
        "late_quantile",
        "planning.late_quantile",
        ("nan is not finite; allowed: a finite number below 1",),
    ),
    "inf of a number": Case(
        ("[container_load]", '[planning]\nallowance = "1 h"\nlate_quantile = inf\n[container_load]'),
        "late_quantile",
        "planning.late_quantile",
        ("inf is not finite; allowed: a finite number below 1",),
    ),
    "inf of a whole number": Case(
        ("vehicles = 2", "vehicles = inf"), "vehicles = inf", "fleets.truck.vehicles", ("inf is not finite",)
    ),
    "a price of all but nothing": Case(
        ('price = "50 CNY/consignment"', 'price = "1e-300 CNY/consignment"'),
        "1e-300",
        "tariffs.handling.lines[0].price",
        ("is less than 1e-12",),
    ),
    "all but nothing": Case(
        ('low = "150 kg/m3"', 'low = "1e-300 kg/m3"'),
        "1e-300",
        "commodities.parts.density.low",
        ("'1e-300 kg/m3' is less than 1e-12", '"180 kg/m3"'),
    ),
    "huge": Case(
        (HOLD, 'max_consolidation_time = "1e300 h"'),
        "1e300",
        "fleets.truck.max_consolidation_time",
        ("is beyond 1e+12",),
    ),
    "overflowing": Case(
        (HOLD, 'max_consolidation_time = "1e999 h"'),
        "1e999",
        "fleets.truck.max_consolidation_time",
        ("is not finite",),
    ),
    "a thousand years": Case(
        (HOLD, 'max_consolidation_time = "99999 weeks"'),
        "99999",
        "fleets.truck.max_consolidation_time",
        ("longer than a thousand years",),
    ),
    "share above one": Case(
        ('share = "2 %"', 'share = "102 %"'),
        "102 %",
        "services.ferry.cancellation.share",
        ("at most 1 (100 %)",),
    ),
    "share without percent": Case(
        ('share = "2 %"', "share = 0.02"),
        "0.02",
        "services.ferry.cancellation.share",
        ("bare number", '"61 %"'),
    ),
    "shares of a table": Case(
        ('by-truck = "50 %"', 'by-truck = "40 %"'),
        "[lanes.east]",
        "lanes.east",
        ("the shares of routes sum to 90.0000%", "allowed: a sum of 100 %"),
    ),
    "time of day": Case(
        ('departs = "19:00", arrives', 'departs = "25:00", arrives'),
        "25:00",
        "services.ferry.timetable[0].departs",
        ("'25:00' is not a time of day", '"19:00"'),
    ),
    "bare time of day": Case(
        ('departs = "19:00", arrives', "departs = 19:00:00, arrives"),
        "19:00:00",
        "services.ferry.timetable[0].departs",
        ("write it in quotes",),
    ),
    "day of the week": Case(
        ('days = "Tue"', 'days = "Tuesday"'),
        "Tuesday",
        "services.ferry.timetable[0].days",
        ("'Tuesday' is not a day of the week", '"Mon-Fri"'),
    ),
    "holiday that works": Case(
        ("dates = [2019-02-05]", "dates = [2019-02-05]\nworking_days = [2019-02-02, 2019-02-05]"),
        "[holidays.spring]",
        "holidays.spring",
        ("2019-02-05 is in dates and in working_days", "allowed: in one of the two"),
    ),
    "exception that is half open": Case(
        (
            'holidays = ["spring"]',
            'holidays = ["spring"]\nexceptions = [{ dates = [2019-01-09], open = "09:00" }]',
        ),
        "exceptions = ",
        "calendars.office.exceptions[0]",
        ("open and close go together", "allowed: both, or neither for closed days"),
    ),
    "exception that is open and closed": Case(
        (
            'holidays = ["spring"]',
            'holidays = ["spring"]\nexceptions = [\n  { dates = [2019-01-08, 2019-01-09] },'
            '\n  { dates = [2019-01-09], open = "09:00", close = "12:00" },\n]',
        ),
        "[calendars.office]",
        "calendars.office",
        ("exceptions[0] and exceptions[1] contradict each other on 2019-01-09", "allowed: hours that follow"),
    ),
    "exceptions that overlap": Case(
        (
            'holidays = ["spring"]',
            'holidays = ["spring"]\nexceptions = [\n  { dates = [2019-01-09], open = "10:00", close = "02:00"'
            ' },\n  { dates = [2019-01-09], open = "09:00", close = "12:00" },\n]',
        ),
        "[calendars.office]",
        "calendars.office",
        ("exceptions[0] and exceptions[1] contradict each other on 2019-01-09",),
    ),
    "hours of holidays without holidays": Case(
        ('holidays = ["spring"]\n', 'holidays_as = "Sun"\n', "[holidays.spring]\ndates = [2019-02-05]\n", ""),
        "[calendars.office]",
        "calendars.office",
        ("holidays_as goes with holidays",),
    ),
    "lists that contradict each other": Case(
        (
            'holidays = ["spring"]',
            'holidays = ["spring", "other"]',
            "[holidays.spring]",
            "[holidays.other]\ndates = []\nworking_days = [2019-02-05]\n[holidays.spring]",
        ),
        'holidays = ["spring", "other"]',
        "calendars.office.holidays",
        ("contradict each other on 2019-02-05", "lists that agree, or an exception of the calendar"),
    ),
    "lists of a lane that contradict each other": Case(
        (
            "[holidays.spring]",
            "[holidays.other]\ndates = []\nworking_days = [2019-02-05]\n[holidays.spring]",
            DEMAND,
            f'{DEMAND}\nholidays = [\n  "other", "spring",\n]',
        ),
        "holidays = [\n",
        "lanes.east.holidays",
        ("contradict each other on 2019-02-05; allowed: lists that agree",),
    ),
    "holidays of intervals": Case(
        (DEMAND, 'renewal = { interval = "3 h" }\nholidays = [\n  "spring"\n]'),
        "[lanes.east]",
        "lanes.east",
        ("season, week, day and holidays go with demand, not with renewal",),
    ),
    "aim of intervals": Case(
        (
            DEMAND,
            'renewal = { interval = "3 h" }\n'
            'aims_at_cut_off.by-van = { share = "50 %", lead = "6 h", spare = "1 h" }',
        ),
        "[lanes.east]",
        "lanes.east",
        ("aims_at_cut_off goes with demand, not with renewal",),
    ),
    "share of those who aim": Case(
        (DEMAND, f'{DEMAND}\naims_at_cut_off.by-van = {{ share = "101 %", lead = "6 h", spare = "1 h" }}'),
        "aims_at_cut_off",
        "lanes.east.aims_at_cut_off.by-van.share",
        ("101 %", "allowed: "),
    ),
    "rush without holidays": Case(
        (DEMAND, f'{DEMAND}\nrush = {{ share = "50 %", time = "5 d" }}'),
        "[lanes.east]",
        "lanes.east",
        ("rush and backlog go with holidays",),
    ),
    "more than all holidays have": Case(
        (
            DEMAND,
            f'{DEMAND}\nholidays = [\n  "spring"\n]\nrush = {{ share = "60 %", time = "5 d" }}'
            '\nbacklog = { share = "50 %", time = "5 d" }',
        ),
        "[lanes.east]",
        "lanes.east",
        ("the shares of rush and backlog exceed 100 %",),
    ),
    "rush of hours": Case(
        (DEMAND, f'{DEMAND}\nholidays = [\n  "spring"\n]\nrush = {{ share = "60 %", time = "36 h" }}'),
        "rush = ",
        "lanes.east.rush",
        ('the time is not a whole number of days; allowed: such as "10 d"',),
    ),
    "overlapping hours": Case(
        ('close = "17:00" }]', 'close = "17:00" }, { days = "Wed", open = "16:00", close = "18:00" }]'),
        "[calendars.office]",
        "calendars.office",
        ("openings overlap: hours[0] and hours[1] on Wed",),
    ),
    "date": Case(
        ("start = 2019-01-07", 'start = "soon"'), "soon", "run.start", ("'soon' is not a date", "2019-01-07")
    ),
    "date in quotes": Case(
        ("start = 2019-01-07", 'start = "2019-01-07"'), "start", "run.start", ("not a date", "without quotes")
    ),
    "date as a number": Case(
        ("valid_from = 2019-01-01", "valid_from = 86400"),
        "86400",
        "services.ferry.timetable[1].valid_from",
        ("86400 is not a date",),
    ),
    "number in quotes": Case(
        ("vehicles = 2", 'vehicles = "2"'),
        "vehicles",
        "fleets.truck.vehicles",
        ("'2' is a text", "without quotes"),
    ),
    "closure with zone": Case(
        (
            "begins = 2019-01-09T00:00:00, ends = 2019-01-10T00:00:00",
            "begins = 2019-01-09T00:00:00Z, ends = 2019-01-10T00:00:00Z",
        ),
        "begins = 2019-01-09",
        "facilities.quay.resources.gang.closures[0]",
        ("times are local to the facility",),
    ),
    "whole number": Case(
        ("vehicles = 2", "vehicles = 2.5"), "vehicles = 2.5", "fleets.truck.vehicles", ("not a whole number",)
    ),
    "too few": Case(
        ("vehicles = 2", "vehicles = 0"), "vehicles = 0", "fleets.truck.vehicles", ("at least 1",)
    ),
    "too many": Case(
        ("vehicles = 2", "vehicles = 1000000"), "1000000", "fleets.truck.vehicles", ("at most 100000",)
    ),
    "yes or no": Case(
        ("vehicles = 2", "vehicles = true"),
        "vehicles = true",
        "fleets.truck.vehicles",
        ("true is not allowed",),
    ),
    "text": Case(
        ('title = "By van"', "title = 3"),
        "title = 3",
        "routes.by-van.title",
        ("3 is not a text", "in quotes"),
    ),
    "table": Case(
        ('cancellation = { share = "2 %", dates = [2019-01-15] }', 'cancellation = "2 %"'),
        "cancellation",
        "services.ferry.cancellation",
        ("'2 %' is not a table",),
    ),
    "list": Case(
        ('tariffs = ["sea"]', 'tariffs = "sea"'),
        'tariffs = "sea"',
        "services.ferry.tariffs",
        ("is not a list", "brackets"),
    ),
    "empty list": Case(
        (
            'lines = [{ name = "Sea freight", category = "transport", '
            'basis = "containers", price = "300 USD/TEU" }]',
            "lines = []",
        ),
        "lines = []",
        "tariffs.sea.lines",
        ("is empty; allowed: at least one entry (lines of the invoice",),
    ),
    "choice": Case(
        ('mode = "sea"', 'mode = "see"'),
        '"see"',
        "services.ferry.mode",
        ("did you mean 'sea'?", "sea, air, road"),
    ),
    "kind of activity": Case(
        ('activities.discharge = { kind = "handling"', 'activities.discharge = { kind = "handlin"'),
        'handlin"',
        "facilities.quay.activities.discharge.kind",
        ("'handlin' is not known", "did you mean 'handling'?", "allowed: handling, stay, customs"),
    ),
    "no kind of activity": Case(
        ('activities.discharge = { kind = "handling", ', "activities.discharge = { "),
        "activities.discharge",
        "facilities.quay.activities.discharge.kind",
        ("is missing",),
    ),
    "kind of step": Case(
        ('{ by = "van" }', '{ bu = "van" }'),
        "bu = ",
        "routes.by-van.steps[2].bu",
        ("did you mean 'by'?", "allowed: at and do, or by"),
    ),
    "empty step": Case(
        ('{ by = "van" }', "{ }"), "{ }", "routes.by-van.steps[2]", ("is no step", "at and do, or by")
    ),
    "name": Case(
        ('name = "corridor"', 'name = "My Corridor"'), "My Corridor", "name", ("'My Corridor' does not fit",)
    ),
    "version": Case(("format = 2", "format = 3"), "format = 3", "format", ("3 is not known", "allowed: 2")),
    "month": Case(
        ('demand = "40 consignments/week"', 'demand = "40 consignments/week"\nseason = { Janu = "100 %" }'),
        "Janu",
        "lanes.east.season.Janu",
        ("did you mean 'Jan'?", "Feb, Mar"),
    ),
    "distribution": Case(
        ('drive = "1 h"', 'drive = { distribution = "lognormel", mean = "1 h" }'),
        "lognormel",
        "fleets.truck.drive.distribution",
        ("did you mean 'lognormal'?",),
    ),
    "parameter missing": Case(
        ('drive = "1 h"', 'drive = { distribution = "lognormal", mean = "1 h" }'),
        "drive = ",
        "fleets.truck.drive",
        ("lognormal takes mean, sd", "missing: sd"),
    ),
    "parameter of another family": Case(
        ('drive = "1 h"', 'drive = { distribution = "exponential", mean = "1 h", sd = "1 h" }'),
        "drive = ",
        "fleets.truck.drive",
        ("exponential takes mean", "not known: sd"),
    ),
    "falling bounds": Case(
        ('low = "150 kg/m3", high = "300 kg/m3"', 'low = "300 kg/m3", high = "150 kg/m3"'),
        "density",
        "commodities.parts.density",
        ("low is 300 kg/m3, high is 150 kg/m3; allowed: low < high",),
    ),
    "value per volume": Case(
        ('value = "50 USD/kg"', 'value = "50 USD/m3"'), "USD/m3", "commodities.parts.value", ("per kg",)
    ),
    "price and basis": Case(
        ('price = "300 USD/TEU"', 'price = "300 USD/kg"'),
        'USD/kg" }',
        "tariffs.sea.lines[0]",
        ("the basis containers needs a price per TEU, not per kg",),
    ),
    "minimum in another currency": Case(
        ('price = "300 USD/TEU"', 'price = "300 USD/TEU", minimum = "10 CNY"'),
        "Sea freight",
        "tariffs.sea.lines[0]",
        ("the minimum is in CNY, the price in USD",),
    ),
    "neither arrival nor duration": Case(
        ('duration = "13 h", ', ""),
        'days = "Fri"',
        "services.ferry.timetable[1]",
        ("neither arrives nor duration is",),
    ),
    "no room": Case(
        ('block_space = { containers = "4 TEU" }', "block_space = { }"),
        "block_space",
        "services.ferry.block_space",
        ("at least one of weight, volume, containers",),
    ),
    "word or duration": Case(
        (WINDOW, f'{WINDOW}\nwarm_up = "some"'), "some", "run.warm_up", ("not a number with a unit", "none")
    ),
    "code of a place": Case(
        ('kind = "consignee-area"', 'kind = "consignee-area"\nunlocode = "Seoul"'),
        '"Seoul"',
        "facilities.town.unlocode",
        ("'Seoul' does not fit",),
    ),
    "coordinate": Case(
        ('longitude = "127.0 E"', 'longitude = "227.0 E"'),
        "227",
        "facilities.town.longitude",
        ("not a coordinate", "122.13 E"),
    ),
    "side of the earth": Case(
        ('latitude = "37.5 N"\nlongitude = "127.0 E"', 'latitude = "37.5 E"\nlongitude = "127.0 E"'),
        '"37.5 E"',
        "facilities.town.latitude",
        ("of this kind", "N or S"),
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_bad_value(case: Case, bend: Bend) -> None:
    """Tests that a bad value alone is refused, at its line, by its key, saying what is allowed."""
    case.check(bend)
