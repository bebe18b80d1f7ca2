"""Act in the home, under rules: policy, approvals, guard, audit."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from homeassistant.core import HomeAssistant

from .approvals import Approval, Approvals
from .audit import Audit, AuditVerdict
from .call import Call, CallKind, CallRecord, CallSpec, Outcome, Scope
from .effects import Effect, Resolution, Risk
from .guard import Guard
from .halt import By, Halt, Stopped
from .resolve import async_resolve_intent
from .tainted import TaintedTalks
from .tools import GuardedAPI, GuardedTool, MalformedCall, call_of_tool, guarded

__all__ = [
    "Approval",
    "AuditVerdict",
    "By",
    "Call",
    "CallKind",
    "CallRecord",
    "CallSpec",
    "Effect",
    "Guard",
    "GuardedAPI",
    "GuardedTool",
    "Halt",
    "Hands",
    "MalformedCall",
    "Outcome",
    "Resolution",
    "Risk",
    "Scope",
    "Stopped",
    "async_resolve_intent",
    "call_of_tool",
    "guarded",
]


@dataclass(slots=True)
class Hands:
    """Everything through which Hearth acts, for one home."""

    audit: Audit
    approvals: Approvals
    guard: Guard
    halt: Halt
    options: Callable[[], Mapping[str, Any]]
    tainted: TaintedTalks = field(default_factory=TaintedTalks)

    @classmethod
    async def async_create(cls, hass: HomeAssistant, options: Callable[[], Mapping[str, Any]] = dict) -> Self:
        """Open the audit in the configuration folder; raises HomeAssistantError when it can't be kept at all.

        `options` returns what the user has chosen by now.
        """
        audit = Audit(hass, Path(hass.config.path("hearth", "audit.db")))
        await audit.async_open()
        approvals, halt = Approvals(), await Halt.async_create(hass, audit)
        halt.add_stopper("approvals", lambda _by: approvals.clear())
        return cls(audit, approvals, Guard(hass, audit, approvals, halt, options), halt, options)

    async def async_close(self) -> None:
        """Close the audit; open questions lapse."""
        self.approvals.clear()
        await self.audit.async_close()
