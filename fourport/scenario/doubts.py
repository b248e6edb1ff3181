"""What is allowed but seldom meant: told as warnings."""

from __future__ import annotations

from collections.abc import Iterator

from fourport.errors import Problem
from fourport.scenario.demand import silent_lanes
from fourport.scenario.idle import idle_levers, idle_offices
from fourport.scenario.models import Scenario
from fourport.scenario.truncation import mostly_cut_off


def doubts(scenario: Scenario) -> Iterator[Problem]:
    """Find what is probably not meant in a scenario in which nothing is wrong."""
    yield from _counted_twice(scenario)
    yield from silent_lanes(scenario)
    yield from mostly_cut_off(scenario)
    yield from idle_levers(scenario, scenario.policy_package)
    yield from idle_offices(scenario)


def _counted_twice(scenario: Scenario) -> Iterator[Problem]:
    given = scenario.value_of_time
    if given is not None and given.hummels_schaur is not None:
        names = ("capital_rate", "obsolescence", "safety_stock")
        others = [name for name in names if getattr(given, name) is not None]
        if others:
            yield Problem(
                ("value_of_time", "hummels_schaur"),
                f"is charged beside {', '.join(others)}: what shippers pay in all for a day holds these,"
                " so that time is counted twice; leave out one or the other",
            )
