"""Emissions of each consignment: the sum of its legs, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand

if TYPE_CHECKING:
    from fourport.ledger.compiled.tables import Emitted, Legs
    from fourport.trace.compiled import Places


def run(legs: Legs, places: Places, emitted: Emitted) -> None:
    """Add up all legs."""
    legs, places, emitted = at_hand(legs), at_hand(places), at_hand(emitted)
    for leg in range(len(legs.step)):
        s = legs.step[leg]
        row, place = places.first_row[s], places.first_place[s]
        for scope in range(legs.kg_a_tonne.shape[1]):
            kg_a_tonne = legs.kg_a_tonne[leg, scope]
            for k in range(places.n_of_step[s]):
                kg = legs.tonnes[place + k] * kg_a_tonne
                emitted.kg[scope, place + k] += kg if legs.done[row + k] else 0.0
