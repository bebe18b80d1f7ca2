"""Ask the engine over HTTP."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
import json
from typing import Any

import aiohttp

from .errors import EngineProtocolError, EngineUnreachable, error_from_wire
from .sse import read_events
from .stream import read_chat
from .wire import ChatEvent, ChatRequest, EngineInfo, Health

_CONNECT_SECONDS = 5
_REPLY_SECONDS = 10
# The engine sends a comment every 15 seconds of silence; three missing ones mean that it is gone.
_SILENCE_SECONDS = 45


class EngineClient:
    """A client of one engine; every method raises EngineError and nothing else."""

    def __init__(self, session: aiohttp.ClientSession, url: str, token: str) -> None:
        """Keep the address (`http://host:port`) and the bearer token; nothing is sent yet."""
        self._session = session
        self._url = url.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}"}

    async def async_health(self) -> Health:
        """Ask whether the engine is up; works without a valid token."""
        return Health.from_wire(await self._async_get("/health"))

    async def async_info(self) -> EngineInfo:
        """Ask which models serve which roles."""
        return EngineInfo.from_wire(await self._async_get("/v1/info"))

    async def async_chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Stream one reply; closing the generator cancels it in the engine."""
        timeout = aiohttp.ClientTimeout(connect=_CONNECT_SECONDS, sock_read=_SILENCE_SECONDS)
        async with self._request("POST", "/v1/chat/completions", timeout, json=request.as_wire()) as response:
            if response.content_type != "text/event-stream":
                raise EngineProtocolError("the reply is not a stream")
            async for event in read_chat(read_events(response.content.iter_any())):
                yield event

    async def _async_get(self, path: str) -> Any:
        timeout = aiohttp.ClientTimeout(total=_REPLY_SECONDS, connect=_CONNECT_SECONDS)
        async with self._request("GET", path, timeout) as response:
            return await response.json()

    @asynccontextmanager
    async def _request(
        self, method: str, path: str, timeout: aiohttp.ClientTimeout, **body: Any
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        url = f"{self._url}{path}"
        try:
            async with self._session.request(method, url, headers=self._headers, timeout=timeout, **body) as response:
                if not response.ok:
                    raise error_from_wire(await response.json())
                yield response
        except (aiohttp.ContentTypeError, json.JSONDecodeError, UnicodeDecodeError) as err:
            raise EngineProtocolError(f"{path} did not answer with JSON") from err
        except (aiohttp.ClientError, TimeoutError, OSError) as err:
            raise EngineUnreachable(f"{path}: {type(err).__name__}") from err
