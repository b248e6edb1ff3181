"""The examples in Python of the README and of ``docs/python.md``, with the output that is shown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.short import fourport

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = re.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", flags=re.S | re.M)


@pytest.mark.parametrize(("page", "examples"), [("README.md", 1), ("docs/python.md", 9)])
def test_examples_print_what_is_shown(
    page: str,
    examples: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Tests that they run one after the other as they stand, and print what stands below them."""
    found = EXAMPLE.findall((ROOT / page).read_text(encoding="utf-8"))
    assert len(found) == examples
    monkeypatch.chdir(tmp_path)
    assert fourport("new", "my.toml").exit_code == 0
    names: dict[str, object] = {}
    for program, shown in found:
        exec(compile(program, page, "exec"), names)
        assert capsys.readouterr().out == shown, program
    assert [*tmp_path.glob("cost-stack.*")]
