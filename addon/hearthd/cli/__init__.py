"""hearthd's command line: one program, a module for each group of its commands."""

from hearthd.cli.program import main

__all__ = ["main"]
