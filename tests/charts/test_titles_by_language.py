"""Tests that a run stores titles in all languages, and that charts show those of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib import rcParams

import fourport
from fourport.charts import KINDS, StoredResults
from fourport.charts.drawing import settings
from fourport.charts.fonts import BUILT_IN
from fourport.charts.language import speaking
from fourport.charts.style import STYLES
from fourport.charts.text_layout import short
from fourport.cli.table import summary_table
from fourport.store import Run, titles_of
from tests.charts.look import texts
from tests.charts.test_language import NO_FONT

TITLES = {
    "lanes.east": ("East", "东向", "동쪽"),
    "routes.by-truck": ("By truck", "卡车", "트럭"),
    "facilities.quay": ("Quay", "码头，仁川", "부두"),  # noqa: RUF001
    "policies.south": ("South", "南港", "남쪽"),
}
"""Title of each key in English, Chinese and Korean."""


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Run a corridor as it stands, and under a policy that changes a place's Chinese title alone."""
    base = Path(__file__).parents[1] / "data" / "corridor.toml"
    lines = [f'extends = "{base.as_posix()}"', 'name = "translated"']
    for key, (english, chinese, korean) in TITLES.items():
        lines.append(f'{key}.title = {{ en = "{english}", zh = "{chinese}", ko = "{korean}" }}')
    lines.append('policies.south.facilities.quay.title.zh = "新码头"')
    file = tmp_path_factory.mktemp("languages") / "translated.toml"
    file.write_text("\n".join(lines), encoding="utf-8")
    return fourport.Study(file, ["base", "south"], replications=1).run(file.parent / "run").run


@pytest.mark.parametrize(("language", "at"), [("en", 0), ("zh", 1), ("ko", 2)])
def test_titles_are_those_of_the_language(run: Run, language: str, at: int) -> None:
    """Tests that a title without a translation stays English, and that a key stands where there is none."""
    results = StoredResults(run)
    with speaking(language):
        assert results.title("lanes", "east") == TITLES["lanes.east"][at]
        assert results.title("routes", "by-truck") == TITLES["routes.by-truck"][at]
        assert results.title("places", "quay") == TITLES["facilities.quay"][at]
        assert results.policy_title("south") == TITLES["policies.south"][at]
        assert results.title("places", "town") == titles_of(run.manifest(), "places", "base")["town"]
        assert results.title("places", "nowhere") == "nowhere"


def test_a_policy_changes_the_title_of_one_language(run: Run) -> None:
    """Tests that the policy has its own Chinese title, and shares the others."""
    found = {
        language: titles_of(run.manifest(), "places", "south", language)["quay"]
        for language in ("en", "zh", "ko")
    }
    assert found == {"en": "Quay", "zh": "新码头", "ko": "부두"}


def test_english_charts_need_no_other_font(run: Run) -> None:
    """Tests that letters of languages that are not shown are not looked for."""
    results = StoredResults(run)
    with settings(STYLES["screen"], "en", results):
        assert rcParams["font.family"] == [BUILT_IN]
    assert not results.undrawable


def test_tables_show_english_titles(run: Run) -> None:
    """Tests that the summary on the terminal names lanes in English."""
    assert "East" in (shown := summary_table(run))
    assert "东" not in shown


@pytest.mark.skipif(bool(NO_FONT["zh"]), reason="no font with Chinese letters on this machine")
def test_the_map_names_places_in_chinese(run: Run) -> None:
    """Tests that the map has the short Chinese name, without what follows the Chinese comma."""
    with settings(STYLES["screen"], "zh", results := StoredResults(run)):
        seen = texts(KINDS["network-map"].figure(results, "base", STYLES["screen"]))
    assert "码头" in seen
    assert "Quay" not in seen
    assert "仁川" not in seen


@pytest.mark.parametrize(
    ("title", "cut"),
    [("威海港，客滚码头", "威海港"), ("威海机场（WEH）", "威海机场"), ("上海（一，二）港，北", "上海")],  # noqa: RUF001
)
def test_chinese_titles_are_cut_at_chinese_marks(title: str, cut: str) -> None:
    """Tests that a short title ends before a Chinese comma or bracket."""
    assert short(title) == cut
