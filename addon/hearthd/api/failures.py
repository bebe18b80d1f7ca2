"""Turn every failure into the one error shape, at one place."""

import json
import logging
import math
from typing import Final

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hearthd.api.event_stream import CONTENT_TYPE, encode_event
from hearthd.errors import ApiError, ErrorCode

_LOGGER = logging.getLogger(__name__)
_CONTENT_TYPE_HEADER: Final = (b"content-type", CONTENT_TYPE.encode())


class FailureBoundary:
    """The one place where what was raised becomes what a client is told, before or during a reply."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, also when answering it fails."""
        start: Message | None = None

        async def watched_send(message: Message) -> None:
            """Note how far the reply has come."""
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
            await send(message)

        try:
            await self._app(scope, receive, watched_send)
        except ClientDisconnect:
            _LOGGER.debug("A client went away before its request was read")
        except Exception as err:  # noqa: BLE001 - the process edge of a request
            error = _as_api_error(err)
            if start is None:
                await failure_response(error)(scope, receive, send)
            elif _CONTENT_TYPE_HEADER in start["headers"]:
                await send({"type": "http.response.body", "body": encode_event(error.as_dict())})


async def answer_routing_failure(_request: Request, err: Exception) -> JSONResponse:
    """Answer what the router refuses: an unknown path or a wrong method."""
    error = _as_api_error(err)
    response = failure_response(error)
    if isinstance(err, HTTPException) and err.headers:
        response.headers.update(err.headers)
    return response


def failure_response(error: ApiError) -> JSONResponse:
    """Return the reply for a request that failed before anything was sent."""
    headers: dict[str, str] = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(math.ceil(error.retry_after))
    if error.code is ErrorCode.INVALID_API_KEY:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(error.as_dict(), status_code=error.status, headers=headers)


def _as_api_error(err: Exception) -> ApiError:
    """Return what a client is told about a failure; one that nobody expected goes to the log."""
    match err:
        case ApiError():
            return err
        case HTTPException(status_code=404):
            return ApiError(ErrorCode.NOT_FOUND, "There is nothing at this address.")
        case HTTPException(status_code=405):
            return ApiError(ErrorCode.METHOD_NOT_ALLOWED, "This address does not take this method.")
        case _:
            return _unexpected(err)


def _unexpected(err: Exception) -> ApiError:
    """Log a failure that nobody foresaw.

    An exception's own words may quote a prompt, so they stay out of the log unless someone debugs.
    """
    silent = RuntimeError("its words are logged at level debug")
    trace = (RuntimeError, silent, err.__traceback__)
    _LOGGER.error("Unexpected %s", type(err).__name__, exc_info=trace)
    _LOGGER.debug("The words of the above: %s", json.dumps(str(err)))
    return ApiError(ErrorCode.INTERNAL, "Something went wrong inside the engine; its log says more.")
