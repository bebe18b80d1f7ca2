"""Play a model that calls every tool it is given and repeats everything it was told."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
import json
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

NAME = "parrot"


@dataclass(slots=True)
class Parrot:
    """A server as hearthd takes it for a remote model; `heard` is every request as it came over the wire.

    `asks` are the arguments with which it calls the tools that it knows, each once; one that does not `repeat` says
    that it has noted what it was told.
    """

    url: str = ""
    asks: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    repeats: bool = False
    heard: list[str] = field(default_factory=list)

    async def models(self, _request: web.Request) -> web.Response:
        """List the one model."""
        return web.json_response({"object": "list", "data": [{"id": NAME, "object": "model"}]})

    async def chat(self, request: web.Request) -> web.StreamResponse:
        """Call every tool first, then say what all of it came to."""
        text = await request.text()
        self.heard.append(text)
        body = json.loads(text)
        if body["messages"][-1]["role"] == "tool" or not body.get("tools"):
            told = "\n".join(str(message.get("content") or "") for message in body["messages"])
            deltas = [({"content": told if self.repeats else "I noted it."}, "stop")]
        else:
            deltas = [({"tool_calls": self._calls(body["tools"])}, "tool_calls")]
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for delta, finish in deltas:
            choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
            await response.write(_event({"object": "chat.completion.chunk", "choices": [choice]}))
        await response.write(b"data: [DONE]\n\n")
        return response

    def _calls(self, tools: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        calls = [
            (tool["function"]["name"], args) for tool in tools for args in self.asks.get(tool["function"]["name"], ())
        ]
        return [
            {
                "index": number,
                "id": f"call_{number}",
                "type": "function",
                "function": {"name": name, "arguments": json.dumps(args)},
            }
            for number, (name, args) in enumerate(calls)
        ]


def _event(data: Any) -> bytes:
    return f"data: {json.dumps(data)}\n\n".encode()


@asynccontextmanager
async def listening() -> AsyncGenerator[Parrot]:
    """Serve a parrot on loopback until the block ends."""
    parrot = Parrot()
    app = web.Application()
    app.router.add_get("/v1/models", parrot.models)
    app.router.add_post("/v1/chat/completions", parrot.chat)
    async with TestServer(app) as server:
        parrot.url = str(server.make_url("/v1"))
        yield parrot
