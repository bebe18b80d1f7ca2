"""Test that what is kept at home is told to no model elsewhere."""

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import CONF_PRIVATE, HOUSEHOLD, Access, Reason, Source
from tests.conftest import AGENT_ID, hearth_entry

KEPT = {Source.CALENDAR, Source.MEMORY}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry that keeps something at home."""
    entry = hearth_entry("http://127.0.0.1:1", "token", "instance")
    entry.add_to_hass(hass)
    options = {CONF_PRIVATE: [*sorted(KEPT), "no such source"]}
    hass.config_entries.async_update_entry(entry, options=options)
    return entry


async def test_an_agent_sees_it_as_long_as_its_model_is_here(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The same agent sees it or not, as its model comes and goes."""
    elsewhere: set[str] = set()
    access = Access(hass, entry, elsewhere.__contains__)
    here = access.sources(HOUSEHOLD, AGENT_ID)
    assert here >= KEPT
    assert access.kept_at_home(AGENT_ID) == frozenset()
    elsewhere.add("fast")
    assert access.sources(HOUSEHOLD, AGENT_ID) == here - KEPT
    assert access.usable(AGENT_ID) & KEPT == set()
    assert access.kept_at_home(AGENT_ID) == KEPT
    assert access.decide(Source.CALENDAR, HOUSEHOLD, AGENT_ID) is Reason.KEPT_AT_HOME
    assert access.decide(Source.DEVICES, HOUSEHOLD, AGENT_ID) is Reason.ALLOWED
    assert "calendar" not in access.collections(HOUSEHOLD, AGENT_ID)
    elsewhere.clear()
    assert access.sources(HOUSEHOLD, AGENT_ID) == here


@pytest.mark.parametrize("agent_id", [None, "gone"])
async def test_agents_that_are_not_ours_never_see_it(
    hass: HomeAssistant, entry: MockConfigEntry, agent_id: str | None
) -> None:
    """Nobody knows where their models are, whatever else they may use."""
    everything = {"others": [source.value for source in Source]}
    hass.config_entries.async_update_entry(entry, options={**entry.options, "agents": everything})
    access = Access(hass, entry)
    assert access.kept_at_home(agent_id) == KEPT
    assert access.sources(HOUSEHOLD, agent_id) & KEPT == set()
    assert access.usable(agent_id) & KEPT == set()
