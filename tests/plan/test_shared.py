"""What scenarios share that are compiled one after the other: each corridor is as if compiled alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

import numpy as np
from pydantic import ValidationError

from fourport.errors import Refused
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.plan.once import KEPT, Shared
from fourport.scenario.load import load, policy_names
from fourport.scenario.models.scenario import Scenario
from fourport.study.attribution.variants import with_value
from fourport.world.draw import draw
from tests.levers.made import FILE
from tests.tiny import values

Values = dict[str, Any]


def contents(made: Corridor) -> tuple[object, ...]:
    """Give all that a corridor says, arrays as bytes."""
    arrays = [its for one in (made.plan, *made.timetables) for its in vars(one).values()]
    tables = tuple(its.tobytes() if isinstance(its, np.ndarray) else str(its) for its in arrays)
    return tables, made.plan.names, made.steps, made.offices


def numbers(of: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the key of each number, and another number in its place."""
    if isinstance(of, dict):
        for name, its in of.items():
            yield from numbers(its, f"{key}.{name}".lstrip("."))
    elif isinstance(of, list):
        for k, its in enumerate(of):
            yield from numbers(its, f"{key}[{k}]")
    elif isinstance(of, str) and re.match(r"\d", of):
        yield key, re.sub(r"\d+", lambda digits: f"{int(digits[0]) + 1:02}", of, count=1)
    elif isinstance(of, int | float) and not isinstance(of, bool):
        yield key, of + 1


def variants() -> Iterator[Mapping[str, Any]]:
    """Give a scenario with one lever of each kind under each policy, and with each number in turn changed."""
    for policy in policy_names(FILE):
        whole = load(FILE, policy).tree.values
        yield whole
        own = [f"levers.{name}" for name in whole["policy_package"]]
        for key, other in numbers(whole):
            # What a policy changes besides its levers is changed in another one.
            if key.rpartition(".")[0] in own if own else not key.startswith(("levers.", "policies.")):
                yield with_value(whole, key, other)


def test_a_corridor_is_the_same_whatever_was_compiled_before() -> None:
    """Tests plan, steps, offices and timetables of variants of which each has another value of one number."""
    shared, different = Shared(), set[str]()
    for one in variants():
        with suppress(ValidationError, Refused):  # not every number may be any other
            scenario = Scenario.model_validate(one)
            alone = contents(compile_corridor(scenario))
            assert contents(compile_corridor(scenario, shared)) == alone
            different.add(str(alone))
    assert len(different) > 70


def test_consignments_are_the_same_whatever_was_drawn_before() -> None:
    """Tests entry times of scenarios that differ in lane, zone, holidays or horizon, one after the other."""
    lane = values()["lanes"]["l"]
    del lane["renewal"]
    lane["demand"] = "100 consignments/week"
    morning = [{"begins": "08:00", "ends": "12:00", "share": "100 %"}]
    off = [
        {"holidays.off": {"dates": [day]}, "lanes.l.holidays": ["off"]}
        for day in ("2019-01-08", "2019-01-09")
    ]
    given: list[Values] = [
        {},
        *off,
        {"lanes.l.day": morning},
        {"lanes.l.day": morning, "facilities.a.zone": "America/Los_Angeles"},
        {"run.window": "3 weeks"},
    ]
    shared, different = Shared(), set[bytes]()
    for changes in (*given, *given):
        scenario = Scenario.model_validate(values({"lanes.l": lane, **changes}))
        alone, beside = (draw(compile_corridor(scenario, one), 1, 0).entry_us for one in (None, shared))
        assert beside.tobytes() == alone.tobytes()
        different.add(alone.tobytes())
    assert len(different) == len(given)


def test_few_values_are_kept() -> None:
    """Tests that a value is made once as long as it is one of the latest of its name."""
    shared, made = Shared(), list[int]()

    def new(given: int) -> int:
        made.append(given)
        return -given

    def value(given: int) -> int:
        return shared.once("a", given, partial(new, given))

    assert [value(given) for given in (*range(KEPT), 0, KEPT, 0, 1)] == [
        *(-k for k in range(KEPT)),
        0,
        -KEPT,
        0,
        -1,
    ]
    assert made == [*range(KEPT + 1), 1]
