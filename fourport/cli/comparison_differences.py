"""Format the differences of a comparison: the significant ones, or on request all."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence

from fourport.cli.columns import TextColumn, tables
from fourport.cli.comparison_overview import MARKS, heading_of, panels_of, place_text, unit_of
from fourport.cli.lines import said
from fourport.measures import title_of
from fourport.store.tables import TOGETHER
from fourport.study.comparison.compare import ComparisonRow
from fourport.study.comparison.comparison_tables import Compared
from fourport.study.comparison.criteria import ALWAYS, Criterion, present
from fourport.study.comparison.paired import LEVEL

HEADS = ("difference", "95 % interval", "p", "")

Named = Mapping[str, Mapping[str, ComparisonRow]]
"""Differences by measure, then by name of the row."""


def differences_text(compared: Compared, lanes: Mapping[str, str], *, full: bool) -> str:
    """Format the differences of all lanes together or of the lane asked for; for routes, of each lane.

    Parameters
    ----------
    lanes
        Title of each lane.
    full
        Whether all are shown, not only the significant ones.
    """
    question = compared.question
    shown = [row for row in compared.rows if _is_shown(row, compared)]
    hidden = [row for row in compared.rows if not _is_shown(row, compared)]
    clearance = [row for row in hidden if row.together]
    found: dict[str, dict[str, ComparisonRow]] = {}
    for row in [*shown, *clearance] if full else shown:
        found.setdefault(row.measure, {})[_name(row, compared, lanes)] = row
    where = "lane by lane" if question.routes else _where(question.lane or TOGETHER, lanes)
    title = f"ifferences from {question.baseline}, {where}"
    if full:
        return f"{said(f'D{title}')}\n{_every(found)}"
    others = [row for row in hidden if not row.together]
    parts = [said(f"Significant d{title}")]
    if any(_marked(row) for row in shown):
        parts += ["\n\n".join(_significant(found)), said(_insignificant(found, compared))]
    else:
        parts.append(f"  none of {sum(map(_comparable, shown)):,}")
    parts += _by_itself([*shown, *clearance])
    if any(map(_unknown, shown)):
        parts.append(said(_undelivered(found, compared)))
    if others:
        undelivered = sum(not _comparable(row) for row in others)
        text = (
            f"On single lanes and routes, {sum(map(_marked, others)):,} of {len(others) - undelivered:,} "
            "differences, judged together among themselves, are significant and large enough to matter"
        )
        parts.append(said(f"{text}; {undelivered:,} more cannot be compared." if undelivered else f"{text}."))
    told = "All differences with intervals and p values: comparison.csv; --full prints those above."
    parts.append(said(told))
    return "\n".join(parts)


def _is_shown(row: ComparisonRow, compared: Compared) -> bool:
    lane = compared.question.lane or TOGETHER
    return bool(compared.question.routes) or (row.lane, row.route) == (lane, TOGETHER)


def _name(row: ComparisonRow, compared: Compared, lanes: Mapping[str, str]) -> str:
    if not compared.question.routes:
        shown = _is_shown(row, compared)
        return f"  {row.policy}" if shown else f"  {row.policy}: {lanes.get(row.lane, row.lane)}"
    several = len({one.policy for one in compared.rows}) > 1
    return f"  {place_text(row.lane, row.route, lanes)}" + (f" ({row.policy})" if several else "")


def _where(lane: str, lanes: Mapping[str, str]) -> str:
    if lane == TOGETHER:
        return "all lanes and routes together"
    return f"{lanes.get(lane, lane)}, all routes together"


def _marked(row: ComparisonRow) -> bool:
    """Return whether a difference is significant and large enough to matter, or would be."""
    return row.verdict in MARKS and row.verdict not in ("small", "thin")


def _by_itself(rows: Sequence[ComparisonRow]) -> Iterator[str]:
    """Yield what intervals without zero mean beside differences that are not significant."""
    tested = [row for row in rows if row.tested and not math.isnan(row.difference.low)]
    beside = sum(not row.sure and not row.difference.low <= 0 <= row.difference.high for row in tested)
    if beside:
        yield said(
            f"{beside} of the {len(tested)} intervals leave out zero, although their difference is not "
            "significant: take these as hints, not as findings. Each interval by itself is right in 95 % of "
            f"studies, so that on average up to {LEVEL * len(tested):.0f} of {len(tested)} leave out zero by "
            "chance if nothing differs at all. A significant difference stands out among all of them."
        )


def _criteria(found: Named) -> list[Criterion]:
    """Return the criteria compared, then the other measures asked for, with their names as headings."""
    known = present(found)
    judged = {one.measure for one in known}
    return [*known, *(Criterion(name, title_of(name).lower(), "") for name in found if name not in judged)]


def _significant(found: Named) -> Iterator[str]:
    """Yield tables with a column for each measure and a row for each name, if any difference is significant.

    Costs, work and undetected non-compliance always keep their columns, so that time never stands alone.
    """
    sure = {measure: {name for name, row in rows.items() if _marked(row)} for measure, rows in found.items()}
    every = dict.fromkeys(name for rows in found.values() for name in rows)
    for panel in panels_of(_criteria(found)):
        names = [name for name in every if any(name in sure[one.measure] for one in panel)]
        columns = [
            TextColumn(
                *heading_of(one),
                unit_of(next(iter(found[one.measure].values())).unit, one.measure),
                [_cell(found[one.measure].get(name)) for name in names],
            )
            for one in panel
            if sure[one.measure] or one.measure in ALWAYS
        ]
        if names:
            yield tables(names, columns)


def _unknown(row: ComparisonRow) -> bool:
    """Return whether the difference is undefined: a value is infinite, or nothing arrives."""
    return math.isnan(row.difference.mean)


def _comparable(row: ComparisonRow) -> bool:
    """Return whether the difference is defined and can be judged."""
    return not _unknown(row) and row.verdict != "thin"


def _cell(row: ComparisonRow | None) -> str:
    if row is None or _unknown(row):
        return "-"
    if row.verdict in ("small", "lost", "thin"):
        return MARKS[row.verdict]
    if not row.sure:
        return "."
    low, high, mean = row.difference.low, row.difference.high, row.difference.mean
    scale = max(high - low, abs(mean))
    half = _number((high - low) / 2, scale).lstrip("+")
    if (
        half == "0" and high > low
    ):  # no more digits than the difference has, and yet no interval of width zero
        digits = _digits(scale)
        half = f"<{10.0**-digits:.{digits}f}"
    return f"{_number(mean, scale)} ±{half}"


def _insignificant(found: Named, compared: Compared) -> str:
    counts = _counted(found, lambda row: row.verdict != "thin" and not row.sure and not _unknown(row))
    text = f"Not significant (a dot above), by number of {_of(found, compared)}: {counts or 'none'}."
    small = _counted(found, lambda row: row.verdict == "small")
    return f"{text} Significant, but too small to matter (~): {small}." if small else text


def _undelivered(found: Named, compared: Compared) -> str:
    counts = _counted(found, _unknown)
    what = "Cannot be compared, because too much is undelivered, by number of"
    return f"{what} {_of(found, compared)}: {counts}."


def _of(found: Named, compared: Compared) -> str:
    what = "routes" if compared.question.routes else "policies"
    return f"{what} (of {max((len(rows) for rows in found.values()), default=0)})"


def _counted(found: Named, which: Callable[[ComparisonRow], bool]) -> str:
    """Format the number of rows of each measure for which ``which`` is true, without zeros."""
    told: dict[str, list[str]] = {}
    for one in _criteria(found):
        count = sum(map(which, found[one.measure].values()))
        group, heading = heading_of(one)
        if count:
            told.setdefault(group.lower() or one.measure, []).append(f"{heading} {count}")
    return "; ".join(
        ", ".join(counts) if group in found else f"{group} {', '.join(counts)}"
        for group, counts in told.items()
    )


def _every(found: Named) -> str:
    """Format each difference in its own row, with interval and p value, by measure."""
    names: list[str] = []
    cells: list[tuple[str, ...]] = []
    for measure, rows in found.items():
        names += [_titled(measure, next(iter(rows.values())).unit), *rows]
        cells += [("",) * len(HEADS), *map(_difference, rows.values())]
    columns = [TextColumn("", head, "", [row[k] for row in cells]) for k, head in enumerate(HEADS)]
    return tables(names, columns)


def _titled(measure: str, unit: str) -> str:
    title = title_of(measure)
    return title if unit in title.lower() else f"{title}, {unit}"


def _difference(row: ComparisonRow) -> tuple[str, str, str, str]:
    found = row.difference
    if math.isnan(found.mean):
        return "-", "", "", ""
    if math.isnan(found.low):
        return _number(found.mean, found.mean), "", "", MARKS.get(row.verdict, "")
    scale = max(found.high - found.low, abs(found.mean)) or 1.0
    interval = f"{_number(found.low, scale)} .. {_number(found.high, scale)}"
    p = f"{row.p:.3f}" if row.p >= 0.001 else "<0.001"
    return _number(found.mean, scale), interval, p, MARKS.get(row.verdict, "")


def _number(value: float, scale: float) -> str:
    """Format a number with about three significant digits of its scale."""
    text = f"{value:+,.{_digits(scale)}f}"
    return "0" if float(text.replace(",", "")) == 0 else text


def _digits(scale: float) -> int:
    """Return the decimals of a number with about three significant digits of its scale."""
    return min(max(2 - math.floor(math.log10(abs(scale))), 0), 6) if scale else 1
