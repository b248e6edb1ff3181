"""Results on disk: the folder of a run; what its tables hold is in ``tables``."""

from fourport.store.folder import Run, whole_file
from fourport.store.memory import InMemory

__all__ = ["InMemory", "Run", "whole_file"]
