"""Storage of results: the folder of a run. ``tables`` describes its tables."""

from fourport.store.folder import Run, is_run
from fourport.store.in_memory import InMemory
from fourport.store.manifest import titles_of
from fourport.store.writing import whole_file

__all__ = ["InMemory", "Run", "is_run", "titles_of", "whole_file"]
