"""Remember the last turns: what answered, what it did, how long each stage took."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
import time
from typing import Any

from ..hands import By, CallRecord, Outcome, Scope
from ..speech import say
from .citations import Citations, Footnote, list_of_sources

_KEPT = 50
DID_SOMETHING = frozenset({Outcome.DONE, Outcome.STARTED})


class Tier(StrEnum):
    """What answered a turn, cheapest first."""

    REFLEX = "T0"
    ROUTER = "T1"
    MODEL = "T2"


class TurnOutcome(StrEnum):
    """How a turn ended for the person."""

    ANSWERED = "answered"
    DONE = "done"
    ASKED = "asked"
    DECLINED = "declined"
    FAILED = "failed"
    NO_MODEL = "no_model"
    ENGINE_ERROR = "engine_error"
    STOPPED = "stopped"


@dataclass(slots=True)
class Turn:
    """One turn, for the trace; what is shown of it leaves the person's and the model's own words out.

    `timings_ms` maps a stage to its duration; `generations` are the engine's timings of each reply of a model, in
    order, with the `model` that gave it and `first_token_ms` added. `citations` follow a model's words, `notes` are
    what any other answer rests on. `tokens` estimates each part of the prompt, `left_out` says what did not come into
    it, `made_room` how the conversation was shortened; `corrected` is whether a model claimed what was not done.
    """

    scope: Scope
    tier: Tier = Tier.REFLEX
    outcome: TurnOutcome = TurnOutcome.FAILED
    timings_ms: dict[str, float] = field(default_factory=dict)
    generations: list[Mapping[str, Any]] = field(default_factory=list)
    error: str | None = None
    limit: asyncio.Timeout | None = None
    citations: Citations | None = None
    notes: list[Footnote] = field(default_factory=list)
    tokens: dict[str, int] = field(default_factory=dict)
    left_out: dict[str, str | int] = field(default_factory=dict)
    made_room: list[str] = field(default_factory=list)
    corrected: bool = False

    @property
    def turn_id(self) -> str:
        """Return what tells the turn from others, in the audit too."""
        return self.scope.turn_id

    @property
    def calls(self) -> list[CallRecord]:
        """Return what the guard did in this turn, in order."""
        return self.scope.calls

    @property
    def usage(self) -> Mapping[str, Any] | None:
        """Return the measures of the last generation, None when no model was asked."""
        return self.generations[-1] if self.generations else None

    def below(self) -> list[str]:
        """Return what stands below an answer: how the conversation was shortened, and what was cited where it shows."""
        language, citations = self.scope.language, self.citations
        told = [say(language, what) for what in dict.fromkeys(self.made_room)]
        sources = list_of_sources(language, citations.notes) if citations and citations.shown else ""
        return [*told, sources] if sources else told

    @property
    def cited(self) -> list[Footnote]:
        """Return what the answer rests on."""
        return [*self.notes, *(self.citations.notes if self.citations else ())]

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measure a stage; one that runs several times adds up."""
        start = time.perf_counter()
        try:
            yield
        finally:
            elapsed = (time.perf_counter() - start) * 1000
            self.timings_ms[name] = round(self.timings_ms.get(name, 0.0) + elapsed, 3)

    def stop(self) -> None:
        """End what the model says at once, also if it has not begun yet; no further call of the turn runs."""
        self.scope.stopped = True
        if self.limit is not None:
            self.limit.reschedule(asyncio.get_running_loop().time())

    def obey(self, limit: asyncio.Timeout) -> None:
        """Let `stop` end the block of a timeout."""
        self.limit = limit
        if self.scope.stopped:
            self.stop()

    def as_dict(self) -> dict[str, Any]:
        """Return the turn as the websocket API gives it."""
        return {
            "turn_id": self.turn_id,
            "conversation_id": self.scope.conversation_id,
            "agent_id": self.scope.agent_id,
            "tier": self.tier.value,
            "outcome": self.outcome.value,
            "tool_calls": [call.as_dict() for call in self.calls],
            "entities": {
                entity_id: {"before": call.before.get(entity_id), "after": call.after.get(entity_id)}
                for call in self.calls
                for entity_id in call.resolution.entity_ids
            },
            "citations": [note.as_dict() for note in self.cited],
            "citations_dropped": self.citations.missing if self.citations else [],
            "prompt": {"tokens": self.tokens, "left_out": self.left_out, "made_room": self.made_room},
            "audit_ids": [call.audit_id for call in self.calls],
            "timings_ms": self.timings_ms,
            "generations": [dict(generation) for generation in self.generations],
        }


class TurnLog:
    """The turns that run and the last ones that ended, in memory only."""

    def __init__(self) -> None:
        """Start with no turn."""
        self._ended: deque[Turn] = deque(maxlen=_KEPT)
        self._running: dict[str, Turn] = {}
        self._listeners: list[Callable[[], None]] = []

    @contextmanager
    def running(self, turn: Turn) -> Iterator[Turn]:
        """Keep a turn among the running ones, and afterwards among the ended ones, unless nothing may be kept of it."""
        self._running[turn.turn_id] = turn
        try:
            with turn.stage("total"):
                yield turn
        finally:
            del self._running[turn.turn_id]
            if not turn.scope.incognito:
                self._keep(turn)

    def _keep(self, turn: Turn) -> None:
        self._ended.append(turn)
        for listener in list(self._listeners):
            listener()

    def recent(self, conversation_id: str | None = None, limit: int = 20) -> list[Turn]:
        """Return up to `limit` ended turns, oldest first."""
        turns = [turn for turn in self._ended if conversation_id in (None, turn.scope.conversation_id)]
        return turns[-limit:]

    def stop_all(self, by: By) -> int:
        """Stop every running turn but the one that says so, and return how many there were."""
        others = [turn for turn in self._running.values() if turn.scope is not by.scope]
        for turn in others:
            turn.stop()
        return len(others)

    def of(self, conversation_id: str) -> Turn | None:
        """Return the newest turn of a conversation, one that still runs before all that ended."""
        running = [turn for turn in self._running.values() if turn.scope.conversation_id == conversation_id]
        return next(iter([*running[::-1], *self.recent(conversation_id, 1)]), None)

    def add_listener(self, listener: Callable[[], None]) -> Callable[[], None]:
        """Call `listener` after every turn until the returned function is called."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)
