"""The results of a study: named tables, in memory or in a folder, and their charts."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fourport import __version__
from fourport.arguments import groupings
from fourport.engine import chosen
from fourport.errors import UserError
from fourport.scenario.suggestions import allowed, suggestion
from fourport.store import InMemory, Run
from fourport.store.tables import TABLES, TOGETHER, SummaryRow, TogetherRow
from fourport.study.run_tables import digest
from fourport.study.sample import Sample
from fourport.study.statistics import Estimate
from fourport.study.stored import name_in

if TYPE_CHECKING:
    import pyarrow as pa
    from matplotlib.figure import Figure

NewFolder = str | Path | Callable[[], Path] | None
"""A new or empty folder, or an unfinished one of the same request; None for memory.

It may be what names the folder once a request is known to be valid. Who passes that has more to do with the
run, and calls :meth:`~fourport.store.Run.finish` at the end.
"""


def created(folder: NewFolder, told: str, *marks: object) -> Run:
    """Create the run of some results, or go on with one that was not finished.

    Parameters
    ----------
    told
        What is asked for, in words.
    marks
        Everything that decides the results.

    Raises
    ------
    UserError
        If the folder is not empty, a command is at work on it, or it cannot be written.
    """
    if folder is None:
        return InMemory()
    path = Path(folder() if callable(folder) else folder)
    return Run.create(path, digest(told, __version__, chosen(), *marks), told)


def completed(run: Run, folder: NewFolder) -> Run:
    """Return a run with its manifest; nothing is left to do with it unless the caller named its folder."""
    if not callable(folder):
        run.finish()
    return run


class Results:
    """The results of a study.

    Parameters
    ----------
    run
        A complete run, in a folder or in memory.
    """

    def __init__(self, run: Run) -> None:
        self.run = run

    @classmethod
    def open(cls, folder: str | Path) -> Results:
        """Open the folder of a complete run.

        Raises
        ------
        UserError
            If the folder holds no complete run.
        """
        return cls(Run.open(Path(folder)))

    def __repr__(self) -> str:
        return f"<Results of {self.manifest['scenario']['name']}: {', '.join(self.tables)}>"

    @property
    def folder(self) -> Path | None:
        """The folder of the results; None in memory."""
        return None if isinstance(self.run, InMemory) else self.run.folder

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest of the run: scenario, policies, seed, replications, titles, versions."""
        return deepcopy(self.run.manifest())

    @property
    def policies(self) -> tuple[str, ...]:
        """Policies that were run."""
        return tuple(self.run.manifest()["policies"])

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables present; :data:`fourport.store.tables.TABLES` describes each."""
        return self.run.names

    def table(self, name: str) -> pa.Table:
        """Return a table with columns typed by its schema; ``.to_pandas()`` converts it to a data frame.

        Raises
        ------
        UserError
            If there is no such table, or its file is damaged.
        """
        try:
            return self.run.table(name)
        except FileNotFoundError:
            known = name in TABLES
            told = "the study has left none" if known else f"is no table{suggestion(name, self.tables)}"
            raise UserError(f"{self.run.folder}: {name}: {told}{allowed(self.tables, most=60)}") from None

    def by(self, what: str) -> pa.Table:
        """Return the rows of the table ``groups`` by, for example, "trader-class".

        They have all measures if :meth:`~fourport.Study.run` was asked for them.

        Raises
        ------
        UserError
            If consignments cannot be grouped so, or the run has no such groups.
        """
        import pyarrow.compute as pc

        groupings(what)
        table = self.table("groups")
        found = table.filter(pc.equal(table["by"], what)).drop_columns(["by"])
        if not found.num_rows:
            raise UserError(f"{self.run.folder}: groups: holds none by {what}; run it again by {what}")
        return found

    def query(self, sql: str) -> pa.Table:
        """Return the answer to a question in SQL, as a table.

        Needs DuckDB (``pip install "fourport[query]"``).

        Parameters
        ----------
        sql
            Names tables with ``_`` for ``-``: ``select mean from summary``, ``select * from lead_times``.

        Raises
        ------
        UserError
            If DuckDB is not installed, the question is not understood, or a table is missing or damaged.
        """
        from fourport.store.query import ask

        return ask(self.run, sql)

    def value(self, measure: str, lane: str, route: str, policy: str | None = None) -> Estimate:
        """Return a measure of a lane and route over all replications, with its 95 % interval.

        Parameters
        ----------
        lane, route
            A route "*" stands for all routes of the lane together, and a lane "*" with it for all lanes.
        policy
            None for the first policy that was run.

        Raises
        ------
        UserError
            With what is not there and what there is.
        """
        policies = self.policies
        policy = policies[0] if policy is None else name_in(self.run, policies, policy)
        asked = {"policy": policy, "lane": lane, "route": route, "measure": measure}
        kind = TogetherRow if TOGETHER in (lane, route) else SummaryRow
        self.table(kind.table.name)  # refuses a run without it
        rows = self.run.rows(kind)
        found: list[str] = []
        for name, value in asked.items():
            known = list(dict.fromkeys(getattr(row, name) for row in rows))
            rows = [row for row in rows if getattr(row, name) == value]
            if not rows:
                of = f" of {', '.join(found)}" if found else ""
                hint = suggestion(str(value), known) + allowed(known, most=100)
                raise UserError(f"{self.run.folder}: {name}: there is no {value!r}{of}{hint}")
            found.append(value)
        (row,) = rows
        return Estimate(row.mean, row.low, row.high, row.n)

    def sample(self) -> Sample:
        """Return the replications, from which curves, maps and claims are priced.

        Journeys that are not stored are simulated again; the same seed gives the same journeys.

        Raises
        ------
        UserError
            If the results are damaged, or of a scenario that this version refuses.
        """
        return Sample.of_run(self.run)

    def save(self, folder: str | Path) -> Results:
        """Write results from memory to a new or empty folder, and open it.

        Raises
        ------
        UserError
            If the results are in a folder already, or the new folder cannot be written.
        """
        if not isinstance(self.run, InMemory):
            raise UserError(f"{self.run.folder}: is saved already; copy the folder")
        run = Run.create(Path(folder))
        self.run.save(run)
        return Results(run)

    def chart(
        self,
        kind: str,
        file: str | Path | None = None,
        *,
        policy: str | None = None,
        beside: str | None = None,
        lane: str | None = None,
        style: str = "screen",
        language: str = "en",
    ) -> Figure:
        """Draw a chart. If ``file`` is given, write it; the suffix decides the format.

        Parameters
        ----------
        kind
            One of :data:`fourport.charts.KINDS`, such as "cost-stack".
        policy
            None for the first policy that was run.
        beside
            Another policy to show in the same picture, where the chart can.
        lane
            The only lane to show; None for all.
        style
            "screen", "print" (finer and hatched) or "slide" (16:9 in large type, without PDF).
        language
            "en", "zh" or "ko".

        Raises
        ------
        UserError
            If there is no such kind, policy, lane, style, language or format, nothing to draw, or if the
            chart takes several slides: a slide has one lane.
        """
        from fourport.charts.drawing import drawn
        from fourport.charts.writing import save_figure

        shown = {"policy": policy, "beside": beside, "lane": lane}
        with drawn(self.run, kind, **shown, style=style, language=language) as figure:
            if file is not None:
                save_figure(figure, Path(file), style)
            return figure
