"""Answer who may see what, as the entry's options say at this moment."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er, llm

from ..const import CONF_ROLE, SUBENTRY_AGENT, SUBENTRY_AI_TASK
from .llm_context import Asker, HearthLLMContext
from .matrix import Matrix, Reason
from .options import CONF_OWNERS, CONF_SATELLITES, NOBODY, OTHER_AGENTS, read_matrix
from .phones import phone_owner
from .principal import HOUSEHOLD, HOUSEHOLD_OWNER, Principal, async_user_principal, person_by_owner
from .sources import Source, source_of_entity

ENTRY_THING: Final = "entry:"
FOLDER_THING: Final = "folder:"
_AGENTS = frozenset({SUBENTRY_AGENT, SUBENTRY_AI_TASK})
_MAIL_DOMAIN = "imap"


class Access:
    """Who may see what in one home."""

    def __init__(
        self, hass: HomeAssistant, entry: ConfigEntry[Any], leaves_home: Callable[[str], bool] = lambda _role: False
    ) -> None:
        """Follow an entry's options; `leaves_home` tells whether what a role's model is told may leave the home."""
        self._hass = hass
        self._entry = entry
        self._leaves_home = leaves_home
        self._read: tuple[object, object, Matrix] | None = None
        self._seen: dict[tuple[Principal, str | None, frozenset[Source]], frozenset[Source]] = {}

    @callback
    def allows(self, source: Source, principal: Principal, agent_id: str | None) -> bool:
        """Tell whether a principal sees a source through an agent: by its subentry's ID, None for one not ours."""
        return source in self.sources(principal, agent_id)

    @callback
    def decide(self, source: Source, principal: Principal, agent_id: str | None) -> Reason:
        """Return whether `allows` says yes, and why."""
        reason = self.matrix.decide(source, principal, agent_id or OTHER_AGENTS)
        if reason is Reason.ALLOWED and source in self.kept_at_home(agent_id):
            return Reason.KEPT_AT_HOME
        return reason

    @callback
    def kept_at_home(self, agent_id: str | None) -> frozenset[Source]:
        """Return what an agent may not use because its model is not in this home, as that of one not ours may be."""
        private = self.matrix.private
        subentry = self._entry.subentries.get(agent_id) if agent_id else None
        if private and subentry is not None and not self._leaves_home(str(subentry.data.get(CONF_ROLE))):
            return frozenset()
        return private

    @callback
    def stays_home(self, collection: str) -> bool:
        """Tell whether what a collection of the library holds is kept at home."""
        return any(collection in source.collections for source in self.matrix.private)

    @callback
    def keeps_from(self, source: Source, role: str) -> bool:
        """Tell whether a source is kept at home and what a role's model is told may leave it."""
        return source in self.matrix.private and self._leaves_home(role)

    @callback
    def sources(self, principal: Principal, agent_id: str | None) -> frozenset[Source]:
        """Return everything that a principal sees through an agent."""
        matrix, agent = self.matrix, agent_id or OTHER_AGENTS
        # A turn asks about every entity of the home.
        kept = self.kept_at_home(agent_id)
        if (seen := self._seen.get((principal, agent_id, kept))) is None:
            seen = frozenset(source for source in Source if matrix.decide(source, principal, agent) is Reason.ALLOWED)
            seen = self._seen[principal, agent_id, kept] = seen - kept
        return seen

    @callback
    def usable(self, agent_id: str | None) -> frozenset[Source]:
        """Return what an agent may use at all, whoever speaks to it."""
        matrix = self.matrix
        return (matrix.home & matrix.agents.get(agent_id or OTHER_AGENTS, frozenset())) - self.kept_at_home(agent_id)

    @callback
    def collections(self, principal: Principal, agent_id: str | None) -> tuple[str, ...]:
        """Return the library's collections that a search for a principal through an agent may look into."""
        return tuple(name for source in sorted(self.sources(principal, agent_id)) for name in source.collections)

    @callback
    def is_on(self, source: Source) -> bool:
        """Tell whether a source may be known in this home at all."""
        return source in self.matrix.home

    @callback
    def owner_of(self, thing: str) -> str | None:
        """Return whose a thing is, None for nobody's, which is not to be known.

        `thing` is an entity ID (a calendar, a to-do list, a phone's sensor), the name of a notify service, "entry:" and
        the ID of a config entry (a mailbox, a feed), or "folder:" and a path. A phone is its user's; what else is
        private by nature is nobody's until somebody says whose.
        """
        owners: Mapping[str, str] = self._entry.options.get(CONF_OWNERS, {})
        owner = owners.get(self.key_of(thing)) or self._natural_owner(thing)
        return None if owner == NOBODY else owner

    @callback
    def folders(self) -> dict[str, str]:
        """Return the owners of the folders whose documents are to be known, by path."""
        owners = self._entry.options.get(CONF_OWNERS, {})
        return {
            thing.removeprefix(FOLDER_THING): owner
            for thing, owner in owners.items()
            if thing.startswith(FOLDER_THING) and owner != NOBODY
        }

    @callback
    def sees(self, thing: str, principal: Principal) -> bool:
        """Tell whether a thing that may have an owner, as in `owner_of`, is the principal's to see."""
        return self.owner_of(thing) in principal.owners

    @callback
    def key_of(self, thing: str) -> str:
        """Return the name under which the options keep a thing: an entity that is renamed stays whose it was."""
        entity = er.async_get(self._hass).async_get(thing)
        return entity.id if entity else thing

    async def async_principal(self, *, user_id: str | None, device_id: str | None) -> Principal:
        """Return who asks: a user's person, else the person that a device belongs to, else the household."""
        if user_id is not None:
            return await async_user_principal(self._hass, user_id)
        owner = self._entry.options.get(CONF_SATELLITES, {}).get(device_id)
        return (person_by_owner(self._hass, owner) if owner else None) or HOUSEHOLD

    async def async_asker(self, llm_context: llm.LLMContext) -> Asker:
        """Return who asks for a tool call."""
        user_id = llm_context.context.user_id if llm_context.context else None
        principal = await self.async_principal(user_id=user_id, device_id=llm_context.device_id)
        if isinstance(llm_context, HearthLLMContext):
            return Asker(principal, llm_context.agent_id, llm_context.incognito)
        return Asker(principal)

    def _natural_owner(self, thing: str) -> str | None:
        if thing.startswith(ENTRY_THING):
            entry = self._hass.config_entries.async_get_entry(thing.removeprefix(ENTRY_THING))
            return None if entry is None or entry.domain == _MAIL_DOMAIN else HOUSEHOLD_OWNER
        if thing.startswith(FOLDER_THING):
            return None
        return phone_owner(self._hass, thing) if source_of_entity(thing) is Source.NOTIFICATIONS else HOUSEHOLD_OWNER

    @property
    def matrix(self) -> Matrix:
        """Return who may see what, as the options have it."""
        # Home Assistant makes both anew with each change.
        options, subentries = self._entry.options, self._entry.subentries
        if self._read is None or self._read[0] is not options or self._read[1] is not subentries:
            agents = (subentry for subentry in subentries.values() if subentry.subentry_type in _AGENTS)
            matrix = read_matrix(options, frozenset(agent.subentry_id for agent in agents))
            self._read = options, subentries, matrix
            self._seen.clear()
        return self._read[2]
