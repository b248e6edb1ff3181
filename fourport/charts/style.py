"""Sizes, fonts and colours, and the look of each route, which is the same on all charts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from fourport.charts.stored_results import Leg, StoredResults

WIDTH = 11.7
"""Width of every chart in inches: the long side of an A4 page."""

MARGIN = 0.35
"""Margin at every edge of a page, inches."""

TITLE, HEADING, TEXT, SMALL = 16.0, 11.5, 9.5, 8.5
"""Sizes of type in points: chart titles, panel titles, other text, small text."""


SLIDE = (40 / 3, 7.5)
"""Width and height of a slide in inches, 16:9, as presentation programs have it."""

ENLARGED = 2.125
"""How many times as large as on a page all is on a slide, so that small text has 18 points."""


@dataclass(frozen=True)
class Style:
    """The look of charts on a medium.

    Attributes
    ----------
    dpi
        Dots per inch of a PNG.
    ink, quiet, line
        Colours of text, of secondary text, of grid lines.
    hatched
        Whether areas also differ by pattern, for printing without colour.
    width, height
        Size of the page in inches, before it is enlarged; no height if a page is as high as its chart.
    enlarged
        How many times the size of the page, and of its type, a file has.
    title, foot
        Sizes of type of titles and of the foot of the page, points before the page is enlarged.
    margin
        Margin at every edge, inches.
    """

    dpi: int
    ink: str
    quiet: str
    line: str
    hatched: bool = False
    width: float = WIDTH
    height: float | None = None
    enlarged: float = 1.0
    title: float = TITLE
    foot: float = SMALL
    margin: float = MARGIN

    def settings(self, fonts: Sequence[str] = ("DejaVu Sans",)) -> dict[str, Any]:
        """Return matplotlib's settings.

        Parameters
        ----------
        fonts
            Font families; the first that has a character draws it.
        """
        return {
            "figure.dpi": self.dpi * self.enlarged,
            "savefig.dpi": "figure",
            "font.family": list(fonts),
            "font.size": TEXT,
            "text.color": self.ink,
            "axes.labelcolor": self.ink,
            "axes.labelsize": TEXT,
            "axes.edgecolor": self.quiet,
            "axes.linewidth": 0.6,
            "axes.axisbelow": True,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.unicode_minus": True,
            "axes.formatter.limits": (-12, 12),
            "axes.formatter.useoffset": False,
            "grid.color": self.line,
            "grid.linewidth": 0.5,
            "xtick.color": self.quiet,
            "ytick.color": self.quiet,
            "xtick.labelcolor": self.ink,
            "ytick.labelcolor": self.ink,
            "xtick.labelsize": SMALL,
            "ytick.labelsize": SMALL,
            "hatch.linewidth": 0.4,
            # Letters keep their true widths, and take a third less time.
            "text.hinting": "no_hinting",
            "svg.hashsalt": "fourport",
            "svg.fonttype": "path",
            # Outlines in a PDF: subsets of Chinese fonts as TrueType take seconds and often fail.
            "pdf.fonttype": 42 if len(fonts) == 1 else 3,
        }


STYLES: dict[str, Style] = {
    "screen": Style(dpi=144, ink="#1a1a1a", quiet="#595959", line="#e4e4e4"),
    "print": Style(dpi=300, ink="#000000", quiet="#404040", line="#cfcfcf", hatched=True),
    "slide": Style(
        dpi=144,
        ink="#1a1a1a",
        quiet="#505050",
        line="#dcdcdc",
        width=SLIDE[0] / ENLARGED,
        height=SLIDE[1] / ENLARGED,
        enlarged=ENLARGED,
        title=26 / ENLARGED,
        foot=12 / ENLARGED,
        margin=0.15,
    ),
}
"""Styles by name."""


@dataclass(frozen=True)
class Look:
    """The look of a route: colour, dashes and marker, so that it is distinct without colour.

    Attributes
    ----------
    color
        Colour of its line.
    text
        A darker shade of it for text.
    dashes
        Lengths of dashes and gaps in line widths, () for an unbroken line.
    marker
        matplotlib's marker of its points.
    """

    color: str
    text: str
    dashes: tuple[float, ...]
    marker: str


# Okabe and Ito (2008), Color universal design; without the yellow, too light for a line on white.
_COLORS = ("#0072B2", "#D55E00", "#009E73", "#E69F00", "#CC79A7", "#56B4E9", "#000000")
_DARKER = ("#005a8e", "#a94a00", "#00734f", "#8f6200", "#9c4577", "#1f6f9f", "#000000")
_DASHES: tuple[tuple[float, ...], ...] = ((), (5, 1.6), (1.6, 1.2), (6, 1.5, 1.5, 1.5))
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">")


def looks(results: StoredResults) -> dict[str, Look]:
    """Return the look of each route, the same on every chart, in every run and under every policy.

    Looks are given in the order of the scenario, so they do not depend on what a run holds or delivers.
    Routes of one lane differ in colour as long as there are colours, beyond that in dashes and marker.
    On other lanes a route takes, if it can, the look of a route with the same places up to its longest leg
    (the same chain to another destination), else of one with the same sequence of modes.
    """
    ways = results.ways
    event_rows: dict[str, int] = {}
    families: dict[tuple[str, ...], list[int]] = {}
    for route, way in ways.items():
        taken = {event_rows[other] for other in event_rows if {*ways[other].lanes} & {*way.lanes}}
        colors = {event_row % len(_COLORS) for event_row in taken}
        mine = [families.setdefault(key, []) for key in _kinship(route, way.legs)]
        new = max(event_rows.values(), default=-1) + 1
        wanted = [*mine[0], *mine[1], *range(new, new + len(_COLORS))]
        free = (event_row for event_row in wanted if event_row % len(_COLORS) not in colors)
        event_rows[route] = event_row = next(free, new)
        for family in mine:
            family.append(event_row)
    return {route: _look(event_row) for route, event_row in event_rows.items()}


def _look(event_row: int) -> Look:
    color = event_row % len(_COLORS)
    return Look(
        _COLORS[color], _DARKER[color], _DASHES[event_row % len(_DASHES)], _MARKERS[event_row % len(_MARKERS)]
    )


def _kinship(route: str, legs: Sequence[Leg]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what routes of one look share: the places before their longest leg, and their modes in order.

    Successive legs by the same mode count once. Unknown places and modes are shared with no other route.
    """
    if not legs:
        return (route,), (route,)
    longest = max(range(len(legs)), key=lambda k: legs[k].km)
    chain = [mode for mode, _ in groupby(leg.mode for leg in legs if leg.mode)]
    return tuple(leg.origin for leg in legs[: longest + 1]), ("by", *chain) if chain else (route,)


def line_of(look: Look, width: float = 1.8) -> Mapping[str, Any]:
    """Return matplotlib's arguments for a line in a route's look."""
    return {
        "color": look.color,
        "linewidth": width,
        "linestyle": (0, look.dashes) if look.dashes else "-",
    }
