"""What several files of tests share."""

from __future__ import annotations

import pytest

from fourport.engine import simulate
from tests.builder import Run
from tests.oracle.model import run_oracle


@pytest.fixture(params=[run_oracle, simulate], ids=["oracle", "engine"])
def run(request: pytest.FixtureRequest) -> Run:
    """Each of the two implementations of ``docs/semantics.md``."""
    chosen: Run = request.param
    return chosen
