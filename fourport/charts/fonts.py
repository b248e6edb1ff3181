"""Find fonts for characters that the built-in font lacks: Chinese, Korean, others in titles.

matplotlib takes each character from the first of its families that has it. The installed
families depend on the machine. A character that no family has would be drawn as an empty
box, so charts must do without it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from matplotlib import font_manager
from matplotlib.ft2font import FT2Font

BUILT_IN = "DejaVu Sans"

_PREFERRED = {
    "zh": (
        "Noto Sans CJK SC",
        "Noto Sans SC",
        "Source Han Sans SC",
        "Source Han Sans CN",
        "PingFang SC",
        "Microsoft YaHei",
        "WenQuanYi Micro Hei",
        "WenQuanYi Zen Hei",
        "Heiti SC",
        "SimHei",
    ),
    "ko": (
        "Noto Sans CJK KR",
        "Noto Sans KR",
        "Source Han Sans KR",
        "Apple SD Gothic Neo",
        "Malgun Gothic",
        "NanumGothic",
        "NanumBarunGothic",
    ),
}
"""Preferred families for each language, the best known first."""

INSTALL = "install a font that has them, such as the package fonts-noto-cjk"
"""Advice if no font has the characters; the name of the package is that of Debian and Ubuntu."""


def fonts_for(letters: str, language: str) -> tuple[tuple[str, ...], str]:
    """Return families that together have all characters, and the characters that no font here has.

    Parameters
    ----------
    letters
        Every character to draw.
    language
        Language whose forms are preferred: Chinese and Korean share many characters.
    """
    missing = _without({*letters} - {*" \n\t"}, font_manager.findfont(BUILT_IN))
    families = [BUILT_IN]
    for rescan in (False, True):
        if missing and rescan:
            _add_new_fonts()
        for family, path in _candidates(language):
            if missing and family not in families and len(left := _without(missing, path)) < len(missing):
                families.append(family)
                missing = left
    return tuple(families), "".join(sorted(missing))


def _without(letters: Iterable[str], path: str) -> set[str]:
    """Return the characters that a font lacks."""
    return {letter for letter in letters if ord(letter) not in _signs(path)}


@cache
def _signs(path: str) -> frozenset[int]:
    """Return the characters that a font has."""
    try:
        return frozenset(FT2Font(path).get_charmap())
    except RuntimeError:  # not a readable font
        return frozenset()


def _candidates(language: str) -> Iterator[tuple[str, str]]:
    """Yield families and a file of each: the preferred ones, then all others by name."""
    known = {
        font.name: font.fname
        for font in sorted(font_manager.fontManager.ttflist, key=lambda font: (font.name, font.fname))
        if not font.name.startswith("Last Resort")
    }
    preferred = [*_PREFERRED.get(language, ()), *(name for names in _PREFERRED.values() for name in names)]
    for name in dict.fromkeys([*preferred, *known]):
        if name in known:
            yield name, known[name]


def _add_new_fonts() -> None:
    """Add the fonts installed since matplotlib made its list."""
    known = {font.fname for font in font_manager.fontManager.ttflist}
    for path in sorted(font_manager.findSystemFonts()):
        if path not in known:
            try:
                font_manager.fontManager.addfont(path)
            except (RuntimeError, OSError):
                continue
