"""What chance does to departures: room, cancellations, delays."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from fourport.plan.tables import HOUR, UNBOUND
from fourport.world.services import draw_departures, draw_trips
from fourport.world.streams import Streams
from fourport.world.tables import Departures
from tests.tiny import corridor


def drawn(changes: dict[str, Any], seed: int = 1, weeks: int = 1) -> Departures:
    """Draw the ferry's departures with its values changed."""
    made = corridor(
        {f"services.ferry.{name}": value for name, value in changes.items()}
        | {"run.window": f"{weeks} weeks"}
    )
    service = made.scenario.services["ferry"]
    return draw_departures(service, "ferry", made.timetables[0], Streams(seed, 0))


def test_room_by_hand() -> None:
    """Tests that background takes its share of the capacity, out of what is not reserved.

    Block space of 4 out of 10 t is 40 %, so 8 of 20 TEU go with it;
    25 % background takes 2.5 t and 5 TEU, which leaves 3.5 t and 7 TEU. Volume does not bind.
    """
    found = drawn(
        {
            "capacity": {"weight": "10 t", "containers": "20 TEU"},
            "block_space": {"weight": "4 t"},
            "background": "25 %",
        }
    )
    assert set(map(tuple, found.block_space.tolist())) == {(4_000_000, UNBOUND, 8_000_000)}
    assert set(map(tuple, found.free_sale.tolist())) == {(3_500_000, UNBOUND, 7_000_000)}


def test_background_leaves_the_block_alone() -> None:
    """Tests that a full ship leaves nothing free and all that is reserved, and an empty one all."""
    full = drawn({"block_space": {"weight": "4 t"}, "background": "80 %"})
    assert set(full.free_sale[:, 0].tolist()) == {0}
    assert set(full.block_space[:, 0].tolist()) == {4_000_000}
    assert set(drawn({}).free_sale[:, 0].tolist()) == {10_000_000}
    assert set(drawn({}).block_space[:, 0].tolist()) == {0}
    beyond = drawn({"background": {"distribution": "normal", "mean": "90 %", "sd": "30 %"}}, weeks=20)
    assert (beyond.free_sale[:, 0] >= 0).all()
    assert (beyond.free_sale[:, 0] == 0).any()


def test_background_is_a_share_of_the_capacity() -> None:
    """Tests 700 departures against the uniform distribution asked for (wrong once in 10,000)."""
    found = drawn({"background": {"distribution": "uniform", "low": "20 %", "high": "60 %"}}, weeks=99)
    taken = 1 - found.free_sale[:, 0] / 10_000_000
    assert len(taken) == 700
    assert stats.kstest(taken, stats.uniform(0.2, 0.4).cdf).pvalue > 1e-4


def test_the_share_cancelled() -> None:
    """Tests that of 700 departures a share within the binomial 99.99 % interval is cancelled."""
    low, high = stats.binom.interval(1 - 1e-4, 700, 0.15)
    for seed in range(5):
        n = int(drawn({"cancellation": {"share": "15 %"}}, seed, weeks=99).cancelled.sum())
        assert low <= n <= high
    assert not drawn({"cancellation": {"share": "0 %"}}).cancelled.any()
    assert drawn({"cancellation": {"share": "100 %"}}).cancelled.all()


def test_a_higher_share_cancels_a_superset() -> None:
    """Tests that what is cancelled at a low share is cancelled at every higher one."""
    before = np.zeros(700, dtype=np.bool_)
    for share in ("1 %", "5 %", "20 %", "60 %", "100 %"):
        now = drawn({"cancellation": {"share": share}}, weeks=99).cancelled
        assert now[before].all()
        assert now.sum() > before.sum()
        before = now


def test_months_and_dates_of_cancellation() -> None:
    """Tests a share by month of local departure, and dates that are cancelled whatever the share."""
    found = drawn({"cancellation": {"share": "0 %", "months": {"Feb": "100 %"}}}, weeks=10)
    months = found.scheduled_us.astype("datetime64[us]").astype("datetime64[M]").astype(int) % 12
    assert (found.cancelled == (months == 1)).all()
    assert found.cancelled.any()
    found = drawn({"cancellation": {"share": "0 %", "dates": ["2019-01-09", "2019-01-12"]}})
    assert np.flatnonzero(found.cancelled).tolist() == [2, 5]


def test_delays_by_hand() -> None:
    """Tests that a late departure arrives as late, and that time lost under way comes on top."""
    found = drawn({"departure_delay": "2 h", "arrival_delay": "30 min"})
    plain = drawn({})
    assert set((found.departure_us - found.scheduled_us).tolist()) == {2 * HOUR}
    assert set((found.arrival_us - plain.arrival_us).tolist()) == {5 * HOUR // 2}
    assert (found.cutoff_us == plain.cutoff_us).all()
    assert (plain.departure_us == plain.scheduled_us).all()


def test_delays_have_their_distribution_and_keep_the_order() -> None:
    """Tests 700 delays, independent of each other (each wrong once in 10,000), and the order of times."""
    late = {"distribution": "exponential", "mean": "3 h"}
    found = drawn({"departure_delay": late, "arrival_delay": late}, weeks=99)
    delay = (found.departure_us - found.scheduled_us) / HOUR
    lost = (found.arrival_us - found.departure_us) / HOUR - 14
    for hours in (delay, lost):
        assert stats.kstest(hours, stats.expon(scale=3).cdf).pvalue > 1e-4
    assert stats.spearmanr(delay, lost).pvalue > 1e-4
    assert stats.spearmanr(delay[1:], delay[:-1]).pvalue > 1e-4
    assert (found.cutoff_us <= found.scheduled_us).all()
    assert (found.scheduled_us <= found.departure_us).all()
    assert (found.departure_us < found.arrival_us).all()


def test_trips_are_numbered() -> None:
    """Tests that the k-th trip takes as long however many are made, and the ways out and back differ."""
    drive = (
        corridor({"fleets.truck.drive": {"distribution": "exponential", "mean": "2 h"}})
        .scenario.fleets["truck"]
        .drive
    )
    streams = Streams(1, 0)
    assert (
        draw_trips(drive, "truck", "drive", 9, streams)[:4] == draw_trips(drive, "truck", "drive", 4, streams)
    ).all()
    assert (
        draw_trips(drive, "truck", "back", 9, streams) != draw_trips(drive, "truck", "drive", 9, streams)
    ).all()
    assert len(draw_trips(drive, "truck", "drive", 0, streams)) == 0


def test_another_hour_or_day_meets_the_same_weather() -> None:
    """Tests that a sailing moved by an hour, or another put beside it, leaves chance as it was."""
    chance = {
        "cancellation": {"share": "30 %"},
        "background": {"distribution": "uniform", "low": "0 %", "high": "90 %"},
    }

    def sailing(days: list[str], departs: str) -> dict[str, Any]:
        row = {"days": days, "departs": departs, "duration": "14 h"}
        return drawn({**chance, "timetable": [row]}, weeks=10).__dict__

    base = sailing(["Tue", "Fri"], "19:00")
    later = sailing(["Tue", "Fri"], "20:00")
    more = sailing(["Tue", "Thu", "Fri"], "19:00")
    kept = np.isin(more["scheduled_us"], base["scheduled_us"])
    assert base["cancelled"].any()
    for what in ("cancelled", "free_sale"):
        assert np.array_equal(base[what], later[what])
        assert np.array_equal(base[what], more[what][kept])


def test_what_is_late_into_a_closure_leaves_at_its_end() -> None:
    """Tests by hand: 3 h late into a closure, which leads into the next; another day is 3 h late only."""
    shut = [
        {"begins": "2019-01-08T23:00:00", "ends": "2019-01-09T06:00:00"},
        {"begins": "2019-01-08T20:00:00", "ends": "2019-01-08T23:30:00"},
    ]
    rows = [{"days": "daily", "departs": "19:00", "duration": "14 h"}]
    found = drawn({"departure_delay": "3 h", "closures": shut, "timetable": rows})
    late = (found.departure_us - found.scheduled_us) / HOUR
    assert late.tolist() == [11 if k == np.argmax(late) else 3 for k in range(len(late))]
    assert not found.cancelled.any()
    assert str(found.departure_us[np.argmax(late)].astype("datetime64[us]"))[:13] == "2019-01-09T06"
    assert set(((found.arrival_us - found.departure_us) / HOUR).tolist()) == {14.0}
