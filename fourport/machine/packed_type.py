"""How compiled code finds arrays through one address, and how it counts their entries.

Numba would hand each array of a named tuple over as seven numbers or more, so that each function of the loop
had some 700 arguments, which took a quarter of the time to compile. Here it has the address of a list of
numbers: address and shape of each array, as :class:`fourport.machine.packed.Packed` writes it.
"""

# What is taken from Numba here has no types.
# mypy: disable-error-code="no-untyped-call, untyped-decorator, attr-defined"

from __future__ import annotations

import operator
from functools import cache
from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import intrinsic, lower_builtin, models, register_model
from numba.np.arrayobj import (
    getitem_array_tuple,
    getitem_arraynd_intp,
    load_item,
    make_array,
    populate_array,
    store_item,
)
from numba.np.numpy_support import from_dtype

from fourport.machine.packed import kinds_of

_WORD = ir.IntType(64)


class CountedType(types.Array):
    """The type of such an array, whose entries and rows are counted from the start only: none is at -1.

    Python counts numbers below 0 from the end. A test of each index took a seventh of the time of the loop,
    and half of that of reading milestones, which cannot be done several rows at a time with it. A row is an
    array as Numba has it, in which -1 is the last entry.
    """

    def __init__(self, dtype: types.Type, dimensions: int) -> None:
        super().__init__(dtype, dimensions, "C")


register_model(CountedType)(models.ArrayModel)


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
        self.fields: dict[str, tuple[CountedType, int]] = {}
        place = 0
        for field, (dtype, dimensions) in kinds_of(arrays).items():
            self.fields[field] = CountedType(from_dtype(dtype), dimensions), place
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


@lower_builtin(operator.getitem, CountedType, types.Integer)
@lower_builtin(operator.getitem, CountedType, types.BaseTuple)
def _get(context: Any, builder: Any, signature: Any, given: Any) -> Any:
    """Lower the reading of an entry or a row."""
    row: Any
    counted: Any
    array_type, of = signature.args
    if not isinstance(signature.return_type, types.Array):
        return load_item(context, builder, array_type, _place(context, builder, signature, given))
    row, counted = getitem_arraynd_intp, types.uintp
    if isinstance(of, types.BaseTuple):
        row, counted = getitem_array_tuple, types.UniTuple(counted, len(of))
    place = context.cast(builder, given[1], of, counted)  # What has no sign is not counted from the end.
    return row(context, builder, signature.replace(args=(array_type, counted)), (given[0], place))


@lower_builtin(operator.setitem, CountedType, types.Integer, types.Any)
@lower_builtin(operator.setitem, CountedType, types.BaseTuple, types.Any)
def _set(context: Any, builder: Any, signature: Any, given: Any) -> None:
    """Lower the writing of an entry."""
    array_type, _, of = signature.args
    value = context.cast(builder, given[2], of, array_type.dtype)
    store_item(context, builder, array_type, value, _place(context, builder, signature, given))


def _place(context: Any, builder: Any, signature: Any, given: Any) -> Any:
    """Return the address of an entry."""
    array_type, of = signature.args[:2]
    kinds, places = (of,), (given[1],)
    if isinstance(of, types.BaseTuple):
        kinds, places = of.types, cgutils.unpack_tuple(builder, given[1], len(of))
    if len(kinds) != array_type.ndim:
        raise NotImplementedError("compiled code writes one entry of an array at a time")
    counted = [context.cast(builder, *one, types.intp) for one in zip(places, kinds, strict=True)]
    array = make_array(array_type)(context, builder, given[0])
    looked_at = context.enable_boundscheck  # if NUMBA_BOUNDSCHECK is set
    return cgutils.get_item_pointer(context, builder, array_type, array, counted, boundscheck=looked_at)
