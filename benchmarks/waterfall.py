"""Show what each change of the shipped scenarios did to their main figures, one cause at a time.

    git worktree add --detach ../fourport-before dcbd131
    python benchmarks/waterfall.py ../fourport-before/scenarios --replications 10

From the scenarios as they are, causes are taken back one after the other, the last first: the keys of a cause
get the values of the earlier scenarios. What then still differs is the first cause of all, "all else". All
states have the same random numbers, so that a step is the cause's own effect, given the causes before it.
Writes ``changes.csv``, ``changes.png`` and ``changes.svg`` beside the scenarios.
"""

from __future__ import annotations

import argparse
import copy
import csv
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import whole_number  # noqa: E402

from fourport.plan.compile import compile_corridor  # noqa: E402
from fourport.scenario.load import load  # noqa: E402
from fourport.scenario.models.scenario import Scenario  # noqa: E402
from fourport.study.replication import Replication, replicate  # noqa: E402

Tree = dict[str, Any]

RATES = ("tariffs.air-can-*", "tariffs.air-szx-*", "tariffs.air-icn-*")

CORRIDOR: dict[str, tuple[str, ...]] = {
    "Rates by the km flown, on one basis": RATES,
    "7,000 t a year in place of 13,500": ("lanes.*.demand",),
    "1 % of sailings lost, a yearly docking": (
        "services.ferry-weihai-incheon.cancellation",
        "services.ferry-weihai-incheon.closures",
    ),
    "Most papers released by the system": (
        "facilities.*.activities.*.documents",
        "facilities.*.activities.*.pre_arrival",
        "facilities.*.activities.*.preparation",
    ),
    "Daily flights, night ban, docks open late": (
        "services.flights-*.timetable",
        "services.flights-*.block_space",
        "services.flights-weh-icn.capacity",
        "calendars.us-dock",
        "calendars.germany-dock",
    ),
    "A forwarder's hub before direct air": (
        "routes.can-*",
        "routes.szx-*",
        "facilities.pearl-river-hub",
    ),
    "By Shanghai and Qingdao, too": ("lanes.*.routes",),
    "In at the gate before customs, no park exit": (
        "routes.*sea-air*",
        "routes.weh-icn-*",
        "routes.shandong-can-*",
    ),
    "The next of two ferries": ("services.ferry-weihai-pyeongtaek",),
    "Line-haul and boxes by what fits": ("tariffs.line-haul", "container_load"),
    "Other lines of the bill": (
        "tariffs.*",
        "services.*.tariffs",
        "trucking.*.tariffs",
        "facilities.*.activities.*.tariffs",
    ),
    "Unused block space is paid for": ("block",),
    "Some time their hand-in to the ferry": ("lanes.*.aims_at_cut_off",),
}
"""Causes of weihai-2019 in the order in which they are shown, with their keys."""

FILINGS = "One import filing in place of two"
PARK_EXIT = "weihai-logistics-park/exit-clearance"
"""Office of the earlier scenario that no route of the present one comes through."""

CUSTOMS: dict[str, tuple[str, ...]] = {
    FILINGS: (
        "facilities.weihai-port.activities.import-clearance.filings",
        "levers.single-declaration",
    ),
    "Statutory inspection, importers' classes": (
        "facilities.weihai-port.activities.import-clearance.inspection.statutory",
        "lanes.korea-shandong.importers",
        "lanes.korea-shandong.trader_classes",
    ),
    "Manifest of a sailing, documents a day ahead": (
        "facilities.weihai-port.activities.import-clearance.manifest",
        "facilities.weihai-port.activities.import-clearance.pre_arrival",
    ),
    "Set to the province, not to the nation": ("facilities.weihai-*.activities.*.preparation",),
    "Information spares a tenth of the papers": ("levers.information-exchange",),
}
"""Causes of weihai-customs, as above."""

EARLIER = ("trucking.*", "services.*", "tariffs.*", "facilities.*.resources.*", "facilities.*.activities.*")
"""What is kept of the earlier scenarios beside what is new: no cause but routes and tariffs uses it."""


def undo(values: Tree, old: Tree, cause: str) -> None:
    """Give the keys of a cause the values that they have in an earlier scenario, or remove them."""
    if cause == "The next of two ferries":
        for route in values["routes"].values():
            for step in route["steps"]:
                if isinstance(step.get("by"), list):
                    step["by"] = step["by"][0]
    elif cause == "Unused block space is paid for":
        for service in values["services"].values():
            service["tariffs"] = [name for name in service["tariffs"] if not name.startswith("block-")]
    else:
        patterns = (CORRIDOR | CUSTOMS)[cause]
        others = () if patterns is RATES else _paths(values, RATES)
        for path in sorted({*_paths(values, patterns), *_paths(old, patterns)}.difference(others)):
            _copy(values, old, path)
        if cause == FILINGS:
            lever = values["levers"]["single-declaration"]
            lever["chains"] = [chain for chain in lever["chains"] if chain[0] != PARK_EXIT]
        for path in _paths(old, EARLIER):  # what earlier routes may use
            if path not in set(_paths(values, EARLIER)):
                _copy(values, old, path)


def _paths(tree: Tree, patterns: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    for pattern in patterns:
        yield from _matching(tree, pattern.split("."))


def _matching(tree: Any, parts: list[str]) -> Iterator[tuple[str, ...]]:
    if not parts:
        yield ()
    elif isinstance(tree, dict):
        for key in tree:
            if fnmatchcase(key, parts[0]):
                yield from ((key, *rest) for rest in _matching(tree[key], parts[1:]))


def _copy(values: Tree, old: Tree, path: tuple[str, ...]) -> None:
    """Copy a key from one tree to another; remove it where the first has none.

    What is new as a whole (a place, an office, a service) stays: no cause but its own uses it.
    """
    *parents, last = path
    holder: Any = old
    for key in parents:
        holder = holder.get(key) if isinstance(holder, dict) else None
    source = None if holder is None else holder.get(last)
    if source is None and (holder is None or len(path) == 2):
        return
    for key in parents:
        if key not in values:
            return
        values = values[key]
    if source is None:
        values.pop(last, None)
    else:
        values[last] = copy.deepcopy(source)


def states(name: str, policy: str, before: Path, causes: dict[str, tuple[str, ...]]) -> list[Tree]:
    """Return the scenarios from the earlier one to the present one, one cause more in each."""
    old, new = (
        dict(load(str(folder / f"{name}.toml"), policy).tree.values)
        for folder in (before, ROOT / "scenarios")
    )
    found = [copy.deepcopy(new)]
    for cause in reversed(causes):
        values = copy.deepcopy(found[-1])
        undo(values, old, cause)
        found.append(values)
    return [old, *reversed(found)]


def figures(values: Tree, seed: int, number: int) -> dict[str, float]:
    """Return the main figures of one replication, numerators and denominators of ratios apart."""
    run = replicate(compile_corridor(Scenario.model_validate(values)), seed, number)
    export = [name for name in run.corridor.plan.names.routes if "sea-air" in name]
    found = {"imports": _mean(run, run.clearance.hours["import"], ["sea-korea-weihai"])}
    found["exports"] = _mean(run, run.clearance.hours["export"], export)
    for to in ("us", "europe"):
        sea_air = [f"bonded-zone-sea-air-{to}", f"park-sea-air-{to}"]
        hours = (
            np.where(run.trace.delivered_us > 0, run.trace.delivered_us - run.world.entry_us, np.nan) / 3.6e9
        )
        found[f"sea-air-{to}-h"] = _mean(run, hours, sea_air)
        found[f"direct-{to}-h"] = _mean(run, hours, [f"can-{to}", f"szx-{to}"])
        found[f"sea-air-{to}"] = _mean(run, run.invoice.freight_cost, sea_air, by_kg=True)
        found[f"direct-{to}"] = _mean(run, run.invoice.freight_cost, [f"can-{to}", f"szx-{to}"], by_kg=True)
    return found


def _mean(run: Replication, amounts: Any, routes: list[str], by_kg: bool = False) -> float:
    names = list(run.corridor.plan.names.routes)
    on = np.isin(run.world.route, [names.index(name) for name in routes if name in names])
    mine = run.in_window & on & (run.trace.delivered_us > 0) & np.isfinite(amounts)
    if not mine.any():
        return float("nan")
    total = run.world.size[mine, 0].sum() / 1e3 if by_kg else mine.sum()
    return float(amounts[mine].sum() / total)


def _one(task: tuple[Tree, int, int]) -> dict[str, float]:
    return figures(*task)


def measured(trees: list[Tree], replications: int, pool: ProcessPoolExecutor) -> list[dict[str, float]]:
    """Return the means of the figures of each state over replications."""
    tasks = [(tree, int(trees[-1]["run"]["seed"]), k) for tree in trees for k in range(replications)]
    found = list(pool.map(_one, tasks))
    return [
        {key: float(np.mean([one[key] for one in found[i : i + replications]])) for key in found[i]}
        for i in range(0, len(found), replications)
    ]


def shown(values: list[tuple[str, float]]) -> list[tuple[str, float, float]]:
    """Return the bars of a panel: name, from, to. Causes below half a percent come together as the last."""
    before, now = values[0][1], values[-1][1]
    bars, level, rest = [("Before", 0.0, before)], before, 0.0
    for (cause, value), (_, last) in zip(values[1:], values[:-1], strict=True):
        step = value - last
        if abs(step) < 0.005 * before:
            rest += step
        else:
            bars.append((cause, level, level + step))
            level += step
    if abs(rest) >= 0.001 * before:
        bars.append(("Others", level, level + rest))
    return [*bars, ("Now", 0.0, now)]


def draw(panels: dict[str, list[tuple[str, float]]], path: Path) -> None:
    """Draw a panel for each figure: from the earlier value, by the step of each cause, to the present one."""
    import matplotlib as mpl

    mpl.use("agg")
    mpl.rcParams["svg.hashsalt"] = "fourport"
    from matplotlib import pyplot as plt

    found = {title: shown(values) for title, values in panels.items()}
    rows = [list(found)[k : k + 2] for k in range(0, len(found), 2)]
    heights = [max(len(found[title]) for title in row) + 1.2 for row in rows]
    fig, axes = plt.subplots(
        len(rows), 2, figsize=(15, 0.3 * sum(heights) + 1), height_ratios=heights, layout="constrained"
    )
    for ax, (title, bars) in zip(axes.flat, found.items(), strict=True):
        hours, top = title.endswith(" h"), heights[[title in row for row in rows].index(True)] - 1.2
        ends = [end for _, begin, end in bars for end in (begin, end) if end]
        room = max(ends) - min(ends)
        for k, (_, begin, end) in enumerate(bars):
            whole = k in (0, len(bars) - 1)
            colour = "0.45" if whole else "#0072B2" if end < begin else "#D55E00"
            ax.barh(k, end - begin, left=begin, color=colour, height=0.7)
            text = f"{end:.1f}" if hours else f"{end:.2f}"
            if not whole:
                text = f"{end - begin:+.1f}" if hours else f"{end - begin:+.2f}"
            ax.text(max(begin, end), k, f" {text}", va="center", fontsize=9)
        ax.set_yticks(range(len(bars)), [name for name, *_ in bars], fontsize=9)
        ax.set_ylim(top - 0.4, -0.6)
        ax.set_xlim(min(ends) - 0.15 * room, max(ends) + 0.12 * room)
        ax.set_title(title, loc="left", fontsize=11, fontweight="bold")
        ax.tick_params(axis="x", labelsize=8)
        ax.tick_params(axis="y", length=0)
        for side in ("top", "right", "left"):
            ax.spines[side].set_visible(False)
    fig.supxlabel(
        "Blue: less, orange: more. The axes are cut. Each cause on top of those above it, with the same"
        " random numbers.",
        fontsize=9,
        x=0.01,
        ha="left",
    )
    for suffix, options in ((".png", {"dpi": 110}), (".svg", {"metadata": {"Date": None, "Creator": None}})):
        fig.savefig(path.with_suffix(suffix), **options)


def main() -> None:
    """Run the studies and write the table and the chart."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("before", type=Path, metavar="PATH", help="folder of the earlier scenarios")
    parser.add_argument("--replications", type=whole_number(1, 1000), default=10, help="[default: 10]")
    options = parser.parse_args()
    with ProcessPoolExecutor() as pool:
        corridor = measured(
            states("weihai-2019", "base", options.before, CORRIDOR), options.replications, pool
        )
        customs = {
            policy: measured(
                states("weihai-customs", policy, options.before, CUSTOMS), options.replications, pool
            )
            for policy in ("provincial", "weihai")
        }
    causes = ["Before", "All else", *CORRIDOR]
    panels: dict[str, list[tuple[str, float]]] = {}
    for title, key in (
        ("Sea-air to the United States, door to door, h", "sea-air-us-h"),
        ("Direct air to the United States, door to door, h", "direct-us-h"),
        ("Sea-air to Europe, door to door, h", "sea-air-europe-h"),
        ("Direct air to Europe, door to door, h", "direct-europe-h"),
    ):
        panels[title] = [(cause, one[key]) for cause, one in zip(causes, corridor, strict=True)]
    for title, to in (("the United States", "us"), ("Europe", "europe")):
        panels[f"Freight to {title}, sea-air over direct air"] = [
            (cause, one[f"sea-air-{to}"] / one[f"direct-{to}"])
            for cause, one in zip(causes, corridor, strict=True)
        ]
    causes = ["Before", "The corridor, as above", *CUSTOMS]
    for title, key in (("Import", "imports"), ("Export", "exports")):
        panels[f"{title} clearance at Weihai over the baseline"] = [
            (cause, weihai[key] / provincial[key])
            for cause, weihai, provincial in zip(
                causes, customs["weihai"], customs["provincial"], strict=True
            )
        ]
    path = ROOT / "scenarios" / "changes"
    with path.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["figure", "cause", "value"])
        table.writerows([title, cause, f"{value:.4g}"] for title, of in panels.items() for cause, value in of)
    draw(panels, path)


if __name__ == "__main__":
    main()
