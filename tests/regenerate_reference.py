"""Runs the shipped scenario again into ``results/reference`` and the README: ``make reference``.

CHANGELOG has to say when the results change and why.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from fourport.cli.table import summary_table
from fourport.store import Run

ROOT = Path(__file__).resolve().parent.parent
REFERENCE = ROOT / "results" / "reference"
LEFT_OUT = ("replications.csv",)
"""Tables that are not committed: the summary tells as much."""
VARYING = ("finished", "seconds")
"""What the manifest says of when and how fast it was run."""


def main() -> None:
    """Run, copy what is committed, and put the table into the README."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run"
        subprocess.run(
            [sys.executable, "-m", "fourport", "run", "weihai-2019", "--quiet", "--out", run], check=True
        )
        for table in run.glob("*.csv"):
            if table.name not in LEFT_OUT:
                shutil.copy(table, REFERENCE / table.name)
        for picture in (run / "charts").glob("*.png"):
            shutil.copy(picture, REFERENCE / "charts" / picture.name)
        manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    kept = {key: value for key, value in manifest.items() if key not in VARYING}
    text = json.dumps(kept, indent=2, ensure_ascii=False) + "\n"
    (REFERENCE / "manifest.json").write_text(text, encoding="utf-8")
    _put_table()


def _put_table() -> None:
    readme = ROOT / "README.md"
    head, rest = readme.read_text(encoding="utf-8").split("<!-- reference table -->")
    tail = rest.split("<!-- end -->")[1]
    table = "\n".join(line.rstrip() for line in summary_table(Run.open(REFERENCE)).strip("\n").splitlines())
    readme.write_text(
        f"{head}<!-- reference table -->\n\n```text\n{table}\n```\n<!-- end -->{tail}", encoding="utf-8"
    )


if __name__ == "__main__":
    main()
