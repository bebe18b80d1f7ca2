"""Keep the proof of what was asked, refused and done."""

from .log import Audit, AuditVerdict

__all__ = ["Audit", "AuditVerdict"]
