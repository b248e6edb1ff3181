"""Tests of fourport, and what holds for all processes that they run in or start."""

import os
import sys

# As in the commands, NumPy starts no threads: on a few cores, they would mostly wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Each of many processes would otherwise compile all modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

FEWER_EXAMPLES = int(os.environ.get("FOURPORT_TESTS_FEWER_EXAMPLES", "1"))
"""Tests of random cases take one in so many of their examples where they are run again, as in a recipe."""
