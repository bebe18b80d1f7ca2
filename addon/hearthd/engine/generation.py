"""Make one reply: render, prefill, draw token by token, and take the reply apart while it grows."""

import codecs
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
import logging
import secrets
import time
from typing import assert_never

from hearthd.engine.backend import (
    ChatEvent,
    ChatRequest,
    Finish,
    FinishReason,
    ReasoningDelta,
    TextDelta,
    Timings,
    ToolCallDelta,
)
from hearthd.engine.formats import ChatFormat, callable_tools
from hearthd.engine.llama import Llama, Sampler
from hearthd.engine.reply import (
    THINK_CLOSE,
    BrokenCallPart,
    CallPart,
    Phase,
    ReasoningPart,
    ReplyParser,
    ReplyPart,
    StopFilter,
    TextPart,
)
from hearthd.errors import ApiError, ErrorCode

_LOGGER = logging.getLogger(__name__)


def generate(
    llama: Llama, form: ChatFormat, request: ChatRequest, check: Callable[[], None], queue_ms: float
) -> Iterator[ChatEvent]:
    """Yield the events of one reply; `check` runs at every step and may raise to stop.

    Raises:
        ApiError: `context_overflow` or `invalid_request`, before the first event.
    """
    prompt = form.prompt(request)
    bos = llama.special_texts()["bos_token"]
    writes_bos = bool(bos) and prompt.text.startswith(bos)
    tokens = llama.tokenize(prompt.text, add_bos=llama.adds_bos and not writes_bos)
    if len(tokens) >= llama.context_length:
        raise ApiError(
            ErrorCode.CONTEXT_OVERFLOW,
            f"The conversation needs {len(tokens)} tokens, but the model's context holds {llama.context_length}.",
            param="messages",
        )
    sampler = llama.sampler(request.sampling)
    try:
        reply = _Reply(llama, form, request, sampler, in_reasoning=prompt.in_reasoning)
        yield from reply.run(tokens, check, queue_ms)
    finally:
        sampler.close()


class _Reply:
    """One reply while it is being made."""

    def __init__(
        self, llama: Llama, form: ChatFormat, request: ChatRequest, sampler: Sampler, *, in_reasoning: bool
    ) -> None:
        """Prepare to read what the model writes, and constrain it from the start where the request says so."""
        self._llama = llama
        self._form = form
        self._request = request
        self._sampler = sampler
        syntax = form.syntax(request)
        self._parser = ReplyParser(syntax, in_reasoning=in_reasoning)
        self._stop = StopFilter(request.sampling.stop)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._marks = {ids[0] for mark in syntax.marks if len(ids := llama.tokenize(mark)) == 1}
        self._callable = {tool.name for tool in callable_tools(request)}
        self._calls = 0
        self._complete = False
        self._strict = form.reply_grammar(request, may_reason=False) is not None
        if self._strict and not in_reasoning:
            self._constrain(lambda one: form.reply_grammar(one, may_reason=True))

    def run(self, prompt: list[int], check: Callable[[], None], queue_ms: float) -> Iterator[ChatEvent]:
        """Prefill the prompt, then draw tokens until something ends the reply."""
        started = first = time.perf_counter()
        cached = self._llama.resume(prompt)
        self._llama.decode(prompt[cached:], check)
        drawn = 0
        reason: FinishReason | None = None
        while reason is None:
            check()
            token = self._sampler.sample()
            drawn += 1
            first = time.perf_counter() if drawn == 1 else first
            if token is not None and not self._llama.is_end(token):
                following = yield from self._read(self._llama.piece(token, special=token in self._marks), [token])
            elif self._strict and self._parser.phase is Phase.REASONING:
                # What was asked for is still to come: the reasoning ends here, not the reply.
                following = yield from self._read(THINK_CLOSE.encode(), self._llama.tokenize(THINK_CLOSE))
            else:
                reason = FinishReason.STOP
                continue
            reason = self._end_after(drawn, following)
            if reason is None:
                self._llama.decode(following, check)
        ended = time.perf_counter()
        yield from self._rest()
        timings = Timings(
            cache_n=cached,
            prompt_n=len(prompt) - cached,
            prompt_ms=(first - started) * 1000,
            predicted_n=drawn,
            predicted_ms=(ended - first) * 1000,
            queue_ms=queue_ms,
        )
        yield Finish(FinishReason.TOOL_CALLS if self._calls and reason is FinishReason.STOP else reason, timings)

    def _end_after(self, drawn: int, following: list[int]) -> FinishReason | None:
        """Return why the reply ends before the following tokens are decoded, or None if it goes on."""
        if self._complete:
            return FinishReason.STOP
        is_full = len(self._llama.tokens) + len(following) >= self._llama.context_length
        return FinishReason.LENGTH if is_full or drawn == self._request.sampling.max_tokens else None

    def _read(self, piece: bytes, tokens: list[int]) -> Generator[ChatEvent, None, list[int]]:
        """Yield what tokens say; return those to decode next, which are others where a grammar sets in."""
        rest = self._decoder.decode(piece)
        while rest:
            before = self._parser.phase
            parts, rest = self._parser.feed(rest)
            for part in parts:
                yield from self._events(part)
            unread = len(rest.encode()) + len(self._decoder.getstate()[0])
            if self._parser.phase is not before and self._turn(before) and unread:
                # It reaches beyond the mark into what the grammar governs: keep its head, draw the rest anew.
                self._decoder.reset()
                return self._llama.tokenize(piece[: max(len(piece) - unread, 0)].decode("utf-8", "ignore"))
        return tokens

    def _turn(self, before: Phase) -> bool:
        """Change the grammar with the phase; return whether a new one has set in."""
        now = self._parser.phase
        if now is Phase.REASONING:
            return self._constrain(lambda _request: None)
        if self._strict:
            # The reply's grammar covers text and calls alike; only reasoning is outside of it.
            return before is Phase.REASONING and self._constrain(
                lambda one: self._form.reply_grammar(one, may_reason=False)
            )
        return now is Phase.CALL and self._constrain(self._form.call_grammar)

    def _constrain(self, grammar_for: Callable[[ChatRequest], str | None]) -> bool:
        """Set a grammar, a looser one if llama.cpp refuses it, or none; return whether there is one."""
        for request in (self._request, _loosened(self._request)):
            grammar = grammar_for(request)
            if self._sampler.constrain(grammar):
                return grammar is not None
            _LOGGER.warning("llama.cpp refuses the grammar of a request's schemas")
        return False

    def _events(self, part: ReplyPart) -> Iterator[ChatEvent]:
        """Yield the events of one part of the reply, unless the reply is complete already."""
        if self._complete:
            return
        match part:
            case TextPart(text):
                if shown := self._stop.feed(text):
                    yield TextDelta(shown)
                self._complete = self._stop.stopped
            case ReasoningPart(text):
                yield ReasoningDelta(text)
            case CallPart(name, arguments) if name in self._callable:
                yield ToolCallDelta(self._calls, f"call_{secrets.token_hex(12)}", name, arguments)
                self._calls += 1
                self._complete = not self._form.several_calls(self._request)
            case CallPart() | BrokenCallPart():
                _LOGGER.warning("The model made a tool call that cannot be used; it is left out")
            case _:
                assert_never(part)

    def _rest(self) -> Iterator[ChatEvent]:
        """Yield what was held back until the end."""
        for part in self._parser.finish():
            yield from self._events(part)
        if held := self._stop.finish():
            yield TextDelta(held)


def _loosened(request: ChatRequest) -> ChatRequest:
    """Return the request with schemas that admit any object."""
    tools = tuple(replace(tool, parameters={}) for tool in request.tools)
    return replace(request, tools=tools, schema=None if request.schema is None else {})
