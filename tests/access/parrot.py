"""Play a model that calls every tool it is given and repeats everything it was told."""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
import json
from threading import Thread
from typing import Any

NAME = "parrot"


@dataclass(slots=True)
class Parrot:
    """A server as hearthd takes it for a remote model; `heard` is every request to answer, as it came over the wire.

    `read` holds those that it was only to read beforehand. `asks` are the arguments with which it calls the tools that
    it knows, each once; one that does not `repeat` says that it has noted what it was told.
    """

    url: str = ""
    asks: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    repeats: bool = False
    heard: list[str] = field(default_factory=list)
    read: list[str] = field(default_factory=list)

    def forget(self) -> None:
        """Be as at first."""
        self.asks, self.repeats = {}, False
        self.heard.clear()
        self.read.clear()

    def answer(self, text: str) -> tuple[dict[str, Any], str]:
        """Call every tool first, then say what all of it came to."""
        body = json.loads(text)
        messages = body["messages"]
        if body.get("max_tokens") == 1:
            self.read.append(text)
            return {"content": "I"}, "stop"
        self.heard.append(text)
        if messages[-1]["role"] == "tool" or not body.get("tools"):
            # The system's part stands in what was heard; to repeat it, too, would only make a longer conversation.
            told = "\n".join(str(message.get("content") or "") for message in messages if message["role"] != "system")
            return {"content": told if self.repeats else "I noted it."}, "stop"
        return {"tool_calls": self._calls(body["tools"])}, "tool_calls"

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


@contextmanager
def listening() -> Generator[Parrot]:
    """Serve a parrot on loopback until the block ends."""
    parrot = Parrot()

    class Handler(BaseHTTPRequestHandler):
        """Speak HTTP for the parrot."""

        def do_GET(self) -> None:
            """List the one model."""
            self._send("application/json", json.dumps({"object": "list", "data": [{"id": NAME, "object": "model"}]}))

        def do_POST(self) -> None:
            """Answer in one piece of a stream."""
            delta, finish = parrot.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())
            choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
            event = json.dumps({"object": "chat.completion.chunk", "choices": [choice]})
            self._send("text/event-stream", f"data: {event}\n\ndata: [DONE]\n\n")

        def log_message(self, *_args: Any) -> None:
            """Say nothing beside."""

        def _send(self, content_type: str, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", content_type)
            self.end_headers()
            self.wfile.write(text.encode())

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        parrot.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield parrot
        finally:
            server.shutdown()
            thread.join()
