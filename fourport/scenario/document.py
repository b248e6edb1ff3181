"""A scenario as its files say."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from fourport.errors import Key, Problem, UserError, printable
from fourport.scenario.listing import Listing
from fourport.scenario.references import new_but_unused, unused_in_base, wrong_names
from fourport.scenario.text import read_text
from fourport.scenario.tree import Lines, Located, Node, refuse


@dataclass
class Document:
    """A scenario as its files say, not yet validated.

    Attributes
    ----------
    tree
        The tree of all files, merged, with their policies.
    problems
        Problems found so far.
    cited
        The source named at each ``source`` tag, with the place of the tag.
    files
        Text of each file, including price lists; a base comes before the files that extend it.
    csv_files
        Those of the files that are price lists or other tables in CSV.
    not_read
        Price lists that are not there, cannot be read or have unknown columns; nothing else is reported of
        them, nor tariffs that are missing.
    listing
        Counts the problems of reading, so that those beyond the first thousand of a section are left out.
    runs
        The section ``run`` as it stands when each file is merged, or when a file over it first has one: a
        date may fit the horizon of the file in which it is written.
    layers
        The tree after each file is merged, with policies.
    there
        Entries of the files that extend no other.
    added
        Entries that overlays add.
    used
        Entries that something refers to in any of the files or their policies.
    checked
        Cache of problems between entries.
    path
        The file that was asked for.
    confined
        Whether its paths were confined.
    pipes
        Those of the files that are no regular files, each with what tells it from others.
    """

    path: Path
    tree: Node
    confined: bool = False
    pipes: dict[Path, object] = field(default_factory=dict)
    problems: list[Located] = field(default_factory=list)
    cited: list[tuple[Key, Lines, Key, str]] = field(default_factory=list)
    files: dict[Path, str] = field(default_factory=dict)
    csv_files: set[Path] = field(default_factory=set)
    not_read: set[str] = field(default_factory=set)
    listing: Listing = field(default_factory=Listing)
    runs: dict[str, Node | None] = field(default_factory=dict)
    layers: list[Node] = field(default_factory=list)
    there: set[Key] = field(default_factory=set)
    added: set[Key] = field(default_factory=set)
    used: set[Key] = field(default_factory=set)
    checked: dict[tuple[Node, ...], list[Problem]] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """All files as read, the base first, each under a comment with its name; price lists as comments."""
        return "".join(f"# {printable(file.name)}\n{self._toml(file)}" for file in self.files)

    def _toml(self, file: Path) -> str:
        lines = self.files[file].splitlines() if file in self.csv_files else None
        return self.files[file] if lines is None else "".join(f"# {line}\n" for line in lines)

    def is_current(self) -> bool:
        """True if the files have not changed since they were read; a pipe, read once, is not read again."""
        try:
            return all(
                pipe_at(file) == self.pipes[file] if file in self.pipes else read_text(file) == text
                for file, text in self.files.items()
            )
        except UserError:
            return False

    @cached_property
    def unused(self) -> Mapping[Key, Callable[[], Problem]]:
        """What says so of the unused entries of the files, by their keys."""
        return {
            **unused_in_base(self.there, self.used, self.tree),
            **new_but_unused(self.added, self.used, self.tree),
        }

    def note_wrong_names(self) -> None:
        """Note the names that are not allowed, as far as their section is listed."""
        wrong = (one for one in wrong_names(self.tree) if self.listing.lists(one.key))
        self.problems += self.tree.locate(wrong)

    def refuse(self) -> None:
        """Raise UserError if problems were found."""
        refuse(self.problems)


def pipe_at(path: Path) -> object:
    """Return what tells a pipe or a device from others; None for a file that can be read again."""
    try:
        found = path.stat()
    except OSError:
        return None
    return None if stat.S_ISREG(found.st_mode) else (found.st_dev, found.st_ino)
