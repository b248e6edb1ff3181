"""How the functions of the loop are compiled: all of them into one."""

# What is taken from Numba here has no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numba
from numba.core.codegen import JITCodeLibrary
from numba.core.compiler import Compiler

F = TypeVar("F", bound=Callable[..., Any])

OPTIONS: dict[str, Any] = {"_nrt": False, "nogil": True, "error_model": "numpy"}
"""Options of every compiled function. ``_nrt`` leaves out the counting of references to arrays, which took 20
times as long as all the rest."""


class _Part(JITCodeLibrary):
    """Code of a function that is only compiled into others.

    Numba would optimise it, with all that it calls, and make machine code of it. That took a quarter of the
    time to compile, and the loop is optimised as a whole at the end anyway. A version of Numba that does not
    call what is left out here compiles the same in more time.
    """

    @property
    def codegen(self) -> Any:
        """What is asked to put ``environment`` of a function into machine code: there is none."""
        return self

    def set_env(self, name: str, environment: object) -> None:
        """Leave out the environment of a function, which serves its calls of Python."""

    def get_pointer_to_function(self, name: str) -> int:
        """Return that there is no machine code."""
        return 0

    def _optimize_functions(self, module: Any) -> None:
        module.data_layout = self._codegen._data_layout

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalized = True


class _PartCompiler(Compiler):
    def define_pipelines(self) -> Any:
        """Compile as usual into a :class:`_Part`."""
        self.state.library = _Part(self.state.targetctx.codegen(), self.state.func_id.func_qualname)
        return super().define_pipelines()


def inlined(function: F) -> F:
    """Compile a function into its callers."""
    njit: Any = numba.njit  # Numba's own types do not know all of its options.
    made: F = njit(
        function,
        pipeline_class=_PartCompiler,
        forceinline=True,
        no_cpython_wrapper=True,
        no_cfunc_wrapper=True,
        **OPTIONS,
    )
    return made


def outermost(function: Callable[..., Any], *, cache: bool) -> Any:
    """Compile the function that Python calls, and keep it on disk if asked to."""
    njit: Any = numba.njit
    return njit(function, cache=cache, no_cfunc_wrapper=True, **OPTIONS)
