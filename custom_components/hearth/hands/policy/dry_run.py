"""Tell what the policy would say to a call and to each part of it, without doing anything."""

from dataclasses import dataclass, replace

from ..effects import Effect, Resolution
from .decide import decide
from .question import Decision, Question
from .rules import Rules


@dataclass(frozen=True, slots=True)
class Part:
    """One effect of a call, or None for what can't be looked into, and what the policy says to it alone."""

    effect: Effect | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class DryRun:
    """What would be decided on a call as a whole, and on its parts."""

    decision: Decision
    parts: tuple[Part, ...]


def dry_run(question: Question, resolution: Resolution, rules: Rules) -> DryRun:
    """Return what the policy says to a question that was made of a resolution."""
    alone = replace(question, has_unknown=False)
    parts = [
        Part(effect, decide(replace(alone, facts=(fact,)), rules))
        for effect, fact in zip(resolution.judged, question.facts, strict=True)
    ]
    if question.has_unknown:
        parts.append(Part(None, decide(replace(question, facts=()), rules)))
    return DryRun(decide(question, rules), tuple(parts))
