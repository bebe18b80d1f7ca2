"""Keep the proof of what was asked, refused and done."""

from .log import Audit, AuditVerdict
from .rows import Kind
from .seal import Problem

__all__ = ["Audit", "AuditVerdict", "Kind", "Problem"]
