"""Have memory brought into the caches before it is read, while the loop goes on with something else."""

# What is taken from Numba here has no types.
# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

_BYTE, _FLAG = ir.IntType(8).as_pointer(), ir.IntType(32)
_TO_WRITE, _TO_KEEP, _DATA = _FLAG(1), _FLAG(3), _FLAG(1)


def _fetch(_context: Any, rows: types.Array, number: types.Integer) -> Any:
    """Ask for the begin of a row of a table; LLVM does nothing where a processor cannot be asked."""

    def asked(context: Any, builder: Any, _signature: Any, given: Any) -> Any:
        table = make_array(rows)(context, builder, given[0])
        place = cgutils.get_item_pointer(context, builder, rows, table, [given[1], given[1].type(0)])
        kind = ir.FunctionType(ir.VoidType(), [_BYTE, _FLAG, _FLAG, _FLAG])
        prefetch = builder.module.declare_intrinsic("llvm.prefetch", [_BYTE], kind)
        builder.call(prefetch, [builder.bitcast(place, _BYTE), _TO_WRITE, _TO_KEEP, _DATA])
        return context.get_dummy_value()

    return types.none(rows, number), asked


fetch: Any = intrinsic(_fetch)
"""Asks for row ``number`` of a table of two dimensions."""
