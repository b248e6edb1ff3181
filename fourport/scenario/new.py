"""Write a new scenario file from a template (``fourport new``)."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from fourport.errors import UserError
from fourport.scenario import library
from fourport.scenario.load import load


def write_new(file: Path, base: str | None) -> None:
    """Write a small scenario, or one that extends ``base``, to a new file.

    Raises
    ------
    UserError
        If the file exists or cannot be written, or the base is not valid.
    """
    name = re.sub(r"[^a-z0-9]+", "-", file.stem.lower()).strip("-") or "scenario"
    text = library.template("small" if base is None else "overlay")
    if base is None:
        text = text.replace('name = "small"', f'name = "{name}"', 1)
    else:
        loaded = load(base)
        reference = base if library.is_shipped(base) else _from_folder(loaded.path, file)
        if not reference.isprintable():
            raise UserError(f"{reference}: cannot be named in TOML; allowed: a path of printable characters")
        title = f"{name}: {loaded.scenario.title}"
        for word, written in (("BASE", Path(reference).as_posix()), ("NAME", name), ("TITLE", title)):
            text = text.replace(f'"{word}"', json.dumps(written, ensure_ascii=False), 1)
    try:
        with file.open("x", encoding="utf-8") as out:
            out.write(text)
    except FileExistsError:
        raise UserError(f"{file}: is already there and left as it is; allowed: a new file") from None
    except OSError as error:
        raise UserError(f"{file}: cannot be written: {error.strerror or error}") from error


def _from_folder(base: Path, file: Path) -> str:
    """Return the path to the base from the folder of the file."""
    return os.path.relpath(base.resolve(), file.resolve().parent)
