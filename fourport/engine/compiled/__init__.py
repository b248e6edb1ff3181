"""The compiled engine: an event loop in Numba over the same plan and world as the reference engine.

``loop`` is the loop. It calls ``walk``, ``queues``, ``resources``, ``loading``, ``one_by_one`` and
``trucks`` and keeps what is due in ``agenda``; only to compile it are these imported. ``numbering`` says what
its numbers mean, ``tables`` what it reads, ``state`` what it writes. ``driver`` runs it.
"""

from fourport.engine.compiled.driver import LOOP, simulate

__all__ = ["LOOP", "simulate"]
