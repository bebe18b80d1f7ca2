"""Describe a question to a person, and the answers to it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ...access import Principal
from ..call import Call
from ..effects import Resolution
from ..policy import Decision


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
    """One call that may run once, exactly as it was resolved, if the person who caused it says yes in time."""

    id: str
    call: Call
    resolution: Resolution
    decision: Decision
    user_id: str | None
    device_id: str | None
    expires: datetime
    audit_id: int
