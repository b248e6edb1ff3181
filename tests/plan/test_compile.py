"""Compiled corridors: tables that an engine can trust, and all that keeps a scenario from being run."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from copy import deepcopy
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from fourport.errors import Refused
from fourport.plan.compile import check, compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.once import Shared
from fourport.plan.tables import HOUR, WEEK, Kind, Rule, Space
from fourport.scenario.load import load
from fourport.scenario.models.scenario import Scenario
from tests.random_scenarios import Draw, Values, random_scenario
from tests.tiny import START_US, corridor, values

ROOT = Path(__file__).parent.parent.parent
BOTH_AHEAD = {
    "facilities.b.activities.import.pre_arrival": "30 %",
    "routes.van.steps": [
        {"at": "a", "do": "export"},
        {"by": "ferry"},
        {"at": "b", "do": "import"},
        {"at": "b", "do": "import"},
        {"by": "van"},
    ],
}


def problems(changes: dict[str, Any]) -> dict[tuple[str | int, ...], str]:
    """Give what keeps the corridor from being run, which is the same beside one that can be run."""
    scenario, sound = Scenario.model_validate(values(changes)), Scenario.model_validate(values({}))
    found, shared = check(scenario), Shared()
    assert check(sound, shared) == []
    assert check(scenario, shared) == found
    return {one.key: one.message for one in found}


def risky(seed: int) -> Values:
    """Give a random scenario with work and departures at an hour that clocks in America skip in March."""
    made = random_scenario(seed)
    for facility in made["facilities"].values():
        facility["zone"] = "Asia/Seoul"
    for calendar in made.get("calendars", {}).values():
        calendar["hours"] = [{"days": "daily", "close": "09:00"}]
    for service in made.get("services", {}).values():
        service["timetable"] = [{"days": "daily", "departs": "02:30", "arrives": "02:30", "arrives_day": 1}]
    return made


def changed(scenario: Values, draw: Draw) -> Scenario | None:
    """Change a random scenario so that it may be impossible to run; give None if it is not even valid."""
    made = deepcopy(scenario)
    made["run"]["start"] = dt.date(2019, draw.one_of([2, 3]), 4)
    for place in ("place-0", "place-1"):
        made["facilities"][place]["zone"] = draw.one_of(["America/Los_Angeles", "Asia/Seoul"])
    for calendar in made.get("calendars", {}).values():
        calendar["hours"][0]["open"] = draw.one_of(["02:30", "03:30"])
    facility = draw.one_of([*made["facilities"].values()])
    offices = [one for one in facility["activities"].values() if one["kind"] == "customs"]
    match draw.number(0, 6):
        case 0 if "holidays" in made:
            made["holidays"]["off"] = {"dates": [dt.date(2019, 2, 1) + dt.timedelta(k) for k in range(60)]}
        case 1 if facility["resources"] and "calendars" in made:
            resource = draw.one_of([*facility["resources"].values()])
            resource |= {"shifts": [{"calendar": "office", "servers": 0}]}
            resource.pop("servers", None)
        case 2 if offices:
            offices[0]["manifest"] = "1 h"
        case 3 if offices:
            offices[0]["pre_arrival"] = "30 %"
        case 4:
            route = draw.one_of([*made["routes"].values()])
            route["steps"] = route["steps"][1:]
        case 5 if "services" in made:
            draw.one_of([*made["services"].values()])["timetable"][0]["arrives_day"] = 0
    with suppress(ValidationError):
        return Scenario.model_validate(made)
    return None


def test_problems_beside_similar_scenarios() -> None:
    """Tests that problems of a scenario are all found beside similar ones, which have others or none."""
    n = 0
    for seed in range(16):
        scenario, draw, shared = risky(seed), Draw(seed), Shared()
        made = [one for _ in range(8) if (one := changed(scenario, draw)) is not None]
        for one in (*made, *reversed(made)):
            problems = check(one)
            assert check(one, shared) == problems, seed
            n += bool(problems)
    assert n > 50


def shown(made: Corridor, route: str) -> list[tuple[str, int, str]]:
    """Give key, kind and resource of each step of a route."""
    plan = made.plan
    names = {
        Kind.RESOURCE: plan.names.resources,
        Kind.SERVICE: plan.names.services,
        Kind.FLEET: plan.names.fleets,
    }
    found = []
    for s in plan.route_steps(plan.names.routes.index(route)):
        kind, k = int(plan.step_kind[s]), int(plan.step_provider[s])
        found.append((made.steps[s].key, kind, names[kind][k] if kind in names else ""))
        assert kind in names or k == -1
    return found


def step(made: Corridor, route: str, key: str) -> int:
    """Give a step of a route by its key."""
    return next(
        s for s in made.plan.route_steps(made.plan.names.routes.index(route)) if made.steps[s].key == key
    )


@pytest.mark.parametrize(
    "name",
    ["tiny", "scenarios/templates/small.toml", "tests/data/corridor.toml", "scenarios/weihai-2019.toml"],
)
def test_tables_are_well_formed(name: str) -> None:
    """Tests that the columns of every route fit together as docs/semantics.md says."""
    made = corridor() if name == "tiny" else compile_corridor(load(ROOT / name).scenario)
    plan = made.plan
    n_steps, n_tracks = len(made.steps), len(plan.track_first_step)
    assert plan.route_first_step[0] == 0
    assert plan.route_first_step[-1] == n_steps
    for column in ("kind", "provider", "condition", "track", "early_track", "early_condition", "space"):
        assert getattr(plan, f"step_{column}").shape == (n_steps,)
    assert plan.priority.shape == (n_steps, len(plan.names.trader_classes))
    assert plan.condition_rate.shape == (len(plan.names.conditions), 2, len(plan.names.trader_classes))
    for c, rule in enumerate(plan.condition_rule):
        looks_at = (plan.condition_first[c], plan.condition_second[c])
        assert (plan.condition_draw[c] >= 0) == (rule == Rule.BELOW)
        assert [k >= 0 for k in looks_at] == [rule != Rule.BELOW, rule in {Rule.BOTH, Rule.EITHER}]
        assert max(looks_at) < c
    assert (plan.draw_partner < np.arange(len(plan.names.draws))).all()
    passed_over = (plan.step_condition >= 0) | (plan.step_unless_done >= 0) | (plan.step_after_track >= 0)
    assert ((plan.condition_rate >= 0) & (plan.condition_rate <= 1)).all()
    seen_tracks: list[int] = []
    for route in range(plan.n_routes):
        main, block = plan.main_steps(route), plan.route_steps(route)
        assert len({made.steps[s].key for s in block}) == len(block)
        assert not passed_over[main[-1]]
        own = [t for t in range(n_tracks) if plan.track_first_step[t] in block]
        seen_tracks += own
        # The tracks fill the rest of the block, one behind the other, and each is waited for at most once.
        assert [s for t in own for s in plan.track_steps(t)] == list(block)[len(main) :]
        awaited = [int(plan.step_track[s]) for s in main if plan.step_kind[s] == Kind.JOIN]
        assert len({*awaited}) == len(awaited)
        assert {*awaited} <= {*own}
        assert {*awaited, *(int(plan.step_early_track[s]) for s in main)} - {-1} == {*own}
        assert all(plan.step_early_track[s] == -1 for s in block[len(main) :])
        assert all(plan.step_after_track[s] in {-1, *own} for s in block)
        assert all(plan.step_unless_done[s] in {-1, *range(main[0], s)} for s in main)
        for t in own:
            first, last = plan.track_steps(t)[0], plan.track_steps(t)[-1]
            assert plan.step_kind[first] == Kind.DELAY
            assert not passed_over[first]
            assert not passed_over[last]
        for s in block[len(main) :]:
            assert plan.step_kind[s] in {Kind.DELAY, Kind.RESOURCE, Kind.MARK}
    assert seen_tracks == list(range(n_tracks))
    sizes = {
        Kind.RESOURCE: plan.names.resources,
        Kind.SERVICE: plan.names.services,
        Kind.FLEET: plan.names.fleets,
    }
    for s in range(n_steps):
        kind, provider = int(plan.step_kind[s]), int(plan.step_provider[s])
        assert 0 <= provider < len(sizes[kind]) if kind in sizes else provider == -1
        assert (plan.step_track[s] >= 0) == (kind == Kind.JOIN)
        assert (made.steps[s].duration is not None) == (kind in {Kind.RESOURCE, Kind.DELAY})
    for k in range(len(plan.names.resources)):
        first, last = plan.resource_change_first[k : k + 2]
        assert plan.resource_change_us[first] <= plan.start_us
        assert (np.diff(plan.resource_change_us[first:last]) > 0).all()


def test_a_route_becomes_steps() -> None:
    """Tests the whole of a route with two customs offices, the goods first, then the declarations."""
    assert shown(corridor(), "van") == [
        ("a/export/release", Kind.JOIN, ""),
        ("ferry", Kind.SERVICE, "ferry"),
        ("b/import/release", Kind.JOIN, ""),
        ("b/import/inspection", Kind.RESOURCE, "b/bays"),
        ("b/import/removal", Kind.MARK, ""),
        ("b/discharge", Kind.RESOURCE, "b/gang"),
        ("van", Kind.DELAY, ""),
        ("a/export/preparation", Kind.DELAY, ""),
        ("a/export/documents", Kind.RESOURCE, "a/officers"),
        ("b/import/preparation", Kind.DELAY, ""),
        ("b/import/documents", Kind.RESOURCE, "b/officers"),
    ]
    assert shown(corridor(), "truck") == [
        ("a/load", Kind.RESOURCE, "a/dock"),
        ("ferry", Kind.SERVICE, "ferry"),
        ("truck", Kind.FLEET, "truck"),
    ]


def test_conditions_by_trader_class() -> None:
    """Tests inspection rates by trader class, 0 for one not named, and that the release follows them."""
    made = corridor({"facilities.b.activities.import.inspection.rates": {"plain": "6 %"}})
    s = step(made, "van", "b/import/inspection")
    assert made.plan.names.conditions[made.plan.step_condition[s]] == "b/import/inspection"
    assert made.plan.condition_rate[made.plan.step_condition[s]].tolist() == [[0.0, 0.06]] * 2
    assert made.steps[s].ends == "inspection-end"
    assert made.steps[step(made, "van", "b/import/removal")].ends == "CUSR"
    assert made.steps[step(made, "van", "b/import/release")].ends == "document-release"
    assert made.steps[step(made, "van", "a/export/release")].ends == "CUSR"


@pytest.mark.parametrize(("share", "rates"), [("30 %", [0.3, 0.3]), ("100 %", None), ("0 %", ())])
def test_lodging_ahead(share: str, rates: list[float] | tuple[()] | None) -> None:
    """Tests that the leg that brings the goods starts a declaration: under a condition, always, or never."""
    made = corridor({"facilities.b.activities.import.pre_arrival": share})
    plan, s = made.plan, step(made, "van", "ferry")
    joined = plan.step_track[step(made, "van", "b/import/release")]
    assert plan.step_early_track[s] == (-1 if rates == () else joined)
    assert plan.step_early_track[step(made, "truck", "ferry")] == -1
    condition = plan.step_early_condition[s]
    assert (condition == -1) == (rates is None or rates == ())
    if rates:
        assert plan.names.conditions[condition] == "b/import/pre-arrival"
        assert plan.condition_rate[condition].tolist() == [rates] * 2


def test_the_last_leg_starts_the_declaration() -> None:
    """Tests that of two ways before a customs office the one that brings the goods to it lodges ahead."""
    made = corridor(
        {
            "facilities.c.resources": {"officers": {"servers": 1}},
            "facilities.c.activities.clear": {
                "kind": "customs",
                "procedure": "import",
                "preparation": "1 h",
                "documents": {"resource": "officers", "duration": "1 h"},
                "pre_arrival": "100 %",
            },
            "routes.truck.steps": [{"by": "ferry"}, {"by": "truck"}, {"at": "c", "do": "clear"}],
        }
    )
    early = [made.plan.step_early_track[step(made, "truck", key)] for key in ("ferry", "truck")]
    assert early == [-1, made.plan.step_track[step(made, "truck", "c/clear/release")]]


def test_priority_and_space() -> None:
    """Tests queue classes by trader class (100 for one not named) and the space that a step may take."""
    made = corridor(
        {
            "facilities.b.resources.bays.priority": {"gold": 3},
            "services.ferry.block_space": {"weight": "2 t"},
            "routes.truck.steps": [
                {"at": "a", "do": "load"},
                {"by": "ferry", "space": "block"},
                {"by": "truck"},
            ],
        }
    )
    plan = made.plan
    assert plan.priority[step(made, "van", "b/import/inspection")].tolist() == [3, 100]
    assert plan.priority[step(made, "van", "b/discharge")].tolist() == [100, 100]
    assert plan.step_space[step(made, "truck", "ferry")] == Space.BLOCK
    assert plan.step_space[step(made, "van", "ferry")] == Space.FREE


def test_what_is_done_twice_is_numbered() -> None:
    """Tests that a route that loads twice has two names for it, and other routes keep theirs."""
    load_, ferry = {"at": "a", "do": "load"}, {"by": "ferry"}
    made = corridor({"routes.truck.steps": [load_, load_, load_, ferry, {"by": "truck"}]})
    assert [key for key, *_ in shown(made, "truck")] == ["a/load", "a/load#2", "a/load#3", "ferry", "truck"]
    assert shown(made, "van") == shown(corridor(), "van")
    made = corridor(BOTH_AHEAD | {"facilities.b.activities.import.pre_arrival": "0 %"})
    keys = [key for key, *_ in shown(made, "van")]
    assert {f"b/import/{part}#2" for part in ("release", "inspection", "preparation", "documents")} <= {*keys}


def test_the_horizon_is_local_midnights() -> None:
    """Tests start, window and end around the spring night of Los Angeles: an hour is missing."""
    made = corridor(
        {"run.start": "2019-03-04", "run.zone": "America/Los_Angeles", "run.warm_up": "1 week"}
    ).plan
    assert made.start_us == START_US + 8 * WEEK + 8 * HOUR
    assert made.window_start_us == made.start_us + WEEK - HOUR
    assert made.window_end_us == made.window_start_us + WEEK
    assert made.end_us == made.window_end_us + WEEK
    plain = corridor().plan
    assert (plain.start_us, plain.window_start_us) == (START_US, START_US)


def test_fleets_in_g_and_cm3() -> None:
    """Tests the fleet's columns."""
    plan = corridor().plan
    columns = (plan.fleet_vehicles, plan.fleet_weight_g, plan.fleet_volume_cm3, plan.fleet_hold_us)
    assert [column.tolist() for column in columns] == [[1], [6_000_000], [60_000_000], [3 * HOUR]]


def test_a_resource_that_never_works_is_refused() -> None:
    """Tests no servers, a calendar without a day in the horizon, and a closure of all of it."""
    key = ("facilities", "a", "resources", "dock")
    assert "never works in the horizon" in problems({"facilities.a.resources.dock": {"servers": 0}})[key]
    long = {"servers": 1, "calendar": "office", "slot": "11 h"}
    assert "has no slot in the horizon" in problems({"facilities.a.resources.dock": long})[key]
    days = [f"2019-01-{day:02d}" for day in range(6, 22)]
    shut = {"calendars.office.holidays": ["all"], "holidays.all.dates": days}
    assert list(problems(shut)) == [key]
    closure = {"begins": "2019-01-07T00:00:00", "ends": "2019-01-21T00:00:00"}
    assert list(problems({"facilities.a.resources.dock": {"servers": 1, "closures": [closure]}})) == [key]
    closure["ends"] = "2019-01-20T23:59:00"
    assert problems({"facilities.a.resources.dock": {"servers": 1, "closures": [closure]}}) == {}


def test_a_route_may_end_in_an_office() -> None:
    """Tests that the last step of a route that ends in customs is the release, which all come to."""
    steps = [{"by": "ferry"}, {"at": "b", "do": "import"}]
    made = corridor({"routes.van.steps": steps})
    last = made.plan.main_steps(made.plan.names.routes.index("van"))[-1]
    assert made.steps[last].key == "b/import/removal"
    assert made.plan.step_condition[last] == -1


def test_lodging_ahead_needs_a_leg_of_its_own() -> None:
    """Tests that declarations lodged before arrival of no transport, or two of one, are refused."""
    found = problems({"facilities.a.activities.export.pre_arrival": "50 %"})
    assert found == {
        ("routes", "van", "steps", 0): "lodged before arrival, but no transport brings the goods here",
    }
    found = problems(BOTH_AHEAD)
    assert list(found) == [("routes", "van", "steps", 3)]
    assert "ferry already brings goods" in found["routes", "van", "steps", 3]


def test_a_closure_that_clocks_skip_is_refused() -> None:
    """Tests that a closure at a time that does not exist is a problem with its place, not an exception."""
    found = problems(
        {
            "run.start": "2019-03-04",
            "facilities.a.zone": "America/Los_Angeles",
            "facilities.a.resources.officers.closures": [
                {"begins": "2019-03-06T00:00:00", "ends": "2019-03-07T00:00:00"},
                {"begins": "2019-03-10T02:30:00", "ends": "2019-03-11T00:00:00"},
            ],
        }
    )
    assert list(found) == [("facilities", "a", "resources", "officers", "closures", 1)]
    assert "2019-03-10 02:30 does not exist in America/Los_Angeles" in next(iter(found.values()))


def test_all_problems_are_found_at_once() -> None:
    """Tests that a scenario with one problem of each kind is refused with all of them, each in its place."""
    bad = {
        "run.start": "2019-03-04",
        "run.zone": "America/Los_Angeles",
        "facilities.a.zone": "America/Los_Angeles",
        "calendars.office.hours": [{"days": "daily", "open": "02:30", "close": "18:00"}],
        "facilities.a.resources.officers.servers": 0,
        "facilities.a.activities.export.pre_arrival": "50 %",
        "services.ferry.timetable": [
            {"days": "daily", "departs": "19:00", "arrives": "09:00"},
            {"days": "Sun", "departs": "02:00", "duration": "14 h"},
        ],
        "routes.truck.steps": [{"by": "ferry"}, {"at": "b", "do": "import"}],
    }
    found = problems(bad)
    assert {key for key in found if key != ("facilities", "a", "resources", "dock")} == {
        ("routes", "van", "steps", 0),
        ("services", "ferry", "timetable", 0),
        ("services", "ferry", "timetable", 1),
        ("calendars", "office", "hours", 0),
        ("facilities", "a", "resources", "officers"),
    }
    with pytest.raises(Refused) as caught:
        corridor(bad)
    assert {problem.key: problem.message for problem in caught.value.problems} == found
    assert all(message in str(caught.value) for message in found.values())


def test_hours_of_legs() -> None:
    """Tests that a leg opens in local time of where it begins, once for openings that follow each other."""
    office = [
        {"days": "Mon", "open": "08:00", "close": "12:00"},
        {"days": "Mon", "open": "12:00", "close": "18:00"},
    ]
    made = corridor(
        {
            "trucking.van.calendar": "yard",
            "fleets.truck.calendar": "office",
            "facilities.b.zone": "Asia/Seoul",
            "facilities.c.zone": "America/New_York",
            "calendars.yard": {"hours": office},
        }
    )
    plan = made.plan
    assert plan.hours_first.tolist() == [0, 6, len(plan.hours_turn_us)]
    van = plan.hours_turn_us[:6] - START_US
    # From Monday midnight UTC, 09:00 in Seoul, to 09:00 UTC, and a week later from Sunday 23:00 UTC.
    # The last opening, at 12:00 in Seoul, lies after the run.
    assert (van / HOUR).tolist() == [0, 9, 7 * 24 - 1, 7 * 24 + 9, 14 * 24 - 1, 14 * 24 + 3]
    assert plan.hours_open[:6].tolist() == [1, 0, 1, 0, 1, 0]
    assert plan.fleet_hours.tolist() == [1]
    (step_of_van,) = np.flatnonzero(plan.step_hours >= 0)
    assert made.steps[step_of_van].key == "van"


def test_a_leg_that_never_opens() -> None:
    """Tests that a calendar without an opening in the run is refused at the leg that names it."""
    closed = {"dates": [f"2019-01-{day:02}" for day in (5, 6, 12, 13, 19, 20, 26, 27)]}
    weekends = {"hours": [{"days": "Sat-Sun", "open": "08:00", "close": "12:00"}], "exceptions": [closed]}
    ((key, message),) = problems({"calendars.shut": weekends, "fleets.truck.calendar": "shut"}).items()
    assert key == ("fleets", "truck", "calendar")
    assert message == "never opens in the horizon; allowed: a calendar with some hours in it"


def test_a_cut_off_that_a_lever_takes_away() -> None:
    """Tests that shippers cannot aim at a ferry in whose place a lever puts another, or a road."""
    ferry = values()["services"]["ferry"]
    road = {"mode": "road", "from": "a", "to": "b", "distance": "9 km", "duration": "9 h"}
    lever = {"kind": "whole-truck", "routes": ["van"], "drops": []}
    aim = {"share": "50 %", "lead": "2 h", "spare": "1 h"}
    changes: dict[str, Any] = {
        "services.other": ferry,
        "trucking.road": road,
        "lanes.l.renewal": None,
        "lanes.l.demand": "9 consignments/week",
        "policy_package": ["truck"],
    }

    def under(leg: str, **more: str) -> dict[tuple[str | int, ...], str]:
        return problems(
            changes
            | {"levers.truck": lever | {"instead": {"ferry": leg}}}
            | {"lanes.l.aims_at_cut_off": {"van": aim | more}}
        )

    key = ("lanes", "l", "aims_at_cut_off", "van")
    assert under("other") == {}
    assert under("other", service="ferry") == {
        key: "'ferry' is no scheduled service of the route; allowed: other"
    }
    assert under("road").keys() == {key}
