"""Shards of one command, put together in a folder in which the same command goes on."""

from __future__ import annotations

import pickle
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from fourport import __version__
from fourport.errors import Noted, UserError
from fourport.store.manifest import MANIFEST
from fourport.store.reading import read_json
from fourport.store.unfinished import (
    REMOVED,
    REQUEST,
    SHARD,
    UNFINISHED,
    Unfinished,
    is_idle,
    is_new,
    is_unfinished,
    results_of,
    write_entries,
)
from fourport.store.writing import whole_file
from fourport.study.kept import Vouching
from fourport.study.written import read


@dataclass(frozen=True)
class Shards:
    """Unfinished runs that hold shares of the tasks of one command.

    Attributes
    ----------
    folders
        Their folders.
    command
        The words of the command.
    missing
        Numbers of the shares that are in none of the folders, of ``of``.
    """

    folders: tuple[Path, ...]
    command: tuple[str, ...]
    missing: tuple[int, ...]
    of: int

    @classmethod
    def open(cls, folders: Sequence[Path]) -> Shards:
        """Check the folders.

        Raises
        ------
        UserError
            With all problems: folders without a share, of another command or version, at which a command is
            at work, or with a part that is damaged.
        """
        folders = (*dict.fromkeys(folders),)
        wrong, found = Noted(), [(folder, _entries_of(folder)) for folder in folders]
        known = [(folder, entries) for folder, entries in found if "command" in entries]
        first, its = known[0] if known else (folders[0], {})
        for folder, entries in found:
            for line in _problems(folder, entries, first, its):
                wrong.note(f"{folder}: {line}")
        wrong.refuse()
        of = int(its["of"])
        missing = {*range(1, of + 1)} - {int(entries["number"]) for _, entries in known}
        return cls(folders, (*its["command"],), (*sorted(missing),), of)

    def into(self, out: Path) -> bool:
        """Copy what is finished into a folder that is new or empty, or to which it was copied before.

        Returns
        -------
        bool
            Whether it was new or empty.

        Raises
        ------
        UserError
            If it holds anything else, or a command is at work on it.
        """
        request = self.folders[0] / UNFINISHED / REQUEST
        entries = read_json(request, {})
        new = not out.exists() or (out.is_dir() and is_new(out))
        if not new:
            theirs = read_json(out / UNFINISHED / REQUEST, {}) if is_unfinished(out) else {}
            if theirs.get("request") != entries["request"]:
                raise UserError(f"{out}: holds something else already; allowed: a new or empty folder")
            if not is_idle(out):
                raise UserError(f"{out}: a command is at work on it; allowed: wait for it, or another folder")
        else:
            (out / UNFINISHED).mkdir(parents=True, exist_ok=True)
            write_entries(out / UNFINISHED / REQUEST, {**entries, "begun": uuid4().hex})
        for folder in self.folders:
            # Results last: they vouch for the files.
            for path in [*_files_of(folder), *results_of(folder)]:
                _copy(path, out / path.relative_to(folder))
        return new


def _entries_of(folder: Path) -> Mapping[str, Any]:
    """Return what a folder says of its share: nothing, or a part, if it is none."""
    if not is_unfinished(folder):
        return {}
    entries = read_json(folder / UNFINISHED / REQUEST, {"request": str, "told": str, "version": str})
    if not (folder / UNFINISHED / SHARD).is_file():
        return entries
    shard = read_json(folder / UNFINISHED / SHARD, {"shard": str, "command": list})
    numbers = re.fullmatch(r"(\d+)/(\d+)", str(shard.get("shard")))
    if numbers is None or not shard.get("command"):
        return entries
    return {**entries, "number": numbers[1], "of": numbers[2], "command": shard["command"]}


def _problems(folder: Path, entries: Mapping[str, Any], first: Path, its: Mapping[str, Any]) -> Iterator[str]:
    """Yield what keeps a folder from being put together with the first."""
    if not entries:
        what = "is finished" if (folder / MANIFEST).is_file() else "holds no unfinished results"
        yield f"{what}; allowed: the folder of a command with --shard"
        return
    if "command" not in entries:
        yield "was not begun with --shard; allowed: the same command, which goes on with it"
        return
    if entries["version"] != __version__:
        what = f"is of version {entries['version']}, with which {__version__} does not go on"
        yield f"{what}; allowed: {REMOVED.format(folder)}"
        return
    if entries["request"] != its["request"]:
        theirs, others = entries["told"], its["told"]
        same = "on another scenario, or with other options" if theirs == others else f"not of {others}"
        yield f"is of another command than {first} ({theirs}, {same}); allowed: shards of one command"
    elif entries["of"] != its["of"]:
        yield f"is one of {entries['of']} shards, {first} is one of {its['of']}; allowed: shards I/N of one N"
    if not is_idle(folder):
        yield "a command is at work on it; allowed: wait for it"
        return
    for path in results_of(folder):
        if not _is_whole(folder, path):
            name = path.relative_to(folder)
            yield f"{name} or its rows are damaged; allowed: the shard's command, which computes it again"


def _is_whole(folder: Path, path: Path) -> bool:
    content = Unfinished(folder, "").kept(path.name)
    if content is None:
        return False
    try:
        result = read(content, folder)
    except (pickle.UnpicklingError, AttributeError, ImportError, EOFError, TypeError, ValueError, KeyError):
        return False
    return not isinstance(result, Vouching) or result.is_whole()


def _files_of(folder: Path) -> list[Path]:
    """Return the files that tasks have written: not those that were being written."""
    found = (path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(".part"))
    return sorted(path for path in found if path.relative_to(folder).parts[0] != UNFINISHED)


def _copy(path: Path, to: Path) -> None:
    if to.exists() and to.samefile(path):
        return
    to.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(to) as temporary:
        shutil.copyfile(path, temporary)
