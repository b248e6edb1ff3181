"""The page docs/verification.md outside of its measured numbers, which the long tests measure again."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest

from fourport.scenario.load import load
from fourport.study.verification import verdict_text
from fourport.study.verification.cases import CASES
from fourport.study.verification.coverage import PROMISES, Kept
from fourport.study.verification.verify import Finding, Verdict

DOCS = Path(__file__).parents[2] / "docs" / "verification.md"
MEASURED = {"value", "99 % interval", "+-", "z", "result", "true"}
"""Columns of the tables whose cells are measured."""


def printed() -> str:
    """Give the page of all cases and promises with numbers that nobody measured."""
    unknown = (math.nan,) * 4
    runs = {case.name: load(case.path).scenario.run.replications for case in CASES.values()}
    findings = tuple(
        Finding(case.name, measure, runs[case.name], measure.formula(), *unknown, passed=True)
        for case in CASES.values()
        for measure in case.measures
    )
    verdict = Verdict(findings, (), runs, dict.fromkeys(runs, 1), 0, (), 1)
    return verdict_text.markdown(verdict, [Kept(promise, 0) for promise in PROMISES])


def unmeasured(page: str) -> list[list[str]]:
    """Give the cells of each line of a page, without those that are measured, and without closing lines."""
    found, header = list[list[str]](), list[str]()
    for line in page.splitlines():
        if not line.startswith("| "):
            header = []
            if not line.startswith("    "):
                found.append([re.sub(r"\d+\.\d million consignments", "consignments", line)])
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        header = header or cells
        found.append([cell for name, cell in zip(header, cells, strict=True) if name not in MEASURED])
    return found


def test_the_page_says_what_the_command_prints() -> None:
    """Tests that no text was added to the page alone, nor to the command alone."""
    assert unmeasured(DOCS.read_text(encoding="utf-8")) == unmeasured(printed()), (
        "write text into fourport/study/verification/verdict_text.py, "
        "then: fourport verify --markdown > docs/verification.md"
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("## Theory", "A word more.\n\n## Theory"),
        ("| m-m-1 | mean wait |", "| m-m-1 | wait |"),
        ("no consignment of the cohort", "none"),
    ],
)
def test_a_change_by_hand_is_found(old: str, new: str) -> None:
    """Tests that a line or a name that is on the page alone is found."""
    page = printed()
    assert unmeasured(page.replace(old, new, 1)) != unmeasured(page)
