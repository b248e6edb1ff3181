"""Word what is allowed in messages: the names, and the one that was probably meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from functools import lru_cache


def suggestion(wrong: str, names: Iterable[str]) -> str:
    """Return "; did you mean 'x'?" if one of the names is similar, else an empty text."""
    return _suggestion(wrong, tuple(names))


@lru_cache(maxsize=1024)
def _suggestion(wrong: str, names: tuple[str, ...]) -> str:
    cutoff = 0.6 if len(wrong) > 3 else 0.5  # one wrong letter of two or three is a typo, too
    close = difflib.get_close_matches(wrong, names, n=1, cutoff=cutoff)
    return f"; did you mean {close[0]!r}?" if close else ""


def allowed(names: Sequence[str], *, most: int = 40) -> str:
    """Return "; allowed: a, b, c", cut if there are more than ``most``."""
    if not names:
        return ""
    shown = ", ".join(names[:most])
    return f"; allowed: {shown}" + (f" and {len(names) - most} more" if len(names) > most else "")
