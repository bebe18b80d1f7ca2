"""Name the entry's options that say what may be known, and read them with care."""

from collections.abc import Mapping
from typing import Any, Final

from .matrix import Matrix
from .principal import HOUSEHOLD_OWNER, Kind
from .sources import RULES, Source

# What of a home may be known at all: source -> bool.
CONF_SOURCES: Final = "sources"
# What no model outside the home may be told: list of sources.
CONF_PRIVATE: Final = "private_sources"
# What each agent may use: subentry ID, or OTHER_AGENTS -> list of sources.
CONF_AGENTS: Final = "agents"
OTHER_AGENTS: Final = "others"
# What each principal may know: an owner ("household", "person:<unique ID>") or "guest" -> list of sources.
CONF_PEOPLE: Final = "people"
# Who speaks to a device: device ID -> the owner of a person.
CONF_SATELLITES: Final = "satellites"
# Whose something is: the key of a thing (see `Access.owner_of`) -> an owner, or NOBODY for what is not to be known.
CONF_OWNERS: Final = "owners"
NOBODY: Final = "nobody"
CONF_RETENTION_DAYS: Final = "retention_days"
CONF_INCOGNITO: Final = "incognito"
# Whether something is learnt from what people say, without being asked to be remembered.
CONF_LEARN: Final = "learn"

DEFAULT_RETENTION_DAYS: Final = 90

ALL: Final = frozenset(Source)
NOT_PERSONAL: Final = frozenset(source for source, rule in RULES.items() if not rule.personal)
GUEST_DEFAULT: Final = frozenset({Source.DEVICES, Source.WEATHER, Source.TIMERS})
HOUSEHOLD_DEFAULT: Final = ALL - {Source.MAIL}


def read_matrix(options: Mapping[str, Any], agent_ids: frozenset[str]) -> Matrix:
    """Return who may see what; `agent_ids` are ours, which may use everything until something else is said."""
    people = _by_name(options, CONF_PEOPLE)
    return Matrix(
        home=frozenset(source for source in Source if options.get(CONF_SOURCES, {}).get(source, True) is True),
        agents={
            **dict.fromkeys(agent_ids, ALL),
            OTHER_AGENTS: NOT_PERSONAL,
            **{name: may for name, may in _by_name(options, CONF_AGENTS).items() if name in {*agent_ids, OTHER_AGENTS}},
        },
        people={
            HOUSEHOLD_OWNER: HOUSEHOLD_DEFAULT,
            **people,
            # Whatever the options say, a guest sees nothing personal.
            Kind.GUEST: people.get(Kind.GUEST, GUEST_DEFAULT) & NOT_PERSONAL,
        },
        private=frozenset(source for source in Source if source in options.get(CONF_PRIVATE, ())),
    )


def _by_name(options: Mapping[str, Any], key: str) -> dict[str, frozenset[Source]]:
    known = set(Source)
    return {
        name: frozenset(Source(value) for value in values if value in known)
        for name, values in options.get(key, {}).items()
    }
