"""What a command at work on a run has finished, so that after a failure the same command goes on from there.

While a run is made its folder holds ``.unfinished/``::

    request.json   what is asked for, of which only the same command may go on
    shard.json     which share of the tasks is done here, and of which command, if it is but a share
    lock           held by the process at work; the system frees it however the process ends
    *              the result of each finished task, by a hash of the task, with a hash of the result

The folder goes at the end, when the run has a manifest and its charts.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from fourport import __version__
from fourport.errors import UserError
from fourport.store.reading import read_json, sha256_of
from fourport.store.temporary import abandoned_folders
from fourport.store.writing import whole_file

UNFINISHED = ".unfinished"
REQUEST, LOCK, SHARD = "request.json", "lock", "shard.json"
REMOVED = "fourport clean {} removes what is there"
CODEC, LEVEL = "zstd", -1
"""Results of weihai-customs are packed to 38 % of their size, those of weihai-2019 to 60 %.

The default level would pack them to 3 points less, and take about half as long again."""
PATIENCE = 5.0
"""Seconds to wait for a lock: processes of a program that was killed need a moment to end."""


class OtherRequest(UserError):
    """Raised for a folder that something else was begun in than what is asked for."""


_HELD: dict[Path, int] = {}
"""Locks of this process: what was interrupted in it may hold its lock until memory is freed."""


class Unfinished:
    """The results of finished tasks of a run that is being made.

    Parameters
    ----------
    run
        Folder of the run.
    request
        Digest of everything that decides the results.
    """

    def __init__(self, run: Path, request: str) -> None:
        self.run = run
        self.request = request
        self.begun = ""
        """What tells this folder from one of the same name, and for the same request, on another machine."""
        self._lock: int | None = None

    @property
    def folder(self) -> Path:
        """The folder of the results."""
        return self.run / UNFINISHED

    @classmethod
    def begin(cls, run: Path, request: str, told: str) -> Unfinished:
        """Begin in an empty folder, or go on in one that the same command has begun.

        Parameters
        ----------
        told
            The request in words.

        Raises
        ------
        UserError
            If another command, or another version, has begun the folder, or a process is at work on it.
        """
        found = cls(run, request)
        path = found.folder / REQUEST
        if path.exists():
            _refuse_other(run, _entries(run), request, told)
        found.folder.mkdir(exist_ok=True)
        found._acquire(run)
        for left in parts(run):  # of a process that was killed
            left.unlink()
        if not path.exists():
            begun = uuid4().hex
            write_entries(path, {"request": request, "told": told, "version": __version__, "begun": begun})
        found.begun = str(read_json(path, {}).get("begun", ""))
        return found

    def note_shard(self, shard: str, command: Sequence[str]) -> None:
        """Note that a share of the tasks is done here, and the words of the command whose tasks they are."""
        write_entries(self.folder / SHARD, {"shard": shard, "command": [*command]})

    def _acquire(self, run: Path) -> None:
        """Take the lock, and write into it who has it."""
        if sys.platform == "win32":  # no such lock; two processes are not told of each other
            return
        import fcntl

        if (abandoned := _HELD.pop(self.folder.resolve(), None)) is not None:
            os.close(abandoned)
        self._lock = os.open(self.folder / LOCK, os.O_RDWR | os.O_CREAT, 0o666)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() > end:
                    who = os.pread(self._lock, 200, 0).decode(errors="replace").strip() or "unknown"
                    self.release()
                    what = f"another command is at work on it ({who})"
                    raise UserError(f"{run}: {what}; allowed: wait for it, or another folder") from None
                time.sleep(0.1)
        _HELD[self.folder.resolve()] = self._lock
        os.truncate(self._lock, 0)
        os.pwrite(self._lock, f"process {os.getpid()} on {socket.gethostname()}\n".encode(), 0)

    def release(self) -> None:
        """Free the lock; the folder stays."""
        lock, self._lock = self._lock, None
        if lock is not None:
            if _HELD.get(self.folder.resolve()) == lock:
                del _HELD[self.folder.resolve()]
            os.close(lock)

    def is_here(self) -> bool:
        """Return whether this process sees the folder: on another machine it may not."""
        with suppress(OSError, ValueError, AttributeError):
            found = json.loads((self.folder / REQUEST).read_bytes())
            return (found.get("request"), found.get("begun")) == (self.request, self.begun)
        return False

    def keep(self, task: str, content: bytes) -> None:
        """Keep the result of a task."""
        import pyarrow as pa

        packed = pa.Codec(CODEC, compression_level=LEVEL).compress(content, asbytes=True)
        with whole_file(self.folder / task) as temporary:
            temporary.write_bytes(f"{sha256_of(packed)} {len(content)}\n".encode() + packed)

    def keeps(self, task: str) -> bool:
        """Return whether the result of a task is there, damaged or not."""
        return (self.folder / task).is_file()

    def kept(self, task: str) -> bytes | None:
        """Return the result of a task; None if there is none, or it is damaged."""
        try:
            head, _, packed = (self.folder / task).read_bytes().partition(b"\n")
        except FileNotFoundError:
            return None
        sha256, _, size = head.decode(errors="replace").partition(" ")
        if sha256 != sha256_of(packed) or not size.isdecimal():
            return None
        import pyarrow as pa

        content: bytes = pa.decompress(packed, int(size), codec=CODEC, asbytes=True)
        return content

    def remove(self) -> None:
        """Remove everything, once the run is complete or given up."""
        self.release()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __getstate__(self) -> dict[str, object]:
        """Return what another process needs, which may be in another folder: not the lock."""
        return {**self.__dict__, "run": self.run.absolute(), "_lock": None}


def write_entries(path: Path, entries: Mapping[str, object]) -> None:
    """Write a JSON object."""
    with whole_file(path) as temporary:
        temporary.write_text(json.dumps(entries, indent=1) + "\n", encoding="utf-8")


def _entries(run: Path) -> Mapping[str, object]:
    """Return what is asked for in an unfinished run.

    Raises
    ------
    OtherRequest
        If that is damaged, so that no command can go on with it.
    """
    path = run / UNFINISHED / REQUEST
    try:
        return read_json(path, {})
    except UserError as error:
        damaged = "; ".join(error.lines).removesuffix("; run it again")
        raise OtherRequest(f"{damaged}; allowed: {REMOVED.format(run)}, or a new or empty folder") from None


def _refuse_other(run: Path, entries: Mapping[str, object], request: str, told: str) -> None:
    if entries.get("request") == request:
        return
    remedy = f"a new or empty folder; {REMOVED.format(run)}"
    if entries.get("version") != __version__:
        what = f"version {entries.get('version', 'unknown')}, with which {__version__} does not go on"
        raise OtherRequest(f"{run}: holds unfinished results of {what}; allowed: {remedy}")
    theirs = entries.get("told", "unknown")
    what = f"another command ({theirs}), not of this one ({told})"
    if theirs == told:
        what = f"this command ({told}) on a scenario, or with options, that have changed since"
    raise OtherRequest(
        f"{run}: holds unfinished results of {what}; allowed: the other one, which goes on, or {remedy}"
    )


def is_unfinished(run: Path) -> bool:
    """Return whether a folder holds a run that was begun and not completed."""
    return (run / UNFINISHED / REQUEST).is_file()


def is_new(run: Path) -> bool:
    """Return whether a folder is empty, or holds no more than a command that was killed as it began."""
    kept = run / UNFINISHED
    begun = (path.name == LOCK or path.match(f".{REQUEST}.*.part") for path in kept.glob("*"))
    return all(path == kept for path in run.iterdir()) and all(begun)


def is_idle(run: Path) -> bool:
    """Return whether no command is at work on an unfinished run, as far as the system tells."""
    if sys.platform == "win32":
        return False
    import fcntl

    if (run / UNFINISHED).resolve() in _HELD:
        return True
    with suppress(OSError), (run / UNFINISHED / LOCK).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False


def tasks_kept(run: Path) -> int:
    """Return the number of tasks of an unfinished run whose results are kept."""
    return len(results_of(run))


def results_of(run: Path) -> list[Path]:
    """Return the files of an unfinished run that hold results of tasks."""
    return sorted(
        path for path in (run / UNFINISHED).glob("[!.]*") if path.name not in (REQUEST, LOCK, SHARD)
    )


def told_of(run: Path) -> str:
    """Return what an unfinished run is, in words."""
    with suppress(OtherRequest, FileNotFoundError):
        return str(_entries(run).get("told", "unknown"))
    return "unknown"


def parts(folder: Path) -> Iterator[Path]:
    """Yield the files in a folder and below it that were being written when a process was killed."""
    for path in sorted(folder.rglob(".*.part")):
        if path.is_file():
            yield path


@dataclass(frozen=True)
class Leftover:
    """A folder or file that a command has left which was killed, and what it is, in words."""

    path: Path
    told: str


def leftovers_of(folder: Path) -> Iterator[Leftover]:
    """Yield what commands that were killed have left in a folder and below it.

    A run with a manifest is finished, and only what was kept to go on with it is left over. Temporary folders
    are elsewhere.
    """
    told_already = []
    for kept in sorted(folder.rglob(UNFINISHED)):
        run = kept.parent
        if (kept / LOCK).exists() and not is_idle(run):
            told_already.append(run)
        elif (run / "manifest.json").is_file():
            yield Leftover(kept, "is left of a run that is finished")
        else:
            told_already.append(run)
            yield Leftover(run, f"is not finished ({told_of(run)})")
    for path in parts(folder):
        if path.exists() and not any(path.is_relative_to(run) for run in told_already):
            yield Leftover(path, "was being written")
    for path in abandoned_folders():
        yield Leftover(path, "is a temporary folder that no command uses")


def remove(path: Path) -> None:
    """Remove a file, or a folder with all that it holds."""
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink()
