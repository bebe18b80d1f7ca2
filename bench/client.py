"""Ask any of the servers the same, and note when which token came."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
import json
import time
from typing import Any

from aiohttp import ClientResponse, ClientSession, ClientTimeout

# A cold prompt of eight thousand tokens takes a small machine minutes.
_PATIENCE = ClientTimeout(total=600, connect=5)


class RequestFailedError(Exception):
    """A server refused a request or broke its stream off; the message says what it said, `status` is HTTP's."""

    def __init__(self, message: str, status: int = HTTPStatus.OK) -> None:
        """Describe the failure."""
        super().__init__(message)
        self.status = status


@dataclass(slots=True)
class Reply:
    """One streamed reply; times are milliseconds since the request was sent.

    `arrivals` has the time of every piece of text, reasoning or tool call; `timings` are the server's own, with
    llama-server's names, empty where it tells none; `ended_ms` is when the stream closed, `error` what broke it off.
    """

    sent: float
    arrivals: list[float] = field(default_factory=list)
    ended_ms: float = 0.0
    timings: Mapping[str, Any] = field(default_factory=dict)
    usage: Mapping[str, Any] = field(default_factory=dict)
    error: str | None = None

    @property
    def first_ms(self) -> float:
        """Return when the first piece came; a reply without any counts with its end."""
        return self.arrivals[0] if self.arrivals else self.ended_ms

    @property
    def prefilled(self) -> int:
        """Return how many prompt tokens the server had to compute, by its own count."""
        return int(self.timings["prompt_n"])

    @property
    def generated(self) -> int:
        """Return how many tokens came: by the server's count, or else one for each piece."""
        told = self.timings.get("predicted_n") or self.usage.get("completion_tokens")
        return int(told or len(self.arrivals))

    @property
    def per_token_ms(self) -> float:
        """Return the time between two tokens, as they came here; a reply of one piece has none."""
        return (self.arrivals[-1] - self.arrivals[0]) / (self.generated - 1)

    def _elapsed_ms(self) -> float:
        return (time.perf_counter() - self.sent) * 1000

    def take(self, event: Mapping[str, Any]) -> None:
        """Note one event of the stream."""
        self.timings = event.get("timings") or self.timings
        self.usage = event.get("usage") or self.usage
        if problem := event.get("error"):
            self.error = str(problem.get("code") or problem.get("message"))
        for choice in event.get("choices") or []:
            delta = choice.get("delta") or {}
            if any(delta.get(kind) for kind in ("content", "reasoning_content", "tool_calls")):
                self.arrivals.append(self._elapsed_ms())

    def end(self) -> None:
        """Note that the stream is over."""
        self.ended_ms = self._elapsed_ms()


@dataclass(frozen=True, slots=True)
class Client:
    """A client of one server's OpenAI-compatible API."""

    session: ClientSession
    url: str
    token: str
    model: str = "fast"

    async def chat(self, body: Mapping[str, Any], *, started: asyncio.Event | None = None) -> Reply:
        """Stream one reply; `started` is set at its first piece.

        Raises:
            RequestFailedError: the server refused, or the stream broke off for another reason than a stop.
        """
        sent = {**body, "model": self.model, "stream": True, "stream_options": {"include_usage": True}}
        reply = Reply(time.perf_counter())
        async with self.session.post(
            f"{self.url}/v1/chat/completions", json=sent, headers=self._headers(), timeout=_PATIENCE
        ) as response:
            await _check(response)
            async for line in response.content:
                if not line.startswith(b"data: ") or line.startswith(b"data: [DONE]"):
                    continue
                reply.take(json.loads(line[6:]))
                if started is not None and reply.arrivals:
                    started.set()
        reply.end()
        if reply.error not in {None, "stopped"}:
            raise RequestFailedError(f"{self.url}: {reply.error}")
        return reply

    async def post(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Send any other request of ours and return the answer.

        Raises:
            RequestFailedError: the server refused.
        """
        async with self.session.post(
            f"{self.url}{path}", json=body or {}, headers=self._headers(), timeout=_PATIENCE
        ) as response:
            await _check(response)
            answer: dict[str, Any] = await response.json()
            return answer

    async def get(self, path: str) -> dict[str, Any]:
        """Read one of the server's pages.

        Raises:
            RequestFailedError: the server refused.
        """
        async with self.session.get(f"{self.url}{path}", headers=self._headers(), timeout=_PATIENCE) as response:
            await _check(response)
            answer: dict[str, Any] = await response.json()
            return answer

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


async def _check(response: ClientResponse) -> None:
    if not response.ok:
        raise RequestFailedError(
            f"{response.url.path}: {response.status} {(await response.text())[:300]}", response.status
        )
