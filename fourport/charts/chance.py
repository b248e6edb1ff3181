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
    shares = {name: f"{told['share']:.0f}" for name, told in estimates.items()}
    if {"cost", "time"} <= shares.keys():
        return say(
            "All verdicts cover chance only, not whether the inputs are right: {cost} % of the cost comes "
            "from prices that are estimates, {time} % of the time passes at places with estimated durations "
            "or staff.",
            cost=shares["cost"],
            time=shares["time"],
        )
    told = [say("All verdicts cover chance only, not whether the inputs are right.")]
    if share := shares.get("cost"):
        told.append(say("{share} % of the cost comes from prices that are estimates.", share=share))
    if share := shares.get("time"):
        what = say("{share} % of the time passes at places with estimated durations or staff.", share=share)
        told.append(what)
    if share := shares.get("clearance"):
        told.append(
            say(
                "{share} % of the clearance time is work or waiting with estimated durations, rates or "
                "staff.",
                share=share,
            )
        )
    return " ".join(told)
