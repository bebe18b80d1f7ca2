"""Say what memory holds: facts, and how they change."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from homeassistant.exceptions import HomeAssistantError


class FactKind(StrEnum):
    """What sort of thing is known."""

    FACT = "fact"
    PREFERENCE = "preference"
    DECISION = "decision"
    CONSTRAINT = "constraint"
    CONVENTION = "convention"


class ChangeKind(StrEnum):
    """What became of something that was to be remembered or forgotten; nothing is written for `KNOWN`."""

    REMEMBERED = "remembered"
    REPLACED = "replaced"
    FORGOTTEN = "forgotten"
    LEARNT = "learnt"
    MERGED = "merged"
    UNDONE = "undone"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is known.

    `id` is unique on its page; a line that a person wrote without one gets it from its text. `said_by` is a name,
    `learnt` tells that it was concluded from a conversation instead of told to be remembered. What is no longer so
    has an `until`, and the ID of the fact that took its place, if one did.
    """

    id: str
    text: str
    kind: FactKind = FactKind.FACT
    pinned: bool = False
    day: date | None = None
    said_by: str | None = None
    learnt: bool = False
    conversation: str | None = None
    until: date | None = None
    successor: str | None = None

    @property
    def is_current(self) -> bool:
        """Tell whether it still holds."""
        return self.until is None


@dataclass(frozen=True, slots=True)
class Change:
    """One change of a page of `owner`, made by or for `by`: the facts that gave way, and those that stand there now."""

    id: str
    kind: ChangeKind
    owner: str
    by: str
    at: datetime
    before: tuple[Fact, ...] = ()
    after: tuple[Fact, ...] = ()

    @property
    def current(self) -> tuple[Fact, ...]:
        """Return what holds now because of the change."""
        return tuple(fact for fact in self.after if fact.is_current)

    @property
    def diff(self) -> str:
        """Return the change as a person reads it: a line for everything that went and that came."""
        gone = [f"- {fact.text}" for fact in self.before if fact.is_current]
        return "\n".join([*gone, *(f"+ {fact.text}" for fact in self.current)])


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of somebody who asks: their own facts, and the household's."""

    own: tuple[Fact, ...] = ()
    household: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """A fact that answers a question, whose it is, and how well it fits (0 to 1)."""

    fact: Fact
    owner: str
    score: float


@dataclass(frozen=True, slots=True)
class CoreText:
    """What a prompt gets of memory, and how many lines it leaves out for want of room."""

    text: str
    left_out: int = 0


class MemoryRefused(HomeAssistantError):
    """Memory does not do what was asked; `candidates` are the facts that may have been meant."""

    def __init__(self, *args: object, candidates: tuple[Fact, ...] = (), **texts: object) -> None:
        """Take the translation as any error of Home Assistant does."""
        super().__init__(*args, **texts)  # type: ignore[arg-type]  # the keywords are HomeAssistantError's own
        self.candidates = candidates
