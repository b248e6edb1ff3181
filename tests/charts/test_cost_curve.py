"""Tests that cost curves show the stored curves and break-evens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fourport.charts import KINDS, StoredResults, kinds_for
from fourport.charts.cost_curve import _even
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import Made, write_run
from tests.charts.look import texts
from tests.stored import rows_of

XS = (10.0, 30.0, 100.0, 300.0, 1000.0)


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["cost-curve"].figure(StoredResults(run), "base", STYLES["screen"])


def made(folder: Path, replications: int = 3) -> Run:
    """Write a run with two curves that cross at 100 kg: 3 + 100/x and 2 + 200/x."""
    run = write_run(folder, Made({"west": ["sea-air", "direct"]}, replications=replications))
    rows = []
    for route, rate, fee in (("sea-air", 2.0, 200.0), ("direct", 3.0, 100.0)):
        for x in XS:
            mean = rate + fee / x
            ends = (mean - 0.2, mean + 0.2) if replications > 1 else ("", "")
            rows.append(("west", route, x, "kg", "logistics_cost", "USD/kg", mean, *ends))
    run.write_table("curves", rows)
    ends = (80.0, 130.0) if replications > 1 else ("", "")
    found = ("west", "weight", "logistics_cost", "sea-air", "direct", "break-even", 100.0, *ends, "kg")
    run.write_table("breakeven", [(*found, 10.0, 1000.0, "direct", "sea-air", replications, "")])
    about = {"over": "weight", "x": "gross weight", "x_unit": "kg", "log": True, "replications": replications}
    run.write_manifest(run.manifest() | {"curves": about})
    return run


def test_curves_and_bands_are_the_stored_ones(tmp_path: Path) -> None:
    """Tests each curve's points, its band, logarithmic axes, and their units."""
    (axes,) = figure(made(tmp_path / "run")).axes
    curves = [line for line in axes.get_lines() if len(np.asarray(line.get_xdata())) == len(XS)]
    expected = [[2.0 + 200.0 / x for x in XS], [3.0 + 100.0 / x for x in XS]]
    np.testing.assert_allclose([np.asarray(line.get_ydata()) for line in curves], expected, rtol=1e-6)
    np.testing.assert_allclose(np.asarray(curves[0].get_xdata()), XS)
    assert len(axes.collections) == 2
    assert axes.get_xscale() == "log"
    assert axes.get_xlabel() == "gross weight of the consignment, kg (logarithmic)"
    assert axes.get_yscale() == "log"
    assert axes.get_ylabel() == "logistics cost, USD/kg (logarithmic)"


def test_break_even_has_its_sign_number_and_interval(tmp_path: Path) -> None:
    """Tests the sign where the curves cross, the number beside it, and the bar on the axis."""
    drawn = figure(made(tmp_path / "run"))
    assert "100 kg" in texts(drawn)
    points = [np.asarray(line.get_xydata()) for line in drawn.axes[0].get_lines()]
    assert any(len(p) == 1 and np.allclose(p, [[100.0, 4.0]]) for p in points)
    assert any(len(p) == 2 and np.allclose(p[:, 0], [80.0, 130.0]) for p in points)


def ringed(run: Run, **changes: object) -> Figure:
    """Draw with changes in the row of the break-even."""
    (row,) = rows_of(run, "breakeven")
    run.write_table("breakeven", [list({**row, **changes}.values())])
    return figure(run)


def rings(drawn: Figure) -> list[Line2D]:
    """Give the signs, the larger first."""
    found = [line for line in drawn.axes[0].get_lines() if len(np.asarray(line.get_xdata())) == 1]
    return sorted(found, key=lambda line: -line.get_markersize())


def test_a_ring_lies_on_the_curve_as_it_is_drawn(tmp_path: Path) -> None:
    """Tests that between two points the ring is where the line is that is straight on logarithmic axes."""
    run = made(tmp_path / "run")
    rows = [
        {**row, "mean": f"{float(row['mean']) ** 3}", "low": "", "high": ""} for row in rows_of(run, "curves")
    ]
    run.write_table("curves", [list(row.values()) for row in rows])
    drawn = ringed(run, x=200.0)
    assert (drawn.axes[0].get_xscale(), drawn.axes[0].get_yscale()) == ("log", "log")
    share = np.log(200 / 100) / np.log(300 / 100)
    height = float(np.asarray(rings(drawn)[0].get_ydata())[0])
    assert height == pytest.approx(np.exp((1 - share) * np.log(4.0**3) + share * np.log((2 + 2 / 3) ** 3)))


def test_curves_go_through_the_break_even(tmp_path: Path) -> None:
    """Tests that the crossing, which was looked at more closely, is a point of both curves."""
    drawn = ringed(made(tmp_path / "run"), x=90.0, cost=4.25)
    curves = [np.asarray(line.get_xydata()) for line in drawn.axes[0].get_lines()]
    through = [points for points in curves if len(points) == len(XS) + 1]
    assert len(through) == 2
    assert all([90.0, 4.25] in points.tolist() for points in through)
    assert np.asarray(rings(drawn)[0].get_xydata()).tolist() == [[90.0, 4.25]]


def test_a_ring_has_the_colours_of_its_routes(tmp_path: Path) -> None:
    """Tests that each half of the ring has the colour of a curve."""
    drawn = figure(made(tmp_path / "run"))
    curves = [line for line in drawn.axes[0].get_lines() if len(np.asarray(line.get_xdata())) == len(XS)]
    ring = rings(drawn)[0]
    halves = [ring.get_markerfacecolor(), ring.get_markerfacecoloralt()]
    assert halves == [line.get_color() for line in curves]


@pytest.mark.parametrize("verdict", ["break-even", "undecided"])
def test_what_is_open_on_both_sides_is_no_finding(tmp_path: Path, verdict: str) -> None:
    """Tests that such a crossing has a grey ring, no number and no bar."""
    drawn = ringed(made(tmp_path / "run"), verdict=verdict, low="", high="")
    (ring,) = rings(drawn)
    assert ring.get_markerfacecolor() == "none"
    assert "undecided" in texts(drawn).replace("Grey ring: undecided", "")
    assert "100 kg" not in texts(drawn)
    assert not [line for line in drawn.axes[0].get_lines() if len(np.asarray(line.get_xdata())) == 2]


def test_distance_says_from_where(tmp_path: Path) -> None:
    """Tests that the axis of a shipper's distance names where it begins and the road."""
    run = made(tmp_path / "run")
    about = {
        "over": "hinterland-distance",
        "x_unit": "km",
        "starts": {"west": "North port"},
        "roads": {"west": "the coast road"},
    }
    run.write_manifest(run.manifest() | {"curves": about})
    assert figure(run).axes[0].get_xlabel() == "distance from North port along the coast road, km"


def test_linear_axes_say_nothing(tmp_path: Path) -> None:
    """Tests that over an axis that is not logarithmic the cost is not either, however far it ranges."""
    run = made(tmp_path / "run")
    run.write_manifest(run.manifest() | {"curves": {**run.manifest()["curves"], "log": False}})
    drawn = figure(run)
    assert [(axes.get_xscale(), axes.get_yscale()) for axes in drawn.axes] == [("linear", "linear")]
    assert "logarithmic" not in texts(drawn)


def test_break_evens_near_each_other_keep_their_own_numbers(tmp_path: Path) -> None:
    """Tests that each ring has its number, with as many digits as the others: 0.60 beside 0.75."""
    run = made(tmp_path / "run")
    (row,) = rows_of(run, "breakeven")
    rows = [{**row, "x": x, "cost": 5.0, "low": "", "high": x + 1} for x in (100.4, 100.6, 102.0)]
    run.write_table("breakeven", [list(one.values()) for one in rows])
    seen = texts(figure(run))
    assert [seen.count(f"{x} kg") for x in (100, 101, 102)] == [1, 1, 1]
    assert " / " not in seen


def test_numbers_of_break_evens_have_even_digits() -> None:
    """Tests hand-written values: as many decimals in each."""
    assert _even([0.6, 0.75]) == {0.6: "0.60", 0.75: "0.75"}
    assert _even([10.6, 10.75, 1200.0]) == {10.6: "10.6", 10.75: "10.8", 1200.0: "1,200.0"}


def test_one_replication_claims_no_interval(tmp_path: Path) -> None:
    """Tests that without an interval there is no band and no bar, and the note says so."""
    drawn = figure(made(tmp_path / "run", replications=1))
    assert not drawn.axes[0].collections
    assert "One replication: no intervals." in texts(drawn)


def test_a_run_without_curves_has_no_chart(tmp_path: Path) -> None:
    """Tests that it is refused, and that a plain run does not try to draw it."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air"]}))
    (run.folder / "curves.csv").unlink()
    assert "cost-curve" not in kinds_for(run)
    with pytest.raises(UserError, match=r"holds no curves\.csv"):
        figure(run)


def test_verdicts_are_said_to_cover_chance_only(tmp_path: Path) -> None:
    """Tests the sentence in the note, with and without the shares of estimates that the manifest names."""
    run = made(tmp_path / "run")
    assert "cover chance only, not whether the inputs are right." in " ".join(texts(figure(run)).split())
    run.write_manifest(run.manifest() | {"estimates": {"cost": {"share": 61.6}, "time": {"share": 30.2}}})
    said = " ".join(texts(figure(run)).split())
    assert "cover chance only, not whether the inputs are right: 62 % of the cost" in said
    assert "30 % of the time passes at places" in said
