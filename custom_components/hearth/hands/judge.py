"""Find out what a call would do and what the policy says to it, without doing anything."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
import logging
from typing import Any

from homeassistant.core import HomeAssistant

from .actions import refusal
from .approvals import Approvals
from .call import CALL_SECONDS, Actor, Call, Scope
from .effects import Resolution
from .halt import Halt
from .policy import BadRuleError, Consent, Decision, Question, Reason, Rules, Verdict, decide, question_of
from .updates import saved_first

_LOGGER = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Judge:
    """What stands before every act, and before every answer to "what if"."""

    hass: HomeAssistant
    approvals: Approvals
    halt: Halt
    options: Callable[[], Mapping[str, Any]]

    async def async_resolve(self, scope: Scope, call: Call, found: Resolution | None = None) -> Resolution:
        """Return what a call would do, and what must come before it; `found` is the first of these where it is known.

        Raises HomeAssistantError, probatio.Invalid or TimeoutError where nobody can tell.
        """
        async with asyncio.timeout(CALL_SECONDS):
            resolution = saved_first(self.hass, found or await call.resolve())
        if resolution.unproven and scope.tainted:
            # Who wrote the text from outside may want a stranger to be told what is known here.
            return replace(resolution, unknown=("only the tool itself says that it just reads",))
        return resolution

    def question(
        self,
        scope: Scope,
        call: Call,
        resolution: Resolution,
        *,
        approved: Consent | None = None,
        now: datetime | None = None,
    ) -> Question:
        """Return what the policy is asked about a call, now or at another local time."""
        question = question_of(
            self.hass,
            scope,
            resolution,
            annotations=call.annotations,
            forbidden=refusal(self.hass, self.options(), resolution, scope.principal.owner, now),
            halted=self.halt.forbids(scope, acts=True),
            approved=approved,
        )
        can_ask = self._reaches_somebody(scope) if scope.actor is Actor.AUTOMATION else scope.can_ask
        return replace(question, can_ask=can_ask, now=now or question.now)

    def decide(self, scope: Scope, call: Call, resolution: Resolution, approved: Consent | None = None) -> Decision:
        """Return what the policy says; what it stumbles over is refused, a rule that can't be read by its name."""
        try:
            return decide(self.question(scope, call, resolution, approved=approved), self.rules())
        except BadRuleError as err:
            return Decision(Verdict.DENY, Reason.BAD_RULE, None, rule=err.rule)
        except Exception:
            _LOGGER.exception("The policy could not decide on %s", call.name)
            return Decision(Verdict.DENY, Reason.ERROR, None)

    def rules(self) -> Rules:
        """Return what holds in the home now; raises BadRuleError."""
        return Rules.read(self.options())

    def _reaches_somebody(self, scope: Scope) -> bool:
        """Tell whether a phone can be asked: an automation has no ears for a question."""
        return bool(self.approvals.phones.of(scope.principal.owner))
