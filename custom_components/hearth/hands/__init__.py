"""Act in the home, under rules: policy, approvals, guard, audit."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError

from ..access import Access, HearthTool
from ..context import EmbedTexts
from .approvals import Approval, Approvals, Phones
from .approvals.consent import Consent, Heard
from .approvals.notify import Notifier
from .audit import Audit, AuditVerdict
from .audit.tool import WhatWasDoneTool
from .automations import ProposeAutomationTool, RemoveAutomationTool
from .call import Call, CallKind, CallRecord, CallSpec, Outcome, Scope
from .effects import Effect, Resolution, Risk
from .finding import Finder, ToolBudget, ToolsShown
from .foretell import async_foretell
from .guard import Guard
from .halt import ENABLED, By, Halt, Stopped, async_may_resume
from .judge import Judge
from .messages import SendMessageTool
from .pauses import BRIEFING, Pauses
from .resolve import async_resolve_intent
from .results import AsksBack
from .secrets import Secrets
from .sentences import unasked_sentences
from .speaking import silence
from .tainted import TaintedTalks
from .tools import GuardedAPI, GuardedTool, GuardedTools, MalformedCall, call_of_tool, guarded
from .undo import Undo, UndoTool

__all__ = [
    "BRIEFING",
    "ENABLED",
    "Approval",
    "Approvals",
    "AsksBack",
    "AuditVerdict",
    "By",
    "Call",
    "CallKind",
    "CallRecord",
    "CallSpec",
    "Consent",
    "Effect",
    "Finder",
    "Guard",
    "GuardedAPI",
    "GuardedTool",
    "GuardedTools",
    "Halt",
    "Hands",
    "Heard",
    "MalformedCall",
    "Outcome",
    "Pauses",
    "Resolution",
    "Risk",
    "Scope",
    "Secrets",
    "Stopped",
    "ToolBudget",
    "ToolsShown",
    "async_foretell",
    "async_may_resume",
    "async_resolve_intent",
    "async_wake_all",
    "call_of_tool",
    "guarded",
    "silence",
    "unasked_sentences",
]


@dataclass(slots=True)
class Hands:
    """Everything through which Hearth acts, for one home."""

    audit: Audit
    approvals: Approvals
    consent: Consent
    notifier: Notifier
    guard: Guard
    halt: Halt
    pauses: Pauses
    undo: Undo
    secrets: Secrets
    options: Callable[[], Mapping[str, Any]]
    finder: Finder
    tainted: TaintedTalks = field(default_factory=TaintedTalks)

    @classmethod
    async def async_create(
        cls,
        hass: HomeAssistant,
        options: Callable[[], Mapping[str, Any]] = dict,
        embed: EmbedTexts | None = None,
        access: Access | None = None,
    ) -> Self:
        """Open the audit in the configuration folder; raises HomeAssistantError when it can't be kept at all.

        `options` returns what the user has chosen by now; `embed` lets tools be found by meaning; `access` knows who
        sees what.
        """
        secrets = await Secrets.async_create(hass)
        audit = Audit(hass, _audit_path(hass), secrets=secrets)
        await audit.async_open()
        approvals = await Approvals.async_create(hass, audit, Phones(hass, options), secrets)
        halt = await Halt.async_create(hass, audit)
        halt.add_stopper("approvals", lambda _by: approvals.async_clear())
        pauses = await Pauses.async_create(hass, audit)
        judge = Judge(hass, approvals, halt, options)
        guard = Guard(hass, audit, approvals, halt, judge, secrets=secrets)
        consent = Consent(hass, guard, access)
        notifier = Notifier(hass, approvals, consent)
        notifier.start()
        return cls(
            audit,
            approvals,
            consent,
            notifier,
            guard,
            halt,
            pauses,
            Undo(hass, audit),
            secrets,
            options,
            Finder(hass, embed),
        )

    def tools(self, access: Access) -> tuple[HearthTool, ...]:
        """Return the tools that tell or change what was done, or will be."""
        return (
            ProposeAutomationTool(access),
            RemoveAutomationTool(access),
            SendMessageTool(access),
            UndoTool(access, self.undo),
            WhatWasDoneTool(access, self.audit),
        )

    async def async_close(self) -> None:
        """Close the audit; open questions wait for the next start."""
        self.finder.stop()
        self.pauses.close()
        self.notifier.stop()
        self.approvals.close()
        await self.audit.async_close()


async def async_wake_all(hass: HomeAssistant) -> None:
    """Let everything go on that rests, as Hearth is removed: nobody will be there tomorrow to do it."""
    audit = Audit(hass, _audit_path(hass))
    # What can't be written down goes on all the same.
    with suppress(HomeAssistantError):
        await audit.async_open()
    pauses = await Pauses.async_create(hass, audit)
    await pauses.async_wake_all()
    pauses.close()
    with suppress(HomeAssistantError):
        await audit.async_close()


def _audit_path(hass: HomeAssistant) -> Path:
    return Path(hass.config.path("hearth", "audit.db"))
