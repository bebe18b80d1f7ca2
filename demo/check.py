"""Ask the home sentences and judge whether what was asked really happened."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from .running import HEARTH_PIPELINE, RunningHome

_SETTLE_SECONDS = 20.0
_POLL_SECONDS = 0.1
# States that a device only passes through.
_PASSING = frozenset({"arming", "closing", "disarming", "locking", "opening", "pending", "returning", "unlocking"})


class Outcome(StrEnum):
    """How a turn ended, as hearth/turns/list tells it."""

    ANSWERED = "answered"
    DONE = "done"
    ASKED = "asked"
    DECLINED = "declined"
    FAILED = "failed"
    NO_MODEL = "no_model"
    ENGINE_ERROR = "engine_error"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class Seen:
    """What we saw of an entity ourselves: its state and everything else that the states API tells."""

    state: str
    attributes: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """An entity before and after a turn, as we saw it and as Hearth told it; None where it was not there."""

    before: Seen | None
    after: Seen | None
    told_before: str | None
    told_after: str | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One sentence, what came of it, in how many pieces the reply streamed, and how long each stage took (ms)."""

    text: str
    reply: str
    tier: str
    outcome: Outcome | None
    tool_calls: Sequence[Mapping[str, Any]] = ()
    changes: Mapping[str, Change] = field(default_factory=dict)
    citations: Sequence[Any] = ()
    audit_ids: Sequence[int] = ()
    pieces: int = 0
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    error: str | None = None


def judge(turns: Sequence[Turn]) -> list[str | None]:
    """Return for each turn why what was asked did not happen, or None where it did.

    A turn that asked back is good once a later one has got the person's decision and acted on it.
    """
    faults = [_fault(turn) for turn in turns]
    asked: int | None = None
    for index, turn in enumerate(turns):
        match turn.outcome:
            case Outcome.ASKED:
                asked = index
            case Outcome.DONE | Outcome.DECLINED if asked is not None:
                faults[index] = faults[index] if turn.outcome is Outcome.DONE else None
                faults[asked] = faults[index] and f"what was agreed to did not happen: {faults[index]}"
                asked = None
    return faults


def _fault(turn: Turn) -> str | None:
    if turn.error is not None:
        return turn.error
    match turn.outcome:
        case None:
            return "Hearth has no record of this turn"
        case Outcome.ANSWERED:
            return None if turn.reply.strip() else "the answer is empty"
        case Outcome.DONE:
            return _false_claim(turn)
        case Outcome.ASKED:
            return "it asked, and nobody decided"
        case Outcome.STOPPED if turn.tier == "T0":
            # The person said "stop"; in any other tier a turn was cut off.
            return None
        case Outcome.DECLINED | Outcome.FAILED | Outcome.NO_MODEL | Outcome.ENGINE_ERROR | Outcome.STOPPED:
            return f"the turn ended as {turn.outcome.value}"


def _false_claim(turn: Turn) -> str | None:
    """Return what is wrong with a turn that says "done", by what we saw ourselves."""
    if not turn.changes:
        # Some actions have no entity: a list item, a notification. Then the audit must know of one.
        return None if turn.audit_ids else "it says done, but names no entity and no audit row"
    for entity_id, change in turn.changes.items():
        for when, seen, told in (
            ("before", change.before, change.told_before),
            ("after", change.after, change.told_after),
        ):
            state = seen.state if seen else None
            if told is not None and told not in _PASSING and state != told:
                return f"{entity_id} was {state} {when} the turn, not {told}"
    if all(change.before == change.after for change in turn.changes.values()):
        return f"it says done, but nothing changed: {', '.join(turn.changes)}"
    return None


async def check(home: RunningHome, sentences: Sequence[str]) -> list[Turn]:
    """Say the sentences one after another in one conversation and return what came of each."""
    pipeline = await home.pipeline(HEARTH_PIPELINE)
    conversation_id: str | None = None
    known: set[str] = set()
    turns: list[Turn] = []
    for sentence in sentences:
        before = await home.api.states()
        spoken = await speak(home, pipeline, sentence, conversation_id)
        conversation_id = spoken.conversation_id
        record = await _record(home, conversation_id, known)
        after = await _settled(home, list(record.get("entities", {})))
        turns.append(_turn(sentence, spoken, record, before, after))
    return turns


async def _record(home: RunningHome, conversation_id: str | None, known: set[str]) -> Mapping[str, Any]:
    """Return Hearth's own record of the turn that has just ended, or nothing if it keeps none; adds it to `known`."""
    if conversation_id is None:
        return {}
    listed = await home.websocket.command("hearth/turns/list", conversation_id=conversation_id, limit=1)
    record: Mapping[str, Any] = next((turn for turn in listed["turns"] if turn["turn_id"] not in known), {})
    known.update(turn["turn_id"] for turn in listed["turns"])
    return record


async def _settled(home: RunningHome, entity_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return every state once those of `entity_ids` no longer move, at most 20 seconds later."""
    deadline = asyncio.get_running_loop().time() + _SETTLE_SECONDS
    while True:
        states = await home.api.states()
        moving = any(states[entity_id]["state"] in _PASSING for entity_id in entity_ids if entity_id in states)
        if not moving or asyncio.get_running_loop().time() > deadline:
            return states
        await asyncio.sleep(_POLL_SECONDS)


def _turn(
    sentence: str,
    spoken: Spoken,
    record: Mapping[str, Any],
    before: Mapping[str, Mapping[str, Any]],
    after: Mapping[str, Mapping[str, Any]],
) -> Turn:
    outcome = record.get("outcome")
    return Turn(
        text=sentence,
        reply=spoken.reply,
        tier=record.get("tier", ""),
        outcome=Outcome(outcome) if outcome else None,
        tool_calls=record.get("tool_calls", []),
        changes={
            entity_id: Change(
                _seen(before.get(entity_id)), _seen(after.get(entity_id)), told.get("before"), told.get("after")
            )
            for entity_id, told in record.get("entities", {}).items()
        },
        citations=record.get("citations", []),
        audit_ids=record.get("audit_ids", []),
        pieces=spoken.pieces,
        timings_ms={
            "pipeline": spoken.milliseconds,
            **({} if spoken.first_words is None else {"first_words": spoken.first_words}),
            **record.get("timings_ms", {}),
        },
        error=spoken.error,
    )


def _seen(state: Mapping[str, Any] | None) -> Seen | None:
    return None if state is None else Seen(state["state"], state["attributes"])


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the Assist pipeline made of a sentence; times in milliseconds are those of its own events.

    `pieces` is in how many pieces the reply came, `first_words` when the first of them did.
    """

    reply: str
    conversation_id: str | None
    milliseconds: float
    error: str | None
    pieces: int = 0
    first_words: float | None = None


async def speak(home: RunningHome, pipeline: str, sentence: str, conversation_id: str | None = None) -> Spoken:
    """Send one sentence through an Assist pipeline, as the dialog on a dashboard does."""
    reply, error, pieces = "", None, 0
    times: dict[str, datetime] = {}
    events = home.websocket.events(
        "assist_pipeline/run",
        start_stage="intent",
        end_stage="intent",
        input={"text": sentence},
        pipeline=pipeline,
        conversation_id=conversation_id,
    )
    async for event in events:
        kind: str = event["type"]
        times[kind] = datetime.fromisoformat(event["timestamp"])
        match kind:
            case "intent-progress" if event["data"].get("chat_log_delta", {}).get("content"):
                pieces += 1
                times.setdefault("first-words", times[kind])
            case "intent-end":
                output = event["data"]["intent_output"]
                reply = output["response"]["speech"].get("plain", {}).get("speech", "")
                conversation_id = output["conversation_id"]
            case "error":
                error = f"the pipeline failed: {event['data']['message']}"
            case "run-end":
                break
            case _:
                pass
    since = {kind: (time - times["run-start"]).total_seconds() * 1000 for kind, time in times.items()}
    return Spoken(reply, conversation_id, since["run-end"], error, pieces, since.get("first-words"))
