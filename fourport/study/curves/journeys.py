"""The journeys of a cohort: what pricing needs to know of a replication, and their file.

One row a consignment that entered in the window, the times of its steps as lists,
one row group a lane, so that the journeys of one lane are read alone.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fourport.engine.milestones import Milestones
from fourport.errors import UserError
from fourport.ledger.departures import Aboard, aboard
from fourport.plan.corridor import Corridor
from fourport.plan.tables import HOUR, NEVER, Floats, Ints
from fourport.store import whole_file
from fourport.study.replication import Replication
from fourport.world.tables import World

if TYPE_CHECKING:
    import pyarrow as pa

SIZES = ("weight_g", "volume_l", "containers_uteu")
CARRIED = b"carried"
"""Where a file says what the departures carry."""

INDICES = ("lane", "route", "trader_class", "commodity", "credit")


@dataclass(frozen=True, eq=False)
class Journeys:
    """Consignments and when they did what; ``n`` of them.

    The world holds who they are, but nothing that only an engine reads: no risk
    numbers, durations, departures or trips.

    Attributes
    ----------
    carried
        What the run's departures carry, all of its consignments counted.
    """

    corridor: Corridor
    world: World
    milestones: Milestones
    carried: Aboard

    @property
    def delivered_us(self) -> Ints:
        """(n,) us UTC; ``NEVER`` for the undelivered."""
        last = self.world.first_event_row[:-1] + self.corridor.plan.route_n_main[self.world.route] - 1
        found: Ints = self.milestones.end_us[last]
        return found

    @property
    def hours(self) -> Floats:
        """(n,) time from acceptance to delivery, h; meaningless for the undelivered."""
        return (self.delivered_us - self.world.entry_us) / HOUR

    @property
    def kg(self) -> Floats:
        """(n,) gross weight."""
        return self.world.size[:, 0] / 1e3

    def pick(self, ids: Ints) -> Journeys:
        """Give the journeys of some consignments, in the order of ``ids``; one may occur twice."""
        world, milestones = self.world, self.milestones
        counts = np.diff(world.first_event_row)[ids]
        base = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        event_rows = np.repeat(world.first_event_row[ids] - base[:-1], counts) + np.arange(base[-1])
        return Journeys(
            self.corridor,
            _people(world, ids, base),
            Milestones(
                milestones.begin_us[event_rows],
                milestones.end_us[event_rows],
                milestones.departure_index[event_rows],
                trips=(),
            ),
            self.carried,
        )

    def with_world(self, **columns: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Journeys:
        """Give the same journeys of other goods: columns of the world replaced."""
        return replace(self, world=replace(self.world, **columns))  # type: ignore[arg-type]


def _people(world: World, ids: Ints, base: Ints) -> World:
    """Give the consignments of a world without what only an engine reads."""
    return replace(
        world,
        entry_us=world.entry_us[ids],
        **{name: getattr(world, name)[ids] for name in INDICES},
        size=world.size[ids],
        value=world.value[ids],
        non_compliant=np.zeros(len(ids), dtype=np.bool_),
        risk=np.zeros((len(world.risk), len(ids))),
        first_event_row=base,
        duration_us=np.zeros(int(base[-1]), dtype=np.int64),
        departures=(),
        trip_out_us=(),
        trip_back_us=(),
    )


def journeys_of(replication: Replication) -> Journeys:
    """Give the journeys of the cohort measured, by lane."""
    run = replication.corridor, replication.world, replication.milestones
    everyone = Journeys(*run, aboard(*run))
    ids = np.flatnonzero(replication.in_window)
    return everyone.pick(ids[np.argsort(replication.world.lane[ids], kind="stable")])


def write_journeys(path: Path, journeys: Journeys) -> None:
    """Write journeys, one row group a lane."""
    import pyarrow.parquet as pq

    path.parent.mkdir(exist_ok=True)
    table = _table(journeys)
    per_lane = np.bincount(journeys.world.lane, minlength=len(journeys.corridor.lane_names))
    starts = np.concatenate([[0], np.cumsum(per_lane)])
    with whole_file(path) as temporary:
        options = {"compression": "zstd", "use_dictionary": False}
        with pq.ParquetWriter(temporary, table.schema, **options) as writer:
            for start, count in zip(starts[:-1].tolist(), per_lane.tolist(), strict=True):
                if count:
                    writer.write_table(table.slice(start, count), row_group_size=count)


def _table(journeys: Journeys) -> pa.Table:
    import pyarrow as pa

    world, milestones = journeys.world, journeys.milestones
    columns = {"entry_us": pa.array(world.entry_us), "value": pa.array(world.value)}
    columns |= {name: pa.array(getattr(world, name).astype(np.int32)) for name in INDICES}
    columns |= {name: pa.array(world.size[:, k]) for k, name in enumerate(SIZES)}
    offsets = pa.array(world.first_event_row.astype(np.int32))
    for name in ("begin_us", "end_us", "departure_index"):
        times = pa.array(getattr(milestones, name))
        columns[name] = pa.ListArray.from_arrays(offsets, times)
    carried = [[*key, amounts.tolist()] for key, amounts in journeys.carried.items()]
    return pa.table(columns).replace_schema_metadata({CARRIED: json.dumps(carried)})


def read_journeys(path: Path, corridor: Corridor, lanes: Collection[str]) -> Journeys:
    """Read the journeys of some lanes.

    Raises
    ------
    UserError
        If the file is damaged.
    """
    import pyarrow as pa

    try:
        table = _of_lanes(path, corridor, lanes)
    except (pa.ArrowException, OSError) as error:
        what = str(error).splitlines()[0]
        raise UserError(f"{path}: cannot be read: {what}; delete it, then it is simulated again") from None

    def column(name: str) -> Ints:
        found: Ints = table[name].to_numpy().astype(np.int64)
        return found

    n = table.num_rows
    lengths = np.diff(corridor.plan.route_first_step)[column("route")]
    world = World(
        entry_us=column("entry_us"),
        **{name: column(name) for name in INDICES},
        size=np.stack([column(name) for name in SIZES], axis=1),
        value=table["value"].to_numpy(),
        non_compliant=np.zeros(n, dtype=np.bool_),
        risk=np.zeros((len(corridor.plan.draw_names), n)),
        first_event_row=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        duration_us=np.zeros(int(lengths.sum()), dtype=np.int64),
        departures=(),
        trip_out_us=(),
        trip_back_us=(),
    )
    milestones = Milestones(
        begin_us=_flat(table["begin_us"]),
        end_us=_flat(table["end_us"]),
        departure_index=_flat(table["departure_index"]).astype(np.int32),
        trips=(),
    )
    carried = json.loads((table.schema.metadata or {}).get(CARRIED, b"[]"))
    found = {(service, basis, divisor): np.array(amounts) for service, basis, divisor, amounts in carried}
    return Journeys(corridor, world, milestones, found)


def _of_lanes(path: Path, corridor: Corridor, lanes: Collection[str]) -> pa.Table:
    """Read the row groups of some lanes."""
    import pyarrow.parquet as pq

    file = pq.ParquetFile(path)
    at = file.schema_arrow.get_field_index("lane")
    numbers = [file.metadata.row_group(k).column(at).statistics.min for k in range(file.num_row_groups)]
    groups = [k for k, lane in enumerate(numbers) if corridor.lane_names[lane] in lanes]
    return file.read_row_groups(groups).combine_chunks()


def _flat(column: pa.ChunkedArray) -> Ints:
    """Give the numbers of a column of lists, one after the other."""
    parts = [chunk.flatten().to_numpy() for chunk in column.chunks]
    flat: Ints = np.concatenate([np.empty(0, dtype=np.int64), *parts])
    return flat


def delivered(journeys: Journeys) -> Journeys:
    """Give those that arrived before the end: costs and times are theirs, as in the summary."""
    return journeys.pick(np.flatnonzero(journeys.delivered_us != NEVER))


def evenly(ids: Ints, count: int) -> Ints:
    """Take so many of (n,) ids, evenly from first to last; some again if there are fewer."""
    return ids[((np.arange(count) + 0.5) * len(ids) / count).astype(np.int64)]
