"""``fourport schema``."""

from __future__ import annotations

import json

import click


@click.command(short_help="Print the JSON Schema of scenario files.")
@click.option("--markdown", is_flag=True, help="Print docs/scenario-reference.md instead.")
@click.option("--measures", is_flag=True, help="Print docs/measures.md instead.")
def schema(markdown: bool, measures: bool) -> None:
    """Print the JSON Schema (2020-12) of scenario files, for completion and checks in an editor.

    \b
    Example:
      fourport schema > scenario.schema.json
      then, as the first line of a scenario:  #:schema ./scenario.schema.json
    """  # noqa: D301
    if measures:
        from fourport.charts.measures import measures_page

        click.echo(measures_page(), nl=False)
    elif markdown:
        from fourport.scenario.schema_markdown import scenario_reference

        click.echo(scenario_reference(), nl=False)
    else:
        from fourport.scenario.schema import scenario_schema

        click.echo(json.dumps(scenario_schema(), indent=2))
