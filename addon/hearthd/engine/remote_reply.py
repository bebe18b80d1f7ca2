"""Read the dialects in which OpenAI-compatible servers stream a reply."""

from collections.abc import Iterator
from dataclasses import dataclass, field
import json
import logging
import time
from typing import Any
import uuid

from hearthd.engine.backend import (
    ChatEvent,
    Finish,
    FinishReason,
    ReasoningDelta,
    TextDelta,
    Timings,
    ToolCallDelta,
)
from hearthd.engine.formats.reply import ReasoningPart, ReplyParser, ReplyPart, ReplySyntax, TextPart
from hearthd.errors import ApiError, ErrorCode

_LOGGER = logging.getLogger(__name__)

# llama-server and DeepSeek, then vLLM and Ollama.
_REASONING_FIELDS = ("reasoning_content", "reasoning")
_OVERFLOW_WORDS = ("context length", "context size", "context window", "context_length", "exceed_context")
_LOADING_WORDS = ("loading model", "model is loading")
_BUSY_RETRY_SECONDS = 2.0


@dataclass(slots=True)
class _Call:
    """One tool call while it is written; `place` is its index in our reply."""

    place: int
    id: str
    has_arguments: bool = False


@dataclass(slots=True)
class RemoteReply:
    """One reply while its chunks come in; `reason` is set once the server has said why it ended."""

    began: float = field(default_factory=time.monotonic)
    reason: str | None = None
    _first: float | None = None
    _events: int = 0
    _calls: list[_Call] = field(default_factory=list)
    _by_index: dict[int, _Call] = field(default_factory=dict)
    _usage: dict[str, Any] = field(default_factory=dict)
    _timings: dict[str, Any] = field(default_factory=dict)
    # A server that does not know a model's reasoning marks leaves them in the text.
    _text: ReplyParser = field(default_factory=lambda: ReplySyntax().parser())

    @property
    def has_begun(self) -> bool:
        """Tell whether there was anything in it yet."""
        return self.reason is not None or self._events > 0

    def read(self, chunk: Any) -> Iterator[ChatEvent]:
        """Yield what one chunk, or one whole reply, adds.

        Raises:
            ApiError: the server reports an error, or the chunk is malformed.
        """
        if not isinstance(chunk, dict):
            raise malformed()
        if "error" in chunk or chunk.get("object") == "error":
            raise explain_refusal(None, chunk)
        self._usage = _object(chunk.get("usage")) or self._usage
        self._timings = _object(chunk.get("timings")) or self._timings
        choices = chunk.get("choices") or []
        if not isinstance(choices, list):
            raise malformed()
        for choice in choices[:1]:
            for event in self._read_choice(_object(choice)):
                self._first = self._first or time.monotonic()
                self._events += 1
                yield event

    def finish(self) -> Iterator[ChatEvent]:
        """Yield what was held back, and the end."""
        yield from _text_events(self._text.finish())
        yield from self._complete_call()
        yield Finish(self._finish_reason(), self._measured())

    def _read_choice(self, choice: dict[str, Any]) -> Iterator[ChatEvent]:
        """Read the one choice of a chunk."""
        delta = _object(choice.get("delta") or choice.get("message"))
        reasoning = next((delta[name] for name in _REASONING_FIELDS if delta.get(name)), None)
        if reasoning is not None:
            yield ReasoningDelta(_text(reasoning))
        if delta.get("content"):
            yield from _text_events(self._text.feed_all(_text(delta["content"])))
        for piece in delta.get("tool_calls") or ():
            yield from self._read_call(_object(piece))
        if choice.get("finish_reason"):
            self.reason = _text(choice["finish_reason"])

    def _read_call(self, piece: dict[str, Any]) -> Iterator[ChatEvent]:
        """Read a piece of a tool call, or a whole one."""
        function = _object(piece.get("function"))
        name = _text(function.get("name") or "")
        index = piece.get("index")
        call = self._find_call(index, _text(piece.get("id") or ""), name)
        if call is None:
            if not name:
                raise malformed()
            yield from self._complete_call()
            call = _Call(len(self._calls), _text(piece.get("id") or "") or f"call_{uuid.uuid4().hex[:12]}")
            self._calls.append(call)
            if isinstance(index, int):
                self._by_index[index] = call
            yield ToolCallDelta(call.place, id=call.id, name=name)
        arguments = function.get("arguments")
        if arguments is not None and arguments != "":
            call.has_arguments = True
            written = arguments if isinstance(arguments, str) else json.dumps(_object(arguments), ensure_ascii=False)
            yield ToolCallDelta(call.place, arguments=written)

    def _find_call(self, index: Any, call_id: str, name: str) -> _Call | None:
        """Return the call that a piece belongs to, None if it begins one.

        Some servers send no index, and some give each of several whole calls the index 0.
        """
        last = self._calls[-1] if self._calls else None
        call = self._by_index.get(index) if isinstance(index, int) else last
        if call is None or not name:
            return call
        is_repeated = call_id == call.id or (isinstance(index, int) and not call_id)
        return call if is_repeated else None

    def _complete_call(self) -> Iterator[ChatEvent]:
        """Give a call without arguments the empty object that it means."""
        if self._calls and not self._calls[-1].has_arguments:
            self._calls[-1].has_arguments = True
            yield ToolCallDelta(self._calls[-1].place, arguments="{}")

    def _finish_reason(self) -> FinishReason:
        """Return why the reply ended; what it holds says more about calls than the server's word."""
        if self.reason == FinishReason.LENGTH:
            return FinishReason.LENGTH
        return FinishReason.TOOL_CALLS if self._calls else FinishReason.STOP

    def _measured(self) -> Timings:
        """Return llama-server's own timings, or what could be seen from here."""
        ended = time.monotonic()
        first = self._first or ended
        cached = _count(_object(self._usage.get("prompt_tokens_details")).get("cached_tokens"), 0)
        prompt_tokens = _count(self._usage.get("prompt_tokens"), 0)
        own = self._timings
        return Timings(
            cache_n=int(_count(own.get("cache_n"), cached)),
            prompt_n=int(_count(own.get("prompt_n"), max(prompt_tokens - cached, 0))),
            prompt_ms=_count(own.get("prompt_ms"), (first - self.began) * 1000),
            predicted_n=int(_count(own.get("predicted_n"), _count(self._usage.get("completion_tokens"), self._events))),
            predicted_ms=_count(own.get("predicted_ms"), (ended - first) * 1000),
        )


def explain_refusal(status: int | None, body: Any, retry_after: float | None = None) -> ApiError:
    """Say in our own words why a server refused or gave up; its words may quote the prompt.

    `status` is the HTTP status, None within a stream. Known shapes: `{"error": {"message", "type", "code"}}`,
    `{"error": "..."}`, `{"object": "error", "message", "code"}`, `{"detail": ...}`.
    """
    words = json.dumps(body).lower()
    _LOGGER.debug("The remote server reported: %s", words)
    error = body.get("error", body) if isinstance(body, dict) else body
    reported = error.get("code") if isinstance(error, dict) else None
    status = status or (reported if isinstance(reported, int) else None)
    if any(mark in words for mark in _OVERFLOW_WORDS):
        return ApiError(ErrorCode.CONTEXT_OVERFLOW, "The request is longer than the remote model can take.")
    if any(mark in words for mark in _LOADING_WORDS):
        message = "The remote server is still loading its model."
        return ApiError(ErrorCode.MODEL_LOADING, message, retry_after=retry_after or _BUSY_RETRY_SECONDS)
    match status:
        case 401 | 403:
            return ApiError(ErrorCode.REMOTE_AUTH, "The remote server does not accept our key.")
        case 404:
            return ApiError(ErrorCode.REMOTE_FAILED, "The remote server does not know the model or the address.")
        case 429 | 503:
            message = "The remote server is busy."
            return ApiError(ErrorCode.ENGINE_BUSY, message, retry_after=retry_after or _BUSY_RETRY_SECONDS)
        case None:
            return ApiError(ErrorCode.REMOTE_FAILED, "The remote server reported an error.")
        case _:
            return ApiError(ErrorCode.REMOTE_FAILED, f"The remote server failed with status {status}.")


def malformed() -> ApiError:
    """Return the failure for a reply that is not of the protocol."""
    return ApiError(ErrorCode.REMOTE_FAILED, "The remote server's reply makes no sense.")


def _text_events(parts: list[ReplyPart]) -> Iterator[ChatEvent]:
    """Turn parts of text into events."""
    for part in parts:
        match part:
            case TextPart(text):
                yield TextDelta(text)
            case ReasoningPart(text):
                yield ReasoningDelta(text)
            case _:
                raise malformed()


def _object(value: Any) -> dict[str, Any]:
    """Accept an object, or nothing."""
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise malformed()
    return value


def _text(value: Any) -> str:
    """Accept a text."""
    if not isinstance(value, str):
        raise malformed()
    return value


def _count(value: Any, otherwise: float) -> float:
    """Accept a number that is not negative, and fall back if a server has none to give."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and value >= 0 else otherwise
