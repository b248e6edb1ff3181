"""Exact formulas of queueing theory.

Any unit of time may be used, the same for all arguments of a call. This module knows nothing of the
simulation; tests compare each formula with published values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise


def erlang_c(servers: int, load: float) -> float:
    """Return the probability that an arrival to M/M/c waits (Erlang 1917; Kleinrock 1975, section 3.5).

    Parameters
    ----------
    load
        Arrival rate times mean service time, below ``servers``.
    """
    blocked = 1.0
    for c in range(1, servers + 1):
        blocked = load * blocked / (c + load * blocked)
    return blocked / (1 - load / servers * (1 - blocked))


def mmc_wait(servers: int, rate: float, work: float) -> float:
    """Return the mean wait before service in M/M/c (Kleinrock 1975, section 3.5)."""
    return erlang_c(servers, rate * work) / (servers / work - rate)


def mmc_within(servers: int, rate: float, work: float, time: float) -> float:
    """Return P(wait + service <= time) in M/M/c, first come first served.

    The wait is zero or, with the probability of Erlang C, exponential with rate ``a = c mu - lambda``; the
    service is exponential with rate ``mu`` and independent of it (Gross and Harris 1998, section 2.3).
    If ``a = mu``, as with 13 servers, rate 2 and work 6, their sum is Erlang-2.
    """
    mu = 1 / work
    a = servers * mu - rate
    waits = erlang_c(servers, rate * work)
    if math.isclose(a, mu, rel_tol=1e-6):
        after_wait = (1 + mu * time) * math.exp(-mu * time)
    else:
        after_wait = (a * math.exp(-mu * time) - mu * math.exp(-a * time)) / (a - mu)
    return 1 - (1 - waits) * math.exp(-mu * time) - waits * after_wait


def mm1_quantile(rate: float, work: float, q: float) -> float:
    """Return a quantile of the time in M/M/1, which is exponential (Kleinrock 1975, section 5.7)."""
    return -math.log(1 - q) / (1 / work - rate)


def mg1_wait(rate: float, mean: float, sd: float) -> float:
    """Return the mean wait in M/G/1: Pollaczek-Khinchine (Kleinrock 1975, chapter 5)."""
    return rate * (mean**2 + sd**2) / (2 * (1 - rate * mean))


def gim1_wait(intervals: Callable[[float], float], work: float) -> float:
    """Return the mean wait in GI/M/1 (Kleinrock 1975, chapter 6).

    The wait is ``sigma / (mu (1 - sigma))`` where ``sigma`` is the root in (0, 1)
    of ``sigma = A*(mu (1 - sigma))``.

    Parameters
    ----------
    intervals
        Laplace transform A* of the interval between arrivals.
    """
    from scipy.optimize import brentq

    mu = 1 / work
    sigma = float(brentq(lambda s: intervals(mu * (1 - s)) - s, 1e-9, 1 - 1e-6, xtol=1e-14))
    return sigma / (mu * (1 - sigma))


def erlang_transform(shape: int, mean: float) -> Callable[[float], float]:
    """Return the Laplace transform of an Erlang distribution."""
    return lambda s: (1 + s * mean / shape) ** -shape


def fixed_transform(at: float) -> Callable[[float], float]:
    """Return the Laplace transform of a constant."""
    return lambda s: math.exp(-s * at)


def jackson_time(rate: float, works: Sequence[float]) -> float:
    """Return the mean time through a series of M/M/1 queues (Jackson 1957)."""
    return sum(1 / (1 / work - rate) for work in works)


def priority_waits(rates: Sequence[float], work: float) -> list[float]:
    """Return the mean wait of each class in M/M/1 with non-preemptive priority (Cobham 1954).

    Parameters
    ----------
    rates
        Arrival rates by class, highest priority first.
    """
    residual = sum(rates) * work**2
    used = [sum(rates[:k]) * work for k in range(len(rates) + 1)]
    return [residual / ((1 - before) * (1 - after)) for before, after in pairwise(used)]


def gap_wait(gaps: Sequence[float]) -> float:
    """Return the mean wait for the next departure after a random instant.

    A random instant falls into a gap in proportion to the gap's length, and waits half of it on average: the
    inspection paradox (Feller 1971, section I.4).
    """
    return sum(gap**2 for gap in gaps) / (2 * sum(gaps))


def cancelled_wait(period: float, share: float) -> float:
    """Return the mean wait for a departure every ``period``, each cancelled with probability ``share``.

    Gaps are geometric multiples of the period: E[G^2] / (2 E[G]) with
    E[G] = T / (1 - p) and E[G^2] = T^2 (1 + p) / (1 - p)^2.
    """
    return period / 2 * (1 + share) / (1 - share)


def bulk_left_behind(capacity: int, load: float) -> float:
    """Return the mean number left behind by a departure of the bulk queue (Bailey 1954).

    Departures with ``capacity`` K and Poisson arrivals A with mean ``load`` between them leave behind
    X' = max(X + A - K, 0). The stationary mean is the sum over n of E[max(S_n, 0)] / n (Spitzer 1956),
    where S_n is Poisson(n load) - n K.
    """
    from scipy.special import pdtrc

    mean, n = 0.0, 0
    while True:
        n += 1
        m, k = n * load, n * capacity
        surplus = m * float(pdtrc(k - 1, m)) - k * float(pdtrc(k, m))
        mean += surplus / n
        if surplus < 1e-13:
            return mean


def bulk_wait(capacity: int, load: float, period: float) -> float:
    """Return the mean wait until departure in the bulk queue.

    Half a period on average until the next departure, and one period for each departure that leaves the
    consignment behind, by Little's law for those left behind.
    """
    return period / 2 + bulk_left_behind(capacity, load) * period / load


def closed_wait(closed: float, cycle: float) -> float:
    """Return the mean wait for an office closed for part of a cycle, if work takes no time."""
    return closed**2 / (2 * cycle)


def closure_backlog(rate: float, closed: float) -> float:
    """Return the queue at the end of a closure, in the fluid approximation (Newell 1982, chapter 2)."""
    return rate * closed


def closure_recovery(rate: float, capacity: float, closed: float) -> float:
    """Return the time from the end of a closure until the queue is empty, as a fluid (Newell 1982)."""
    return closure_backlog(rate, closed) / (capacity - rate)
