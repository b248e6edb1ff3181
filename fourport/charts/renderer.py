"""What charts are measured and drawn with: matplotlib's canvas, but with its fonts in memory."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg, RendererAgg, get_hinting_flag
from matplotlib.font_manager import FontProperties, fontManager
from matplotlib.ft2font import FT2Font

if TYPE_CHECKING:
    from matplotlib.backend_bases import GraphicsContextBase

_UPRIGHT = [[0x10000, 0], [0, 0x10000]]
"""The direction of letters that are not turned, in the fixed-point numbers of FreeType."""

_BY_LETTER = hasattr(FT2Font, "_layout")
"""Whether matplotlib draws texts letter by letter, as it does since version 3.11."""

_HEIGHTS = {
    "OS/2": ("sTypoAscender", "sTypoDescender", "sTypoLineGap"),
    "hhea": ("ascent", "descent", "lineGap"),
}
"""Tables that may hold ascent, descent and gap of lines, in the order in which matplotlib reads them."""


class Renderer(RendererAgg):
    """A renderer that keeps the files of its fonts in memory; its dots are those of matplotlib.

    matplotlib reads each letter from the file of its font whenever a text is measured or drawn. Three
    quarters of the time of a text go by in these calls of the system. It also looks for the font each time,
    arranges the letters of equal texts anew, and sets for each letter what all letters of a text share.
    """

    def __init__(self, width: float, height: float, dpi: float) -> None:
        super().__init__(width, height, dpi)  # type: ignore[no-untyped-call]
        self._files: dict[FontProperties, tuple[str, ...]] = {}
        self._fonts: dict[tuple[str, ...], FT2Font] = {}
        self._arranged: dict[tuple[object, ...], list[Any]] = {}
        self._heights: dict[FontProperties, tuple[float | None, ...]] = {}

    def draw_text(
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        *more: Any,
        **named: Any,
    ) -> None:
        """Draw a line of text; replaces the method of matplotlib for texts that are not turned."""
        usual = gc.get_antialiased() and not (angle or more or named.get("ismath"))
        if not usual or not _BY_LETTER:
            super().draw_text(gc, x, y, s, prop, angle, *more, **named)  # type: ignore[no-untyped-call]
            return
        from matplotlib.ft2font import RenderMode

        right, up = float(x), float(self.height - y)
        flags = get_hinting_flag()  # type: ignore[no-untyped-call]
        mode, draw = RenderMode.NORMAL, self._renderer.draw_text_image
        for letter in self._letters(s, prop, named.get("mtext")):
            font = letter.ft_object
            font._set_transform(_UPRIGHT, [round(64 * (right + letter.x)), round(64 * (up + letter.y))])
            found = font._render_glyph(letter.glyph_index, flags, mode)
            dots = found.buffer
            draw(dots, found.left, int(self.height) - found.top + dots.shape[0], 0, gc)

    def _letters(self, text: str, prop: FontProperties, mtext: Any) -> list[Any]:
        """Return the letters of a text, each with its place in it, and set the size of their fonts."""
        font: Any = self._prepare_font(prop)
        options = (None, None) if mtext is None else (mtext.get_fontfeatures(), mtext.get_language())
        key = (font, prop.get_size_in_points(), text, *options)
        if key not in self._arranged:
            flags = get_hinting_flag()  # type: ignore[no-untyped-call]
            features, language = options
            self._arranged[key] = font._layout(text, flags=flags, features=features, language=language)
        return self._arranged[key]

    def _get_font_height_metrics(self, prop: FontProperties) -> tuple[float | None, ...]:
        """Return ascent, descent and gap of the lines of a font, dots, or three times None.

        Since version 3.11 matplotlib asks a renderer for them; if it cannot tell, each text finds its font's
        file and reads these tables anew.
        """
        if prop not in self._heights:
            self._heights[prop.copy()] = self._heights_of(self._font_of(prop), prop.get_size_in_points())
        return self._heights[prop]

    def _heights_of(self, font: Any, size: float) -> tuple[float | None, ...]:
        for name, keys in _HEIGHTS.items():
            if (table := font.get_sfnt_table(name)) is not None:
                scale = 1 / font.get_sfnt_table("head")["unitsPerEm"] * size * self.dpi / 72
                ascent, descent, gap = (table[key] for key in keys)
                return ascent * scale, -descent * scale, gap * scale
        return None, None, None

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
        files = self._files.get(font_prop)
        if files is None:
            files = self._files[font_prop.copy()] = tuple(fontManager._find_fonts_by_props(font_prop))
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
