"""Shell completion of scenarios, runs, names in them, measures, and what charts can be drawn and how.

If an error occurs, the shell is offered nothing: there is no place for a message while someone types.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path
from typing import Any

import click
from click.shell_completion import CompletionItem

MANIFEST = "manifest.json"

Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]
"""Returns the words that complete the word typed so far."""


def _silent(find: Callable[[click.Context, str], list[CompletionItem]]) -> Offer:
    """Return a completion that offers what ``find`` returns, or nothing if it raises an error."""

    @wraps(find)
    def offer(ctx: click.Context, _: click.Parameter, incomplete: str) -> list[CompletionItem]:
        with suppress(Exception):
            return find(ctx, incomplete)
        return []

    return offer


@_silent
def scenario(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer shipped scenarios, TOML files and folders."""
    return _scenarios(incomplete, runs=False)


@_silent
def scenario_or_run(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer shipped scenarios, TOML files, folders of runs and other folders."""
    return _scenarios(incomplete, runs=True)


@_silent
def policy(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the policies of the scenario or run named earlier on the line."""
    return _beginning(incomplete, _policies(_target(ctx)))


@_silent
def policies(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer policies for the last name of a list, except those already in the list."""
    return _listed(incomplete, _policies(_target(ctx)))


@_silent
def lane(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the lanes of the scenario or run named earlier on the line."""
    return _beginning(incomplete, _titled(ctx, "lanes"))


@_silent
def route(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the routes of the scenario or run, or those of the lane that is named already."""
    return _beginning(incomplete, _routes(ctx))


@_silent
def routes(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer routes, as :func:`route`, for the last name of a list, except those already in the list."""
    return _listed(incomplete, _routes(ctx))


@_silent
def rate(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer tariffs, and the lines of a tariff whose name has been typed with its dot."""
    tariffs = _entries_of(ctx, "tariffs")
    tariff, dot, _ = incomplete.rpartition(".")
    if not dot:
        return _beginning(incomplete, _titles(tariffs))
    lines = tariffs[tariff]["lines"]
    return _beginning(incomplete, {f"{tariff}.{one['name']}": "" for one in lines if one.get("name")})


@_silent
def measures(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer measures for the last name of a list, except those already in the list; also ``all``."""
    named = {"all": "All measures"} if "," not in incomplete else {}
    return _listed(incomplete, named | _measures())


@_silent
def target(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer measures for a bound; after a share, as "95% ", ``within`` and the measures that are shares."""
    from fourport.measures import MEASURES

    if "%" not in incomplete:
        return _beginning(incomplete, _measures())
    begun = incomplete.rpartition("%")[2]
    before = incomplete.removesuffix(begun.lstrip()) + " " * (not begun)
    shares = {name: one.title for name, one in MEASURES.items() if one.unit == "%"}
    named = {"within": "Limit of a time, such as 24 h"} | shares
    return _beginning(incomplete, {f"{before}{name}": title for name, title in named.items()})


def _measures() -> dict[str, str]:
    """Return the title of each measure of the summary and of each of its quantiles."""
    from fourport.measures import MEASURES, QUANTILES

    named: dict[str, str] = {}
    for name, one in MEASURES.items():
        named[name] = one.title
        if one.has_quantiles:
            named |= {f"{name}_{q}": f"{one.title}, {q.upper()}" for q in QUANTILES}
    return named


@_silent
def road(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the trucking legs of the scenario or run."""
    return _beginning(incomplete, _titled(ctx, "trucking"))


@_silent
def time(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the times that a number of servers can be chosen for."""
    from fourport.measures import MEASURES

    own = {"clearance": "Clearance", "visits": "Wait and service", "wait": "Wait"}
    of_summary = {name: one.title for name, one in MEASURES.items() if one.is_time and one.has_quantiles}
    return _beginning(incomplete, own | of_summary)


@_silent
def language(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the languages of charts."""
    return _beginning(incomplete, {"en": "English", "zh": "中文", "ko": "한국어"})


@_silent
def style(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the styles of charts."""
    from fourport.charts.style import STYLES

    return _beginning(incomplete, dict.fromkeys(STYLES, ""))


@_silent
def formats(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer formats of charts for the last name of a list, except those already in the list."""
    from fourport.charts.asked import FORMATS

    return _listed(incomplete, dict.fromkeys(FORMATS, ""))


@_silent
def chart(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the kinds of chart."""
    from fourport.charts import KINDS

    return _beginning(incomplete, {name: one.subject for name, one in KINDS.items()})


@_silent
def case(_: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the exact cases."""
    from fourport.study.verification.cases import CASES

    return _beginning(incomplete, dict.fromkeys(CASES, ""))


@_silent
def resource(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the resources of the scenario named earlier on the line."""
    from fourport.scenario.titles import title_of

    names = {
        f"{place}/{name}": title_of(resource.get("title"), "")
        for place, facility in _entries_of(ctx, "facilities").items()
        for name, resource in facility.get("resources", {}).items()
    }
    return _beginning(incomplete, names)


def _listed(incomplete: str, names: Mapping[str, str]) -> list[CompletionItem]:
    """Return the words that complete the last name of a list separated by commas."""
    before, comma, begun = incomplete.rpartition(",")
    named = before.split(",")
    left = {name: title for name, title in names.items() if name not in named}
    return [
        CompletionItem(f"{before}{comma}{item.value}", help=item.help) for item in _beginning(begun, left)
    ]


def _routes(ctx: click.Context) -> Mapping[str, str]:
    """Return the title of each route, of the lanes named on the line if there are any."""
    named = ctx.params.get("lane") or ()
    lanes = _entries_of(ctx, "lanes")
    chosen = [named] if isinstance(named, str) else [*named] or [*lanes]
    of = dict.fromkeys(name for one in chosen for name in lanes[one]["routes"])
    titles = _titled(ctx, "routes")
    return {name: titles.get(name, "") for name in of}


def _titled(ctx: click.Context, section: str) -> Mapping[str, str]:
    """Return the titles of a section of the scenario, or those that the run has."""
    target = _target(ctx)
    if os.path.isfile(os.path.join(target, MANIFEST)):
        from fourport.store import Run, titles_of
        from fourport.store.tables import TOGETHER

        manifest = Run.open(Path(target)).manifest()
        titles = titles_of(manifest, section, next(iter(manifest["policies"])))
        if titles:
            return {name: title for name, title in titles.items() if name != TOGETHER}
    return _titles(_entries_of(ctx, section))


def _titles(found: Mapping[str, Any]) -> Mapping[str, str]:
    from fourport.scenario.titles import title_of

    return {
        name: title_of(one.get("title"), "") if isinstance(one, dict) else "" for name, one in found.items()
    }


def _entries_of(ctx: click.Context, section: str) -> Mapping[str, Any]:
    """Return the entries of a section of the scenario or run named earlier on the line."""
    target = _target(ctx)
    if os.path.isfile(os.path.join(target, MANIFEST)):
        import json

        stored = json.loads((Path(target) / "scenario.json").read_text(encoding="utf-8"))["policies"]
        values = next(iter(stored.values()))["values"]
    else:
        from fourport.scenario.read import read

        values = read(target).tree.values
    found: Mapping[str, Any] = values[section]
    return found


def _beginning(incomplete: str, names: Mapping[str, str]) -> list[CompletionItem]:
    return [
        CompletionItem(name, help=title or None)
        for name, title in names.items()
        if name.startswith(incomplete)
    ]


def _target(ctx: click.Context) -> str:
    """Return the scenario or run on the line; click leaves it in ``args`` while an option is completed."""
    for name in ("scenario", "scenarios", "run"):
        given = ctx.params.get(name)
        if given:
            return str(given[0] if isinstance(given, tuple) else given)
    return ctx.args[0]


def _policies(target: str) -> Mapping[str, str]:
    """Return the title of each policy, first the scenario without a policy."""
    if os.path.isfile(os.path.join(target, MANIFEST)):
        from fourport.store import Run

        found: Mapping[str, str] = Run.open(Path(target)).manifest()["policies"]
        return found
    from fourport.scenario.load import policy_titles
    from fourport.scenario.names import base_name
    from fourport.scenario.read import read

    document = read(target)
    return {base_name(document.tree.values): "", **policy_titles(document)}


def _scenarios(incomplete: str, *, runs: bool) -> list[CompletionItem]:
    from fourport.scenario.library import names

    shipped = [name for name in names() if name.startswith(incomplete)]
    found = [CompletionItem(value) for value in dict.fromkeys([*shipped, *_paths(incomplete, runs=runs)])]
    # The shell itself completes other files, "~" and names with spaces.
    return found or [CompletionItem(incomplete, type="file")]


def _paths(incomplete: str, *, runs: bool) -> list[str]:
    """Return the files and folders that begin with ``incomplete``.

    A single folder is replaced by its entries, because a shell would take it for a finished word.
    """
    found = sorted(_entries(incomplete, runs=runs))
    alone = len(found) == 1 and found[0].endswith(os.sep)
    return _paths(found[0], runs=runs) if alone else found


def _entries(incomplete: str, *, runs: bool) -> Iterator[str]:
    folder, begun = os.path.split(incomplete)
    with suppress(OSError), os.scandir(folder or os.curdir) as entries:
        for entry in entries:
            hidden = entry.name.startswith(".") and not begun
            if hidden or " " in entry.name or not entry.name.startswith(begun):
                continue
            path = os.path.join(folder, entry.name)
            if entry.is_dir():
                is_run = runs and os.path.isfile(os.path.join(path, MANIFEST))
                yield path if is_run else path + os.sep
            elif entry.name.endswith(".toml"):
                yield path
