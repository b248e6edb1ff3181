"""How compiled code reads arrays through one address.

Numba would hand each array of a named tuple over as seven numbers or more, so that each function of the loop
had some 700 arguments, which took a quarter of the time to compile. Here it has the address of a list of
numbers: address and shape of each array, as :class:`fourport.machine.packed.Packed` writes it.
"""

# What is taken from Numba here has no types.
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from __future__ import annotations

from functools import cache
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, models, register_model
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

from fourport.machine.packed import kinds_of

_WORD = ir.IntType(64)


class PackedType(types.Type):
    """The type of a named tuple of arrays in compiled code: writable arrays in C order, found as attributes.

    Attributes
    ----------
    fields
        By name, the type of an array, and where its address stands in the list; its shape follows.
    length
        Numbers in the list.
    """

    def __init__(self, arrays: type) -> None:
        self.fields: dict[str, tuple[types.Array, int]] = {}
        place = 0
        for field, (dtype, dimensions) in kinds_of(arrays).items():
            self.fields[field] = types.Array(from_dtype(dtype), dimensions, "C"), place
            place += 1 + dimensions
        self.length = place
        super().__init__(f"{arrays.__module__}.{arrays.__name__}")


@cache
def type_of(arrays: type) -> PackedType:
    """Return the type of a named tuple of arrays."""
    return PackedType(arrays)


register_model(PackedType)(models.OpaqueModel)


def _at_hand(_context: Any, packed: PackedType) -> Any:
    """Copy the list to the stack of a function, whose compiler then makes variables of its numbers.

    Otherwise they are read again after each write to an array, since it might have changed them.
    """

    def copied(_target: Any, builder: Any, _signature: Any, given: Any) -> Any:
        copy = cgutils.alloca_once(builder, ir.ArrayType(_WORD, packed.length))
        cgutils.raw_memcpy(builder, copy, given[0], _WORD(packed.length), _WORD.width // 8)
        return builder.bitcast(copy, given[0].type)

    return packed(packed), copied


at_hand: Any = intrinsic(_at_hand)
"""Copies the list of a :class:`Packed` to the stack of the function that calls it."""


@infer_getattr
class _Fields(AttributeTemplate):
    """Tells the compiler the types of the attributes."""

    key = PackedType

    def generic_resolve(self, packed: PackedType, name: str) -> Any:  # type: ignore[override]
        """Return the type of an attribute; None if there is no such."""
        return packed.fields.get(name, (None,))[0]


@lower_getattr_generic(PackedType)
def _field(context: Any, builder: Any, packed: PackedType, address: Any, name: str) -> Any:
    """Lower an attribute: read address and shape of an array in C order."""
    array_type, place = packed.fields[name]

    def entry(k: int, of: Any) -> Any:
        entries = builder.bitcast(address, of.as_pointer())
        return builder.load(builder.gep(entries, [_WORD(k)], inbounds=True))

    item_type = context.get_data_type(array_type.dtype)
    item_bytes = _WORD(context.get_abi_sizeof(item_type))
    shape = [entry(place + 1 + dimension, _WORD) for dimension in range(array_type.ndim)]
    strides = [item_bytes]
    for length in shape[:0:-1]:
        strides.insert(0, builder.mul(strides[0], length))
    array = make_array(array_type)(context, builder)
    populate_array(
        array,
        data=entry(place, item_type.as_pointer()),
        shape=shape,
        strides=strides,
        itemsize=item_bytes,
        meminfo=None,
    )
    return array._getvalue()
