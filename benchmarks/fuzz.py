"""Damage scenarios, price lists, claims and runs, and look for commands that do not end as they should.

    python benchmarks/fuzz.py --mutants 50000

Each mutant must give a result or a clear error (exit code 0, 1 or 2), never a traceback, in 10 s of processor
time and with at most 1 GiB beyond what the program has when it begins. For each that does not, the script
prints its number, and writes its files to ``--keep`` if given; ``--first NUMBER --mutants 1`` runs it again.
The script ends with exit code 1 if there was any. Needs Linux.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import show, whole_number  # noqa: E402

from tests.mutants.confined import Commands, Ending  # noqa: E402
from tests.mutants.corpus import Original, originals  # noqa: E402
from tests.mutants.hunt import Mutant, mutants, warm_up  # noqa: E402

AT_ONCE = 50
"""Number of mutants that a process is given at once."""


def ran(known: dict[str, Original], first: int, most: int) -> list[tuple[Mutant, Ending]]:
    """Run some mutants, from one number to before another."""
    with Commands() as commands:
        return [(one, one.run(commands)) for one in mutants(known, range(first, min(first + AT_ONCE, most)))]


def main() -> int:
    """Run the mutants; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mutants", type=whole_number(1, 10_000_000), default=50_000)
    parser.add_argument("--first", type=whole_number(0, 2**31), default=0, help="number of the first mutant")
    parser.add_argument("--jobs", type=whole_number(1, 256), default=2)
    parser.add_argument("--keep", type=Path, help="folder for the files of mutants that ended badly")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        known = originals(Path(folder))
    warm_up(known)
    end = asked.first + asked.mutants
    codes: Counter[str] = Counter()
    faults, slowest = 0, 0.0
    with ProcessPoolExecutor(asked.jobs) as executor:
        for batch in executor.map(partial(ran, known, most=end), range(asked.first, end, AT_ONCE)):
            for one, ending in batch:
                codes[f"{one.name} {ending.code}"] += 1
                slowest = max(slowest, ending.seconds)
                if ending.fault:
                    faults += 1
                    print(
                        f"{one.number} ({one.name}): {' '.join(one.words)}: {ending.fault}", file=sys.stderr
                    )
                    print(ending.text[-1500:], file=sys.stderr)
                    if asked.keep:
                        one.write(asked.keep / str(one.number))
    show(
        {
            "mutants": asked.mutants,
            "faults": faults,
            "slowest_s": round(slowest, 2),
            **dict(sorted(codes.items())),
        },
        as_json=asked.json,
    )
    return int(faults > 0)


if __name__ == "__main__":
    sys.exit(main())
