"""Answer in plain words what would happen if something were asked for."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from homeassistant.core import HomeAssistant, callback

from ..speech import join, say
from .call import Call, Scope, Ways
from .effects import Resolution, Risk
from .judge import Judge
from .phrases import name_of, phrases
from .policy import Decision, DryRun, Verdict, because, dry_run


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


@callback
def foretell(judge: Judge, scope: Scope, call: Call, resolution: Resolution, now: datetime | None = None) -> Foretold:
    """Return what would happen to a call, now or at another local time; raises BadRuleError."""
    question = judge.question(scope, call, resolution, now=now)
    run, ways = dry_run(question, resolution, judge.rules()), None
    if run.decision.verdict is Verdict.ASK:
        if (objection := judge.approvals.objection(scope, call, resolution, run.decision)) is not None:
            run = replace(run, decision=replace(run.decision, verdict=Verdict.DENY, reason=objection))
        else:
            ways = judge.approvals.ways(scope, run.decision)
    return Foretold(scope, run, ways, _text(judge, scope, call, resolution, run.decision, ways))


def _text(judge: Judge, scope: Scope, call: Call, resolution: Resolution, decision: Decision, ways: Ways | None) -> str:
    language = scope.language
    told = phrases(judge.hass, language, call.name, resolution, tainted=scope.tainted, least=Risk.READ)
    if not told and decision.verdict is Verdict.ALLOW:
        return say(language, "would_answer")
    actions = join(language, told) if told else call.name
    why = because(language, decision.reason, decision.rule)
    answer = [say(language, f"would_{decision.verdict}", actions=actions, why=why)]
    if ways is Ways.ELSEWHERE:
        names = [phone.name for phone in judge.approvals.phones.of(scope.principal.owner)]
        answer.append(say(language, "yes_elsewhere", names=join(language, names)))
    elif ways is not None:
        answer.append(say(language, f"yes_{ways}"))
    return " ".join(answer)
