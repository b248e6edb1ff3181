"""Tests that the route-choice map's map shows the stored cells."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from matplotlib.collections import PatchCollection, QuadMesh
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.store import Run
from tests.charts.folder import ROUTES, Made, write_run
from tests.charts.look import faults, texts

VALUES, WEIGHTS = (10.0, 100.0, 1000.0), (20.0, 200.0)
CHEAPEST = [["sea-air", "sea-air", "direct"], ["sea-air", "sea-air", "sea-air"]]
DECIDED = [["yes", "no", "yes"], ["yes", "yes", "no"]]
LEFT = [
    [("sea-air", "sea-air"), ("sea-air direct", ""), ("direct", "air")],
    [("sea-air", "sea-air"), ("sea-air", "sea-air"), ("sea-air sea-air-park", "sea-air")],
]
"""Routes that are not ruled out, and their modes of transport if they are the same."""


def made(folder: Path) -> Run:
    """Write a run with a map of six cells."""
    run = write_run(folder, Made({"west": ["sea-air", "direct"]}))
    cells = []
    for i, weight in enumerate(WEIGHTS):
        for j, value in enumerate(VALUES):
            where = ("west", i * 3 + j, value, "USD/kg", weight, "kg", CHEAPEST[i][j], "")
            cells.append((*where, 0.1, 0.0, 0.2, "USD/kg", DECIDED[i][j], 3, *LEFT[i][j], 0.2))
    run.write_table("route-choice", cells)
    modes = {"sea-air": "sea-air", "sea-air-park": "sea-air", "direct": "air"}
    run.write_manifest(run.manifest() | {"route_choice": {"modes": {"west": modes}}})
    return run


def figure(run: Run) -> Figure:
    with settings(STYLES["screen"]):
        return KINDS["route-choice"].figure(StoredResults(run), "base", STYLES["screen"])


def test_colours_are_the_cheapest_routes(tmp_path: Path) -> None:
    """Tests that each cell has the colour of its route, as the legend shows it, on logarithmic axes."""
    drawn = figure(made(tmp_path / "run"))
    (axes,) = drawn.axes
    (mesh,) = [one for one in axes.collections if isinstance(one, QuadMesh)]
    colors = np.asarray(mesh.get_array()).reshape(2, 3, -1)
    assert len({tuple(color) for row in colors for color in row}) == 2
    for i, row in enumerate(CHEAPEST):
        for j, route in enumerate(row):
            assert (tuple(colors[i, j]) == tuple(colors[0, 0])) == (route == "sea-air")
    lines = [line for line in drawn.artists if isinstance(line, Line2D)]
    signs = [line for line in lines if line.get_linestyle() != "None"]  # not ticks
    legend = {to_rgb(line.get_color()) for line in signs}
    assert {tuple(np.round(color, 2)) for color in legend} == {
        tuple(np.round(color, 2)) for row in colors for color in row
    }
    assert (axes.get_xscale(), axes.get_yscale()) == ("log", "log")
    assert axes.get_xlabel() == "value of the goods, USD/kg (logarithmic)"
    assert axes.get_ylabel() == "chargeable weight of the consignment, kg (logarithmic)"
    assert "areas do not show how much cargo there is" in texts(drawn).replace("\n", " ")


def test_commodities_are_dots(tmp_path: Path) -> None:
    """Tests the place of each commodity with its tonnes and money, and that one beyond the map has no dot."""
    run = made(tmp_path / "run")
    goods = {
        "phones": {"value_per_kg": 400.0, "weight_kg": 100.0, "tonnes": 6.94, "value": 2.776e6},
        "stones": {"value_per_kg": 0.1, "weight_kg": 100.0, "tonnes": 500.0, "value": 5e4},
    }
    titles = run.manifest()["titles"] | {"commodities": {"phones": "Mobile phones"}}
    run.write_manifest(
        run.manifest()
        | {"titles": titles, "reporting_currency": "USD", "route_choice": {"goods": {"west": goods}}}
    )
    drawn = figure(run)
    (axes,) = drawn.axes
    dots = [np.asarray(line.get_xydata()) for line in axes.get_lines() if line.get_marker() == "o"]
    assert [dot.tolist() for dot in dots] == [[[400.0, 100.0]]]
    assert "Mobile phones: 6.9 t, 2.8 million USD" in texts(drawn)
    assert faults(drawn) == ([], [])


def test_undecided_cells_are_hatched(tmp_path: Path) -> None:
    """Tests that one hatching covers the cell that is undecided between modes of transport, and another the
    cell that is undecided between two routes by sea and air; and nothing else.
    """
    (axes,) = figure(made(tmp_path / "run")).axes
    hatched = [one for one in axes.collections if isinstance(one, PatchCollection)]
    assert len({one.get_hatch() for one in hatched} - {None}) == 2
    ends = []
    for one in hatched:
        (path,) = one.get_paths()
        corners = np.asarray(path.vertices)
        ends.append([*corners.min(axis=0), *corners.max(axis=0)])
    between_modes = [10**1.5, 20 / 10**0.5, 10**2.5, 20 * 10**0.5]
    same_modes = [10**2.5, 20 * 10**0.5, 10**3.5, 200 * 10**0.5]
    np.testing.assert_allclose(ends, [between_modes, same_modes], rtol=1e-5)


def test_names_and_shares(tmp_path: Path) -> None:
    """Tests that the legend says the share of the cells, and how much of it is decided."""
    seen = texts(figure(made(tmp_path / "run")))
    assert f"{ROUTES['direct']}: 17 %, decided 17 %" in seen
    assert "83 %, decided 50 %" in seen
    assert "sea-air, whichever route: decided 67 %" in seen


def test_verdicts_are_said_to_cover_chance_only(tmp_path: Path) -> None:
    """Tests the sentence in the note, with and without the shares of estimates that the manifest names."""
    run = made(tmp_path / "run")
    assert "cover chance only, not whether the inputs are right." in " ".join(texts(figure(run)).split())
    run.write_manifest(run.manifest() | {"estimates": {"cost": {"share": 61.6}, "time": {"share": 30.2}}})
    said = " ".join(texts(figure(run)).split())
    assert "cover chance only, not whether the inputs are right: 62 % of the cost" in said
    assert "30 % of the time passes at places" in said
