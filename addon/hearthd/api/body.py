"""Read a request's body as JSON, within limits that hold while it arrives."""

import asyncio
from typing import Any

from fastapi import Request
from pydantic_core import from_json

from hearthd.errors import ApiError, ErrorCode

_SECONDS = 30.0


async def read_json(request: Request, limit: int) -> Any:
    """Read a JSON body of at most `limit` bytes.

    Raises:
        ApiError: `body_too_large`, or `invalid_request` if it is no JSON or does not arrive in time.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise ApiError(ErrorCode.INVALID_REQUEST, "The body must be JSON, sent with Content-Type: application/json.")
    try:
        async with asyncio.timeout(_SECONDS):
            body = await _read_body(request, limit)
    except TimeoutError as err:
        raise ApiError(ErrorCode.INVALID_REQUEST, "The body did not arrive in time.") from err
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as err:
        raise ApiError(ErrorCode.INVALID_REQUEST, "The body is not valid JSON.") from err


async def _read_body(request: Request, limit: int) -> bytes:
    """Collect a body; its announced length is not trusted, and it may have none."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > limit:
            # uvicorn reads on and throws the rest away, so that a client which is still sending sees the reply.
            raise ApiError(ErrorCode.BODY_TOO_LARGE, f"The body is larger than {limit} bytes.")
    return bytes(body)
