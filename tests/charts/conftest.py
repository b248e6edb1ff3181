"""Runs made up for charts, written once; pictures drawn once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.style import STYLES
from fourport.store import Run
from tests.charts.folder import Made, kept
from tests.charts.look import Seen, look


@pytest.fixture(scope="session")
def written() -> Callable[[Made], Run]:
    """Give what writes a made-up run once, for tests that only read it."""
    return kept


@pytest.fixture(scope="session")
def shown(written: Callable[[Made], Run]) -> Callable[..., Seen]:
    """Give what draws a kind of chart of a run's last policy once, for tests that ask what is seen of it."""
    drawn: dict[tuple[int, str], Seen] = {}

    def show(made: Made, kind: str) -> Seen:
        key = (id(made), kind)
        if key not in drawn:
            with settings(STYLES["screen"]):
                results, policy = StoredResults(written(made)), list(made.policies)[-1]
                drawn[key] = look(KINDS[kind].figure(results, policy, STYLES["screen"]))
        return drawn[key]

    return show
