"""Arrays that compiled code reads through one address.

Numba would hand each array of a named tuple over as seven numbers or more, so that each function of the loop
had some 700 arguments, which took a quarter of the time to compile. Here it has the address of a list of
numbers: address and shape of each array.
"""

# What is taken from Numba here has no types.
# mypy: disable-error-code="no-untyped-call, untyped-decorator"

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate, infer_getattr
from numba.extending import NativeValue, intrinsic, models, register_model, unbox
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import from_dtype

_WORD = ir.IntType(64)


class PackedType(types.Type):
    """The type of :class:`Packed` in compiled code: its arrays are attributes.

    Its name has the version of the loop in it. So what was compiled of another version is not taken from the
    cache on disk, which by itself goes by the file of the outermost function only.

    Attributes
    ----------
    fields
        By name, the type of an array, and where its address stands in the list; its shape follows.
    length
        Numbers in the list.
    """

    def __init__(self, name: str, array_types: dict[str, types.Array]) -> None:
        self.fields: dict[str, tuple[types.Array, int]] = {}
        place = 0
        for field, array_type in array_types.items():
            self.fields[field] = array_type, place
            place += 1 + array_type.ndim
        self.length = place
        super().__init__(f"{name}({version()}, {list(array_types.items())})")


class Packed:
    """A named tuple of arrays, handed to compiled code, which finds them as attributes.

    They must stay where they are. Others than writable arrays in C order, of the types that the loop is
    compiled for, give another type, which it refuses.
    """

    def __init__(self, arrays: Any) -> None:
        named: dict[str, Any] = arrays._asdict()
        self._kept = arrays
        numbers = [number for array in named.values() for number in (array.ctypes.data, *array.shape)]
        self._list = np.array(numbers, dtype=np.int64)
        self.address = self._list.ctypes.data
        kinds = tuple((name, array.dtype, array.ndim, array.flags.carray) for name, array in named.items())
        self._numba_type_ = _type_of(type(arrays).__name__, kinds)


@cache
def _type_of(name: str, kinds: tuple[tuple[str, np.dtype[Any], int, bool], ...]) -> PackedType:
    """Return the type of arrays by name, dtype, dimensions, and whether they are as they should be."""
    array_types = {
        field: types.Array(from_dtype(dtype), dimensions, "C" if is_right else "A")
        for field, dtype, dimensions, is_right in kinds
    }
    return PackedType(name, array_types)


@cache
def version() -> str:
    """Return a name for the state of the files of this package."""
    files = sorted(Path(__file__).parent.glob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


register_model(PackedType)(models.OpaqueModel)


@unbox(PackedType)
def _address(_type: Any, packed: Any, c: Any) -> Any:
    """Lower the handing over: the address."""
    number = c.pyapi.object_getattr_string(packed, "address")
    address = c.pyapi.long_as_voidptr(number)
    c.pyapi.decref(number)
    return NativeValue(address)


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
