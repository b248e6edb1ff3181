"""Check a file as a whole: a scenario and each of its policies, or published claims (``fourport check``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fourport.errors import Problem
from fourport.scenario.distances import unpriced_distances
from fourport.scenario.extended_files import NotAScenario
from fourport.scenario.load import examine, is_told, policy_titles
from fourport.scenario.models.scenario import Scenario
from fourport.scenario.names import base_name, each_once
from fourport.scenario.read import read
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


Further = Callable[[Scenario, Scenario | None], Iterable[Problem]]
"""Return problems that show only when a valid scenario is made ready to run.

The second is the scenario without its policy, or under another one, that has no problems, so that what both
have is known to be right.
"""


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
    known, sound = Known(), None
    for policy in (None, *policies):
        examined = base if policy is None else examine(document, policy)
        problems = examined.problems
        if examined.scenario is not None and not problems:
            problems = sorted(examined.tree.locate(further(examined.scenario, sound)))
        if examined.scenario is not None and not problems:
            found = [
                *warnings_of(examined.scenario, known),
                *unpriced_distances(document.layers, examined.tree),
            ]
            warned[policy or name] = [str(one) for one in examined.tree.locate(found)]
            sound = sound or examined.scenario
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
