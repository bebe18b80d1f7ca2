"""Test the switches of what may be known."""

from homeassistant.components.switch import SERVICE_TURN_OFF, SERVICE_TURN_ON
from homeassistant.const import ATTR_ENTITY_ID, STATE_OFF, STATE_ON, EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.dispatcher import async_dispatcher_connect
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import CONF_RETENTION_DAYS, CONF_SOURCES, Source
from custom_components.hearth.const import SIGNAL_OPTIONS_CHANGED
from tests.conftest import state_of


def _switches(hass: HomeAssistant, entry: MockConfigEntry) -> dict[str, er.RegistryEntry]:
    """Return the switches by the source that they are for."""
    entities = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    prefix = f"{entry.entry_id}_knows_"
    return {
        entity.unique_id.removeprefix(prefix): entity
        for entity in entities
        if entity.domain == "switch" and entity.unique_id.startswith(prefix)
    }


def test_each_source_has_a_switch(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Show all of them on the engine's device, as settings."""
    switches = _switches(hass, entry)
    assert set(switches) == set(Source)
    assert {switch.entity_category for switch in switches.values()} == {EntityCategory.CONFIG}
    assert {state_of(hass, switch.entity_id) for switch in switches.values()} == {STATE_ON}


@pytest.mark.parametrize("source", [Source.MAIL, Source.DEVICES])
async def test_a_source_is_switched_off_and_on(hass: HomeAssistant, entry: MockConfigEntry, source: Source) -> None:
    """Change the options, tell whoever feeds the library, and keep everything else."""
    hass.config_entries.async_update_entry(entry, options={CONF_RETENTION_DAYS: 7})
    await hass.async_block_till_done()
    data, entity_id = entry.runtime_data, _switches(hass, entry)[source].entity_id
    heard: list[bool] = []

    @callback
    def hear() -> None:
        heard.append(data.access.is_on(source))

    async_dispatcher_connect(hass, SIGNAL_OPTIONS_CHANGED, hear)
    for service, state in ((SERVICE_TURN_OFF, STATE_OFF), (SERVICE_TURN_ON, STATE_ON)):
        await hass.services.async_call("switch", service, {ATTR_ENTITY_ID: entity_id}, blocking=True)
        await hass.async_block_till_done()
        assert state_of(hass, entity_id) == state
        assert entry.options == {CONF_RETENTION_DAYS: 7, CONF_SOURCES: {source.value: state == STATE_ON}}
    assert heard == [False, True]
    assert entry.runtime_data is data


async def test_a_switch_follows_the_options(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Show what was chosen in the dialog."""
    hass.config_entries.async_update_entry(entry, options={CONF_SOURCES: {Source.FEEDS.value: False}})
    await hass.async_block_till_done()
    switches = _switches(hass, entry)
    assert {name for name, switch in switches.items() if state_of(hass, switch.entity_id) == STATE_OFF} == {"feeds"}
