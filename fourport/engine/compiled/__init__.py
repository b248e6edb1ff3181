"""The compiled engine: an event loop in Numba over the same plan and world as the reference engine.

``loop`` is the loop. It calls ``walk``, ``queues``, ``resources``, ``loading``, ``one_by_one`` and ``trucks``
and keeps what is due in ``agenda``. ``numbering`` says what its numbers mean, ``tables`` what it reads, and
``state`` what it writes. ``compiling`` and ``packed`` make it cheap to compile; ``driver`` compiles it once.
"""

from fourport.engine.compiled.driver import prepare, simulate

__all__ = ["prepare", "simulate"]
