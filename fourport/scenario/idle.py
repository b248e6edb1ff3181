"""What changes nothing for any consignment, of a policy package and of offices: told as warnings.

It is no error, since with other numbers or beside other levers it may change something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from fourport.errors import Key, Problem
from fourport.scenario.levers import Draft
from fourport.scenario.levers.meaning import meaning
from fourport.scenario.levers.papers import too_early
from fourport.scenario.models import Scenario
from fourport.scenario.models.customs import Customs
from fourport.scenario.policy_package import draft_of, with_levers


def idle_levers(scenario: Scenario, names: Iterable[str]) -> Iterator[Problem]:
    """Find levers, and parts of them, that change nothing: alone, and beside others of the policy package.

    Raises
    ------
    ValueError
        If a lever does not fit.
    """
    for name in names:
        others = [other for other in scenario.policy_package if other != name]
        alone = {one.key for one in _idle(scenario, name, ())}
        found = [one for one in _idle(scenario, name, others) if one.key in alone]
        # That the whole changes nothing is told where no part says why.
        for one in [one for one in found if one.key] or found:
            yield Problem(("levers", name, *one.key), one.message)


def _idle(scenario: Scenario, name: str, others: Iterable[str]) -> Iterator[Problem]:
    before, after = with_levers(scenario, others), with_levers(scenario, (*others, name))
    yield from scenario.levers[name].doubts(before, after)
    if meaning(before) == meaning(after):
        yield Problem((), "changes nothing: all that it sets is so already, or for a share of 0 %")


def idle_offices(scenario: Scenario) -> Iterator[Problem]:
    """Find what offices have of others that come after them, and what nobody can go past.

    Raises
    ------
    ValueError
        If a lever of the policy package does not fit.
    """
    draft, under = draft_of(scenario), with_levers(scenario, scenario.policy_package)
    on_routes = {name for journey in draft.journeys().values() for name in journey}
    for name in draft.offices():
        if name in on_routes:
            place, _, do = name.partition("/")
            key = ("facilities", place, "activities", do)
            office = draft.office(name)
            yield from _against_the_order(draft, name, office, key)
            if office.direct is not None and under.office(name).direct == office.direct:
                for k, message in too_early(under, (name,), office.direct.skips):
                    yield Problem((*key, "direct", "skips", k), message)


def _against_the_order(draft: Draft, name: str, office: Customs, key: Key) -> Iterator[Problem]:
    for part in ("information", "recognition"):
        given = getattr(office, part)
        if given is not None:
            yield from draft.in_order(given.of, name, (*key, part, "of"))
    for k, first in enumerate(office.joint_with):
        yield from draft.in_order(first, name, (*key, "joint_with", k))
