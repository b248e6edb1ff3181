"""What each kind of chart shows of one made-up run, to be compared: structure and a small picture.

``python -m tests.charts.baseline [KIND]...`` writes the baselines again, of some kinds or all; look at what
changed before you commit it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import matplotlib
import numpy as np
from matplotlib import ft2font
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.image import imread, imsave
from numpy.typing import NDArray

from fourport.charts import KINDS, StoredResults
from fourport.charts.bars import Pieces
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.store import Run
from tests.charts.folder import Made, write_run
from tests.charts.look import boxes

FOLDER = Path(__file__).parent / "baselines"
MADE = Made({"west": ["sea-air", "direct", "express"], "islands": ["direct", "post"]}, stops=6)
DPI = 40

TOLERANCE, ROUNDING = 6.0, 8.0
"""Shades of 255 by which a picture may differ: as root mean square, if it was drawn with other versions of
the libraries, which smooth the edges of letters otherwise; at any dot, with the same versions."""

Picture = NDArray[np.float64]
"""(height, width, 3) of 0 to 255."""


def drawn(run: Run, kind: str) -> Figure:
    """Draw a kind of chart in small dots."""
    figure = KINDS[kind].figure(StoredResults(run), "base", STYLES["screen"])
    figure.set_dpi(DPI)
    return figure


def picture(figure: Figure) -> Picture:
    """Render a figure."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    return np.asarray(canvas.buffer_rgba(), dtype=np.float64)[..., :3]  # type: ignore[no-untyped-call]


def structure(figure: Figure) -> dict[str, Any]:
    """Give what a figure holds: limits, names, series of each axes, and all texts."""
    return {"axes": [_axes(axes) for axes in figure.axes], "texts": sorted(text for text, _ in boxes(figure))}


def _axes(axes: Axes) -> dict[str, Any]:
    lines = [np.asarray(line.get_xydata(), dtype=np.float64) for line in axes.get_lines()]
    return {
        "limits": [_round(v) for v in (*axes.get_xlim(), *axes.get_ylim())],
        "names": [axes.get_xlabel(), axes.get_ylabel()],
        "lines": [[len(line), *(_round(v) for v in (*line[0], *line[-1]))] for line in lines if len(line)],
        "patches": sum(len(one.drawn) if isinstance(one, Pieces) else 1 for one in axes.patches),
        "collections": len(axes.collections),
    }


def _round(value: float) -> float:
    """Round to four digits: the last bits depend on the processor."""
    return float(f"{value:.4g}") if np.isfinite(value) else 0.0


def stored(kind: str) -> tuple[dict[str, Any], Picture]:
    """Read a baseline."""
    found: dict[str, Any] = json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))
    return found, 255.0 * imread(FOLDER / f"{kind}.png")[..., :3].astype(np.float64)


def drawn_with() -> str:
    """Say what draws letters and lines: with the same, pictures are the same to the shade."""
    return f"matplotlib {matplotlib.__version__}, FreeType {ft2font.__freetype_version__}"


def alike(one: Picture, other: Picture, *, to_the_shade: bool) -> bool:
    """Tell whether two pictures show the same.

    Parameters
    ----------
    to_the_shade
        Whether both were drawn with the same libraries (:func:`drawn_with`): then no dot may differ, but by
        rounding. Otherwise it takes a missing bar or line to tell them apart.
    """
    if one.shape != other.shape:
        return False
    return bool(np.abs(one - other).max() <= ROUNDING) if to_the_shade else difference(one, other) < TOLERANCE


def difference(one: Picture, other: Picture) -> float:
    """Give the root mean square difference of two pictures of one size, in shades of 255."""
    return float(np.sqrt(np.mean((one - other) ** 2)))


def main(kinds: Iterable[str]) -> None:
    """Write the baselines of some kinds."""
    with TemporaryDirectory() as folder:
        run = write_run(Path(folder) / "run", MADE)
        for kind in kinds:
            with settings(STYLES["screen"]):
                figure = drawn(run, kind)
                text = json.dumps(
                    {"drawn_with": drawn_with(), **structure(figure)}, indent=1, ensure_ascii=False
                )
                (FOLDER / f"{kind}.json").write_text(text + "\n", encoding="utf-8")
                pixels = picture(figure).astype(np.uint8)
                imsave(FOLDER / f"{kind}.png", pixels, metadata={"Software": ""})


if __name__ == "__main__":
    main(sys.argv[1:] or KINDS)
