"""Files with thousands of errors: which are listed, and what is said of the others."""

from collections import Counter
from pathlib import Path

import pytest

from fourport.plan.compile import check
from fourport.scenario.examine import examine_file
from tests.scenario.bending import CORRIDOR


def test_what_is_listed_of_thousands_of_errors(tmp_path: Path) -> None:
    """Tests that a section lists its first thousand errors, and that no other is hidden by them."""
    broken = "".join(f"[commodities.c{k}]\nweight = 3\n" for k in range(2_000))
    path = tmp_path / "many.toml"
    path.write_text(f"{CORRIDOR}\n{broken}\n[wrong]\nx = 1\n", encoding="utf-8")
    found = [line.partition(": ")[2] for line in examine_file(path, check).problems]
    listed = [line for line in found if line.startswith("commodities.c")]
    # Each has a wrong weight, and no title, value or density.
    assert len(listed) == 1_000
    assert {line.split(".")[1] for line in listed} == {f"c{k}" for k in range(250)}
    assert "commodities: 1,750 more of its entries have errors; the first 1,000 are listed" in found
    assert any(line.startswith("wrong: is not a known key") for line in found)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            '[tariffs.t{k}]\nlines = [{{ name = "a", category = "handling", price = "3 USD/kg" }}]',
            "nothing uses it",
        ),
        ('[commodities.c{k}]\ntitle = "a"\nsource = "s{k}"\nvalue = "3 USD/kg"', "there is no source 's7'"),
        ('[commodities.c{k}]\nvalue = {{ value = "3 USD/kg", grade = "sure" }}', "'sure' is not a grade"),
        ('[lanes."l/{k}"]', "cannot be a name"),
        (
            '[routes.r{k}]\ntitle = "a"\nsteps = [{{ by = "x{k}" }}]',
            "there is no service, fleet or trucking leg 'x7'",
        ),
    ],
)
def test_problems_of_all_kinds_are_listed_by_section(entry: str, said: str, tmp_path: Path) -> None:
    """Tests that a section lists no more than a thousand, wherever its errors are found."""
    n = 1_500
    path = tmp_path / "many.toml"
    path.write_text("\n".join([CORRIDOR, *(entry.format(k=k) for k in range(n))]), encoding="utf-8")
    found = [line.partition(": ")[2] for line in examine_file(path, check).problems]
    section = entry[1:].partition(".")[0]
    of_it = [line for line in found if line.startswith(f"{section}.")]
    assert len(of_it) == 1_000
    assert any(said in line for line in of_it)
    (rest,) = (line for line in found if line.startswith(f"{section}: "))
    entries = {line.split(":")[0].split(".")[1] for line in of_it}
    assert f"{n - len(entries):,} more of its entries have errors" in rest


def test_wrong_names_are_listed_in_the_order_of_the_file(tmp_path: Path) -> None:
    """Tests that the first thousand are listed, whatever the order of sets in this process."""
    path = tmp_path / "many.toml"
    path.write_text("\n".join([CORRIDOR, *(f'[lanes."l/{k}"]' for k in range(1_200))]), encoding="utf-8")
    found = [line for line in examine_file(path, check).problems if "cannot be a name" in line]
    assert [f"'l/{k}' cannot" in line for k, line in enumerate(found)] == [True] * 1_000


def test_an_unknown_table_is_one_error(tmp_path: Path) -> None:
    """Tests that its keys are no errors of their own, however many they are."""
    path = tmp_path / "many.toml"
    said = set()
    for n in (1, 1_500):
        path.write_text("\n".join([CORRIDOR, "[wrong]", *(f"k{k} = {k}" for k in range(n))]), "utf-8")
        said.add(tuple(examine_file(path, check).problems))
    ((line,),) = said
    assert "wrong: is not a known key" in line


def test_unused_entries_of_an_overlay(tmp_path: Path) -> None:
    """Tests that thousands of them are counted."""
    (tmp_path / "corridor.toml").write_text(CORRIDOR, encoding="utf-8")
    path = tmp_path / "many.toml"
    new = "".join(f"[facilities.f{k}]\nzone = 'UTC'\n" for k in range(1_200))
    path.write_text(f"extends = 'corridor.toml'\n{new}", encoding="utf-8")
    found = [line.partition(": ")[2] for line in examine_file(path, check).problems]
    assert sum("is a new facility that nothing uses" in line for line in found) == 1_000
    assert any("200 more of its entries have errors" in line for line in found)


def test_a_policy_repeats_nothing(tmp_path: Path) -> None:
    """Tests that what is wrong in the base is told once, and that a policy's own error is not lost."""
    path = tmp_path / "many.toml"
    broken = "".join(f"[commodities.c{k}]\nweight = 3\n" for k in range(500))
    policies = "".join(f"[policies.p{k}]\nfacilities.quay.zone = 'Nowhere/At{k}'\n" for k in range(3))
    path.write_text(f"{CORRIDOR}\n{broken}\n{policies}", encoding="utf-8")
    problems = examine_file(path, check).problems
    assert max(Counter(problems).values()) == 1
    assert sum(f"under the policy 'p{k}'" in line for k in range(3) for line in problems) == 3
