"""Runs made up for charts, written once; pictures drawn once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.store import Run
from tests.charts.folder import Made, write_run
from tests.charts.look import Seen, look


@pytest.fixture(scope="session")
def written(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Made], Run]:
    """Give what writes a made-up run once, for tests that only read it."""
    runs: dict[int, Run] = {}

    def write(made: Made) -> Run:
        if id(made) not in runs:
            runs[id(made)] = write_run(tmp_path_factory.mktemp("made") / "run", made)
        return runs[id(made)]

    return write


@pytest.fixture(scope="session")
def shown(written: Callable[[Made], Run]) -> Callable[..., Seen]:
    """Give what draws a kind of chart of a run's last policy once, for tests that ask what is seen of it."""
    drawn: dict[tuple[int, str, str], Seen] = {}

    def show(made: Made, kind: str, style: str = "screen") -> Seen:
        key = (id(made), kind, style)
        if key not in drawn:
            with settings(STYLES[style]):
                figure = KINDS[kind].figure(
                    StoredResults(written(made)), list(made.policies)[-1], STYLES[style]
                )
                drawn[key] = look(figure)
        return drawn[key]

    return show
