"""Compare the two engines on many random plans and worlds, and shrink the first difference.

    python benchmarks/equality.py --cases 5000

Each case is a small corridor full of ties, with all features mixed, drawn from one seed. When milestones
differ, the script prints the seed and the smallest case of that seed that still differs, and ends with
exit code 1.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import need_compiled, show, whole_number  # noqa: E402

from fourport.engine import compiled, reference  # noqa: E402
from tests.engine.random_worlds import random_case  # noqa: E402

SIZES: dict[str, tuple[int, ...]] = {
    "consignments": (60, 40, 20, 50, 10, 30, 300),
    "routes": (4, 2, 3, 1),
    "trader_classes": (3, 2),
    "steps": (8, 6, 4, 7, 5),
    "grid": (10, 5, 1),
    "crowding": (1, 2, 3, 4, 3, 2, 1, 4, 2, 3, 1),
}
"""Sizes of the cases, in turns of lengths that do not keep step; the seed decides the rest."""

LEAST = {"consignments": 1, "routes": 1, "trader_classes": 1, "steps": 2}
"""Smallest sizes to which a case is shrunk."""


def sizes_of(seed: int) -> dict[str, int]:
    """Return the sizes of the case of a seed."""
    return {name: values[seed % len(values)] for name, values in SIZES.items()}


def differences(seed: int, sizes: dict[str, int]) -> list[str]:
    """Return in which milestones the engines differ."""
    plan, world = random_case(seed, **sizes)
    return compiled.simulate(plan, world).differences(reference.simulate(plan, world))


def smaller(sizes: dict[str, int]) -> Iterator[dict[str, int]]:
    """Yield cases that are smaller in one respect, those that are much smaller first."""
    for name, least in LEAST.items():
        for size in (least, (least + sizes[name]) // 2, sizes[name] - 1):
            if least <= size < sizes[name]:
                yield {**sizes, name: size}


def shrink(seed: int, sizes: dict[str, int]) -> dict[str, int]:
    """Return the smallest sizes found for which the engines still differ."""
    for fewer in smaller(sizes):
        if differences(seed, fewer):
            return shrink(seed, fewer)
    return sizes


def compare(cases: int, first: int) -> dict[str, Any]:
    """Compare the engines on cases with seeds from ``first`` on, up to the first difference."""
    rows = 0
    for seed in range(first, first + cases):
        sizes = sizes_of(seed)
        found = differences(seed, sizes)
        if found:
            least = shrink(seed, sizes)
            return {"identical": False, "seed": seed, "differs": differences(seed, least), "case": least}
        rows += len(random_case(seed, **sizes)[1].duration_us)
    return {"identical": True, "cases": cases, "first_seed": first, "event_rows": rows}


def main() -> None:
    """Run the comparison with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", type=whole_number(1, 10_000_000), default=5000)
    parser.add_argument("--seed", type=whole_number(0, 2**31), default=0, help="seed of the first case")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    need_compiled(parser)
    found = compare(options.cases, options.seed)
    show(found, as_json=options.json)
    sys.exit(0 if found["identical"] else 1)


if __name__ == "__main__":
    main()
