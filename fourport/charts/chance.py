"""The sentence that goes with every verdict on a chart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourport.charts.language import say


def chance_note(estimates: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the sentence that goes with every verdict: it covers chance, not the inputs.

    Parameters
    ----------
    estimates
        Entry of the manifest: the share of cost and of time that rests on estimates.
    """
    if not {"cost", "time"} <= estimates.keys():
        return say("All verdicts cover chance only, not whether the inputs are right.")
    return say(
        "All verdicts cover chance only, not whether the inputs are right: {cost} % of the cost comes from "
        "prices that are estimates, {time} % of the time passes at places with estimated durations or staff.",
        cost=f"{estimates['cost']['share']:.0f}",
        time=f"{estimates['time']['share']:.0f}",
    )
