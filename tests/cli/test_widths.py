"""Every command that prints a table, on terminals of several widths and with titles in three scripts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.short import SHORT, fourport, short_scenario

pytestmark = pytest.mark.long

WIDTHS = {"en": (60, 80, 100, 120), "zh": (60, 100), "ko": (80, 120)}
"""Characters of Chinese and Korean are equally wide: between them they meet all widths."""

TITLES: Mapping[str, Mapping[str, str]] = {
    "en": {},
    "zh": {
        "Two ports, by ferry or by air": "两个港口之间经海运或空运的国际物流通道",
        "Northport to Easthaven": "北港综合保税区国际物流园至东港国际机场货运中心的货物",
        "Northport": "北港综合保税区国际物流园区",
        "Machine parts": "机械零部件及其配套设备",
        "One more customs officer": "增加一名海关查验关员以缩短通关时间",
    },
    "ko": {
        "Two ports, by ferry or by air": "두 항구 사이의 해상 및 항공 복합 운송 회랑",
        "Northport to Easthaven": "북항 종합보세구역 국제물류단지에서 동항 국제공항 화물터미널까지 가는 화물",
        "Northport": "북항 종합보세구역 국제물류단지",
        "Machine parts": "기계 부품 및 관련 설비",
        "One more customs officer": "통관 시간을 줄이기 위한 세관 검사관 증원",
    },
}
"""Titles of the small scenario, in place of its own."""

CLAIMS = """
format = 2
[sources.news]
title = "A newspaper"
date = "2020"
[claims.sea-is-cheaper]
statement = "{}"
source = "news"
kind = "ratio"
measure = "freight_cost"
numerator = {{ routes = ["by-sea"] }}
denominator = {{ routes = ["by-air"] }}
expected = 0.5
tolerance = 0.2
sweep = {{ rate = "air.Air freight", low = "0.2 USD/kg", high = "4 USD/kg" }}
"""

COMMANDS = {
    "run": ("run", "trial.toml", "--by", "trader-class", "--by", "week", *SHORT),
    "compare": ("compare", "kept"),
    "compare-full": ("compare", "kept", "--full"),
    "compare-routes": ("compare", "kept", "--routes", "by-sea,by-air"),
    "capacity": (
        *("capacity", "trial.toml", "--at", "northport/bays", "--servers", "1,2"),
        *("--target", "90% within 20 h", *SHORT),
    ),
    "curves": ("curves", "kept", "--over", "weight", "--points", "3", "--jobs", "1"),
    "route-choice": ("route-choice", "kept", "--cells", "3x3", "--jobs", "1"),
    "claims": ("claims", "kept", "--claims", "claims.toml", "--jobs", "1"),
    "sources": ("sources", "trial.toml"),
    "chart-list": ("chart", "--list"),
    "verify-list": ("verify", "--list"),
    "verify": ("verify", "--case", "closure", "--quick", "--jobs", "1"),
}


@pytest.fixture(scope="module", params=TITLES)
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """Give a folder with a scenario, its run and claims, whose titles are in a script, and the language."""
    made = tmp_path_factory.mktemp(request.param)
    path = short_scenario(made)
    text = path.read_text(encoding="utf-8")
    for old, new in TITLES[request.param].items():
        text, found = re.subn(rf'title = (\{{ en = )?"{old}"(.* \}})?', f'title = "{new}"', text)
        assert found
    path.write_text(text, encoding="utf-8")
    statement = TITLES[request.param].get("Northport to Easthaven", "Sea freight costs half of air freight")
    (made / "claims.toml").write_text(CLAIMS.format(statement), encoding="utf-8")
    policies = ("--policy", "base", "--policy", "more-officers")
    kept = ("--journeys", "--quiet", "--out", str(made / "kept"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fourport.cli.output.draw_charts", lambda *_: [])
        assert fourport("run", str(path), *policies, *SHORT, *kept).exit_code == 0
    return made, request.param


@pytest.mark.parametrize("command", COMMANDS)
def test_no_line_is_wider_than_the_terminal(
    folder: tuple[Path, str], command: str, monkeypatch: pytest.MonkeyPatch, no_charts: None
) -> None:
    """Tests what is printed on terminals of several widths, wide characters counted as two."""
    made, language = folder
    monkeypatch.chdir(made)
    for width in WIDTHS[language]:
        monkeypatch.setenv("COLUMNS", str(width))
        words = COMMANDS[command]
        if words[0] not in ("chart", "sources", "verify"):
            words = (*words, "--out", f"{command}-{width}")
        result = fourport(*words)
        assert result.exit_code == 0, result.output
        lines = result.stdout.splitlines()
        assert len(lines) > 5
        assert [line for line in lines if cell_len(line) > width] == []
