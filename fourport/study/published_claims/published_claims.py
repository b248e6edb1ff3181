"""The findings about published claims, and their tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from fourport.study.attribution.attribute import Attributed, attribution_tables
from fourport.study.published_claims.judge import JudgedClaim


@dataclass(frozen=True)
class PublishedClaims:
    """Results of judging claims.

    Attributes
    ----------
    judged
        All claims.
    attributed
        Claims with an attribution.
    """

    judged: Sequence[JudgedClaim]
    attributed: Sequence[Attributed]


def tables_of(found: PublishedClaims) -> dict[str, Iterator[tuple[object, ...]]]:
    """Return the rows of the tables of judged claims and of their attribution."""
    parts = attribution_tables(found.attributed) if found.attributed else {}
    return {**parts, "claims": _rows(found.judged), "claim-regions": _region_rows(found.judged)}


def _rows(judged: Sequence[JudgedClaim]) -> Iterator[tuple[object, ...]]:
    for one in judged:
        claim = one.claim
        about = (one.name, claim.statement, claim.source, claim.kind, claim.measure)
        yield *about, one.value, one.low, one.high, one.unit, *one.accepted, one.verdict, one.n, one.said


def _region_rows(judged: Sequence[JudgedClaim]) -> Iterator[tuple[object, ...]]:
    for one in judged:
        if one.swept is not None:
            for region in one.regions:
                yield one.name, one.swept.rate.name, one.swept.unit, region.verdict, region.low, region.high
