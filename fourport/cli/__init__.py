"""The commands. Each is a module, imported when it is used."""

from fourport.cli.group import main

__all__ = ["main"]
