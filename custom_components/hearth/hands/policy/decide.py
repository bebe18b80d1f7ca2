"""Decide whether a call may run, must be asked about, or is refused; nothing here touches the home."""

from dataclasses import dataclass, replace

from ...const import DOMAIN
from ..effects import Risk
from .presets import LADDER, preset_ruling
from .question import Decision, Fact, Question, Reason, Ruling, Verdict
from .rules import Rules

# What text from outside sets up would go on acting long after the text.
_LASTS = (DOMAIN, "install_automation")
# What the home does by itself, only administrators may change; Home Assistant's own editor lets nobody else in.
_LASTING = frozenset({_LASTS, (DOMAIN, "remove_automation")})
_BY_CLASS = {
    Risk.READ: Reason.READS,
    Risk.REVERSIBLE: Reason.REVERSIBLE,
    Risk.SENSITIVE: Reason.SENSITIVE,
    Risk.CRITICAL: Reason.CRITICAL,
    None: Reason.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class _Judgement:
    """What is demanded for one effect, and why."""

    ruling: Ruling
    reason: Reason
    rule: str | None = None


def decide(question: Question, rules: Rules) -> Decision:
    """Return the decision on a call.

    The strictest demand for any of its effects counts. What no rule can change: what is hidden or never permitted is
    refused, and everything but reading while Hearth is halted; the unknown and the critical wait for the yes of a
    person who is known, automations that come or go for an administrator's, and what is above reversible for a fresh
    yes while text from outside is in the turn.
    """
    risk = question.risk
    if question.hidden:
        return Decision(Verdict.DENY, Reason.NOT_TO_BE_SEEN, risk)
    if question.forbidden:
        return Decision(Verdict.DENY, Reason.NOT_PERMITTED, risk, rule=question.forbidden)
    if question.halted and risk is not Risk.READ:
        return Decision(Verdict.DENY, Reason.HALTED, risk)
    judgement = max((_judge(question, fact, rules) for fact in question.judged), key=lambda judged: judged.ruling)
    decision = Decision(
        judgement.ruling.verdict, judgement.reason, risk, rule=judgement.rule, needs=judgement.ruling.needs
    )
    if decision.verdict is not Verdict.ASK:
        return decision
    if question.approved is not None and question.approved.covers(decision.needs):
        return replace(decision, verdict=Verdict.ALLOW, reason=Reason.APPROVED)
    return decision if question.can_ask else replace(decision, verdict=Verdict.DENY, reason=Reason.NOBODY_TO_ASK)


def _judge(question: Question, fact: Fact, rules: Rules) -> _Judgement:
    """Return the strictest demand for an effect.

    What holds for something milder holds here too: no rule may make a graver class, or text from outside, the easier
    way.
    """
    milder = LADDER[: LADDER.index(fact.risk) + 1]
    turns = (question, replace(question, tainted=False)) if question.tainted else (question,)
    demands = [_demand(turn, replace(fact, risk=risk), rules) for risk in reversed(milder) for turn in turns]
    strictest, floor = max(demands, key=lambda judged: judged.ruling), _floor(question, fact)
    return strictest if floor is None or floor.ruling < strictest.ruling else floor


def _floor(question: Question, fact: Fact) -> _Judgement | None:
    """Return what is demanded whatever the rules say, None for nothing."""
    if question.tainted and (fact.domain, fact.service) == _LASTS:
        return _Judgement(Ruling.DENY, Reason.TAINTED)
    if (fact.domain, fact.service) in _LASTING:
        return _Judgement(Ruling.ASK_ADMIN, Reason.LASTING)
    if fact.risk is None:
        return _Judgement(Ruling.ASK_PERSON, Reason.UNKNOWN)
    if fact.risk is Risk.CRITICAL:
        return _Judgement(Ruling.ASK_PERSON, Reason.TAINTED if question.tainted else Reason.CRITICAL)
    if fact.risk is Risk.SENSITIVE and question.tainted:
        return _Judgement(Ruling.ASK, Reason.TAINTED)
    return None


def _demand(question: Question, fact: Fact, rules: Rules) -> _Judgement:
    """Return what the home's own rules demand, the strictest that fits, or else its preset."""
    fitting = [rule for rule in rules.own if rule.fits(question, fact)]
    if fitting:
        strictest = max(fitting, key=lambda rule: rule.ruling)
        return _Judgement(strictest.ruling, Reason.RULE, strictest.name)
    ruling = preset_ruling(rules.preset, question.actor, fact.risk)
    return _Judgement(ruling, Reason.PRESET if ruling is Ruling.DENY else _BY_CLASS[fact.risk])
