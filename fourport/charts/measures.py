"""What charts call measures and their units: the one catalogue of their titles."""

from __future__ import annotations

from collections.abc import Mapping

from fourport.charts.language import say

CAUSES: Mapping[str, str] = {
    "time_service": "Handling of the goods",
    "time_transport": "Under way as scheduled",
    "time_preparation": "Preparation by the trader",
    "time_documents": "Document control",
    "time_inspection": "Held for inspection",
    "time_queue": "Queue for handling or a truck",
    "time_closed": "Office or station closed",
    "time_consolidation": "Truck waits to fill",
    "time_cut_off": "Next departure (cut-off)",
    "time_rolled_over": "Rolled over for want of room",
    "time_cancelled": "Departure cancelled",
    "time_late": "Departure or arrival late",
}
"""Titles of the parts of the door-to-door time."""

MEASURES: Mapping[str, str] = {
    "consignments": "Consignments",
    "stranded": "Stranded consignments",
    "weight": "Weight",
    "parcels": "Parcels",
    "door_to_door_time": "Door-to-door time",
    "within_promise": "Within the promised time",
    "departure_as_planned": "Caught the planned departure",
    "departure_before_planned": "Caught an earlier departure",
    "freight_cost": "Freight cost",
    "freight_cost_per_parcel": "Freight cost of a parcel",
    "logistics_cost": "Logistics cost",
    "logistics_cost_per_parcel": "Logistics cost of a parcel",
    "clearance_time_import": "Import clearance",
    "clearance_time_transit": "Transit clearance",
    "clearance_time_export": "Export clearance",
    "cleared_within_24h": "Cleared within 24 h",
    "customs_cost": "Customs cost",
    "officer_hours": "Officers' hours of work",
    "staffed_hours": "Staffed hours",
    "inspections": "Inspections",
    "offences": "Offences",
    "missed_offences": "Offences missed",
    "emissions_wtw": "Emissions, well to wheel",
    "emissions_ttw": "Emissions, tank to wheel",
    **CAUSES,
}
"""Titles by name in the tables; quantiles have that of their measure."""

UNITS: Mapping[str, str] = {
    "consignments": "consignments",
    "inspections": "inspections",
    "offences": "offences",
    "parcels": "parcels",
}
"""Units that are words."""

QUANTILES = ("_p50", "_p90", "_p95")
"""How the names of quantiles end."""


def measure_title(measure: str) -> str:
    """Give the title of a measure or of a quantile of it; its name if it has none."""
    part = measure[-4:] if measure.endswith(QUANTILES) else ""
    title = MEASURES.get(measure.removesuffix(part))
    if title is None:
        return measure
    return f"{say(title)} {part[1:].upper()}".rstrip()


def unit_title(unit: str) -> str:
    """Give a unit as it is read: a number of consignments of 100 is no ratio of units."""
    what, for_100, _ = unit.partition("/100 consignments")
    what = say(UNITS.get(what, what))
    if not for_100:
        return what
    if unit.startswith("consignments/"):
        return say("of 100 consignments")
    return say("{unit} for 100 consignments", unit=what)
