"""What names beside points share: the names, the axes, how to write, what to keep clear."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from numpy.typing import NDArray

Array = NDArray[np.float64]
"""Places are in units of 1/72 inch from the lower left corner of the axes."""


@dataclass(frozen=True)
class Label:
    """A name and its point.

    Attributes
    ----------
    x, y
        The point, in data coordinates.
    text, color
        The name.
    weight
        The more, the earlier it chooses its place.
    bold
        Whether it is written in bold.
    fixed
        Where its left side and its middle must be, in 1/72 inch, if it has no choice.
    """

    x: float
    y: float
    text: str
    color: str
    weight: float = 0.0
    bold: bool = False
    fixed: tuple[float, float] | None = None

    @property
    def face(self) -> str:
        """Weight of the type."""
        return "bold" if self.bold else "normal"


@dataclass(frozen=True)
class Room:
    """What names share: the axes, how to write, what to keep clear.

    Attributes
    ----------
    axes
        With its scales, limits and position final.
    keep_clear
        Lines that names had better not hide.
    size
        Of the type, in points.
    width
        Inches from which a name is broken into lines.
    narrow
        Shares of the width at which a name may also be broken, if that finds room.
    leader
        Colour of the line from a point to a name that does not stand next to it.
    reach
        Points of 1/72 inch from a point within which its name stands, or nowhere.
    """

    axes: Axes
    keep_clear: Sequence[Line2D]
    size: float
    width: float
    leader: str
    narrow: Sequence[float] = (1.0, 0.62)
    reach: float = 146.0

    @property
    def scale(self) -> float:
        """Points of 1/72 inch for each dot."""
        figure = self.axes.get_figure(root=True)
        assert isinstance(figure, Figure)
        return 72.0 / float(figure.dpi)

    def points(self, xy: Array) -> Array:
        """Turn (k, 2) data coordinates into places."""
        moved: Array = (self.axes.transData.transform(xy) - self.axes.bbox.min) * self.scale
        return moved

    def data(self, points: Array) -> Array:
        """Turn (k, 2) places into data coordinates."""
        back: Array = self.axes.transData.inverted().transform(points / self.scale + self.axes.bbox.min)
        return back
