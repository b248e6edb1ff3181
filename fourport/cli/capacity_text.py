"""The table and the conclusion of a capacity study, as text."""

from __future__ import annotations

from textwrap import fill

from fourport.study.capacity.capacity import CapacityCurve
from fourport.study.capacity.report import SAID, conclusion, intervals, shifts


def capacity_text(curve: CapacityCurve) -> str:
    """Give the curve as a table, and the conclusion."""
    asked = curve.asked
    measured = SAID[asked.measure].format(at=asked.at)
    rows = [["servers", f"within {asked.target.text}", "interval", "", "visits", "unfinished"]]
    for point in curve.points:
        share, verdict = point.share, point.verdict
        rows.append(
            [
                str(point.servers),
                f"{share.mean:.3f} %",
                f"{share.low:.3f} .. {share.high:.3f}",
                verdict,
                f"{point.visits:,.1f}",
                f"{point.unfinished:,.1f}",
            ]
        )
    widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
    lines = [
        "  ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    told = (
        f"Share of those whose {measured} takes no longer than {asked.target.text}; visits and "
        f"unfinished ones are means over {asked.replications} replications (seed {asked.seed})."
    )
    said = (conclusion(curve), told, shifts(curve), f"Intervals: {intervals(curve)}.")
    return "\n".join([*lines, "", *(fill(text, 100) for text in said if text)])
