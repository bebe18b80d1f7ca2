"""Decide whether a call may run, must be asked about, or is refused; nothing here touches the home."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ..effects import Risk


class Verdict(StrEnum):
    """What the policy says about a call."""

    ALLOW = "allow"
    ASK = "ask"
    DENY = "deny"


class Reason(StrEnum):
    """Why the policy said so; each has its words in the translations of speech."""

    READS = "reads"
    REVERSIBLE = "reversible"
    SENSITIVE = "sensitive"
    CRITICAL = "critical"
    UNKNOWN = "unknown"
    TAINTED = "tainted"
    APPROVED = "approved"
    NOBODY_TO_ASK = "nobody_to_ask"
    NOT_TO_BE_SEEN = "not_to_be_seen"
    UNKNOWN_TOOL = "unknown_tool"
    BAD_ARGUMENTS = "bad_arguments"


@dataclass(frozen=True, slots=True)
class Question:
    """What the policy is asked.

    `risks` holds the class of each effect, None for one that nobody knows; `has_unknown` tells of parts that could
    not be looked into; `hidden` that it tells of, or changes, what the asker may not see; `tainted` that text from
    outside is in the turn; `can_ask` that a person is there to answer; `approved` that a person has said yes to
    exactly this.
    """

    risks: tuple[Risk | None, ...]
    has_unknown: bool = False
    hidden: bool = False
    tainted: bool = False
    can_ask: bool = True
    approved: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """The verdict, its reason and the class it rests on (None: unknown)."""

    verdict: Verdict
    reason: Reason
    risk: Risk | None


def decide(question: Question) -> Decision:
    """Return the decision on a call; what is unknown asks, and what can't be asked is refused."""
    risk = _worst(question.risks)
    if question.hidden:
        return Decision(Verdict.DENY, Reason.NOT_TO_BE_SEEN, risk)
    if question.has_unknown or None in question.risks:
        needed = Decision(Verdict.ASK, Reason.UNKNOWN, None)
    elif risk >= Risk.SENSITIVE:
        reason = Reason.CRITICAL if risk is Risk.CRITICAL else Reason.SENSITIVE
        needed = Decision(Verdict.ASK, Reason.TAINTED if question.tainted else reason, risk)
    else:
        return Decision(Verdict.ALLOW, Reason.READS if risk is Risk.READ else Reason.REVERSIBLE, risk)
    if question.approved:
        return Decision(Verdict.ALLOW, Reason.APPROVED, needed.risk)
    if not question.can_ask:
        return Decision(Verdict.DENY, Reason.NOBODY_TO_ASK, needed.risk)
    return needed


def _worst(risks: Iterable[Risk | None]) -> Risk:
    return max((risk for risk in risks if risk is not None), default=Risk.READ)
