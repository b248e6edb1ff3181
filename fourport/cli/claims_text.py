"""Text of ``fourport claims``: verdicts on published claims, and the causes of a change."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from fourport.cli.columns import TextColumn, tables
from fourport.cli.lines import said
from fourport.errors import key_of
from fourport.study.attribution.attribute import Attributed, Moved
from fourport.study.attribution.inputs import HIGH, LOW, OWN, Input
from fourport.study.attribution.required_inputs import NO_EFFECT, NOTHING, CombinedInputs
from fourport.study.published_claims.judge import JudgedClaim
from fourport.study.statistics import Estimate

SAID = {
    "holds": "the model agrees",
    "fails": "the model does not agree",
    "undecided": "the model leaves it open",
}
"""Each verdict in words. A claim that fails is a finding, not an error."""

ALL, NEARLY = 0.01, 0.1
"""A lever has all, or nearly all, of a change if the other levers' shares sum to this part or less."""


def claims_text(judged: Sequence[JudgedClaim]) -> str:
    """Format a paragraph of plain text for each claim."""
    text: list[str] = []
    for one in judged:
        text += [
            said(f"{one.name}: {one.claim.statement}."),
            said(f"{SAID[one.verdict]}: {_value(one)}{_fewer(one, judged)}", "  "),
        ]
        text += [*(said(line, "  ") for line in _along(one)), ""]
    n = max((one.n for one in judged), default=0)
    if n == 1:
        return "\n".join([*text, said("One replication: no intervals, nothing can be decided.")])
    closing = (
        f"In brackets: the 95 % interval over {n} replications. The model agrees with a claim (it holds) if "
        "the interval lies within the range that the statement allows, does not agree (it fails) if it lies "
        "outside, and leaves the claim open (undecided) if it crosses a border. The interval covers chance "
        "only, not uncertain rates: all rates but the one that is varied are the scenario's. The rate of a "
        "table of weight breaks is its level; the breaks are shares of it."
    )
    return "\n".join([*text, said(closing)])


def _fewer(one: JudgedClaim, judged: Sequence[JudgedClaim]) -> str:
    """Return over how many replications a claim is judged, if others have more."""
    fewer = one.n < max(other.n for other in judged)
    return f"; {one.n} replication{'s' * (one.n != 1)} had a value" if fewer else ""


def _value(one: JudgedClaim) -> str:
    unit = f" {one.unit}" if one.unit else ""
    agrees = f"{_accepted(one, unit)} would agree"
    if math.isnan(one.value):
        return f"{one.said or 'no value'}; {agrees}"
    if one.n < 2:
        return f"it gives {one.value:.4g}{unit}; {agrees}"
    if one.said:
        return f"it gives {one.value:.4g}{unit}; {one.said}; {agrees}"
    low, high = f"{one.low:.4g}", f"{one.high:.4g}"
    if one.swept is not None:
        # Where the range ends before the claim is decided, the interval is open.
        low = f"below {one.swept.xs[0]:.4g}" if math.isnan(one.low) else low
        high = f"above {one.swept.xs[-1]:.4g}" if math.isnan(one.high) else high
    return f"it gives {one.value:.4g}{unit} ({low} to {high}); {agrees}"


def _accepted(one: JudgedClaim, unit: str) -> str:
    low, high = one.accepted
    if math.isinf(high):
        return f"{low:.4g}{unit} or more"
    return f"{high:.4g}{unit} or less" if math.isinf(low) else f"{low:.4g} to {high:.4g}{unit}"


def _along(one: JudgedClaim) -> Iterator[str]:
    """Yield a line on where the claim holds along the rate that decides it; nothing if no rate was varied."""
    if one.swept is None or not one.regions:
        return
    unit, xs = one.swept.unit, one.swept.xs
    parts = [f"{r.low:.4g} to {r.high:.4g}" for r in one.regions if r.verdict == "holds"]
    open_ = [f"{r.low:.4g} to {r.high:.4g}" for r in one.regions if r.verdict == "undecided"]
    where = f"with “{one.swept.title}” from {xs[0]:.4g} to {xs[-1]:.4g} {unit}"
    yield f"{where} it holds {'at ' + ' and '.join(parts) if parts else 'nowhere'}" + (
        f", undecided at {' and '.join(open_)}" if open_ else ""
    )


def attribution_text(parts: Sequence[Attributed]) -> str:
    """Format a section of plain text for each claim."""
    text: list[str] = []
    for part in parts:
        text += ["", said(f"{part.claim}: what the change is due to"), said(in_short(part), "  ")]
        text += _levers(part)
        if part.inputs:
            text += [*_inputs(part), *_together(part)]
    if any(part.ratio.n == 1 for part in parts):
        text += ["", "One replication: no intervals; two or more give them."]
    return "\n".join(text)


def in_short(part: Attributed) -> str:
    """Summarise the result of a claim in a few sentences."""
    if math.isnan(part.ratio.mean):
        return "In short: the model gives no value."
    target = part.target
    wanted = "" if target is None else str(target)
    said = {
        "holds": "which agrees with the claim",
        "fails": f"not {wanted} as claimed",
        "undecided": f"which leaves the claim{wanted and f' of {wanted}'} open",
    }[part.verdict]
    found = f"In short: as the scenario stands the model gives {_interval(part.ratio)}, {said}. {_owed(part)}"
    if target is None or target.agrees(part.ratio.mean):
        return found
    return f"{found} {_takes(part, wanted)}".rstrip()


def _owed(part: Attributed) -> str:
    """Return the sentence on the lever with the largest part of the change."""
    whole = part.whole.mean
    shares = {lever: found.mean for lever, found in part.levers.items()}
    if abs(whole) < NO_EFFECT:
        cancel = any(abs(share) >= NO_EFFECT for share in shares.values())
        return "The levers cancel each other out." if cancel else "The levers change nothing."
    most = max(shares, key=lambda lever: shares[lever] * math.copysign(1, whole))
    title = f"“{part.titles[most]}”"
    others = sum(abs(share) for lever, share in shares.items() if lever != most) / abs(whole)
    if others <= NEARLY:
        part_of_it = "All" if others <= ALL else "Nearly all"
        return f"{part_of_it} of the change, {whole:+.2f}, is due to {title}."
    rest = whole - shares[most]
    return (
        f"Of the change of {whole:+.2f}, {title} has most: {shares[most]:+.2f}, all other levers {rest:+.2f}."
    )


def _takes(part: Attributed, wanted: str) -> str:
    """Return the sentence on inputs that make a claim true, by runs and straight lines between them."""
    alone = [moved for moved in part.inputs if moved.needed and moved.needed.at]
    if alone:
        legs = [one.input.put(one.needed.text) for one in alone if one.needed]
        found = f"For {wanted} it would take {', or '.join(legs)}, all else as it is."
        return f"{found} {_baseline([one.input for one in alone])}".rstrip()
    for joined in part.together:
        if joined.reached:
            found = f"No run with a single input moved gives {wanted}; together, {_enough_is(joined, part)}."
            return f"{found} {_baseline([one.input for one in joined.helps])}".rstrip()
    return _nearest(part, wanted) if part.inputs else ""


def _baseline(inputs: Sequence[Input]) -> str:
    """Return the sentence on inputs that change the baseline, where levers (and their numbers) are off."""
    moved = [f"“{one.title}”" for one in inputs if any(key_of(key)[0] != "levers" for key in one.values)]
    if not moved:
        return ""
    verb = "moves" if len(moved) == 1 else "move"
    return f"{' and '.join(moved)} {verb} the baseline, too; it is then no longer the scenario's."


def _nearest(part: Attributed, wanted: str) -> str:
    """Return the sentence on the run nearest to a claim that no run makes true, and on runs not made."""
    assert part.target is not None
    wish = part.target.ratio
    runs = [("", part.ratio)]
    for moved in part.inputs:
        runs += [
            (f"with {moved.input.put(moved.input.texts[end])}", moved.ratios[end]) for end in (LOW, HIGH)
        ]
    for joined in part.together:
        which = f"{_which(joined)}, each at the end that is best alone"
        runs.append((which if len(joined.helps) > 2 else f"with {_puts(joined)}", joined.ratio))
    # Of runs that print alike take the first, with the fewest inputs moved; one without a ratio never wins.
    what, best = min(runs, key=lambda run: round(abs(run[1].mean - wish), 3))
    found = (
        f": the nearest, {what}, gives {_interval(best)}"
        if what
        else " or comes nearer to it than the scenario as it stands"
    )
    return (
        f"No run with inputs moved gives {wanted}{found}; values between the ends of ranges, and other "
        "combinations, were not run."
    )


def _enough_is(joined: CombinedInputs, part: Attributed) -> str:
    """Return the clause on the result of several inputs that together are enough."""
    if joined.point:
        return f"{joined.point} would, on a straight line between runs"
    agrees = part.target is not None and part.target.agrees(joined.ratio.mean)
    return f"{_puts(joined)} give {_interval(joined.ratio)}, {'which agrees' if agrees else 'past it'}"


def _puts(joined: CombinedInputs) -> str:
    return " and ".join(one.input.put(one.text) for one in joined.helps)


def _levers(part: Attributed) -> Iterator[str]:
    yield said(
        f"the levers change the ratio from {part.without.mean:.3f} to {_interval(part.ratio, 3)},", "  "
    )
    yield said(f"by {_interval(part.whole, 3, '+')}; part of each lever (Shapley value)", "  ")
    shares = [_interval(found, 3, "+") for found in part.levers.values()]
    yield tables(
        [f"    {part.titles[lever]}" for lever in part.levers], [TextColumn("", "", "", shares, "left")]
    )


def _inputs(part: Attributed) -> Iterator[str]:
    yield said("inputs, each moved over its plausible range, all others unchanged", "  ")
    for moved in part.inputs:
        yield said(moved.input.title, " " * 4, "  ")
        if moved.needed is not None and moved.needed.text == NOTHING:
            yield said(f"from {moved.input.texts[LOW]} to {moved.input.texts[HIGH]}: {NOTHING}", " " * 6)
            continue
        yield said(f"ratio {_ends(moved)}", " " * 6, "  ")
        if part.target is not None and moved.needed is not None:
            yield said(f"for {part.target}: {moved.needed.text}", " " * 6, "  ")


def _ends(moved: Moved) -> str:
    """Format the ratio at each of the three values; a range may begin or end at the scenario's own value."""
    ends = dict(zip(moved.input.texts, moved.ratios, strict=True))
    own = moved.input.texts[OWN]
    return ", ".join(
        f"{ratio.mean:.3f} at {text}" + (" (as it is)" if text == own else "") for text, ratio in ends.items()
    )


def _together(part: Attributed) -> Iterator[str]:
    if not part.together or part.target is None:
        return
    wanted = str(part.target)
    yield said(f"no run with a single input moved gives {wanted}; several, each at its best end", "  ")
    for joined in part.together:
        told = f"{_which(joined)}: ratio {_interval(joined.ratio, 3)}, {_enough(joined, wanted)}"
        yield said(told, "    ")
        for one in joined.helps:
            yield said(f"{one.input.title}: {one.text} in place of {one.input.texts[OWN]}", " " * 6, "  ")
        if joined.point:
            yield said(f"on a straight line between runs {wanted} lies at {joined.point}", " " * 6, "  ")


def _which(joined: CombinedInputs) -> str:
    if len(joined.helps) == 2:
        return "both that help" if joined.everything else "the two strongest"
    return f"all {len(joined.helps)} that help"


def _enough(joined: CombinedInputs, wanted: str) -> str:
    return f"enough for {wanted}" if joined.reached else f"not enough for {wanted}"


def _interval(found: Estimate, digits: int = 2, sign: str = "") -> str:
    """Format a value with its interval, if it has one."""
    if math.isnan(found.mean):
        return "no value"
    mean, low, high = (
        f"{round(one, digits) + 0.0:{sign}.{digits}f}" for one in (found.mean, found.low, found.high)
    )
    return mean if math.isnan(found.low) else f"{mean} ({low} to {high})"
