"""The lines of each route's invoice: which charge of which step, and whether it is freight.

They follow from the corridor alone, before anything is run.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from fourport.errors import Problem, Refused
from fourport.plan.corridor import Corridor
from fourport.plan.once import once
from fourport.scenario.models.run import ValueOfTime
from fourport.scenario.models.tariffs import ON_VALUE, Category, Payer

FREIGHT_CATEGORIES = ("transport", "handling")
DOOR_TO_DOOR = "door-to-door"


@dataclass(frozen=True)
class LineInfo:
    """Describe a line of an invoice.

    Attributes
    ----------
    route
        Route of the plan.
    step
        Step of the plan; -1 for a charge for the whole journey.
    leg
        The leg, or the facility of the step; "door-to-door" for the whole journey.
    tariff
        Tariff of the scenario; "value_of_time" for the cost of time.
    name
        Name of the line on the invoice.
    category
        Kind of charge.
    payer
        Who pays it.
    freight
        Whether it is part of the freight cost.
    unit
        Unit by which the tariff charges, in the tariff's currency: "USD/kg".
    """

    route: int
    step: int
    leg: str
    tariff: str
    name: str
    category: Category | Literal["time"]
    payer: Payer
    freight: bool
    unit: str

    @property
    def on_value(self) -> bool:
        """Whether it is a charge on value, and so no part of the logistics cost."""
        return self.category in ON_VALUE

    @property
    def scope(self) -> str:
        """Of which cost it is a part."""
        return "freight" if self.freight else "on value" if self.on_value else "other"


@once
def tariff_uses(corridor: Corridor, route: int) -> list[tuple[int, str]]:
    """Return (step of the plan, tariff) for each tariff that a route charges, in order of the journey."""
    steps = sorted(corridor.plan.route_steps(route), key=lambda s: corridor.steps[s].route_step)
    return [(s, tariff) for s in steps for tariff in corridor.steps[s].tariffs]


@once
def lines_of(corridor: Corridor, route: int) -> tuple[LineInfo, ...]:
    """Return the lines of a route's invoice in order of the journey, with the cost of time last.

    Raises
    ------
    Refused
        If the route's freight scope is not on the route.
    """
    scope = freight_scope(corridor, route)
    lines = []
    for s, tariff in tariff_uses(corridor, route):
        info = corridor.steps[s]
        for line, *_ in corridor.scenario.tariffs[tariff].entries:
            lines.append(
                LineInfo(
                    route=route,
                    step=s,
                    leg=info.key if info.mode else info.place,
                    tariff=tariff,
                    name=line.name,
                    category=line.category,
                    payer=line.payer,
                    freight=info.route_step in scope and line.category in FREIGHT_CATEGORIES,
                    unit=line.unit,
                )
            )
    lines += [_time_line(route, name) for name in time_lines(corridor.scenario.value_of_time)]
    return tuple(lines)


def time_lines(given: ValueOfTime | None) -> tuple[str, ...]:
    """Return the names of the lines for the cost of time, in the order of the invoice."""
    if given is None:
        return ()
    parts = {
        "inventory": given.capital_rate,
        "obsolescence": given.obsolescence,
        "safety stock": given.safety_stock,
        "Hummels-Schaur": given.hummels_schaur,
    }
    return tuple(name for name, part in parts.items() if part is not None)


def _time_line(route: int, name: str) -> LineInfo:
    """Return a line for the cost of time.

    The shipper pays it. Tariffs are the shipper's unless they say otherwise, and a seller who pays the
    freight to the door is paid at the door: the seller's capital is tied up on the way.
    """
    return LineInfo(
        route=route,
        step=-1,
        leg=DOOR_TO_DOOR,
        tariff="value_of_time",
        name=name,
        category="time",
        payer="shipper",
        freight=False,
        unit="%/year",
    )


def freight_scope(corridor: Corridor, route: int) -> range:
    """Return the steps of the scenario's route whose transport and handling count as freight.

    The scope begins with the first step at the origin hub (``freight_from``) or away from it. It ends with
    the leg of the last arrival at the destination hub (``freight_to``); what is done there afterwards is not
    freight. By default the hubs are the first and the last facility; a route that never leaves its facility
    then has no freight.

    Raises
    ------
    Refused
        If the route does not visit ``freight_from``, or does not arrive at ``freight_to`` after it.
    """
    name = corridor.plan.names.routes[route]
    given = corridor.scenario.routes[name]
    steps = [corridor.steps[s] for s in corridor.plan.main_steps(route)]
    origin = given.freight_from or steps[0].place
    destination = given.freight_to or steps[-1].destination
    begins = [info.route_step for info in steps if info.place == origin]
    if not begins:
        allowed = ", ".join(dict.fromkeys(info.place for info in steps))
        raise _refused(name, "freight_from", f"the route does not pass {origin!r}; allowed: {allowed}")
    arrivals = [info for info in steps if info.mode and info.route_step >= begins[0]]
    ends = [info.route_step for info in arrivals if info.destination == destination]
    if ends:
        return range(begins[0], ends[-1] + 1)
    if given.freight_from is None and given.freight_to is None:
        return range(0)
    allowed = ", ".join(dict.fromkeys(info.destination for info in arrivals)) or "none"
    key = "freight_from" if given.freight_to is None else "freight_to"
    message = (
        f"the route does not arrive at {destination!r} after {origin!r}; allowed as freight_to: {allowed}"
    )
    raise _refused(name, key, message)


def _refused(route: str, field: str, message: str) -> Refused:
    return Refused([Problem(("routes", route, field), message)])
