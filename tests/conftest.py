"""What several files of tests share."""

from __future__ import annotations

import math
import os
import signal

import pytest
from hypothesis import HealthCheck, settings

from fourport.cli import progress
from fourport.engine.compiled import simulate
from fourport.engine.reference import simulate as run_reference
from fourport.study.prepare import prepare
from tests.builder import Run

# No test may fail because a machine is busy, or because it is the first that imports a large library.
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def leave_out_charts(patch: pytest.MonkeyPatch) -> None:
    """Let runs and comparisons draw no charts, which take most of a small run's time."""
    patch.setattr("fourport.cli.output.draw_charts", lambda *_: [])


@pytest.fixture
def no_charts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the commands of a test draw no charts."""
    leave_out_charts(monkeypatch)


@pytest.fixture(params=[run_reference, simulate], ids=["simpy", "compiled"])
def run(request: pytest.FixtureRequest) -> Run:
    """Each of the two engines, which implement ``docs/semantics.md``."""
    chosen: Run = request.param
    return chosen


def pytest_configure(config: pytest.Config) -> None:
    """Compile the engine before anything else, so that no command of a test has to, and says so.

    Lines are as wide as those of a pipe, whatever terminal the tests run in; none is about progress, however
    slow the machine is. No file has to outlive a loss of power: ten thousands of times, tests would wait for
    the disk.
    """
    progress.FIRST_S = math.inf
    # A shell lets what it runs in the background ignore interrupts, and children would inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    pytest.MonkeyPatch().setattr(os, "fsync", lambda _: None)
    os.environ.pop("COLUMNS", None)
    if not hasattr(config, "workerinput"):
        prepare()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let several processes begin with the files that hold long runs, so that none ends with one."""
    if hasattr(config, "workerinput"):
        long = {item.path for item in items if item.get_closest_marker("long")}
        items.sort(key=lambda item: item.path not in long)
