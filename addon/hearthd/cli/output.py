"""Speak to whoever typed a command: what was asked for on stdout, what went wrong in one line on stderr."""

import sys

WRONG_USE = 2
RESTART = "An engine that runs now keeps its models until it is restarted; in Home Assistant the change is at once."


def say(text: str) -> None:
    """Print what was asked for."""
    print(text, flush=True)  # noqa: T201 - the program's output


def refuse(message: str, status: int = WRONG_USE) -> int:
    """Say in one line why nothing was done, and return the exit status for it."""
    print(f"hearthd: {message}", file=sys.stderr)  # noqa: T201 - the program's output
    return status
