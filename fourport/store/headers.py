"""The columns of the tables of a run, by file."""

from __future__ import annotations


def _columns(names: str) -> tuple[str, ...]:
    return tuple(names.split())


SUMMARY_HEADER = _columns("scenario policy lane route measure unit mean low high n")
COSTS_HEADER = _columns(
    "scenario policy lane route order leg tariff line category payer scope unit mean low high n"
)
CURVES_HEADER = _columns("lane route x x_unit measure unit mean low high")
BREAKEVEN_HEADER = _columns(
    "lane over measure route_a route_b verdict x low high x_unit range_low range_high cheaper_below "
    "cheaper_above n cost"
)
ROUTE_CHOICE_HEADER = _columns(
    "lane cell value_density value_density_unit weight weight_unit cheapest runner_up difference low high "
    "unit decided replications"
)
CLAIMS_HEADER = _columns(
    "claim statement source kind measure value low high unit accepted_low accepted_high verdict n"
)
ATTRIBUTION_HEADER = _columns("claim lever change low high n")
INPUTS_HEADER = _columns("claim input keys at value ratio low high needed n")
TOGETHER_HEADER = _columns("claim run input keys value ratio low high enough n")
REGIONS_HEADER = _columns("claim rate unit verdict low high")
STOPS_HEADER = _columns("scenario policy lane route order place event km measure unit mean low high n")
REPLICATIONS_HEADER = _columns("policy replication lane route measure unit value")
COMPARISON_HEADER = _columns("baseline policy lane route measure unit difference low high p_holm n")
DETECTION_HEADER = _columns(
    "policy lane measure time time_low time_high time_unit missed missed_low missed_high n dominated_by"
)
CAPACITY_HEADER = _columns("servers measure unit share low high n verdict visits unfinished")
POLICIES_HEADER = _columns("policy lane route measure unit mean low high n dominated_by")
LEAD_TIMES_HEADER = _columns("scenario policy lane route share unit mean low high n")
DEPARTURES_HEADER = _columns(
    "scenario policy service mode from to date weekday departs cut_off_h dimension unit capacity block "
    "background load load_t consignments rolled_over rolled_over_t held_back cancelled"
)
ARRIVALS_HEADER = _columns("scenario policy service place weekday clock consignments weight_t taken wait_h")
RESOURCES_HEADER = _columns("scenario policy place resource weekday hour open_h busy_h utilisation")
LEGS_HEADER = _columns("scenario policy leg mode from to km measure unit mean low high n")
EMISSIONS_HEADER = _columns("scenario policy lane route order leg mode km factor scope unit mean low high n")
CLEARANCE_STAGES_HEADER = _columns(
    "scenario policy lane route procedure office order stage measure unit mean low high n"
)
PLACES_HEADER = _columns("scenario place title kind unlocode latitude longitude")

THEN = " + "
"""Between the names of offices of one procedure that goods pass one after the other."""
