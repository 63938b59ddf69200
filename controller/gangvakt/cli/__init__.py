"""The command `gangvakt`."""

from gangvakt.cli.app import main

__all__ = ["main"]
