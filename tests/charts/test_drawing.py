"""Tests that charts are drawn into a run's folder: names, bytes, refusals, what is loaded."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from fourport.charts import KINDS, StoredResults, draw
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES, looks
from fourport.errors import UserError
from fourport.store import Run
from tests.charts.folder import ALL, LANES, ROUTES, Made, write_run
from tests.charts.look import Seen, faults, texts
from tests.charts.planning import SERVICES
from tests.stored import rows_of

OTHERS = ("forest", "stages", "detection", "capacity")
"""Kinds that do not show lanes and routes."""

SMALL = Made({"islands": ["sea-air", "direct"]}, stops=5)
CROWDED = Made({"west": list(ROUTES)})
UNDELIVERED = Made({"islands": ["sea-air", "direct"]}, lost=["direct"], replications=1, stops=5)
FEW = Made(
    {"islands": ["post"]}, policies={"base": "", "night-shift": "officers at night"}, consignments=7, stops=3
)
ODD = Made({"west": ["direct", "post"], "west-urgent": ["direct"], "islands": ["sea-air"]}, stops=4)
ANY = {"all": ALL, "undelivered": UNDELIVERED, "few": FEW}
WITH_OTHER_LANES = {"crowded": CROWDED, "odd": ODD}
"""Runs that differ from ALL in lanes and routes alone."""


OF_LANES = [kind for kind, chart in KINDS.items() if chart.by_lane]
TO_SHOW = {
    **{(f"{kind}-{name}"): (kind, made) for kind in KINDS for name, made in ANY.items()},
    **{(f"{kind}-{name}"): (kind, made) for kind in OF_LANES for name, made in WITH_OTHER_LANES.items()},
}


@pytest.mark.parametrize(("kind", "made"), TO_SHOW.values(), ids=TO_SHOW)
def test_texts_do_not_overlap(shown: Callable[..., Seen], kind: str, made: Made) -> None:
    """Tests that no two texts cover each other and none is cut off, whatever there is to show."""
    seen = shown(made, kind)
    assert (seen.overlaps, seen.cut_off) == ([], [])


def test_no_text_is_elsewhere_in_print() -> None:
    """Tests that the style print differs in dots, colours and patterns alone, none of which moves a text."""
    style, screen = STYLES["print"], STYLES["screen"]
    unmoved = {name: getattr(screen, name) for name in ("dpi", "ink", "quiet", "line", "hatched")}
    assert replace(style, **unmoved) == screen


def test_overlaps_are_found() -> None:
    """Tests that the check above can fail."""
    from matplotlib.figure import Figure

    figure = Figure()
    figure.text(0.5, 0.5, "one")
    figure.text(0.505, 0.5, "other")
    figure.text(0.99, 0.1, "beyond the edge")
    assert faults(figure) == ([("one", "other")], ["beyond the edge"])


FORMATS = ("svg", "png", "pdf")
IN_ALL_FORMATS = "cost-stack"
"""Every kind is drawn as SVG, which holds all of it as text, and this one in the other formats, too."""

ELSEWHERE = """
import pathlib, sys
from fourport.charts import KINDS, draw
from fourport.store import Run
assert not {'matplotlib', 'numpy', 'pyarrow'} & set(sys.modules)
import matplotlib
matplotlib.rcParams.update({'font.size': 20, 'axes.facecolor': 'red', 'svg.hashsalt': None})
for kind in KINDS:
    draw(Run.open(pathlib.Path(sys.argv[1])), kind, formats=sys.argv[3:] if kind == sys.argv[2] else ["svg"])
rooms = {name.split('.')[1] for name in sys.modules if name.startswith('fourport.')}
assert rooms == {'arguments', 'causes', 'charts', 'errors', 'measured', 'measures', 'store'}, rooms
assert not {'matplotlib.pyplot', 'simpy', 'pydantic'} & set(sys.modules)
"""
"""Draws every kind, and checks what is loaded."""


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> tuple[subprocess.CompletedProcess[str], Path]:
    """Draw all kinds in another process, under other settings and from another folder; give the pictures."""
    run = write_run(tmp_path_factory.mktemp("elsewhere") / "run", SMALL)
    others = {"PYTHONHASHSEED": "12345", "TZ": "Asia/Seoul", "SOURCE_DATE_EPOCH": "1"}
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"} | others
    command = [sys.executable, "-c", ELSEWHERE, str(run.folder), IN_ALL_FORMATS, *FORMATS]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False), run.charts


@pytest.mark.long
def test_importing_is_cheap_and_draws_headless(
    elsewhere: tuple[subprocess.CompletedProcess[str], Path],
) -> None:
    """Tests that the kinds load no matplotlib, and drawing neither pyplot nor anything that simulates."""
    assert (elsewhere[0].returncode, elsewhere[0].stderr) == (0, "")


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_equal_results_give_equal_bytes(
    elsewhere: tuple[subprocess.CompletedProcess[str], Path],
    written: Callable[[Made], Run],
    tmp_path: Path,
    kind: str,
) -> None:
    """Tests that neither settings, folder, order of hashes nor zone of a process change a byte."""
    formats = FORMATS if kind == IN_ALL_FORMATS else FORMATS[:1]
    here = draw(written(SMALL), kind, formats=formats, folder=tmp_path)
    assert [path.name for path in here] == [f"{kind}.{form}" for form in formats]
    assert [path.read_bytes() for path in here] == [(elsewhere[1] / path.name).read_bytes() for path in here]


def test_files_are_named_by_what_they_show(tmp_path: Path) -> None:
    """Tests that another policy or style does not overwrite the first one's picture."""
    made = Made({"islands": ["direct"]}, policies={"base": "", "night-shift": "officers at night"})
    run = write_run(tmp_path / "run", made)
    draw(run, "cost-stack", formats=["png"])
    draw(run, "cost-stack", policy="night-shift", formats=["png"])
    draw(run, "cost-stack", policy="night-shift", style="print", formats=["png"])
    assert sorted(path.name for path in run.charts.iterdir()) == [
        "cost-stack-night-shift-print.png",
        "cost-stack-night-shift.png",
        "cost-stack.png",
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_caption_says_what_was_run(shown: Callable[..., Seen], kind: str) -> None:
    """Tests that scenario, policy, replications and seed are at the foot."""
    seen = shown(FEW, kind).texts
    assert "Scenario made-up: A corridor made up for charts" in seen
    for words in ("policy night-shift: officers at night", "3 replications", "seed 7", "fourport 0.1.0"):
        assert words in seen


TITLES = {
    "departures": {"barge": "Barge", "ferry": SERVICES["ferry"].title},
    "cut-off": {"barge": "Barge", "ferry": SERVICES["ferry"].title},
    "utilisation": {"bays": "Inspection bays", "gateway": "Gateway airport of the west coast"},
    "clearance-stages": {"port": "North port, ferry terminal and multimodal centre"},
    "network-map": {"far-port": "Far port", "inland": "Inland terminal"},
}
"""Titles that kinds show which do not show lanes and routes, by key."""


@pytest.fixture(scope="module")
def untitled(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Write a run whose manifest holds no titles."""
    run = write_run(tmp_path_factory.mktemp("untitled") / "run", SMALL)
    run.write_manifest({**run.manifest(), "titles": {}})
    return run


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in OTHERS])
def test_titles_are_asked_for_and_keys_do(shown: Callable[..., Seen], untitled: Run, kind: str) -> None:
    """Tests that what a chart is about goes by its titles, and by its keys if it has none."""
    lanes_and_routes = {"islands": LANES["islands"], "direct": ROUTES["direct"]}
    titled = shown(ODD if kind in OF_LANES else ALL, kind).texts
    with settings(STYLES["screen"]):
        plain = texts(KINDS[kind].figure(StoredResults(untitled), "base", STYLES["screen"]))
    for key, title in TITLES.get(kind, lanes_and_routes).items():
        assert title in titled
        assert key in plain


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kind": "time-distence"}, "'time-distence' is not a known chart; did you mean 'time-distance'?"),
        ({"kind": "xyz"}, "'xyz' is not a known chart; allowed: capacity, "),
        ({"policy": "bass"}, "'bass' is not a known policy; did you mean 'base'?"),
        ({"formats": ["png", "sgv"]}, "'sgv' is not a known format; did you mean 'svg'?"),
        ({"style": "paint"}, "'paint' is not a known style; did you mean 'print'?"),
    ],
)
def test_unknown_names_are_refused(tmp_path: Path, arguments: dict[str, Any], message: str) -> None:
    """Tests that what is not known is named, with the nearest that is, before anything is written."""
    run = write_run(tmp_path / "run", SMALL)
    with pytest.raises(UserError) as refused:
        draw(run, **{"kind": "cost-stack", **arguments})
    assert str(refused.value).startswith(message)
    assert not run.charts.exists()


def test_missing_results_are_refused(tmp_path: Path) -> None:
    """Tests that a run without the table that a chart needs is refused in words."""
    run = write_run(tmp_path / "run", SMALL)
    (run.folder / "costs.csv").unlink()
    with pytest.raises(UserError, match=r"holds no costs\.csv"):
        draw(run, "cost-stack")


@pytest.mark.parametrize(
    ("form", "what_writes"),
    [("png", "fourport.charts.writing._png"), ("svg", "matplotlib.figure.Figure.savefig")],
)
def test_no_half_written_picture(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, what_writes: str
) -> None:
    """Tests that a picture that cannot be finished leaves the older one, and nothing beside it."""
    run = write_run(tmp_path / "run", SMALL)
    (path,) = draw(run, "cost-stack", formats=[form])
    before = path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(what_writes, full)
    with pytest.raises(UserError, match="cannot be written: No space left on device"):
        draw(run, "cost-stack", formats=[form])
    assert path.read_bytes() == before
    assert [found.name for found in run.charts.iterdir()] == [f"cost-stack.{form}"]


def test_routes_keep_their_look(tmp_path: Path) -> None:
    """Tests that no two routes of a lane look alike, and that all policies see one look."""
    made = Made({"west": list(ROUTES), "islands": ["direct", "post"]}, policies={"base": "", "other": ""})
    results = StoredResults(write_run(tmp_path / "run", made))
    found = looks(results)
    assert set(found) == set(ROUTES)
    assert len({look.color for look in found.values()}) == len(ROUTES)


def test_a_route_has_one_look_in_all_runs_of_a_scenario(tmp_path: Path) -> None:
    """Tests that looks are those of the scenario, whatever is run, delivered, or first in the tables."""
    lanes = {"west": ["sea-air", "truck-air", "direct"], "islands": ["direct", "sea-air-park"]}
    names = ["direct", "sea-air", "sea-air-park", "truck-air"]
    ways = {
        name: {
            "lanes": [lane for lane, routes in lanes.items() if name in routes],
            "legs": [
                ["works", "hub", "sea" if "sea" in name else "road", 500.0],
                ["hub", "shops", "air", 6000.0],
            ],
        }
        for name in names
    }
    found = []
    for number, made in enumerate(
        (
            Made(lanes),
            Made(lanes, lost=["direct", "sea-air"]),
            Made({"islands": ["sea-air-park", "direct"], "west": ["direct", "truck-air", "sea-air"]}),
            Made({"islands": ["sea-air-park"]}),
        )
    ):
        run = write_run(tmp_path / f"{number}", made)
        run.write_manifest(run.manifest() | {"routes": ways})
        found.append(looks(StoredResults(run)))
    assert all(one == found[0] for one in found)
    # On the lane of both, sea-air and truck-air differ; sea-air-park goes as sea-air does.
    assert len({found[0][name].color for name in lanes["west"]}) == 3
    assert found[0]["sea-air-park"] == found[0]["sea-air"]


def test_routes_of_a_lane_differ_in_colour(tmp_path: Path) -> None:
    """Tests that two routes of a lane have two colours, however many routes other lanes have."""
    made = Made({"west": list(ROUTES)[:6], "islands": list(ROUTES)[-1:]})
    run = write_run(tmp_path / "run", made)
    rows = rows_of(run, "summary")
    first = [row for row in rows if row["route"] == next(iter(ROUTES))]
    more = [{**row, "lane": "islands", "route": f"new-{k}"} for k in range(4) for row in first]
    again = [{**row, "lane": "islands"} for row in first]
    table = [*rows, *more, *again]
    run.write_table("summary", [list(row.values()) for row in table])
    results = StoredResults(run)
    found = looks(results)
    for routes in results.lanes("base").values():
        assert len({found[route].color for route in routes}) == len(routes)


def test_one_mode_has_one_look_on_all_lanes(tmp_path: Path) -> None:
    """Tests that chains of the same modes look alike on lanes of their own, whatever places they pass."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air", "direct"], "islands": ["post"]}))
    modes = {"sea-air": "sea", "direct": "air", "post": "air"}
    stops = [{**row, "place": f"{row['route']}-{row['place']}"} for row in rows_of(run, "stops")]
    leg = rows_of(run, "legs")[0]
    legs = [
        {**leg, "from": a, "to": b, "mode": mode}
        for route, mode in modes.items()
        for a, b in pairwise(dict.fromkeys(row["place"] for row in stops if row["route"] == route))
    ]
    for name, table in (("stops", stops), ("legs", legs)):
        run.write_table(name, [list(row.values()) for row in table])
    found = looks(StoredResults(run))
    assert found["post"] == found["direct"]
    assert found["post"] != found["sea-air"]


def test_more_routes_than_colours(tmp_path: Path) -> None:
    """Tests that routes that must share a colour differ by dashes and marker."""
    run = write_run(tmp_path / "run", CROWDED)
    rows = rows_of(run, "summary")
    more = [{**row, "route": f"{row['route']}-{k}"} for k in range(3) for row in rows]
    run.write_table("summary", [list(row.values()) for row in more])
    found = looks(StoredResults(run))
    assert len(found) == 3 * len(ROUTES)
    assert len(set(found.values())) == len(found)


def test_one_chain_to_two_destinations_has_one_look(tmp_path: Path) -> None:
    """Tests that routes that part only with their longest leg look the same on lanes of their own."""
    run = write_run(tmp_path / "run", Made({"west": ["sea-air"], "islands": ["direct"]}))
    for name in ("summary", "stops"):
        rows = rows_of(run, name)
        kept = [row for row in rows if row["route"] == "sea-air"]
        twins = [{**row, "lane": "islands", "route": "sea-air-park"} for row in kept]
        last = max((int(row["order"]) for row in twins if "order" in row), default=0)
        for row in twins:
            if name == "stops" and int(row["order"]) == last:
                row["place"] = "elsewhere"
        run.write_table(name, [list(row.values()) for row in (*kept, *twins)])
    found = looks(StoredResults(run))
    assert found["sea-air"] == found["sea-air-park"]
