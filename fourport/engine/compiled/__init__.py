"""The compiled engine: an event loop in Numba over the same plan and world as the reference engine.

``loop`` is the loop. It calls ``walk``, ``queues``, ``resources``, ``loading``, ``one_by_one`` and ``trucks``
and keeps what is due in ``agenda``. ``numbering`` says what its numbers mean, ``tables`` what it reads,
``state`` what it writes, and ``packed`` hands these over. ``compiling`` and ``packed_type`` compile it, and
only they import Numba. ``machine_code`` keeps and loads the result; ``driver`` runs it.
"""

from fourport.engine.compiled.driver import prepare, simulate

__all__ = ["prepare", "simulate"]
