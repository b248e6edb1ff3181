"""The way of tokens through the steps of a track, as ``docs/semantics.md`` defines it.

For each step: when a token was ready for it, whether it came there, and whether it passed it over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import inlined
from fourport.plan.tables import NEVER

if TYPE_CHECKING:
    from fourport.trace.compiled.tables import Given, Happened


@inlined
def walk(given: Given, events: Happened, track: int, place: int, since: int, until: int) -> None:
    """Let the tokens of some consignments of a route go from step to step of a track."""
    first, last = given.track_begins[track], given.track_ends[track]
    _begin(given, events, track, place, since, until)
    for s in range(first, last + 1):
        row = given.first_row[s]
        if not given.sure[s]:
            for k in range(since, until):
                came = events.came[row + k]
                events.passed[row + k] = came and _passes(given, events, s, given.ids[place + k], k)
        if s < last:
            following = given.first_row[s + 1]
            for k in range(since, until):
                end = events.end_us[row + k]
                goes_on = end != NEVER or events.passed[row + k]
                events.came[following + k] = events.came[row + k] and goes_on
                # ``NEVER`` is less than any time.
                events.ready_us[following + k] = max(events.ready_us[row + k], end)


@inlined
def _begin(given: Given, events: Happened, track: int, place: int, since: int, until: int) -> None:
    """Let the goods enter, or the declarations of those of which the first step has begun."""
    row, is_declaration = given.first_row[given.track_begins[track]], given.is_declaration[track]
    for k in range(since, until):
        ready = events.begin_us[row + k] if is_declaration else given.entry_us[place + k]
        events.ready_us[row + k] = ready
        events.came[row + k] = not is_declaration or ready != NEVER


@inlined
def _passes(given: Given, events: Happened, s: int, i: int, k: int) -> bool:
    """Return whether the token of a consignment, the k-th of its route, passes a step over if it comes there.

    The reasons: a condition, a step already done, a declaration track that has not ended, and a choice of
    which another step is done.
    """
    condition, done, after = given.condition[s], given.unless_done[s], given.after_step[s]
    if condition >= 0 and not given.holds[condition, i]:
        return True
    if done >= 0 and events.begin_us[given.first_row[done] + k] != NEVER:
        return True
    if after >= 0:
        ended = events.end_us[given.first_row[after] + k]
        if ended == NEVER or ended >= events.ready_us[given.first_row[s] + k]:
            return True
    for other in range(given.first_of_choice[s], given.end_of_choice[s]):
        if other != s and _took(given, events, given.first_row[other] + k):
            return True
    return False


@inlined
def _took(given: Given, events: Happened, row: int) -> bool:
    """Return whether the service of a step took a consignment, or a part of it."""
    if events.begin_us[row] != NEVER or events.departure_index[row] >= 0:
        return True
    return len(given.in_parts) > 0 and given.in_parts[row]
