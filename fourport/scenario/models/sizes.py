"""Units of quantity in which goods are counted where time or money depends on the quantity."""

from __future__ import annotations

from typing import Literal

Per = Literal["consignment", "parcel", "TEU", "m3", "t"]
"""Unit that a duration is for."""
