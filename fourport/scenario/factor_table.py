"""The emission factors of a scenario: value, unit, grade and source of each."""

from __future__ import annotations

from collections.abc import Iterator

from fourport.scenario.load import Loaded
from fourport.scenario.models.emissions import SCOPES
from fourport.scenario.price_table import origin

UNIT = "kg/tkm"


def factor_rows(loaded: Loaded) -> Iterator[tuple[str, ...]]:
    """Give the cells of ``emission-factors.csv``, from the factor on, for each factor and scope."""
    for name, factor in loaded.scenario.emission_factors.items():
        for scope in SCOPES:
            value = getattr(factor, scope)
            if value is not None:
                about = origin(loaded, ("emission_factors", name, scope))
                yield name, factor.title, scope, f"{value:g}", UNIT, *about
