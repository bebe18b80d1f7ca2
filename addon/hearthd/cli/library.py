"""Look after the library, through the engine that runs, or by itself where none does."""

import argparse
from collections.abc import Callable
from contextlib import closing
import sqlite3
from typing import Any

from hearthd.cli.output import refuse, say
from hearthd.identity import read_token
from hearthd.probe import NoEngineError, ask_engine, call_engine
from hearthd.settings import Settings

_FAILED = 1


def add_library_command(commands: Any, shared: Callable[..., argparse.ArgumentParser]) -> None:
    """Describe the commands; `shared` makes the flags that all commands have."""
    words = "look after the library: what it holds, whether it is sound, and making its indexes anew"
    library = commands.add_parser("library", parents=[shared()], help=words, description=words)
    library.set_defaults(run=run_library)
    actions = library.add_subparsers(dest="action", metavar="ACTION")
    for name, told in (
        ("status", "say how much each collection holds, and whether its vectors are made"),
        ("verify", "check the files, set right what can be, and say what was wrong; exit 1 if anything was"),
        ("rebuild", "read all sources again and make both indexes anew; words find meanwhile what is there"),
    ):
        actions.add_parser(name, parents=[shared(is_repeated=True)], help=told, description=told)


def run_library(given: argparse.Namespace, settings: Settings) -> int:
    """Run one of the commands."""
    try:
        ask_engine(settings)
    except NoEngineError:
        return _run_alone(given.action, settings)
    try:
        return _run_through_engine(given.action, settings)
    except NoEngineError as err:
        return refuse(str(err), _FAILED)


def _run_through_engine(action: str | None, settings: Settings) -> int:
    """Have the engine do it, as the library's files are its own while it runs."""
    method, path = {
        "verify": ("POST", "/v1/collections/verify"),
        "rebuild": ("POST", "/v1/collections/rebuild"),
    }.get(action or "status", ("GET", "/v1/collections"))
    reply = call_engine(settings, read_token(settings), method, path)
    if "error" in reply:
        return refuse(reply["error"]["message"], _FAILED)
    match action:
        case "verify":
            return _tell_problems(reply["problems"])
        case "rebuild":
            say("The engine reads all sources again, in the background.")
        case _:
            _tell_status(reply)
    return 0


def _run_alone(action: str | None, settings: Settings) -> int:
    """Do it to the files, which nobody else uses now."""
    # What opens the files takes a while to import, and a container's health is asked often.
    from hearthd.library.chroma import VectorIndexError  # noqa: PLC0415 - the reason stands above
    from hearthd.library.parts import DATABASE, open_parts  # noqa: PLC0415 - the reason stands above

    folder = settings.data / "library"
    if not (folder / DATABASE).exists():
        say("The library is empty: nothing was given to it yet.")
        return 0
    try:
        with closing(open_parts(folder, settings.chroma_url)) as parts:
            match action:
                case "verify":
                    return _tell_problems(parts.verify())
                case "rebuild":
                    parts.shelf.make_stale()
                    say("The engine will read all sources again when it starts.")
                case _:
                    _tell_status(parts.overview().as_dict())
    except BlockingIOError:
        return refuse("an engine elsewhere has the library open; ask that with --host and --port", _FAILED)
    except (OSError, sqlite3.DatabaseError, VectorIndexError) as err:
        return refuse(f"the library cannot be used: {err}", _FAILED)
    return 0


def _tell_problems(problems: list[str]) -> int:
    """Say what was wrong."""
    for problem in problems:
        say(problem)
    if not problems:
        say("The library is sound.")
    return _FAILED if problems else 0


def _tell_status(reply: dict[str, Any]) -> None:
    """Print what each collection holds."""
    embedding = reply["embedding"]
    say(f"vectors by {embedding['model'] or 'no model yet'}{', being made anew' if embedding['rebuilding'] else ''}")
    if reply["problem"]:
        say(reply["problem"])
    rows = [("COLLECTION", "ITEMS", "PASSAGES", "WITHOUT VECTOR", "BY WORDS ONLY", "UNREADABLE")]
    rows += [
        (one["name"], *(f"{one[name]:,}" for name in ("items", "chunks", "pending", "words_only", "errors")))
        for one in reply["collections"]
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())
