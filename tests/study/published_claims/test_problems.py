"""Claims that are refused: wrong files, names that the scenario lacks, measures that are not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from fourport.errors import Problem, UserError
from fourport.plan.compile import compile_corridor
from fourport.plan.corridor import Corridor
from fourport.scenario.claims import read_claims
from fourport.scenario.models.claims import Claims
from fourport.scenario.models.scenario import Scenario
from fourport.study.published_claims.problems import problems_of, unmeasured
from tests.study.published_claims.claimed import DOCUMENTS, TEXT, claims


@pytest.fixture(scope="module")
def corridors() -> dict[str, Corridor]:
    """Compile the corridor under each policy."""
    return {name: compile_corridor(Scenario.model_validate(one)) for name, one in DOCUMENTS.items()}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("tolerance = 0.1\n", "", "claims.half: either expected and tolerance are needed"),
        (
            'kind = "threshold"',
            'kind = "treshold"',
            "claims.dearer.kind: is not a kind of claim; allowed: ratio, threshold, difference",
        ),
        ("at_most = 1.0", "at_most = 1.0\nat_lest = 1", "claims.faster.at_lest: is not a known key"),
        (
            'source = "paper"\nkind = "threshold"',
            'source = "papr"\nkind = "threshold"',
            "did you mean 'paper'?",
        ),
        ('statement = "By van costs half"\n', "", "claims.half.statement: is missing"),
        ('tolerance = "10 min"\n', "", "claims.longer: either expected and tolerance are needed"),
        (
            'tolerance = "0.04 USD/kg"',
            'tolerance = "0.04 CNY/kg"',
            "expected is in USD/kg, tolerance in CNY/kg",
        ),
        (
            'low = "0.05 USD/kg", high = "0.2 USD/kg"',
            'low = "0.2 USD/kg", high = "0.05 USD/kg"',
            "low must lie",
        ),
        (
            'low = "0.05 USD/kg", high = "0.2 USD/kg"',
            'low = "0.1 USD/kg", high = "0.1 USD/kg"',
            "low must lie",
        ),
    ],
)
def test_a_wrong_file_is_told_by_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Tests that each problem of a file is told with its line."""
    assert TEXT.count(old) == 1
    with pytest.raises(UserError) as error:
        claims(tmp_path, TEXT.replace(old, new))
    (line,) = error.value.lines
    where, _, message = line.removeprefix(f"{tmp_path / 'claims.toml'}:").partition(": ")
    assert int(where) > 1
    assert said in message


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('policy = "bays" }', 'policy = "bay" }', "there is no policy 'bay'; did you mean 'bays'?"),
        (
            'routes = ["van"] }\ndenominator = { routes = ["truck"] }',
            'routes = ["von"] }\ndenominator = { routes = ["truck"] }',
            "there is no route 'von'",
        ),
        ('sweep = { rate = "van"', 'sweep = { rate = "vam"', "there is no tariff 'vam'"),
        ('low = "0 USD/kg", high = "1 USD/kg"', 'low = "1 CNY/kg"', "for a rate in USD/kg; allowed: USD/kg"),
        (
            'expected = "0.04 USD/kg"\ntolerance = "0.04 USD/kg"',
            'expected = "0.04 CNY/kg"\ntolerance = "0.04 CNY/kg"',
            "for a rate in USD/kg; allowed: USD/kg",
        ),
        (
            'measure = "time_service"',
            'measure = "time_service"\nrates = { vam = "1 USD/kg" }',
            "tariff 'vam'",
        ),
        (
            'measure = "time_service"',
            'measure = "time_service"\nrates = { van = "1 USD/kg" }',
            "'time_service' does not depend on rates; allowed: logistics_cost, freight_cost",
        ),
        (
            'measure = "door_to_door_time"\nexpected',
            'measure = "logistics_cost"\nexpected',
            "'logistics_cost' is not a time; "
            "allowed: names that begin with door_to_door_time, clearance_time_",
        ),
        (
            'measure = "door_to_door_time"\nexpected',
            'rates = { van = "1 USD/kg" }\nmeasure = "door_to_door_time"\nexpected',
            "times do not depend on rates",
        ),
        (
            'measure = "time_service"\nnumerator = { policy = "bays", routes = ["van"] }',
            'measure = "staffed_hours"\nnumerator = { policy = "bays", lanes = ["l"] }',
            "staffed_hours are those of all lanes",
        ),
    ],
)
def test_names_that_the_scenario_lacks(
    tmp_path: Path, corridors: dict[str, Corridor], old: str, new: str, said: str
) -> None:
    """Tests that what a claim names wrongly is told before anything is run."""
    assert TEXT.count(old) == 1
    found = problems_of(claims(tmp_path, TEXT.replace(old, new)), corridors)
    assert any(said in problem.message for problem in found)


def test_a_quantile_of_several_rows(tmp_path: Path) -> None:
    """Tests that two lanes have no quantile together, and that a whole lane has one."""
    lanes = dict.fromkeys(("l", "m"), DOCUMENTS["base"]["lanes"]["l"])
    two = {
        name: compile_corridor(Scenario.model_validate({**one, "lanes": lanes}))
        for name, one in DOCUMENTS.items()
    }
    old = 'measure = "time_service"\nnumerator = { policy = "bays", routes = ["van"] }'
    new = 'measure = "door_to_door_time_p95"\nnumerator = { policy = "bays", lanes = LANES }'
    for among, expected in (
        ('["l"]', []),
        ('["l", "m"]', ["a quantile of several routes is not that of all"]),
    ):
        text = TEXT.replace(old, new.replace("LANES", among)).replace(
            'denominator = { routes = ["van"] }', "denominator = {}"
        )
        found = problems_of(claims(tmp_path, text), two)
        assert [problem.message.partition(": ")[2].partition(" together")[0] for problem in found] == expected


def test_problems_of_several_claims_at_once(tmp_path: Path, corridors: dict[str, Corridor]) -> None:
    """Tests that what is wrong with one claim hides nothing of another, each under its own key."""
    text = TEXT.replace('lanes = ["l"]', 'lanes = ["m"]').replace(
        'routes = ["van"] }\nexpected', 'routes = ["vn"] }\nexpected'
    )
    found = problems_of(claims(tmp_path, text.replace('rate = "sea"', 'rate = "see"')), corridors)
    assert [problem.key for problem in found] == [
        ("claims", "half", "numerator", "lanes", 0),
        ("claims", "half", "sweep"),
        ("claims", "inspected", "denominator", "routes", 0),
    ]


def test_claims_about_another_scenario_are_told_in_a_line(tmp_path: Path) -> None:
    """Tests that the cause goes first, five names at most follow, and a few typos are told in full."""
    path = tmp_path / "claims.toml"
    path.write_text(TEXT.replace("format = 2", 'format = 2\nscenario = "elsewhere"'), encoding="utf-8")
    file = read_claims(path)
    wrong = [
        Problem(
            ("claims", "half", "numerator", "lanes", k % 7), f"there is no lane 'l{k % 7}'; allowed: a, b"
        )
        for k in range(30)
    ]
    with pytest.raises(UserError) as error:
        file.refuse(wrong, "here")
    first, *few, last = error.value.lines
    assert first.startswith(f"{path}: these claims are about elsewhere; 7 names are not in here")
    assert [line.rpartition("there is no ")[2] for line in few] == [f"lane 'l{k}'" for k in range(5)]
    assert last == "and 2 more"
    for scenario, problems in (("elsewhere", wrong[:7]), ("here", wrong[:2])):
        with pytest.raises(UserError) as error:
            file.refuse(problems, scenario)
        assert len(error.value.lines) == len(problems)
        assert all(line.endswith("allowed: a, b") for line in error.value.lines)


def test_a_measure_that_is_not_there(tmp_path: Path, corridors: dict[str, Corridor]) -> None:
    """Tests that it is told with the claim, the nearest and the policy, and priced ones ask for no run."""
    asked: list[str] = []

    def measured(policy: str) -> list[str]:
        asked.append(policy)
        return ["time_service", "inspections"] if policy == "bays" else ["time_service"]

    assert unmeasured(claims(tmp_path), measured) == []
    assert asked == ["bays", "base"]
    (wrong,) = unmeasured(claims(tmp_path, TEXT.replace("time_service", "time_servise")), measured)
    assert wrong.key == ("claims", "inspected", "measure")
    assert wrong.message == (
        "there is no measure 'time_servise' under the policy 'bays'; did you mean 'time_service'?"
        "; allowed: time_service, inspections"
    )
    (wrong,) = unmeasured(claims(tmp_path, TEXT.replace("time_service", "inspections")), measured)
    assert wrong.message == "there is no measure 'inspections'; allowed: time_service"


def test_a_file_without_claims_is_refused() -> None:
    """Tests that a file that claims nothing is no file of claims."""
    with pytest.raises(ValueError, match="holds no claim"):
        Claims.model_validate({"format": 2, "claims": {}})
