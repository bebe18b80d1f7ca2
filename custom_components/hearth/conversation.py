"""Conversation platform for the Hearth integration."""

from functools import partial
from typing import Literal, override

from homeassistant.components import conversation
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_LLM_HASS_API, CONF_PROMPT, MATCH_ALL
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .access import CONF_INCOGNITO
from .const import CONF_LANGUAGES, CONF_ROLE, CONF_THINKING, CONF_TOOLS, SUBENTRY_AGENT
from .coordinator import HearthConfigEntry
from .entity import HearthSubentryEntity
from .hands import ToolsShown
from .mind import Agent, Thinking, Warmable, async_prepare

PARALLEL_UPDATES = 0


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up an agent for each of its subentries."""
    for subentry in entry.get_subentries_of_type(SUBENTRY_AGENT):
        async_add_entities([HearthAgent(entry, subentry)], config_subentry_id=subentry.subentry_id)


class HearthAgent(HearthSubentryEntity, conversation.ConversationEntity):
    """An agent that people speak to."""

    _attr_name = None
    _attr_supports_streaming = True

    def __init__(self, entry: HearthConfigEntry, subentry: ConfigSubentry) -> None:
        """Take the agent's settings from its subentry."""
        super().__init__(entry, subentry)
        if subentry.data.get(CONF_LLM_HASS_API):
            self._attr_supported_features = conversation.ConversationEntityFeature.CONTROL

    @property
    @override
    def supported_languages(self) -> list[str] | Literal["*"]:
        """Return the languages that the user chose, or all."""
        return self.subentry.data.get(CONF_LANGUAGES) or MATCH_ALL

    @property
    def _agent(self) -> Agent:
        """Return the agent as its subentry has it."""
        data = self.subentry.data
        return Agent(
            id=self.subentry.subentry_id,
            entity_id=self.entity_id,
            persona=data.get(CONF_PROMPT),
            role=data[CONF_ROLE],
            api_ids=data.get(CONF_LLM_HASS_API, []),
            thinking=Thinking(data.get(CONF_THINKING, Thinking.AUTO)),
            incognito=data.get(CONF_INCOGNITO, False),
            tools=ToolsShown(data.get(CONF_TOOLS, ToolsShown.AUTO)),
        )

    @override
    async def async_added_to_hass(self) -> None:
        """Have what every turn begins with kept warm."""
        await super().async_added_to_hass()
        data, agent = self.entry.runtime_data, self._agent
        prefix = partial(data.mind.async_prefix, agent)
        self.async_on_remove(data.warmer.add(Warmable(agent.id, agent.entity_id, agent.role, prefix)))

    @override
    async def async_prepare(self, language: str | None = None) -> None:
        """Get ready for words that are about to come: somebody has said the wake word."""
        warming = self.entry.runtime_data.warmer.async_expect(self.entity_id)
        self.entry.async_create_background_task(self.hass, warming, "hearth warm up before words")
        await async_prepare(self.hass, language or self.hass.config.language)

    @override
    async def _async_handle_message(
        self, user_input: conversation.ConversationInput, chat_log: conversation.ChatLog
    ) -> conversation.ConversationResult:
        """Take one turn."""
        return await self.entry.runtime_data.mind.async_take_turn(self._agent, user_input, chat_log)
