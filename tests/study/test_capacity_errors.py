"""How often a capacity study is wrong: studies of M/M/c repeated many times, against the exact share.

Run this file to print the table of ``docs/policies.md``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import pytest
from scipy.stats import binom

from fourport.plan.tables import Floats
from fourport.study.capacity.judge import Load, guarded, verdicts
from fourport.study.statistics import estimate
from fourport.study.verification import formulas

RATE, SERVICE, LIMIT = 2.0, 6.0, 24.0
"""Arrivals an hour, hours of service, and hours within which a visit is to be over."""
WEEK = 168.0
STUDIES = 400


def _queue(servers: int, window: float, replications: int, seed: int) -> Floats:
    """Run M/M/c: visits within the limit, visits, hours of service and their squares, (replications, 4).

    The number of visits at the beginning is drawn from its stationary distribution, ``p(n + 1) / p(n) =
    load / min(n + 1, c)`` (Gross and Harris 1998, section 2.3), so that there is nothing to warm up. What is
    left of a service is exponential like a whole one.
    """
    np.random.seed(seed)
    found = np.zeros((replications, 4))
    shares = np.ones(2000)
    for n in range(1, len(shares)):
        shares[n] = shares[n - 1] * RATE * SERVICE / min(n, servers)
    below = np.cumsum(shares) / shares.sum()
    for r in range(replications):
        free, now = np.zeros(servers), 0.0
        for _ in range(np.searchsorted(below, np.random.random(), side="right")):
            k = np.argmin(free)
            free[k] += np.random.exponential(SERVICE)
        while True:
            now += np.random.exponential(1 / RATE)
            if now > window:
                break
            k = np.argmin(free)
            service = np.random.exponential(SERVICE)
            free[k] = max(now, free[k]) + service
            found[r, 0] += free[k] - now <= LIMIT
            found[r, 1] += 1
            found[r, 2] += service
            found[r, 3] += service**2
    return found


queue: Any = numba.njit(_queue)


@dataclass(frozen=True)
class Case:
    """Studies of a number of servers: weeks of the window, replications, and numbers tried at once."""

    servers: int
    weeks: int
    replications: int
    numbers: int = 1

    def studies(self, seed: int, studies: int = STUDIES) -> Iterator[list[Floats]]:
        """Yield the replications of each number tried, that of the case and larger ones."""
        runs = [
            queue(servers, self.weeks * WEEK, studies * self.replications, seed + servers)
            for servers in range(self.servers, self.servers + self.numbers)
        ]
        for k in range(studies):
            mine = slice(k * self.replications, (k + 1) * self.replications)
            yield [run[mine] for run in runs]

    @property
    def exact(self) -> float:
        """Share within the limit, %."""
        return 100 * formulas.mmc_within(self.servers, RATE, SERVICE, LIMIT)

    def met(self, bound: float, seed: int = 1, studies: int = STUDIES) -> float:
        """Return the % of studies in which the number of servers is said to reach a share."""
        found = 0
        for runs in self.studies(seed, studies):
            values = [guarded(100 * run[:, 0], run[:, 1], 0.95, self.weeks) for run in runs]
            hours, n = self.weeks * WEEK, self.replications
            loads = [
                Load(visits, work, squares, (self.servers + k) * hours * n, hours, n)
                for k, (_, visits, work, squares) in enumerate(run.sum(axis=0).tolist() for run in runs)
            ]
            found += verdicts(values, loads, [0.0] * len(runs), bound, at_most=False)[0] == "meets"
        return 100 * found / studies

    def student(self, bound: float, seed: int = 1) -> float:
        """Return the same for Student's t of the shares of the replications alone."""
        lows = [estimate((100 * run[0][:, 0] / run[0][:, 1]).tolist()).low for run in self.studies(seed)]
        return 100 * float(np.mean(np.array(lows) >= bound))


@pytest.mark.long
@pytest.mark.parametrize(
    "case",
    [
        *(Case(13, 1, n) for n in (4, 10, 30, 100)),
        Case(13, 13, 20),
        *(Case(14, 4, n) for n in (10, 30)),
        Case(14, 1, 100),
        Case(14, 4, 20, 3),
    ],
    ids=str,
)
def test_meets_is_seldom_false(case: Case) -> None:
    """Tests a target that lies just above the exact share: "meets" in at most 2.5 % of 400 studies.

    The bound of the test is exceeded once in a thousand times at that rate.
    """
    most = 100 * binom.ppf(0.999, STUDIES, 0.025) / STUDIES
    assert case.met(np.nextafter(case.exact, 100)) <= most


@pytest.mark.long
def test_students_t_alone_is_wrong() -> None:
    """Tests that the guard is needed: t says of M/M/13, with 93.0 %, 95 % in more than a tenth of studies."""
    case = Case(13, 1, 10)
    assert case.exact == pytest.approx(93.008, abs=5e-4)
    assert case.student(95.0) > 10
    assert case.met(95.0) < 1


@pytest.mark.long
def test_enough_servers_are_found() -> None:
    """Tests the power: 14 servers reach 97.3 %, and are said to reach 95 % in most studies of 100 weeks."""
    assert Case(14, 1, 100).met(95.0) > 85
    assert Case(15, 1, 30).met(95.0) > 90


if __name__ == "__main__":

    def row(case: Case) -> list[Any]:
        rates = (case.student(case.exact), *(case.met(bound, studies=2000) for bound in (case.exact, 95.0)))
        return [case.servers, case.weeks, case.replications, *(f"{rate:.1f}" for rate in rates)]

    for servers in (13, 14, 15):
        for weeks in (1, 4):
            for replications in (4, 10, 30, 100):
                print("|", " | ".join(map(str, row(Case(servers, weeks, replications)))), "|")
    for numbers in (1, 20):
        print(numbers, "numbers at once:", Case(13, 4, 30, numbers).met(Case(13, 4, 30).exact, studies=1000))
