"""What the model says of published claims, as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from textwrap import wrap

from fourport.study.published_claims.judge import Judged

WIDTH = 100

SAID = {
    "holds": "the model agrees",
    "fails": "the model does not agree",
    "undecided": "the model leaves it open",
}
"""What a verdict is in words: a claim that fails is a finding, not an error."""


def claims_table(judged: Sequence[Judged]) -> str:
    """Give a paragraph for each claim, as plain text."""
    text: list[str] = []
    for one in judged:
        text += [
            *wrap(f"{one.name}: {one.claim.statement}.", WIDTH),
            f"  {SAID[one.verdict]}: {_value(one)}",
        ]
        text += [f"  {line}" for line in _along(one)]
        text.append("")
    n = judged[0].n if judged else 0
    if n == 1:
        return "\n".join([*text, "One replication: no intervals, nothing can be decided."])
    return "\n".join(
        [
            *text,
            f"In brackets the 95 % interval over {n} replications. The model agrees with a claim (it holds)",
            "if it lies within what the statement allows, does not (it fails) if it lies outside, and leaves",
            "it open (undecided) if it crosses a border.",
            "The interval holds chance alone, not doubt about rates: all but the one that is swept are the",
            "scenario's. The rate of a table of weight breaks is its level, of which the breaks are shares.",
        ]
    )


def _value(one: Judged) -> str:
    unit = f" {one.unit}" if one.unit else ""
    agrees = f"{_accepted(one, unit)} would agree"
    if math.isnan(one.value):
        return f"{one.said or 'no value'}; {agrees}"
    if one.n < 2:
        return f"it gives {one.value:.4g}{unit}; {agrees}"
    low, high = f"{one.low:.4g}", f"{one.high:.4g}"
    if one.swept is not None:
        # An interval that the range ends before it is decided is open there.
        low = f"below {one.swept.xs[0]:.4g}" if math.isnan(one.low) else low
        high = f"above {one.swept.xs[-1]:.4g}" if math.isnan(one.high) else high
    return f"it gives {one.value:.4g}{unit} ({low} to {high}); {agrees}"


def _accepted(one: Judged, unit: str) -> str:
    low, high = one.accepted
    if math.isinf(high):
        return f"{low:.4g}{unit} or more"
    return f"{high:.4g}{unit} or less" if math.isinf(low) else f"{low:.4g} to {high:.4g}{unit}"


def _along(one: Judged) -> Iterator[str]:
    """Say where along the input that decides the claim holds."""
    if one.swept is None or not one.regions:
        return
    unit, xs = one.swept.unit, one.swept.xs
    parts = [f"{r.low:.4g} to {r.high:.4g}" for r in one.regions if r.verdict == "holds"]
    open_ = [f"{r.low:.4g} to {r.high:.4g}" for r in one.regions if r.verdict == "undecided"]
    where = f"with {one.swept.rate.name} from {xs[0]:.4g} to {xs[-1]:.4g} {unit}"
    yield f"{where} it holds {'at ' + ' and '.join(parts) if parts else 'nowhere'}" + (
        f", undecided at {' and '.join(open_)}" if open_ else ""
    )
