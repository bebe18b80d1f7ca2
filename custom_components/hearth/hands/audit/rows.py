"""Say what a row of the audit holds: its kinds, and one builder for each.

No row holds a secret, a prompt or what a model said; `withhold` names the fields with words of people in them.
"""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from typing import Any

from homeassistant.core import split_entity_id

from ..call import Call, CallRecord, Outcome, Scope
from ..effects import Resolution
from ..policy import Decision

_TEXTS = frozenset({"input_text", "text"})


class Kind(StrEnum):
    """What a row tells of."""

    CALL = "call"
    OUTCOME = "outcome"
    APPROVAL = "approval"
    REFUSAL = "refusal"
    REMOTE_REQUEST = "remote_request"
    MEMORY_EDIT = "memory_edit"
    HALT = "halt"
    RESUME = "resume"
    UNDO = "undo"
    AUTOMATION = "automation"
    PAUSE = "pause"
    SETTING = "setting"
    ERASED = "erased"
    PRUNED = "pruned"
    BEGUN = "begun"


class Step(StrEnum):
    """How far an approval has come."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"
    NOT_TODAY = "not_today"
    LAPSED = "lapsed"
    CANCELLED = "cancelled"


def call(
    scope: Scope,
    made: Call,
    resolution: Resolution,
    decision: Decision,
    outcome: Outcome,
    approved_from: int | None = None,
) -> dict[str, Any]:
    """Return the row of a call, written before anything happens.

    `approved_from` is the row in which a person was asked; the outcome of a call that runs has a row of its own.
    """
    private = is_private(scope, resolution)
    return {
        "conversation_id": scope.conversation_id,
        "context_id": scope.context_id,
        "turn": scope.turn_id,
        "agent_id": scope.agent_id,
        "user_id": scope.user_id,
        "device_id": scope.device_id,
        "words": None if private else scope.words,
        "tool": made.name,
        "args": dict.fromkeys(made.args) if private else dict(made.args),
        # What was done to an entity is the home's to know, whoever it was done for.
        "effects": [effect.as_dict(private=private and not effect.entity_id) for effect in resolution.judged],
        "unknown": list(resolution.unknown),
        "risk": risk_of(decision),
        "decision": decision.verdict.value,
        "reason": decision.reason.value,
        "rule": decision.rule,
        "approved_from": approved_from,
        "outcome": None if outcome is Outcome.ANSWERED else outcome.value,
    }


def outcome(record: CallRecord) -> dict[str, Any]:
    """Return the row of what came of a call that ran."""
    return {
        "call": record.audit_id,
        "outcome": record.outcome.value,
        "before": record.before,
        "after": record.after,
        "unchanged": list(record.unchanged),
        "error": None if record.private else record.error,
        "undo": record.undo,
    }


def approval(
    approval_id: str,
    call_id: int,
    step: Step,
    *,
    user_id: str | None = None,
    device_id: str | None = None,
    channel: str | None = None,
    wait_s: float | None = None,
) -> dict[str, Any]:
    """Return the row of a question that was asked, answered or left open.

    `call_id` is the row of the call that waits; the user, the device and the channel are those of whoever answers, for
    a question that is asked those of whoever is asked. `wait_s` is how long the answer took.
    """
    return {
        "approval_id": approval_id,
        "call": call_id,
        "step": step.value,
        "user_id": user_id,
        "device_id": device_id,
        "channel": channel,
        "wait_s": None if wait_s is None else round(wait_s, 3),
    }


def refusal(
    what: str,
    reason: str,
    *,
    call_id: int | None = None,
    user_id: str | None = None,
    device_id: str | None = None,
    channel: str | None = None,
) -> dict[str, Any]:
    """Return the row of something refused that is no call, such as an answer of the wrong person or a wrong PIN."""
    return {
        "what": what,
        "reason": reason,
        "call": call_id,
        "user_id": user_id,
        "device_id": device_id,
        "channel": channel,
    }


def remote_request(
    *,
    role: str,
    model: str | None,
    host: str | None,
    tokens: Mapping[str, int],
    sources: Collection[str],
    conversation_id: str | None = None,
    agent_id: str | None = None,
    user_id: str | None = None,
) -> dict[str, Any]:
    """Return the row of a request that left the home for a model elsewhere: how much, of which sources, never what.

    `host` has neither a path nor a token; `tokens` counts what was sent and what came back.
    """
    return {
        "role": role,
        "model": model,
        "host": host,
        "tokens": dict(tokens),
        "sources": sorted(sources),
        "conversation_id": conversation_id,
        "agent_id": agent_id,
        "user_id": user_id,
    }


def memory_edit(action: str, change_id: str, *, owner: str, by: str) -> dict[str, Any]:
    """Return the row of a change to what is remembered of an owner, made by or for another; never its text.

    Who asked for it in which turn stands in the row of the call, where there was one.
    """
    return {"action": action, "change": change_id, "owner": owner, "by": by}


def halt(
    *, user_id: str | None, device_id: str | None = None, channel: str, stays: bool, ended: Mapping[str, int]
) -> dict[str, Any]:
    """Return the row of a stop; `stays` is false for a moment's, `ended` counts what it ended by kind."""
    return {
        "user_id": user_id,
        "device_id": device_id,
        "channel": channel,
        "stays": stays,
        "ended": dict(ended),
    }


def resume(*, user_id: str | None, device_id: str | None = None, channel: str) -> dict[str, Any]:
    """Return the row of the moment from which Hearth may act again."""
    return {"user_id": user_id, "device_id": device_id, "channel": channel}


def undo(
    of: Sequence[int],
    *,
    user_id: str | None,
    device_id: str | None = None,
    restored: Sequence[str] = (),
    removed: Sequence[str] = (),
    impossible: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the row of an undo: of which calls, which entities and things it reached, and which it could not."""
    return {
        "of": list(of),
        "user_id": user_id,
        "device_id": device_id,
        "restored": list(restored),
        "removed": list(removed),
        "impossible": list(impossible),
    }


def automation(
    step: str, automation_id: str, *, alias: str | None, user_id: str | None, risk: str | None, call_id: int
) -> dict[str, Any]:
    """Return the row of an automation that was proposed, installed or removed (`step`) by a call."""
    return {
        "step": step,
        "automation_id": automation_id,
        "alias": alias,
        "user_id": user_id,
        "risk": risk,
        "call": call_id,
    }


def pause(
    step: str, target: str, *, until: str | None, user_id: str | None, device_id: str | None = None, channel: str
) -> dict[str, Any]:
    """Return the row of the briefing or an automation that rests from now on, or goes on again (`step`)."""
    return {
        "step": step,
        "target": target,
        "until": until,
        "user_id": user_id,
        "device_id": device_id,
        "channel": channel,
    }


def setting(option: str, before: Any, after: Any, *, user_id: str | None) -> dict[str, Any]:
    """Return the row of an option that a user, or nobody in particular, has changed.

    Of a secret one the values only say whether it is set.
    """
    return {"option": option, "before": before, "after": after, "user_id": user_id}


def erased(owner: str | None, counts: Mapping[str, int], *, user_id: str | None) -> dict[str, Any]:
    """Return the row of an erasure; None as the owner stands for everybody."""
    return {"owner": owner, "user_id": user_id, **counts}


def pruned(*, through: int, start: str, count: int, days: int) -> dict[str, Any]:
    """Return the row of a pruning: up to which row, and the hash that the chain goes on from."""
    return {"through": through, "start": start, "count": count, "days": days}


def begun(aside: str, row: int, digest: str) -> dict[str, Any]:
    """Return the first row of a new file: the one that was moved aside, and where its chain had ended."""
    return {"aside": aside, "row": row, "hash": digest}


def risk_of(decision: Decision) -> str | None:
    """Return the class that a decision rests on, None for the unknown."""
    return decision.risk.name.lower() if decision.risk is not None else None


def is_private(scope: Scope, resolution: Resolution) -> bool:
    """Tell whether what a call was about may be written down nowhere."""
    return resolution.private or scope.incognito


def withhold(kind: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row with nothing in it that anybody said."""
    match kind:
        case Kind.CALL:
            effects = [
                {**effect, "data": dict.fromkeys(effect.get("data") or ())} for effect in body.get("effects") or ()
            ]
            args = dict.fromkeys(body.get("args") or ())
            return {**body, "words": None, "args": args, "unknown": [], "effects": effects}
        case Kind.OUTCOME:
            texts = {key: _without_texts(body.get(key) or {}) for key in ("before", "after")}
            return {**body, **texts, "error": None, "undo": None}
        case Kind.AUTOMATION:
            return {**body, "alias": None}
        case _:
            return dict(body)


def _without_texts(states: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return states without those of entities that hold what somebody wrote."""
    return {key: None if split_entity_id(key)[0] in _TEXTS else state for key, state in states.items()}
