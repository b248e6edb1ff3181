"""Many problems in one file: all are reported, none twice, and none hides another."""

from __future__ import annotations

from tests.scenario.bending import Bend, accepted, bent, complaints


def test_a_broken_entry_hides_nothing_and_blames_no_one(bend: Bend) -> None:
    """Tests that a broken service is told once, and a wrong name elsewhere all the same."""
    found = complaints(bend('cut_off = "6 h"', "cut_off = 6", '{ by = "van" }', '{ by = "vna" }'))
    assert [line.split(": ")[1] for line in found] == ["services.ferry.cut_off", "routes.by-van.steps[2].by"]


def test_all_problems_at_once(bend: Bend) -> None:
    """Tests that fourteen problems of every kind are told together, in the order of their lines."""
    bends = (
        'name = "corridor"', 'name = "Corridor"',
        "start = 2019-01-07", "strat = 2019-01-07",
        'CNY = "6.9 CNY/USD"', 'CNY = "6.9"',
        'resources.dock = { servers = 2, calendar = "office" }', "resources.dock = { servers = 0 }",
        'resource = "gang"', 'resource = "gong"',
        'cut_off = "6 h"', 'cut_off = "-6 h"',
        'days = "Tue"', 'days = "Tu"',
        'max_consolidation_time = "4 h"', 'max_consolidation_time = 4',
        'sd = "100 kg", high = "2 t"', 'sd = "100 kg"',
        'trader_classes = { gold = "30 %", plain = "70 %" }',
        'trader_classes = { gold = "30 %", plain = "60 %" }',
        '{ by = "van" }', '{ by = "vann" }',
        'freight_to = "quay"', 'freight_to = "kai"',
        'price = "300 USD/TEU"', 'price = { value = "300 USD/TEU", grade = "publishd" }',
    )  # fmt: skip
    found = complaints(bend(*bends))
    keys = [line.split(": ")[1] for line in found]
    assert keys == [
        "name",
        "run.start",
        "run.strat",
        "currencies.CNY",
        "facilities.port.resources.dock",
        "facilities.quay.activities.discharge.resource",
        "services.ferry.cut_off",
        "services.ferry.timetable[0].days",
        "fleets.truck.max_consolidation_time",
        "commodities.parts.weight",
        "lanes.east",
        "routes.by-truck.freight_to",
        "routes.by-van.steps[2].by",
        "tariffs.sea.lines[0].price.grade",
    ]
    lines = [int(line.split(":")[1]) for line in found]
    assert lines == sorted(lines)


def test_the_corridor_itself_is_valid(bend: Bend) -> None:
    """Tests that nothing is wrong with the file that all cases bend."""
    scenario = accepted(bend()).scenario
    assert list(scenario.routes) == ["by-truck", "by-van"]
    assert bent() == bend().read_text(encoding="utf-8")


def test_two_settings_of_the_run(bend: Bend) -> None:
    """Tests that no setting of the run hides another one, nor a date outside its horizon."""
    found = complaints(
        bend(
            *('window = "2 weeks"', 'window = "10 days"\nreplications = 0'),
            *("dates = [2019-01-15]", "dates = [2019-01-15, 2019-03-28]"),
        )
    )
    keys = [line.split(": ")[1] for line in found]
    assert keys == ["run.window", "run.replications", "services.ferry.cancellation.dates[1]"]
