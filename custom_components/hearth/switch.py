"""Switch platform for the Hearth integration."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import DOMAIN as SWITCH_DOMAIN, SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.dispatcher import async_dispatcher_connect
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .access import CONF_SOURCES, Source
from .changing import changing
from .const import SIGNAL_OPTIONS_CHANGED
from .coordinator import HearthConfigEntry
from .entity import HearthEntity
from .hands import ENABLED, By

# Each changes the same options.
PARALLEL_UPDATES = 1


@dataclass(frozen=True, kw_only=True)
class SourceSwitchDescription(SwitchEntityDescription):
    """The switch of a source."""

    source: Source


_SWITCHES = tuple(
    SourceSwitchDescription(
        key=f"knows_{source}",
        translation_key=f"knows_{source}",
        # A setting, but of the kind that one looks up: a dashboard made by itself should not offer it.
        entity_category=EntityCategory.CONFIG,
        source=source,
    )
    for source in Source
)


# Home Assistant shows no setting to Assist: no model is to switch Hearth off or on.
_ENABLED = SwitchEntityDescription(key=ENABLED, translation_key=ENABLED, entity_category=EntityCategory.CONFIG)


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the switch of everything, and one for each source."""
    async_add_entities([EnabledSwitch(entry, _ENABLED), *(SourceSwitch(entry, known) for known in _SWITCHES)])


class EnabledSwitch(HearthEntity, SwitchEntity):
    """Whether Hearth may do anything; off, it stays so over restarts until somebody switches it on again."""

    _attr_should_poll = False

    def __init__(self, entry: HearthConfigEntry, description: SwitchEntityDescription) -> None:
        """Be called the same in every home: it must be found in a hurry."""
        super().__init__(entry, description)
        self.entity_id = f"{SWITCH_DOMAIN}.{ENABLED}"
        self._halt = entry.runtime_data.hands.halt

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether Hearth may do anything."""
        return self._halt.engaged_at is None

    @override
    async def async_added_to_hass(self) -> None:
        """Show what is said elsewhere."""
        await super().async_added_to_hass()
        self.async_on_remove(self._halt.add_listener(self.async_write_ha_state))

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Stop everything, and let nothing begin."""
        await self._halt.async_engage(self._by)

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let Hearth go on."""
        await self._halt.async_resume(self._by)

    @property
    def _by(self) -> By:
        return By("switch", self._context.user_id if self._context else None)


class SourceSwitch(HearthEntity, SwitchEntity):
    """Whether a source may be known in this home at all; who may see it is in the options."""

    entity_description: SourceSwitchDescription
    _attr_should_poll = False

    def __init__(self, entry: HearthConfigEntry, description: SourceSwitchDescription) -> None:
        """Follow the entry's options."""
        super().__init__(entry, description)
        self._entry = entry

    @property
    @override
    def is_on(self) -> bool:
        """Tell whether the source may be known."""
        return self._entry.runtime_data.access.is_on(self.entity_description.source)

    @override
    async def async_added_to_hass(self) -> None:
        """Show what is chosen elsewhere."""
        await super().async_added_to_hass()
        self.async_on_remove(async_dispatcher_connect(self.hass, SIGNAL_OPTIONS_CHANGED, self.async_write_ha_state))

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        """Let the source be known from now on."""
        self._switch(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        """Let nobody know the source; what the library holds of it is deleted."""
        self._switch(on=False)

    def _switch(self, *, on: bool) -> None:
        sources = {**self._entry.options.get(CONF_SOURCES, {}), self.entity_description.source.value: on}
        options = {**self._entry.options, CONF_SOURCES: sources}
        with changing(self._context.user_id if self._context else None):
            self.hass.config_entries.async_update_entry(self._entry, options=options)
