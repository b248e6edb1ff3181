"""Damage originals by the number of a mutant, and run a command on each."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from fourport.cli import main
from tests.mutants.confined import Commands, Ending
from tests.mutants.corpus import Original
from tests.mutants.mutate import mutant

HASHES = ("files", "sha256")
"""Entries of a manifest without which files are read unchecked, as those of older versions are."""


@dataclass(frozen=True)
class Mutant:
    """Damaged files, and the command that reads them."""

    number: int
    name: str
    files: Mapping[str, bytes]
    words: tuple[str, ...]

    def write(self, folder: Path) -> None:
        """Write the files into a folder."""
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)

    def run(self, commands: Commands) -> Ending:
        """Run the command in a new folder."""
        with TemporaryDirectory() as folder:
            self.write(Path(folder))
            return commands.run(self.told(folder))

    def told(self, folder: str) -> list[str]:
        """Return the words of the command with files in this folder."""
        return [word.replace("{}", folder) for word in self.words]


def undamaged(originals: Mapping[str, Original]) -> Iterator[Mutant]:
    """Yield the originals as they are, with each of their commands."""
    for name, original in originals.items():
        for words in original.commands:
            yield Mutant(-1, name, original.files, tuple(words))


def warm_up(originals: Mapping[str, Original]) -> None:
    """Run all commands in this process, so that those of its forks find everything loaded.

    Raises
    ------
    AssertionError
        If a command fails although nothing is damaged.
    """
    for one in undamaged(originals):
        with TemporaryDirectory() as folder:
            one.write(Path(folder))
            result = CliRunner().invoke(main, one.told(folder))
            assert result.exit_code == 0, result.output
    gc.collect()
    gc.freeze()  # forks then share what is loaded, and do not go through it


def mutants(originals: Mapping[str, Original], numbers: Iterable[int]) -> Iterator[Mutant]:
    """Yield the mutants of these numbers, each the same whenever it is asked for."""
    for number in numbers:
        random = Random(number)
        name = random.choice([*originals])
        original = originals[name]
        files = dict(original.files)
        if name == "run" and random.random() < 0.5:
            manifest = json.loads(files["manifest.json"])
            kept = {key: value for key, value in manifest.items() if key not in HASHES}
            files["manifest.json"] = json.dumps(kept, indent=2).encode()
        yield Mutant(number, name, mutant(files, random), tuple(random.choice(original.commands)))
