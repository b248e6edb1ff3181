"""The manifest entry and the conclusions of a capacity study."""

from __future__ import annotations

from typing import Any

from fourport.study.capacity.capacity import CapacityCurve
from fourport.study.capacity.request import shifts_of

SAID = {
    "time": "waiting plus service at {at}",
    "wait": "waiting at {at}",
    "door_to_door_time": "time from acceptance to delivery",
}
"""Description of the measured time in the conclusion."""


def record(curve: CapacityCurve, policy: str) -> dict[str, Any]:
    """Return the manifest entry of a capacity study."""
    asked = curve.asked
    return {
        "resource": asked.at,
        "policy": policy,
        "servers": list(asked.servers),
        "measure": asked.measure,
        "measured": SAID[asked.measure].format(at=asked.at),
        "target": str(asked.target),
        "share": asked.target.share,
        "within": asked.target.text,
        "confidence": asked.confidence,
        "smallest": curve.smallest,
        "intervals": intervals(curve),
        "shifts": shifts(curve),
    }


def intervals(curve: CapacityCurve) -> str:
    """Describe how the intervals are computed and what they guarantee."""
    k, sure = len(curve.asked.servers), 100 * curve.asked.confidence
    own = 100 - (100 - sure) / k
    each = f"Student t over replications at {own:.5g} % each"
    together = f", so that all {k} hold together at {sure:g} % (Bonferroni)" if k > 1 else ""
    return (
        f"{each}{together}, and no narrower than the exact one-sided bounds of all visits together "
        f"(Clopper-Pearson, {own:.5g} %)"
    )


def shifts(curve: CapacityCurve) -> str:
    """Explain the numbers of servers of a resource with shifts; "" if it has none."""
    found = shifts_of(curve.asked.variant.values, curve.asked.at)
    if not found:
        return ""
    return (
        f"{curve.asked.at} has shifts of {', '.join(map(str, found))}: the largest gets the number tried, "
        "the others are scaled in proportion and rounded up."
    )


def conclusion(curve: CapacityCurve) -> str:
    """State which number of servers is enough, with what confidence."""
    asked, smallest = curve.asked, curve.smallest
    sure = f"{100 * asked.confidence:g} %"
    if smallest is None:
        best = max(curve.points, key=lambda point: (point.share.low, point.share.mean))
        more = " More replications would narrow the interval."
        return (
            f"None of the numbers tried meets {asked.target} with {sure} confidence. The nearest is "
            f"{best.servers}, with {best.share.mean:.2f} % ({best.share.low:.2f} .. {best.share.high:.2f})."
            + (more if best.share.high >= asked.target.share else "")
        )
    said = f"{smallest} is the smallest number tried that meets {asked.target} with {sure} confidence"
    fewer = [point for point in curve.points if point.servers < smallest]
    undecided = [str(point.servers) for point in fewer if point.verdict == "undecided"]
    if undecided:
        said += f"; {', '.join(undecided)} may also be enough: more replications would tell"
    elif fewer:
        said += f"; {fewer[-1].servers} and fewer are not enough"
    return said + "."
