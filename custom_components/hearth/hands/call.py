"""Describe a call on its way through the guard, and the turn that it belongs to."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from homeassistant.helpers.llm import ToolAnnotations
from homeassistant.util.ulid import ulid_now

from ..access import GUEST, Kind, Principal, View
from .effects import Resolution

# A tool that takes longer is told to have failed; what it started may still come to an end by itself.
CALL_SECONDS = 30


class Actor(StrEnum):
    """Whose wish a call is."""

    PERSON = "person"
    HOUSEHOLD = "household"
    GUEST = "guest"
    AUTOMATION = "automation"


class Outcome(StrEnum):
    """What became of a call."""

    DONE = "done"
    STARTED = "started"
    ANSWERED = "answered"
    ASKED = "asked"
    DENIED = "denied"
    DECLINED = "declined"
    LAPSED = "lapsed"
    FAILED = "failed"
    UNCHANGED = "unchanged"


class Ways(StrEnum):
    """How a person who is asked can answer: with a word, with their PIN, or elsewhere, where `ADMIN` asks others."""

    YES = "yes"
    PIN = "pin"
    ELSEWHERE = "elsewhere"
    ADMIN = "admin"


class CallKind(StrEnum):
    """What a call is a use of."""

    TOOL = "tool"
    INTENT = "intent"


@dataclass(frozen=True, slots=True)
class CallSpec:
    """A call as data, fit for JSON, from which it can be made again after a restart.

    `args` are a tool's arguments, or an intent's slots; `api_ids` the LLM APIs among whose tools the tool is;
    `agent_id` the ID of the agent's subentry, `user_id` and `device_id` whoever asked for it.
    """

    kind: CallKind
    name: str
    args: Mapping[str, Any]
    api_ids: tuple[str, ...] = ()
    agent_id: str | None = None
    user_id: str | None = None
    device_id: str | None = None
    language: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the call as it is stored."""
        return {**asdict(self), "kind": self.kind.value, "args": dict(self.args), "api_ids": list(self.api_ids)}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Self:
        """Return the call that was stored; raises KeyError, TypeError or ValueError for anything else."""
        return cls(**{**stored, "kind": CallKind(stored["kind"]), "api_ids": tuple(stored["api_ids"])})


@dataclass(frozen=True, slots=True)
class Call:
    """Something that may act: what it would do, and how to do it.

    `resolve` finds out without acting and may raise HomeAssistantError; `run` acts and returns what the caller gets,
    in so many `seconds` at most. `annotations` are what a tool says of itself, `hidden` the secrets that marks in the
    arguments stand for. One without a `spec` can't be made again, and is forgotten at a restart.
    """

    name: str
    args: Mapping[str, Any]
    resolve: Callable[[], Awaitable[Resolution]]
    run: Callable[[], Awaitable[Any]]
    seconds: float = CALL_SECONDS
    annotations: ToolAnnotations | None = None
    spec: CallSpec | None = None
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(slots=True)
class CallRecord:
    """What the guard did with one call, for the trace and for honest words.

    `before` and `after` hold the states of the entities; `unchanged` names those that did not do as told, `seen` what
    shows it of each, None for one that can't be reached; `error` is the failure in the words of whatever refused, which
    are `quoted` where an integration may have them from anybody; `undo` is what it takes to undo the call. What a
    `private` call was about may be said, but not kept. `rule` is the home's own that decided. `ways` says how one that
    waits for a person's yes can be answered.
    """

    name: str
    args: Mapping[str, Any]
    resolution: Resolution
    decision: str
    reason: str
    outcome: Outcome
    audit_id: int
    private: bool = False
    rule: str | None = None
    ways: Ways | None = None
    before: dict[str, str | None] = field(default_factory=dict)
    after: dict[str, str | None] = field(default_factory=dict)
    unchanged: tuple[str, ...] = ()
    seen: Mapping[str, str | None] = field(default_factory=dict)
    error: str | None = None
    quoted: bool = False
    result: Any = None
    undo: Mapping[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return what the trace shows of the call."""
        return {
            "name": self.name,
            "args": dict.fromkeys(self.args) if self.private else dict(self.args),
            "decision": self.decision,
            "reason": self.reason,
            "outcome": self.outcome.value,
        }


@dataclass(slots=True)
class Scope:
    """The turn on whose behalf calls are made.

    `words` is what the person said; `view` is what they see, None for nobody known, who sees nothing personal;
    `can_ask` tells whether somebody is there to answer; `tainted` turns true once text from outside the home is in the
    turn, and `stopped` once the person has said stop. `hidden` are the secrets that were said, by their marks;
    `context_id` is that of the context in which Home Assistant's own actions are called.
    """

    conversation_id: str
    agent_id: str
    words: str
    language: str
    user_id: str | None = None
    device_id: str | None = None
    view: View | None = None
    can_ask: bool = True
    tainted: bool = False
    stopped: bool = False
    hidden: Mapping[str, str] = field(default_factory=dict, repr=False)
    calls: list[CallRecord] = field(default_factory=list)
    turn_id: str = field(default_factory=ulid_now)
    context_id: str | None = None

    @property
    def principal(self) -> Principal:
        """Return on whose behalf the turn goes on; nobody known counts as a guest."""
        return self.view.asker.principal if self.view is not None else GUEST

    def spec(self, kind: CallKind, name: str, args: Mapping[str, Any], api_ids: Iterable[str] = ()) -> CallSpec:
        """Return a call of this turn as data."""
        agent_id = self.view.asker.agent_id if self.view is not None else None
        return CallSpec(kind, name, args, tuple(api_ids), agent_id, self.user_id, self.device_id, self.language)

    @property
    def actor(self) -> Actor:
        """Return whose wish the turn is; words that come from no account and no device are an automation's."""
        if self.user_id is None and self.device_id is None:
            return Actor.AUTOMATION
        return Actor(self.principal.kind.value)

    @property
    def is_identified(self) -> bool:
        """Tell whether an account says who is there; a voice may be anybody's, and so may a guest's account."""
        return self.user_id is not None and self.principal.kind is not Kind.GUEST

    @property
    def incognito(self) -> bool:
        """Tell whether nothing of the conversation may be kept."""
        return self.view is not None and self.view.asker.incognito
