"""Draw a chart into a run's folder: policy, style, language, formats.

Importing this module is cheap: matplotlib is loaded only when a chart is drawn.
"""

from __future__ import annotations

import re
import struct
import warnings
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fourport.arguments import LANGUAGES
from fourport.charts.kinds import KINDS, why_not
from fourport.charts.language import catalogue, speaking
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import STYLES, Style
from fourport.errors import UserError
from fourport.store import Run, whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS: dict[str, dict[str, Any]] = {
    "png": {},
    "svg": {"metadata": {"Date": None, "Creator": None}},
    "pdf": {"metadata": {"CreationDate": None, "Creator": None, "Producer": None}},
}
"""Formats, with matplotlib's options; metadata is left out so that equal results give equal bytes."""


class NotWritten(UserError):
    """A chart that the system refuses to write."""


class MissingFont(UserWarning):
    """A title is replaced by its key because no font has its characters."""


def draw(
    run: Run,
    kind: str,
    *,
    policy: str | None = None,
    beside: str | None = None,
    lane: str | None = None,
    formats: Sequence[str] = ("png", "svg"),
    style: str = "screen",
    language: str = "en",
    folder: Path | None = None,
) -> list[Path]:
    """Draw a chart of a run; overwrite an older chart of the same name.

    Parameters
    ----------
    policy
        Policy to show; the run's first if None. Its name is part of the file's name unless it is the first
        and alone.
    beside
        Another policy to show in the same picture; both are part of the file's name.
    lane
        The only lane to show; part of the file's name.
    style
        One of :data:`~fourport.charts.style.STYLES`; part of the file's name unless it is "screen".
    language
        One of :data:`~fourport.arguments.LANGUAGES`; part of the file's name unless it is English.
    folder
        Folder for the files; the run's folder of charts if None.

    Returns
    -------
    list of Path
        The files, one for each format; slides are numbered, and there may be several.

    Raises
    ------
    UserError
        If the kind, policy, lane, format, style or language is unknown, the chart shows no lanes or only one
        policy, no font has the language's characters, there is nothing to draw, or the files cannot be
        written.
    """
    check_names([kind], formats, style, language)
    first = StoredResults(run).policies[0]
    policy = first if policy is None else policy
    usual_policy = first if beside is None else None
    marks = ((policy, usual_policy), (beside, None), (lane, None), (style, "screen"), (language, "en"))
    stem = "-".join([kind, *(name for name, usual in marks if name is not None and name != usual)])
    folder = run.charts if folder is None else folder
    shown = {"policy": policy, "beside": beside, "lane": lane}
    paths = []
    with pages(run, kind, **shown, style=style, language=language) as figures:
        for number, figure in enumerate(figures, 1):
            mark = f"-{number}" if STYLES[style].height else ""
            for form in formats:
                paths.append(folder / f"{stem}{mark}.{form}")
                save_figure(figure, paths[-1], style)
    return paths


@contextmanager
def pages(
    run: Run,
    kind: str,
    *,
    policy: str | None = None,
    beside: str | None = None,
    lane: str | None = None,
    style: str = "screen",
    language: str = "en",
) -> Iterator[Iterator[Figure]]:
    """Draw a chart and yield its pages within its settings: one, or as many slides as it takes.

    Raises
    ------
    UserError
        As :func:`draw`, except for errors of files.
    """
    check_names([kind], style=style, language=language)
    check_shown(run, policy, beside, lane)
    if reason := why_not(run, kind, lane, beside=beside is not None, style=style):
        raise UserError(f"{run.folder}: {reason}")
    results = StoredResults(run, policy, lane, beside)
    policy = results.policies[0] if policy is None else policy
    with settings(STYLES[style], language, results):
        yield KINDS[kind].figures(results, policy, STYLES[style])


@contextmanager
def drawn(
    run: Run,
    kind: str,
    *,
    policy: str | None = None,
    beside: str | None = None,
    lane: str | None = None,
    style: str = "screen",
    language: str = "en",
) -> Iterator[Figure]:
    """Draw a chart and yield it within its settings, so that it can be saved with them.

    Raises
    ------
    UserError
        As :func:`pages`, and if the chart takes more than one slide.
    """
    shown = {"policy": policy, "beside": beside, "lane": lane}
    with pages(run, kind, **shown, style=style, language=language) as figures:
        figure, *others = figures
        if others:
            raise UserError(
                f"{kind} takes {1 + len(others)} slides; allowed for one picture: a lane, if it is a "
                f"chart by lane, or the styles screen and print"
            )
        yield figure


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


def save_figure(figure: Figure, file: Path, style: str = "screen") -> None:
    """Write a figure within its settings, in the format of the file's suffix.

    Parameters
    ----------
    style
        Style in which it is drawn, which may enlarge it.

    Raises
    ------
    NotWritten
        If the file cannot be written.
    UserError
        If the format is unknown, or not one for this style.
    """
    form = file.suffix.removeprefix(".")
    check_names(formats=[form], style=style)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as temporary:
            if form == "png":
                temporary.write_bytes(_png(figure, STYLES[style].dpi))
            else:
                figure.savefig(temporary, format=form, **FORMATS[form])
                if STYLES[style].enlarged != 1.0:
                    _enlarge_svg(temporary, STYLES[style].enlarged)
    except OSError as error:
        raise NotWritten(f"{file}: cannot be written: {error.strerror or error}") from error


def _png(figure: Figure, dpi: int) -> bytes:
    """Return a figure as PNG, which says that it has so many dots per inch.

    Pillow, which matplotlib would use, tries five filters on each row of dots; flat areas need none, and
    without them the file is written in half the time and smaller.
    """
    import numpy as np
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]
    dots = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]
    high, wide, _ = dots.shape
    rows = np.zeros((high, 1 + 4 * wide), dtype=np.uint8)  # each begins with the number of its filter
    rows[:, 1:] = dots.reshape(high, -1)
    per_metre = round(dpi / 0.0254)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", wide, high, 8, 6, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", zlib.compress(rows.data, 3)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _enlarge_svg(file: Path, factor: float) -> None:
    """Enlarge an SVG: its size changes, the units in which it is drawn stay."""

    def size(found: re.Match[str]) -> str:
        return f'{found[1]}="{float(found[2]) * factor:g}pt"'

    head, mark, rest = file.read_text(encoding="utf-8").partition("viewBox")
    file.write_text(re.sub(r'\b(width|height)="([\d.]+)pt"', size, head) + mark + rest, encoding="utf-8")


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


@contextmanager
def settings(
    style: Style,
    language: str = "en",
    results: StoredResults | None = None,
) -> Iterator[None]:
    """Set the style and the language while drawing; the user's own settings of matplotlib do not apply.

    :func:`check_names` has already checked that there is a font for the language. If no font has the
    characters of a title, the results return its key instead.

    Warns
    -----
    MissingFont
        If no font has the characters of some title.

    Raises
    ------
    UserError
        If the user's settings of matplotlib are such that it cannot be loaded.
    """
    try:
        import matplotlib
    except (ValueError, OSError) as error:  # UnicodeDecodeError is a ValueError
        raise UserError(f"matplotlib refuses its settings (MPLBACKEND, matplotlibrc): {error}") from error
    from fourport.charts.fonts import INSTALL, fonts_for

    titles = "" if results is None else results.letters(language)
    words = "".join(catalogue(language).values()) if language != "en" else ""
    fonts, missing = fonts_for(words + titles, language)
    if results is not None:
        results.undrawable = frozenset(missing)
    lacking = "".join(letter for letter in titles if letter in missing)
    if lacking:
        line = f"no font has {lacking[:20]!r}: titles with such letters are shown by their keys; {INSTALL}"
        warnings.warn(line, MissingFont, stacklevel=3)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        with matplotlib.rc_context(cast(Any, style.settings(fonts))), speaking(language):
            yield


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
