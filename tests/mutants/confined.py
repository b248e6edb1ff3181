"""Run a command in a process of its own, with bounded time and memory."""

from __future__ import annotations

import os
import resource
import select
import signal
import sys
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner

from fourport.cli import main

SECONDS = 10
"""Seconds of processor time."""
HANGING = 120
"""Seconds after which a command is ended that uses none."""
MEMORY = 1 << 30
"""Bytes beyond what the process has when it begins."""

FINE = (0, 1, 2)
"""Exit codes of results, findings and errors in the input."""


@dataclass(frozen=True)
class Ending:
    """How a command ended.

    Attributes
    ----------
    code
        Exit code; the negative number of the signal that killed it.
    text
        Its output and errors.
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


def command(words: Sequence[str]) -> Ending:
    """Run a command in a fork of this process."""
    before = _processor_time()
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(reading)
        _in_child(words, writing)
    os.close(writing)
    end, parts = time.monotonic() + HANGING, []
    while select.select([reading], [], [], max(end - time.monotonic(), 0))[0]:
        if not (part := os.read(reading, 1 << 16)):
            break
        parts.append(part)
    else:
        os.kill(pid, signal.SIGKILL)
    os.close(reading)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return Ending(code, b"".join(parts).decode(errors="replace"), _processor_time() - before)


def _processor_time() -> float:
    """Return the processor time of all commands that have ended, s."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _in_child(words: Sequence[str], writing: int) -> None:
    """Run the command, send what it says, and end the process."""
    code = 70
    try:
        here = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (here + MEMORY, here + MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
        result = CliRunner().invoke(main, [*words], prog_name="fourport")
        text = result.output
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            text += "".join(traceback.format_exception(result.exception))
        code = result.exit_code
    except BaseException:
        text = traceback.format_exc()
    left = text.encode(errors="backslashreplace")
    while left:
        left = left[os.write(writing, left[: 1 << 16]) :]
    sys.stdout.flush()
    os._exit(code)
