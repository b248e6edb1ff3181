"""Histograms merged in compiled code: two neighbours at a time, until each that is wanted is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import at_hand, inlined

if TYPE_CHECKING:
    from fourport.study.compiled.merging_tables import Left, Records, Runs


def run(bins: Records, spare: Records, runs: Runs, left: Left, wanted: int, shift: int) -> None:
    """Merge all that go into the same histogram.

    Parameters
    ----------
    bins, spare
        The bins, and memory for as many; in each round all are written from one to the other.
    wanted
        Number of histograms that are left when all is merged.
    shift
        Bits at the end of a value that do not tell its bin.
    """
    bins, spare, runs = at_hand(bins), at_hand(spare), at_hand(runs)
    n = len(runs.into)
    while True:
        if left.in_spare[0]:
            n = _merge_neighbours(spare, bins, runs, n, shift)
        else:
            n = _merge_neighbours(bins, spare, runs, n, shift)
        left.in_spare[0] = 1 - left.in_spare[0]
        if n == wanted:
            break


@inlined
def _merge_neighbours(of: Records, into: Records, runs: Runs, n: int, shift: int) -> int:
    """Merge every two neighbours that go into the same; return how many histograms are left."""
    made = at = k = 0
    while k < n:
        begin, first, target = at, runs.begin[k], runs.into[k]
        if k + 1 < n and runs.into[k + 1] == target:
            at = _merge(of, into, runs, k, at, shift)
            k += 2
        else:
            at = _copy(of, into, first, runs.end[k], at)
            k += 1
        runs.begin[made], runs.end[made], runs.into[made] = begin, at, target
        made += 1
    return made


@inlined
def _merge(of: Records, into: Records, runs: Runs, k: int, at: int, shift: int) -> int:
    """Merge a histogram with the next one; return the place behind the bins that are written."""
    one, one_end, other, other_end = runs.begin[k], runs.end[k], runs.begin[k + 1], runs.end[k + 1]
    while one < one_end and other < other_end:
        order, others = _order(of.word[one, 0], shift), _order(of.word[other, 0], shift)
        if order < others:
            _copy_bin(of, into, one, at)
            one += 1
        elif others < order:
            _copy_bin(of, into, other, at)
            other += 1
        else:
            into.value[at, 0] = min(of.value[one, 0], of.value[other, 0])
            into.value[at, 1] = max(of.value[one, 1], of.value[other, 1])
            into.word[at, 2] = of.word[one, 2] + of.word[other, 2]
            one += 1
            other += 1
        at += 1
    at = _copy(of, into, one, one_end, at)
    return _copy(of, into, other, other_end, at)


@inlined
def _copy(of: Records, into: Records, first: int, last: int, at: int) -> int:
    """Copy bins from ``first`` to before ``last``; return the place behind them."""
    for k in range(first, last):
        _copy_bin(of, into, k, at)
        at += 1
    return at


@inlined
def _copy_bin(of: Records, into: Records, k: int, at: int) -> None:
    for column in range(3):
        into.word[at, column] = of.word[k, column]


@inlined
def _order(word: int, shift: int) -> int:
    """Return a number that orders bins by their values."""
    # Of two negative floats, the larger one has the smaller word.
    number = word >> shift
    return number ^ ((1 << (63 - shift)) - 1) if number < 0 else number
