"""Describe a question to a person, and the answers to it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
import hashlib
from typing import Any, Final, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er

from ...access import Principal
from ...const import DOMAIN
from ..call import Call, CallSpec, Scope
from ..effects import Effect, Resolution, Risk, canonical_json
from ..policy import Consent, Decision, Reason, Verdict

# A voice in the room is soon about something else; a phone may lie in another room, so it has minutes more.
LIFETIME: Final = timedelta(minutes=2)
DEFAULT_MINUTES: Final = 10
CONF_APPROVAL_MINUTES: Final = "approval_minutes"


class Channel(StrEnum):
    """By which way an answer comes."""

    CONVERSATION = "conversation"
    NOTIFICATION = "notification"
    LIST = "list"
    ACTION = "action"


class Reply(StrEnum):
    """What is answered."""

    YES = "yes"
    NO = "no"
    NOT_TODAY = "not_today"


class Refused(StrEnum):
    """Why an answer does not count; each has its words in speech and among the exceptions."""

    GONE = "approval_gone"
    NOT_YOURS = "approval_not_yours"
    NEEDS_PERSON = "approval_needs_person"
    NEEDS_ADMIN = "approval_needs_admin"
    NEEDS_PIN = "approval_needs_pin"
    WRONG_PIN = "wrong_pin"
    LOCKED_OUT = "pin_locked"
    NOT_NAMED = "approval_not_named"
    BY_ITSELF = "approval_by_itself"


class AnswerRefusedError(ServiceValidationError):
    """An answer does not count, and the question stays as it was."""

    def __init__(self, why: Refused) -> None:
        """Say why in everybody's language."""
        super().__init__(translation_domain=DOMAIN, translation_key=why.value)
        self.why = why


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers: `user_id` is None for a voice, `pin` what they said as their PIN."""

    approval_id: str
    who: Principal
    user_id: str | None
    channel: Channel
    reply: Reply
    device_id: str | None = None
    pin: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """One call that may run once, exactly as it was resolved, if somebody who may says yes in time.

    `owner` is the owner of access who asked for it, None for a guest. A `private` one is never stored; of a stored one
    `call` is None until it is made again from its `spec`. What is done is done in the context with `context_id`, in
    which it was asked for. A bare yes counts until `heard_until`, any other until
    `expires`.
    """

    id: str
    name: str
    digest: str
    resolution: Resolution
    decision: Decision
    conversation_id: str
    agent_id: str
    language: str
    user_id: str | None
    device_id: str | None
    owner: str | None
    tainted: bool
    private: bool
    asked: datetime
    expires: datetime
    audit_id: int
    context_id: str | None = None
    spec: CallSpec | None = None
    call: Call | None = None

    @property
    def heard_until(self) -> datetime:
        """Return until when a word in the conversation counts."""
        return self.asked + LIFETIME

    def belongs_to(self, scope: Scope) -> bool:
        """Tell whether a turn is of the conversation, the account and the device that it was asked from."""
        mine = (self.conversation_id, self.user_id, self.device_id)
        return mine == (scope.conversation_id, scope.user_id, scope.device_id)

    def as_call(self) -> Call:
        """Return the call for what is written down of it; one that was stored can't be run like this."""
        return self.call or Call(self.name, self.spec.args if self.spec else {}, _never, _never)

    def as_dict(self) -> dict[str, Any] | None:
        """Return the question as it is stored, None for one of which nothing may be or that can't be made again."""
        if self.spec is None or self.private:
            return None
        decision = self.decision
        return {
            "id": self.id,
            "name": self.name,
            "digest": self.digest,
            "effects": _stored(self.resolution.effects),
            "first": _stored(self.resolution.first),
            "unsaved": self.resolution.unsaved,
            "unknown": list(self.resolution.unknown),
            "reason": decision.reason.value,
            "risk": None if decision.risk is None else decision.risk.name,
            "rule": decision.rule,
            "needs": decision.needs.value,
            "conversation_id": self.conversation_id,
            "agent_id": self.agent_id,
            "language": self.language,
            "user_id": self.user_id,
            "device_id": self.device_id,
            "owner": self.owner,
            "tainted": self.tainted,
            "asked": self.asked.isoformat(),
            "expires": self.expires.isoformat(),
            "audit_id": self.audit_id,
            "context_id": self.context_id,
            "spec": self.spec.as_dict(),
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the question that was stored; raises KeyError, TypeError or ValueError for anything else."""
        plain = ("id", "name", "digest", "conversation_id", "agent_id", "language", "user_id", "device_id")
        return cls(
            **{name: stored[name] for name in plain},
            resolution=Resolution(
                _read(stored["effects"]),
                tuple(stored["unknown"]),
                first=_read(stored["first"]),
                unsaved=stored["unsaved"],
            ),
            decision=Decision(
                Verdict.ASK,
                Reason(stored["reason"]),
                None if stored["risk"] is None else Risk[stored["risk"]],
                stored["rule"],
                Consent(stored["needs"]),
            ),
            owner=stored["owner"],
            tainted=stored["tainted"],
            private=False,
            asked=datetime.fromisoformat(stored["asked"]),
            expires=datetime.fromisoformat(stored["expires"]),
            audit_id=stored["audit_id"],
            context_id=stored["context_id"],
            spec=CallSpec.from_dict(stored["spec"]),
        )


def digest_of(hass: HomeAssistant, call: Call, resolution: Resolution) -> str:
    """Return a hash of exactly this call, on exactly these things: an entity ID may be given to another."""
    entities = er.async_get(hass)
    things = [entry.id if (entry := entities.async_get(one)) else one for one in resolution.entity_ids]
    return hashlib.sha256(canonical_json([call.name, call.args, resolution.digest, things]).encode()).hexdigest()


def _stored(effects: Iterable[Effect]) -> list[list[Any]]:
    return [[effect.domain, effect.service, effect.entity_id, dict(effect.data)] for effect in effects]


def _read(stored: Iterable[Iterable[Any]]) -> tuple[Effect, ...]:
    return tuple(Effect(*effect) for effect in stored)


async def _never() -> Any:
    raise AnswerRefusedError(Refused.GONE)
