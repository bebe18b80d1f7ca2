"""Ask people for their consent, and remember what waits for it."""

from .approval import Answer, Approval, Channel, Reply
from .approvals import LIFETIME, Approvals

__all__ = ["LIFETIME", "Answer", "Approval", "Approvals", "Channel", "Reply"]
