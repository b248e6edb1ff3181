"""Tests that the committed pictures of the reference results are what these results give now."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from fourport.charts import draw
from fourport.store import Run
from tests.charts.baseline import Picture, alike, drawn_with, stored
from tests.regenerate_reference import COMPARED_CHARTS, CUSTOMS, REFERENCE

PICTURES = [path for folder in (REFERENCE, CUSTOMS) for path in sorted((folder / "charts").iterdir())]


def read(path: Path) -> Picture:
    """Read a picture in shades of 255."""
    return 255.0 * imread(path)[..., :3].astype(np.float64)


@pytest.mark.parametrize("path", PICTURES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_pictures_are_of_the_results(tmp_path: Path, path: Path) -> None:
    """Tests each against the one drawn from the stored tables; ``make reference`` draws them anew.

    To the shade where this machine draws like the one that drew the approved chart of the kind.
    """
    (now,) = draw(Run.open(path.parent.parent), path.stem, formats=["png"], folder=tmp_path)
    same = stored(path.stem)[0]["drawn_with"] == drawn_with()
    assert alike(read(now), read(path), to_the_shade=same)


def test_all_are_there() -> None:
    """Tests that pictures of both runs are looked at, and of the comparison just those that are kept."""
    assert {path.name for path in PICTURES if path.parent.parent == CUSTOMS} == {*COMPARED_CHARTS}
    assert len(PICTURES) > len(COMPARED_CHARTS)
