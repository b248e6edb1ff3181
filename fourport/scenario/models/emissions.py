"""Emission factors of transport."""

from __future__ import annotations

from typing import Literal, Self, get_args

from pydantic import model_validator

from fourport.scenario.base import Section
from fourport.scenario.titles import Title
from fourport.scenario.units import EmissionIntensity

Scope = Literal["wtw", "ttw"]
"""Well to wheel (or wake): fuel production and use; tank to wheel: use alone."""
SCOPES: tuple[Scope, ...] = get_args(Scope)


class EmissionFactor(Section):
    """Greenhouse gases per tonne-kilometre, by scope. Scopes are never added or mixed."""

    title: Title
    """Vehicle, and the text that the factor is taken from."""
    wtw: EmissionIntensity | None = None
    """Well to wheel: production and use of the fuel."""
    ttw: EmissionIntensity | None = None
    """Tank to wheel: use of the fuel alone."""

    @model_validator(mode="after")
    def _some_scope(self) -> Self:
        if self.wtw is None and self.ttw is None:
            raise ValueError("has no value; allowed: wtw, ttw or both")
        return self

    def scopes(self) -> tuple[Scope, ...]:
        """Return the scopes that have a value."""
        return tuple(scope for scope in SCOPES if getattr(self, scope) is not None)
