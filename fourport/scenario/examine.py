"""Check a file as a whole: a scenario and each of its policies, or published claims (``fourport check``).

The scenarios of a stored run pass the same checks (:func:`examine_stored`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fourport.errors import Key, Problem
from fourport.scenario.distances import unpriced_distances
from fourport.scenario.document import Document
from fourport.scenario.extended_files import NotAScenario
from fourport.scenario.load import Examined, examine, is_told, policy_titles
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.names import base_name, each_once
from fourport.scenario.read import read
from fourport.scenario.text import DEEPEST, too_deep
from fourport.scenario.tree import FileLine, Located, Node, plain_tree, written
from fourport.scenario.warnings import Known, warnings_of


@dataclass(frozen=True)
class Findings:
    """Problems and warnings of a file.

    Attributes
    ----------
    holds
        What the file holds: a scenario and so many policies, or so many published claims.
    problems, warnings
        A line for each problem and each warning, with the policies under which it holds; of a problem that
        the scenario has without a policy, none is named.
    """

    holds: str
    problems: list[str]
    warnings: list[str]


Further = Callable[[Scenario], Iterable[Problem]]
"""Return problems that show only when a valid scenario is made ready to run."""


def examine_file(name_or_path: str | Path, further: Further) -> Findings:
    """Check a scenario and each of its policies, or a file of published claims.

    Parameters
    ----------
    name_or_path
        The file, or the name of a shipped scenario. Claims are checked by themselves, not against a scenario.
    further
        Returns further problems of a valid scenario.

    Raises
    ------
    UserError
        If the file cannot be read at all, or holds claims that are not valid.
    """
    try:
        document = read(name_or_path)
    except NotAScenario as claims:
        from fourport.scenario.claims import read_claims  # rarely needed

        n = len(read_claims(claims.path).claims.claims)
        return Findings(f"{n} published claim{'s' if n > 1 else ''}", [], [])
    policies = list(policy_titles(document))
    name, base = base_name(document.tree.values), examine(document)
    told: set[tuple[str, str]] = set()
    lines: list[str] = []
    wrong: dict[str, list[str]] = {name: []}
    warned: dict[str, list[str]] = {}
    known = Known()
    for policy in (None, *policies):
        examined = base if policy is None else examine(document, policy)
        problems = _with_further(examined, further)
        if examined.scenario is not None and not problems:
            found = [
                *warnings_of(examined.scenario, known),
                *unpriced_distances(document.layers, examined.tree),
            ]
            warned[policy or name] = [str(one) for one in examined.tree.locate(found)]
        if policy is None:
            told = {(problem.key, problem.message) for problem in problems}
            lines = [str(problem) for problem in problems]
        else:
            new = [str(problem) for problem in problems if not is_told(problem, told, examined.tree)]
            wrong[policy] = [line for line in new if line not in lines]
    lines += each_once(wrong, name)
    if base.tree.values.get("claims"):
        from fourport.scenario.claims import problems_in  # rarely needed

        lines += problems_in(base.tree)
    n = len(policies)
    holds = "scenario" + (f" and {n} polic{'ies' if n > 1 else 'y'}" if n else "")
    return Findings(holds, list(dict.fromkeys(lines)), each_once(warned, name))


def _with_further(examined: Examined, further: Further) -> list[Located]:
    """Return the problems of a scenario, or what shows further if it has none."""
    if examined.scenario is None or examined.problems:
        return examined.problems
    return sorted(examined.tree.locate(further(examined.scenario)))


def examine_stored(
    path: Path, stored: Mapping[str, Mapping[str, Any]], further: Further
) -> tuple[dict[str, Scenario], list[str]]:
    """Check the values of a scenario that a run has stored under each policy, as those of its files were.

    What is not used is no problem: a policy may have made it so.

    Parameters
    ----------
    path
        The file that they are in.
    stored
        Values by policy, as JSON gives them.

    Returns
    -------
    scenarios
        The valid scenarios by policy.
    problems
        A line for each problem, with the policies under which it holds.
    """
    shared = _Shared(path)
    found: dict[str, Scenario] = {}
    wrong: dict[str, list[str]] = {}
    for policy, values in stored.items():
        if (deep := too_deep(values)) is not None:
            what = f"is nested too deeply; allowed: {DEEPEST} levels"
            wrong[policy] = [str(Located(str(path), 1, written(deep[:1]), what))]
            continue
        document = Document(path, shared.tree(values), checked=shared.checked)
        document.note_wrong_names()
        examined = examine(document)
        problems = _with_further(examined, further)
        wrong[policy] = [str(problem) for problem in problems]
        if examined.scenario is not None and not problems:
            found[policy] = examined.scenario
    return found, each_once(wrong, "")


class _Shared:
    """The trees of stored values; policies share the nodes of all that they have in common.

    So each entry is validated once, as under the policies of a file.

    Attributes
    ----------
    checked
        Problems found between the entries, by the sections that were checked.
    """

    def __init__(self, path: Path) -> None:
        self.file = str(path)
        self.checked: dict[tuple[Node, ...], list[Problem]] = {}
        self._known: dict[tuple[Key, str], Node] = {}

    def place(self, _key: Key) -> FileLine:
        """Return the first line for each key: JSON has no lines for them."""
        return FileLine(self.file, 1)

    def tree(self, values: Mapping[str, Any]) -> Node:
        """Return the tree of a scenario."""
        return Node(self, (), parts={name: self._section(name, its) for name, its in values.items()})

    def _section(self, name: str, values: Any) -> Node:
        at = ((name,), json.dumps(values))  # a number, true and a text are not the same
        if at not in self._known:
            is_table = isinstance(values, dict)
            parts = {key: self._entry((name, key), its) for key, its in values.items()} if is_table else None
            self._known[at] = (
                plain_tree(values, self, (name,)) if parts is None else Node(self, (name,), parts=parts)
            )
        return self._known[at]

    def _entry(self, key: Key, values: Any) -> Node:
        at = (key, json.dumps(values))
        if at not in self._known:
            self._known[at] = plain_tree(values, self, key)
        return self._known[at]
