"""Tests that the cost stack adds up to the stored costs."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from fourport.charts import KINDS, StoredResults
from fourport.charts.cost_stack import FREIGHT_HANDLING, MOST, OTHER, kinds_of, parts_of
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.store import Run
from fourport.store.tables import CostRow
from tests.charts.folder import ALL, LINES, Made, kept, write_run
from tests.charts.look import drawn_pieces, look, texts
from tests.stored import rows_of


def made(**changed: Any) -> CostRow:
    """Make a row of freight transport, of the columns that decide the kind of charge."""
    row: dict[str, Any] = {"scope": "freight", "category": "transport", "leg": "leg", "mean": 1.0}
    return CostRow(**row | changed)


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["cost-stack"].figure(StoredResults(run), "base", STYLES["screen"])


def bars(figure: Figure) -> dict[float, list[Rectangle]]:
    """Give the pieces of each bar, by the height at which it stands."""
    found: dict[float, list[Rectangle]] = {}
    for piece in drawn_pieces(figure.axes[0]):
        found.setdefault(round(piece.get_y(), 6), []).append(piece)
    return found


def measures(run: Run, measure: str) -> list[float]:
    return [float(row["mean"]) for row in rows_of(run, "summary") if row["measure"] == measure]


def test_pieces_add_up_to_the_logistics_cost() -> None:
    """Tests that the pieces of each bar follow each other without a gap up to the total."""
    run = kept()
    drawn = bars(figure(run))
    totals = measures(run, "logistics_cost")
    assert len(drawn) == len(totals) == sum(len(routes) for routes in ALL.lanes.values())
    for total, pieces in zip(totals, drawn.values(), strict=True):
        assert pieces[0].get_x() == 0
        for before, after in pairwise(pieces):
            assert before.get_x() + before.get_width() == pytest.approx(after.get_x())
        assert pieces[-1].get_x() + pieces[-1].get_width() == pytest.approx(total, rel=1e-5)


def test_mark_stands_at_the_freight_cost() -> None:
    """Tests that the mark is where the summary says the freight cost ends, and its amount is written."""
    run = kept()
    drawn = figure(run)
    xs = [np.asarray(line.get_xdata()) for line in drawn.axes[0].get_lines()]
    ys = [np.asarray(line.get_ydata()) for line in drawn.axes[0].get_lines()]
    marks = [x[0] for x, y in zip(xs, ys, strict=True) if len(x) == 2 and x[0] == x[1] and y[0] < y[1]]
    np.testing.assert_allclose(marks, measures(run, "freight_cost"), rtol=1e-5)
    seen = texts(drawn)
    assert all(f"freight {cost:.2f}" in seen for cost in marks)


def test_charges_on_value_stand_beside(tmp_path: Path) -> None:
    """Tests that duty is in no bar, and is written after the freight of each route and in the note."""
    run = write_run(tmp_path / "run")
    rows = rows_of(run, "costs")
    duty = {"order": 99, "line": "Duty", "category": "duty", "scope": "on value", "mean": 3.25}
    added = [row | duty for row in rows if row["order"] == 0]
    changed = Run(run.folder)
    changed.write_table("costs", [(*row.values(),) for row in rows + added])
    changed.write_manifest(run.manifest())
    drawn = figure(Run(run.folder))
    totals = measures(run, "logistics_cost")
    for total, pieces in zip(totals, bars(drawn).values(), strict=True):
        assert pieces[-1].get_x() + pieces[-1].get_width() == pytest.approx(total, rel=1e-5)
    seen = texts(drawn)
    assert seen.count(", on value 3.25") == len(totals)
    assert "beside it: charges on value (Duty)" in seen


def test_totals_have_their_interval(tmp_path: Path) -> None:
    """Tests the amounts at the ends of bars: mean and half of the 95 % interval."""
    run = write_run(tmp_path / "run", Made({"islands": ["sea-air"]}))
    (row,) = [row for row in rows_of(run, "summary") if row["measure"] == "logistics_cost"]
    half = (float(row["high"]) - float(row["low"])) / 2
    assert f"{float(row['mean']):.2f} ± {half:.2f}" in texts(figure(run))


def test_one_replication_has_no_interval(tmp_path: Path) -> None:
    """Tests that no interval is claimed where there is none."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air"]}, replications=1))
    seen = texts(figure(run))
    assert f"{sum(amount for *_, amount in LINES):.2f} freight" in seen
    assert "±" not in seen


def test_legend_stays_readable() -> None:
    """Tests that many charges are merged into few, the dearest freight keeping its name."""
    rows = kept().rows(CostRow)
    kinds = kinds_of(rows)
    titles = [kind.name for kind in kinds.values()]
    assert len(kinds) == MOST
    assert titles[:4] == ["Air freight", "Feeder flight", "Line-haul", "Other freight transport"]
    assert titles[4:6] == ["Handling between the hubs", "Breakdown"]


def test_merging_loses_nothing(tmp_path: Path) -> None:
    """Tests that what is merged is the sum of its lines, within and outside the freight cost."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air"]}))
    rows = run.rows(CostRow)
    parts = parts_of(rows, kinds_of(rows))
    amounts = {(part.kind, part.freight): part.amount for part in parts}
    by_name = {name: amount for name, _, _, amount in LINES}
    merged = (
        by_name["Truck to the port"] + by_name["Sea freight"] + by_name["Bonded truck"] + by_name["Barge"]
    )
    assert amounts[OTHER, True] == pytest.approx(merged)
    assert amounts[FREIGHT_HANDLING, True] == pytest.approx(by_name["Terminal handling"])
    assert amounts["handling", False] == pytest.approx(by_name["Breakdown"])
    assert [part.freight for part in parts] == sorted((part.freight for part in parts), reverse=True)


def test_what_is_subtracted_is_seen(tmp_path: Path) -> None:
    """Tests a rebate of 0.5 on 3 of sea freight, and 0.25 on other charges of 1: none is netted away.

    Left of 0 stand 0.25 and 0.5, right of it 4.0; the cost is 3.25, of which 2.5 is freight.
    """
    run = write_run(tmp_path / "run", Made({"west": ["sea-air"]}))
    kept_columns = [row for row in rows_of(run, "costs") if row["line"] in ("Sea freight", "Storage")]
    rows = []
    for row, name, mean in zip(
        [kept_columns[0]] * 2 + [kept_columns[1]] * 2,
        ("Sea freight", "Rebate", "Storage", "Refund"),
        (3.0, -0.5, 1.0, -0.25),
        strict=True,
    ):
        rows.append({**row, "line": name, "mean": mean, "low": mean, "high": mean})
    run.write_table("costs", [tuple(row.values()) for row in rows])
    means = {"logistics_cost": 3.25, "freight_cost": 2.5}
    summary = [
        {**row, "mean": means[row["measure"]], "low": 3.0, "high": 3.5} if row["measure"] in means else row
        for row in rows_of(run, "summary")
    ]
    run.write_table("summary", [tuple(row.values()) for row in summary])
    drawn = figure(run)
    (pieces,) = bars(drawn).values()
    spans = sorted((round(one.get_x(), 6), round(one.get_width(), 6)) for one in pieces)
    assert spans == [(-0.75, 0.25), (-0.5, 0.5), (0.0, 3.0), (3.0, 1.0)]
    assert drawn.axes[0].get_xlim()[0] < -0.75
    seen = look(drawn)
    assert (seen.overlaps, seen.struck_out, seen.cut_off) == ([], [], [])
    for words in ("3.25 \u00b1 0.25", "freight 2.50", "Subtracted: rebates", "Left of 0:"):
        assert words in seen.texts


def test_few_charges_keep_their_names() -> None:
    """Tests that nothing is merged that fits."""
    kinds = kinds_of([made(line=name) for name in "abc"])
    assert [kind.name for kind in kinds.values()] == ["a", "b", "c"]


@pytest.mark.parametrize("category", ["transport", "handling"])
def test_a_line_on_both_sides_of_a_hub_is_told_apart(category: str) -> None:
    """Tests that a name on the invoice for a charge between the hubs does not name what is outside them."""
    rows = [made(category=category, line="Truck", scope=scope) for scope in ("freight", "other")]
    between, outside = (kinds_of([row]) for row in rows)
    assert [kind.name for kind in outside.values()] == ["Truck"]
    both = [kind.name for kind in kinds_of(rows).values()]
    assert both == [kind.name for kind in between.values()] + [f"{category.title()} outside the freight cost"]


def test_sea_freight_is_a_kind_of_its_own() -> None:
    """Tests that charges of ways by sea are told apart, however cheap, under their name if all have one."""
    amounts = {"flight": 9.0, "truck": 5.0, "ferry": 0.1, "liner": 0.2}
    dear = [made(line=leg, leg=leg, mean=amount) for leg, amount in amounts.items()]
    rest = [made(line=f"{k}", leg="road") for k in range(8)]
    kinds = kinds_of([*dear, *rest], dict.fromkeys(("ferry", "liner"), "sea"))
    assert list(kinds)[:2] == ["line flight", "line truck"]
    assert kinds["mode sea"].name == "Sea freight"
    assert list(kinds)[-2:] == ["mode sea", OTHER]
    parts = parts_of([*dear, *rest], kinds, dict.fromkeys(("ferry", "liner"), "sea"))
    assert [part.amount for part in parts if part.kind == "mode sea"] == [0.1, 0.2]
    assert kinds_of(dear, {"ferry": "sea"})["mode sea"].name == "ferry"
    assert "mode sea" not in kinds_of(rest, {"ferry": "sea"})


def test_sea_freight_of_the_reference_run() -> None:
    """Tests that the picture of the reference run names the sea freight."""
    run = Run(Path(__file__).resolve().parents[2] / "results" / "reference")
    assert "Sea freight" in texts(figure(run))


@pytest.mark.parametrize(
    ("lines", "title"),
    [
        (["inventory"], "Time: capital tied up in transit"),
        (["inventory", "safety stock"], "Time: capital tied up in transit, safety stock"),
        (["Hummels-Schaur"], "Time: days at their value (Hummels-Schaur)"),
    ],
)
def test_time_is_named_by_its_lines(lines: list[str], title: str) -> None:
    """Tests that what time costs is called by what of it is on the invoice."""
    (kind,) = kinds_of([made(scope="other", category="time", line=line) for line in lines]).values()
    assert kind.name == title


def test_costs_do_not_need_deliveries(tmp_path: Path) -> None:
    """Tests that a route of which nothing arrived still has its bar."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"]}, lost=["direct"]))
    assert len(bars(figure(run))) == 2


def test_unit_is_on_the_axis() -> None:
    """Tests that the axis says the measure and its unit."""
    assert "logistics cost, USD/kg" in texts(figure(kept()))


def test_half_width_of_an_interval_that_is_cut(tmp_path: Path) -> None:
    """Tests that of a total of 2 from 0 (cut) to 9 7 is told, not half of what is left, 4.5."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air"]}))
    rows = [
        {**row, **dict(zip(("mean", "low", "high"), ("2", "0", "9"), strict=True))}
        if row["measure"] == "logistics_cost"
        else row
        for row in rows_of(run, "summary")
    ]
    changed = Run(run.folder)
    changed.write_table("summary", [tuple(row.values()) for row in rows])
    changed.write_manifest(run.manifest())
    assert "2.00 ± 7.00" in texts(figure(Run(run.folder)))
