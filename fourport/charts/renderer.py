"""What charts are measured and drawn with: matplotlib's canvas, but with its fonts in memory."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

_UPRIGHT = [[0x10000, 0], [0, 0x10000]]
"""The direction of letters that are not turned, in the fixed-point numbers of FreeType."""


class Renderer(RendererAgg):
    """A renderer that keeps the files of its fonts in memory; its dots are those of matplotlib.

    matplotlib reads each letter from the file of its font whenever a text is measured or drawn. Three
    quarters of the time of a text go by in these calls of the system.
    """

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self._fonts: dict[tuple[str, ...], FT2Font] = {}

    def _prepare_font(self, font_prop: FontProperties) -> FT2Font:
        """Return the font of a text in its size; replaces the method of matplotlib."""
        try:
            font = self._font_of(font_prop)
        except (AttributeError, TypeError):  # a version of matplotlib that makes fonts in another way
            font = super()._prepare_font(font_prop)  # type: ignore[no-untyped-call]
        font.clear()
        if hasattr(font, "_set_transform"):  # since matplotlib 3.11: the last text may have been turned
            font._set_transform(_UPRIGHT, [0, 0])
        font.set_size(font_prop.get_size_in_points(), self.dpi)
        return font

    def _font_of(self, font_prop: FontProperties) -> FT2Font:
        files = tuple(fontManager._find_fonts_by_props(font_prop))
        if files not in self._fonts:
            others = [_font(file) for file in files[1:]]
            if rcParams.get("font.enable_last_resort"):
                others.append(_last_resort())
            self._fonts[files] = _font(files[0], _fallback_list=others)
        return self._fonts[files]


def _font(file: str, **options: Any) -> FT2Font:
    """Return the font in a file."""
    if face := getattr(file, "face_index", 0):  # which of several fonts in one file, since matplotlib 3.11
        options["face_index"] = face
    kerning = rcParams["text.kerning_factor"]
    return FT2Font(BytesIO(Path(file).read_bytes()), _kerning_factor=kerning, **options)


def _last_resort() -> FT2Font:
    """Return the font that has a box for what no other font has, and warns of it, since matplotlib 3.11."""
    font = _font(f"{matplotlib.get_data_path()}/fonts/ttf/LastResortHE-Regular.ttf", _warn_if_used=True)
    font.set_charmap(0)  # the one that FreeType takes is empty
    return font


class FigureCanvas(FigureCanvasAgg):
    """The canvas of a figure."""

    renderer: Renderer
    _made_for: tuple[float, float, float] | None = None

    def get_renderer(self) -> Renderer:
        """Return the renderer for the figure's present size, the same as long as it has this size."""
        size = (*self.figure.bbox.size, self.figure.dpi)
        if size != self._made_for:
            self.renderer, self._made_for = Renderer(*size), size
        return self.renderer
