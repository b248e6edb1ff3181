"""Commands. Each is a module of its own, imported when it is asked for."""

from fourport.cli.group import main

__all__ = ["main"]
