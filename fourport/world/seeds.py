"""The keys of random streams: those that NumPy's seed sequences make of numbers, but in parts.

A replication has several hundred streams, whose numbers differ in the last one alone. What the first ones
make of the pool is worked out once, so that a key takes a fifth of the time of a new sequence and generator.
The hash is M. E. O'Neill's ``seed_seq_fe`` (2015), which NumPy keeps for ``SeedSequence``.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, repeat

POOL = 4
"""Words of 32 bits in the pool."""
_WORD = 0xFFFFFFFF
_LEFT, _RIGHT = 0xCA01F9DD, 0x4973F715
_MOST = 64
"""Words that are stirred in at most, beside those that fill the pool; seeds and names have two each."""


def _powers(first: int, factor: int, n: int) -> list[int]:
    return [*accumulate(repeat(factor, n), lambda power, by: power * by & _WORD, initial=first)]


_STIRRING = _powers(0x43B0D7E5, 0x931E8875, POOL * (POOL + _MOST))
_TAKING = _powers(0x8B51F9DD, 0x58F38DED, POOL)


def words_of(*numbers: int) -> list[int]:
    """Return numbers of at least 0 as words of 32 bits, the lowest of each first, at least one each."""
    return [
        number >> 32 * k & _WORD for number in numbers for k in range(max(-(-number.bit_length() // 32), 1))
    ]


def filled(words: Sequence[int]) -> tuple[list[int], int]:
    """Return the pool that at least :data:`POOL` words make, and how often it was stirred."""
    assert len(words) >= POOL, words
    pool = [_hashed(word, k) for k, word in enumerate(words[:POOL])]
    times = POOL
    for source in range(POOL):
        for target in range(POOL):
            if source != target:
                pool[target] = _mixed(pool[target], _hashed(pool[source], times))
                times += 1
    return stirred(pool, times, words[POOL:])


def stirred(pool: Sequence[int], times: int, words: Sequence[int]) -> tuple[list[int], int]:
    """Return a pool into which more words are stirred, and how often it was stirred then."""
    found = [*pool]
    for word in words:
        for target, old in enumerate(found):  # _mixed and _hashed, whose calls would take most of the time
            hashed = (word ^ _STIRRING[times]) * _STIRRING[times + 1] & _WORD
            mixed = _LEFT * old - _RIGHT * (hashed ^ hashed >> 16) & _WORD
            found[target] = mixed ^ mixed >> 16
            times += 1
    return found, times


def key_of(pool: Sequence[int]) -> tuple[int, int]:
    """Return the two numbers of 64 bits that a pool gives as the key of a Philox generator."""
    words = []
    for k, word in enumerate(pool):
        taken = (word ^ _TAKING[k]) * _TAKING[k + 1] & _WORD
        words.append(taken ^ taken >> 16)
    return words[0] | words[1] << 32, words[2] | words[3] << 32


def _hashed(word: int, times: int) -> int:
    found = (word ^ _STIRRING[times]) * _STIRRING[times + 1] & _WORD
    return found ^ found >> 16


def _mixed(one: int, other: int) -> int:
    found = (_LEFT * one - _RIGHT * other) & _WORD
    return found ^ found >> 16
