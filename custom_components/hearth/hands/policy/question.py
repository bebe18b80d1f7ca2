"""Say what the policy is asked, and what it may answer."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum

from homeassistant.helpers.llm import ToolAnnotations
from homeassistant.util import dt as dt_util

from ..call import Actor
from ..effects import Risk


class Verdict(StrEnum):
    """What the policy says about a call."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


class Consent(StrEnum):
    """Whose yes something is, or waits for, in rising order.

    Anyone's who is heard; that of a person who is known, by their account or by their PIN; or that of an administrator
    of Home Assistant, by their account alone.
    """

    ANYONE = "anyone"
    PERSON = "person"
    ADMIN = "admin"

    def covers(self, needed: Consent) -> bool:
        """Tell whether this yes is enough where another is needed."""
        order = list(Consent)
        return order.index(self) >= order.index(needed)


class Ruling(IntEnum):
    """What a row of a preset or a rule demands, from the mildest to the strictest."""

    ALLOW = 0
    ASK = 1
    ASK_PERSON = 2
    ASK_ADMIN = 3
    DENY = 4

    @property
    def verdict(self) -> Verdict:
        """Return what this means for a call."""
        return {Ruling.ALLOW: Verdict.ALLOW, Ruling.DENY: Verdict.DENY}.get(self, Verdict.ASK)

    @property
    def needs(self) -> Consent:
        """Return whose yes this waits for."""
        return {Ruling.ASK_PERSON: Consent.PERSON, Ruling.ASK_ADMIN: Consent.ADMIN}.get(self, Consent.ANYONE)


class Reason(StrEnum):
    """Why the policy said so; each has its words in speech, under "because_" and its value."""

    READS = "reads"
    REVERSIBLE = "reversible"
    SENSITIVE = "sensitive"
    CRITICAL = "critical"
    UNKNOWN = "unknown"
    LASTING = "lasting"
    TAINTED = "tainted"
    RULE = "rule"
    PRESET = "preset"
    APPROVED = "approved"
    HALTED = "halted"
    TOO_OFTEN = "too_often"
    BUSY = "busy"
    NO_BACKUP = "no_backup"
    NOBODY_TO_ASK = "nobody_to_ask"
    NEEDS_PERSON = "needs_person"
    NEEDS_ADMIN = "needs_admin"
    DECLINED_BEFORE = "declined_before"
    NOT_PERMITTED = "not_permitted"
    NOT_TO_BE_SEEN = "not_to_be_seen"
    UNKNOWN_TOOL = "unknown_tool"
    BAD_ARGUMENTS = "bad_arguments"
    BAD_RULE = "bad_rule"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Fact:
    """One effect as a rule sees it: its class (None for one that nobody knows) and what it touches.

    `entity_key` is the ID that an entity keeps when it is renamed.
    """

    risk: Risk | None
    domain: str = ""
    service: str = ""
    entity_id: str | None = None
    entity_key: str | None = None
    area_id: str | None = None
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """What the policy is asked.

    `facts` holds one for each effect; `has_unknown` tells of parts that could not be looked into; `hidden` that it
    tells of, or changes, what the asker may not see; `forbidden` that the home never permits it; `tainted` that text
    from outside is in the turn; `can_ask` that a person can be asked; `approved` whose yes to exactly this was given,
    None for nobody's. `person` is the asker as an owner of access, None for nobody in particular; `agent_id` the ID
    of the agent's subentry; `anybody_home` is None where nobody knows; `now` is the local time.
    """

    facts: tuple[Fact, ...] = ()
    has_unknown: bool = False
    hidden: bool = False
    forbidden: str | None = None
    tainted: bool = False
    halted: bool = False
    can_ask: bool = True
    approved: Consent | None = None
    actor: Actor = Actor.HOUSEHOLD
    person: str | None = None
    agent_id: str | None = None
    annotations: ToolAnnotations | None = None
    anybody_home: bool | None = None
    now: datetime = field(default_factory=dt_util.now)

    @property
    def judged(self) -> tuple[Fact, ...]:
        """Return all there is to judge: what can't be looked into counts as one more effect, no effect as reading."""
        unknown = (Fact(None),) if self.has_unknown else ()
        return (*self.facts, *unknown) or (Fact(Risk.READ),)

    @property
    def risk(self) -> Risk | None:
        """Return the gravest class of it all; None, when nobody knows, is graver than any."""
        return gravest(fact.risk for fact in self.judged)


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, its reason, the class it rests on (None: unknown), the rule that said so, and whose yes it needs."""

    verdict: Verdict
    reason: Reason
    risk: Risk | None
    rule: str | None = None
    needs: Consent = Consent.ANYONE


def gravest(risks: Iterable[Risk | None]) -> Risk | None:
    """Return the gravest of some classes, the unknown above all; reading for none."""
    known = list(risks)
    return None if None in known else max((risk for risk in known if risk is not None), default=Risk.READ)
