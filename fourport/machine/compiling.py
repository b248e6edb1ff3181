"""How a function is compiled: all that it calls becomes a part of it."""

# What is taken from Numba here has no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core import types
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler
from numba.core.compiler_lock import global_compiler_lock

from fourport.machine.packed_type import type_of

if vars(numba.config)["DISABLE_JIT"]:
    raise ImportError("NUMBA_DISABLE_JIT is set")

njit: Any = numba.njit  # Numba's own types do not know all of its options.

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {
    "_nrt": False,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}
"""Options of every compiled function. ``_nrt`` leaves out the counting of references to arrays, which took 20
times as long as all the rest."""


class _Code(JITCodeLibrary):
    """Code of a function that Numba compiles but does not load into this process."""

    @property
    def codegen(self) -> Any:
        """What is asked to put ``environment`` of a function into machine code: there is none."""
        return self

    def set_env(self, name: str, environment: object) -> None:
        """Leave out the environment of a function, which serves its calls of Python."""

    def get_pointer_to_function(self, name: str) -> int:
        """Return that there is no machine code."""
        return 0

    def _finalize_final_module(self) -> None:
        self._finalized = True


class _Part(_Code):
    """Code of a function that is only compiled into others.

    Numba would optimise it, with all that it calls. That took a quarter of the time to compile, and the
    whole is optimised at the end anyway. A version of Numba that does not call what is left out here
    compiles the same in more time.
    """

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass


def _compiler_into(library: type[_Code]) -> type[Compiler]:
    """Return a compiler as usual, but into ``library``."""

    class Into(Compiler):
        def define_pipelines(self) -> Any:
            self.state.library = library(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
            return super().define_pipelines()

    return Into


_INTO_A_PART, _INTO_CODE = _compiler_into(_Part), _compiler_into(_Code)


def inlined(function: F) -> F:
    """Compile a function into its callers."""
    made: F = njit(function, pipeline_class=_INTO_A_PART, forceinline=True, **OPTIONS)
    return made


def compiled(function: Callable[..., None], takes: tuple[type, ...]) -> tuple[str, str]:
    """Return name and code, for LLVM, of a function of named tuples of arrays and whole numbers."""
    dispatcher = njit(function, pipeline_class=_INTO_CODE, **OPTIONS)
    dispatcher.compile(tuple(types.int64 if one is int else type_of(one) for one in takes))
    (made,) = dispatcher.overloads.values()
    with global_compiler_lock:
        made.library.finalize()
    return made.fndesc.llvm_func_name, made.library.get_llvm_str()
