"""Machine code of the loop: kept on disk, and called by its address, both without Numba.

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
from pathlib import Path
from typing import Any, NamedTuple

import llvmlite.binding as llvm

from fourport.arguments import CACHE_VARIABLE
from fourport.engine.compiled.packed import Packed

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

    def function(self) -> Callable[[Packed, Packed, int], None]:
        """Load it, and return the function of tables, a state and a number."""
        engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), _target())
        engine.add_object_file(llvm.ObjectFileRef.from_data(self.object))
        engine.finalize_object()
        pointer = ctypes.c_void_p
        kind = ctypes.CFUNCTYPE(ctypes.c_int32, pointer, pointer, pointer, pointer, ctypes.c_int64)
        called = kind(engine.get_function_address(self.name))

        def run(tables: Packed, state: Packed, work: int, _loaded: Any = engine) -> None:
            result, error = pointer(), pointer()  # where compiled code puts what it returns or raises
            ended = called(ctypes.byref(result), ctypes.byref(error), tables.address, state.address, work)
            if ended not in FINISHED:
                raise RuntimeError(f"the compiled loop ended with {ended}")

        return run

    def keep(self) -> None:
        """Write it to the first folder that can be written.

        Raises
        ------
        OSError
            If there is none.
        """
        about = {"name": self.name, "source": source(), "sha256": sha256(self.object).hexdigest()}
        refused: OSError | None = None
        for file in files():
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


@cache
def kept() -> MachineCode | None:
    """Return what is kept of this source for this processor; None if nothing is, or it is damaged."""
    for file in files():
        with suppress(OSError, ValueError, KeyError, TypeError):
            head, code = file.read_bytes().split(b"\n", 1)
            about = json.loads(head)
            if (about["source"], about["sha256"]) == (source(), sha256(code).hexdigest()):
                return MachineCode(about["name"], code)
    return None


def files() -> Iterator[Path]:
    """Yield where machine code may be kept: one file for each installation and kind of processor."""
    parts = str(PACKAGE), sys.platform, llvm.get_default_triple(), llvm.get_host_cpu_name(), _features()
    name = f"loop-{sha256(repr(parts).encode()).hexdigest()[:16]}.o"
    if named := os.environ.get(CACHE_VARIABLE):
        yield Path(named) / name
        return
    yield PACKAGE / "__pycache__" / name
    with suppress(RuntimeError):  # there is no home
        yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fourport" / name


@cache
def source() -> str:
    """Return a name for the state of what is compiled, and of Numba."""
    digest = sha256(version("numba").encode())
    for file in sorted(PACKAGE.glob("*.py")):
        digest.update(file.read_bytes())
    return digest.hexdigest()


@cache
def _target() -> Any:
    """Return LLVM's description of this processor."""
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
