"""Test the agent's entity; what it answers is tested in the room of the mind."""

from homeassistant.components import conversation
from homeassistant.components.conversation.agent_manager import get_agent_manager
from homeassistant.components.conversation.const import DATA_COMPONENT
from homeassistant.const import CONF_LLM_HASS_API, MATCH_ALL
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.const import CONF_LANGUAGES

from .conftest import AGENT_ID

AGENT = "conversation.hearth"


@pytest.mark.parametrize(
    ("settings", "languages", "control"),
    [
        ({}, MATCH_ALL, True),
        ({CONF_LANGUAGES: ["en", "de"]}, ["en", "de"], True),
        ({CONF_LLM_HASS_API: []}, MATCH_ALL, False),
    ],
)
async def test_what_an_agent_can_do(
    hass: HomeAssistant, entry: MockConfigEntry, settings: dict[str, object], languages: object, control: bool
) -> None:
    """Languages and control follow the agent's settings, and replies are streamed."""
    subentry = entry.subentries[AGENT_ID]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, **settings})
    await hass.async_block_till_done()
    agent = hass.data[DATA_COMPONENT].get_entity(AGENT)
    assert isinstance(agent, conversation.ConversationEntity)
    assert agent.supports_streaming
    assert agent.supported_languages == languages
    assert bool(agent.supported_features & conversation.ConversationEntityFeature.CONTROL) == control


async def test_preparing_loads_the_sentences(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Before words come, the sentences of their language are loaded."""
    await conversation.async_prepare_agent(hass, AGENT, "nl")
    matcher = get_agent_manager(hass).default_agent
    assert matcher is not None
    assert "nl" in matcher._lang_intents  # noqa: SLF001 - it has no other sign
