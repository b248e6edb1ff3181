"""What amounts of goods are counted in where work or money depends on how much there is."""

from __future__ import annotations

from typing import Literal

Per = Literal["consignment", "parcel", "TEU", "m3", "t"]
"""What a duration is for."""
