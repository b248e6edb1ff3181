"""Write a file completely or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EIO
from pathlib import Path

BEGUN = ".*.[0-9]*.part"
"""Names of files that are being written, or were by a process that was ended from outside."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Yield a temporary path; rename it to ``path`` on success, delete it on error.

    Raises
    ------
    OSError
        With the name of ``path``, whatever the system refuses.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:  # a full disk names no file, nor does Arrow
        what = os.strerror(error.errno) if error.errno else str(error)
        raise OSError(error.errno or EIO, what, str(path)) from error
    finally:
        temporary.unlink(missing_ok=True)
