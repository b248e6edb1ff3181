"""Machine code: kept on disk, and called by its address, both without Numba.

To import Numba takes longer than all else at the start of a run. So it is there to compile, and no more.
"""

# What is taken from llvmlite here has no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import ctypes
import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding as llvm

from fourport import causes
from fourport.arguments import CACHE_VARIABLE
from fourport.machine.packed import Packed
from fourport.machine.routine import Routine
from fourport.plan import tables as plan_tables

PACKAGE = Path(__file__).parent

FINISHED = (0, -2)
"""What a function compiled by Numba returns if it raised nothing: with a value, or with None."""


class MachineCode(NamedTuple):
    """An object file for this kind of processor.

    Attributes
    ----------
    name
        Name of the function in it.
    object
        Its bytes.
    """

    name: str
    object: bytes

    @classmethod
    def of(cls, name: str, code: str) -> MachineCode:
        """Make machine code of what Numba has compiled for LLVM."""
        return cls(name, _target().emit_object(llvm.parse_assembly(code)))

    def function(self, takes: tuple[type, ...]) -> Callable[..., None]:
        """Load it, and return the function; it takes a :class:`Packed` for each named tuple."""
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
        engine.add_object_file(llvm.ObjectFileRef.from_data(self.object))
        engine.finalize_object()
        pointer = ctypes.c_void_p
        kinds = (ctypes.c_int64 if one is int else pointer for one in takes)
        called = ctypes.CFUNCTYPE(ctypes.c_int32, pointer, pointer, *kinds)(
            engine.get_function_address(self.name)
        )

        def run(*arguments: Packed | int, _loaded: Any = engine) -> None:
            result, error = pointer(), pointer()  # where compiled code puts what it returns or raises
            numbers = [one.address if isinstance(one, Packed) else one for one in arguments]
            ended = called(ctypes.byref(result), ctypes.byref(error), *numbers)
            if ended not in FINISHED:
                raise RuntimeError(f"compiled code ended with {ended}")

        return run

    def keep(self, routine: Routine) -> None:
        """Write it to the first folder that can be written.

        Raises
        ------
        OSError
            If there is none.
        """
        about = {"name": self.name, "source": source(routine), "sha256": sha256(self.object).hexdigest()}
        refused: OSError | None = None
        for file in files(routine):
            part = file.with_name(f".{file.name}.{os.getpid()}.part")
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
                part.write_bytes(json.dumps(about).encode() + b"\n" + self.object)
                part.replace(file)
                return
            except OSError as error:
                refused = refused or error
            finally:
                with suppress(OSError):  # of a full disk, or below what is no folder
                    part.unlink(missing_ok=True)
        raise refused or OSError("no folder")


def kept(routine: Routine) -> MachineCode | None:
    """Return what is kept of a routine for this processor; None if nothing is, or it is damaged."""
    for file in files(routine):
        with suppress(OSError, ValueError, KeyError, TypeError):
            head, code = file.read_bytes().split(b"\n", 1)
            about = json.loads(head)
            if (about["source"], about["sha256"]) == (source(routine), sha256(code).hexdigest()):
                return MachineCode(about["name"], code)
    return None


def files(routine: Routine) -> Iterator[Path]:
    """Yield where machine code may be kept: one file for each installation and kind of processor."""
    parts = str(PACKAGE), sys.platform, llvm.get_default_triple(), llvm.get_host_cpu_name(), _features()
    name = f"{routine.name}-{sha256(repr(parts).encode()).hexdigest()[:16]}.o"
    if named := os.environ.get(CACHE_VARIABLE):
        yield Path(named) / name
        return
    yield PACKAGE / "__pycache__" / name
    with suppress(RuntimeError):  # there is no home
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fourport" / name


@cache
def source(routine: Routine) -> str:
    """Return a name for the state of what is compiled, and of Numba.

    All modules beside that of the routine are part of it, those of the arrays that it takes, and those that
    it may take numbers from.
    """
    digest = sha256(f"{version('numba')} {os.environ.get('NUMBA_BOUNDSCHECK')}".encode())
    spec = find_spec(routine.module)
    assert spec is not None
    assert spec.origin is not None
    folders = Path(spec.origin).parent, PACKAGE
    others = (plan_tables, causes, *(sys.modules[one.__module__] for one in routine.takes if one is not int))
    modules = {Path(str(one.__file__)) for one in others}.union(*(one.glob("*.py") for one in folders))
    for file in sorted(modules):
        digest.update(_hash_of(file))
    return digest.hexdigest()


@cache
def _hash_of(file: Path) -> bytes:
    return sha256(file.read_bytes()).digest()


def _target() -> Any:
    """Return LLVM's description of this processor; who loads code with it owns it."""
    for begin in (llvm.initialize, llvm.initialize_native_target, llvm.initialize_native_asmprinter):
        with suppress(RuntimeError):  # LLVM does that itself in newer versions
            begin()
    return llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=_features(), opt=3, jit=True
    )


def _features() -> str:
    """Return what this processor can do, in LLVM's words; "" where LLVM does not know it."""
    try:
        return str(llvm.get_host_cpu_features().flatten())
    except RuntimeError:
        return ""
