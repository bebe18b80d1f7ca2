"""Ask people for their consent, and remember what waits for it; consent.py takes their answers."""

from .approval import (
    CONF_APPROVAL_MINUTES,
    DEFAULT_MINUTES,
    LIFETIME,
    Answer,
    AnswerRefusedError,
    Approval,
    Channel,
    Refused,
    Reply,
    digest_of,
)
from .approvals import Approvals
from .phones import CONF_PHONES, Phones
from .pin import PIN, Pin

__all__ = [
    "CONF_APPROVAL_MINUTES",
    "CONF_PHONES",
    "DEFAULT_MINUTES",
    "LIFETIME",
    "PIN",
    "Answer",
    "AnswerRefusedError",
    "Approval",
    "Approvals",
    "Channel",
    "Phones",
    "Pin",
    "Refused",
    "Reply",
    "digest_of",
]
