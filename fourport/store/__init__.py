"""Storage of results: the folder of a run. ``tables`` describes its tables."""

from fourport.store.folder import Run, titles_of, whole_file
from fourport.store.in_memory import InMemory

__all__ = ["InMemory", "Run", "titles_of", "whole_file"]
