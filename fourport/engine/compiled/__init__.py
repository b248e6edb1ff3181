"""The compiled engine: an event loop in Numba over the same plan and world as the reference engine.

``loop`` is the loop, ``tables`` what it reads, ``state`` what it writes, and ``driver`` compiles and runs it.
"""

from fourport.engine.compiled.driver import prepare, simulate

__all__ = ["prepare", "simulate"]
