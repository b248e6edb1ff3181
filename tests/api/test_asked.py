"""What is asked wrongly in Python: told in a sentence, before anything is simulated."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import fourport
from fourport.errors import UserError
from tests.cli.short import short_scenario

BAYS = {"resource": "northport/bays", "servers": [1], "target": "90% within 20 h"}


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a scenario that is quick to run."""
    return short_scenario(tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def study(trial: Path) -> fourport.Study:
    """Give two replications."""
    return fourport.Study(trial, replications=2, seed=3)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"measure": "waiting"}, "measure: 'waiting' is not a measure; did you mean 'wait'.*allowed: time"),
        ({"measure": None}, "measure: None is not a measure"),
        ({"confidence_percent": 1000}, "confidence_percent: 1000 is out of range; allowed: above 50"),
        ({"confidence_percent": 50}, "confidence_percent: 50 is out of range"),
        ({"confidence_percent": "95"}, "confidence_percent: '95' is out of range"),
        ({"servers": []}, "servers: .* is out of range; allowed: up to 200 numbers"),
        ({"servers": 0}, "servers: 0 is out of range; allowed: 1 to 1000000"),
        ({"servers": [1.5]}, "servers: 1.5 is not a whole number"),
        ({"servers": None}, "servers: None is not a whole number"),
        ({"servers": range(1, 300)}, "servers: .* is out of range; allowed: up to 200 numbers"),
        ({"target": 95}, "target: 95 is not a target"),
    ],
)
def test_capacity(study: fourport.Study, asked: dict[str, Any], told: str) -> None:
    """Tests that what the command refuses is refused by the function, too."""
    with pytest.raises(UserError, match=told):
        fourport.capacity(study.sample(), **{**BAYS, **asked})


def test_capacity_of_one_number(study: fourport.Study, trial: Path) -> None:
    """Tests that a number needs no list, and that one replication is refused."""
    found = fourport.capacity(study.sample(), **{**BAYS, "servers": np.int64(2)})
    assert [point.servers for point in found.points] == [2]
    with pytest.raises(UserError, match="replications: 1 is out of range; allowed: 2 to 100000"):
        fourport.capacity(fourport.Study(trial, replications=1).sample(), **BAYS)
