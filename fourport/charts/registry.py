"""The kinds of chart, and drawing one into a run's folder.

Cheap to import: matplotlib is loaded when something is drawn.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from fourport.charts.language import LANGUAGES, catalogue, speaking
from fourport.charts.results import Results
from fourport.charts.style import STYLES, Style
from fourport.errors import UserError
from fourport.store import Run, whole_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FORMATS: dict[str, dict[str, Any]] = {
    "png": {"Software": None},
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
}
"""Formats, with the metadata to leave out: equal results give equal bytes."""


class MissingFont(UserWarning):
    """Something is not written as it should be, since no font has its letters."""


class Draw(Protocol):
    """What the module of a chart offers as ``figure``."""

    def __call__(self, results: Results, policy: str, style: Style) -> Figure:
        """Draw one policy of a run.

        Raises
        ------
        UserError
            If the results hold nothing to draw.
        """


@dataclass(frozen=True)
class Chart:
    """A kind of chart.

    Attributes
    ----------
    name
        What users call it, and the name of its files.
    subject
        What it shows, in a line.
    module
        Where its ``figure`` is.
    needs
        The file of a run's folder without which there is nothing to draw.
    default
        Whether it is drawn with every run.
    command
        What makes the file that it needs, of a run in the folder "{run}"; every run does if it is "".
    """

    name: str
    subject: str
    module: str
    needs: str = "summary.csv"
    default: bool = False
    command: str = ""

    @property
    def figure(self) -> Draw:
        """Import what draws it."""
        return cast(Draw, import_module(self.module).figure)


KINDS: dict[str, Chart] = {
    chart.name: chart
    for chart in (
        Chart(
            "time-distance",
            "Time since hand-in against distance: where the way takes its time",
            "fourport.charts.time_distance",
            needs="stops.csv",
            default=True,
        ),
        Chart(
            "cost-distance",
            "Logistics cost per kg so far against distance: where the way costs",
            "fourport.charts.cost_distance",
            needs="stops.csv",
        ),
        Chart(
            "lead-time-ecdf",
            "Share delivered within each door-to-door time, with P95",
            "fourport.charts.lead_time_ecdf",
            needs="lead-times.csv",
            default=True,
        ),
        Chart(
            "cost-stack",
            "Logistics cost per kg by kind of charge, and where the freight cost ends",
            "fourport.charts.cost_stack",
            needs="costs.csv",
            default=True,
        ),
        Chart(
            "cost-time",
            "Logistics cost per kg against door-to-door time, with the Pareto line",
            "fourport.charts.cost_time",
        ),
        Chart(
            "time-by-cause",
            "Door-to-door time by cause: work against each kind of waiting",
            "fourport.charts.time_by_cause",
        ),
        Chart(
            "cost-curve",
            "Cost per kg over weight, value, place or a rate, with break-evens and 95 % bands",
            "fourport.charts.cost_curve",
            needs="curves.csv",
            command="fourport curves {run} --over weight",
        ),
        Chart(
            "forest",
            "Paired differences from the baseline with their intervals, by measure",
            "fourport.charts.forest",
            needs="comparison.csv",
        ),
        Chart(
            "stages",
            "Door-to-door time by cause, one bar a policy (or route) that is compared",
            "fourport.charts.stages",
            needs="policies.csv",
        ),
        Chart(
            "clearance-stages",
            "Clearance time by stage of customs: work against waiting, by lane or by policy compared",
            "fourport.charts.clearance_stages",
            needs="clearance-stages.csv",
        ),
        Chart(
            "detection",
            "Offences missed against clearance time, one point a policy",
            "fourport.charts.detection",
            needs="detection.csv",
        ),
        Chart(
            "capacity",
            "Share within the target against the number of servers of a station, with intervals",
            "fourport.charts.capacity",
            needs="capacity.csv",
        ),
        Chart(
            "frontier",
            "Cheapest route by value and chargeable weight of the goods, hatched where undecided",
            "fourport.charts.frontier",
            needs="frontier.csv",
            command="fourport frontier {run}",
        ),
        Chart(
            "departures",
            "Each sailing and flight: load, background, rolled over, cancelled",
            "fourport.charts.departures",
            needs="departures.csv",
        ),
        Chart(
            "cut-off",
            "Arrival at the cut-off: when consignments are ready against when departures close",
            "fourport.charts.cut_off",
            needs="arrivals.csv",
        ),
        Chart(
            "utilisation",
            "How busy each station is, hour by weekday",
            "fourport.charts.utilisation",
            needs="stations.csv",
        ),
        Chart(
            "network-map",
            "The network on a map: ways by mode, their width by weight",
            "fourport.charts.network_map",
            needs="ways.csv",
        ),
    )
}


def kinds_for(run: Run) -> list[str]:
    """Give the kinds for which a run holds what they need."""
    return [name for name, kind in KINDS.items() if (run.folder / kind.needs).is_file()]


def draw(
    run: Run,
    kind: str,
    *,
    policy: str | None = None,
    formats: Sequence[str] = ("png", "svg"),
    style: str = "screen",
    language: str = "en",
    folder: Path | None = None,
) -> list[Path]:
    """Draw a chart of a run, over an older one of the same name.

    Parameters
    ----------
    policy
        Policy to be shown; the run's first if None. Its name is part of the
        file's name unless it is the first.
    style
        One of :data:`~fourport.charts.style.STYLES`; likewise in the name unless it is the screen's.
    language
        One of :data:`~fourport.charts.language.LANGUAGES`; likewise unless it is English.
    folder
        Where to; the run's folder of pictures if None.

    Returns
    -------
    list of Path
        The files, one for each format.

    Raises
    ------
    UserError
        If there is no such kind, policy, format, style or language, nothing to draw, or no room to write.
    """
    check_names([kind], formats, style, language)
    asked = KINDS[kind]
    if asked.command and not (run.folder / asked.needs).is_file():
        raise UserError(f"{run.folder}: holds no {asked.needs}; run `{asked.command.format(run=run.folder)}`")
    results = Results(run)
    first = results.policies[0]
    policy = first if policy is None else policy
    known(policy, results.policies, "policy")
    marks = ((policy, first), (style, "screen"), (language, "en"))
    stem = "-".join([kind, *(name for name, usual in marks if name != usual)])
    folder = run.charts if folder is None else folder
    paths = [folder / f"{stem}.{form}" for form in formats]
    with settings(STYLES[style], language, results):
        figure = KINDS[kind].figure(results, policy, STYLES[style])
        try:
            folder.mkdir(parents=True, exist_ok=True)
            for path, form in zip(paths, formats, strict=True):
                with whole_file(path) as temporary:
                    figure.savefig(temporary, format=form, metadata=FORMATS[form])
        except OSError as error:
            raise UserError(f"{folder}: cannot be written: {error.strerror}") from error
    return paths


def check_names(
    kinds: Iterable[str] = (), formats: Iterable[str] = (), style: str = "screen", language: str = "en"
) -> None:
    """Refuse what is not known, all at once, each with the nearest that is.

    Raises
    ------
    UserError
        If there is anything.
    """
    wrong: list[str] = []
    asked = [(kind, KINDS, "chart") for kind in kinds] + [(form, FORMATS, "format") for form in formats]
    for name, names, what in (*asked, (style, STYLES, "style"), (language, LANGUAGES, "language")):
        try:
            known(name, names, what)
        except UserError as error:
            wrong += error.lines
    if wrong:
        raise UserError(*wrong)


@contextmanager
def settings(
    style: Style,
    language: str = "en",
    results: Results | None = None,
) -> Iterator[None]:
    """Draw with the style's settings, whatever the user's own of matplotlib are, in a language.

    Where no font has the letters of the language, English is spoken; where none has those of a
    title, the results give its key instead.

    Warns
    -----
    MissingFont
        If there is anything that no font has.
    """
    import matplotlib

    from fourport.charts.fonts import fonts_for, missing_fonts

    titles = "" if results is None else results.letters
    words = "".join(catalogue(language).values()) if language != "en" else ""
    fonts, missing = fonts_for(words + titles, language)
    spoken = "en" if {*missing} & {*words} else language
    if results is not None:
        results.undrawable = frozenset(missing)
    for line in missing_fonts(missing, language if spoken != language else "", titles):
        warnings.warn(line, MissingFont, stacklevel=3)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        with matplotlib.rc_context(cast(Any, style.settings(fonts))), speaking(spoken):
            yield


def known(name: str, names: Iterable[str], what: str) -> None:
    """Refuse a name that is not among those known.

    Raises
    ------
    UserError
        With the nearest that is, and all of them.
    """
    allowed = list(names)
    if name not in allowed:
        near = get_close_matches(name, allowed, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise UserError(f"{name!r} is not a known {what}{hint}; allowed: {', '.join(allowed)}")
