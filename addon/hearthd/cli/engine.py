"""Run the engine, and ask about one that runs."""

import asyncio
import logging
import os
import sys
import threading

from hearthd.cli.output import refuse, say
from hearthd.identity import read_identity, read_token
from hearthd.probe import NoEngineError, ask_engine
from hearthd.settings import Settings

# Who stops a container waits 5 seconds before it is killed.
_LAST_EXIT_SECONDS = 4.5
# These write whole headers and signed addresses into their logs, and with them keys.
_TALKATIVE = ("httpx", "httpcore", "httpx2", "httpcore2", "huggingface_hub")


def run_engine(settings: Settings) -> int:
    """Serve until asked to stop."""
    # Only this command needs the web framework, which takes a while to import.
    from hearthd.api import EngineServer, create_app  # noqa: PLC0415 - the reason stands above
    from hearthd.api.server import listen  # noqa: PLC0415 - the reason stands above
    from hearthd.engine.embedding import RoleEmbedder  # noqa: PLC0415 - the reason stands above
    from hearthd.engine.opening import open_table  # noqa: PLC0415 - the reason stands above
    from hearthd.library.library import Library  # noqa: PLC0415 - the reason stands above
    from hearthd.models.daily_check import DailyCheck  # noqa: PLC0415 - the reason stands above
    from hearthd.models.store import open_store  # noqa: PLC0415 - the reason stands above

    logging.basicConfig(
        level=settings.log_level.upper(), format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr
    )
    for library in _TALKATIVE:
        logging.getLogger(library).setLevel(logging.WARNING)
    identity = read_identity(settings)
    try:
        listener = listen(settings.host, settings.port)
    except (OSError, OverflowError) as err:
        reason = err.strerror if isinstance(err, OSError) else err
        return refuse(f"cannot listen on {settings.host} port {settings.port}: {reason}", status=1)
    store = open_store(settings)
    table = open_table(settings, store)
    known = Library(
        settings.data / "library",
        RoleEmbedder(table),
        chroma_url=settings.chroma_url,
        registry=table.metrics.registry,
    )
    app = create_app(table, store, known, identity, settings)
    server = EngineServer(app, table, known, _exit_soon, DailyCheck(store))
    asyncio.run(server.serve([listener]))
    return 0


def print_token(settings: Settings) -> int:
    """Print the token."""
    say(read_token(settings))
    return 0


def check(settings: Settings) -> int:
    """Ask a running engine how it fares; one with a failed model still runs."""
    try:
        say(ask_engine(settings))
    except NoEngineError as err:
        return refuse(str(err), status=1)
    return 0


def _exit_soon() -> None:
    """Have the process end in a moment, whatever a native library is in the middle of."""
    last_exit = threading.Timer(_LAST_EXIT_SECONDS, os._exit, (0,))
    last_exit.daemon = True
    last_exit.start()
