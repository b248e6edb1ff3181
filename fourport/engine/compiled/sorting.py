"""Sort a few numbers in place."""

from __future__ import annotations

from typing import Any

from fourport.machine.compiling import inlined


@inlined
def sink_key(keys: Any, k: int, n: int) -> None:
    """Let key ``k`` sink in a heap of ``n`` with the largest key first."""
    key = keys[k]
    while True:
        child = 2 * k + 1
        if child >= n:
            break
        if child + 1 < n and keys[child + 1] > keys[child]:
            child += 1
        if keys[child] <= key:
            break
        keys[k] = keys[child]
        k = child
    keys[k] = key


@inlined
def sort(keys: Any, n: int) -> None:
    """Sort the first ``n`` keys in place: few by insertion, many by a heap, and none that are in order."""
    in_order = True
    for k in range(1, n):
        if keys[k] < keys[k - 1]:
            in_order = False
            break
    if in_order:
        return
    if n <= 24:
        for k in range(1, n):
            key, at = keys[k], k
            while at > 0 and keys[at - 1] > key:
                keys[at] = keys[at - 1]
                at -= 1
            keys[at] = key
        return
    for k in range(n // 2 - 1, -1, -1):
        sink_key(keys, k, n)
    for last in range(n - 1, 0, -1):
        keys[0], keys[last] = keys[last], keys[0]
        sink_key(keys, 0, last)
