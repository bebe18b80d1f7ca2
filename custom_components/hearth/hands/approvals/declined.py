"""Remember what a person did not want, so that nobody asks them for it again at once."""

from collections.abc import Mapping
from datetime import datetime, timedelta
import hashlib
from typing import Final

from homeassistant.util import dt as dt_util

from ..call import Actor, CallKind, CallSpec, Scope
from ..effects import Resolution, canonical_json
from .approval import Reply

# After a no; a person who changes their mind says so in their own words, which lifts it.
COOLING: Final = timedelta(minutes=10)


class Declined:
    """What was declined, by what it would have done and for whom, each until a moment."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._until: dict[str, datetime] = {}

    def add(self, owner: str | None, device_id: str | None, resolution: Resolution, reply: Reply) -> None:
        """Note a no, for some minutes, or a "not today", until tomorrow."""
        now = dt_util.utcnow()
        tomorrow = dt_util.start_of_local_day() + timedelta(days=1)
        until = tomorrow if reply is Reply.NOT_TODAY else now + COOLING
        self._until = {key: moment for key, moment in self._until.items() if moment > now}
        self._until[_key(owner, device_id, resolution)] = until

    def forbids(self, scope: Scope, spec: CallSpec | None, resolution: Resolution, names: frozenset[str]) -> bool:
        """Tell whether a turn must not ask for something again; `names` are those of what it would change.

        A person who asks for it in their own words, or names the thing, takes their no back.
        """
        key = _key(scope.principal.owner, scope.device_id, resolution)
        until = self._until.get(key)
        if until is None or until <= dt_util.utcnow():
            return False
        own_words = spec is not None and spec.kind is CallKind.INTENT
        words = scope.words.casefold()
        if scope.actor is not Actor.AUTOMATION and (own_words or any(name.casefold() in words for name in names)):
            del self._until[key]
            return False
        return True

    def as_dict(self) -> dict[str, str]:
        """Return what is remembered, as it is stored: hashes and moments."""
        return {key: until.isoformat() for key, until in self._until.items()}

    def load(self, stored: Mapping[str, str]) -> None:
        """Remember what was stored; raises TypeError or ValueError for anything else."""
        self._until = {key: datetime.fromisoformat(until) for key, until in stored.items()}


def _key(owner: str | None, device_id: str | None, resolution: Resolution) -> str:
    """Return what stands for a thing that somebody does not want; a guest is known by their device alone."""
    who = owner if owner is not None else device_id
    return hashlib.sha256(canonical_json([who, resolution.digest]).encode()).hexdigest()
