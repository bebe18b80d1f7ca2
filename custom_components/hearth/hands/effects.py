"""Say what a tool call would do to the home, in Home Assistant's own terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
import hashlib
import json
from typing import Any

from ..access import Source


class Risk(IntEnum):
    """How much a person should care before it happens, in rising order."""

    READ = 0
    REVERSIBLE = 1
    SENSITIVE = 2
    CRITICAL = 3


@dataclass(frozen=True, slots=True)
class Effect:
    """One action on one entity, or on none; `data` holds the action's other fields."""

    domain: str
    service: str
    entity_id: str | None = None
    data: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self, *, private: bool = False) -> dict[str, Any]:
        """Return the effect as it is stored in the audit; of one that is `private`, the fields without their values."""
        data = dict.fromkeys(self.data) if private else dict(self.data)
        return {"action": f"{self.domain}.{self.service}", "entity_id": self.entity_id, "data": data}


@dataclass(frozen=True, slots=True)
class Resolution:
    """Everything that a call would do, and what could not be found out.

    `unknown` holds one short reason for each part of the call that nobody can look into; a call with any is never
    run without consent. A call with neither effects nor unknowns only reads; `reads` and `reads_ids` are the sources
    and the entities that its result would tell of, as far as the tool does not ask by itself who may see them. What a
    `private` call is about is written down nowhere. Of an `unproven` one only a stranger says that it just reads.
    `chosen` holds the effects that the caller picked itself, without those inside the scripts and scenes among them,
    None for all. `later` holds what would come of the effects some other day, as when an automation is installed: it
    is judged with them, but nobody waits for it. `first` is what Hearth itself does before the call, and without which
    the call does not run; of an `unsaved` one no backup can be made before it.
    """

    effects: tuple[Effect, ...] = ()
    unknown: tuple[str, ...] = ()
    reads_outside: bool = False
    reads: frozenset[Source] = frozenset()
    reads_ids: tuple[str, ...] = ()
    private: bool = False
    unproven: bool = False
    chosen: tuple[Effect, ...] | None = None
    later: tuple[Effect, ...] = ()
    first: tuple[Effect, ...] = ()
    unsaved: bool = False

    @property
    def judged(self) -> tuple[Effect, ...]:
        """Return everything that must be allowed before anything of it happens."""
        return (*self.first, *self.effects, *self.later)

    @property
    def picked(self) -> tuple[Effect, ...]:
        """Return what limits on actions hold for: what the home permits nobody, it permits no automation either."""
        return (*self.first, *(self.effects if self.chosen is None else self.chosen), *self.later)

    @property
    def entity_ids(self) -> tuple[str, ...]:
        """Return the entities that would change, in order, each once."""
        return tuple(dict.fromkeys(effect.entity_id for effect in self.effects if effect.entity_id is not None))

    @property
    def digest(self) -> str:
        """Return a hash that differs for any other set of effects."""
        parts = {"effects": [effect.as_dict() for effect in self.judged], "unknown": self.unknown}
        return hashlib.sha256(canonical_json(parts).encode()).hexdigest()


READS_ONLY = Resolution()


def canonical_json(value: Any) -> str:
    """Write a value as JSON in the one way that equal values share."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    # Half a character, which neither a file nor a hash takes, becomes the escape that JSON has for it.
    return text.encode(errors="backslashreplace").decode()
