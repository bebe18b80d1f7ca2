"""Ask a model of another server that speaks OpenAI's protocol."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, replace
from http import HTTPStatus
from itertools import batched
import json
import ssl
from typing import Any, Literal, override

import httpx

from hearthd.engine.backend import Backend, BackendInfo, ChatEvent, ChatRequest, Embeddings, Finish, Priority, Warmth
from hearthd.engine.metrics import ModelMetrics
from hearthd.engine.remote_reply import RemoteReply, explain_refusal, malformed
from hearthd.engine.remote_vectors import read_vectors
from hearthd.engine.turns import Turns
from hearthd.errors import ApiError, ErrorCode

_MAX_LINE_BYTES = 1024 * 1024
_MAX_BODY_BYTES = 8 * 1024 * 1024
_END = "[DONE]"
# Texts that are embedded with one request: whoever is more urgent comes after it, and some servers take no more.
_TEXTS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server, in seconds.

    `first_s` covers reading the prompt, which takes minutes on a small machine, `embed_s` one request for vectors;
    `last_s` is for the figures that some servers send behind a reply.
    """

    connect_s: float = 5.0
    list_s: float = 10.0
    first_s: float = 300.0
    embed_s: float = 120.0
    between_s: float = 60.0
    last_s: float = 2.0


class RemoteBackend(Backend):
    """A model of another server, reached afresh for each request."""

    kind: Literal["local", "remote", "scripted"] = "remote"

    def __init__(
        self,
        url: str,
        model: str,
        *,
        key: str | None,
        parallel: int,
        max_queue: int,
        metrics: ModelMetrics,
        patience: Patience | None = None,
    ) -> None:
        """Keep the base URL, the model's name there and the key; nothing is sent yet.

        The server is asked `parallel` things at a time, while `max_queue` of each priority may wait.
        """
        self._url = url
        self._model = model
        self._parallel = parallel
        self._turns = Turns(parallel, max_queue, metrics)
        self._metrics = metrics
        self._patience = patience or Patience()
        self._client = httpx.AsyncClient(
            headers={"Authorization": f"Bearer {key}"} if key else None,
            timeout=httpx.Timeout(None, connect=self._patience.connect_s, write=self._patience.between_s),
            # A kept connection may be closing just when it is needed.
            limits=httpx.Limits(max_keepalive_connections=0),
            # The system's certificates, to which a home adds its own; and no proxy picked up in passing.
            verify=ssl.create_default_context(),
            trust_env=False,
        )

    @override
    async def start(self) -> BackendInfo:
        with _explained():
            async with asyncio.timeout(self._patience.list_s):
                response = await self._client.get(f"{self._url}/models")
        # A server without a list may well chat; what matters is that it is there and lets us in.
        if response.status_code not in {HTTPStatus.OK, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}:
            raise _refusal(response, response.content)
        length = _context_length(response.content, self._model)
        return BackendInfo(self._model, context_length=length, parallel=self._parallel)

    @override
    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        async with self._turns.turn(request.priority) as waited_s, aclosing(self._generate(request)) as events:
            async for event in events:
                if isinstance(event, Finish):
                    self._metrics.count_tokens(event.timings)
                    yield replace(event, timings=replace(event.timings, queue_ms=waited_s * 1000))
                else:
                    yield event

    @override
    async def warm(self, name: str, request: ChatRequest) -> Warmth:
        """Have the server read the prompt, as servers keep what they have read; it gives nothing to keep a name for."""
        sampling = replace(request.sampling, max_tokens=1)
        once = replace(request, sampling=sampling, priority=Priority.BACKGROUND)
        async with aclosing(self.chat(once)) as events:
            async for event in events:
                if isinstance(event, Finish):
                    timings = event.timings
                    return Warmth(timings.cache_n + timings.prompt_n, timings.cache_n, timings.prompt_ms)
        raise malformed()

    @override
    async def embed(self, texts: Sequence[str], priority: Priority) -> Embeddings:
        parts: list[Embeddings] = []
        for some in batched(texts, _TEXTS_AT_ONCE, strict=False):
            async with self._turns.turn(priority):
                parts.append(await self._embed_some(some))
        if len({part.vectors.shape[1] for part in parts}) != 1:
            raise malformed()
        return Embeddings.joined(parts)

    @override
    async def close(self) -> None:
        await self._client.aclose()

    async def _embed_some(self, texts: Sequence[str]) -> Embeddings:
        """Send one request for vectors."""
        payload = {"model": self._model, "input": list(texts), "encoding_format": "float"}
        with _explained():
            call = self._client.build_request("POST", f"{self._url}/embeddings", json=payload)
            async with asyncio.timeout(self._patience.embed_s):
                response = await self._client.send(call, stream=True)
                async with aclosing(response):
                    body = await self._read_whole(response)
        if response.status_code != HTTPStatus.OK:
            raise _refusal(response, body)
        vectors, tokens = await asyncio.to_thread(lambda: read_vectors(_parse(body), len(texts)))
        return Embeddings(self._metrics.model, vectors, tokens)

    async def _generate(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Send one request and read its reply."""
        reply = RemoteReply()
        with _explained():
            call = self._client.build_request("POST", f"{self._url}/chat/completions", json=self._payload(request))
            async with asyncio.timeout(self._patience.first_s):
                response = await self._client.send(call, stream=True)
            async with aclosing(response):
                if response.status_code != HTTPStatus.OK:
                    raise _refusal(response, await self._read_whole(response))
                if "json" in response.headers.get("content-type", ""):
                    for event in reply.read(_parse(await self._read_whole(response))):
                        yield event
                    if reply.reason is None:
                        raise malformed()
                else:
                    async with aclosing(self._read_stream(response, reply)) as events:
                        async for event in events:
                            yield event
        for event in reply.finish():
            yield event

    async def _read_stream(self, response: httpx.Response, reply: RemoteReply) -> AsyncGenerator[ChatEvent]:
        """Read a streamed reply to its end."""
        async with aclosing(_lines(response.aiter_bytes())) as lines:
            while (line := await self._next_line(lines, reply)) is not None:
                name, _, value = line.partition(":")
                data = value.strip()
                if data == _END and reply.has_begun:
                    return
                if name == "error":
                    raise explain_refusal(None, {"error": _parse(data)})
                if name == "data" and data:
                    for event in reply.read(_parse(data)):
                        yield event
        if reply.reason is None:
            raise ApiError(ErrorCode.REMOTE_FAILED, "The remote server broke off in the middle of its reply.")

    async def _next_line(self, lines: AsyncIterator[str], reply: RemoteReply) -> str | None:
        """Wait for the next line, None at the end; what fails behind a complete reply is of no importance."""
        patience = self._patience
        if reply.reason is None:
            async with asyncio.timeout(patience.between_s if reply.has_begun else patience.first_s):
                return await anext(lines, None)
        try:
            async with asyncio.timeout(patience.last_s):
                return await anext(lines, None)
        except TimeoutError, httpx.HTTPError:
            return None

    async def _read_whole(self, response: httpx.Response) -> bytes:
        """Read a body that is no stream."""
        body = b""
        async with asyncio.timeout(self._patience.between_s):
            async for piece in response.aiter_bytes():
                body += piece
                if len(body) > _MAX_BODY_BYTES:
                    raise malformed()
        return body

    def _payload(self, request: ChatRequest) -> dict[str, Any]:
        """Write the request as OpenAI's protocol has it, leaving out all that was not asked for."""
        sampling = request.sampling
        payload: dict[str, Any] = {
            "model": self._model,
            # Reasoning of earlier turns is refused by some servers and wanted by few.
            "messages": [
                {name: value for name, value in message.items() if name != "reasoning_content"}
                for message in request.messages
            ],
            "stream": True,
            "stream_options": {"include_usage": True},
        }
        if request.tools:
            payload |= _tools_of(request)
        if request.schema is not None:
            payload["response_format"] = (
                {"type": "json_schema", "json_schema": {"name": "reply", "schema": request.schema, "strict": True}}
                if request.schema
                else {"type": "json_object"}
            )
        for name in ("temperature", "top_p", "top_k", "min_p", "seed", "max_tokens"):
            if (value := getattr(sampling, name)) is not None:
                payload[name] = value
        if sampling.stop:
            payload["stop"] = list(sampling.stop)
        if request.reasoning is not None:
            # OpenAI's word for it, and the switch that vLLM and llama-server hand to the model's chat template.
            payload["reasoning_effort"] = request.reasoning
            payload["chat_template_kwargs"] = {"enable_thinking": request.reasoning != "none"}
        return payload


def _tools_of(request: ChatRequest) -> dict[str, Any]:
    """Write the tools of a request, and how they may be called."""
    choice = request.tool_choice
    return {
        "tools": [
            {
                "type": "function",
                "function": {"name": tool.name, "description": tool.description, "parameters": tool.parameters},
            }
            for tool in request.tools
        ],
        "tool_choice": choice if isinstance(choice, str) else {"type": "function", "function": {"name": choice[1]}},
        **({} if request.parallel_tool_calls else {"parallel_tool_calls": False}),
    }


@contextmanager
def _explained() -> Iterator[None]:
    """Say in plain words what went wrong on the way to a server."""
    try:
        yield
    except (httpx.ConnectError, httpx.ConnectTimeout) as err:
        raise ApiError(ErrorCode.REMOTE_UNREACHABLE, "The remote server cannot be reached.") from err
    except TimeoutError as err:
        raise ApiError(ErrorCode.REMOTE_FAILED, "The remote server has stopped answering.") from err
    except httpx.HTTPError as err:
        raise ApiError(ErrorCode.REMOTE_FAILED, "The connection to the remote server broke off.") from err


async def _lines(pieces: AsyncIterator[bytes]) -> AsyncGenerator[str]:
    """Cut bytes into lines at line feeds only; httpx's own cutter also splits at separators that JSON may hold."""
    buffer = b""
    async for piece in pieces:
        *lines, buffer = (buffer + piece).split(b"\n")
        for line in lines:
            yield _decode(line)
        if len(buffer) > _MAX_LINE_BYTES:
            raise malformed()
    if buffer:
        yield _decode(buffer)


def _decode(line: bytes) -> str:
    """Read a line as UTF-8."""
    try:
        return line.decode().strip()
    except UnicodeDecodeError as err:
        raise malformed() from err


def _parse(data: str | bytes) -> Any:
    """Read JSON."""
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as err:
        raise malformed() from err


def _refusal(response: httpx.Response, body: bytes) -> ApiError:
    """Explain a reply whose status is no success."""
    try:
        said = json.loads(body)
    except ValueError, RecursionError:
        said = None
    wait = response.headers.get("retry-after", "")
    return explain_refusal(response.status_code, said, float(wait) if wait.isdecimal() else None)


def _context_length(body: bytes, model: str) -> int | None:
    """Find how many tokens a model takes, as vLLM (`max_model_len`) and llama-server (`meta.n_ctx`) tell."""
    try:
        listed = json.loads(body)["data"]
        entry = next(entry for entry in listed if entry["id"] == model)
    except ValueError, KeyError, TypeError, StopIteration, RecursionError:
        return None
    meta = entry.get("meta")
    length = entry.get("max_model_len") or (meta.get("n_ctx") if isinstance(meta, dict) else None)
    return length if type(length) is int and length > 0 else None
