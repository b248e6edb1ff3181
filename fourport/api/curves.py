"""Cost curves of routes with their break-evens, and the map of the cheapest route."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor

from fourport.api.answer import Answer, Inquiry, SampleSource
from fourport.api.results import NewFolder
from fourport.arguments import CELLS, MOST_REPLICATIONS, POINTS, whole
from fourport.errors import UserError, argument
from fourport.study.curves.axes import ChargeableWeight, ValueDensity
from fourport.study.curves.cheapest import looks_of
from fourport.study.curves.curves import Curves, breakeven_rows, curve_rows, price_lanes
from fourport.study.curves.curves import record as curves_record
from fourport.study.curves.goods import goods_of
from fourport.study.curves.request import axis_of, grids_of, lanes_of
from fourport.study.curves.route_choice_map import RouteChoiceMap, map_lanes, map_rows, withheld_routes
from fourport.study.curves.route_choice_map import record as map_record
from fourport.study.parallel import Progress


def curves(
    sample: SampleSource,
    *,
    over: str,
    policy: str | None = None,
    lane: str | None = None,
    routes: str | Sequence[str] | None = None,
    points: int = 25,
    low: float | None = None,
    high: float | None = None,
    rate: str | None = None,
    along: str | None = None,
    folder: NewFolder = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Answer[Curves]:
    """Price the routes of each lane over a range, and find their break-evens.

    The answer has the tables of the sample, and the tables ``curves`` and ``breakeven``.

    Parameters
    ----------
    over
        Axis of the curves, one of :data:`~fourport.study.curves.axes.AXES`.
    policy
        None for the first of the sample.
    lane, routes
        None for all.
    low, high
        Ends of the range, in the unit of the axis; None for those of the scenario.
    rate
        With ``over="rate"``: the rate to vary, TARIFF or TARIFF.LINE.
    along
        With ``over="hinterland-distance"``: the road along which the shipper moves.
    folder
        A new or empty folder; None keeps the answer in memory.
    executor
        None runs in this process.

    Raises
    ------
    UserError
        With all problems, before anything is simulated.
    """
    asked = Inquiry(sample, policy, folder, executor, progress, lane)
    points = whole("points", points, *POINTS)
    corridor, ends, right = asked.corridor, (low, high), f"0 < {argument('low')} < {argument('high')}"
    chosen, left_out = lanes_of(corridor, lane, routes)
    ranges = asked.sample.ranges[asked.policy]
    axis = axis_of(over, corridor, ranges, list(chosen), rate=rate, along=along, ends=ends)
    grids = grids_of(axis, corridor, chosen, points, ends, right)
    begun = asked.begin(f"curves over {over}", axis, grids, *chosen.items())
    kept = begun.journeys(asked.policy, executor=asked.executor, progress=progress)
    lanes = tuple(price_lanes(chosen, axis, grids, kept, asked.executor, progress))
    found = Curves(corridor.scenario, asked.policy, over, axis, left_out, points, len(kept), lanes)
    tables = {"curves": curve_rows(found), "breakeven": breakeven_rows(found)}
    return asked.answer(found, tables, curves=curves_record(found), replications=len(kept))


def route_choice_map(
    sample: SampleSource,
    *,
    policy: str | None = None,
    lane: str | None = None,
    routes: str | Sequence[str] | None = None,
    columns: int = 40,
    rows: int = 40,
    values_per_kg: tuple[float, float] | None = None,
    weights_kg: tuple[float, float] | None = None,
    most_replications: int | None = None,
    folder: NewFolder = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Answer[RouteChoiceMap]:
    """Map the cheapest route over value and chargeable weight of goods.

    The answer has the tables of the sample, and the table ``route-choice``. Other parameters and errors are
    those of :func:`curves`.

    Parameters
    ----------
    values_per_kg
        Lowest and highest value, reporting currency per kg; None for those of the scenario.
    weights_kg
        Lowest and highest chargeable weight; None for those of the scenario.
    most_replications
        Maximum for cells that the sample leaves undecided; None for no more replications than the sample has.
    """
    asked = Inquiry(sample, policy, folder, executor, progress, lane)
    columns, rows = whole("columns", columns, *CELLS), whole("rows", rows, *CELLS)
    first = most = asked.sample.replications
    if most_replications is not None:
        most = whole("most_replications", most_replications, 1, MOST_REPLICATIONS)
    corridor = asked.corridor
    chosen, left_out = lanes_of(corridor, lane, routes)
    several = {name: some for name, some in chosen.items() if len(some) > 1}
    if not several:
        each = (f"  {name}: {', '.join(some)}" for name, some in chosen.items())
        raise UserError("a route-choice map needs two routes of a lane; no lane has two", *each)
    value, weight = ValueDensity(corridor.scenario.reporting_currency), ChargeableWeight()
    right = "{} with 0 < lowest < highest".format
    ends = values_per_kg or (None, None), weights_kg or (None, None)
    values = grids_of(value, corridor, several, columns, ends[0], right(argument("values_per_kg")))
    weights = grids_of(weight, corridor, several, rows, ends[1], right(argument("weights_kg")))
    if most < first:
        what = f"is less than the {first} replications of the first look"
        raise UserError(f"{argument('most_replications')} {most}: {what}")
    looks = looks_of(first, most)
    begun = asked.begin("route-choice map", values, weights, looks, *chosen.items())
    lost = withheld_routes(begun, several, asked.executor, progress)
    choices = {name: tuple(r for r in some if r not in lost[name]) for name, some in several.items()}
    several = {name: some for name, some in choices.items() if some}
    lanes = tuple(map_lanes(begun, several, values, weights, looks, asked.executor, progress))
    alone = tuple(name for name, some in chosen.items() if len(some) == 1)
    found = RouteChoiceMap(corridor.scenario, asked.policy, left_out, alone, lost, tuple(looks), lanes)
    tables = {"route-choice": map_rows(found)}
    goods = goods_of(begun, several, asked.executor)
    told = {**map_record(found), "goods": goods}
    return asked.answer(found, tables, route_choice=told, replications=found.replications)
