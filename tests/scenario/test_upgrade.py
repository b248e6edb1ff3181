"""Files of format 1 become format 2: every name changes and nothing else."""

from __future__ import annotations

import os
import tomllib
from codecs import BOM_UTF8
from pathlib import Path

import pytest
from click.testing import CliRunner

from fourport.cli.group import main
from fourport.errors import UserError
from fourport.scenario.upgrade import upgrade, upgraded

OLD = """\
# A comment that names tiers and stations.
format = 1
drop = ["tiers.silver", 'hauls."to the port"', "policies.new.facilities.port.stations"]
regime = ["trusted"]  # switched on
claims = "claims.toml"

[tiers]
gold = { title = "tiers", offences = { value = "2 %", grade = "estimate" } }

[hauls.van]
title = "hauls"

[fleets.truck]
max_consolidation_time = "4 h"

[facilities.port.stations.stations]
servers = 2
priority = { gold = 1 }

[facilities.port.activities.station]
kind = "handling"
station = "stations"

[facilities."port".activities.import]
lodged_ahead = "20 %"
documents.station = "stations"
inspection = { station = "stations", targeting = 0.8, scan = { station = "x", review_station = "y" } }

[[tariffs.sea.lines]]
kind = "storage"
tiers = [{ days = 1, price = "1 USD/kg/d" }, { price = "2 USD/kg/d" }]

[lanes.east]
tiers = { gold = "100 %" }

[levers.trusted]
kind = "trader-tiers"

[levers.more]
stations = { "port/stations" = 1 }

[policies.new]
title = "New"
regime = ["trusted", "more"]
tiers.gold.offences = "3 %"
facilities.port.stations.stations.servers = 3
"""

NEW = """\
# A comment that names tiers and stations.
format = 2
drop = ["trader_classes.silver", 'trucking."to the port"', "policies.new.facilities.port.resources"]
policy_package = ["trusted"]  # switched on
claims = "claims.toml"

[trader_classes]
gold = { title = "tiers", non_compliant = { value = "2 %", grade = "estimate" } }

[trucking.van]
title = "hauls"

[fleets.truck]
max_consolidation_time = "4 h"

[facilities.port.resources.stations]
servers = 2
priority = { gold = 1 }

[facilities.port.activities.station]
kind = "handling"
resource = "stations"

[facilities."port".activities.import]
pre_arrival = "20 %"
documents.resource = "stations"
inspection = { resource = "stations", risk_auc = 0.8, scan = { resource = "x", review_resource = "y" } }

[[tariffs.sea.lines]]
kind = "storage"
tiers = [{ days = 1, price = "1 USD/kg/d" }, { price = "2 USD/kg/d" }]

[lanes.east]
trader_classes = { gold = "100 %" }

[levers.trusted]
kind = "trader-classes"

[levers.more]
resources = { "port/stations" = 1 }

[policies.new]
title = "New"
policy_package = ["trusted", "more"]
trader_classes.gold.non_compliant = "3 %"
facilities.port.resources.stations.servers = 3
"""


def test_every_name_and_nothing_else() -> None:
    """Tests keys at every depth, in policies, paths and inline tables; titles, comments and names stay."""
    assert upgraded(OLD.encode()).decode() == NEW
    assert upgraded(NEW.encode()).decode() == NEW


def test_published_claims() -> None:
    """Tests the measures of published claims, and the inputs that they name by path."""
    old = (
        'format = 1\n[claims.a]\nmeasure = "missed_offences"\n[claims.a.attribution.inputs]\n'
        '"the offences" = ["tiers.gold.offences", "facilities.p.activities.x.lodged_ahead"]\n'
    )
    claim = tomllib.loads(upgraded(old.encode()).decode())["claims"]["a"]
    assert claim["measure"] == "undetected"
    inputs = ["trader_classes.gold.non_compliant", "facilities.p.activities.x.pre_arrival"]
    assert claim["attribution"] == {"inputs": {"the offences": inputs}}


def test_layout_stays(tmp_path: Path) -> None:
    """Tests that line ends of Windows, blanks before a comment and a missing last line end stay."""
    file = tmp_path / "windows.toml"
    file.write_bytes(b"format = 1\r\n\r\n[tiers]   # all\r\ngold = {title = 'Gold'}")
    assert upgrade(file)
    assert file.read_bytes() == b"format = 2\r\n\r\n[trader_classes]   # all\r\ngold = {title = 'Gold'}"
    assert not upgrade(file)


def test_an_older_file_is_told_how_to_go_on(tmp_path: Path) -> None:
    """Tests that a file of format 1 is refused with its line and the command, and that this command works."""
    file = tmp_path / "mine.toml"
    assert CliRunner().invoke(main, ["new", str(file)]).exit_code == 0
    old = file.read_text().replace("format = 2", "format = 1").replace("[trader_classes", "[tiers")
    file.write_text(old.replace("[trucking", "[hauls").replace("trader_classes =", "tiers ="))
    found = CliRunner().invoke(main, ["check", str(file)])
    line = old[: old.index("format = 1")].count("\n") + 1
    told = f"{file}:{line}: format: 1 is an older format; rewrite the file: fourport upgrade {file}\n"
    assert (found.exit_code, found.stderr) == (2, told)
    found = CliRunner().invoke(main, ["upgrade", str(file)])
    assert (found.exit_code, found.stdout) == (0, f"{file}: rewritten in format 2\n")
    assert CliRunner().invoke(main, ["check", "--quiet", str(file)]).exit_code == 0
    assert CliRunner().invoke(main, ["upgrade", str(file)]).stdout == f"{file}: holds nothing to rename\n"


@pytest.mark.parametrize("text", [b"format = ", b"\xff\xfe", None])
def test_what_cannot_be_rewritten_is_left(text: bytes | None, tmp_path: Path) -> None:
    """Tests files that are no TOML or not there: exit code 2, the file as it was, the next one rewritten."""
    file, other = tmp_path / "bad.toml", tmp_path / "good.toml"
    if text is not None:
        file.write_bytes(text)
    other.write_text("format = 1\n")
    found = CliRunner().invoke(main, ["upgrade", str(file), str(other)])
    assert found.exit_code == 2
    assert found.stderr.startswith(f"{file}: ")
    assert text is None or file.read_bytes() == text
    assert other.read_text() == "format = 2\n"


def test_names_that_are_old_words_stay() -> None:
    """Tests names of entries that format 1 had as keys: a class, a tariff, an office called "station"."""
    text = (
        "[facilities.tiers.activities.station]\ninspection.rates = { station = '1 %', targeting = '2 %' }\n"
        "documents = { rates.station = '3 %' }\n[tariffs.stations]\nregime = 'x'\n"
        "[fleets.hold]\nback = '1 h'\n"
    )
    assert upgraded(text.encode()).decode() == text


def test_quotes_within_quotes() -> None:
    """Tests a path with a name in quotes, in both kinds of quotes, and that the result is TOML."""
    old = """drop = ["tiers.\\"a b\\"", 'tiers."a b"', "tiers.'a b'", "tiers.\\u00e9"]\n"""
    after = upgraded(old.encode()).decode()
    path = 'trader_classes."a b"'
    assert tomllib.loads(after)["drop"] == [path, path, "trader_classes.'a b'", "trader_classes.\u00e9"]


def test_mark_mode_and_link_stay(tmp_path: Path) -> None:
    """Tests a file with a byte-order mark, which only its owner may read, behind a link."""
    file, link = tmp_path / "mine.toml", tmp_path / "link.toml"
    file.write_bytes(BOM_UTF8 + b"format = 1\n")
    file.chmod(0o600)
    link.symlink_to(file)
    assert upgrade(link)
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (BOM_UTF8 + b"format = 2\n", 0o600)
    assert link.is_symlink()


def test_an_old_key_of_a_file_without_format_is_told(tmp_path: Path) -> None:
    """Tests that an overlay, which need not give its format, is told the new name and the command."""
    file = tmp_path / "mine.toml"
    file.write_text('extends = "weihai-2019"\nname = "mine"\nregime = []\nhauls.a.title = "A"\n')
    told = CliRunner().invoke(main, ["check", str(file)]).stderr
    for line, old, new in ((3, "regime", "policy_package"), (4, "hauls", "trucking")):
        start = f"{file}:{line}: {old}: is not a known key; format 2 calls it {new!r} (fourport upgrade FILE"
        assert start in told


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """Tests that a device, a pipe that nobody writes and a folder are told as such, at once."""
    os.mkfifo(tmp_path / "pipe")
    kinds = {Path("/dev/null"): "a device", tmp_path / "pipe": "a pipe", tmp_path: "a directory"}
    for path, kind in kinds.items():
        with pytest.raises(UserError, match=f"is {kind}; allowed: a file"):
            upgrade(path)
