"""Temporary folders, and those that are left of processes that were killed."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "fourport-"
JUST_MADE = 60.0
"""Seconds after which a folder without a lock is not about to be locked."""


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Yield a new folder, which is removed at the end; while it is in use it is locked, so that others know.

    The system frees the lock however the process ends, but leaves the folder if it was killed.
    """
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        if sys.platform == "win32":  # no such lock; what is left is not told from what is in use
            yield Path(name)
            return
        import fcntl

        lock = os.open(name, os.O_RDONLY)
        try:
            with suppress(OSError):  # a file system without locks
                fcntl.flock(lock, fcntl.LOCK_SH)
            yield Path(name)
        finally:
            os.close(lock)


def abandoned_folders() -> Iterator[Path]:
    """Yield the temporary folders of this user that no process uses any more, as far as the system tells."""
    if sys.platform == "win32":
        return
    import fcntl

    for path in sorted(Path(tempfile.gettempdir()).glob(f"{PREFIX}*")):
        with suppress(OSError):  # gone meanwhile, or locked
            told = path.lstat()
            if not path.is_dir() or path.is_symlink() or told.st_uid != os.getuid():
                continue
            if time.time() - told.st_mtime < JUST_MADE:
                continue
            lock = os.open(path, os.O_RDONLY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            finally:
                os.close(lock)
            yield path
