"""Files with thousands of errors: which are listed, and what is said of the others."""

from pathlib import Path

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
