"""Block space that is no part of the capacity is refused, by its own name."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.scenario.bending import CORRIDOR, Bend, Case, accepted, complaints

OLD = 'capacity = { weight = "60 t", containers = "20 TEU" }\nblock_space = { containers = "4 TEU" }'
assert OLD in CORRIDOR


def spaces(capacity: str, block: str, *, booked: str = "free") -> tuple[str, ...]:
    """Give the bends that set capacity and block space of the ferry, and what is booked on it."""
    booking = () if booked == "block" else (', space = "block"', "")
    return (OLD, f"capacity = {{ {capacity} }}\nblock_space = {{ {block} }}", *booking)


NO_PART = {
    "volume of a weight": Case(
        spaces('weight = "60 t"', 'volume = "20 m3"'),
        "block_space",
        "services.ferry.block_space.volume",
        ("the capacity has no volume", "allowed: weight, or a capacity with volume, too"),
    ),
    "volume of a weight, booked": Case(
        spaces('weight = "60 t"', 'volume = "20 m3"', booked="block"),
        "block_space",
        "services.ferry.block_space.volume",
        ("the capacity has no volume",),
    ),
    "weight of a volume": Case(
        spaces('volume = "90 m3"', 'weight = "20 t"'),
        "block_space",
        "services.ferry.block_space.weight",
        ("the capacity has no weight", "allowed: volume, or"),
    ),
    "one of two": Case(
        spaces('weight = "60 t"', 'weight = "20 t", volume = "20 m3"'),
        "block_space",
        "services.ferry.block_space.volume",
        ("the capacity has no volume",),
    ),
    "more than there is": Case(
        spaces('weight = "60 t"', 'weight = "70 t"'),
        "block_space",
        "services.ferry.block_space.weight",
        ("70,000 kg are reserved of a capacity of 60,000 kg; allowed: up to 60,000 kg",),
    ),
    "more event rows than there are": Case(
        spaces('weight = "60 t", containers = "20 TEU"', 'containers = "21 TEU"', booked="block"),
        "block_space",
        "services.ferry.block_space.containers",
        ("21 TEU are reserved of a capacity of 20 TEU",),
    ),
}


@pytest.mark.parametrize("case", NO_PART.values(), ids=NO_PART.keys())
def test_no_part_of_the_capacity(case: Case, bend: Bend) -> None:
    """Tests that the only problem is the block space, not goods that do not fit what is left."""
    case.check(bend)


def test_all_of_the_capacity(bend: Bend) -> None:
    """Tests that all of it may be reserved, written in another unit."""
    accepted(
        bend(
            *spaces('weight = "7 t"', 'weight = "7000 kg"', booked="block"),
            '{ by = "ferry" }',
            '{ by = "ferry", space = "block" }',
        )
    )


def test_release_of_nothing(bend: Bend) -> None:
    """Tests that a service without block space cannot release any."""
    (line,) = complaints(
        bend(
            'block_space = { containers = "4 TEU" }',
            'block_release = "2 d"',
            '{ by = "ferry", space = "block" }',
            '{ by = "ferry" }',
        )
    )
    assert "services.ferry: block_release is the release of block_space; allowed: both" in line


def test_dimension_left_out_is_reserved(bend: Bend) -> None:
    """Tests that half the containers reserve half the weight: 2 t fit into half of 4 t, not of 3.8 t."""
    block = 'containers = "2 TEU"'
    accepted(bend(*spaces('weight = "4 t", containers = "4 TEU"', block)))
    Case(
        spaces('weight = "3.8 t", containers = "4 TEU"', block),
        'weight = { distribution = "lognormal"',
        "commodities.parts.weight",
        ("up to 2,000 kg is heavier than 'ferry'", "allowed: up to 1,900 kg"),
    ).check(bend)


@pytest.mark.parametrize("as_policy", [True, False])
def test_cut_capacity_keeps_no_block_space_by_silence(bend: Bend, as_policy: bool) -> None:
    """Tests 20 TEU cut to 10, of which 4 are block space: 2 are the same share, and 4 may be asked for."""

    def written(text: str) -> Path:
        path = bend(name="base.toml")
        if as_policy:
            path.write_text(f"{path.read_text()}\n[policies.cut]\n{text}", encoding="utf-8")
            return path
        mine = path.parent / "mine.toml"
        mine.write_text(f'extends = "base.toml"\n{text}', encoding="utf-8")
        return mine

    policy = "cut" if as_policy else None
    cut = 'services.ferry.capacity.containers = "10 TEU"\n'
    (line,) = complaints(written(cut), policy)
    assert "services.ferry.capacity.containers: is cut from 20 TEU to 10 TEU" in line
    assert "allowed: services.ferry.block_space.containers beside it, such as 2 TEU" in line
    for block in ("2 TEU", "4 TEU"):
        text = f'{cut}services.ferry.block_space.containers = "{block}"\n'
        service = accepted(written(text), policy).scenario.services["ferry"]
        assert service.block_space is not None
        assert service.block_space.containers == float(block.split()[0])
    accepted(written('services.ferry.capacity.containers = "20 TEU"\n'), policy)
    accepted(written('services.ferry.capacity.containers = "30 TEU"\n'), policy)
    reserved = accepted(written('services.ferry.capacity.weight = "30 t"\n'), policy)
    ferry = reserved.scenario.services["ferry"]
    (weight,) = {one.weight for one in [ferry.reserved(ferry.capacity)] if one}
    assert weight == 6000  # not given, so it stays the fifth of the capacity that 4 of 20 TEU are
