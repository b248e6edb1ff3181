"""Names of weekdays as tables hold them and as charts say them."""

from __future__ import annotations

from fourport.charts.language import say

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
"""As they stand in the tables."""


def weekday(name: str) -> str:
    """Give the name of a weekday in the language of the chart."""
    return say(name)
