"""Ask people for their consent, and remember what waits for it; consent.py takes their answers."""

from .approval import (
    LIFETIME,
    LIFETIME_ELSEWHERE,
    Answer,
    AnswerRefusedError,
    Approval,
    Channel,
    Refused,
    Reply,
    digest_of,
)
from .approvals import Approvals, Settled
from .phones import CONF_PHONES, Phones
from .pin import Pin

__all__ = [
    "CONF_PHONES",
    "LIFETIME",
    "LIFETIME_ELSEWHERE",
    "Answer",
    "AnswerRefusedError",
    "Approval",
    "Approvals",
    "Channel",
    "Phones",
    "Pin",
    "Refused",
    "Reply",
    "Settled",
    "digest_of",
]
