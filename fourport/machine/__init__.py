"""Functions over named tuples of arrays: compiled by Numba once for an installation, and called without it.

``routine`` says what can be compiled, ``running`` compiles and runs it, ``beside`` compiles several in
another process. ``code`` keeps machine code on disk and loads it; ``packed`` hands it its arguments.
``compiling`` and ``packed_type`` compile, and only they import Numba; ``plain`` stands in for them where
there is none. ``searching`` has what several compiled functions do.
"""

from fourport.machine.beside import beside
from fourport.machine.packed import Packed, readable
from fourport.machine.routine import Routine
from fourport.machine.running import is_kept, prepare, ready, run

__all__ = ["Packed", "Routine", "beside", "is_kept", "prepare", "readable", "ready", "run"]
