"""Count the values of a sample by bins, and find those of some ranks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fourport.machine.plain import inlined
from fourport.study.compiled.selecting import select
from fourport.study.compiled.tables import MANTISSA

if TYPE_CHECKING:
    from fourport.study.compiled.tables import Samples, Scratch

POSITIVE = 1 << 11
"""Number of exponents of negative floats, which come first."""


@inlined
def look_at(
    samples: Samples, scratch: Scratch, bits: int, row: int, begin: int, end: int, sample: int
) -> None:
    """Find the bins of a sample, and its ranks.

    Parameters
    ----------
    bits
        Bits of the mantissa that make a bin.
    row
        Row of the ranks.
    begin, end
        Where the values of the sample are held; it has at least one.
    sample
        Its number.
    """
    first, last = _count(samples, scratch, bits, begin, end)
    _list_bins(samples, scratch, bits, first, last, sample)
    if _mark_ranks(samples, scratch, row, sample):
        _select_ranks(samples, scratch, bits, begin, end, sample)


@inlined
def _count(samples: Samples, scratch: Scratch, bits: int, begin: int, end: int) -> tuple[int, int]:
    """Count values by bins; return the first and the last exponent."""
    first, last = 2 * POSITIVE, -1
    for k in range(begin, end):
        value, one = samples.value[k], _bin(samples, bits, k)
        n = scratch.counts[one]
        scratch.counts[one] = n + 1
        if n == 0:
            exponent = one >> bits
            scratch.used[exponent] = True
            first, last = min(first, exponent), max(last, exponent)
            scratch.low[one] = scratch.high[one] = value
        else:
            scratch.low[one] = min(scratch.low[one], value)
            scratch.high[one] = max(scratch.high[one], value)
    return first, last


@inlined
def _bin(samples: Samples, bits: int, k: int) -> int:
    """Return the bin of a value; bins are in the order of their values."""
    one: int = samples.bits[k] >> (MANTISSA - bits)
    # Of two negative floats, the larger one has the smaller number.
    return one + (POSITIVE << bits) if one >= 0 else ~one


@inlined
def _list_bins(samples: Samples, scratch: Scratch, bits: int, first: int, last: int, sample: int) -> None:
    """List the bins that have any value, and empty them."""
    n = 0
    for exponent in range(first, last + 1):
        if scratch.used[exponent]:
            scratch.used[exponent] = False
            for one in range(exponent << bits, (exponent + 1) << bits):
                if scratch.counts[one] > 0:
                    at = samples.first_bin[sample] + n
                    samples.counts[at] = scratch.counts[one]
                    samples.low[at], samples.high[at] = scratch.low[one], scratch.high[one]
                    scratch.counts[one] = 0
                    scratch.listed[n] = one
                    n += 1
    samples.first_bin[sample + 1] = samples.first_bin[sample] + n


@inlined
def _mark_ranks(samples: Samples, scratch: Scratch, row: int, sample: int) -> bool:
    """Find the ranks whose values are the smallest or largest of their bin; mark the bins of the others.

    Of these note the rank among all values of marked bins. Return whether there are any.
    """
    first = at = samples.first_bin[sample]
    before = left_out = 0
    any_marked = False
    for k in range(samples.ranks.shape[1]):
        rank = samples.ranks[row, k]
        while rank >= before + samples.counts[at]:
            before += samples.counts[at]
            if scratch.counts[scratch.listed[at - first]] == 0:
                left_out += samples.counts[at]
            at += 1
        is_low = rank == before or samples.low[at] == samples.high[at]
        samples.of_ranks[sample, k] = samples.low[at] if is_low else samples.high[at]
        scratch.among[k] = -1
        if not is_low and rank < before + samples.counts[at] - 1:
            scratch.among[k] = rank - left_out
            scratch.counts[scratch.listed[at - first]] = 1
            any_marked = True
    return any_marked


@inlined
def _select_ranks(samples: Samples, scratch: Scratch, bits: int, begin: int, end: int, sample: int) -> None:
    """Find the ranks of marked bins among the values of these bins, and mark them no more."""
    n = 0
    for k in range(begin, end):
        scratch.members[n] = samples.value[k]
        n += scratch.counts[_bin(samples, bits, k)]
    since = 0
    for k in range(samples.ranks.shape[1]):
        if scratch.among[k] >= 0:
            select(scratch.members, since, n, scratch.among[k])
            since = scratch.among[k]
            samples.of_ranks[sample, k] = scratch.members[since]
    for k in range(samples.first_bin[sample + 1] - samples.first_bin[sample]):
        scratch.counts[scratch.listed[k]] = 0
