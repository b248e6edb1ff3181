"""Shell completion of scenarios, runs, policies and resources.

If an error occurs, the shell is offered nothing: there is no place for a message while someone types.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import wraps
from pathlib import Path

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
    before, comma, begun = incomplete.rpartition(",")
    named = before.split(",")
    left = {name: title for name, title in _policies(_target(ctx)).items() if name not in named}
    return [
        CompletionItem(f"{before}{comma}{item.value}", help=item.help) for item in _beginning(begun, left)
    ]


@_silent
def lane(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the lanes of the run named earlier on the line."""
    from fourport.store import Run, titles_of
    from fourport.store.tables import TOGETHER

    manifest = Run.open(Path(_target(ctx))).manifest()
    titles = titles_of(manifest, "lanes", next(iter(manifest["policies"])))
    return _beginning(incomplete, {name: title for name, title in titles.items() if name != TOGETHER})


@_silent
def resource(ctx: click.Context, incomplete: str) -> list[CompletionItem]:
    """Offer the resources of the scenario named earlier on the line."""
    from fourport.scenario.read import read
    from fourport.scenario.titles import title_of

    facilities = read(_target(ctx)).tree.values["facilities"]
    names = {
        f"{place}/{name}": title_of(resource.get("title"), "")
        for place, facility in facilities.items()
        for name, resource in facility.get("resources", {}).items()
    }
    return _beginning(incomplete, names)


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
