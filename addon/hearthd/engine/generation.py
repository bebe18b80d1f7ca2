"""Make one reply: render the request, then read token by token what the model draws, whoever decodes it."""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
import logging
import secrets
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
from hearthd.engine.formats.chat_format import ChatFormat, callable_tools
from hearthd.engine.formats.reply import (
    BrokenCallPart,
    CallPart,
    Phase,
    ReasoningPart,
    ReplyPart,
    StopFilter,
    TextPart,
)
from hearthd.engine.kernel.radix import common_length
from hearthd.engine.llama.sampler import Sampler
from hearthd.engine.llama.weights import Tokens, Weights
from hearthd.errors import ApiError, ErrorCode

_LOGGER = logging.getLogger(__name__)

# What a short user message may add to a prompt that has none in the end.
_LONGER_PROMPT = 100


@dataclass(frozen=True, slots=True)
class Prompt:
    """A request as the model reads it; `in_reasoning` says that it ends inside reasoning that it has opened."""

    tokens: Tokens
    in_reasoning: bool


def read_prompt(weights: Weights, form: ChatFormat, request: ChatRequest, context_length: int) -> Prompt:
    """Render and tokenize a request; any thread may.

    Raises:
        ApiError: `context_overflow` or `invalid_request`.
    """
    prompt = form.prompt(request)
    writes_bos = bool(weights.bos_text) and prompt.text.startswith(weights.bos_text)
    tokens = weights.tokenize(prompt.text, add_bos=weights.adds_bos and not writes_bos)
    if len(tokens) >= context_length:
        raise ApiError(
            ErrorCode.CONTEXT_OVERFLOW,
            f"The conversation needs {len(tokens)} tokens, but the model's context holds {context_length}.",
            param="messages",
        )
    return Prompt(tokens, prompt.in_reasoning)


def read_stable(weights: Weights, form: ChatFormat, request: ChatRequest, context_length: int) -> Tokens:
    """Return the tokens that a request begins with whatever its last user message says; any thread may ask.

    Raises:
        ApiError: `context_overflow` or `invalid_request`.
    """
    messages = request.messages[:-1] if request.messages[-1]["role"] == "user" else request.messages
    # What both have in common belongs to neither; a letter and a digit are never one token with the same neighbour.
    spoken = [replace(request, messages=(*messages, {"role": "user", "content": words})) for words in ("a", "1")]
    one, other = (read_prompt(weights, form, variant, context_length).tokens for variant in spoken)
    return one[: common_length(one, other)]


def find_boundary(weights: Weights, form: ChatFormat, request: ChatRequest, prompt: Tokens) -> int:
    """Return how many of a prompt's tokens stay as they are when the next user message comes; any thread may ask."""
    try:
        stable = read_stable(weights, form, request, len(prompt) + _LONGER_PROMPT)
    except ApiError:
        # Not every template can say something else here.
        return 0
    return common_length(prompt, stable)


class Reply:
    """One reply while it is being made; `reason` tells why it has ended, once it has."""

    def __init__(
        self, weights: Weights, form: ChatFormat, request: ChatRequest, sampler: Sampler, *, in_reasoning: bool
    ) -> None:
        """Prepare to read what the model writes, and constrain it from the start where the request says so."""
        self.reason: FinishReason | None = None
        self.drawn = 0
        self._weights = weights
        self._form = form
        self._request = request
        self._sampler = sampler
        self._events: list[ChatEvent] = []
        syntax = form.syntax(request)
        self._parser = syntax.parser(in_reasoning=in_reasoning)
        self._reasoning_close = syntax.reasoning_close
        self._stop = StopFilter(request.sampling.stop)
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._marks = {ids[0] for mark in syntax.marks if len(ids := weights.tokenize(mark)) == 1}
        self._callable = {tool.name for tool in callable_tools(request)}
        self._calls = 0
        self._complete = False
        self._strict = form.reply_grammar(request, may_reason=False) is not None
        if self._strict and not in_reasoning:
            self._constrain(lambda one: form.reply_grammar(one, may_reason=True))

    def draw(self, row: int, room: int) -> Sequence[int]:
        """Draw a token from a row of logits; return the tokens to decode next, none once the reply has ended.

        `room` is how many more tokens the context holds.
        """
        token = self._sampler.sample(row)
        self.drawn += 1
        following: Sequence[int]
        if token is not None and not self._weights.is_end(token):
            following = self._read(self._weights.piece(token, special=token in self._marks), (token,))
        elif self._strict and self._parser.phase is Phase.REASONING:
            # What was asked for is still to come: the reasoning ends here, not the reply.
            close = self._reasoning_close
            following = self._read(close.encode(), self._weights.tokenize(close))
        else:
            self.reason = FinishReason.STOP
            return ()
        if self._complete:
            self.reason = FinishReason.STOP
        elif len(following) >= room or self.drawn == self._request.sampling.max_tokens:
            self.reason = FinishReason.LENGTH
        return () if self.reason else following

    def events(self) -> list[ChatEvent]:
        """Return what has been said since the last time."""
        events, self._events = self._events, []
        return events

    def finish(self, timings: Timings) -> list[ChatEvent]:
        """Return what was held back until the end, and the end."""
        for part in self._parser.finish():
            self._say(part)
        if held := self._stop.finish():
            self._events.append(TextDelta(held))
        reason = FinishReason.STOP if self.reason is None else self.reason
        self._events.append(
            Finish(FinishReason.TOOL_CALLS if self._calls and reason is FinishReason.STOP else reason, timings)
        )
        return self.events()

    def close(self) -> None:
        """Free the sampler."""
        self._sampler.close()

    def _read(self, piece: bytes, tokens: Sequence[int]) -> Sequence[int]:
        """Say what tokens mean; return those to decode next, which are others where a grammar sets in."""
        rest = self._decoder.decode(piece)
        while rest:
            before = self._parser.phase
            parts, rest = self._parser.feed(rest)
            for part in parts:
                self._say(part)
            unread = len(rest.encode()) + len(self._decoder.getstate()[0])
            if self._parser.phase is not before and self._turn(before) and unread:
                # It reaches beyond the mark into what the grammar governs: keep its head, draw the rest anew.
                self._decoder.reset()
                return self._weights.tokenize(piece[: max(len(piece) - unread, 0)].decode("utf-8", "ignore"))
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

    def _say(self, part: ReplyPart) -> None:
        """Note the events of one part of the reply, unless the reply is complete already."""
        if self._complete:
            return
        match part:
            case TextPart(text):
                if shown := self._stop.feed(text):
                    self._events.append(TextDelta(shown))
                self._complete = self._stop.stopped
            case ReasoningPart(text):
                self._events.append(ReasoningDelta(text))
            case CallPart(name, arguments) if name in self._callable:
                self._events.append(ToolCallDelta(self._calls, f"call_{secrets.token_hex(12)}", name, arguments))
                self._calls += 1
                self._complete = not self._form.several_calls(self._request)
            case CallPart() | BrokenCallPart():
                _LOGGER.warning("The model made a tool call that cannot be used; it is left out")
            case _:
                assert_never(part)


def _loosened(request: ChatRequest) -> ChatRequest:
    """Return the request with schemas that admit any object."""
    tools = tuple(replace(tool, parameters={}) for tool in request.tools)
    return replace(request, tools=tools, schema=None if request.schema is None else {})
