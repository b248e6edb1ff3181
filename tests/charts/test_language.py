"""Tests that charts speak Chinese and Korean: a complete catalogue, fonts, and what is done without them."""

# ruff: noqa: RUF001 - Chinese has marks of its own

from __future__ import annotations

import ast
import string
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner
from matplotlib import font_manager

import fourport.charts
from fourport.arguments import LANGUAGES
from fourport.causes import CLEARANCE_STAGES, QUEUE, WORK
from fourport.charts import KINDS, StoredResults, draw, fonts
from fourport.charts.cost_stack import BY_MODE, OUTSIDE, TIME
from fourport.charts.drawing import MissingFont, settings
from fourport.charts.fonts import fonts_for
from fourport.charts.language import WEEKDAYS, catalogue, say, speaking
from fourport.charts.measures import UNITS
from fourport.charts.network_map import MODES
from fourport.charts.style import STYLES
from fourport.charts.text_layout import width_of, wrap
from fourport.cli import main
from fourport.errors import UserError
from fourport.measures import AT_RESOURCE, MEASURES
from fourport.store import Run
from tests.charts.folder import Made, write_run
from tests.charts.look import look, texts

SMALL = Made({"islands": ["sea-air", "direct"]}, stops=5)
FOREIGN = ("zh", "ko")
NO_FONT = {language: fonts_for("".join(catalogue(language).values()), language)[1] for language in FOREIGN}
"""Letters of each language that no font on this machine has."""


def said() -> set[str]:
    """Give every text that the charts' code says."""
    found = {
        *WEEKDAYS,
        *(mode.name for mode in MODES.values()),
        *(title for title, *_ in (*OUTSIDE.values(), *BY_MODE.values())),
    } | {*TIME.values(), *(one.title for one in MEASURES.values()), *UNITS.values()}
    found |= {title for titles in CLEARANCE_STAGES.values() for title in titles if title}
    found |= {QUEUE, WORK, *AT_RESOURCE.values()}
    for path in Path(fourport.charts.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "say":
                found |= {n.value for n in node.args if isinstance(n, ast.Constant)}  # type: ignore[misc]
    return found


def fields(text: str) -> set[str | None]:
    return {field for _, field, _, _ in string.Formatter().parse(text)} - {None}


@pytest.mark.parametrize("language", FOREIGN)
def test_catalogue_is_complete(language: str) -> None:
    """Tests that every text in the code has a translation with the same values in it, and no other has."""
    words = catalogue(language)
    assert set(words) == said()
    for text, translated in words.items():
        assert translated.strip()
        assert fields(translated) == fields(text), text


def test_say() -> None:
    """Tests words and values in each language, and that what is not in the catalogue stays English."""
    spoken = {}
    for language in LANGUAGES:
        with speaking(language):
            spoken[language] = say("seed {seed}", seed=7)
            assert say("not in the catalogue") == "not in the catalogue"
    assert spoken == {"en": "seed 7", "zh": "随机种子 7", "ko": "시드 7"}
    assert say("Mon") == "Mon"


@pytest.mark.parametrize("language", FOREIGN)
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_in_every_language(
    written: Callable[[Made], Run], kind: str, language: str, recwarn: pytest.WarningsRecorder
) -> None:
    """Tests that every kind is drawn in the language, with each letter in a font where there is one."""
    results = StoredResults(written(SMALL))
    with settings(STYLES["screen"], language, results):
        seen = look(KINDS[kind].figure(results, "base", STYLES["screen"]))
    assert (seen.overlaps, seen.cut_off) == ([], [])
    replications = {"zh": "3 次重复", "ko": "반복 3회"}[language]
    assert replications in seen.texts
    # Where no font has them, boxes are drawn: draw() would have refused.
    assert any("Glyph" in str(w.message) for w in recwarn) == bool(NO_FONT[language])


@pytest.fixture
def only_built_in(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the machine have no font but those that come with matplotlib."""
    own = Path(font_manager.findfont("DejaVu Sans")).parent
    kept = [font for font in font_manager.fontManager.ttflist if Path(font.fname).parent == own]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", kept)
    monkeypatch.setattr(font_manager, "findSystemFonts", lambda: [])


@pytest.mark.parametrize(("language", "name"), [("zh", "Chinese"), ("ko", "Korean")])
def test_without_a_font_a_language_is_refused(
    tmp_path: Path, only_built_in: None, language: str, name: str
) -> None:
    """Tests that no English chart is written under the name of another language, and English is drawn."""
    run = write_run(tmp_path / "run", SMALL)
    with pytest.raises(UserError) as refused:
        draw(run, "cost-stack", language=language)
    assert refused.value.lines == (
        f"the language {language!r}: no font has the letters of {name}; allowed: en, or install a font that "
        "has them, such as the package fonts-noto-cjk",
    )
    assert not run.charts.exists()
    draw(run, "cost-stack", formats=["svg"])
    assert [path.name for path in run.charts.iterdir()] == ["cost-stack.svg"]


def test_without_a_font_the_command_says_so_once(tmp_path: Path, only_built_in: None) -> None:
    """Tests that a batch of charts is refused in one line, and nothing is drawn."""
    run = write_run(tmp_path / "run", SMALL)
    result = CliRunner().invoke(main, ["chart", str(run.folder), "--lang", "zh"])
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("the language 'zh': no font has the letters of Chinese; allowed: en, or install")
    assert not run.charts.exists()


def test_without_a_font_titles_give_leg_to_keys(tmp_path: Path, only_built_in: None) -> None:
    """Tests that a title that cannot be drawn is shown by its key, in any language, and the others stay."""
    run = write_run(tmp_path / "run", SMALL)
    manifest = run.manifest()
    manifest["titles"]["routes"]["direct"] = "直飞"
    manifest["scenario"]["title"] = "위해-인천"
    run.write_manifest(manifest)
    results = StoredResults(run)
    with (
        pytest.warns(MissingFont, match="titles with such letters are shown by their keys"),
        settings(STYLES["screen"], "en", results),
    ):
        seen = texts(KINDS["cost-stack"].figure(results, "base", STYLES["screen"]))
    assert "直飞" not in seen
    assert "위해" not in seen
    assert "Scenario made-up" in seen
    assert "direct" in seen
    assert "Sea and air by way of the far port" in seen


def test_fonts_are_looked_for_where_letters_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that the built-in font does alone where it can, and no font is asked for twice."""
    asked: list[str] = []
    without = fonts._without

    def counted(letters: Iterable[str], path: str) -> set[str]:
        asked.append(path)
        return without(letters, path)

    monkeypatch.setattr(fonts, "_without", counted)
    assert fonts_for("Weihai – Incheon → 5 ≥ 3", "zh") == (("DejaVu Sans",), "")
    assert len(asked) == 1
    families, missing = fonts_for("A\U0010ffff", "ko")  # a letter that is in no font
    assert families == ("DejaVu Sans",)
    assert missing == "\U0010ffff"


@pytest.mark.skipif(bool(NO_FONT["zh"]), reason="no font with Chinese letters on this machine")
def test_equal_bytes_in_chinese(tmp_path: Path) -> None:
    """Tests that a second drawing from another folder changes no byte, and the language is in the name."""
    made = [
        draw(write_run(tmp_path / name, SMALL), "utilisation", formats=("png", "svg", "pdf"), language="zh")
        for name in ("a", "b")
    ]
    assert [path.name for path in made[0]] == [f"utilisation-zh.{form}" for form in ("png", "svg", "pdf")]
    assert [path.read_bytes() for path in made[0]] == [path.read_bytes() for path in made[1]]


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")  # where no font has them, boxes are measured
def test_chinese_is_broken_anywhere_but_before_closing_marks() -> None:
    """Tests lines of Chinese: none is too wide, nothing is lost, none begins with a mark that closes."""
    text = "按每公斤送达货物计，取各次重复的平均值（黑色标记：运费止点）。P95 为 20 票货中的 19 票。"
    with settings(STYLES["screen"], "zh"):
        rows = wrap(text, 1.2, 9.0)
        assert all(width_of(row, 9.0) <= 1.2 for row in rows)
    assert "".join("".join(rows).split()) == "".join(text.split())
    assert not [row for row in rows if row[0] in "，。）："]
    assert len(rows) > 3


@pytest.mark.filterwarnings("ignore:Glyph:UserWarning")
def test_korean_is_broken_between_words() -> None:
    """Tests that Korean, which has spaces, is broken there."""
    text = "출발지로부터의 거리, km 짧은 거리 확대"
    with settings(STYLES["screen"], "ko"):
        rows = wrap(text, 1.1, 9.0)
    assert " ".join(rows) == text
    assert len(rows) > 1
