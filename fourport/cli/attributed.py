"""What a claim's change is owed to: as rows and as text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from fourport.study.attribution.attribute import Attributed
from fourport.study.statistics import Estimate

AT = ("low", "scenario", "high")


def attribution_rows(parts: Sequence[Attributed]) -> Iterator[tuple[object, ...]]:
    """Give the rows of ``attribution.csv``: each lever, then the whole."""
    for part in parts:
        for lever, found in (*part.levers.items(), ("*", part.whole)):
            yield part.claim, lever, found.mean, found.low, found.high, found.n


def input_rows(parts: Sequence[Attributed]) -> Iterator[tuple[object, ...]]:
    """Give the rows of ``claim-inputs.csv``: each input at its low end, as it is, and at its high end."""
    for part in parts:
        for moved in part.inputs:
            for at, text, ratio in zip(AT, moved.texts, moved.ratios, strict=True):
                yield (
                    part.claim,
                    moved.name,
                    at,
                    text,
                    ratio.mean,
                    ratio.low,
                    ratio.high,
                    moved.needed,
                    ratio.n,
                )


def attribution_table(parts: Sequence[Attributed], expected: dict[str, float | None]) -> str:
    """Give a paragraph for each claim, as plain text."""
    text: list[str] = []
    for part in parts:
        text += ["", f"{part.claim}: the ratio changes by {_of(part.whole)} from 1, of which (Shapley)"]
        width = max(map(len, part.levers), default=0)
        text += [f"  {lever:<{width}}  {_of(found)}" for lever, found in part.levers.items()]
        if not part.inputs:
            continue
        wanted = expected.get(part.claim)
        text.append("  inputs, each moved over its plausible range; where each alone would have to be:")
        width = max(len(moved.name) for moved in part.inputs)
        for moved in part.inputs:
            ends = ", ".join(f"{t} {r.mean:.3f}" for t, r in zip(moved.texts, moved.ratios, strict=True))
            text.append(f"    {moved.name:<{width}}  ratio at {ends}")
            if wanted is not None:
                text.append(f"    {'':<{width}}  for {wanted:g}: {moved.needed}")
    return "\n".join(text)


def _of(found: Estimate) -> str:
    return f"{found.mean:+.3f} ({found.low:+.3f} to {found.high:+.3f})"
