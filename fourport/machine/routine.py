"""What can be compiled: a function that only reads and writes arrays."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Routine:
    """A function ``run`` of a module, which returns nothing.

    Attributes
    ----------
    name
        Its machine code is kept under this name.
    module
        The module; nobody else imports it, since it imports Numba where that can be had.
    takes
        Types of its arguments: ``int``, and named tuples of arrays (see :mod:`fourport.machine.packed`).
    said
        What a line on stderr calls it while it is compiled; "" if that takes too little time for a line.
    """

    name: str
    module: str
    takes: tuple[type, ...]
    said: str = ""
