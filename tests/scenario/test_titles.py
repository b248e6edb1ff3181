"""Tests of titles by language: how they are read, merged, refused, and that the shipped ones are complete."""

from __future__ import annotations

import pickle
import unicodedata
from collections.abc import Iterator

import pytest

from fourport.arguments import LANGUAGES
from fourport.scenario import library
from fourport.scenario.load import load
from fourport.scenario.titles import TitleByLanguage, Translated, by_language
from tests.scenario.bending import Bend, accepted, complaints, line_of
from tests.scenario.test_overlays import over

KOREAN_AND_CHINESE = 'facilities.quay.title = { en = "Incheon port", zh = "仁川港", ko = "인천항" }\n'
SHIPPED = ("weihai-2019", "weihai-2020", "weihai-customs", "weihai-air", "eurasia-bridge", "korea-ecommerce")
SCRIPTS = {"zh": "CJK", "ko": "HANGUL"}
"""What the Unicode names of letters begin with."""


def title(bend: Bend, text: str) -> object:
    """Return the title of the quay as a run stores it, of an overlay of the corridor."""
    return by_language(accepted(over(bend, text)).scenario.facilities["quay"].title)


def test_languages_are_those_of_charts() -> None:
    """Tests that a title may be given in the languages that charts know, and in no other."""
    assert [*TitleByLanguage.model_fields] == [*LANGUAGES]


def test_one_text_holds_for_all_languages(bend: Bend) -> None:
    """Tests that a text is stored as it is."""
    assert title(bend, 'facilities.quay.title = "Pier"\n') == "Pier"


def test_the_english_text_is_the_title(bend: Bend) -> None:
    """Tests that code and tables see the English text, and that a worker process gets all languages."""
    found = accepted(over(bend, KOREAN_AND_CHINESE)).scenario.facilities["quay"].title
    assert found == "Incheon port"
    assert isinstance(found, Translated)
    assert by_language(pickle.loads(pickle.dumps(found))) == {
        **{"en": "Incheon port", "zh": "仁川港", "ko": "인천항"}
    }


def test_one_language_is_added_to_a_text(bend: Bend) -> None:
    """Tests that the title of the base stays as the English one if an overlay adds a language."""
    english = title(bend, "")
    assert title(bend, 'facilities.quay.title.zh = "码头"\n') == {"en": english, "zh": "码头"}


def test_a_policy_changes_one_language_or_all(bend: Bend) -> None:
    """Tests that one language changes alone, and that a single text replaces all of them."""
    policies = (
        '[policies.one]\nfacilities.quay.title.ko = "부두"\n[policies.every]\nfacilities.quay.title = "X"\n'
    )
    path = over(bend, KOREAN_AND_CHINESE + policies)
    titles = {name: load(path, name).scenario.facilities["quay"].title for name in ("one", "every")}
    assert by_language(titles["one"]) == {"en": "Incheon port", "zh": "仁川港", "ko": "부두"}
    assert by_language(titles["every"]) == "X"


def test_titles_of_policies(bend: Bend) -> None:
    """Tests that policies have titles by language, and that overlays change one."""
    path = over(bend, '[policies.one.title]\nen = "One"\nzh = "一"\n')
    last = path.parent / "last.toml"
    last.write_text('extends = "mine.toml"\npolicies.one.title.zh = "壹"\n', encoding="utf-8")
    assert by_language(load(last).policies["one"]) == {"en": "One", "zh": "壹"}


@pytest.mark.parametrize(
    ("key", "text", "wrong", "message"),
    [
        ("title.cn", 'facilities.quay.title.cn = "码头"', "title.cn", "is not a known key"),
        ("title", "facilities.quay.title = 5", "title", "5 is not a text; allowed: a text in quotes"),
        ("title.zh", "facilities.quay.title.zh = 5", "title.zh", "5 is not a text; allowed"),
        ("title.zh", 'facilities.quay.title.zh = "a\\nb"', "title.zh", "is not one line of text"),
        ("policy", 'policies.a.title.fr = "quai"', "policies.a.title.fr", "is not a known key"),
        ("policy", 'policies.a.title.zh = "码头"', "policies.a.title.en", "is missing"),
    ],
)
def test_wrong_titles_are_refused(bend: Bend, key: str, text: str, wrong: str, message: str) -> None:
    """Tests the line, the key and the languages that are allowed."""
    path = over(bend, f"{text}\n")
    lines = [line for line in complaints(path) if message in line]
    assert len(lines) == 1, key
    assert lines[0].startswith(f"{path.name}:{line_of(path.read_text(encoding='utf-8'), text)}: ")
    assert wrong in lines[0]
    if "known key" in message:
        assert lines[0].endswith("allowed: en, zh, ko")


def titles_of(name: str) -> Iterator[tuple[str, str]]:
    """Yield key and title of all that charts name in a shipped scenario."""
    loaded = load(name)
    scenario = loaded.scenario
    yield "scenario", scenario.title
    yield from ((f"policies.{key}", title) for key, title in loaded.policies.items())
    for section in ("facilities", "lanes", "routes", "services", "commodities", "trader_classes", "tariffs"):
        yield from (
            (f"{section}.{key}", one.title) for key, one in getattr(scenario, section).items() if one.title
        )
    for place, facility in scenario.facilities.items():
        yield from ((f"{place}/{key}", one.title) for key, one in facility.resources.items() if one.title)


@pytest.mark.parametrize("name", [*SHIPPED, "template"])
def test_shipped_titles_are_in_all_languages(name: str) -> None:
    """Tests that each has a Chinese and a Korean text in their own script; no two that differ agree there."""
    wanted = str(library.folder() / "templates" / "small.toml") if name == "template" else name
    seen: dict[tuple[str, str, str], str] = {}
    for key, found in titles_of(wanted):
        texts = by_language(found)
        assert isinstance(texts, dict), key
        assert {*texts} == {*LANGUAGES}, key
        for language, script in SCRIPTS.items():
            letters = [unicodedata.name(letter, "") for letter in texts[language]]
            assert any(letter.startswith(script) for letter in letters) or texts["en"] == "24 x 7", key
            section = key.partition(".")[0] if "." in key else key.partition("/")[0]
            same = seen.setdefault((section, language, texts[language]), texts["en"])
            assert same == texts["en"], f"{key}: {texts[language]} is {same}, too"
