"""The way of all tokens through their steps, as ``docs/semantics.md`` defines it.

For each step: when a token was ready for it, whether it came there, and whether it passed it over. Thousands
of tokens have tens of steps each, so this is compiled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined
from fourport.plan.tables import NEVER

if TYPE_CHECKING:
    from fourport.trace.tokens import Tokens, Walked


def run(tokens: Tokens, walked: Walked) -> None:
    """Let the tokens of one track after the other go from step to step."""
    tokens, walked = at_hand(tokens), at_hand(walked)
    ready_us, came = walked.ready_us, walked.came
    for track in range(len(tokens.first_step)):
        first, last = tokens.first_step[track], tokens.last_step[track]
        n = tokens.n_of_step[first]
        _begin(tokens, walked, first, n, tokens.is_declaration[track])
        for s in range(first, last + 1):
            row = tokens.first_row[s]
            if not tokens.sure[s]:
                for k in range(n):
                    walked.passed[row + k] = came[row + k] and _passes(tokens, walked, s, k)
            if s < last:
                for k in range(n):
                    here, ended = row + k, tokens.end_us[row + k]
                    came[here + n] = came[here] and (ended != NEVER or walked.passed[here])
                    ready_us[here + n] = max(ready_us[here], ended)  # ``NEVER`` is less than any time


@inlined
def _begin(tokens: Tokens, walked: Walked, s: int, n: int, is_declaration: bool) -> None:
    """Let the goods enter, or the declarations of those of which the first step has begun."""
    row, first = tokens.first_row[s], tokens.first_place[s]
    for k in range(n):
        since = tokens.begin_us[row + k] if is_declaration else tokens.entry_us[tokens.ids[first + k]]
        walked.ready_us[row + k] = since
        walked.came[row + k] = not is_declaration or since != NEVER


@inlined
def _passes(tokens: Tokens, walked: Walked, s: int, k: int) -> bool:
    """Return whether a token passes a step over when it comes to it.

    The reasons: a condition, a step already done, a declaration track that has not ended, and a choice of
    which another step is done.
    """
    condition, done, after = tokens.condition[s], tokens.unless_done[s], tokens.after_step[s]
    if condition >= 0 and not tokens.holds[condition, tokens.ids[tokens.first_place[s] + k]]:
        return True
    if done >= 0 and tokens.begin_us[tokens.first_row[done] + k] != NEVER:
        return True
    if after >= 0:
        ended = tokens.end_us[tokens.first_row[after] + k]
        if ended == NEVER or ended >= walked.ready_us[tokens.first_row[s] + k]:
            return True
    for other in range(tokens.first_of_choice[s], tokens.end_of_choice[s]):
        if other != s and tokens.took[tokens.first_row[other] + k]:
            return True
    return False
