"""Time-distance graph of UNESCAP: where on the route the time is spent."""

from __future__ import annotations

from matplotlib.figure import Figure

from fourport.charts.kinds import Chart
from fourport.charts.language import say
from fourport.charts.route_profile import Course, draw_along, stops_of, traffic_of
from fourport.charts.stored_results import Stop, StoredResults
from fourport.charts.style import Style

CHART = Chart(
    "Time since acceptance against distance: where the route takes its time",
    needs="stops",
    default=True,
)

DAYS_FROM = 72.0
"""Time in hours from which times are shown in days."""


def figure(results: StoredResults, policy: str, style: Style) -> Figure:
    """Draw time against distance, one line per route, one panel per lane."""
    lanes = traffic_of(results, policy)
    longest = max(stop.hours["p90"] for stop in stops_of(lanes))
    hours = 24.0 if longest >= DAYS_FROM else 1.0

    def reached(stop: Stop) -> tuple[float, float, float]:
        return stop.hours["p10"] / hours, stop.hours["mean"] / hours, stop.hours["p90"] / hours

    course = Course(
        title=say("Where door-to-door time is spent along the route"),
        note=say(
            "Line: mean time since acceptance. Vertical steps are stops, slanted pieces are legs. "
            "Band, and bar at the end: P10 to P90 of delivered consignments. Bold: mean at delivery."
        ),
        axis=say("time since acceptance, days") if hours > 1 else say("time since acceptance, hours"),
        reached=reached,
        sum="{:.1f}".format,
    )
    return draw_along(results, policy, style, lanes, course)
