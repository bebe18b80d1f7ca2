"""Stand before every route: check the token, and note each request in the log.

The server is set up for plain HTTP only, so there is no other kind of connection to tell apart.
"""

import hmac
import logging
import time

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearthd.errors import ApiError, ErrorCode

_LOGGER = logging.getLogger(__name__)
OPEN_PATH = "/health"


class BearerGate:
    """Let only those in who hold the token; all but the open path, and before anything else is read."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        """Guard an application."""
        self._app = app
        self._expected = f"bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on or refuse it."""
        if scope["path"] != OPEN_PATH:
            scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
            given = f"{scheme.lower()} {token.strip()}".encode()
            if not hmac.compare_digest(given, self._expected):
                raise ApiError(ErrorCode.INVALID_API_KEY, "The bearer token is missing or wrong.")
        await self._app(scope, receive, send)


class AccessLog:
    """Note method, path, status and duration of each request; never its query, headers or body."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and note how it went."""
        began = time.monotonic()
        status = 0

        async def watched_send(message: Message) -> None:
            """Note the status."""
            nonlocal status
            status = message.get("status", status)
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        finally:
            # A container asks for its health every few seconds.
            level = logging.DEBUG if scope["path"] == OPEN_PATH else logging.INFO
            # The raw path is still escaped, so that nobody writes lines of their own into the log.
            path = scope["raw_path"].decode("latin-1").partition("?")[0]
            _LOGGER.log(level, "%s %s %d %.0f ms", scope["method"], path, status, (time.monotonic() - began) * 1000)
