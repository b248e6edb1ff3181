"""Have a routine ready: its machine code from disk, or compiled now, or the function as it is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any

from fourport.arguments import CACHE_VARIABLE
from fourport.machine.packed import Packed
from fourport.machine.routine import Routine
from fourport.messages import tell

if TYPE_CHECKING:
    from fourport.machine.code import MachineCode

COMPILING = "compiling {}"

_codes: dict[Routine, MachineCode] = {}


def prepare(routines: Iterable[Routine], meanwhile: Callable[[str], object] | None = None) -> None:
    """Have routines ready before processes are started, each of which would compile them, if there is Numba.

    Parameters
    ----------
    meanwhile
        Called with the words for it if one is compiled that takes long.
    """
    for routine in routines:
        if routine.said and meanwhile is not None and not is_kept(routine):
            meanwhile(COMPILING.format(routine.said))
        ready_or_none(routine)


def take(codes: Mapping[Routine, MachineCode]) -> None:
    """Take what another process has compiled."""
    _codes.update(codes)


def is_kept(routine: Routine) -> bool:
    """Return whether a routine is compiled.

    Raises
    ------
    ImportError, OSError
        If there is nothing with which to load machine code.
    """
    from fourport.machine import code

    if routine not in _codes and (kept := code.kept(routine)) is not None:
        _codes[routine] = kept
    return routine in _codes


@cache
def ready(routine: Routine) -> Callable[..., None]:
    """Return a compiled routine; it takes a ``Packed`` for each named tuple.

    Raises
    ------
    ImportError, OSError
        If it is not kept, and Numba cannot be had.
    """
    if not is_kept(routine):
        if routine.said:
            tell(f"{COMPILING.format(routine.said)}, once for this version: up to half a minute")
        _codes[routine] = compiled(routine)
    return _codes[routine].function(routine.takes)


def compiled(routine: Routine) -> MachineCode:
    """Compile a routine, and keep it on disk where that can be written."""
    from fourport.machine import compiling
    from fourport.machine.code import MachineCode

    code = MachineCode.of(*compiling.compiled(_function(routine), routine.takes))
    try:
        code.keep(routine)
    except OSError as error:
        if routine.said:
            tell(f"it cannot be kept on disk ({error}); {CACHE_VARIABLE} names another folder")
    return code


def run(routine: Routine, *arguments: Any) -> None:
    """Run a routine with named tuples and numbers: compiled, or where there is no Numba as it is written.

    Who runs it often with the same arrays passes a :class:`Packed` of them.
    """
    function = ready_or_none(routine)
    if function is None:
        _function(routine)(*(one.arrays if isinstance(one, Packed) else one for one in arguments))
    else:
        function(*(Packed(one) if isinstance(one, tuple) else one for one in arguments))


@cache
def ready_or_none(routine: Routine) -> Callable[..., None] | None:
    """Return a compiled routine as :func:`ready`, or None where there is no Numba."""
    try:
        return ready(routine)
    except (ImportError, OSError):  # OSError: Numba is there, and a library of its own is not.
        return None


def _function(routine: Routine) -> Callable[..., None]:
    found: Callable[..., None] = import_module(routine.module).run
    return found
