"""The causes of time and the stages of clearance: names shared by engine, measures, texts and charts."""

from __future__ import annotations

from collections.abc import Mapping

CAUSES: Mapping[str, tuple[str, str]] = {
    "service": ("Handling of the goods", "work on the goods"),
    "transport": ("In transit as scheduled", "travelling as scheduled"),
    "preparation": ("Preparation by the trader", "preparation by the trader"),
    "documents": ("Document control", "document control"),
    "inspection": ("Held for inspection", "held for inspection"),
    "queue": ("Queue for handling or a truck", "waiting for a server or a truck"),
    "closed": ("Office or resource closed", "waiting for an office or another resource to open"),
    "consolidation": ("Truck waits to fill", "waiting for a truck to fill"),
    "cut-off": ("Next departure (cut-off)", "waiting for the first departure that can be caught"),
    "rolled-over": ("Rolled over for lack of capacity", "waiting after a departure without enough capacity"),
    "cancelled": ("Departure cancelled", "waiting after a cancelled departure"),
    "late": ("Departure or arrival late", "delay of departure or arrival"),
}
"""Title and meaning of each cause of time, in the order of the tables."""

CLEARANCE_STAGES: Mapping[str, tuple[str, str]] = {
    "handling": ("Handling and stay before customs", "Waiting for handling"),
    "preparation": ("Preparation by the trader", ""),
    "document-control": ("Document control", "Waiting for an officer"),
    "payment": ("Payment of duty", ""),
    "amendment": ("Amendment", ""),
    "scan": ("Scan and image review", "Waiting for the scanner"),
    "inspection": ("Opening and inspection", "Waiting for an inspection bay"),
    "laboratory": ("Laboratory", ""),
}
"""Titles of the work of each stage of clearance, and of the wait for whoever is on duty for it."""

QUEUE, WORK = "Waiting in the queue", "Work"
"""Titles of the two parts of a visit at a resource that is open."""
