"""Footnote for means that leave out undelivered consignments, the same on all charts."""

from __future__ import annotations

from collections.abc import Mapping

from fourport.charts.language import say
from fourport.charts.stored_results import StoredResults, Value
from fourport.charts.text_layout import number

MEASURES = ("consignments", "undelivered")


def undelivered(values: Mapping[str, Value]) -> str:
    """Return the undelivered share in brackets; "" if it is none, all or unknown.

    Parameters
    ----------
    values
        Values of the ``MEASURES`` of a route, or of several routes together.
    """
    if not values.keys() >= {*MEASURES}:
        return ""
    count, undelivered = (values[measure].mean for measure in MEASURES)
    return lost(undelivered / count) if count else ""


def lost(share: float) -> str:
    """Return an undelivered share in brackets; "" if it is none or all."""
    if not 0 < share < 1:
        return ""
    return say("({share} % not delivered before the end)", share=percent(share, 1.0))


def on_route(results: StoredResults, policy: str, lane: str, route: str) -> str:
    """Return the footnote for a route."""
    return undelivered(counts(results, policy, lane, route))


def counts(results: StoredResults, policy: str, lane: str, route: str) -> dict[str, Value]:
    """Return the values of the ``MEASURES`` of a route."""
    return {measure: results.value(policy, lane, route, measure) for measure in MEASURES}


def without_mean(values: Mapping[str, Value]) -> str:
    """Return why no mean is shown: some are not delivered, or all."""
    return say("no mean: more than 5 % not delivered") if undelivered(values) else say("none delivered")


def percent(part: float, whole: float) -> str:
    """Format a share in % with two digits; 100 only if it is exactly all."""
    share = 100 * part / whole
    return number(share, 2) if share < 99.5 else "100" if share >= 100 else f"{min(share, 99.9):.1f}"
