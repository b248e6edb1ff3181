"""Titles of measures and units on charts and pages, in the language of the chart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fourport.arguments import LANGUAGES
from fourport.charts.language import say, speaking
from fourport.measures import MEASURES, QUANTILES, SOURCES, find

UNITS: Mapping[str, str] = {
    "consignments": "consignments",
    "inspections": "inspections",
    "parcels": "parcels",
    "points": "points",
}
"""Text of the units that are words, by unit."""


def measure_title(measure: str) -> str:
    """Return the title of a measure or of one of its quantiles; its name if it has none."""
    found = find(measure)
    if found is None:
        return measure
    part = measure.rpartition("_")[2].upper() if found.kind == "quantile" else ""
    return f"{say(found.title)} {part}".rstrip()


def unit_title(unit: str) -> str:
    """Return a unit as text; "per 100 consignments" is not written as a ratio of units."""
    what, for_100, _ = unit.partition("/100 consignments")
    what = say(UNITS.get(what, what))
    if not for_100:
        return what
    if unit.startswith("consignments/"):
        return say("of 100 consignments")
    return say("{unit} for 100 consignments", unit=what)


HEAD = """# Measures

<!-- Written by `fourport schema --measures` from the registry; a test compares. Do not edit by hand. -->

Every measure of `summary.csv`, by lane and route over the cohort accepted within the window, and of
`together.csv` for all routes of a lane (`*`) and all lanes. `replications.csv` has both for each
replication, and in the column `over` how many kilograms, parcels or consignments a mean or share is over:
the mean of all is the sum of `value` times `over`, by the sum of `over`.

- A **mean** is over the consignments, kilograms or parcels of all replications together, a **share** over
  their consignments, with Student's t of jackknife values. The mean of the values of replications would be
  biased where these have few consignments. A mean is withheld (empty) if it would leave out more than 5 % of
  the consignments, because they are not delivered (of a clearance time: not released). It has no interval if
  it is zero in some replications, and not zero in fewer than 5: what is so rare may be of any size.
- **Quantiles**, whose names end with QUANTILES, are of the consignments of all replications together, with
  an interval by sectioning: Student's t of the quantiles within replications about the pooled value. A mean
  of quantiles within replications would be too low, and more replications would not help.
- A **count** is a mean over replications.
- Where fewer than 5 consignments of a replication count, or do not, the interval has the exact bounds of
  Clopper and Pearson, or of a Poisson mean, for the effective number of consignments: goods that fail
  together count as fewer, by their spread among replications. If all count, or none, those of a week count
  as one.
- Where fewer than 5 consignments of a replication are beyond the quantile, the interval is at least as wide
  as that of order statistics of independent consignments. An upper end that is empty beside a lower end is
  beyond the slowest.

[verification.md](verification.md#how-often-intervals-keep-their-promise) says how often these intervals
hold.

"""


def measures_page() -> str:
    """Return the text of ``docs/measures.md``."""
    names = ", ".join(f"`_{name}`" for name in QUANTILES)
    return HEAD.replace("QUANTILES", names) + "\n".join(_rows()) + "\n"


def _rows() -> Iterator[str]:
    yield "| Measure | Unit | Kind | Better | Titles | What it is |"
    yield "|---|---|---|---|---|---|"
    for one in MEASURES.values():
        titles = []
        for language in LANGUAGES:
            with speaking(language):
                titles.append(measure_title(one.name))
        kind = f"{one.kind}, quantiles" if one.has_quantiles else one.kind
        what = one.meaning
        if one.first:
            what += f" First milestone: {one.first}. Last: {one.last}."
        if one.source:
            what += f" After {SOURCES[one.source]}."
        unit = one.unit.replace("{currency}", "USD")
        yield f"| `{one.name}` | {unit} | {kind} | {one.better or '-'} | {'; '.join(titles)} | {what} |"
