"""Let a language model answer, calling tools until it has what it needs."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from dataclasses import dataclass, field
import time
from typing import Any

from homeassistant.components import conversation
from homeassistant.helpers import llm
from homeassistant.util.json import JSON_DECODE_EXCEPTIONS, json_loads

from ..engine import (
    ChatEvent,
    ChatRequest,
    EngineClient,
    EngineError,
    Finished,
    ReasoningDelta,
    TextDelta,
    ToolCall,
)
from ..hands import AsksBack, CallRecord, MalformedCall, Outcome, Secrets
from .claims import Claims
from .compaction import async_make_room, is_full
from .conversations import Conversation
from .evidence import Evidence
from .masking import Masking
from .prompt import messages, tool_schemas
from .summaries import Summariser
from .turn import Turn

# A model that has not come to an end after so many rounds of tools goes in circles.
MAX_STEPS = 8


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask of the engine: the role's model, the conversation that it goes on with, a schema for the reply.

    `reasoning` is the effort to think with, None for as much as the model likes; `context_length` (tokens) is None
    where nobody knows it; `secrets` knows what the model must not see.
    """

    role: str
    agent_id: str
    secrets: Secrets
    conversation: Conversation | None = None
    schema: dict[str, Any] | None = None
    priority: str = "chat"
    reasoning: str | None = None
    context_length: int | None = None


async def async_generate(
    client: EngineClient, chat_log: conversation.ChatLog, turn: Turn, ask: Ask
) -> EngineError | None:
    """Stream replies into the chat log and run their tool calls until the model is done or a person must answer.

    Returns the engine's error if there was one, what had been said before it kept; what the guard did is in the
    turn. Whether the steps ran out shows in tool results that nobody responded to.
    """
    generation = _Generation(client, chat_log, turn, ask)
    for _ in range(MAX_STEPS):
        if (error := await generation.async_step()) is not None:
            return error
        if any(map(_waits, turn.calls)) or not chat_log.unresponded_tool_results:
            return None
    return None


@dataclass(frozen=True, slots=True)
class _Generation:
    """The replies of one turn, one after another."""

    client: EngineClient
    chat_log: conversation.ChatLog
    turn: Turn
    ask: Ask

    async def async_step(self) -> EngineError | None:
        """Stream one reply; one that does not fit the model's context is asked for again, once, with more room."""
        going_on = self.ask.conversation
        if going_on is not None and is_full(going_on, self._newest(), self.ask.context_length):
            await self._async_make_room(going_on)
        error = await self._async_reply()
        if going_on is None or error is None or error.code != "context_overflow":
            return error
        return await self._async_reply() if await self._async_make_room(going_on) else error

    async def _async_reply(self) -> EngineError | None:
        going_on, first = self.ask.conversation, len(self.chat_log.content)
        request = ChatRequest(
            model=self.ask.role,
            messages=messages(self.chat_log.content, self.ask.secrets, going_on),
            tools=tool_schemas(self.chat_log.llm_api),
            schema=self.ask.schema,
            priority=self.ask.priority,
            session=self.chat_log.conversation_id,
            reasoning=self.ask.reasoning,
        )
        # What a task has written is no speech to anybody.
        claims = self._claims() if going_on is not None else None
        # In data a mark would spoil the form, and whoever reads it is a program.
        masking = Masking(self.ask.secrets) if self.ask.schema is None else None
        reply = _Reply(self.turn, self.chat_log, Masking(self.ask.secrets), masking, claims)
        with self.turn.stage("generate"):
            async with aclosing(reply.deltas(self.client, request)) as deltas:
                async for _content in self.chat_log.async_add_delta_content_stream(self.ask.agent_id, deltas):
                    pass
        if going_on is not None:
            going_on.tokens = reply.tokens
            for content in self.chat_log.content[first:]:
                going_on.number_passages(content)
        return reply.error

    def _claims(self) -> Claims:
        """Return what holds the words of a reply against what the turn has done by then."""
        language = self.turn.scope.language
        evidence = Evidence(self.chat_log.hass, language, self.turn.calls)
        return Claims(language, evidence.backs, evidence.truth)

    async def _async_make_room(self, going_on: Conversation) -> bool:
        """Shorten a conversation and have the person told of it; return whether there was anything to shorten."""
        summariser = Summariser(
            self.client, self.ask.role, self.ask.context_length, self.ask.priority, self.ask.secrets
        )
        with self.turn.stage("make_room"):
            what = await async_make_room(self.chat_log, going_on, summariser)
        if what is not None:
            self.turn.made_room.append(what)
        return what is not None

    def _newest(self) -> str:
        """Return what has come since the last reply."""
        newest = messages(self.chat_log.content[-1:], self.ask.secrets, self.ask.conversation)
        return "".join(str(message["content"]) for message in newest)


@dataclass(slots=True)
class _Reply:
    """One generation on its way into the chat log; `tokens` is how long the conversation is by then."""

    turn: Turn
    chat_log: conversation.ChatLog
    thoughts: Masking
    masking: Masking | None = None
    claims: Claims | None = None
    error: EngineError | None = None
    first_ms: float | None = None
    tokens: int = 0
    _written: list[str] = field(default_factory=list)
    _said: list[str] = field(default_factory=list)
    _calls: bool = False

    async def deltas(
        self, client: EngineClient, request: ChatRequest
    ) -> AsyncGenerator[conversation.AssistantContentDeltaDict]:
        """Yield a generation in the chat log's form; an error ends it and is kept."""
        start = time.perf_counter()
        yield {"role": "assistant"}
        try:
            async with aclosing(client.async_chat(request)) as events:
                async for event in events:
                    if self.first_ms is None:
                        self.first_ms = round((time.perf_counter() - start) * 1000, 3)
                    if delta := self._delta(event):
                        yield delta
        except EngineError as err:
            self.error = err
        for delta in self._ending():
            yield delta

    def _delta(self, event: ChatEvent) -> conversation.AssistantContentDeltaDict | None:
        match event:
            case TextDelta(text):
                return self._take(self._checked(self.masking.feed(text) if self.masking else text))
            case ReasoningDelta(text):
                return {"thinking_content": self.thoughts.feed(text)}
            case ToolCall():
                self._calls = True
                return {"tool_calls": [_tool_input(event)]}
            case Finished():
                self._finish(event)
                return None

    def _checked(self, text: str) -> str:
        """Return what of some more words claims nothing that was not done."""
        return self.claims.feed(text) if self.claims else text

    def _take(self, text: str) -> conversation.AssistantContentDeltaDict | None:
        """Take what may be said of what the model writes."""
        self._written.append(text)
        citations = self.turn.citations
        return self._say(citations.feed(text) if citations else text)

    def _say(self, text: str) -> conversation.AssistantContentDeltaDict | None:
        self._said.append(text)
        return {"content": text} if text else None

    def _ending(self) -> Iterator[conversation.AssistantContentDeltaDict]:
        """Yield the rest of a reply; below an answer, what became of the conversation and what was cited."""
        if thought := self.thoughts.end():
            yield {"thinking_content": thought}
        words = self._checked(self.masking.end()) if self.masking else ""
        if self.claims:
            words += self.claims.end(calls=self._calls)
        if put_right := self._take(words):
            yield put_right
        self.turn.corrected = self.turn.corrected or (self.claims is not None and self.claims.corrected)
        if self.turn.citations and (rest := self._say(self.turn.citations.end())):
            yield rest
        is_answer = self.error is None and not self._calls and any(self._written)
        if is_answer and (below := "\n\n".join(self.turn.below())):
            yield {"content": f"\n\n{below}"}
            self._said.append(below)
        # The model goes on from what it wrote itself, and the engine from what it has read.
        if (written := "".join(self._written)) != "".join(self._said):
            yield {"native": written}

    def _finish(self, event: Finished) -> None:
        """Keep what the reply took, for Hearth's trace and for the one that core keeps of each conversation."""
        timings = {**event.timings, "model": event.model, "first_token_ms": self.first_ms}
        self.turn.generations.append(timings)
        self.turn.timings_ms.setdefault("first_token", self.first_ms or 0.0)
        cached = timings.get("cache_n", 0)
        stats = {
            "input_tokens": cached + timings.get("prompt_n", 0),
            "cached_input_tokens": cached,
            "output_tokens": timings.get("predicted_n", 0),
        }
        self.tokens = stats["input_tokens"] + stats["output_tokens"]
        self.chat_log.async_trace({"stats": stats, "timings": timings})


def _waits(call: CallRecord) -> bool:
    """Tell whether a call can go on only once the person has said something."""
    return call.outcome is Outcome.ASKED or isinstance(call.result, AsksBack)


def _tool_input(call: ToolCall) -> llm.ToolInput:
    """Return a tool call with its arguments read; none at all count as an empty object."""
    try:
        args = json_loads(call.arguments or "{}")
    except JSON_DECODE_EXCEPTIONS as err:
        return _malformed(call, f"The arguments are not JSON: {err}")
    if not isinstance(args, dict):
        return _malformed(call, "The arguments must be a JSON object")
    return llm.ToolInput(id=call.id, tool_name=call.name, tool_args=args)


def _malformed(call: ToolCall, problem: str) -> MalformedCall:
    return MalformedCall(id=call.id, tool_name=call.name, tool_args={}, problem=problem)
