"""The corridor with random durations, trader classes, non-compliance and risk numbers."""

from __future__ import annotations

from typing import Any

from tests.levers.made import leg


def lognormal(mean: str, sd: str) -> dict[str, str]:
    """Give a distribution of durations."""
    return {"distribution": "lognormal", "mean": mean, "sd": sd}


def office(place: str, do: str, **more: Any) -> dict[str, Any]:
    """Give changes of an office: its durations are drawn, and so is what ``more`` adds."""
    at = f"facilities.{place}.activities.{do}"
    changes = {
        f"{at}.preparation": lognormal("70 min", "50 min"),
        f"{at}.documents.duration": {"distribution": "exponential", "mean": "15 min"},
        f"facilities.{place}.resources.officers": {"servers": 2, "priority": {"gold": 1, "plain": 5}},
    }
    return changes | {f"{at}.{name}": value for name, value in more.items()}


def inspection(plain: str, gold: str, **more: Any) -> dict[str, Any]:
    """Give an inspection whose duration is drawn."""
    rates = {"gold": gold, "plain": plain}
    return {"resource": "bays", "duration": lognormal("45 min", "30 min"), "rates": rates, **more}


BUSY: dict[str, Any] = {
    **office("inland", "export", inspection=inspection("25 %", "5 %")),
    **office("port", "export", inspection=inspection("20 %", "10 %")),
    **office("hub", "transit"),
    **office(
        "city",
        "import",
        inspection=inspection("15 %", "5 %", risk_auc=0.7),
        pre_arrival="30 %",
        duty={"share": "40 %", "duration": lognormal("30 min", "10 min")},
    ),
    "facilities.port.resources.officers": {
        "shifts": [{"servers": 2, "calendar": "day"}, {"servers": 1}],
        "priority": {"gold": 1, "plain": 5},
    },
    "facilities.port.resources.bays": {"servers": 1},
    "facilities.city.resources.bays": {"servers": 1},
    "facilities.city.activities.yard.duration": lognormal("35 min", "20 min"),
    "trucking.truck.duration": lognormal("300 min", "60 min"),
    "services.ferry.capacity": {"weight": "30 t"},
    "services.ferry.cancellation": {"share": "20 %"},
    "services.ferry.departure_delay": {"distribution": "exponential", "mean": "30 min"},
    "services.ferry.background": {"distribution": "uniform", "low": "0 %", "high": "50 %"},
    "commodities.parts.weight": {**lognormal("900 kg", "700 kg"), "high": "4 t"},
    "commodities.parts.density": {"distribution": "uniform", "low": "150 kg/m3", "high": "300 kg/m3"},
    "commodities.parts.value": {"distribution": "lognormal", "mean": "50 USD/kg", "sd": "20 USD/kg"},
    "trader_classes.gold.non_compliant": "5 %",
    "trader_classes.plain.non_compliant": "20 %",
    "lanes.main.demand": "150 consignments/week",
    "routes.short": {
        "title": "Short",
        "steps": leg("port/export", "ferry", "hub/transit", "truck", "city/import", "van"),
    },
    "lanes.main.routes": {"main": "70 %", "short": "30 %"},
}
"""Changes of the corridor; about 300 consignments in two weeks."""
