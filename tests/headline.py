"""The headline of the README: freight by sea-air over direct air, as a curve over the rate of Incheon.

No rate of Incheon was found, so a single ratio would say more than is known. Freight is linear in that rate:
the lines of the invoice that hang on it (air freight, the margins on it) scale with it, the others stay.
"""

from __future__ import annotations

import csv
import textwrap
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from fourport.scenario.load import load

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "scenarios" / "rate-ratio.png"
SHOWN = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1)
CLAIMED = 0.75

SEA_AIR = ("bonded-zone-sea-air", "park-sea-air")
DIRECT = ("can", "szx")
ENDS = {"us": ("the United States", "lax"), "europe": ("Europe", "fra")}
INDEX = {"lax": 3.54, "fra": 2.75}
"""Averages of Hong Kong's index for North America and Europe in 2019, USD/kg, from which Guangzhou's rates
are derived (sources.orglinklog-2020)."""
OF_THE_RATE = ("Air freight", "Forwarder's margin", "Agent's margin, Korea")
"""Lines of the invoice that rise and fall with the rate from Incheon."""


@dataclass(frozen=True)
class Headline:
    """Freight of one destination, USD/kg: what hangs on the rate of Incheon, what does not, direct air.

    ``rate`` is Incheon's in the scenario, ``compared`` the index of Hong Kong.

    ``hints`` are the lowest and the highest plausible rate of Incheon.
    """

    name: str
    by_rate: float
    fixed: float
    direct: float
    rate: float
    compared: float
    hints: tuple[float, float]

    def at(self, ratio: float) -> float:
        """Return freight by sea-air over direct air, if Incheon's rate is ``ratio`` times the index."""
        return (self.fixed + self.by_rate * ratio * self.compared / self.rate) / self.direct

    def place_of(self, level: float) -> float:
        """Return the ratio of the rates at which freight by sea-air is ``level`` of direct air."""
        return (level * self.direct - self.fixed) / self.by_rate * self.rate / self.compared

    @property
    def ratio(self) -> float:
        """The scenario's own ratio of the rates."""
        return self.rate / self.compared


def headlines(run: Path) -> list[Headline]:
    """Read the headline of each destination from the tables of a run of ``weihai-2019``."""
    rates = _rates()
    weights: dict[str, float] = {}
    with (run / "summary.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["measure"] == "weight" and not row["lane"].endswith("urgent"):
                weights[row["route"]] = float(row["mean"])
    freight: dict[str, float] = defaultdict(float)
    by_rate: dict[str, float] = defaultdict(float)
    with (run / "costs.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["scope"] == "freight" and not row["lane"].endswith("urgent"):
                freight[row["route"]] += float(row["mean"])
                if row["line"] in OF_THE_RATE:
                    by_rate[row["route"]] += float(row["mean"])

    def mean(amounts: dict[str, float], routes: list[str]) -> float:
        return sum(amounts[route] * weights[route] for route in routes) / sum(
            weights[route] for route in routes
        )

    found = []
    for end, (name, airport) in ENDS.items():
        sea_air, direct = ([f"{route}-{end}" for route in routes] for routes in (SEA_AIR, DIRECT))
        rate, low, high = rates[f"air-icn-{airport}"]
        hangs = mean(by_rate, sea_air)
        found.append(
            Headline(
                name,
                hangs,
                mean(freight, sea_air) - hangs,
                mean(freight, direct),
                rate,
                INDEX[airport],
                (low, high),
            )
        )
    return found


def _rates() -> dict[str, tuple[float, float, float]]:
    """Return the level of each air rate of the scenario by tariff, and the ends of its range, USD/kg."""
    found = {}
    for key, one in load("weihai-2019").provenance.items():
        tariff = str(key[1])
        if key[0] == "tariffs" and tariff.startswith("air-") and key[-1] == "price":
            numbers = [str(one.value), *(str(end) for end in one.range or (one.value, one.value))]
            level, low, high = (float(number.split()[0]) for number in numbers)
            found[tariff] = level, low, high
    return found


def table(found: list[Headline]) -> str:
    """Return the curve as a table in Markdown."""
    lines = [
        "| Rate from Incheon over Hong Kong's index | "
        + " | ".join(f"{ratio:.1f}" for ratio in SHOWN)
        + " |",
        "|---|" + "---|" * len(SHOWN),
    ]
    lines += [
        f"| freight by sea-air to {one.name} over direct air | "
        + " | ".join(f"{one.at(ratio):.2f}" for ratio in SHOWN)
        + " |"
        for one in found
    ]
    us, europe = found
    quarter, same = ([one.place_of(level) for one in found] for level in (CLAIMED, 1))
    rates = [f"{level * one.compared:.2f}" for level, one in zip(quarter, found, strict=True)]
    hints = [" to ".join(f"{end / one.compared:.2f}" for end in one.hints) for one in found]
    told = (
        f"A quarter less, {CLAIMED}, comes out where Incheon costs {quarter[0]:.2f} of Hong Kong to "
        f"{us.name} ({rates[0]} against {us.compared:.2f} USD/kg) and {quarter[1]:.2f} to {europe.name} "
        f"({rates[1]} against {europe.compared:.2f}); both ways cost the same at {same[0]:.2f} and "
        f"{same[1]:.2f}. The scenario has {us.ratio:.2f} and {europe.ratio:.2f} ({us.rate:.2f} and "
        f"{europe.rate:.2f} USD/kg), which gives {us.at(us.ratio):.2f} and {europe.at(europe.ratio):.2f}. "
        f"What was found leaves {hints[0]} and {hints[1]} open."
    )
    lines += ["", *textwrap.wrap(told, 120)]
    return "\n".join(lines)


def draw(found: list[Headline], path: Path = PICTURE) -> None:
    """Draw the curve of each destination, with what was found of the rates and the place of the claim."""
    import matplotlib as mpl

    mpl.use("agg")
    from matplotlib import pyplot as plt

    fig, ax = plt.subplots(figsize=(8, 4.5), layout="constrained")
    colours = ("#0072B2", "#D55E00")
    ax.axhline(CLAIMED, color="0.5", linewidth=1, linestyle="--")
    ax.text(
        1.2, CLAIMED + 0.006, "claimed: a quarter less", ha="right", va="bottom", fontsize=9, color="0.35"
    )
    ax.axhline(1, color="0.5", linewidth=1)
    ax.text(0.4, 1.006, "as dear as direct air", ha="left", va="bottom", fontsize=9, color="0.35")
    for one, colour in zip(found, colours, strict=True):
        ends = [0.4, 1.2]
        ax.plot(ends, [one.at(end) for end in ends], color=colour, linewidth=1, alpha=0.6)
        open_ = [value / one.compared for value in one.hints]
        ax.plot(open_, [one.at(value) for value in open_], color=colour, linewidth=4, solid_capstyle="butt")
        ax.plot([one.ratio], [one.at(one.ratio)], "o", color=colour, markersize=9)
        ax.plot([one.place_of(CLAIMED)], [CLAIMED], "D", color=colour, markersize=6)
        ax.annotate(
            f"to {one.name}",
            (1.2, one.at(1.2)),
            xytext=(4, 0),
            textcoords="offset points",
            va="center",
            color=colour,
            fontsize=10,
        )
    ax.set_xlim(0.4, 1.2)
    ax.set_xlabel("Rate from Incheon over Hong Kong's index of 2019")
    ax.set_ylabel("Freight by sea-air over direct air")
    ax.set_title(
        "Whether sea-air by Weihai is a quarter cheaper hangs on a rate that was not found",
        loc="left",
        fontsize=11,
    )
    fig.text(
        0.01,
        -0.02,
        "Thick: what the hints on Incheon's rates leave open. Dot: the scenario. Diamond: where a quarter"
        " less would hold.",
        fontsize=8.5,
        color="0.3",
    )
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    fig.savefig(path, dpi=130, bbox_inches="tight", metadata={"Software": None})
    plt.close(fig)
