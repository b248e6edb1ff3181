"""A customs office as steps of a route: the papers' filing track, and the goods that wait for it."""

from __future__ import annotations

from typing import Protocol

from fourport.errors import Key, Problem
from fourport.plan.corridor import Part, StepInfo
from fourport.plan.rows import RouteRows, Row
from fourport.plan.tables import Kind
from fourport.scenario.models.customs import Customs


class Builder(Protocol):
    """What an office needs of the builder of routes."""

    problems: list[Problem]
    tiers: tuple[str, ...]
    conditions: dict[str, list[float]]

    def at_station(self, info: StepInfo, place: str, station: str, condition: str = "") -> Row:
        """Give a step at a station."""


class Office:
    """A customs activity of a route's step ``route_step``."""

    def __init__(self, builder: Builder, customs: Customs, place: str, do: str, route_step: int) -> None:
        self.builder, self.customs, self.place, self.route_step = builder, customs, place, route_step
        self.name = f"{place}/{do}"

    def add_to(self, rows: RouteRows, key: Key) -> None:
        """Add the office's steps to a route whose step has the key ``key``."""
        rows.tracks.append(self._papers())
        if self.customs.lodged_ahead > 0:
            self._lodge_ahead(rows, len(rows.tracks) - 1, key)
        rows.main += self._goods(len(rows.tracks) - 1)

    def _papers(self) -> list[Row]:
        """Give the filing track: the trader prepares and lodges, an officer controls."""
        customs = self.customs
        preparation = self._info(
            "preparation", duration=customs.preparation, ends="lodgement", cause="preparation"
        )
        documents = self._info("documents", duration=customs.documents.duration, ends="document-control")
        return [
            Row(preparation, Kind.DELAY),
            self.builder.at_station(documents, self.place, customs.documents.station),
        ]

    def _goods(self, track: int) -> list[Row]:
        """Give what the goods go through: they wait for the papers, and are opened if selected."""
        customs, inspection = self.customs, self.customs.inspection
        ends = "CUSR" if inspection is None else "document-release"
        release = self._info(
            "release", tariffs=customs.tariffs, filings=customs.filings, ends=ends, cause="documents"
        )
        goods = [Row(release, Kind.JOIN, track=track)]
        if inspection is None:
            return goods
        opened = self._info(
            "inspection",
            duration=inspection.duration,
            tariffs=inspection.tariffs,
            begins="CUSI",
            ends="CUSR",
            cause="inspection",
        )
        rates = [inspection.rates.get(tier, 0.0) for tier in self.builder.tiers]
        condition = self._condition("inspection", rates)
        return [*goods, self.builder.at_station(opened, self.place, inspection.station, condition)]

    def _lodge_ahead(self, rows: RouteRows, track: int, key: Key) -> None:
        """Start the papers when the transport leaves that brings the goods."""
        ways = [row for row in rows.main if row.info.mode]
        if not ways:
            message = "lodged ahead, but no transport brings the goods here"
        elif ways[-1].early_track >= 0:
            message = f"{ways[-1].info.key} already brings goods whose papers are lodged ahead elsewhere"
        else:
            ways[-1].early_track = track
            if self.customs.lodged_ahead < 1:
                shares = [self.customs.lodged_ahead] * len(self.builder.tiers)
                ways[-1].early_condition = self._condition("lodged-ahead", shares)
            return
        self.builder.problems.append(Problem(key, message))

    def _condition(self, name: str, rates: list[float]) -> str:
        """Name a condition by its office and note its rate for each tier."""
        self.builder.conditions[f"{self.name}/{name}"] = rates
        return f"{self.name}/{name}"

    def _info(self, part: Part, **more: object) -> StepInfo:
        return StepInfo(
            f"{self.name}/{part}",
            self.route_step,
            part,
            self.place,
            self.place,
            **more,  # type: ignore[arg-type]
        )
