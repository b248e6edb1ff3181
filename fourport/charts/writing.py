"""Write charts as files that are the same, byte by byte, for the same results."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import TYPE_CHECKING

from fourport.charts.asked import FORMATS, check_names
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class NotWritten(UserError):
    """A chart that the system refuses to write."""


def save_figure(figure: Figure, file: Path, style: str = "screen") -> None:
    """Write a figure within its settings, in the format of the file's suffix.

    Parameters
    ----------
    style
        Style in which it is drawn, which may enlarge it.

    Raises
    ------
    NotWritten
        If the file cannot be written.
    UserError
        If the format is unknown, or not one for this style.
    """
    form = file.suffix.removeprefix(".")
    check_names(formats=[form], style=style)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as temporary:
            if form == "png":
                temporary.write_bytes(_png(figure, STYLES[style].dpi))
            else:
                figure.savefig(temporary, format=form, **FORMATS[form])
                if STYLES[style].enlarged != 1.0:
                    _enlarge_svg(temporary, STYLES[style].enlarged)
    except OSError as error:
        raise NotWritten(f"{file}: cannot be written: {error.strerror or error}") from error


def _png(figure: Figure, dpi: int) -> bytes:
    """Return a figure as PNG, which says that it has so many dots per inch.

    Pillow, which matplotlib would use, tries five filters on each row of dots; flat areas need none, and
    without them the file is written in half the time and smaller.
    """
    import numpy as np

    from fourport.charts.renderer import FigureCanvas

    canvas = FigureCanvas(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    dots = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    high, wide, _ = dots.shape
    rows = np.zeros((high, 1 + 4 * wide), dtype=np.uint8)  # each begins with the number of its filter
    rows[:, 1:] = dots.reshape(high, -1)
    per_metre = round(dpi / 0.0254)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 6, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(rows.data, 3)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _enlarge_svg(file: Path, factor: float) -> None:
    """Enlarge an SVG: its size changes, the units in which it is drawn stay."""

    def size(found: re.Match[str]) -> str:
        return f'{found[1]}="{float(found[2]) * factor:g}pt"'

    head, mark, rest = file.read_text(encoding="utf-8").partition("viewBox")
    file.write_text(re.sub(r'\b(width|height)="([\d.]+)pt"', size, head) + mark + rest, encoding="utf-8")
