"""What can come after the papers of an office: what direct handling may go past."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from fourport.scenario.levers.draft import Draft
from fourport.scenario.models.demand import AtStep


def too_early(draft: Draft, offices: Iterable[str], skips: Sequence[str]) -> Iterator[tuple[int, str]]:
    """Find what no route does after papers of the offices can be begun: its place in ``skips``, and why."""
    after = set[str]().union(*(_after(draft, office) for office in offices))
    for k, name in enumerate(skips):
        if name not in after:
            allowed = ", ".join(sorted(after.difference(draft.offices(), draft.legs)))
            yield (
                k,
                f"no route comes to {name!r} after the papers of {' or '.join(map(repr, offices))} can be"
                f" begun, so that nobody goes past it; allowed: {allowed or 'nothing'}, or papers that are"
                " begun sooner (pre_arrival, information)",
            )


def _after(draft: Draft, office: str) -> set[str]:
    """Name what routes do after the earliest instant at which the office's papers can be begun."""
    found = set()
    for route in draft.routes.values():
        names = [f"{step.at}/{step.do}" if isinstance(step, AtStep) else step.by for step in route.steps]
        for k, name in enumerate(names):
            if name == office:
                found |= set(names[_begun(draft, names[: k + 1]) + 1 :])
    return found


def _begun(draft: Draft, names: Sequence[str]) -> int:
    """Give the step that begins the papers of the last of these steps, an office."""
    last = len(names) - 1
    office = draft.office(names[last])
    for k in reversed(range(last)):
        if names[k] in office.joint_with:  # its papers are those of that office
            return _begun(draft, names[: k + 1])
    begun = [last]
    if office.pre_arrival > 0:
        begun += [k for k in range(last) if names[k] in draft.legs][-1:]
    if office.information is not None and office.information.share > 0:
        begun += [k for k in range(last) if names[k] == office.information.of]
    return min(begun)
