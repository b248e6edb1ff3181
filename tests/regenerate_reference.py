"""Runs the shipped scenarios again into ``results/reference`` and the README: ``make reference``.

CHANGELOG has to say when the results change and why.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from fourport.cli.table import summary_table
from fourport.store import Run
from fourport.store.manifest import FILES, OWN
from tests import headline

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "results" / "reference"
LEFT_OUT = ("replications.csv",)
"""Tables that are not committed: the summary tells as much."""
VARYING = ("finished", "seconds", FILES, OWN)
"""What the manifest says of when and how fast it was run, and of files that are not committed."""

CUSTOMS = REFERENCE / "customs"
COMPARED = ("compare", "weihai-customs", "--policies", "weihai", "--quiet")
COMPARED_TABLES = ("comparison.csv", "policies.csv", "detection.csv", "clearance-stages.csv")
COMPARED_CHARTS = ("clearance-stages.png", "forest.png")
"""The policy package of Weihai against the provincial baseline, and what is kept of it."""


def main() -> None:
    """Run, copy what is committed, and put the table into the README."""
    with tempfile.TemporaryDirectory() as folder:
        run = _run(Path(folder) / "run", "run", "weihai-2019", "--quiet")
        tables = [table.name for table in run.glob("*.csv") if table.name not in LEFT_OUT]
        _keep(run, REFERENCE, tables, [picture.name for picture in (run / "charts").glob("*.png")])
        _keep(_run(Path(folder) / "customs", *COMPARED), CUSTOMS, COMPARED_TABLES, COMPARED_CHARTS)
    _put_table()
    found = headline.headlines(REFERENCE)
    headline.draw(found)
    _put("headline curve", headline.table(found))


def _run(folder: Path, *words: str) -> Path:
    subprocess.run([sys.executable, "-m", "fourport", *words, "--out", folder], check=True)
    return folder


def _keep(run: Path, folder: Path, tables: Iterable[str], pictures: Iterable[str]) -> None:
    """Copy tables, pictures and the manifest, without what varies from run to run."""
    (folder / "charts").mkdir(parents=True, exist_ok=True)
    for name in (*tables, *(f"charts/{picture}" for picture in pictures)):
        shutil.copy(run / name, folder / name)
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    kept = {key: value for key, value in manifest.items() if key not in VARYING}
    text = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    Run(folder).write_package(manifest["scenario"])


def _put_table() -> None:
    table = "\n".join(line.rstrip() for line in summary_table(Run.open(REFERENCE)).strip("\n").splitlines())
    _put("reference table", f"```text\n{table}\n```")


def _put(name: str, text: str) -> None:
    """Replace what stands in the README between the mark of a block and the next end."""
    readme = ROOT / "README.md"
    head, rest = readme.read_text(encoding="utf-8").split(f"<!-- {name} -->")
    _, tail = rest.split("<!-- end -->", 1)
    readme.write_text(f"{head}<!-- {name} -->\n\n{text}\n\n<!-- end -->{tail}", encoding="utf-8")


if __name__ == "__main__":
    main()
