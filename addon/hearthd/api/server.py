"""Listen, load the models and open the library once we do, and end cleanly when asked to."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
import socket
from typing import override

from fastapi import FastAPI
import uvicorn

from hearthd.engine.roles import RoleTable
from hearthd.library.library import Library
from hearthd.models.daily_check import DailyCheck

_CONNECTION_IDLE_SECONDS = 75
_GRACE_SECONDS = 2


class EngineServer(uvicorn.Server):
    """A uvicorn server that owns the models' and the library's lives."""

    def __init__(
        self,
        app: FastAPI,
        table: RoleTable,
        library: Library,
        on_stopping: Callable[[], None] = lambda: None,
        daily_check: DailyCheck | None = None,
    ) -> None:
        """Prepare to serve an application; `on_stopping` is called when the end has begun."""
        super().__init__(
            uvicorn.Config(
                app,
                http="h11",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # Longer than clients keep an idle connection, or one of them would send into a closing one.
                timeout_keep_alive=_CONNECTION_IDLE_SECONDS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._table = table
        self._library = library
        self._on_stopping = on_stopping
        self._daily_check = daily_check

    @override
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        for listener in sockets or ():
            print(f"hearthd engine listening on {_url(listener)}", flush=True)  # noqa: T201 - others wait for it
        self._table.start()
        self._library.start()
        if self._daily_check is not None:
            self._daily_check.start()

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_stopping()
        if self._daily_check is not None:
            self._daily_check.close()
        # Its work waits for a model, so it ends before those.
        await self._library.close()
        await self._table.close()
        await super().shutdown(sockets)

    @override
    @contextmanager
    def capture_signals(self) -> Generator[None]:
        with super().capture_signals():
            yield
            # uvicorn would die by the signal now; who asked us to stop wants to see a clean exit.
            self._captured_signals.clear()


def listen(host: str, port: int) -> socket.socket:
    """Open the socket to serve on; port 0 takes a free one.

    Raises:
        OSError: the address cannot be used.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.create_server((host, port), family=family, backlog=128)
    # asyncio sees to this only for sockets that name their protocol, which this one does not: each reply of two writes
    # would wait for the client's delayed acknowledgement, 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _url(listener: socket.socket) -> str:
    """Return the address of a listening socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
