"""Test that whatever is wrong with a request is said in the one error shape, with a stable code."""

import asyncio
from collections.abc import AsyncGenerator
import http.client
import json
import logging
from pathlib import Path
from typing import Any

import pytest

from hearthd.api.chat_request import parse_chat
from hearthd.engine.backend import Backend, BackendInfo, ChatEvent, ChatRequest, TextDelta
from hearthd.errors import ApiError, ErrorCode
from hearthd.settings import Role, ScriptedRef, Settings
from tests.running_engine import TOKEN, RunningEngine, StartEngine, WriteScript, read_events, run_engine

MAX_BODY = 20_000
USER = {"role": "user", "content": "private words"}
TOOL = {"type": "function", "function": {"name": "light"}}
CHAT = {"model": "fast", "messages": [USER]}


@pytest.fixture(scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[RunningEngine]:
    """Run one engine for all that it refuses; its model always says the same."""
    path = tmp_path_factory.mktemp("script") / "script.json"
    path.write_text('{"exchanges": [{"reply": {"content": "Hi."}}], "loop": true}')
    models = {Role.FAST: ScriptedRef(path), Role.EMBEDDING: ScriptedRef(path.with_name("other.json"))}
    async with run_engine(Settings(path, models=models, max_body=MAX_BODY)) as running:
        yield running


def error_of(body: Any, code: ErrorCode) -> dict[str, Any]:
    """Return the error object of a reply, having checked its shape."""
    error: dict[str, Any] = body["error"]
    assert body.keys() == {"error"}
    assert error.keys() - {"retry_after"} == {"message", "type", "param", "code"}
    assert error["code"] == code
    assert error["message"]
    assert "private words" not in error["message"]
    return error


AUTHORIZATIONS = {
    "none": "",
    "no scheme": TOKEN,
    "wrong": f"Bearer {TOKEN}x",
    "shorter": f"Bearer {TOKEN[:-1]}",
    "basic": f"Basic {TOKEN}",
    "not ascii": "Bearer \u00fc",
    "twice": f"Bearer {TOKEN} {TOKEN}",
}


@pytest.mark.parametrize("authorization", AUTHORIZATIONS.values(), ids=AUTHORIZATIONS)
@pytest.mark.parametrize("path", ["/v1/info", "/v1/models", "/v1/chat/completions", "/nothing", "/docs", "/health/"])
async def test_wrong_token(engine: RunningEngine, path: str, authorization: str) -> None:
    """Without the token every address but one says the same, be it there or not."""
    response = await engine.client.get(path, headers={b"Authorization": authorization.encode("latin-1")})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert error_of(response.json(), ErrorCode.INVALID_API_KEY)["type"] == "authentication_error"


async def test_token_is_checked_before_the_body(engine: RunningEngine) -> None:
    """A stranger is refused although not one byte of the announced body came."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=10)
    connection.putrequest("POST", "/v1/chat/completions")
    connection.putheader("Content-Length", "1000000")
    connection.endheaders()
    assert (await asyncio.to_thread(connection.getresponse)).status == 401
    connection.close()


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
async def test_scheme_in_any_case(engine: RunningEngine, scheme: str) -> None:
    """RFC 9110 has the scheme's case ignored."""
    response = await engine.client.get("/v1/info", headers={"Authorization": f"{scheme} {TOKEN}"})
    assert response.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "code", "status"),
    [
        ("GET", "/", ErrorCode.NOT_FOUND, 404),
        ("GET", "/v1/info/", ErrorCode.NOT_FOUND, 404),
        ("GET", "/openapi.json", ErrorCode.NOT_FOUND, 404),
        ("GET", "/docs", ErrorCode.NOT_FOUND, 404),
        ("GET", "/v1/../v1/nothing%0aX", ErrorCode.NOT_FOUND, 404),
        ("PUT", "/v1/info", ErrorCode.METHOD_NOT_ALLOWED, 405),
        ("POST", "/health", ErrorCode.METHOD_NOT_ALLOWED, 405),
        ("GET", "/v1/chat/completions", ErrorCode.METHOD_NOT_ALLOWED, 405),
        ("BREW", "/v1/models", ErrorCode.METHOD_NOT_ALLOWED, 405),
    ],
)
async def test_wrong_address(engine: RunningEngine, method: str, path: str, code: ErrorCode, status: int) -> None:
    """What is not there, or not in this way, is refused in the same shape."""
    response = await engine.client.request(method, path)
    assert response.status_code == status
    error_of(response.json(), code)


async def test_wrong_method_names_the_right_one(engine: RunningEngine) -> None:
    """RFC 9110 asks for the header."""
    assert (await engine.client.put("/v1/info")).headers["allow"] == "GET"


BODIES: dict[str, bytes] = {
    "empty": b"",
    "words": b"hello",
    "cut": b'{"model": "fast", "mess',
    "trailing": json.dumps(CHAT).encode() + b"}",
    "two": b"{}{}",
    "nan": json.dumps(CHAT | {"temperature": float("nan")}).encode(),
    "infinity": json.dumps(CHAT | {"temperature": float("inf")}).encode(),
    "not utf-8": b'{"model": "\xff"}',
    "lone surrogate": b'{"model": "fast", "messages": [{"role": "user", "content": "\\ud800"}]}',
    "too deep": b"[" * 9000,
    "utf-16": json.dumps(CHAT).encode("utf-16"),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
async def test_malformed_body(engine: RunningEngine, body: bytes) -> None:
    """What is no JSON is refused before anyone looks into it."""
    headers = {"Content-Type": "application/json"}
    response = await engine.client.post("/v1/chat/completions", content=body, headers=headers)
    assert response.status_code == 400
    assert error_of(response.json(), ErrorCode.INVALID_REQUEST)["type"] == "invalid_request_error"


@pytest.mark.parametrize("content_type", [None, "text/plain", "application/x-www-form-urlencoded", "json"])
async def test_wrong_content_type(engine: RunningEngine, content_type: str | None) -> None:
    """A browser's form must not reach the engine by accident."""
    headers = {"Content-Type": content_type} if content_type else {}
    response = await engine.client.post("/v1/chat/completions", content=json.dumps(CHAT).encode(), headers=headers)
    assert response.status_code == 400
    error_of(response.json(), ErrorCode.INVALID_REQUEST)


def padded(size: int) -> bytes:
    """Return a good request of exactly that many bytes."""
    body = json.dumps(CHAT).encode()
    return body + b" " * (size - len(body))


async def in_pieces(body: bytes) -> AsyncGenerator[bytes]:
    """Have a body sent in chunks, without a length."""
    for start in range(0, len(body), 1000):
        yield body[start : start + 1000]


@pytest.mark.parametrize(
    ("size", "status"), [(MAX_BODY, 200), (MAX_BODY + 1, 413), (MAX_BODY * 10, 413), (MAX_BODY * 400, 413)]
)
@pytest.mark.parametrize("wrap", [bytes, in_pieces], ids=["length", "chunked"])
async def test_body_limit(engine: RunningEngine, wrap: Any, size: int, status: int) -> None:
    """The limit holds to the byte, announced or not."""
    headers = {"Content-Type": "application/json"}
    response = await engine.client.post("/v1/chat/completions", content=wrap(padded(size)), headers=headers)
    assert response.status_code == status


async def test_body_too_large_is_explained(engine: RunningEngine) -> None:
    """The client learns the limit."""
    headers = {"Content-Type": "application/json"}
    response = await engine.client.post("/v1/chat/completions", content=padded(MAX_BODY + 1), headers=headers)
    assert str(MAX_BODY) in error_of(response.json(), ErrorCode.BODY_TOO_LARGE)["message"]


async def test_engine_survives_a_client_that_leaves_while_sending(engine: RunningEngine) -> None:
    """Half a body and a closed connection disturb nobody."""
    connection = http.client.HTTPConnection("127.0.0.1", engine.port, timeout=10)
    connection.putrequest("POST", "/v1/chat/completions")
    for name, value in (
        ("Authorization", f"Bearer {TOKEN}"),
        ("Content-Type", "application/json"),
        ("Content-Length", "1000"),
    ):
        connection.putheader(name, value)
    connection.endheaders(b'{"model"')
    connection.close()
    assert (await engine.chat()).status_code == 200


async def test_body_that_does_not_arrive(engine: RunningEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A client that stops in the middle of its body does not keep us waiting."""
    monkeypatch.setattr("hearthd.api.body._SECONDS", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
    writer.write(f"{head}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{{".encode())
    reply = await asyncio.wait_for(reader.readuntil(b"}}"), 5)
    assert reply.startswith(b"HTTP/1.1 400")
    assert b'"code":"invalid_request"' in reply
    writer.close()


async def test_unread_body_is_no_request(engine: RunningEngine) -> None:
    """What a refused request brings along is not taken for the next one."""
    smuggled = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    reader, writer = await asyncio.open_connection("127.0.0.1", engine.port)
    head = f"POST /v1/models HTTP/1.1\r\nHost: x\r\nContent-Length: {len(smuggled)}\r\n\r\n"
    last = "GET /nothing HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    writer.write(head.encode() + smuggled + last.encode())
    replies = await asyncio.wait_for(reader.read(), 5)
    assert replies.count(b"HTTP/1.1 401") == replies.count(b"HTTP/1.1") == 2
    writer.close()


MESSAGES: dict[str, tuple[Any, str]] = {
    "none": ([], "messages"),
    "a text": ("hello", "messages"),
    "no object": (["hello"], "messages[0]"),
    "no role": ([{"content": "private words"}], "messages[0]"),
    "unknown role": ([{"role": "wizard", "content": "private words"}], "messages[0]"),
    "no content": ([USER, {"role": "user"}], "messages[1].content"),
    "null content": ([{"role": "user", "content": None}], "messages[0].content"),
    "number content": ([{"role": "user", "content": 1}], "messages[0].content"),
    "odd part": ([{"role": "user", "content": ["private words"]}], "messages[0].content"),
    "part without text": ([{"role": "user", "content": [{"type": "text"}]}], "messages[0].content"),
    "tool without call": ([{"role": "tool", "content": "ok"}], "messages[0].tool_call_id"),
    "call without id": (
        [{"role": "assistant", "tool_calls": [{"function": {"name": "f"}}]}],
        "messages[0].tool_calls[0].id",
    ),
    "arguments as object": (
        [{"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": {}}}]}],
        "messages[0].tool_calls[0].function.arguments",
    ),
}
FIELDS: dict[str, tuple[Any, str]] = {
    "model missing": ({"model": None}, "model"),
    "model empty": ({"model": ""}, "model"),
    "model number": ({"model": 3}, "model"),
    "stream text": ({"stream": "true"}, "stream"),
    "temperature text": ({"temperature": "0.5"}, "temperature"),
    "temperature high": ({"temperature": 2.1}, "temperature"),
    "temperature bool": ({"temperature": True}, "temperature"),
    "top_p": ({"top_p": 0}, "top_p"),
    "top_k": ({"top_k": -1}, "top_k"),
    "min_p": ({"min_p": 1.5}, "min_p"),
    "seed float": ({"seed": 1.5}, "seed"),
    "seed huge": ({"seed": 2**63}, "seed"),
    "max_tokens zero": ({"max_tokens": 0}, "max_tokens"),
    "max_completion_tokens": ({"max_completion_tokens": -5}, "max_completion_tokens"),
    "stop number": ({"stop": 1}, "stop"),
    "stop empty": ({"stop": ""}, "stop"),
    "stop list": ({"stop": ["a", 1]}, "stop[1]"),
    "stop many": ({"stop": ["a"] * 17}, "stop"),
    "tools object": ({"tools": {}}, "tools"),
    "tool kind": ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
    "tool without function": ({"tools": [{"type": "function"}]}, "tools[0].function"),
    "tool name": ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name"),
    "tool parameters": (
        {"tools": [{"type": "function", "function": {"name": "a", "parameters": []}}]},
        "tools[0].function.parameters",
    ),
    "tools twice": ({"tools": [TOOL, TOOL]}, "tools"),
    "choice word": ({"tool_choice": "maybe"}, "tool_choice"),
    "choice number": ({"tool_choice": 1}, "tool_choice"),
    "choice list": ({"tool_choice": []}, "tool_choice"),
    "choice unnamed": ({"tool_choice": {"type": "function", "function": {}}}, "tool_choice.function.name"),
    "choice unknown": ({"tool_choice": {"type": "function", "function": {"name": "light"}}}, "tool_choice"),
    "choice without tools": ({"tool_choice": "required"}, "tool_choice"),
    "format word": ({"response_format": "json"}, "response_format"),
    "format kind": ({"response_format": {"type": "xml"}}, "response_format"),
    "format without schema": ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
    "schema missing": (
        {"response_format": {"type": "json_schema", "json_schema": {"name": "x"}}},
        "response_format.json_schema.schema",
    ),
    "schema text": (
        {"response_format": {"type": "json_schema", "json_schema": {"schema": "object"}}},
        "response_format.json_schema.schema",
    ),
    "reasoning": ({"reasoning_effort": "endless"}, "reasoning_effort"),
    "priority": ({"hearth": {"priority": "urgent"}}, "hearth.priority"),
    "session": ({"hearth": {"session": 1}}, "hearth.session"),
    "deadline zero": ({"hearth": {"deadline_ms": 0}}, "hearth.deadline_ms"),
    "deadline float": ({"hearth": {"deadline_ms": 1.5}}, "hearth.deadline_ms"),
    "hearth": ({"hearth": "voice"}, "hearth"),
} | {f"messages: {name}": ({"messages": messages}, param) for name, (messages, param) in MESSAGES.items()}


@pytest.mark.parametrize(("fields", "param"), FIELDS.values(), ids=FIELDS)
async def test_invalid_field(engine: RunningEngine, fields: dict[str, Any], param: str) -> None:
    """A wrong field is named, and what stands in it is not repeated."""
    response = await engine.chat(**fields)
    assert response.status_code == 400
    error = error_of(response.json(), ErrorCode.INVALID_REQUEST)
    assert error["param"] == param
    assert error["message"].startswith(f"{param}: ")


@pytest.mark.parametrize("body", [[], "fast", 1, None])
async def test_body_is_no_object(engine: RunningEngine, body: Any) -> None:
    """JSON that is no object is refused as a whole."""
    headers = {"Content-Type": "application/json"}
    response = await engine.client.post("/v1/chat/completions", content=json.dumps(body), headers=headers)
    assert error_of(response.json(), ErrorCode.INVALID_REQUEST)["param"] is None


IMAGE = {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:,"}}]}
NAMES: dict[str, tuple[dict[str, Any], ErrorCode, int, str]] = {
    "unknown model": ({"model": "gpt-4"}, ErrorCode.UNKNOWN_MODEL, 404, "model"),
    "role without model": ({"model": "reasoning"}, ErrorCode.MODEL_MISSING, 503, "model"),
    "role that does not chat": ({"model": "embedding"}, ErrorCode.UNSUPPORTED, 400, "model"),
    "several replies": ({"n": 2}, ErrorCode.UNSUPPORTED, 400, "n"),
    "image": ({"messages": [IMAGE]}, ErrorCode.UNSUPPORTED, 400, "messages"),
}


@pytest.mark.parametrize(("fields", "code", "status", "param"), NAMES.values(), ids=NAMES)
async def test_what_is_not_offered(
    engine: RunningEngine, fields: dict[str, Any], code: ErrorCode, status: int, param: str
) -> None:
    """A valid wish that cannot be met says so."""
    response = await engine.chat(**fields)
    assert response.status_code == status
    assert error_of(response.json(), code)["param"] == param


ACCEPTED: dict[str, dict[str, Any]] = {
    "unknown field": {"user": "me", "logit_bias": {}, "hearth": {"colour": "red"}},
    "nulls": dict.fromkeys(["tools", "tool_choice", "response_format", "stop", "seed", "hearth", "stream", "n"]),
    "text parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": "a"}]}]},
    "developer": {"messages": [{"role": "developer", "content": "be kind"}, USER]},
    "whole numbers": {"temperature": 0, "top_p": 1},
    "text format": {"response_format": {"type": "text"}},
    "empty assistant": {"messages": [USER, {"role": "assistant"}, USER]},
}


@pytest.mark.parametrize("fields", ACCEPTED.values(), ids=ACCEPTED)
async def test_accepted(engine: RunningEngine, fields: dict[str, Any]) -> None:
    """What OpenAI's clients send besides is no mistake."""
    assert (await engine.chat(**fields)).status_code == 200


@pytest.mark.parametrize("code", ErrorCode)
async def test_every_code_before_a_reply(start_engine: StartEngine, write_script: WriteScript, code: ErrorCode) -> None:
    """A failure before the first word keeps its own HTTP status, streamed or not."""
    engine = await start_engine(write_script({"error": code}, loop=True))
    status = ApiError(code, "words").status
    for stream in (True, False):
        response = await engine.chat(stream=stream)
        assert response.status_code == status
        error_of(response.json(), code)


@pytest.mark.parametrize("code", [ErrorCode.ENGINE_BUSY, ErrorCode.MODEL_LOADING])
async def test_when_to_come_again(start_engine: StartEngine, write_script: WriteScript, code: ErrorCode) -> None:
    """What passes by itself says when, in the header too (RFC 9110)."""
    engine = await start_engine(write_script({"error": code}))
    response = await engine.chat()
    assert response.headers["retry-after"] == "1"
    assert error_of(response.json(), code)["retry_after"] == 1


@pytest.mark.parametrize("code", ErrorCode)
async def test_every_code_within_a_stream(
    start_engine: StartEngine, write_script: WriteScript, code: ErrorCode
) -> None:
    """A failure in mid-stream is the stream's last event."""
    engine = await start_engine(write_script({"content": "Well", "error": code}))
    response = await engine.chat(stream=True)
    assert response.status_code == 200
    first, error = await read_events(response)
    assert first["choices"][0]["delta"]["content"] == "Well"
    error_of(error, code)


class BrokenBackend(Backend):
    """A model with a mistake in it."""

    kind = "scripted"

    def __init__(self, kind_of_error: type[Exception]) -> None:
        """Fail in that way."""
        self._kind_of_error = kind_of_error

    async def start(self) -> BackendInfo:
        """Start without any trouble."""
        return BackendInfo("broken")

    async def chat(self, request: ChatRequest) -> AsyncGenerator[ChatEvent]:
        """Fail with the prompt in the exception, after as many words as there are messages but one."""
        for _ in request.messages[1:]:
            yield TextDelta("Well")
        raise self._kind_of_error(request.messages[0]["content"])

    async def close(self) -> None:
        """Free nothing."""


@pytest.mark.parametrize("words", [0, 1])
@pytest.mark.parametrize("error", [KeyError, TimeoutError, ValueError, StopIteration])
async def test_unexpected_failure(
    start_engine: StartEngine, caplog: pytest.LogCaptureFixture, error: type[Exception], words: int
) -> None:
    """A mistake of ours is logged with its trace, but neither client nor log sees the prompt."""
    caplog.set_level(logging.INFO)
    engine = await start_engine(ScriptedRef(Path("none")), make_backend=lambda _ref: BrokenBackend(error))
    response = await engine.chat(stream=True, messages=[USER] * (words + 1))
    error_of((await read_events(response) or [response.json()])[-1], ErrorCode.INTERNAL)
    assert "Traceback" in caplog.text
    assert "private words" not in caplog.text


async def test_log_holds_no_secret(
    start_engine: StartEngine, write_script: WriteScript, caplog: pytest.LogCaptureFixture
) -> None:
    """The log knows path and status, not token, query or words; and nobody else can write lines into it."""
    # The client of this test writes a log of its own.
    caplog.set_level(logging.WARNING, "httpx")
    caplog.set_level(logging.INFO)
    engine = await start_engine(write_script({"content": "hidden words"}))
    await engine.chat("private words")
    await engine.client.get("/v1/info?token=hush")
    await engine.client.get("/line%0abreak")
    assert "POST /v1/chat/completions 200" in caplog.text
    assert "GET /v1/info 200" in caplog.text
    assert "GET /line%0abreak 404" in caplog.text
    assert not {word for word in (TOKEN, "hush", "private words", "hidden words") if word in caplog.text}


LOCK = {"name": "lock", "description": "Lock it.", "parameters": {"type": "object"}}
COMPLETE = {
    "model": "fast",
    "stream": True,
    "messages": [
        {"role": "developer", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
        {"role": "assistant", "tool_calls": [{"id": "1", "function": {"name": "f", "arguments": "{oops"}}]},
        {"role": "tool", "tool_call_id": "1", "content": "done", "name": "f"},
    ],
    "tools": [TOOL, {"type": "function", "function": LOCK}],
    "tool_choice": {"type": "function", "function": {"name": "lock"}},
    "parallel_tool_calls": False,
    "response_format": {"type": "json_object"},
    "temperature": 1,
    "top_p": 0.5,
    "top_k": 3,
    "min_p": 0.1,
    "seed": -1,
    "max_tokens": 5,
    "stop": "end",
    "hearth": {"priority": "voice", "session": "s", "deadline_ms": 1500},
}


def test_request_is_read_completely() -> None:
    """Every field that we know reaches the backend."""
    call = parse_chat(COMPLETE)
    assert call.model == "fast"
    assert call.stream
    request = call.request
    assert request.messages == (
        {"role": "system", "content": "a\nb"},
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "1", "type": "function", "function": {"name": "f", "arguments": "{oops"}}],
        },
        {"role": "tool", "tool_call_id": "1", "content": "done"},
    )
    assert [(tool.name, tool.description, tool.parameters) for tool in request.tools] == [
        ("light", "", {"type": "object", "properties": {}}),
        ("lock", "Lock it.", {"type": "object"}),
    ]
    assert request.tool_choice == ("named", "lock")
    assert not request.parallel_tool_calls
    assert request.schema == {}
    sampling = request.sampling
    assert (sampling.temperature, sampling.top_p, sampling.top_k, sampling.min_p) == (1, 0.5, 3, 0.1)
    assert (sampling.seed, sampling.max_tokens, sampling.stop) == (-1, 5, ("end",))
    assert (request.priority, request.session, request.deadline_s) == ("voice", "s", 1.5)
