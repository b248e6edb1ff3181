"""Compare the engines with other ways to simulate a tandem of three stations.

    pip install -e '.[bench]'
    python benchmarks/peers.py --customers 100000 --json

Customers arrive at random, queue at three stations one after the other, first come, first served, and leave.
Their times between arrivals and their service times are drawn once, in whole microseconds, and are the same
for all peers. So all must find the same departure of each customer from the last station; the script compares
them to the microsecond, also those whose clock is a floating-point number, because such numbers hold whole
microseconds of 285 years exactly. It ends with exit code 1 if a peer differs.

The peers:

- ``recursion``: the waiting-time recursion of a queue with several servers, station by station, compiled by
  Numba. It has no clock, no events and no calendar; it is the limit for this one model and can do no other.
- ``fourport`` and ``reference``: the two engines, with three resources and a route of three steps.
- ``simpy``: a process for each customer, as in the documentation of SimPy; ``ciw``: a network of three nodes;
  ``salabim``: a component for each customer.

Times are processor seconds of this process, from the drawn times as Python lists or arrays to the departures.
Compiled peers are timed when they are ready, several times, and the median counts.

What cannot be compared: Ciw writes a record of each visit and looks at all nodes after each event. salabim
keeps the status of each component, and its trace, animation and monitors of resources are off; its form with
``yield`` runs, which is faster than that without. fourport and Ciw know the begin and end of each service,
the others keep the last departure only. fourport interprets routes with conditions, priorities and calendars,
which the tandem does not use.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from arguments import whole_number  # noqa: E402

from fourport.engine import Milestones  # noqa: E402
from fourport.plan.tables import MINUTE, Ints, Plan  # noqa: E402
from fourport.world.tables import World, event_row_bases  # noqa: E402
from tests.builder import START_US, build  # noqa: E402
from tests.steps import Route, resource  # noqa: E402

if TYPE_CHECKING:
    from simpy.events import ProcessGenerator

STATIONS = 3
GAP_US = MINUTE
"""Mean time between arrivals."""

LOAD = 0.8
"""Share of the time for which a server is busy."""

MOST = 10_000_000
"""Upper limit; more customers need more memory than machines have."""

RUNS = 5
"""Number of times that a compiled peer is timed; the median counts."""

Run = Callable[[], Any]
"""Simulate the tandem and return the departure of each customer, us after the start."""


@dataclass(frozen=True)
class Tandem:
    """What all peers are given.

    Attributes
    ----------
    servers
        Number of servers at each station.
    gap_us
        (n,) time from the arrival before to that of each customer.
    service_us
        (STATIONS, n) service time of each customer at each station.
    """

    servers: int
    gap_us: Ints
    service_us: Ints

    @classmethod
    def drawn(cls, customers: int, servers: int) -> Tandem:
        """Draw a tandem, always the same."""
        rng = np.random.default_rng(1)

        def times(mean_us: float, *shape: int) -> Ints:
            return np.maximum(1, np.rint(rng.exponential(mean_us, shape))).astype(np.int64)

        service_us = times(LOAD * servers * GAP_US, STATIONS, customers)
        return cls(servers, times(GAP_US, customers), service_us)

    @property
    def customers(self) -> int:
        """Number of customers."""
        return len(self.gap_us)


def passed(arrival_us: Ints, service_us: Ints, servers: int) -> Ints:
    """Return when each customer leaves a station; compiled by Numba.

    Customers come in order of arrival and of their number, each to the server that is free first.
    """
    free = np.zeros(servers, dtype=np.int64)
    departure_us = np.empty_like(arrival_us)
    # With one server they come in the order of their numbers.
    order = np.argsort(arrival_us, kind="mergesort") if servers > 1 else np.arange(len(arrival_us))
    for customer in order:
        first = 0
        for server in range(1, servers):
            if free[server] < free[first]:
                first = server
        free[first] = max(free[first], arrival_us[customer]) + service_us[customer]
        departure_us[customer] = free[first]
    return departure_us


def recursion(tandem: Tandem) -> Run:
    """Return the recursion, compiled."""
    import numba

    station: Any = numba.njit(passed)
    none = np.empty(0, dtype=np.int64)
    station(none, none, 1)

    def run() -> Any:
        at_us = np.cumsum(tandem.gap_us)
        for service_us in tandem.service_us:
            at_us = station(at_us, service_us, tandem.servers)
        return at_us

    return run


def tables(tandem: Tandem) -> tuple[Plan, World]:
    """Return the tandem as a plan of one route with three steps, and its world."""
    names = [f"station {k}" for k in range(1, STATIONS + 1)]
    n = tandem.customers
    entry_us = START_US + np.cumsum(tandem.gap_us)
    # By then all have left, whatever the queues.
    end_us = int(entry_us[-1] + tandem.service_us.sum()) + 1
    empty = build(
        resources={name: [(0, tandem.servers)] for name in names},
        routes={"tandem": Route([resource(name, name) for name in names])},
        consignments=[],
        end=0,
    )
    plan = replace(empty.plan, end_us=end_us, window_end_us=end_us)
    zero = np.zeros(n, dtype=np.int64)
    world = replace(
        empty.world,
        entry_us=entry_us,
        lane=zero,
        route=zero,
        trader_class=zero,
        commodity=zero,
        credit=zero - 1,
        size=np.ones((n, 3), dtype=np.int64),
        value=np.ones(n),
        non_compliant=np.zeros(n, dtype=np.bool_),
        risk=(),
        first_event_row=event_row_bases(plan, zero),
        duration_us=tandem.service_us.T.ravel(),
    )
    return plan, world


def engine(tandem: Tandem, simulate: Callable[[Plan, World], Milestones]) -> Run:
    """Return an engine of fourport with its plan and world."""
    plan, world = tables(tandem)
    return lambda: simulate(plan, world).end_us[STATIONS - 1 :: STATIONS] - START_US


def compiled_engine(tandem: Tandem) -> Run:
    """Return the compiled engine, ready to run."""
    from fourport.engine import compiled
    from fourport.machine import ready

    ready(compiled.LOOP)
    return engine(tandem, compiled.simulate)


def reference_engine(tandem: Tandem) -> Run:
    """Return the reference engine."""
    from fourport.engine import reference

    return engine(tandem, reference.simulate)


def with_simpy(tandem: Tandem) -> Run:
    """Return a model in SimPy as its documentation shows one."""
    import simpy

    gaps: list[int] = tandem.gap_us.tolist()
    services: list[list[int]] = tandem.service_us.T.tolist()

    def run() -> list[float]:
        env = simpy.Environment()
        stations = [simpy.Resource(env, tandem.servers) for _ in range(STATIONS)]
        departures: list[float] = [0] * len(gaps)

        def customer(number: int) -> ProcessGenerator:
            for station, service in zip(stations, services[number], strict=True):
                with station.request() as turn:
                    yield turn
                    yield env.timeout(service)
            departures[number] = env.now

        def source() -> ProcessGenerator:
            for number, gap in enumerate(gaps):
                yield env.timeout(gap)
                env.process(customer(number))

        env.process(source())
        env.run()
        return departures

    return run


def with_ciw(tandem: Tandem) -> Run:
    """Return a network of nodes in Ciw, read from its records."""
    import ciw

    gaps: list[float] = tandem.gap_us.astype(float).tolist()
    services: list[list[float]] = tandem.service_us.astype(float).tolist()

    class OfCustomer(ciw.dists.Distribution):  # type: ignore[misc]
        """Service times by the number of the customer."""

        def __init__(self, times: Sequence[float]) -> None:
            super().__init__()
            self.times = times

        def sample(self, t: float | None = None, ind: Any = None) -> float:
            """Return the time of a customer; Ciw numbers them from 1."""
            time_us: float = self.times[ind.id_number - 1]
            return time_us

    def run() -> list[float]:
        network = ciw.create_network(
            arrival_distributions=[
                ciw.dists.Sequential([*gaps, float("inf")]),
                *[None] * (STATIONS - 1),
            ],
            service_distributions=[OfCustomer(times) for times in services],
            number_of_servers=[tandem.servers] * STATIONS,
            routing=[[float(to == of + 1) for to in range(STATIONS)] for of in range(STATIONS)],
        )
        simulation = ciw.Simulation(network)
        simulation.simulate_until_max_customers(len(gaps))
        departures = [0.0] * len(gaps)
        for record in simulation.get_all_records():
            if record.node == STATIONS:
                departures[record.id_number - 1] = record.exit_date
        return departures

    return run


def with_salabim(tandem: Tandem) -> Run:
    """Return a model in salabim, with nothing recorded that can be switched off at the resources."""
    import salabim

    gaps: list[float] = tandem.gap_us.astype(float).tolist()
    services: list[list[float]] = tandem.service_us.T.astype(float).tolist()

    def run() -> list[float]:
        env = salabim.Environment(trace=False, yieldless=False)
        stations = [salabim.Resource(capacity=tandem.servers, monitor=False) for _ in range(STATIONS)]
        departures = [0.0] * len(gaps)

        class Customer(salabim.Component):  # type: ignore[misc]
            """A customer, who goes from station to station."""

            def process(self, number: int) -> Iterator[Any]:
                """Queue and be served, station by station."""
                for station, service in zip(stations, services[number], strict=True):
                    yield self.request(station)
                    yield self.hold(service)
                    self.release(station)
                departures[number] = env.now()

        class Source(salabim.Component):  # type: ignore[misc]
            """Where customers come from."""

            def process(self) -> Iterator[Any]:
                """Let all customers arrive."""
                for number, gap in enumerate(gaps):
                    yield self.hold(gap)
                    Customer(number=number)

        Source()
        env.run()
        return departures

    return run


PEERS: dict[str, Callable[[Tandem], Run]] = {
    "recursion": recursion,
    "fourport": compiled_engine,
    "reference": reference_engine,
    "simpy": with_simpy,
    "ciw": with_ciw,
    "salabim": with_salabim,
}
COMPILED = ("recursion", "fourport")
NEEDS = {"recursion": "numba", "fourport": "numba", "ciw": "ciw", "salabim": "salabim"}
"""Package without which a peer cannot run."""


def timed(run: Run, times: int) -> tuple[NDArray[Any], float]:
    """Run a peer several times and return the departures and the median of its processor seconds."""
    taken = []
    for _ in range(times):
        began = time.process_time()
        departures = run()
        taken.append(time.process_time() - began)
    return np.asarray(departures), median(taken)


def measure(tandem: Tandem, peers: Sequence[str]) -> dict[str, Any]:
    """Run the recursion and then the peers, and compare their times and departures with those of it."""
    expected, least = timed(recursion(tandem), RUNS)
    found = {}
    for name in peers:
        departures, seconds = expected, least
        if name != "recursion":
            departures, seconds = timed(PEERS[name](tandem), RUNS if name in COMPILED else 1)
        found[name] = {
            "seconds": round(seconds, 4),
            "times_recursion": round(seconds / least, 1),
            "largest_difference_us": float(np.abs(departures - expected).max()),
        }
    return {
        "customers": tandem.customers,
        "servers": tandem.servers,
        "identical": not any(peer["largest_difference_us"] for peer in found.values()),
        "peers": found,
    }


def chosen(text: str) -> tuple[str, ...]:
    """Return the peers named on the command line, in the order of ``PEERS`` and with the recursion.

    For other names, and for peers that are not installed, argparse prints what is allowed and ends with exit
    code 2.
    """
    names = {"recursion", *text.split(",")}
    unknown = sorted(names - set(PEERS))
    if unknown:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)!r}; allowed: {','.join(PEERS)}")
    missing = {NEEDS[name] for name in names if name in NEEDS and find_spec(NEEDS[name]) is None}
    if missing:
        able = ",".join(name for name in PEERS if NEEDS.get(name) not in missing)
        raise argparse.ArgumentTypeError(
            f"not installed: {', '.join(sorted(missing))}"
            f"; allowed: after pip install -e '.[bench]' all, now {able}"
        )
    return tuple(name for name in PEERS if name in names)


def main() -> None:
    """Run the benchmark with the options of the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--customers", type=whole_number(1, MOST), default=100_000)
    parser.add_argument("--servers", type=whole_number(1, 100), default=1, help="at each station")
    parser.add_argument(
        "--peers",
        type=chosen,
        default=",".join(PEERS),
        metavar="A,B,...",
        help=f"which run besides the recursion [default: {','.join(PEERS)}]",
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args()
    found = measure(Tandem.drawn(options.customers, options.servers), options.peers)
    if options.json:
        print(json.dumps(found))
    else:
        for name, peer in found["peers"].items():
            print(
                f"{name:10} {peer['seconds']:10.4f} s {peer['times_recursion']:10.1f} times the recursion,"
                f" largest difference {peer['largest_difference_us']:g} us"
            )
        print(f"identical  {found['identical']}")
    sys.exit(0 if found["identical"] else 1)


if __name__ == "__main__":
    main()
