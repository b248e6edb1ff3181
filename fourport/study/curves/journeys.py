"""Journeys of a cohort: the data of a replication that pricing needs, and their storage.

Stored as Parquet, in a file or in memory: one row per consignment accepted in the window, with lists of step
times. Each lane is one row group, so that a lane can be read alone.
"""

from __future__ import annotations

import io
import json
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fourport.engine.milestones import NO_PARTS, Milestones, Parts
from fourport.errors import UserError
from fourport.ledger.departures import CarriedAmounts, Shared, carried_amounts
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, NEVER, Floats, Ints, Plan
from fourport.scenario.models.tariffs import Sharing
from fourport.store import whole_file
from fourport.study.experiment import experiment
from fourport.study.replication import Replication
from fourport.study.variant import Variant
from fourport.trace import Trace
from fourport.world.tables import NO_DEPARTURES, NO_DRIVES, World, event_row_bases

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

SIZES = ("weight_g", "volume_cm3", "containers_uteu")
CARRIED = b"carried"
"""Metadata key of a file for the loads of departures."""

MOST_UNDELIVERED = 0.05
"""Largest undelivered share of a route with which its costs are compared."""

PARTS = ("part_step", "part_departure", "part_thousandths")

INDICES = ("lane", "route", "trader_class", "commodity", "credit")


@dataclass(frozen=True, eq=False)
class Journeys:
    """Consignments and the times of their steps; ``n`` consignments.

    The world describes the consignments, without the columns that only an engine reads: risk numbers,
    durations, departures or trips.

    Attributes
    ----------
    carried
        Loads of the run's departures, from all of its consignments.
    """

    corridor: Corridor
    trace: Trace
    carried: CarriedAmounts

    @property
    def world(self) -> World:
        """The consignments."""
        return self.trace.world

    @property
    def delivered_us(self) -> Ints:
        """(n,) us UTC; ``NEVER`` for undelivered consignments."""
        return self.trace.delivered_us

    @property
    def hours(self) -> Floats:
        """(n,) time from acceptance to delivery, h; meaningless for undelivered consignments."""
        return (self.delivered_us - self.world.entry_us) / HOUR

    @property
    def kg(self) -> Floats:
        """(n,) gross weight, kg."""
        return self.world.size[:, 0] / 1e3

    def pick(self, ids: Ints) -> Journeys:
        """Return the journeys of some consignments, in the order of ``ids``; ids may repeat."""
        return replace(self, trace=self.trace.pick(ids, _people(self.corridor.plan, self.world, ids)))

    def with_world(self, **columns: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Journeys:
        """Return the same journeys with columns of the world replaced, i.e. with other goods."""
        world = replace(self.world, streams=None, **columns)  # type: ignore[arg-type]
        return replace(self, trace=replace(self.trace, world=world))


def _people(plan: Plan, world: World, ids: Ints) -> World:
    """Return the consignments of a world without the columns that only an engine reads."""
    base = event_row_bases(plan, world.route[ids])
    return replace(
        world,
        entry_us=world.entry_us[ids],
        **{name: getattr(world, name)[ids] for name in INDICES},
        size=world.size[ids],
        value=world.value[ids],
        non_compliant=np.zeros(len(ids), dtype=np.bool_),
        risk=tuple(np.zeros((len(world.risk), len(ids)))),
        first_event_row=base,
        duration_us=np.zeros(int(base[-1]), dtype=np.int64),
        departures=NO_DEPARTURES,
        drives=NO_DRIVES,
        streams=None,
    )


def journeys_of(replication: Replication) -> Journeys:
    """Return the journeys of the cohort, by lane."""
    run = replication.corridor, replication.trace
    everyone = Journeys(*run, carried_amounts(*run))
    ids = np.flatnonzero(replication.in_window)
    return everyone.pick(ids[np.argsort(replication.world.lane[ids], kind="stable")])


@dataclass(frozen=True)
class Kept:
    """The stored journeys of one replication of a variant.

    Attributes
    ----------
    where
        The file, or its content.
    """

    variant: Variant
    where: Path | bytes

    def read(self, lanes: Collection[str]) -> Journeys:
        """Read the journeys of some lanes; errors as in :func:`read_journeys`."""
        return read_journeys(self.where, self.variant.corridor, lanes)


def write_journeys(path: Path, content: bytes) -> None:
    """Write a file of journeys."""
    path.parent.mkdir(exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_bytes(content)


def file_of(journeys: Journeys) -> bytes:
    """Return the content of a file of journeys, one row group per lane."""
    import pyarrow.parquet as pq

    table, content = _table(journeys), io.BytesIO()
    per_lane = np.bincount(journeys.world.lane, minlength=len(journeys.corridor.lane_names))
    starts = np.concatenate([[0], np.cumsum(per_lane)])
    options = {"compression": "zstd", "use_dictionary": False}
    with pq.ParquetWriter(content, table.schema, **options) as writer:
        for start, count in zip(starts[:-1].tolist(), per_lane.tolist(), strict=True):
            if count:
                writer.write_table(table.slice(start, count), row_group_size=count)
    return content.getvalue()


def _table(journeys: Journeys) -> pa.Table:
    import pyarrow as pa

    world, trace = journeys.world, journeys.trace
    columns = {"entry_us": pa.array(world.entry_us), "value": pa.array(world.value)}
    columns |= {name: pa.array(getattr(world, name).astype(np.int32)) for name in INDICES}
    columns |= {name: pa.array(world.size[:, k]) for k, name in enumerate(SIZES)}
    offsets = pa.array(world.first_event_row.astype(np.int32))
    for name in ("begin_us", "end_us", "departure_index"):
        times = pa.array(trace.by_consignment(getattr(trace, name)))
        columns[name] = pa.ListArray.from_arrays(offsets, times)
    parts = trace.parts_by_consignment()
    of = np.searchsorted(world.first_event_row, parts.row, side="right") - 1
    ends = pa.array(np.searchsorted(of, np.arange(world.n + 1)).astype(np.int32))
    of_parts = (parts.row - world.first_event_row[of], parts.departure_index, parts.thousandths)
    for name, values in zip(PARTS, of_parts, strict=True):
        columns[name] = pa.ListArray.from_arrays(ends, pa.array(values.astype(np.int32)))
    carried = [[*key, amounts.tolist()] for key, amounts in journeys.carried.items()]
    return pa.table(columns).replace_schema_metadata({CARRIED: json.dumps(carried)})


def read_journeys(where: Path | bytes, corridor: Corridor, lanes: Collection[str]) -> Journeys:
    """Read the journeys of some lanes.

    Raises
    ------
    UserError
        If the file is damaged.
    """
    import pyarrow as pa

    try:
        table = _of_lanes(where, corridor, lanes)
    except (pa.ArrowException, OSError) as error:
        what = str(error).splitlines()[0]
        raise UserError(f"{where!s}: cannot be read: {what}; delete it to have it simulated again") from None

    def column(name: str) -> Ints:
        found: Ints = table[name].to_numpy().astype(np.int64)
        return found

    n = table.num_rows
    indices: dict[str, Any] = {name: column(name) for name in INDICES}
    first_event_row = event_row_bases(corridor.plan, column("route"))
    world = World(
        entry_us=column("entry_us"),
        **indices,
        size=np.stack([column(name) for name in SIZES], axis=1),
        value=table["value"].to_numpy(),
        non_compliant=np.zeros(n, dtype=np.bool_),
        risk=tuple(np.zeros((len(corridor.plan.names.draws), n))),
        first_event_row=first_event_row,
        duration_us=np.zeros(int(first_event_row[-1]), dtype=np.int64),
        departures=NO_DEPARTURES,
        drives=NO_DRIVES,
        streams=None,
    )
    milestones = Milestones(
        times_us=np.stack([_flat(table["begin_us"]), _flat(table["end_us"])], axis=1),
        departure_index=_flat(table["departure_index"]).astype(np.int32),
        trips=(),
        parts=_parts_of(table, first_event_row),
    )
    carried = json.loads((table.schema.metadata or {}).get(CARRIED, b"[]"))
    found = {_shared(*key): np.array(amounts) for *key, amounts in carried}
    return Journeys(corridor, Trace.of(corridor.plan, world, milestones), found)


def _shared(service: int, sharing: list[Any], *rest: Any) -> Shared:
    """Return the key of what goods share, as JSON has it."""
    return Shared(service, Sharing(*sharing), *rest)


def _parts_of(table: pa.Table, first_event_row: Ints) -> Parts:
    """Return what went in parts; older files do not have it."""
    import pyarrow.compute as pc

    if PARTS[0] not in table.column_names:
        return NO_PARTS
    count = pc.list_value_length(table[PARTS[0]]).to_numpy()
    step, departure, thousandths = (_flat(table[name]).astype(np.int64) for name in PARTS)
    return Parts(np.repeat(first_event_row[:-1], count) + step, departure, thousandths)


def _of_lanes(where: Path | bytes, corridor: Corridor, lanes: Collection[str]) -> pa.Table:
    """Read the row groups of some lanes."""
    import pyarrow.parquet as pq

    with where.open("rb") if isinstance(where, Path) else io.BytesIO(where) as opened:
        return _groups_of(pq.ParquetFile(opened), corridor, lanes)


def _groups_of(file: pq.ParquetFile, corridor: Corridor, lanes: Collection[str]) -> pa.Table:
    at = file.schema_arrow.get_field_index("lane")
    numbers = [file.metadata.row_group(k).column(at).statistics.min for k in range(file.num_row_groups)]
    groups = [k for k, lane in enumerate(numbers) if corridor.lane_names[lane] in lanes]
    return file.read_row_groups(groups).combine_chunks()


def _flat(column: pa.ChunkedArray) -> Ints:
    """Flatten a column of lists."""
    parts = [chunk.flatten().to_numpy() for chunk in column.chunks]
    flat: Ints = np.concatenate([np.empty(0, dtype=np.int64), *parts])
    return flat


def delivered(journeys: Journeys) -> Journeys:
    """Return the delivered journeys only: costs and times are theirs, as in the summary."""
    return journeys.pick(np.flatnonzero(journeys.delivered_us != NEVER))


def evenly(ids: Ints, count: int) -> Ints:
    """Take ``count`` of (n,) ids, evenly from first to last; ids repeat if there are fewer."""
    return ids[((np.arange(count) + 0.5) * len(ids) / count).astype(np.int64)]


def undelivered_shares(
    routes: Mapping[str, Sequence[str]], kept: Sequence[Kept], executor: Executor | None = None
) -> dict[str, dict[str, float]]:
    """Return the undelivered share of the consignments of each route, by lane and route, all replications.

    Costs and times are those of delivered consignments: where many others wait for ever, they are the costs
    of those that got away. A route without a consignment has none undelivered.
    """
    points = [(lane, tuple(some)) for lane, some in routes.items()]
    counts = experiment(_sent, points, kept, executor)
    found: dict[str, dict[str, float]] = {}
    for (lane, some), of_lane in zip(points, counts, strict=True):
        sent, undelivered = of_lane.sum(axis=0)
        found[lane] = dict(zip(some, (undelivered / np.maximum(sent, 1)).tolist(), strict=True))
    return found


def _sent(point: tuple[str, tuple[str, ...]], kept: Kept) -> Floats:
    """Return how many consignments a replication sent by each route, and undelivered ones, (2, routes)."""
    lane, routes = point
    journeys = kept.read((lane,))
    names, n = journeys.corridor.plan.names.routes, journeys.corridor.plan.n_routes
    route, lost = journeys.world.route, journeys.delivered_us == NEVER
    both = [np.bincount(route, minlength=n), np.bincount(route[lost], minlength=n)]
    return np.array(both, dtype=np.float64)[:, [names.index(name) for name in routes]]


def withheld(shares: Mapping[str, float]) -> dict[str, float]:
    """Return the routes with so many undelivered consignments that their costs are not compared."""
    return {route: share for route, share in shares.items() if share > MOST_UNDELIVERED}


@lru_cache(maxsize=4)
def same_goods(kept: Kept, lane: str, routes: tuple[str, ...] = ()) -> Journeys:
    """Assign the same goods to each of the given routes of a lane, or to all of its routes.

    The goods (size, value, and the shipper's credit) are those that the lane delivered in the replication, on
    all routes together: as many as the busiest route delivered, taken evenly over time. Each route carries
    them on its own journeys, also taken evenly over time and repeated if it had fewer, so that no part of the
    year counts more. A difference between two routes is then due to the routes, not to the goods that
    happened to use them. The journeys of a route do not depend on which other routes are given.
    """
    everyone = kept.read((lane,))
    world, names = everyone.world, everyone.corridor.plan.names.routes
    arrived = np.flatnonzero(everyone.delivered_us != NEVER)
    by_route = [arrived[world.route[arrived] == r] for r in range(len(names))]
    count = max((len(ids) for ids in by_route), default=0)
    if not count:
        return everyone.pick(arrived)
    goods = evenly(arrived, count)
    sent = [
        ids for name, ids in zip(names, by_route, strict=True) if len(ids) and (name in routes or not routes)
    ]
    if not sent:
        return everyone.pick(arrived[:0])
    carried = np.tile(goods, len(sent))
    return everyone.pick(np.concatenate([evenly(ids, count) for ids in sent])).with_world(
        size=world.size[carried], value=world.value[carried], credit=world.credit[carried]
    )
