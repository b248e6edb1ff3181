"""Amounts as shades in steps, the darker the more, and the legend that names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap
from matplotlib.patches import Rectangle

from fourport.charts.page import Page
from fourport.charts.style import TEXT, WIDTH
from fourport.charts.text_layout import lines, width_of

SWATCH = 0.16
"""Side of a sign in a legend, in inches."""


@dataclass(frozen=True)
class Shades:
    """Steps of an amount, from 0 to above the last.

    Attributes
    ----------
    steps
        From where each shade after the first holds; six at most.
    first
        Number of the lightest shade in use.
    """

    steps: Sequence[float]
    first: int = 0

    @property
    def colors(self) -> list[str]:
        """Colours from light to dark, told apart by lightness alone."""
        return list(_RAMP[self.first : self.first + len(self.steps) + 1])

    def color(self, amount: float) -> str:
        """Give the shade of an amount."""
        return self.colors[int(np.searchsorted(self.steps, amount, side="right"))]

    @property
    def scale(self) -> tuple[Colormap, BoundaryNorm]:
        """Give what matplotlib colours cells by."""
        return ListedColormap(self.colors), BoundaryNorm([-1e-9, *self.steps, 1e9], len(self.colors))

    @property
    def names(self) -> list[str]:
        """Say what each shade stands for."""
        first, *_ = self.steps
        between = [f"{a:g}\u2013{b:g}" for a, b in zip(self.steps[:-1], self.steps[1:], strict=True)]
        return [f"< {first:g}", *between, f"\u2265 {self.steps[-1]:g}"]


# Brewer's YlGnBu (2003), readable by the colour-blind and in grey.
_RAMP = ("#ffffd9", "#d6efb3", "#85cfba", "#40b0c4", "#2072b2", "#263494", "#0b1446")


@dataclass(frozen=True)
class Sign:
    """An entry of a legend: a coloured box and its name."""

    name: str
    color: str
    hatch: str = ""


def legend(page: Page, left: float, top: float, signs: Sequence[Sign], heading: str = "") -> float:
    """Set signs beside each other, from inches at the left; give where the line ends."""
    if heading:
        page.write(left, top, [heading], TEXT)
        left += width_of(heading, TEXT) + 0.15
    middle = 1 - (top + lines(1, TEXT) / 2 + 0.06) / page.height
    for sign in signs:
        box = Rectangle(
            (left / WIDTH, middle),
            SWATCH / WIDTH,
            0.12 / page.height,
            facecolor=sign.color,
            edgecolor=page.style.quiet,
            linewidth=0.4,
            hatch=sign.hatch or None,
        )
        page.figure.add_artist(box)
        page.write(left + SWATCH + 0.06, top, [sign.name], TEXT)
        left += SWATCH + 0.06 + width_of(sign.name, TEXT) + 0.22
    return left
