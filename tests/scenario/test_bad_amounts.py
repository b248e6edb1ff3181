"""Amounts and dates that do not fit each other are refused."""

from __future__ import annotations

import re

import pytest

from tests.scenario.bending import Bend, Case, accepted, complaints

BAYS = 'resources.bays = { shifts = [{ servers = 1, calendar = "office" }] }'
RATES = 'rates = { gold = "1 %", plain = "5 %" }'
AMOUNTS = {
    "appointment without slots": Case(
        (RATES, f'{RATES}, appointment = {{ resource = "bays" }}'),
        "appointment",
        "facilities.port.activities.export.inspection.appointment.resource",
        ("'bays' has no slot, so that no appointment can be given there", "allowed: a resource with slot"),
    ),
    "work at slots": Case(
        (BAYS, 'resources.bays = { servers = 1, slot = "1 h" }'),
        RATES,
        "facilities.port.activities.export.inspection.resource",
        ("'bays' has a slot: it gives appointments, and does no work", "allowed: dock, officers"),
    ),
    "slot of minutes": Case(
        (BAYS, 'resources.bays = { servers = 1, slot = "4 min" }'),
        "4 min",
        "facilities.port.resources.bays",
        ("slot is shorter than 5 minutes", "allowed: at least 5 min"),
    ),
    "appointment that rests": Case(
        (BAYS, 'resources.bays = { servers = 1, slot = "1 h", at_closing = "resume" }'),
        "resume",
        "facilities.port.resources.bays",
        ("an appointment is no work", "does not go with slot"),
    ),
    "agency with a name of two": Case(
        (
            "[facilities.quay]",
            '[facilities.port.activities.export.agencies."food/plants"]\ncommodities = { parts = "5 %" }\n'
            'preparation = "1 h"\nresource = "bays"\nduration = "1 h"\n\n[facilities.quay]',
        ),
        "food/plants",
        'facilities.port.activities.export.agencies."food/plants"',
        ("'food/plants' cannot be a name",),
    ),
    "agency that inspects nothing": Case(
        (
            "[facilities.quay]",
            "[facilities.port.activities.export.agencies.food]\ncommodities = {}\n"
            'preparation = "1 h"\nresource = "bays"\nduration = "1 h"\n\n[facilities.quay]',
        ),
        "commodities = {}",
        "facilities.port.activities.export.agencies.food.commodities",
        ("is empty; allowed: at least one entry",),
    ),
    "currency without rate": Case(
        ('price = "300 USD/TEU"', 'price = "300 EUR/TEU"'),
        "EUR/TEU",
        "tariffs.sea.lines[0].price",
        ("the currency EUR has no exchange rate", "allowed: USD, CNY"),
    ),
    "rate between other currencies": Case(
        ('CNY = "6.9 CNY/USD"', 'CNY = "6.9 CNY/EUR"'),
        "CNY/EUR",
        "currencies.CNY",
        ("allowed: CNY/USD or USD/CNY",),
    ),
    "two currencies in a distribution": Case(
        (
            'value = "50 USD/kg"',
            'value = { distribution = "uniform", low = "50 USD/kg", high = "90 CNY/kg" }',
        ),
        "90 CNY",
        "commodities.parts.value",
        ("one currency",),
    ),
    "no bound of weight": Case(
        ('sd = "100 kg", high = "2 t"', 'sd = "100 kg"'),
        "weight = { distribution",
        "commodities.parts.weight",
        ("has no upper bound", 'high = "5 t"'),
    ),
    "no bound of volume": Case(
        (
            '{ distribution = "uniform", low = "150 kg/m3", high = "300 kg/m3" }',
            '{ distribution = "normal", mean = "200 kg/m3", sd = "20 kg/m3" }',
        ),
        "density",
        "commodities.parts.density",
        ("has no lower bound", "'ferry'"),
    ),
    "too heavy for a truck": Case(
        ('weight = "10 t"\nvolume = "40 m3"', 'weight = "1500 kg"\nvolume = "40 m3"'),
        'high = "2 t"',
        "commodities.parts.weight",
        ("up to 2,000 kg", "'truck'", "step 5 of the route 'by-truck'", "up to 1,500 kg"),
    ),
    "too large for a truck": Case(
        ('volume = "40 m3"', 'volume = "13 m3"'),
        "density",
        "commodities.parts.density",
        ("up to 13.33 m3", "'truck'", "up to 13 m3"),
    ),
    "too heavy for a departure": Case(
        (
            'capacity = { weight = "60 t", containers = "20 TEU" }\nblock_space = { containers = "4 TEU" }',
            'capacity = { weight = "1 t" }\nblock_space = { weight = "500 kg" }',
        ),
        'high = "2 t"',
        "commodities.parts.weight",
        ("up to 2,000 kg", "'ferry'", "up to 500 kg"),
    ),
    "room that background takes": Case(
        (
            'capacity = { weight = "60 t", containers = "20 TEU" }\nblock_space = { containers = "4 TEU" }',
            'capacity = { weight = "60 t" }\nbackground = "97 %"',
            ', space = "block"',
            "",
        ),
        'high = "2 t"',
        "commodities.parts.weight",
        ("'ferry'", "up to 1,800 kg"),
    ),
    "resource without servers": Case(
        ("resources.gang = { servers = 1", "resources.gang = { servers = 0"),
        "resources.gang",
        "facilities.quay.resources.gang",
        ("never works",),
    ),
    "inspection without a rate": Case(
        ('gold = "1 %", plain = "5 %"', 'gold = "1 %"'),
        "rates",
        "facilities.port.activities.export.inspection.rates",
        ("no rate for trader class 'plain'", "lane 'east'"),
    ),
    "a thousand million consignments": Case(
        ('demand = "40 consignments/week"', 'demand = "1e9 consignments/week"'),
        "1e9",
        "lanes.east.demand",
        ("3,000,000,000 consignments in 3 weeks", "GiB of memory", "this machine has"),
    ),
    "intervals of a microsecond": Case(
        ('demand = "40 consignments/week"', 'renewal = { interval = "1 us" }'),
        "renewal",
        "lanes.east.renewal",
        ("GiB of memory",),
    ),
}

DATES = {
    "half a week": Case(
        ('window = "2 weeks"', 'window = "10 d"'), "10 d", "run.window", ("whole number of weeks", '"1 week"')
    ),
    "beyond the calendar": Case(
        ('drain = "1 week"', 'drain = "40000 weeks"'), "start = ", "run.start", ("leaves the calendar",)
    ),
    "closure outside": Case(
        (
            "begins = 2019-01-09T00:00:00, ends = 2019-01-10T00:00:00",
            "begins = 2019-03-09T00:00:00, ends = 2019-03-10T00:00:00",
        ),
        "resources.gang",
        "facilities.quay.resources.gang.closures[0]",
        ("lies outside the horizon", "allowed: 2019-01-07 to 2019-01-27"),
    ),
    "cancelled day outside": Case(
        ("dates = [2019-01-15]", "dates = [2019-01-15, 2019-01-28]"),
        "2019-01-28",
        "services.ferry.cancellation.dates[1]",
        ("2019-01-28 lies outside the horizon",),
    ),
    "validity the wrong way round": Case(
        ("valid_from = 2019-01-01, valid_to = 2019-12-31", "valid_from = 2019-12-31, valid_to = 2019-01-01"),
        "valid_to",
        "services.ferry.timetable[1]",
        ("valid_to (2019-01-01) lies before valid_from (2019-12-31)",),
    ),
    "all departures cancelled": Case(
        ('share = "2 %"', 'share = "100 %"'),
        "cancellation = ",
        "services.ferry.cancellation",
        ("a service without departures in the horizon (2019-01-07 to 2019-01-27)", "a share below 100 %"),
    ),
    "all departures of the months of the run cancelled": Case(
        ('share = "2 %"', 'share = "2 %", months = { Jan = "100 %" }'),
        "cancellation = ",
        "services.ferry.cancellation",
        ("a service without departures",),
    ),
    "all departures cancelled by date": Case(
        (
            'share = "2 %", dates = [2019-01-15]',
            'share = "0 %", dates = [2019-01-08, 2019-01-11, 2019-01-15, 2019-01-18, 2019-01-22, 2019-01-25]',
        ),
        "cancellation = ",
        "services.ferry.cancellation",
        ("a service without departures",),
    ),
    "closed for good": Case(
        (
            'cut_off = "6 h"',
            'cut_off = "6 h"\nclosures = [{ begins = 2019-01-01T00:00:00, ends = 2020-01-01T00:00:00 }]',
        ),
        "closures = [{ begins = 2019-01-01",
        "services.ferry.closures",
        ("a service without departures", "allowed: closures that leave some"),
    ),
    "make-up day of another year": Case(
        ("dates = [2019-02-05]", "dates = [2019-02-05]\nworking_days = [2018-12-29, 2019-02-02]"),
        "working_days",
        "holidays.spring.working_days[0]",
        ("2018-12-29 lies in no year of the horizon", "allowed: 2019"),
    ),
    "exception of another year": Case(
        ('holidays = ["spring"]', 'holidays = ["spring"]\nexceptions = [{ dates = [2020-02-05] }]'),
        "exceptions = ",
        "calendars.office.exceptions[0].dates[0]",
        ("2020-02-05 lies in no year of the horizon", "allowed: 2019"),
    ),
    "holiday of another year": Case(
        ("dates = [2019-02-05]", "dates = [2019-02-05, 2020-01-25]"),
        "2020-01-25",
        "holidays.spring.dates[1]",
        ("2020-01-25 lies in no year of the horizon", "allowed: 2019"),
    ),
}


@pytest.mark.parametrize("case", AMOUNTS.values(), ids=AMOUNTS.keys())
def test_amounts_that_do_not_fit(case: Case, bend: Bend) -> None:
    """Tests that amounts that do not fit each other are refused, with both amounts by name."""
    case.check(bend)


@pytest.mark.parametrize("case", DATES.values(), ids=DATES.keys())
def test_date_outside_the_horizon(case: Case, bend: Bend) -> None:
    """Tests that dates outside the horizon are refused, with the horizon."""
    case.check(bend)


@pytest.mark.parametrize(
    "share",
    [
        'share = "100 %", months = { Jan = "99 %" }',
        'share = "99.9 %"',
        'share = "0 %", months = { Feb = "100 %" }',
    ],
)
def test_departures_that_may_leave(share: str, bend: Bend) -> None:
    """Tests that a service is accepted as long as some departure in the horizon has a chance to leave."""
    accepted(bend('share = "2 %"', share))


def test_large_amounts_are_short(bend: Bend) -> None:
    """Tests that amounts past a thousand million are written with a power of ten, not in full."""
    found = complaints(bend('low = "150 kg/m3"', 'low = "1e-9 kg/m3"'))
    assert ["up to 2e+12 m3" in found[0], "up to 7.69231e+10 TEU" in found[1]] == [True, True]


def test_all_dimensions_are_told(bend: Bend) -> None:
    """Tests that goods too heavy and too large for two ways are told of each at once.

    2,000 kg of at least 150 kg/m3 are 13.33 m3, of which 26 fill a container.
    """
    truck = ('weight = "10 t"\nvolume = "40 m3"', 'weight = "1500 kg"\nvolume = "13 m3"')
    found = complaints(bend(*truck, '"20 TEU"', '"0.9 TEU"', '"4 TEU"', '"0.4 TEU"'))
    told = [re.search(r"up to ([0-9.,]+ \w+).* than '(\w+)' .*; allowed: up to (.+)", line) for line in found]
    assert sorted(one.groups() for one in told if one) == [
        ("0.5128 TEU", "ferry", "0.4 TEU"),
        ("13.33 m3", "truck", "13 m3"),
        ("2,000 kg", "truck", "1,500 kg"),
    ]


def test_container_load_is_needed_where_there_are_containers(bend: Bend) -> None:
    """Tests that container slots without a container load are refused, of both pools."""
    found = complaints(bend('[container_load]\nweight = "10 t"\nvolume = "26 m3"\n', ""))
    assert [line.split(": ")[1] for line in found] == [
        "services.ferry.capacity.containers",
        "services.ferry.block_space.containers",
        "tariffs.sea.lines[0].basis",
    ]
    assert all("[container_load] is missing" in line for line in found)


def test_container_load_is_needed_where_work_is_by_container(bend: Bend) -> None:
    """Tests that work counted by TEU without a container load is refused, where it stands."""
    found = complaints(
        bend(
            *('[container_load]\nweight = "10 t"\nvolume = "26 m3"\n', ""),
            *('capacity = { weight = "60 t", containers = "20 TEU" }', 'capacity = { weight = "60 t" }'),
            *('block_space = { containers = "4 TEU" }', 'block_space = { weight = "4 t" }'),
            *('duration = "20 min" }', 'duration = "20 min", per = "TEU" }'),
        )
    )
    assert [line.split(": ")[1] for line in found] == [
        "facilities.quay.activities.discharge.per",
        "tariffs.sea.lines[0].basis",
    ]
    assert all("[container_load] is missing" in line for line in found)


@pytest.mark.parametrize(
    "line",
    [
        'basis = "containers", price = "90 USD/FEU"',
        'kind = "storage", basis = "containers", tiers = [{ price = "160 USD/FEU/d" }]',
        'kind = "departure", basis = "containers", price = "9 USD/departure"',
    ],
)
def test_container_load_is_needed_where_a_price_is_by_containers(line: str, bend: Bend) -> None:
    """Tests that a THC, a demurrage and a shared charter by TEU are refused, not billed as a millionth."""
    found = complaints(
        bend(
            *('[container_load]\nweight = "10 t"\nvolume = "26 m3"\n', ""),
            *('capacity = { weight = "60 t", containers = "20 TEU" }', 'capacity = { weight = "60 t" }'),
            *('block_space = { containers = "4 TEU" }', 'block_space = { weight = "4 t" }'),
            *('basis = "containers", price = "300 USD/TEU"', line),
        )
    )
    assert any(
        one.startswith("corridor.toml:") and "tariffs.sea.lines[0].basis: the section [container_load]" in one
        for one in found
    )


BY_PARCEL = {
    "work": ('duration = "20 min" }', 'duration = "3 s", per = "parcel" }'),
    "documents": ('duration = "10 min" }', 'duration = "3 s", per = "parcel" }'),
    "inspection": ('inspection = { resource = "bays",', 'inspection = { resource = "bays", per = "parcel",'),
    "price of work": (
        'basis = "consignment", price = "50 CNY/consignment"',
        'basis = "parcel", price = "2 CNY/parcel"',
    ),
    "price of a way": (
        'basis = "containers", price = "300 USD/TEU"',
        'basis = "parcel", price = "1 USD/parcel"',
    ),
}


@pytest.mark.parametrize("bends", BY_PARCEL.values(), ids=BY_PARCEL.keys())
def test_goods_counted_by_parcel_say_how_many_they_are(bends: tuple[str, ...], bend: Bend) -> None:
    """Tests that time or money by parcel needs the weight of a parcel, and is content with it."""
    found = complaints(bend(*bends))
    assert [line.split(": ")[1] for line in found] == ["commodities.parts"]
    assert "has no parcel, the mean weight of one, but" in found[0]
    accepted(bend(*bends, "[commodities.parts]\n", '[commodities.parts]\nparcel = "2 kg"\n'))


def test_a_service_is_not_closed_for_good(bend: Bend) -> None:
    """Tests that a service all of whose departures fall into closures is refused."""
    old = 'cancellation = { share = "2 %", dates = [2019-01-15] }'

    def shut(begins: str, ends: str) -> tuple[str, str]:
        return old, f"closures = [{{ begins = {begins}T00:00:00, ends = {ends}T00:00:00 }}]"

    found = complaints(bend(*shut("2019-01-07", "2019-01-31")))
    assert [line.split(": ")[1] for line in found] == ["services.ferry.closures"]
    assert "without departures in the horizon" in found[0]
    accepted(bend(*shut("2019-01-07", "2019-01-20")))
    found = complaints(bend(*shut("2018-01-07", "2018-01-08")))
    assert "the closure lies outside the horizon" in found[0]


def test_a_shift_without_servers(bend: Bend) -> None:
    """Tests that a resource may have a shift without servers beside one that has some, not only such."""
    before = "resources.gang = { servers = 1"
    accepted(bend(before, "resources.gang = { shifts = [{ servers = 0 }, { servers = 1 }]"))
    (found,) = complaints(bend(before, "resources.gang = { shifts = [{ servers = 0 }, { servers = 0 }]"))
    assert "never works" in found
