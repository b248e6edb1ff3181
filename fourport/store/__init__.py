"""Results on disk: the folder of a run; what its tables hold is in ``tables``."""

from fourport.store.folder import InMemory, Run, whole_file

__all__ = ["InMemory", "Run", "whole_file"]
