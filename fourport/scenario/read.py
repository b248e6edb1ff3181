"""Read scenario files: make a tree of each, follow ``extends`` and ``drop``, merge price lists."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pydantic import ValidationError

from fourport.errors import Key, UserError
from fourport.scenario import library
from fourport.scenario.amounts import unscaled_block_space
from fourport.scenario.changes import resolved
from fourport.scenario.confinement import confined
from fourport.scenario.csv_files import CODING, CsvFiles
from fourport.scenario.document import Document, pipe_at
from fourport.scenario.drop import DROP, dropped
from fourport.scenario.entries import table
from fourport.scenario.extended_files import EXTENDS, ScenarioFile, gather
from fourport.scenario.messages import problems_of
from fourport.scenario.provenance import TreeBuilder
from fourport.scenario.references import entries, entries_used
from fourport.scenario.shape import validator
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.titles import Title
from fourport.scenario.tree import Located, Node, Values, located, merge, within, written

TEXTS = ("title", "description")
"""Texts of a policy."""
SCENARIO_KEYS = ("format", "name", "run")
"""Keys of every scenario; a file that has none of them, nor extends one that has, is a part of a scenario."""

_LATEST: list[Document] = []
"""The document read last, since a command loads one scenario under several policies, one after the other."""


def read(name_or_path: str | Path) -> Document:
    """Read a scenario and the files that it extends; unchanged files of the last call are not parsed again.

    Raises
    ------
    UserError
        If a file cannot be read or is not TOML, ``extends`` leads nowhere or in a circle, or the file
        is only a part of a scenario.
    NotAScenario
        If the file holds published claims.
    """
    path = library.find(name_or_path)
    latest = _LATEST[0] if _LATEST else None
    if latest and (latest.path, latest.confined) == (path, confined()) and latest.is_current():
        return latest
    sources: dict[Path, ScenarioFile] = {}
    gather(path, sources)
    document = Document(path, Node(sources[path.resolve()].lines, (), parts={}), confined())
    for source in sources.values():
        document.files[source.path] = source.lines.text
        if (pipe := pipe_at(source.path)) is not None:
            document.pipes[source.path] = pipe
        _add(document, source)
    if not document.tree.table().keys() & SCENARIO_KEYS:
        raise UserError(
            f"{path}:1: has no {', '.join(SCENARIO_KEYS)}, so that it is only a part of a scenario"
            "; allowed: a scenario, such as a file that extends this one"
        )
    document.note_wrong_names()
    document.problems += _unknown_sources(document)
    document.problems += _texts_of_policies(document)
    _LATEST[:] = [document]
    return document


def _add(document: Document, source: ScenarioFile) -> None:
    """Merge a file into the document."""
    file, raw, lines = source.path, source.raw, source.lines
    csv_files = CsvFiles(document, file, lines, raw.get(CODING))
    csv_files.merge_price_lists(raw)
    csv_files.merge_timetables(raw)
    builder = TreeBuilder(lines, document.listing, csv_files.with_column)
    over = builder.tree({key: value for key, value in raw.items() if key not in (EXTENDS, DROP)})
    where = "in the files that this one extends"
    base, gone, faults = dropped(document.tree, raw.get(DROP, []), lambda _: _why_not_dropped(raw), where)
    for at, fault in faults:
        builder.problem(at, at, fault)
    document.problems += builder.problems.values()
    document.cited = [one for one in document.cited if not any(within(one[0], key) for key in gone)]
    document.cited += [(key, lines, at, named) for key, (at, named) in builder.cited.items()]
    over = resolved(base, over, document.problems)
    document.problems += _given_twice(base, over, source.ancestors)
    document.problems += over.locate(unscaled_block_space(base, over))
    document.tree = merge(base, over)
    document.layers.append(document.tree)
    _note_entries(document, over, extends=EXTENDS in raw)
    run = document.tree.table().get("run")
    document.runs[str(file)] = run
    document.runs |= {part: run for part, its_run in document.runs.items() if its_run is None}


def _why_not_dropped(raw: Values) -> str:
    return "" if EXTENDS in raw else "a file that extends no other has nothing to drop; allowed: no drop"


def _given_twice(base: Node, over: Node, ancestors: frozenset[str]) -> list[Located]:
    """Check that no two files give the same number unless one extends the other."""
    found: dict[Key, Located] = {}
    for key, old, new in _replaced(base, over):
        if old.lines.file not in ancestors and next(new.numbers(), None):
            place, there = new.place, old.place
            message = (
                f"is given in {there.file} on line {there.line}, too, and neither file extends the other"
                "; allowed: one of the two, or a file that extends the other"
            )
            found.setdefault(key[:2], Located(place.file, place.line, written(key), message))
    return list(found.values())


def _replaced(base: Node, over: Node, key: Key = ()) -> Iterator[tuple[Key, Node, Node]]:
    """Return what has numbers in a tree and is replaced by another: its key, old and new node."""
    for name, new in (over.parts or {}).items():
        old = (base.parts or {}).get(name)
        if old is not None and old.is_table and new.is_table:
            yield from _replaced(old, new, (*key, name))
        elif old is not None and next(old.numbers(), None):
            yield (*key, name), old, new


def _note_entries(document: Document, over: Node, *, extends: bool) -> None:
    """Note the entries that the last merged file adds, and the entries used now."""
    found = entries(document.tree)
    document.there &= found  # dropped entries are gone
    document.there |= set() if extends else entries(over)
    document.added = found - document.there
    document.used |= entries_used(document.tree)
    for body in document.tree.table("policies").values():
        document.used |= entries_used(body)


def _unknown_sources(document: Document) -> list[Located]:
    """Check that the sources named by tags exist in some file."""
    values = document.tree.values
    known = dict.fromkeys(table(values, "sources"))
    for name in table(values, "policies"):
        known |= dict.fromkeys(table(values, "policies", name, "sources"))
    found = []
    for key, lines, at, source in document.cited:
        if source not in known and document.listing.lists(key):
            there = allowed([*known]) or "; there is no section [sources.KEY]"
            message = f"there is no source {source!r}{suggestion(source, known)}{there}"
            found.append(located(lines, at, key, message))
    return found


def _texts_of_policies(document: Document) -> list[Located]:
    """Check that titles and descriptions of policies are texts, since no model holds them."""
    told = {(one.file, one.line, one.key) for one in document.problems}
    found = []
    for name in table(document.tree.values, "policies"):
        body = table(document.tree.values, "policies", name)
        for text in TEXTS:
            key: Key = ("policies", name, text)
            value = body.get(text, "")
            try:
                validator(Title if text == "title" else str)(value)
            except ValidationError as error:
                found += document.tree.locate(problems_of(error, value, key))
    return [one for one in found if (one.file, one.line, one.key) not in told]
