"""The worked example of CONTRIBUTING.md, followed to the letter in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.compile(r"`([\w/.]+)`:\n\n```(\w+)\n(.*?)^```$", re.M | re.S)
"""A file, the language of a block, and the block."""


def patched(text: str, diff: str) -> str:
    """Add the lines with a plus after those without, which must be there once."""
    for hunk in diff.split("@@\n")[1:]:
        lines = hunk.splitlines(keepends=True)
        before = "".join(line[1:] for line in lines if line[0] == " ")
        assert text.count(before) == 1, before
        text = text.replace(before, "".join(line[1:] for line in lines))
    return text


def test_the_new_lever_passes_its_tests(tmp_path: Path) -> None:
    """Tests that its own test passes with these changes, and those that hold for every lever."""
    blocks = BLOCK.findall((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"))
    assert [language for _, language, _ in blocks] == ["python", "diff", "diff", "toml", "python"]
    for folder in ("fourport", "tests", "docs", "scenarios"):
        ignored = shutil.ignore_patterns("__pycache__", "baselines")
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=ignored)
    for name, language, block in blocks:
        file = tmp_path / name
        old = file.read_text(encoding="utf-8") if file.exists() else ""
        assert (old == "") == (language == "python"), f"{name} is a new file"
        file.write_text(patched(old, block) if language == "diff" else old + block, encoding="utf-8")
    words = ("-m", "pytest", "-vv", "-p", "no:cacheprovider", "tests/levers", "-k", "fast or itself")
    done = subprocess.run(
        [sys.executable, *words],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    for name in ("fast_lane", "streams", "lanes", "order", "bad_levers"):
        assert f"tests/levers/test_{name}.py" in done.stdout
