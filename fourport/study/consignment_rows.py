"""Consignments and milestones as rows of Parquet files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fourport.plan.tables import HOUR, NEVER
from fourport.store import whole_file
from fourport.store.folder import parquet_options
from fourport.store.reading import read_parquet
from fourport.store.tables import TABLES
from fourport.study.replication import Replication
from fourport.trace.causes import intervals
from fourport.trace.intervals import CAUSES, Intervals
from fourport.world.sizes import parcels

if TYPE_CHECKING:
    import pyarrow as pa

STANDARDS = {
    "RCS": "Cargo iQ",
    "FWB": "Cargo iQ",
    "DEP": "Cargo iQ",
    "ARR": "Cargo iQ",
    "RCF": "Cargo iQ",
    "NFD": "Cargo iQ",
    "DLV": "Cargo iQ",
    "GTIN": "DCSA",
    "GTOT": "DCSA",
    "STUF": "DCSA",
    "STRP": "DCSA",
    "LOAD": "DCSA",
    "DISC": "DCSA",
    "DEPA": "DCSA",
    "ARRI": "DCSA",
    "CUSS": "DCSA",
    "CUSI": "DCSA",
    "CUSR": "DCSA",
    "unloading": "WCO TRS",
    "lodgement": "WCO TRS",
    "document-control": "WCO TRS",
    "document-release": "WCO TRS",
    "pick-up": "WCO TRS",
}
"""The standard of each milestone code; other codes are fourport's own."""


def consignments_of(policy: str, number: int, run: Replication) -> pa.Table:
    """Return one row for each consignment accepted in the window."""
    import pyarrow as pa

    world, corridor = run.world, run.corridor
    accepted = np.flatnonzero(run.in_window)
    # Consignments are numbered by acceptance, so those of the window follow each other.
    rows = slice(accepted[0], accepted[-1] + 1) if len(accepted) else slice(0)
    delivered = run.delivered_us[rows]
    arrived = delivered != NEVER
    columns: dict[str, pa.Array] = {
        "policy": _names([policy], np.zeros(len(accepted), dtype=np.int64)),
        "replication": pa.array(np.full(len(accepted), number, dtype=np.int32)),
        "consignment": pa.array(accepted),
        "lane": _names(corridor.lane_names, world.lane[rows]),
        "route": _names(corridor.plan.names.routes, world.route[rows]),
        "trader_class": _names(corridor.plan.names.trader_classes, world.trader_class[rows]),
        "commodity": _names(corridor.commodity_names, world.commodity[rows]),
        "entered": _times(world.entry_us[rows]),
        "delivered": _times(delivered),
        "door_to_door_h": pa.array((delivered - world.entry_us[rows]) / HOUR, mask=~arrived),
        "as_planned": pa.array(run.as_planned[rows], mask=run.planned[rows] < 0),
        "weight_kg": pa.array(world.size[rows, 0] / 1e3),
        "volume_m3": pa.array(world.size[rows, 1] / 1e6),
        "containers_teu": pa.array(world.size[rows, 2] / 1e6),
        "value": pa.array(world.value[rows]),
        "freight_cost": pa.array(run.invoice.freight_cost[rows]),
        "logistics_cost": pa.array(run.invoice.logistics_cost[rows]),
        "cost_lines": _cost_lines(run, rows),
    }
    if corridor.scenario.has_charges_on_value:
        columns["charges_on_value"] = pa.array(run.invoice.charges_on_value[rows])
    if any(one.parcel for one in corridor.scenario.commodities.values()):
        held = parcels(world.size[rows, 0], world.commodity[rows], corridor.scenario.commodities.values())
        columns["parcels"] = pa.array(held)
    if corridor.has_customs:
        columns["customs_cost"] = pa.array(run.clearance.cost[rows])
        for procedure, hours in run.clearance.hours.items():
            columns[f"clearance_{procedure}_h"] = pa.array(hours[rows], mask=~np.isfinite(hours[rows]))
    if corridor.scenario.credit_grades:
        grade = world.credit[rows]
        names = _names(tuple(corridor.scenario.credit_grades), np.maximum(grade, 0))
        columns["credit_grade"] = pa.compute.if_else(pa.array(grade >= 0), names.cast(pa.string()), None)
    for scope, emitted in run.emissions.items():
        columns[f"emissions_{scope}_kg"] = pa.array(emitted[rows], mask=np.isnan(emitted[rows]))
    for k, cause in enumerate(CAUSES):
        columns[f"time_{cause.replace('-', '_')}_h"] = pa.array(run.hours_by_cause[rows, k])
    return pa.table(columns, schema=TABLES["consignments"].arrow(columns))


def _cost_lines(run: Replication, rows: slice) -> pa.Array:
    """Return the cost lines of each consignment as a list, in the order of ``costs.csv``."""
    import pyarrow as pa

    begin, amounts = run.invoice.lists(rows)
    return pa.ListArray.from_arrays(pa.array(begin.astype(np.int32)), pa.array(amounts))


def milestones_of(policy: str, number: int, run: Replication) -> pa.Table:
    """Return one row for each milestone of each consignment accepted in the window, in order.

    ``cause`` and ``hours`` refer to the interval that ends at the milestone.
    """
    import pyarrow as pa

    chunks = list(_entered_in_window(run))
    names = sorted({chunk.milestone for chunk in chunks})
    counts = [len(c.consignment) for c in chunks]
    code = np.repeat(np.array([names.index(c.milestone) for c in chunks], dtype=np.int64), counts)
    step = np.repeat(np.array([c.step for c in chunks], dtype=np.int64), counts)
    places = sorted({chunk.place for chunk in chunks})
    place = np.repeat(np.array([places.index(c.place) for c in chunks], dtype=np.int64), counts)
    on_declaration = np.repeat(np.array([c.declaration for c in chunks], dtype=np.int64), counts)
    consignment, begin, end, cause = (
        np.concatenate([np.empty(0, dtype=np.int64), *(getattr(c, field) for c in chunks)])
        for field in ("consignment", "begin_us", "end_us", "cause")
    )
    order = np.lexsort((np.arange(len(end)), end, on_declaration, consignment))
    infos = run.corridor.steps
    return pa.table(
        {
            "policy": _names([policy], np.zeros(len(order), dtype=np.int64)),
            "replication": pa.array(np.full(len(order), number, dtype=np.int32)),
            "consignment": pa.array(consignment[order]),
            "track": _names(["goods", "declaration"], on_declaration[order]),
            "step": _names([info.key for info in infos], step[order]),
            "place": _names(places, place[order]),
            "milestone": _names(names, code[order]),
            "standard": _names([STANDARDS.get(name, "fourport") for name in names], code[order]),
            "time": _times(end[order]),
            "cause": _names(list(CAUSES), cause[order]),
            "hours": pa.array((end - begin)[order] / HOUR),
        },
        schema=TABLES["milestones"].arrow(),
    )


def _entered_in_window(run: Replication) -> Iterator[Intervals]:
    for chunk in intervals(run.corridor, run.trace):
        yield chunk.of(run.in_window[chunk.consignment])


def join_parts(parts: list[Path], target: Path) -> None:
    """Concatenate Parquet files of one schema in order, and remove the parts."""
    import pyarrow.parquet as pq

    with whole_file(target) as temporary, temporary.open("wb") as opened:
        writer = None
        for part in parts:
            table = read_parquet(part, None)
            writer = writer or pq.ParquetWriter(opened, table.schema, **parquet_options(table.schema))
            writer.write_table(table)
        if writer is not None:
            writer.close()
    for part in parts:
        part.unlink()


def _names(names: list[str] | tuple[str, ...], index: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    """Return names by their place in a list, in which a name may stand more than once.

    In the dictionary it stands once. Otherwise Parquet writes each text anew, which takes ten times as much
    room, and behind the dictionary whatever was in memory, so that no two files are the same.
    """
    import pyarrow as pa

    place = {name: k for k, name in enumerate(dict.fromkeys(names))}
    codes = np.array([place[name] for name in names], dtype=np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes[index]), pa.array([*place], pa.string()))


def _times(us: np.ndarray[tuple[int], np.dtype[np.int64]]) -> pa.Array:
    """Return times as timestamps; ``NEVER`` has the bits of "not a time" and becomes null."""
    import pyarrow as pa

    return pa.array(us.view("datetime64[us]")).cast(pa.timestamp("us", tz="UTC"))
