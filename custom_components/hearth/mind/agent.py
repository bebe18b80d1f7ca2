"""Let a language model answer, calling tools until it has what it needs."""

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
import json
import time
from typing import Any

from homeassistant.components import conversation
from homeassistant.helpers import llm

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
from ..hands import MalformedCall, Outcome
from .prompt import messages, tool_schemas
from .turn import Turn

# A model that has not come to an end after so many rounds of tools goes in circles.
MAX_STEPS = 8


@dataclass(frozen=True, slots=True)
class Ask:
    """What to ask of the engine: the role's model, the moments before the words said then, a schema for the reply.

    `reasoning` is the effort to think with, None for as much as the model likes.
    """

    role: str
    agent_id: str
    moments: Mapping[datetime, str] = field(default_factory=dict)
    schema: dict[str, Any] | None = None
    priority: str = "chat"
    reasoning: str | None = None


async def async_generate(
    client: EngineClient, chat_log: conversation.ChatLog, turn: Turn, ask: Ask
) -> EngineError | None:
    """Stream replies into the chat log and run their tool calls until the model is done or a person must answer.

    Returns the engine's error if there was one, what had been said before it kept; what the guard did is in the
    turn. Whether the steps ran out shows in tool results that nobody responded to.
    """
    tools = tool_schemas(chat_log.llm_api)
    for _ in range(MAX_STEPS):
        request = ChatRequest(
            model=ask.role,
            messages=messages(chat_log.content, ask.moments),
            tools=tools,
            schema=ask.schema,
            priority=ask.priority,
            session=chat_log.conversation_id,
            reasoning=ask.reasoning,
        )
        reply = _Reply(turn, chat_log)
        with turn.stage("generate"):
            async with aclosing(reply.deltas(client, request)) as deltas:
                async for _content in chat_log.async_add_delta_content_stream(ask.agent_id, deltas):
                    pass
        if reply.error is not None:
            return reply.error
        if any(call.outcome is Outcome.ASKED for call in turn.calls) or not chat_log.unresponded_tool_results:
            return None
    return None


@dataclass(slots=True)
class _Reply:
    """One generation on its way into the chat log."""

    turn: Turn
    chat_log: conversation.ChatLog
    error: EngineError | None = None
    first_ms: float | None = None

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

    def _delta(self, event: ChatEvent) -> conversation.AssistantContentDeltaDict | None:
        match event:
            case TextDelta(text):
                return {"content": text}
            case ReasoningDelta(text):
                return {"thinking_content": text}
            case ToolCall():
                return {"tool_calls": [_tool_input(event)]}
            case Finished():
                self._finish(event)
                return None

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
        self.chat_log.async_trace({"stats": stats, "timings": timings})


def _tool_input(call: ToolCall) -> llm.ToolInput:
    """Return a tool call with its arguments read; none at all count as an empty object."""
    try:
        args = json.loads(call.arguments or "{}")
    except ValueError as err:
        return _malformed(call, f"The arguments are not JSON: {err}")
    if not isinstance(args, dict):
        return _malformed(call, "The arguments must be a JSON object")
    return llm.ToolInput(id=call.id, tool_name=call.name, tool_args=args)


def _malformed(call: ToolCall, problem: str) -> MalformedCall:
    return MalformedCall(id=call.id, tool_name=call.name, tool_args={}, problem=problem)
