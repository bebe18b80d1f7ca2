"""Ask people for their consent, and remember what waits for it."""

from .approvals import LIFETIME, Approval, Approvals

__all__ = ["LIFETIME", "Approval", "Approvals"]
