"""The target of a capacity study, as people write it: so many % within so long."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from fourport.errors import UserError
from fourport.scenario.units import PositiveDuration

TARGET = "a share and a time, such as '95% within 24 h'"

_TARGET = re.compile(r"^\s*(\d+(?:\.\d+)?)\s*%\s*within\s+(.+?)\s*$", re.I)


@dataclass(frozen=True)
class Target:
    """So many % within so long.

    Attributes
    ----------
    share
        %.
    within_us
        us.
    text
        The time as it was written.
    """

    share: float
    within_us: int
    text: str

    def __str__(self) -> str:
        """Write it as people do."""
        return f"{self.share:g}% within {self.text}"


def parse_target(text: str) -> Target:
    """Read "95% within 24 h".

    Raises
    ------
    UserError
        If it is no such thing.
    """
    found = _TARGET.match(text)
    if not found:
        raise UserError(f"--target: {text!r} is not a target; allowed: {TARGET}")
    share = float(found[1])
    if not 0 < share < 100:
        raise UserError(f"--target: {share:g} % is no share to be met; allowed: above 0 and below 100 %")
    try:
        within = TypeAdapter(PositiveDuration).validate_python(found[2])
    except ValidationError as error:
        message = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise UserError(f"--target: {message}") from None
    return Target(share, int(within), found[2])
