"""Compare policies, routes or scenarios on the same random numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from fourport.api.answer import Answer
from fourport.api.results import NewFolder, Results, completed, created
from fourport.api.study import Study
from fourport.arguments import LEAST_COMPARED, replications_of, text, texts, told
from fourport.errors import Noted, UserError, argument
from fourport.plan.compile import compile_corridor
from fourport.scenario.models.scenario import Scenario
from fourport.store import Run, is_run, titles_of
from fourport.store.tables import TOGETHER
from fourport.study.comparison.comparison_tables import Compared, record, write_comparison
from fourport.study.comparison.delivered_by_both import DeliveredByBoth
from fourport.study.comparison.gather import ask, gather, lanes_of, stored_values
from fourport.study.comparison.measured import Measured, Question, Values
from fourport.study.comparison.offices import changed_clearance
from fourport.study.estimates_behind import estimates_behind
from fourport.study.kept import keeping
from fourport.study.parallel import Progress
from fourport.study.replication_measures import measured_by, read_levels, read_replications
from fourport.study.run_tables import digest, finished, write_study
from fourport.study.stored import OtherVersion, copy_run, refuse_damaged, scenarios_of

ALL_LANES = "All lanes and routes together"
COMPARED = "files or names of scenarios, one after the other; or results, or the folder of a run, alone"


def compare(
    *scenarios: str | Path | Results,
    policies: str | Iterable[str] = (),
    baseline: str | None = None,
    measures: str | Iterable[str] = (),
    routes: str | Iterable[str] = (),
    lane: str | None = None,
    replications: int | None = None,
    seed: int | None = None,
    folder: NewFolder = None,
    executor: Executor | None = None,
    progress: Progress | None = None,
) -> Answer[Compared]:
    """Compare policies, routes or scenarios, replication by replication.

    The answer has the tables of a study, and the tables ``comparison`` and ``policies``.

    Parameters
    ----------
    scenarios
        A scenario or several; or results, or the folder of a run, whose policies or routes are compared
        without simulating again.
    policies
        Names, or "all". None given: all policies of a single scenario, or several scenarios as they stand.
    baseline
        The policy, route or scenario that the others are compared with; None for the first.
    measures
        Measures to compare in addition to those that are always compared, or "all"; none for the usual ones.
    routes
        Routes to compare, lane by lane, instead of policies.
    lane
        The only lane to compare; None for all.
    folder
        A new or empty folder; None keeps the results in memory.
    executor
        Any :class:`concurrent.futures.Executor`; None runs in this process.
    progress
        Called before the first replication and after each with the number done and the total.

    Raises
    ------
    UserError
        With a list of the problems, before anything is simulated.
    """
    question = Question(
        text("baseline", baseline) or "",
        texts("routes", routes),
        text("lane", lane),
        texts("measures", measures),
    )
    asked = texts("policies", policies), question, replications, seed
    first, *others = scenarios or (None,)
    if isinstance(first, Results) and not others:
        comparison = Comparison.of_stored(first.run, *asked)
    else:
        for one in (first, *others):
            if not isinstance(one, str | Path):
                raise UserError(f"{told(one)} is not compared; allowed: {COMPARED}")
        comparison = Comparison.of([*map(str, scenarios)], *asked)
    run = created(folder, *comparison.request)
    answer = comparison.into(run, executor, progress)
    completed(run, folder)
    return answer


@dataclass(frozen=True)
class Comparison:
    """A comparison that is checked and ready to run. Nothing is simulated or written yet.

    Attributes
    ----------
    question
        What is compared with what.
    scenarios
        The scenario under each policy, if known; used to find the customs offices that policies change.
    study
        The study to run; None if the values are stored.
    source
        The run that holds the values; None if they must be simulated.
    values
        Stored values of ``source``.
    """

    question: Question
    scenarios: Mapping[str, Scenario]
    study: Study | None = None
    source: Run | None = None
    values: Values | None = None

    @classmethod
    def of(
        cls,
        scenarios: Sequence[str],
        policies: Sequence[str],
        asked: Question,
        replications: int | None,
        seed: int | None,
    ) -> Comparison:
        """Load the scenarios, or open the run in a folder, and check the question.

        The first is the baseline if none is named.

        Raises
        ------
        UserError
            With all problems at once.
        """
        if len(scenarios) == 1 and is_run(scenarios[0]):
            return cls.of_stored(Run.open(Path(scenarios[0])), policies, asked, replications, seed)
        wrong = Noted()
        if replications is not None:
            replications = replications_of(replications, LEAST_COMPARED)
        found = gather(scenarios, policies, asked.baseline or None, wrong, of_routes=bool(asked.routes))
        study = Study(found, replications=replications, seed=seed)

        def measured() -> Collection[str]:
            return measured_by(compile_corridor(study.first.scenario), study.seed)

        question = ask([*found], lanes_of(found), asked, measured, wrong)
        wrong.refuse()
        return cls(question, {name: one.scenario for name, one in found.items()}, study)

    @classmethod
    def of_stored(
        cls,
        source: Run,
        policies: Sequence[str],
        asked: Question,
        replications: int | None,
        seed: int | None,
    ) -> Comparison:
        """Check a question about a stored run, which is not simulated again; otherwise as :meth:`of`.

        Raises
        ------
        UserError
            With all problems at once.
        """
        wrong = Noted()
        for name, given in (("replications", replications), ("seed", seed)):
            if given is not None:
                what = f"{source.folder} is a run already; allowed: no {argument(name)}"
                wrong.note(f"{argument(name)}: {what}")
        scenarios: Mapping[str, Scenario] = {}
        try:
            refuse_damaged(source)
            with suppress(OtherVersion, FileNotFoundError):  # its tables can still be compared
                scenarios = scenarios_of(source)
        except UserError as damaged:  # no names can be looked up in it
            raise UserError(*wrong.lines, *damaged.args) from None
        # When routes are compared the baseline is a route, and the first policy may be any.
        baseline = None if asked.routes else asked.baseline or None
        values = stored_values(source, policies, baseline, wrong)
        keys = dict.fromkeys(key for series in values.values() for key in series)
        lanes: dict[str, list[str]] = {}
        for name, route in dict.fromkeys(key[:2] for key in keys if key[1] != TOGETHER):
            lanes.setdefault(name, []).append(route)
        question = ask([*values], lanes, asked, lambda: dict.fromkeys(key[2] for key in keys), wrong)
        wrong.refuse()
        return cls(question, scenarios, source=source, values=values)

    @property
    def identity(self) -> tuple[str, str]:
        """Name of the (first) scenario, and the text that decides the values."""
        if self.study is not None:
            return self.study.first.scenario.name, self.study.text
        assert self.source is not None
        return self.source.manifest()["scenario"]["name"], self.source.text("manifest.json")

    @property
    def marks(self) -> tuple[object, ...]:
        """Everything besides the scenario text that decides the results."""
        study = self.study
        return (*(self.values or {}), self.question) if study is None else (*study.marks, self.question)

    @property
    def request(self) -> tuple[str, ...]:
        """The comparison in words, and everything that decides it."""
        name, text = self.identity
        of = name if self.study is None else self.study.told
        return f"comparison of {of}", text, *map(str, self.marks)

    def into(
        self, run: Run, executor: Executor | None = None, progress: Progress | None = None
    ) -> Answer[Compared]:
        """Run what must be simulated, compare, and store everything in a new run."""
        if self.study is not None:
            study = self.study
            said = write_study(
                run,
                study.loaded,
                study.seed,
                study.replications,
                executor=keeping(run, executor),
                progress=progress,
            )
            values, source = read_replications(run, study.replications), run
        else:
            assert self.source is not None
            assert self.values is not None
            source, values = self.source, dict(self.values)
            said = copy_run(source, run, [*values])
            name, text = source.folder.resolve().name, source.text("manifest.json")
            said["compared_from"] = {"run": name, "manifest_sha256": digest(text)}
        said["titles"]["lanes"][TOGETHER] = ALL_LANES
        measured, changed = Measured(values, read_levels(source) if source.has("together") else {}), None
        if not self.question.routes:
            measured = replace(measured, both=DeliveredByBoth(source, values, said["seed"]))
            if self.scenarios:
                known = {name: self.scenarios[name] for name in values}
                changed, touched = changed_clearance(known, self.question.baseline)
                measured = replace(measured, touched=touched)
        compared = write_comparison(run, measured, self.question)
        said["comparison"] = record(compared)
        first = next(iter(values)) if self.question.routes else self.question.baseline
        behind = estimates_behind(source, first, titles_of(said, "places", first), self.question.lane)
        said["comparison"] |= {"estimates_of": first, "estimates": behind}
        if changed is not None:
            said["comparison"]["changed_offices"] = changed
        run.write_manifest({**said, **finished()})
        return Answer(run, compared)
