"""Check what is asked of a chart: kind, format, style, language, and the policies and lane to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import Any

from fourport.arguments import LANGUAGES
from fourport.charts.kinds import KINDS
from fourport.charts.language import catalogue
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import STYLES
from fourport.errors import UserError
from fourport.store import Run

FORMATS: dict[str, dict[str, Any]] = {
    "png": {},
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
}
"""Formats, with matplotlib's options; metadata is left out so that equal results give equal bytes."""


def check_names(
    kinds: Iterable[str] = (), formats: Iterable[str] = (), style: str = "screen", language: str = "en"
) -> None:
    """Check the names of kinds, formats, style and language, and that a font has the language's characters.

    Raises
    ------
    UserError
        With a line for each unknown name, with the nearest known one, for a format that the style does not
        have, and for a language without a font.
    """
    wrong: list[str] = []
    asked = [(kind, KINDS, "chart") for kind in kinds] + [(form, FORMATS, "format") for form in formats]
    if style == "slide" and "pdf" in formats:
        wrong.append("the style 'slide' has no pdf, which presentations do not take; allowed: png, svg")
    for name, names, what in (*asked, (style, STYLES, "style"), (language, LANGUAGES, "language")):
        try:
            known(name, names, what)
        except UserError as error:
            wrong += error.lines
    if language in LANGUAGES and language != "en":
        wrong += _unwritable(language)
    if wrong:
        raise UserError(*wrong)


def _unwritable(language: str) -> Iterator[str]:
    """Yield the error that no font has a language's characters (the chart would be in English), if so."""
    from fourport.charts.fonts import INSTALL, fonts_for

    _, missing = fonts_for("".join(catalogue(language).values()), language)
    if missing:
        wanted = LANGUAGES[language]
        yield f"the language {language!r}: no font has the letters of {wanted}; allowed: en, or {INSTALL}"


def check_shown(run: Run, policy: str | None, beside: str | None, lane: str | None) -> None:
    """Check that a run has the policies and the lane that are to be shown.

    Raises
    ------
    UserError
        With a line for each that it has not.
    """
    results, wrong = StoredResults(run), list[str]()
    asked = [(name, results.policies, "policy") for name in (policy, beside) if name is not None]
    if lane is not None:
        lanes = {name: None for one in results.policies for name in results.all_lanes(one)}
        asked.append((lane, tuple(lanes), "lane"))
    for name, names, what in asked:
        try:
            known(name, names, what)
        except UserError as error:
            wrong += error.lines
    if beside is not None and beside == (results.policies[0] if policy is None else policy):
        wrong.append(f"{beside!r} is named twice; allowed: two policies")
    if wrong:
        raise UserError(*wrong)


def known(name: str, names: Iterable[str], what: str) -> None:
    """Check that a name is among the known ones.

    Raises
    ------
    UserError
        If it is not, with the nearest known name and all of them.
    """
    allowed = list(names)
    if name not in allowed:
        near = get_close_matches(name, allowed, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UserError(f"{name!r} is not a known {what}{hint}; allowed: {', '.join(allowed)}")
