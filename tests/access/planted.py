"""Plant a secret in every source for every owner, and say who may learn it."""

from dataclasses import dataclass

from custom_components.hearth.access import Source

NOBODY = "nobody"
OWNERS = ("household", "person:anna", "person:bert")
WHO_OWNS_WHAT = {
    "anna": {"household", "person:anna"},
    "bert": {"household", "person:bert"},
    "household": {"household"},
    "guest": set[str](),
    "annas satellite": {"household", "person:anna"},
}
# Stated once more, so that a slip in the product's own table shows.
TOLD = {
    "anna": set(Source),
    "bert": set(Source),
    "household": set(Source) - {Source.MAIL},
    "guest": {Source.DEVICES, Source.WEATHER, Source.TIMERS},
    "annas satellite": set(Source),
}


@dataclass(frozen=True, slots=True)
class Secret:
    """A word that only some may learn; `marker` is public and finds it, `live` tells that it is no library's item."""

    source: Source
    owner: str
    kind: str
    live: bool

    @property
    def word(self) -> str:
        """Return the secret itself, which stands nowhere else."""
        return f"secret{self._name}"

    @property
    def marker(self) -> str:
        """Return what to look for to find it."""
        return f"marker{self._name}"

    @property
    def _name(self) -> str:
        return f"{self.source}{self.kind}{self.owner.replace(':', '')}"

    def is_for(self, who: str, usable: set[Source]) -> bool:
        """Tell whether somebody may learn it through an agent that may use some sources."""
        if self.owner == NOBODY or self.source not in TOLD[who] & usable:
            return False
        return self.owner in WHO_OWNS_WHAT[who] or (self.live and self.source in TOLD["guest"])


IN_LIBRARY = tuple(
    Secret(source, owner, name, live=False) for source in Source for name in source.collections for owner in OWNERS
)
LIVE = (
    *(Secret(source, owner, "event", live=True) for source in (Source.CALENDAR,) for owner in OWNERS),
    *(Secret(Source.TODO, owner, "item", live=True) for owner in OWNERS),
    *(Secret(Source.NOTIFICATIONS, owner, "sent", live=True) for owner in OWNERS),
    *(Secret(Source.NOTIFICATIONS, owner, "phone", live=True) for owner in OWNERS[1:]),
    *(Secret(Source.MEMORY, owner, "fact", live=True) for owner in OWNERS),
    *(Secret(Source.CONVERSATIONS, owner, "said", live=True) for owner in OWNERS),
    Secret(Source.DEVICES, "household", "state", live=True),
    Secret(Source.WEATHER, "household", "state", live=True),
    Secret(Source.PRESENCE, "household", "state", live=True),
    Secret(Source.TIMERS, "household", "state", live=True),
    Secret(Source.ENERGY, "household", "past", live=True),
)
# On things that are not exposed to Assist: nobody may ever learn them.
HIDDEN = tuple(
    Secret(source, NOBODY, "hidden", live=True)
    for source in (
        Source.CALENDAR,
        Source.TODO,
        Source.DEVICES,
        Source.WEATHER,
        Source.NOTIFICATIONS,
        Source.PRESENCE,
        Source.TIMERS,
        Source.ENERGY,
    )
)
ALL = (*IN_LIBRARY, *LIVE, *HIDDEN)
