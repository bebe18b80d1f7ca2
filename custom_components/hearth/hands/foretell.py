"""Answer in plain words what would happen if something were asked for."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant

from ..speech import join, say
from .call import Call, Scope, Ways
from .effects import Resolution, Risk
from .guard import Guard
from .phrases import name_of, phrases
from .policy import Decision, DryRun, Reason, Verdict, because, dry_run


@dataclass(frozen=True, slots=True)
class Foretold:
    """What would be decided on a call, how a question about it could be answered, and both in a person's words."""

    scope: Scope
    run: DryRun
    ways: Ways | None
    text: str

    def as_dict(self, hass: HomeAssistant) -> dict[str, Any]:
        """Return it as the response of an action."""
        parts = [
            {
                "action": f"{part.effect.domain}.{part.effect.service}" if part.effect else None,
                "entity_id": part.effect.entity_id if part.effect else None,
                "name": name_of(hass, part.effect.entity_id) if part.effect and part.effect.entity_id else None,
                **self._told(part.decision),
            }
            for part in self.run.parts
        ]
        return {"text": self.text, **self._told(self.run.decision), "approved_by": self._approved_by, "actions": parts}

    @property
    def _approved_by(self) -> str | None:
        return self.ways.value if self.ways else None

    def _told(self, decision: Decision) -> dict[str, Any]:
        asks = decision.verdict is Verdict.ASK
        return {
            "class": decision.risk.name.lower() if decision.risk is not None else "unknown",
            "decision": decision.verdict.value,
            "reason": because(self.scope.language, decision.reason, decision.rule),
            "rule": decision.rule,
            "needs": decision.needs.value if asks else None,
        }


async def async_foretell(
    guard: Guard, scope: Scope, call: Call, resolution: Resolution, now: datetime | None = None
) -> Foretold:
    """Return what would happen to a call, now or at another local time; raises BadRuleError."""
    question = guard.judge.question(scope, call, resolution, now=now)
    run, ways = dry_run(question, resolution, guard.judge.rules()), None
    if (objection := await _async_objection(guard, scope, call, resolution, run.decision, now)) is not None:
        run = replace(run, decision=replace(run.decision, verdict=Verdict.DENY, reason=objection))
    elif run.decision.verdict is Verdict.ASK:
        ways = await guard.approvals.async_ways(scope, run.decision)
    text = await _async_text(guard, scope, call, resolution, run.decision, ways)
    return Foretold(scope, run, ways, text)


async def _async_objection(
    guard: Guard, scope: Scope, call: Call, resolution: Resolution, decision: Decision, now: datetime | None
) -> Reason | None:
    """Return what else than the policy would stand in the way of a call, None for nothing."""
    if decision.verdict is Verdict.DENY:
        return None
    # What will be left of a limit at another time nobody knows.
    if now is None and not guard.limits.allows(scope, resolution):
        return Reason.TOO_OFTEN
    if decision.verdict is Verdict.ALLOW:
        return None
    return await guard.approvals.async_objection(scope, call, resolution, decision)


async def _async_text(
    guard: Guard, scope: Scope, call: Call, resolution: Resolution, decision: Decision, ways: Ways | None
) -> str:
    language = scope.language
    told = phrases(
        guard.hass, language, call.name, resolution, tainted=scope.tainted, said=scope.words, least=Risk.READ
    )
    if not told and decision.verdict is Verdict.ALLOW:
        return say(language, "would_answer")
    actions = join(language, told) if told else call.name
    why = because(language, decision.reason, decision.rule)
    answer = [say(language, f"would_{decision.verdict}", actions=actions, why=why)]
    if ways in {Ways.ELSEWHERE, Ways.ADMIN}:
        phones = await guard.approvals.phones.async_asked(scope.principal.owner, decision.needs)
        names = [phone.name for phone in phones]
        answer.append(say(language, "yes_elsewhere", names=join(language, names)))
    elif ways is not None:
        answer.append(say(language, f"yes_{ways}"))
    return " ".join(answer)
