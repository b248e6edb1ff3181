"""Warnings of missing fonts on stderr, each once, without their place in the code."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import click


@contextmanager
def font_warnings() -> Iterator[None]:
    """Say at the end what could not be written because no font has its characters."""
    from fourport.charts.drawing import MissingFont

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", MissingFont)
        yield
    for line in dict.fromkeys(str(warning.message) for warning in caught):
        click.echo(line, err=True)
