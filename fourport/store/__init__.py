"""Results on disk: the folder of a run; the columns of its tables are in ``headers``."""

from fourport.store.folder import Run, whole_file

__all__ = ["Run", "whole_file"]
