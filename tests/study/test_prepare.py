"""What replications need besides an engine is compiled before processes are started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from fourport.arguments import CACHE_VARIABLE
from fourport.study.prepare import ROUTINES

SCRIPT = """
from fourport import machine
from fourport.study.prepare import ROUTINES
machine.prepare(ROUTINES)
"""


def test_all_are_compiled_beside_each_other(tmp_path: Path) -> None:
    """Tests that one process compiles and keeps all, also those whose tables have the same name."""
    pytest.importorskip("numba")
    environment = os.environ | {CACHE_VARIABLE: str(tmp_path), "NUMBA_DISABLE_JIT": "0"}
    subprocess.run([sys.executable, "-c", SCRIPT], env=environment, check=True)
    assert {file.name.rsplit("-", 1)[0] for file in tmp_path.iterdir()} == {one.name for one in ROUTINES}
