"""Read a file of published claims, and report all problems at once, each with its line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from fourport.arguments import told
from fourport.errors import Key, Problem, UserError
from fourport.scenario.messages import message_of
from fourport.scenario.models.claims import Claims
from fourport.scenario.suggestions import allowed, suggestion
from fourport.scenario.text import FileLines, no_file, parse, read_text
from fourport.scenario.tree import Node, plain_tree, refuse

MOST_UNKNOWN = 100
"""Most unknown keys that are reported one by one."""
MOST_FOREIGN = 5
"""Most problems that are told of claims about another scenario."""
KINDS = ("ratio", "threshold", "difference")


@dataclass(frozen=True)
class ClaimsFile:
    """A valid file of published claims.

    Attributes
    ----------
    path
        The file.
    text
        The file as read.
    tree
        Tree of the file, with the place of each key.
    """

    claims: Claims
    path: Path
    text: str
    tree: Node

    def refuse(self, problems: list[Problem], scenario: str = "") -> None:
        """Raise UserError with a line for each problem, if there are any.

        Many problems of claims about another than the given scenario have one cause, which goes first; few of
        them follow, without the names that are allowed.
        """
        about = self.claims.scenario
        first = {problem.message: problem for problem in reversed(problems)}
        if about in ("", scenario) or not scenario or len(first) <= MOST_FOREIGN:
            refuse(self.tree.locate(problems))
            return
        short = [Problem(one.key, one.message.partition("; allowed:")[0]) for one in first.values()]
        lines = [str(one) for one in sorted(self.tree.locate(short))]
        raise UserError(
            f"{self.path}: these claims are about {about}; {len(first)} names are not in {scenario}, or do "
            f"not fit it; allowed: claims about {scenario}",
            *lines[:MOST_FOREIGN],
            f"and {len(lines) - MOST_FOREIGN} more",
        )


def named_by(tree: Node) -> Path | None:
    """Return the file of claims that a scenario names, there or not; None if it names none."""
    name = tree.values.get("claims", "")
    if not (isinstance(name, str) and name):
        return None
    return Path(tree.nearest(("claims",)).lines.file).parent / name


def problems_in(tree: Node) -> list[str]:
    """Return a line for each problem of the file of claims that a scenario names."""
    path = named_by(tree)
    if path is None:
        return []
    if not path.is_file():
        what = f"{no_file(path, path)}; allowed: one of claims, by its path from the folder of this file"
        return [str(one) for one in tree.locate([Problem(("claims",), what)])]
    try:
        read_claims(path)
    except UserError as error:
        return list(error.lines)
    return []


def read_claims(path: str | Path) -> ClaimsFile:
    """Read a file of published claims.

    Raises
    ------
    UserError
        With a line for each problem of the file.
    """
    if not isinstance(path, str | Path):
        raise UserError(f"{told(path)} is not a file of claims; allowed: its path (docs/curves.md)")
    path = Path(path)
    text = read_text(path, wanted="a file of claims (docs/curves.md)")
    values = parse(path, text)
    tree = plain_tree(values, FileLines(str(path), text))
    try:
        claims = Claims.model_validate(values)
    except ValidationError as error:
        refuse(tree.locate(_problems(error)))
        raise
    found = ClaimsFile(claims, path, text, tree)
    known = list(claims.sources)
    found.refuse(
        [
            Problem(
                ("claims", name, "source"),
                f"{claim.source!r} is not in [sources]{suggestion(claim.source, known)}{allowed(known)}",
            )
            for name, claim in claims.claims.items()
            if claim.source not in known
        ]
    )
    return found


def _problems(error: ValidationError) -> list[Problem]:
    found: list[Problem] = []
    details = error.errors(include_url=False)
    unknown = [detail for detail in details if detail["type"] == "extra_forbidden"]
    if len(unknown) > MOST_UNKNOWN:  # a file of another kind
        details = [*unknown[:MOST_UNKNOWN], *(one for one in details if one["type"] != "extra_forbidden")]
        found.append(Problem((), f"{len(unknown)} keys are not known; the first {MOST_UNKNOWN} are listed"))
    for detail in details:
        # pydantic adds the kind of a claim to the path.
        key: Key = tuple(part for k, part in enumerate(detail["loc"]) if not (k == 2 and part in KINDS))
        message = message_of(detail)
        if detail["type"] == "extra_forbidden":
            message = "is not a known key"
        elif detail["type"] == "missing":
            message = "is missing"
        elif detail["type"].startswith("union_tag"):
            key, message = (*key, "kind"), f"is not a kind of claim; allowed: {', '.join(KINDS)}"
        else:
            message = message[0].lower() + message[1:]
        found.append(Problem(key, message))
    return found
