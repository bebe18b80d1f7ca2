"""Decide who may see what: source x agent x person; nothing here touches the home."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from .principal import Kind, Principal
from .sources import RULES, Source


class Reason(StrEnum):
    """Why somebody may see a source, or may not."""

    ALLOWED = "allowed"
    SWITCHED_OFF = "switched_off"
    UNKNOWN_AGENT = "unknown_agent"
    NOT_THIS_AGENT = "not_this_agent"
    NOT_FOR_GUESTS = "not_for_guests"
    NOT_THIS_PERSON = "not_this_person"
    KEPT_AT_HOME = "kept_at_home"


@dataclass(frozen=True, slots=True)
class Matrix:
    """What the home may know at all, what each agent may use, and what each person may see.

    `people` is by owner, or "guest"; a person who is not in it may see everything that is theirs or the household's.
    What is `private` is for models in this home only.
    """

    home: frozenset[Source]
    agents: Mapping[str, frozenset[Source]]
    people: Mapping[str, frozenset[Source]]
    private: frozenset[Source] = frozenset()

    def decide(self, source: Source, principal: Principal, agent: str) -> Reason:
        """Return whether a principal sees a source through an agent, and why; what is unknown is not allowed."""
        if source not in self.home:
            return Reason.SWITCHED_OFF
        if (usable := self.agents.get(agent)) is None:
            return Reason.UNKNOWN_AGENT
        if source not in usable:
            return Reason.NOT_THIS_AGENT
        if principal.kind is Kind.GUEST and RULES[source].personal:
            return Reason.NOT_FOR_GUESTS
        return Reason.ALLOWED if source in self._visible(principal) else Reason.NOT_THIS_PERSON

    def visible(self, principal: Principal) -> frozenset[Source]:
        """Return what a principal sees where no agent stands between, as in an action of their own."""
        is_guest = principal.kind is Kind.GUEST
        visible = self.home & self._visible(principal)
        return frozenset(source for source in visible if not (is_guest and RULES[source].personal))

    def _visible(self, principal: Principal) -> frozenset[Source]:
        match principal.kind:
            case Kind.PERSON:
                return self.people.get(principal.owner or "", frozenset(Source))
            case Kind.HOUSEHOLD | Kind.GUEST as kind:
                return self.people.get(kind.value, frozenset())
