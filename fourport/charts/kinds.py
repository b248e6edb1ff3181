"""The kinds of chart: what each shows and what it needs.

Importing this module is cheap: matplotlib is loaded only when a chart is drawn.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.resources import files
from typing import TYPE_CHECKING, Protocol, cast

from fourport.store import InMemory, Run
from fourport.store.tables import TABLES

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from fourport.charts.stored_results import StoredResults
    from fourport.charts.style import Style


class FigureFunction(Protocol):
    """The type of ``figure`` in the module of a chart."""

    def __call__(self, results: StoredResults, policy: str, style: Style) -> Figure:
        """Draw one policy of a run; ``results`` give places and titles under this policy."""


@dataclass(frozen=True)
class Chart:
    """A kind of chart, as ``CHART`` of its module describes it.

    Attributes
    ----------
    subject
        Content of the chart, in one line.
    needs
        The table of a run that the chart is drawn from.
    default
        Whether every run draws it.
    lanes
        Whether it shows each lane of its table by itself, if the table has lanes.
    beside
        Whether it can show a second policy in the same picture.
    command
        Command that writes this table for a run in the folder "{run}"; "" if every run writes it.
    call
        The same in Python.
    off_slide
        Why it cannot be put on slides; "" if it can.
    name
        Name on the command line and of the files; that of its module.
    """

    subject: str
    needs: str = "summary"
    default: bool = False
    lanes: bool = True
    beside: bool = False
    command: str = ""
    call: str = ""
    off_slide: str = ""
    name: str = ""

    @property
    def by_lane(self) -> bool:
        """Whether it can be restricted to a lane."""
        return self.lanes and "lane" in TABLES[self.needs].by_name

    def figure(self, results: StoredResults, policy: str, style: Style) -> Figure:
        """Draw one policy of a run, with its places and titles, by the function in the module of its name.

        Raises
        ------
        UserError
            If the results hold nothing to draw.
        """
        module = import_module(f"fourport.charts.{self.name.replace('-', '_')}")
        return cast(FigureFunction, module.figure)(results.under(policy), policy, style)

    def figures(self, results: StoredResults, policy: str, style: Style) -> Iterator[Figure]:
        """Draw the pages of a chart: one, or as many slides as it takes.

        A module that arranges its slides itself has a function ``slides``; else there is one for each lane.

        Raises
        ------
        UserError
            As :meth:`figure`, and if something does not fit on a slide.
        """
        if style.height is None:
            yield self.figure(results, policy, style)
            return
        module = import_module(f"fourport.charts.{self.name.replace('-', '_')}")
        if hasattr(module, "slides"):
            yield from module.slides(results.under(policy), policy, style)
            return
        lanes = results.lanes_in(self.needs) if self.by_lane else []
        for shown in [results.of_lane(lane) for lane in lanes] or [results]:
            yield self.figure(shown, policy, style)


_DESCRIPTION = re.compile(r"^CHART = (Chart\(.*?\n?\))$", re.M | re.S)


def _described() -> dict[str, Chart]:
    """Read ``CHART`` of each module of this package; to import them would load matplotlib."""
    found = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        text = file.read_text(encoding="utf-8") if file.name.endswith(".py") else ""
        if described := _DESCRIPTION.search(text):
            call = cast(ast.Call, ast.parse(described[1], mode="eval").body)
            name = file.name.removesuffix(".py").replace("_", "-")
            values = {str(one.arg): ast.literal_eval(one.value) for one in call.keywords}
            found[name] = replace(Chart(*map(ast.literal_eval, call.args), **values), name=name)
    return found


KINDS = _described()
"""The kinds by name."""


def kinds_for(run: Run, lane: str | None = None, *, beside: bool = False, style: str = "screen") -> list[str]:
    """Return the kinds of chart that a run can draw: of one lane, with a second policy, if asked for."""
    return [name for name in KINDS if not why_not(run, name, lane, beside=beside, style=style)]


def why_not(
    run: Run, kind: str, lane: str | None = None, *, beside: bool = False, style: str = "screen"
) -> str:
    """Return why a run has no such chart, with what to do, "" if it has."""
    asked = KINDS[kind]
    if not run.has(asked.needs):
        lacking = f"holds no {run.file(asked.needs).name}"
        if not asked.command:
            return lacking
        in_python = isinstance(run, InMemory)
        return f"{lacking}; " + (
            f"call {asked.call}" if in_python else f"run `{asked.command.format(run=run.folder)}`"
        )
    if style == "slide" and asked.off_slide:
        return f"does not go on a slide: {asked.off_slide}"
    if lane is not None and not asked.by_lane:
        others = ", ".join(name for name, one in KINDS.items() if one.by_lane)
        return f"shows no lanes; allowed with a lane: {others}"
    if lane is not None and lane not in run.table(asked.needs).column("lane").to_pylist():
        return f"{run.file(asked.needs).name} has no rows of the lane {lane}"
    if beside and not asked.beside:
        others = ", ".join(name for name, one in KINDS.items() if one.beside)
        return f"shows one policy, or all that are compared; allowed with two policies: {others}"
    return ""
