"""Read the command line and run one of hearthd's programs."""

import argparse
import asyncio
from collections.abc import Sequence
from functools import partial
import logging
import os
from pathlib import Path
import sys
import threading

import httpx

from hearthd import VERSION
from hearthd.identity import read_identity, read_token
from hearthd.settings import Role, Settings, SettingsError, read_settings

_CHECK_SECONDS = 5.0
_WRONG_USE = 2
# Who stops a container waits 5 seconds before it is killed.
_LAST_EXIT_SECONDS = 4.5
_FLAGS = {
    "data": ("DIR", "folder for the token and the engine's own files"),
    "host": ("ADDRESS", "address to listen on (127.0.0.1)"),
    "port": ("PORT", "port to listen on (8765); 0 takes a free one and prints it"),
    "token": ("TOKEN", "bearer token that clients must show, instead of the one kept in the data folder"),
    "context_length": ("TOKENS", "tokens that a local model may keep in mind"),
    "threads": ("N", "processor threads for local models"),
    "max_queue": ("N", "requests that may wait for a model (8)"),
    "max_body": ("BYTES", "largest request body (4194304)"),
    "log_level": ("LEVEL", "debug, info, warning or error"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run hearthd with the given arguments, or the process's own, and return its exit status."""
    given = _parser().parse_args(arguments)
    try:
        settings = read_settings(vars(given), given.model, os.environ, given.options)
        return int(given.run(settings))
    except SettingsError as err:
        return _refuse(str(err))
    except BrokenPipeError:
        # Whoever read our output has had enough of it.
        return 1


def _parser() -> argparse.ArgumentParser:
    """Describe the command line; values are checked with the other sources of settings."""
    shared = argparse.ArgumentParser(add_help=False)
    for name, (value, words) in _FLAGS.items():
        shared.add_argument(f"--{name.replace('_', '-')}", metavar=value, help=words)
    shared.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="[ROLE=]REF",
        help="model for a role (router, fast, reasoning, embedding; fast if none is named): path.gguf, "
        "http(s)://host[:port]/v1#model or scripted:path.json; may be repeated",
    )
    shared.add_argument("--options", type=Path, metavar="FILE", help="options file (/data/options.json if it is there)")
    parser = argparse.ArgumentParser(prog="hearthd", description="Hearth's engine: language models for one home.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, words in (
        ("engine", _run_engine, "serve the models"),
        ("token", _print_token, "print the token that clients need"),
        ("models", _print_models, "list the roles and what serves them"),
        ("check", _check, "ask whether an engine runs at the host and port; exit 0 if so"),
    ):
        commands.add_parser(name, parents=[shared], help=words, description=words).set_defaults(run=run)
    return parser


def _run_engine(settings: Settings) -> int:
    """Serve until asked to stop."""
    # Only this command needs the web framework, which takes a while to import.
    from hearthd.api import EngineServer, create_app  # noqa: PLC0415 - the reason stands above
    from hearthd.api.server import listen  # noqa: PLC0415 - the reason stands above
    from hearthd.engine.roles import RoleTable, open_backend  # noqa: PLC0415 - the reason stands above

    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    # These two write whole headers into their logs, and with them keys.
    for library in ("httpx", "httpcore"):
        logging.getLogger(library).setLevel(logging.WARNING)
    identity = read_identity(settings)
    try:
        listener = listen(settings.host, settings.port)
    except (OSError, OverflowError) as err:
        reason = err.strerror if isinstance(err, OSError) else err
        return _refuse(f"cannot listen on {settings.host} port {settings.port}: {reason}", status=1)
    table = RoleTable(settings.models, partial(open_backend, settings=settings))
    server = EngineServer(create_app(table, identity, settings), table, _exit_soon)
    asyncio.run(server.serve([listener]))
    return 0


def _exit_soon() -> None:
    """Have the process end in a moment, whatever a native library is in the middle of."""
    last_exit = threading.Timer(_LAST_EXIT_SECONDS, os._exit, (0,))
    last_exit.daemon = True
    last_exit.start()


def _print_token(settings: Settings) -> int:
    """Print the token."""
    print(read_token(settings))  # noqa: T201 - the program's output
    return 0


def _print_models(settings: Settings) -> int:
    """Print what serves each role."""
    for role in Role:
        ref = settings.models.get(role)
        print(f"{role:10} {f'{ref.kind:9} {ref}' if ref else '-'}")  # noqa: T201 - the program's output
    return 0


def _check(settings: Settings) -> int:
    """Ask a running engine how it fares; one with a failed model still runs."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(settings.host, settings.host)  # noqa: S104 - asked, not bound
    url = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/health"
    try:
        with httpx.Client(trust_env=False, timeout=_CHECK_SECONDS) as client:
            health = client.get(url).raise_for_status().json()
        print(health["status"])  # noqa: T201 - the program's output
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as err:
        return _refuse(f"no engine answers at {url} ({type(err).__name__})", status=1)
    return 0


def _refuse(message: str, status: int = _WRONG_USE) -> int:
    """Say in one line why nothing was done."""
    print(f"hearthd: {message}", file=sys.stderr)  # noqa: T201 - the program's output
    return status
