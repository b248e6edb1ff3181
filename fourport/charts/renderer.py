"""What charts are measured and drawn with: matplotlib's canvas, but with its fonts in memory."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from matplotlib import rcParams
from matplotlib.backend_bases import GraphicsContextBase
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

_ONE = 0x10000
"""One, in the fixed-point numbers of FreeType."""

_UPRIGHT = [[_ONE, 0], [0, _ONE]]
"""The directions of letters that are not turned."""


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
        if hasattr(font, "_set_transform"):
            font._set_transform(_UPRIGHT, [0, 0])
        font.set_size(font_prop.get_size_in_points(), self.dpi)
        return font

    def _font_of(self, font_prop: FontProperties) -> FT2Font:
        files = tuple(fontManager._find_fonts_by_props(font_prop))
        if files not in self._fonts:
            self._fonts[files] = _font(files[0], [_font(file) for file in files[1:]])
        return self._fonts[files]

    def _draw_letters(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        angle: float,
        glyphs: Iterable[tuple[Any, ...]],
        boxes: Iterable[Any],
    ) -> None:
        """Draw the letters of a text, setting once what is the same for all of them."""
        from matplotlib.ft2font import RenderMode  # since matplotlib 3.11

        letters, boxes = [*glyphs], [*boxes]
        size = letters[0][1] if letters else 0.0
        alike = all((its, slant, extend) == (size, 0, 1) for _, its, _, slant, extend, _, _ in letters)
        if boxes or not alike or not gc.get_antialiased():  # such as a formula
            super()._draw_text_glyphs_and_boxes(gc, x, y, angle, letters, boxes)  # type: ignore[no-untyped-call]
            return
        cos, sin = math.cos(math.radians(angle)), math.sin(math.radians(angle))
        turn = (_ONE * np.array([[cos, -sin], [sin, cos]])).round().astype(int)
        flags, draw = get_hinting_flag(), self._renderer.draw_text_image  # type: ignore[no-untyped-call]
        for font in {font for font, *_ in letters}:
            font.set_size(size, self.dpi)
        for font, _, index, _, _, right, up in letters:
            across, above = x + right * cos - up * sin, self.height - y + right * sin + up * cos
            font._set_transform(turn, [round(64 * across), round(64 * above)])  # 64 to a dot
            found = font._render_glyph(index, flags, RenderMode.NORMAL)
            draw(found.buffer, found.left, int(self.height) - found.top + found.buffer.shape[0], 0, gc)

    if matplotlib.__version_info__[:2] == (3, 11):  # others may draw letters in another way
        _draw_text_glyphs_and_boxes = _draw_letters


def _font(file: str, others: Sequence[FT2Font] = ()) -> FT2Font:
    """Return the font in a file, with others for the letters that it lacks."""
    options: dict[str, Any] = {"_kerning_factor": rcParams["text.kerning_factor"]}
    if face := getattr(file, "face_index", 0):  # which of several fonts in one file, since matplotlib 3.11
        options["face_index"] = face
    return FT2Font(BytesIO(Path(file).read_bytes()), _fallback_list=[*others], **options)


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
