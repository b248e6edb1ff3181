"""The functions of :mod:`scipy.special` that are used, loaded without the rest of that package.

The whole package takes a third of a second, most of it to describe its functions for other libraries of
arrays. The functions themselves are in one compiled module of it.
"""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType

_PACKAGE = "scipy.special"


def _compiled() -> ModuleType:
    """Return SciPy's module of compiled functions; the package where it is loaded, or has no such module."""
    spec = find_spec(_PACKAGE)
    if spec is None or _PACKAGE in sys.modules:
        return import_module(_PACKAGE)
    sys.modules[_PACKAGE] = module_from_spec(spec)  # not executed, so that only the module below is loaded
    try:
        return import_module(f"{_PACKAGE}._ufuncs")
    except ImportError:
        pass
    finally:
        del sys.modules[_PACKAGE]
    return import_module(_PACKAGE)


_FOUND = _compiled()

bdtrik = _FOUND.bdtrik
betaincinv = _FOUND.betaincinv
gammainc = _FOUND.gammainc
gammaincinv = _FOUND.gammaincinv
nctdtrinc = _FOUND.nctdtrinc
ndtr = _FOUND.ndtr
ndtri = _FOUND.ndtri
stdtr = _FOUND.stdtr
stdtrit = _FOUND.stdtrit
