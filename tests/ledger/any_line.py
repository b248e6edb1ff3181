"""Drawing lines of every kind."""

from __future__ import annotations

from typing import Any, get_args

from hypothesis import strategies as st

from fourport.scenario.models.tariffs import BASIS_UNITS, Basis, Category

CURRENCIES = ("USD", "CNY", "EUR")
AMOUNTS = st.just(0.0) | st.floats(1e-6, 1e5)
STORED: tuple[Basis, ...] = (
    "gross-weight",
    "chargeable-weight",
    "volume",
    "weight-or-measure",
    "containers",
    "consignment",
)


class _Prices:
    """Draws prices in one currency, rising or falling where they must."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw, self.currency = draw, draw(st.sampled_from(CURRENCIES))

    def price(self, per: str, amount: float | None = None) -> str:
        amount = self.draw(AMOUNTS) if amount is None else amount
        return f"{amount!r} {self.currency}/{per}"

    def minimum(self) -> dict[str, str]:
        amount = self.draw(st.none() | AMOUNTS)
        return {} if amount is None else {"minimum": f"{amount!r} {self.currency}"}


def _basis(prices: _Prices) -> dict[str, Any]:
    basis = prices.draw(st.sampled_from(sorted(BASIS_UNITS)))
    return {"basis": basis, "price": prices.price(BASIS_UNITS[basis])} | prices.minimum()


def _breaks(prices: _Prices) -> dict[str, Any]:
    names = ["N", *(f"+{kg}" for kg in sorted(prices.draw(st.sets(st.integers(1, 500), max_size=4))))]
    falling = sorted((prices.draw(AMOUNTS) for _ in names), reverse=True)
    rates = {name: prices.price("kg", rate) for name, rate in zip(names, falling, strict=True)}
    rule = prices.draw(st.sampled_from(["next-break", "own-break"]))
    return {"kind": "breaks", "rates": rates, "rule": rule} | prices.minimum()


def _unit_load(prices: _Prices) -> dict[str, Any]:
    room = {"weight": "200 kg", "volume": "1 m3", "pivot_weight": "150 kg"}
    return {"kind": "unit-load", "price": prices.price("kg"), "over_pivot": prices.price("kg")} | room


def _container(prices: _Prices) -> dict[str, Any]:
    sizes = {"small": ("100 kg", "1 m3"), "large": ("250 kg", "2 m3")}
    types = {
        name: {"price": prices.price("container"), "weight": weight, "volume": volume}
        for name, (weight, volume) in sizes.items()
    }
    return {"kind": "container", "types": types}


def _vehicle(prices: _Prices) -> dict[str, Any]:
    per, hire = (prices.draw(st.sampled_from(each)) for each in (("vehicle", "km"), ("whole", "part")))
    line = {"kind": "vehicle", "weight": "200 kg", "volume": "2 m3", "hire": hire}
    return line | {"price": prices.price(per)} | prices.minimum()


def _parcel(prices: _Prices) -> dict[str, Any]:
    steps = [{"up_to": kg, "price": prices.price("parcel")} for kg in ("1 kg", "10 kg")]
    further = {"each": "2 kg", "price": prices.price("parcel")}
    basis = prices.draw(st.sampled_from(["gross-weight", "chargeable-weight"]))
    return {"kind": "parcel", "basis": basis, "steps": steps, "further": further, "largest": "30 kg"}


def _storage(prices: _Prices) -> dict[str, Any]:
    basis = prices.draw(st.sampled_from(STORED))
    per = f"{BASIS_UNITS[basis]}/d"
    tiers = [{"days": 1, "price": prices.price(per)}, {"price": prices.price(per)}]
    line = {
        "kind": "storage",
        "basis": basis,
        "tiers": tiers,
        "free": prices.draw(st.sampled_from(["0 h", "9 h"])),
    }
    counted = {
        "since": prices.draw(st.sampled_from(["arrival", "ready"])),
        "count": prices.draw(st.sampled_from(["after-free", "from-begin"])),
    }
    return line | counted | prices.minimum()


def _value(prices: _Prices) -> dict[str, Any]:
    share = prices.draw(st.just(0.0) | st.floats(1e-9, 50.0))
    return {"kind": "value", "share": f"{share!r} %"} | prices.minimum()


KINDS = (
    _basis,
    _breaks,
    _unit_load,
    _container,
    _vehicle,
    _parcel,
    _storage,
    _value,
)


@st.composite
def line_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Draw the lines of a tariff: some of any kind, perhaps a surcharge on them."""
    lines: list[dict[str, Any]] = []
    for k in range(draw(st.integers(1, 3))):
        prices = _Prices(draw)
        category = draw(st.sampled_from(get_args(Category)))
        lines.append({"name": f"line {k}", "category": category} | draw(st.sampled_from(KINDS))(prices))
    if draw(st.booleans()):
        share, of = draw(st.just(0.0) | st.floats(1e-9, 200.0)), [line["name"] for line in lines]
        surcharge = {"kind": "surcharge", "share": f"{share!r} %", "of": of}
        lines.append({"name": "on top", "category": "transport"} | surcharge | _Prices(draw).minimum())
    if draw(st.booleans()):
        share = draw(st.just(0.0) | st.floats(1e-9, 200.0))
        on = draw(st.sampled_from([{"lines": ["line 0"]}, {"categories": ["transport", "duty"]}]))
        margin = {"kind": "margin", "category": "handling", "share": f"{share!r} %"} | on
        lines.append({"name": "margin"} | margin | _Prices(draw).minimum())
    return lines


def dearer(lines: list[dict[str, Any]], index: int, factor: float) -> list[dict[str, Any]]:
    """Give the lines with every price of one of them multiplied by a factor of 1 or more."""
    return [_dearer(line, factor) if k == index else line for k, line in enumerate(lines)]


def _dearer(value: Any, factor: float, key: str = "") -> Any:
    if isinstance(value, dict):
        return {name: _dearer(one, factor, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_dearer(one, factor) for one in value]
    parts = value.split(" ") if isinstance(value, str) else []
    is_money = len(parts) == 2 and parts[1][:3] in CURRENCIES
    if is_money or key == "share":
        return f"{float(parts[0]) * factor!r} {parts[1]}"
    return value
