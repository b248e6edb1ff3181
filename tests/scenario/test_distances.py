"""Legs whose distance is changed, and whose price cannot follow."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.short import fourport
from tests.scenario.bending import Bend, accepted

LONGER = 'services.ferry.distance = "500 km"\n'
SAID = (
    "services.ferry.distance: 'ferry' is 500 km instead of 407.44 km, but costs the same"
    ": its tariff 'sea' has no price by distance"
)
PER_KM = (
    '[[tariffs.sea.lines]]\nname = "Per km"\ncategory = "transport"\n'
    'basis = "tonne-km"\nprice = "0.01 USD/tkm"\n'
)


def over(path: Path, text: str) -> Path:
    """Write an overlay of a scenario."""
    mine = path.parent / "mine.toml"
    mine.write_text(f'extends = "{path.name}"\n{text}', encoding="utf-8")
    return mine


def warned(path: Path, policy: str | None = None) -> list[str]:
    """Return the warnings of a scenario, without the folder."""
    return [str(one).replace(f"{path.parent}/", "") for one in accepted(path, policy).warnings()]


def test_an_overlay_and_a_policy(bend: Bend) -> None:
    """Tests that 220 nmi, 407.44 km, become 500 km at the same price: leg, tariff and line are named."""
    base = bend()
    (found,) = warned(over(base, f"# first line\n{LONGER}"))
    assert found.startswith(f"mine.toml:3: {SAID}")
    mine = over(base, f"[policies.longer]\n{LONGER}")
    assert warned(mine) == []
    (found,) = warned(mine, "longer")
    assert found.startswith(f"mine.toml:3: {SAID}")
    mine = over(base, f'{LONGER}[policies.back]\nservices.ferry.distance = "220 nmi"\n')
    (found,) = warned(mine, "back")
    assert "'ferry' is 407.44 km instead of 500 km" in found


@pytest.mark.parametrize(
    "text",
    [
        'services.ferry.distance = "407.44 km"\n',  # 220 nmi in other words
        f'{LONGER}tariffs.sea.lines."Sea freight" = {{ scale = 1.2 }}\n',
        f"{LONGER}services.ferry.tariffs = []\n",
        'trucking.van.distance = "90 km"\n',  # has no tariff
        f"{LONGER}{PER_KM}",
    ],
)
def test_what_is_no_matter(text: str, bend: Bend) -> None:
    """Tests the same distance, prices that change as well, no price at all, and a price by distance."""
    assert warned(over(bend(), text)) == []


def test_a_price_by_distance_follows(bend: Bend) -> None:
    """Tests a tariff of the base with a line by tonne-km beside the one by TEU."""
    both = 'price = "300 USD/TEU" }, { name = "Per km", category = "transport", basis = "distance", '
    assert warned(over(bend('price = "300 USD/TEU" }', f'{both}price = "1 USD/km" }}'), LONGER)) == []


def test_check_run_and_compare_warn(bend: Bend, tmp_path: Path, no_charts: None) -> None:
    """Tests that the three commands print it, with the line of the policy."""
    mine = over(bend(), f'name = "mine"\n[policies.longer]\n{LONGER}')
    line = f"warning: {mine}:4: {SAID}"
    for words in (("check", str(mine)), ("run", str(mine), "--policy", "longer"), ("compare", str(mine))):
        more = (
            ()
            if words[0] == "check"
            else ("--jobs", "1", "--replications", "2", "--out", str(tmp_path / words[0]))
        )
        result = fourport(*words, *more)
        assert result.exit_code == 0, result.output
        assert line in result.stderr
