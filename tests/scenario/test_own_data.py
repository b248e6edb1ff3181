"""Own data as distributions: observed values of a list or a CSV column, percentiles, mixtures."""

from __future__ import annotations

import os
from pathlib import Path
from socket import AF_UNIX, socket

import pytest

from fourport.plan.tables import HOUR
from fourport.scenario.distributions import Distribution
from fourport.scenario.load import Loaded
from fourport.scenario.models.facilities import Handling
from fourport.scenario.sources import numbers
from tests.scenario.bending import Bend, accepted, complaints

DURATION = 'duration = "20 min" }'
COLUMN = 'duration = { distribution = "observed", file = "data/dwell.csv", column = "hours", unit = "h" } }'


def with_data(bend: Bend, text: str, duration: str = COLUMN) -> Path:
    """Write the corridor whose discharge takes the times of a column."""
    path = bend(DURATION, duration)
    folder = path.parent / "data"
    folder.mkdir(exist_ok=True)
    (folder / "dwell.csv").write_text(text, encoding="utf-8")
    return path


def discharge(loaded: Loaded) -> Distribution[int]:
    """Give the duration of the discharge."""
    activity = loaded.scenario.facilities["quay"].activities["discharge"]
    assert isinstance(activity, Handling)
    return activity.duration


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("id,hours\na,1.5\nb,4\nc,\nd,0.25\n", [1.5, 4, 0.25]),
        ("sep=;\nid;hours\na;1,5\nb;30 min\n", [1.5, 0.5]),
        ("Dwell of 2019\nid\thours\na\t1,5\nb\t1.000,5\n", [1.5, 1000.5]),
    ],
)
def test_a_column_of_observed_values(text: str, wanted: list[float], bend: Bend) -> None:
    """Tests plain numbers in the unit, cells with units, decimal commas, and empty cells."""
    loaded = accepted(with_data(bend, text))
    assert [value / HOUR for value in discharge(loaded).values] == wanted
    assert "# id" in loaded.text.replace("# sep=;", "# id")


def test_where_observed_values_come_from(bend: Bend) -> None:
    """Tests that they are one number of the sources, with the grade given with them."""
    tagged = COLUMN.replace(" } }", ', grade = "published", source = "book" } }')
    found = {one.key: one for one in numbers(with_data(bend, "hours\n1\n2\n3\n", tagged))}
    known = found["facilities.quay.activities.discharge.duration.values"]
    assert (known.row[1], known.row[3], known.row[4]) == ("3 values", "published", "A book")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("id,hour\na,1\n", "dwell.csv:1: has no column 'hours'; allowed: a name of its header"),
        ("id;hours\na;1.500\n", "dwell.csv:2: '1.500' may be either of two numbers"),
        ("hours\n\n", "values is empty; allowed: at least one observed value"),
        ("hours\n1\n-2\n", "'-2 h' must be more than 0"),
        ("hours\nthree\n", "'three' is not a number with a unit"),
        ("", ": data/dwell.csv:1: is empty"),
        (
            "hours\n1,5\n4\n",
            "dwell.csv:2: has 2 cells; allowed: 1; if 1,5 is one number: sep=; as the first line",
        ),
        (
            "id,hours\na,1,5\n",
            "has 3 cells; allowed: 2; if 1,5 is one number: sep=; as the first line of the file, and",
        ),
    ],
)
def test_bad_columns(text: str, said: str, bend: Bend) -> None:
    """Tests that what is wrong with a column is told where it is named."""
    found = complaints(with_data(bend, text))
    assert any("facilities.quay.activities.discharge.duration" in line and said in line for line in found), (
        found
    )


def test_no_such_file(bend: Bend) -> None:
    """Tests that a file that is not there is told where it is named."""
    found = complaints(bend(DURATION, COLUMN))
    assert any("discharge.duration" in line and "there is no file" in line for line in found), found


@pytest.mark.parametrize("wanted", ["a directory", "a pipe", "a socket"])
def test_no_regular_file(wanted: str, bend: Bend, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests that what is no file is named as what it is, once, and is not waited for."""
    path = bend(DURATION, COLUMN.replace("data/", ""))
    monkeypatch.chdir(path.parent)
    listening = socket(AF_UNIX)
    {
        "a directory": lambda: Path("dwell.csv").mkdir(),
        "a pipe": lambda: os.mkfifo("dwell.csv"),
        "a socket": lambda: listening.bind("dwell.csv"),
    }[wanted]()
    (found,) = complaints(path)
    listening.close()
    assert f"dwell.csv' is {wanted}, not a file; allowed: a CSV file" in found
    assert found.count("dwell.csv") == 1


def test_column_with_decimal_commas(bend: Bend) -> None:
    """Tests that the line that an error proposes helps."""
    loaded = accepted(with_data(bend, "sep=;\nhours\n1,5\n4\n"))
    assert [value / HOUR for value in discharge(loaded).values] == [1.5, 4]


def test_lists_percentiles_and_mixtures_in_a_file(bend: Bend) -> None:
    """Tests weights, values and durations of own data, and an overlay that changes one percentile."""
    percentiles = 'percentiles = { P0 = "5 min", P50 = "20 min", P100 = "2 h" }'
    small = '{ weight = "80 %", distribution = "fixed", at = "400 kg" }'
    large = '{ weight = "20 %", distribution = "uniform", low = "1 t", high = "2 t" }'
    path = bend(
        *(DURATION, f'duration = {{ distribution = "percentiles", {percentiles} }} }}'),
        *(
            'value = "50 USD/kg"',
            'value = { distribution = "observed", values = ["40 USD/kg", "60 USD/kg"] }',
        ),
        'weight = { distribution = "lognormal", mean = "200 kg", sd = "100 kg", high = "2 t" }',
        f'weight = {{ distribution = "mixture", parts = [{small}, {large}] }}',
    )
    parts = accepted(path).scenario.commodities["parts"]
    assert (parts.weight.largest, parts.currency) == (2000, "USD")
    overlay = path.parent / "over.toml"
    overlay.write_text(
        'extends = "corridor.toml"\n'
        'facilities.quay.activities.discharge.duration.percentiles.P50 = "30 min"\n'
    )
    assert discharge(accepted(overlay)).ranks()[1] == (0.5, HOUR / 2)
