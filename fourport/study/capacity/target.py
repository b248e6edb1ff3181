"""Parse the target of a capacity study, and say what is measured for it."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter, ValidationError

from fourport.errors import Noted, UserError, argument
from fourport.measures import AT_RESOURCE, MEASURES, QUANTILES, find, title_of_measure
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR
from fourport.scenario.levers.normal_form import resources_of
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.units import PositiveDuration

TARGET, MEASURE = argument("target"), argument("measure")
A_TARGET = "such as '95% within 24 h', '95% cleared_within_24h' or 'door_to_door_time_p95 <= 120 h'"

VISITS = ("visits", "wait")
"""Times of visits at the resource; all others are of consignments."""

TIMES = (*AT_RESOURCE, *(name for name, one in MEASURES.items() if one.has_quantiles))
"""Times that can be within a target."""

_WITHIN = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*within\s+(.+?)\s*", re.I)
_SHARE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%\s*(?:of\s+)?(\w+)\s*", re.I)
_BOUND = re.compile(r"\s*(\w+)\s*(<=|>=)\s*(.+?)\s*")
_AMOUNT = re.compile(r"(\d+(?:\.\d+)?)\s*(.*)")


@dataclass(frozen=True)
class Target:
    """What is to be reached.

    Attributes
    ----------
    text
        The target as the user wrote it.
    measure
        One of :data:`AT_RESOURCE`, or a measure of the summary; "" until it is known which.
    unit
        Unit of the measured value; "%" for a share.
    bound
        The value to be reached, in this unit.
    at_most
        Whether the value must be at most the bound, not at least.
    within_us
        For the share of times within a limit, the limit; otherwise None.
    """

    text: str
    measure: str
    unit: str
    bound: float
    at_most: bool = False
    within_us: int | None = None

    def __str__(self) -> str:
        """Return the target as the user writes it."""
        return self.text

    @property
    def within(self) -> str:
        """The limit of a time as the user wrote it; "" if there is none."""
        found = _WITHIN.fullmatch(self.text) or _BOUND.fullmatch(self.text)
        return found[found.re.groups] if found and self.within_us is not None else ""

    @property
    def told(self) -> str:
        """The target in words: "95 % within 24 h", "95 % cleared within 24 h", "weight at most 3 t"."""
        if self.within:
            return f"{self.bound:g} % within {self.within}"
        title = title_of_measure(self.measure)
        if self.unit == "%" and not self.at_most:
            return f"{self.bound:g} % {title}"
        unit = "" if self.unit in title else f" {self.unit}"
        return f"{title} {'at most' if self.at_most else 'at least'} {self.bound:g}{unit}"

    def shown(self, value: float) -> str:
        """Format a measured value with its unit; "-" for none."""
        if math.isnan(value):
            return "-"
        return f"{value:.2f} %" if self.unit == "%" else f"{value:.4g} {self.unit}"


def parse_target(text: str, measure: str | None = None) -> Target:
    """Parse a target.

    The forms are ``95% within 24 h`` (of the times of ``measure``), ``95% MEASURE`` for a share of the
    summary, and ``MEASURE <= AMOUNT`` or ``>=`` for any of its measures. A quantile of times at most an
    amount is the share within that amount.

    Raises
    ------
    UserError
        If the text is not a target, or the measure does not exist or does not belong to the target.
    """
    if not isinstance(text, str):
        raise UserError(f"{TARGET}: {text!r} is not a target; allowed: {A_TARGET}")
    if measure is not None and measure not in TIMES:
        raise UserError(
            f"{MEASURE}: {measure!r} is not a time{suggestion(str(measure), TIMES)}{allowed(TIMES)}"
        )
    if found := _WITHIN.fullmatch(text):
        target = Target(text.strip(), measure or "", "%", float(found[1]), within_us=_duration(found[2]))
    elif measure is not None:
        raise UserError(
            f"{MEASURE}: the target {text!r} names its own; allowed: no measure, or '95% within 24 h'"
        )
    elif found := _SHARE.fullmatch(text):
        target = _of_summary(text.strip(), found[2], ">=", f"{found[1]} %")
        if MEASURES[target.measure].unit != "%":
            raise UserError(f"{TARGET}: {found[2]!r} is not a share; allowed: {A_TARGET}")
    elif found := _BOUND.fullmatch(text):
        target = _of_summary(text.strip(), found[1], found[2], found[3])
    else:
        raise UserError(f"{TARGET}: {text!r} is not a target; allowed: {A_TARGET}")
    if target.unit == "%" and not 0 < target.bound < 100:
        raise UserError(
            f"{TARGET}: {target.bound:g} % is not a target share; allowed: above 0 and below 100 %"
        )
    return target


def _of_summary(text: str, name: str, sign: str, amount: str) -> Target:
    """Return the target for a measure of the summary."""
    one = find(name)
    if one is None or not (one.column or one.kind == "quantile"):
        hint = suggestion(name, list(MEASURES)) + "; allowed: the measures of the summary (docs/measures.md)"
        raise UserError(f"{TARGET}: there is no measure {name!r}{hint}")
    if one.kind == "quantile":
        if sign == ">=":
            raise UserError(f"{TARGET}: {name}: allowed: <=, which more servers can reach")
        base, _, suffix = name.rpartition("_")
        return Target(text, base, "%", 100 * QUANTILES[suffix], within_us=_duration(amount))
    if one.unit == "h":
        return Target(text, name, "h", _duration(amount) / HOUR, sign == "<=")
    found = _AMOUNT.fullmatch(amount)
    if not found:
        raise UserError(f"{TARGET}: {amount!r} is not an amount; allowed: a number in {one.unit}")
    return Target(text, name, found[2].strip() or one.unit, float(found[1]), sign == "<=")


def _duration(text: str) -> int:
    try:
        return int(TypeAdapter(PositiveDuration).validate_python(text))
    except ValidationError as error:
        message = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise UserError(f"{TARGET}: {message}") from None


def offices_at(corridor: Corridor, resource: str) -> tuple[str, ...]:
    """Return the customs offices on routes that need a resource: their staff, bays, or appointments."""
    found = []
    for name in dict.fromkeys(office.name for office in corridor.offices):
        place, _, do = name.partition("/")
        needed = resources_of(corridor.scenario.facilities[place].activities[do])
        if resource in (f"{place}/{one}" for one in needed):
            found.append(name)
    return tuple(found)


def settled(
    target: Target, corridor: Corridor, resource: str, lanes: Sequence[str], routes: Sequence[str]
) -> Target:
    """Return a target that fits a scenario: of no named measure, the clearance at an office, else visits.

    Raises
    ------
    UserError
        If the resource belongs to no office whose clearance is asked for, the unit is another one, or a lane
        or route does not exist.
    """
    wrong, offices = Noted(), offices_at(corridor, resource)
    if target.measure == "clearance" and not offices:
        wrong.note(
            f"{MEASURE}: {resource} belongs to no customs office; allowed: visits, wait, door_to_door_time"
        )
    one = find(target.measure)
    unit = "" if one is None else one.unit.format(currency=corridor.scenario.reporting_currency)
    unit = "%" if target.within_us is not None else unit
    given = unit if one is not None and target.unit == one.unit else target.unit
    if one is not None and given != unit:
        wrong.note(f"{TARGET}: {given!r} is not the unit of {target.measure}; allowed: {unit}")
    for what, names, known in (
        ("lane", lanes, corridor.lane_names),
        ("route", routes, corridor.plan.names.routes),
    ):
        for name in names:
            if name not in known:
                hint = suggestion(name, known) + allowed(list(known))
                wrong.note(f"{argument(what)}: there is no {what} {name!r}{hint}")
    wrong.refuse()
    return replace(target, measure=target.measure or ("clearance" if offices else "visits"), unit=given)
