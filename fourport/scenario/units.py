"""Quantities as users write them: "14 h", "335 TEU", "3.54 USD/kg", "22:00".

Each quantity is an annotated Python type that pydantic parses from a text with a unit. A bare number is
an error whose message says what is allowed. In the program durations are integer microseconds, weights
kg, volumes m3, distances km and shares fractions of one; prices keep their currency.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, time
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

MICROSECONDS = {
    "us": 1,
    "ms": 1_000,
    "s": 1_000_000,
    "min": 60_000_000,
    "h": 3_600_000_000,
    "d": 86_400_000_000,
    "day": 86_400_000_000,
    "days": 86_400_000_000,
    "week": 604_800_000_000,
    "weeks": 604_800_000_000,
}
KILOGRAMS = {"g": 1e-3, "kg": 1.0, "t": 1e3}
CUBIC_METRES = {"l": 1e-3, "m3": 1.0}
CONTAINERS = {"TEU": 1.0, "FEU": 2.0}
KILOMETRES = {"m": 1e-3, "km": 1.0, "nmi": 1.852}
SHARES = {"%": 0.01}
DENSITIES = {"kg/m3": 1.0, "t/m3": 1e3}
RATES_A_YEAR = {"%/year": 0.01, "%/d": 3.65}
EMISSIONS = {"kg/tkm": 1.0, "g/tkm": 1e-3}
DEMAND_A_WEEK = {"consignments/week": 1.0, "consignments/d": 7.0, "consignments/h": 168.0}

CHARGEABLE_UNITS = {
    "kg": ("kg", 1.0),
    "t": ("kg", 1e-3),
    "m3": ("m3", 1.0),
    "TEU": ("TEU", 1.0),
    "FEU": ("TEU", 0.5),
    "consignment": ("consignment", 1.0),
    "km": ("km", 1.0),
    "d": ("d", 1.0),
    "tkm": ("tkm", 1.0),
    "container": ("container", 1.0),
    "vehicle": ("vehicle", 1.0),
    "departure": ("departure", 1.0),
    "master-bill": ("master-bill", 1.0),
    "house-bill": ("consignment", 1.0),
    "parcel": ("parcel", 1.0),
    "filing": ("filing", 1.0),
    "kg/d": ("kg/d", 1.0),
    "t/d": ("kg/d", 1e-3),
    "m3/d": ("m3/d", 1.0),
    "TEU/d": ("TEU/d", 1.0),
    "FEU/d": ("TEU/d", 0.5),
    "consignment/d": ("consignment/d", 1.0),
}
"""Denominator of a price as written -> (canonical unit, factor on the amount)."""

LARGEST = 1e12
SMALLEST = 1e-12
"""Least positive quantity in its base unit: less is probably a mistake, and its inverse is too large."""
LONGEST_US = 2**55
"""About 1,140 years, so that sums of durations fit int64."""

_NUMBER = re.compile(
    r"^\s*([+-]?(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf(?:inity)?))\s*(.*?)\s*$", re.I
)
_CURRENCY = re.compile(r"^[A-Z]{3}$")
_CLOCK = re.compile(r"^(\d{1,2}):(\d{2})$")


@dataclass(frozen=True)
class Money:
    """An amount of one currency."""

    amount: float
    currency: str


@dataclass(frozen=True)
class Price:
    """An amount of one currency for each ``per`` (a value of :data:`CHARGEABLE_UNITS`)."""

    amount: float
    currency: str
    per: str


@dataclass(frozen=True)
class ExchangeRate:
    """Number of units of ``currency`` for one unit of ``base``.

    Attributes
    ----------
    first
        First day of the rate, if there are rates by date.
    later
        Rates of later days: the first day, and the amount from then on.
    """

    amount: float
    currency: str
    base: str
    first: date | None = None
    later: tuple[tuple[date, float], ...] = ()


def split_quantity(text: object, wanted: str) -> tuple[float, str]:
    """Split "14 h" into (14.0, "h").

    Raises
    ------
    ValueError
        For anything but a text of a finite number and a unit; ``wanted`` says what is allowed.
    """
    if isinstance(text, bool) or not isinstance(text, str | int | float):
        raise ValueError(f"{text!r} is not a quantity; allowed: {wanted}")
    if isinstance(text, float) and not math.isfinite(text):
        raise ValueError(f"{text!r} is not finite; allowed: {wanted}")
    if not isinstance(text, str):
        raise ValueError(f"the bare number {text!r} has no unit; allowed: {wanted}")
    match = _NUMBER.match(text)
    if not match:
        raise ValueError(f"{text!r} is not a number with a unit; allowed: {wanted}")
    number = float(match[1].replace("_", ""))
    if not math.isfinite(number):
        raise ValueError(f"{text!r} is not finite; allowed: {wanted}")
    if abs(number) > LARGEST:
        raise ValueError(f"{text!r} is beyond {LARGEST:.0e}; allowed: {wanted}")
    if not match[2]:
        raise ValueError(f"{text!r} has no unit; allowed: {wanted}")
    return number, match[2]


def _in_range(number: float, text: object, low: float, wanted: str, *, open_low: bool) -> None:
    if number < low or (open_low and number == low):
        limit = "more than" if open_low else "at least"
        raise ValueError(f"{text!r} must be {limit} {low:g}; allowed: {wanted}")
    if 0 < number < SMALLEST:
        raise ValueError(f"{text!r} is less than {SMALLEST:g}, all but 0; allowed: {wanted}")


def _scaled(
    units: dict[str, float], example: str, *, low: float = 0.0, open_low: bool = False, high: float = math.inf
) -> Callable[[object], float]:
    wanted = f'a quantity such as "{example}" (units: {", ".join(units)})'

    def parse(text: object) -> float:
        number, unit = split_quantity(text, wanted)
        if unit not in units:
            raise ValueError(f"{text!r} has the unit {unit!r}; allowed: {wanted}")
        value = number * units[unit]
        _in_range(value, text, low, wanted, open_low=open_low)
        if value > high:
            raise ValueError(
                f"{text!r} must be at most {high:g} ({high / units[unit]:g} {unit}); allowed: {wanted}"
            )
        return value

    return parse


def _duration(*, open_low: bool) -> Callable[[object], int]:
    wanted = f'a duration such as "14 h" (units: {", ".join(MICROSECONDS)})'

    def parse(text: object) -> int:
        number, unit = split_quantity(text, wanted)
        if unit not in MICROSECONDS:
            raise ValueError(f"{text!r} has the unit {unit!r}; allowed: {wanted}")
        _in_range(number, text, 0.0, wanted, open_low=open_low)
        value = round(number * MICROSECONDS[unit])
        if open_low and value < 1:
            raise ValueError(f"{text!r} is less than a microsecond; allowed: {wanted}")
        if value > LONGEST_US:
            raise ValueError(f"{text!r} is longer than a thousand years; allowed: {wanted}")
        return value

    return parse


def parse_money(text: object) -> Money:
    """Parse "150 CNY"."""
    wanted = 'an amount such as "150 CNY"'
    number, unit = split_quantity(text, wanted)
    if not _CURRENCY.match(unit):
        raise ValueError(f"{text!r} has the unit {unit!r}, not a currency code; allowed: {wanted}")
    _in_range(number, text, 0.0, wanted, open_low=False)
    return Money(number, unit)


def parse_signed_price(text: object) -> Price:
    """Parse "3.54 USD/kg", "300 USD/TEU", or "-20 USD/TEU" for what is subtracted."""
    wanted = f'a price such as "3.54 USD/kg" (per {", ".join(CHARGEABLE_UNITS)})'
    number, unit = split_quantity(text, wanted)
    currency, _, per = (part.strip() for part in unit.partition("/"))
    if not _CURRENCY.match(currency) or per not in CHARGEABLE_UNITS:
        raise ValueError(f"{text!r} has the unit {unit!r}; allowed: {wanted}")
    _in_range(abs(number), text, 0.0, wanted, open_low=False)
    name, factor = CHARGEABLE_UNITS[per]
    return Price(number * factor, currency, name)


def parse_price(text: object) -> Price:
    """Parse a price that is not negative."""
    price = parse_signed_price(text)
    _in_range(price.amount, text, 0.0, 'a price such as "3.54 USD/kg"', open_low=False)
    return price


def parse_exchange_rate(text: object) -> ExchangeRate:
    """Parse "6.9081 CNY/USD"."""
    wanted = 'an exchange rate such as "6.9081 CNY/USD"'
    number, unit = split_quantity(text, wanted)
    currency, _, base = (part.strip() for part in unit.partition("/"))
    if not _CURRENCY.match(currency) or not _CURRENCY.match(base) or currency == base:
        raise ValueError(f"{text!r} has the unit {unit!r}; allowed: {wanted}")
    _in_range(number, text, 0.0, wanted, open_low=True)
    return ExchangeRate(number, currency, base)


def parse_exchange_rates(value: object) -> ExchangeRate:
    """Parse "6.9081 CNY/USD", or rates by date: { 2019-01-01 = "6.86 CNY/USD", ... }."""
    if not isinstance(value, dict):
        return value if isinstance(value, ExchangeRate) else parse_exchange_rate(value)
    rates = {}
    for day, text in value.items():
        try:
            rates[date.fromisoformat(day)] = parse_exchange_rate(text)
        except ValueError as error:
            raise ValueError(f"{day}: {error}; rates by date have keys such as 2019-01-31") from error
    if len({(rate.currency, rate.base) for rate in rates.values()}) != 1:
        raise ValueError("rates by date need one pair of currencies; allowed: such as CNY/USD in each")
    (first, rate), *later = sorted(rates.items(), key=lambda item: item[0])
    return replace(rate, first=first, later=tuple((day, one.amount) for day, one in later))


def parse_clock(text: object) -> int:
    """Parse "19:00" to minutes after midnight; "24:00" is the end of the day."""
    wanted = 'a time of day such as "19:00"'
    if isinstance(text, time):
        raise ValueError(f"{text} is a TOML time; write it in quotes, allowed: {wanted}")
    match = _CLOCK.match(text) if isinstance(text, str) else None
    if not match or int(match[2]) > 59 or int(match[1]) * 60 + int(match[2]) > 24 * 60:
        raise ValueError(f"{text!r} is not a time of day; allowed: {wanted}")
    return int(match[1]) * 60 + int(match[2])


def clock_text(minutes: int) -> str:
    """Return minutes after midnight as a time of day, the inverse of :func:`parse_clock`."""
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def parse_value_density(text: object) -> Price:
    """Parse the value of goods, a price per kg."""
    price = parse_price(text)
    if price.per != "kg":
        raise ValueError(f'{text!r} is per {price.per}; allowed: a value per kg such as "50 USD/kg"')
    return price


def _coordinate(sides: str, example: str, most: float) -> Callable[[object], float]:
    wanted = f'a coordinate such as "{example}" (up to {most:g}, {sides[0]} or {sides[1]})'

    def parse(text: object) -> float:
        number, side = split_quantity(text, wanted)
        if len(side) != 1 or side not in sides or not 0 <= number <= most:
            raise ValueError(f"{text!r} is not a coordinate of this kind; allowed: {wanted}")
        return -number if side == sides[1] else number

    return parse


def _schema(example: str) -> WithJsonSchema:
    quantity: dict[str, Any] = {"type": "string", "examples": [example], "x-quantity": True}
    return WithJsonSchema(quantity)


Duration = Annotated[int, BeforeValidator(_duration(open_low=False)), _schema("14 h")]
PositiveDuration = Annotated[int, BeforeValidator(_duration(open_low=True)), _schema("14 h")]
Mass = Annotated[float, BeforeValidator(_scaled(KILOGRAMS, "250 kg", open_low=True)), _schema("250 kg")]
Volume = Annotated[float, BeforeValidator(_scaled(CUBIC_METRES, "33 m3", open_low=True)), _schema("33 m3")]
Containers = Annotated[float, BeforeValidator(_scaled(CONTAINERS, "335 TEU")), _schema("335 TEU")]
Distance = Annotated[
    float, BeforeValidator(_scaled(KILOMETRES, "220 nmi", open_low=True)), _schema("220 nmi")
]
Share = Annotated[float, BeforeValidator(_scaled(SHARES, "61 %", high=1.0)), _schema("61 %")]
Ratio = Annotated[float, BeforeValidator(_scaled(SHARES, "135 %")), _schema("135 %")]
SignedRatio = Annotated[float, BeforeValidator(_scaled(SHARES, "-5 %", low=-1.0)), _schema("-5 %")]
Density = Annotated[
    float, BeforeValidator(_scaled(DENSITIES, "180 kg/m3", open_low=True)), _schema("180 kg/m3")
]
AnnualRate = Annotated[float, BeforeValidator(_scaled(RATES_A_YEAR, "9 %/year")), _schema("9 %/year")]
EmissionIntensity = Annotated[
    float, BeforeValidator(_scaled(EMISSIONS, "0.088 kg/tkm")), _schema("0.088 kg/tkm")
]
"""Kilograms of CO2 equivalent per tonne-kilometre."""
DemandRate = Annotated[
    float,
    BeforeValidator(_scaled(DEMAND_A_WEEK, "120 consignments/week", open_low=True)),
    _schema("120 consignments/week"),
]
Clock = Annotated[int, BeforeValidator(parse_clock), _schema("19:00")]
Latitude = Annotated[float, BeforeValidator(_coordinate("NS", "37.50 N", 90)), _schema("37.50 N")]
Longitude = Annotated[float, BeforeValidator(_coordinate("EW", "122.13 E", 180)), _schema("122.13 E")]
MoneyAmount = Annotated[Money, BeforeValidator(parse_money), _schema("150 CNY")]
UnitPrice = Annotated[Price, BeforeValidator(parse_price), _schema("3.54 USD/kg")]
SignedPrice = Annotated[Price, BeforeValidator(parse_signed_price), _schema("3.54 USD/kg")]
RateOfADay = Annotated[ExchangeRate, BeforeValidator(parse_exchange_rate), _schema("6.9081 CNY/USD")]
Exchange = Annotated[
    ExchangeRate,
    BeforeValidator(parse_exchange_rates),
    WithJsonSchema({"type": "string", "examples": ["6.9081 CNY/USD"], "x-quantity": True, "x-by-date": True}),
]
ValueDensity = Annotated[Price, BeforeValidator(parse_value_density), _schema("50 USD/kg")]
