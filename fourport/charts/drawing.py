"""Draw a chart into a run's folder: policy, style, language, formats.

Importing this module is cheap: matplotlib is loaded only when a chart is drawn.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from fourport.charts.asked import check_names, check_shown
from fourport.charts.kinds import KINDS, why_not
from fourport.charts.language import catalogue, speaking
from fourport.charts.stored_results import StoredResults
from fourport.charts.style import STYLES, Style
from fourport.charts.writing import save_figure
from fourport.errors import UserError
from fourport.store import Run

if TYPE_CHECKING:
    from matplotlib.figure import Figure


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


@contextmanager
def settings(
    style: Style,
    language: str = "en",
    results: StoredResults | None = None,
) -> Iterator[None]:
    """Set the style and the language while drawing; the user's own settings of matplotlib do not apply.

    :func:`~fourport.charts.asked.check_names` has already checked that there is a font for the language. If
    no font has the characters of a title, the results return its key instead.

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
