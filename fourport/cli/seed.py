"""The option ``--seed``, the same of every command that simulates."""

from __future__ import annotations

import click

LARGEST = 2**63 - 1
"""Of a scenario file, too."""

seed_option = click.option(
    "--seed", type=click.IntRange(0, LARGEST), help="Seed of all random streams; else the scenario's."
)
