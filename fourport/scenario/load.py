"""Load a scenario from its files: read, merge, validate, check; all problems at once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pydantic import ValidationError

from fourport.errors import Key, Problem, UserError, key_of
from fourport.scenario.amounts import unscaled_block_space
from fourport.scenario.changes import resolved
from fourport.scenario.check import check
from fourport.scenario.distances import unpriced_distances
from fourport.scenario.document import Document
from fourport.scenario.drop import DROP, dropped
from fourport.scenario.entries import invalid_entries, scenario_of, valid_input
from fourport.scenario.listing import Listing
from fourport.scenario.messages import problems_of
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.names import BASE, base_name, under
from fourport.scenario.read import read
from fourport.scenario.references import entries, entries_used, new_but_unused
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.titles import title_of
from fourport.scenario.tree import (
    Located,
    Node,
    Provenance,
    merge,
    policy_tree,
    refuse,
    without,
    without_policies,
    written,
)
from fourport.scenario.warnings import Known, warnings_of

FIXED = ("policies", "format", "name", "base", "extends")
"""Keys that name a scenario or its policies; a policy may not change them."""
COMPARED = ("run", "reporting_currency")
"""Keys that make runs comparable; a policy may not change them either."""


@dataclass(frozen=True, repr=False)
class Loaded:
    """A valid scenario, with what its files say about it.

    Attributes
    ----------
    scenario
        The scenario, with the policy applied.
    document
        The files as read, with all their policies.
    policy
        Name of the policy applied; None if there is none.
    tree
        The tree of the scenario.
    """

    scenario: Scenario
    document: Document
    policy: str | None
    tree: Node

    @property
    def path(self) -> Path:
        """The file."""
        return self.document.path

    @cached_property
    def text(self) -> str:
        """All files as read, the base first."""
        return self.document.text

    @cached_property
    def policies(self) -> Mapping[str, str]:
        """Title of each policy of the file."""
        return policy_titles(self.document)

    def __repr__(self) -> str:
        under = f" under {self.policy}" if self.policy else ""
        return f"<Loaded {self.scenario.name}{under}: {self.path}>"

    @cached_property
    def provenance(self) -> Mapping[Key, Provenance]:
        """What is known about each number, by key."""
        return {key: one.provenance for key, one in self.tree.numbers() if one.provenance is not None}

    def warnings(self, known: Known | None = None) -> list[Located]:
        """Return the warnings with their lines.

        Parameters
        ----------
        known
            As in :func:`~fourport.scenario.warnings.warnings_of`.
        """
        found = [*warnings_of(self.scenario, known), *unpriced_distances(self.document.layers, self.tree)]
        return self.tree.locate(found)

    def refuse(self, problems: Iterable[Problem]) -> None:
        """Raise UserError with the lines of the problems, if there are any."""
        refuse(self.tree.locate(problems))


@dataclass(frozen=True)
class Examined:
    """A scenario with its problems, valid or not.

    Attributes
    ----------
    scenario
        The scenario; None if its values are not valid.
    problems
        All problems, sorted by file and line.
    """

    scenario: Scenario | None
    problems: list[Located]
    tree: Node


def load(name_or_path: str | Path | Loaded, policy: str | None = None) -> Loaded:
    """Load a scenario, with a policy applied, from a file or by the name of a shipped scenario.

    A loaded scenario is not read again.

    Raises
    ------
    UserError
        With a line for each problem of the files.
    """
    document = _document(name_or_path)
    if policy in (BASE, base_name(document.tree.values)):
        policy = None
    if isinstance(name_or_path, Loaded) and policy == name_or_path.policy:
        return name_or_path
    examined = examine(document, policy)
    if policy is not None and examined.problems:
        raise UserError(*lines_under(policy, examined.problems, examine(document).problems, examined.tree))
    refuse(examined.problems)
    assert examined.scenario is not None
    return Loaded(examined.scenario, document, policy, examined.tree)


def lines_under(policy: str, problems: Iterable[Located], known: Iterable[Located], tree: Node) -> list[str]:
    """Return the lines of problems under a policy, which name it unless the scenario has them without it.

    Parameters
    ----------
    known
        Problems of the scenario without the policy.
    tree
        The tree under the policy.
    """
    alike = {*known}
    told = {(one.key, one.message) for one in alike}
    return [
        str(one) if one in alike or is_told(one, told, tree) else str(one) + under([policy])
        for one in problems
    ]


def is_told(problem: Located, told: Collection[tuple[str, str]], tree: Node) -> bool:
    """Return whether a problem under a policy is one that is told without it, by key and message.

    A problem of a table that a policy adds to, or of something missing in it, has another line than in the
    base but is the same problem. One of a single value on its own line is not: two policies with it both have
    it.
    """
    key = key_of(problem.key)
    node = tree.nearest(key)
    is_own = not node.parts and node is not tree.nearest(key[:-1]) and node.place.line == problem.line
    return (problem.key, problem.message) in told and not is_own


def _document(scenario: str | Path | Loaded) -> Document:
    return scenario.document if isinstance(scenario, Loaded) else read(scenario)


def policy_names(scenario: str | Path | Loaded) -> tuple[str, ...]:
    """Return the name of the scenario as it stands, followed by those of its policies."""
    document = _document(scenario)
    return (base_name(document.tree.values), *policy_titles(document))


def known_as(names: Sequence[str], policy: str) -> str:
    """Return the name of a policy among those of its scenario; ``base`` may have another name."""
    return names[0] if policy == BASE else policy


def policy_titles(document: Document) -> dict[str, str]:
    """Return the title of each policy, or its name if it has no title."""
    policies = document.tree.values.get("policies", {})
    if not isinstance(policies, dict):
        return {}
    return {
        name: title_of(body.get("title"), name) if isinstance(body, dict) else name
        for name, body in policies.items()
    }


def examine(document: Document, policy: str | None = None) -> Examined:
    """Validate and check a document with a policy applied.

    Raises
    ------
    UserError
        If there is no such policy.
    """
    problems = list(document.problems)
    tree = effective(document, policy, problems)
    listing = document.listing.copy()
    scenario = scenario_of(tree)
    unused = _unused(document, tree, policy)
    found: dict[tuple[Key, str], Problem] = {}
    for one in () if scenario is not None else _invalid(document, tree, listing):
        # Missing keys of an unused entry do not matter: its name is probably a typo.
        missing = one.message.startswith("is missing") and any(one.key[:n] in unused for n in (2, 4))
        if not missing and listing.lists(one.key):
            found[one.key, one.message] = one
    for key, problem in unused.items():
        if listing.lists(key):
            one = problem()
            found[key, one.message] = one
    taken = {key for key, _ in found}
    for one in check(tree, document.runs, document.checked, listing):
        if one.key not in taken and listing.lists(one.key):
            found[one.key, one.message] = one
    found |= {(one.key, one.message): one for one in listing.rest()}
    known = {(one.file, one.line, one.key) for one in problems}
    problems += [one for one in tree.locate(found.values()) if (one.file, one.line, one.key) not in known]
    if document.not_read:
        problems = [one for one in problems if not _follows_from(one, document.not_read)]
    return Examined(scenario, sorted(set(problems)), tree)


def _invalid(document: Document, tree: Node, listing: Listing) -> Iterator[Problem]:
    """Return what is wrong with the values of a scenario, of entries as far as their section is listed.

    Entries are validated once, under whatever policy; so their problems stay at their nodes.
    """
    try:
        Scenario.model_validate(valid_input(tree))
    except ValidationError as error:
        added = set(tree.values) - set(document.tree.values)  # added by the policy
        yield from problems_of(error, tree.values, own=added, without=(*FIXED, *COMPARED))
    for key, node in invalid_entries(tree):
        if listing.is_full(key):
            continue
        if node.problems is None:
            assert node.invalid is not None
            node.problems = problems_of(node.invalid, node.values, key)
        yield from node.problems


def _follows_from(problem: Located, not_read: Collection[str]) -> bool:
    """True if a problem may come from columns of a price list that are not known, and is not about these."""
    in_list = problem.file in not_read and problem.key.startswith("tariffs.")
    return in_list or problem.message.startswith("there is no tariff ")


def _unused(document: Document, tree: Node, policy: str | None) -> dict[Key, Callable[[], Problem]]:
    """Return, by key, what says so of unused entries of the files and of those that a policy adds."""
    found = dict(document.unused)
    if policy is not None:
        new = entries(tree) - entries(document.tree)
        found |= new_but_unused(new, entries_used(tree), tree)
    return found


def effective(document: Document, policy: str | None, problems: list[Located] | None = None) -> Node:
    """Return the tree of a document with a policy applied; forbidden changes are added to ``problems``.

    Raises
    ------
    UserError
        If there is no such policy.
    """
    tree = without_policies(document.tree)
    if policy is None:
        return tree
    names = list(policy_titles(document))
    if policy not in names:
        raise UserError(
            f"{document.path}:1: there is no policy {policy!r}{suggestion(policy, names)}"
            + (allowed(names) or "; the file has none")
        )
    if not isinstance(document.tree.values["policies"][policy], dict):
        return tree  # reported elsewhere
    over = policy_tree(document.tree, policy)
    wrong = [name for name in (*FIXED, *COMPARED) if name in over.table()]
    if problems is not None:
        problems += over.locate(Problem((name,), _forbidden(name)) for name in wrong)
        problems += over.locate(unscaled_block_space(tree, over))
    for name in wrong:
        over = without(over, (name,))
    if DROP in over.table():
        names, over = over.table()[DROP].values, without(over, (DROP,))
        where = "in the scenario that this policy changes"
        tree, _, faults = dropped(tree, names, lambda key: _not_replaced(key, over), where)
        if problems is not None:
            place = policy_tree(document.tree, policy)
            problems += place.locate(Problem(at, fault) for at, fault in faults)
    return merge(tree, resolved(tree, over, [] if problems is None else problems))


def _not_replaced(key: Key, over: Node) -> str:
    """Return why a policy may not drop a key: it replaces what it drops, and removes nothing."""
    values: object = over.values
    for part in key:
        if not isinstance(values, dict) or part not in values:
            return f"{written(key)!r} is not given by this policy; allowed: keys that it gives anew"
        values = values[part]
    return ""


def _forbidden(name: str) -> str:
    but = f"; allowed: any section but {', '.join((*FIXED, *COMPARED))}"
    if name in COMPARED:
        return (
            "cannot be changed by a policy, since its runs would no longer compare with those of the base"
            f"{but}; a file of its own that extends this one may change it"
        )
    return f"cannot be changed by a policy{but}"
