"""Print what this environment makes of two small studies, to compare Pythons and libraries.

    python benchmarks/versions.py > here.json

Run it in one environment for each set of versions. ``sha256`` holds the hash of each CSV file of each study,
which must be the same in all of them. The manifest of a run, which names the versions, is none of them.
"""

from __future__ import annotations

import argparse
import json
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import whole_number  # noqa: E402

from fourport import Study, load  # noqa: E402
from fourport.store.reading import sha256_of_file  # noqa: E402
from fourport.study.run_tables import LIBRARIES  # noqa: E402

STUDIES = {"templates/small.toml": 5, "weihai-customs.toml": 2}
"""Replications of each scenario."""


def hashes(scenario: str, replications: int) -> dict[str, str]:
    """Run a study and return the SHA-256 of each of its CSV files."""
    with TemporaryDirectory() as name:
        folder = Path(name) / "out"
        Study(load(ROOT / "scenarios" / scenario), replications=replications).run(folder)
        return {path.name: sha256_of_file(path) for path in sorted(folder.glob("*.csv"))}


def main() -> None:
    """Run the studies with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=whole_number(1, 10_000), help="of each, instead of 5 and 2")
    asked = parser.parse_args()
    libraries = {name: version(name) for name in (*LIBRARIES, "numba")}
    found = {name: hashes(name, asked.replications or its) for name, its in STUDIES.items()}
    print(json.dumps({"python": platform.python_version(), **libraries, "sha256": found}, indent=1))


if __name__ == "__main__":
    main()
