"""Shades of colour for ranges of an amount; darker means more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.colors import BoundaryNorm, Colormap, ListedColormap

from fourport.charts.legend import Sign


@dataclass(frozen=True)
class Shades:
    """Ranges of an amount with a shade each, from 0 to above the last step.

    Attributes
    ----------
    steps
        Lower limit of each shade after the first; six at most.
    first
        Number of the lightest shade in use.
    """

    steps: Sequence[float]
    first: int = 0

    @property
    def colors(self) -> list[str]:
        """Colours from light to dark, distinguished by lightness alone."""
        return list(_RAMP[self.first : self.first + len(self.steps) + 1])

    def color(self, amount: float) -> str:
        """Return the shade of an amount."""
        return self.colors[int(np.searchsorted(self.steps, amount, side="right"))]

    @property
    def scale(self) -> tuple[Colormap, BoundaryNorm]:
        """Matplotlib's colour map and norm for cells."""
        return ListedColormap(self.colors), BoundaryNorm([-1e-9, *self.steps, 1e9], len(self.colors))

    @property
    def signs(self) -> list[Sign]:
        """Legend entries of the shades."""
        first, *_ = self.steps
        between = [f"{a:g}\u2013{b:g}" for a, b in zip(self.steps[:-1], self.steps[1:], strict=True)]
        names = [f"< {first:g}", *between, f"\u2265 {self.steps[-1]:g}"]
        return [Sign(name, color) for name, color in zip(names, self.colors, strict=True)]


# Brewer's YlGnBu (2003), readable by the colour-blind and in grey.
_RAMP = ("#ffffd9", "#d6efb3", "#85cfba", "#40b0c4", "#2072b2", "#263494", "#0b1446")
