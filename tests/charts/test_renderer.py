"""Charts are drawn with fonts in memory, dot for dot as matplotlib draws them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.figure import Figure

from fourport.charts.drawing import settings
from fourport.charts.renderer import FigureCanvas
from fourport.charts.style import STYLES


def _dots(canvas: type[FigureCanvasAgg]) -> Any:
    """Draw letters of some sizes, weights and directions; the built-in font lacks one, all fonts another."""
    figure = Figure(figsize=(4, 2))
    figure.text(0.1, 0.7, "AVATAR fi\n7.5 days", size=9.5)
    figure.text(0.1, 0.4, "Weihai - Incheon", size=16, weight="bold", bbox={"facecolor": "0.9"})
    figure.text(0.8, 0.5, "days since acceptance", rotation=90, va="center")
    figure.text(0.53, 0.87, "7.5 days", size=9.5)  # once more, and elsewhere in its dots
    figure.text(0.5, 0.1, "$x^2 + \\frac{1}{2}$ days", size=12)
    figure.text(0.5, 0.25, "7.5 days", size=9.5, antialiased=False)
    figure.text(0.1, 0.1, "\u27c3 and \u222b and \U000e0fff", family=["DejaVu Sans Mono", "STIXGeneral"])
    drawn: Any = canvas(figure)
    drawn.draw()
    return np.asarray(drawn.buffer_rgba())


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
@pytest.mark.parametrize("style", ["screen", "slide"])
def test_dots_are_those_of_matplotlib(style: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that no dot differs from what matplotlib draws, without its reading of fonts."""
    with settings(STYLES[style]):
        expected = _dots(FigureCanvasAgg)
        monkeypatch.delattr(RendererAgg, "_prepare_font")
        assert np.array_equal(_dots(FigureCanvas), expected)
    assert (expected < 255).any()
