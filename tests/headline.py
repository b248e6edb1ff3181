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
OF_THE_RATE = ("Air freight", "Forwarder's margin", "Agent's margin, Korea")
"""Lines of the invoice that rise and fall with the rate from Incheon."""


@dataclass(frozen=True)
class Headline:
    """Freight of one destination, USD/kg: what hangs on the rate of Incheon, what does not, direct air.

    ``rate`` is Incheon's in the scenario; ``compared`` is Guangzhou's, Hong Kong's index by the km flown.

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
        """Return freight by sea-air over direct air, if Incheon's rate is ``ratio`` times Guangzhou's."""
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
                rates[f"air-can-{airport}"][0],
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
        "| Rate from Incheon over Guangzhou's | " + " | ".join(f"{ratio:.1f}" for ratio in SHOWN) + " |",
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
        f"A quarter less, {CLAIMED}, comes out where Incheon costs {quarter[0]:.2f} of Guangzhou to "
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

    ends = 0.4, 1.2
    fig, panels = plt.subplots(1, 2, figsize=(9, 4.4), sharey=True, layout="constrained")
    text = {"va": "bottom", "fontsize": 9, "color": "0.35"}
    for one, ax, colour in zip(found, panels, ("#0072B2", "#D55E00"), strict=True):
        ax.axhline(CLAIMED, color="0.5", linewidth=1, linestyle="--")
        ax.text(ends[1], CLAIMED + 0.006, "claimed: a quarter less", ha="right", **text)
        ax.axhline(1, color="0.5", linewidth=1)
        ax.text(ends[0], 1.006, "same price as direct air", ha="left", **text)
        ax.plot(ends, [one.at(end) for end in ends], color=colour, linewidth=1, alpha=0.6)
        hints = [value / one.compared for value in one.hints]
        ax.plot(hints, [one.at(value) for value in hints], color=colour, linewidth=4, solid_capstyle="butt")
        ax.plot([one.ratio], [one.at(one.ratio)], "o", color=colour, markersize=9)
        ax.annotate(
            f"{one.at(one.ratio):.2f}",
            (one.ratio, one.at(one.ratio)),
            xytext=(-8, 8),
            textcoords="offset points",
            ha="right",
            color=colour,
        )
        place = one.place_of(CLAIMED)
        ax.plot([place], [CLAIMED], "D", color=colour, markersize=6)
        ax.annotate(
            f"{place:.2f}",
            (place, CLAIMED),
            xytext=(8, -14),
            textcoords="offset points",
            color=colour,
        )
        ax.set_xlim(*ends)
        ax.set_title(f"To {one.name}", loc="left", fontsize=10)
        for side in ("top", "right"):
            ax.spines[side].set_visible(False)
    panels[0].set_ylabel("Freight by sea-air over direct air")
    fig.supxlabel("Rate from Incheon over the rate from Guangzhou, both for the line flown", fontsize=10)
    fig.suptitle(
        "Whether sea-air by Weihai is a quarter cheaper hangs on a rate that was not found",
        x=0.01,
        ha="left",
        fontsize=11,
    )
    fig.text(
        0.01,
        -0.05,
        "Thick: what the hints on Incheon's rates leave open. Dot: the scenario. Diamond: where a quarter"
        " less would hold.",
        fontsize=8.5,
        color="0.3",
    )
    fig.savefig(path, dpi=130, bbox_inches="tight", metadata={"Software": None})
    plt.close(fig)
