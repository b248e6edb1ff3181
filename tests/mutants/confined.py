"""Run commands in a process of their own, each with bounded time and memory."""

from __future__ import annotations

import os
import resource
import signal
import traceback
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Self

from click.testing import CliRunner

from fourport.cli import main

SECONDS = 10
"""Seconds of processor time."""
HANGING = 120
"""Seconds after which a command is ended that has used none in as long."""
MEMORY = 1 << 30
"""Bytes beyond what the process has when the command begins."""

FINE = (0, 1, 2)
"""Exit codes of results, findings and errors in the input."""


@dataclass(frozen=True)
class Ending:
    """How a command ended.

    Attributes
    ----------
    code
        Exit code; the negative number of the signal that killed its process.
    text
        Its output and errors; "" if it was killed.
    seconds
        Processor time.
    """

    code: int
    text: str
    seconds: float

    @property
    def fault(self) -> str:
        """What is wrong with it; "" for a result or a clear error."""
        if self.code in (-signal.SIGXCPU, -signal.SIGKILL):
            return f"took more than {SECONDS} s" if self.code == -signal.SIGXCPU else "hung"
        if "Traceback (most recent call last)" in self.text:
            return "a traceback"
        if self.code not in FINE:
            return f"exit code {self.code}"
        if "not enough memory" in self.text:
            return f"took more than {MEMORY >> 20} MiB"
        if self.code == 2 and not self.text.strip():
            return "an error without a word"
        return ""


class Commands:
    """Runs commands one after the other in a fork of this process, and in another one after a bad ending.

    A fork for each command would take longer than most commands do. Use it as a context.
    """

    def __init__(self) -> None:
        self._pid = 0
        self._pipe: Connection
        self._used = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, wrong: object, *_: object) -> None:
        if wrong is not None and self._pid:  # it may be in the midst of a command that hangs
            os.kill(self._pid, signal.SIGKILL)
        self._end()

    def run(self, words: Sequence[str]) -> Ending:
        """Run a command."""
        if not self._pid:
            self._begin()
        try:
            self._pipe.send([*words])
            used = -1.0
            while not self._pipe.poll(HANGING):
                if (now := _used_by(self._pid)) == used:
                    os.kill(self._pid, signal.SIGKILL)
                    break
                used = now  # on a busy machine a command may wait long for its turn
            ending = Ending(*self._pipe.recv())
        except (EOFError, BrokenPipeError):  # also if it was killed after its last answer
            before = self._used
            code = self._end()
            return Ending(code, "", self._used - before)
        self._used += ending.seconds
        if ending.fault:
            self._end()
        return ending

    def _begin(self) -> None:
        """Start the process."""
        self._pipe, theirs = Pipe()
        self._used = 0.0
        self._pid = os.fork()
        if not self._pid:
            self._pipe.close()
            _serve(theirs)
        theirs.close()

    def _end(self) -> int:
        """End the process if it has not ended; return its exit code."""
        if not self._pid:
            return 0
        self._pipe.close()
        _, status, used = os.wait4(self._pid, 0)
        self._pid, self._used = 0, used.ru_utime + used.ru_stime
        return os.waitstatus_to_exitcode(status)


def command(words: Sequence[str]) -> Ending:
    """Run a single command."""
    with Commands() as commands:
        return commands.run(words)


def _processor_time(of: int = resource.RUSAGE_SELF) -> float:
    """Return the processor time of this process, or of those it has waited for, s."""
    used = resource.getrusage(of)
    return used.ru_utime + used.ru_stime


def _used_by(process: int) -> float:
    """Return the processor time of a process, and of the processes that it began, s."""
    used = 0.0
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):  # it has ended
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if process in (int(folder.name), int(fields[1])):
                used += sum(map(int, fields[11:15]))
    return used / os.sysconf("SC_CLK_TCK")


def _serve(pipe: Connection) -> None:
    """Run the commands that come, send how each ended, and end the process with the last."""
    code = 70
    try:
        while True:
            try:
                words = pipe.recv()
            except EOFError:
                code = 0
                break
            pipe.send(_ran(words))
    finally:
        os._exit(code)


def _ran(words: Sequence[str]) -> tuple[int, str, float]:
    """Run a command under limits of this process; return its code, what it said and its processor time."""
    before, others, code = _processor_time(), _processor_time(resource.RUSAGE_CHILDREN), 70
    try:
        here = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        _limit(resource.RLIMIT_AS, here + MEMORY)
        _limit(resource.RLIMIT_CPU, int(before) + SECONDS)
        result = CliRunner().invoke(main, [*words], prog_name="fourport")
        text = result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            text += "".join(traceback.format_exception(result.exception))
        code = result.exit_code
    except BaseException:
        text = traceback.format_exc()
    used = _processor_time() - before + _processor_time(resource.RUSAGE_CHILDREN) - others
    return code, text, used


def _limit(what: int, amount: int) -> None:
    """Set a limit that can be raised for the next command."""
    resource.setrlimit(what, (amount, resource.getrlimit(what)[1]))
