"""What is damaged: scenarios, price lists, claims and runs, and the commands that read them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.cli.short import fourport, short_scenario

DATA = Path(__file__).resolve().parents[1]

PRICES = """\
Rates of the ferry line;;;;;
tariff;line;category;basis;currency;price;minimum;N;+100;+500;valid_from;grade;source
ferry;Sea freight;transport;chargeable-weight;USD;0,35 USD/kg;20;100 %;90 %;80 %;2019-01-01;estimate;
ferry;Fuel;transport;gross-weight;USD;0,05 USD/kg;;;;;2019-01-01;estimate;
"""

CLAIMS = """\
format = 2
scenario = "trial"

[sources.paper]
title = "A paper"
address = "https://example.org/paper"

[claims.sea-is-cheaper]
statement = "Sea-air costs at most three quarters of direct air freight"
source = "paper"
kind = "ratio"
measure = "logistics_cost"
numerator = { routes = ["by-sea"] }
denominator = { routes = ["by-air"] }
at_most = 0.75
note = "Door to door"
"""

RUN_OPTIONS = ("--replications", "1", "--jobs", "1", "--quiet", "--out")


@dataclass(frozen=True)
class Original:
    """Files to be damaged by name, and commands that read them; ``{}`` stands for their folder."""

    files: Mapping[str, bytes]
    commands: Sequence[Sequence[str]]


def originals(folder: Path) -> dict[str, Original]:
    """Write and run what is needed in a folder; return the originals by name."""
    template = short_scenario(folder).read_bytes()
    listed = template.replace(b"\n[", b'\ntariff_files = ["prices.csv"]\n\n[', 1)
    priced = re.sub(rb"^\[tariffs\.ferry\]\n(?:.+\n)+", b"", listed, flags=re.M)
    check, run = ("check", "{}/a.toml"), ("run", "{}/a.toml", *RUN_OPTIONS, "{}/out")
    corridor, levers = (DATA / name / "corridor.toml" for name in ("data", "levers"))
    return {
        "template": Original({"a.toml": template}, [check, run]),
        "corridor": Original({"a.toml": corridor.read_bytes()}, [check, run]),
        "levers": Original({"a.toml": levers.read_bytes()}, [check]),
        "prices": Original({"a.toml": priced, "prices.csv": PRICES.encode()}, [check]),
        "claims": Original(
            {"a.toml": template, "c.toml": CLAIMS.encode()}, [("check", "{}/a.toml", "{}/c.toml")]
        ),
        "run": _finished_run(folder),
    }


def _finished_run(folder: Path) -> Original:
    """Make a run of two policies, and return its files."""
    run = folder / "run"
    policies = ("--policy", "base", "--policy", "more-officers", "--journeys")
    made = fourport(
        "run", str(folder / "trial.toml"), *policies, "--replications", "2", "--quiet", "--out", str(run)
    )
    assert made.exit_code == 0, made.output
    files = (path for path in run.rglob("*") if path.is_file() and path.parent.name != "charts")
    return Original(
        {path.relative_to(run).as_posix(): path.read_bytes() for path in sorted(files)},
        [
            ("compare", "{}", "--quiet", "--out", "{}/out"),
            ("chart", "{}", "lead-time-ecdf", "--format", "svg", "--out", "{}/out"),
            ("curves", "{}", "--over", "weight", "--jobs", "1", "--quiet", "--out", "{}/out"),
            ("query", "{}", "select count(*), min(weight_kg) from consignments, summary"),
        ],
    )
