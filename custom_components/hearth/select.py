"""Select platform for the Hearth integration."""

from dataclasses import dataclass
from typing import Final, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CHAT_ROLES, ROLE_EMBEDDING
from .coordinator import HearthConfigEntry
from .engine import EngineError, RoleChoice
from .entity import HearthEngineEntity
from .errors import translated

# The engine loads one model at a time.
PARALLEL_UPDATES = 1

NO_MODEL: Final = "none"


@dataclass(frozen=True, kw_only=True)
class RoleSelectDescription(SelectEntityDescription):
    """The choice of a role's model."""

    role: str


_SELECTS = tuple(
    RoleSelectDescription(
        key=f"{role}_choice",
        translation_key=f"{role}_model",
        entity_category=EntityCategory.CONFIG,
        entity_registry_enabled_default=role in CHAT_ROLES,
        role=role,
    )
    for role in (*CHAT_ROLES, ROLE_EMBEDDING)
)


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up the choice of a model for each role."""
    async_add_entities([RoleSelect(entry, description) for description in _SELECTS])


class RoleSelect(HearthEngineEntity, SelectEntity):
    """Which of the installed models plays a role; not to be chosen where the engine's own settings say."""

    entity_description: RoleSelectDescription

    @property
    def _choice(self) -> RoleChoice | None:
        return self.coordinator.choice(self.entity_description.role)

    @property
    @override
    def available(self) -> bool:
        """Tell whether there is a choice."""
        return super().available and self._choice is not None and self._choice.changeable

    @property
    @override
    def options(self) -> list[str]:
        """Return the installed models, and none."""
        return [NO_MODEL, *(self._choice.choices if self._choice else ())]

    @property
    @override
    def current_option(self) -> str | None:
        """Return the model that plays the role."""
        return (self._choice.model or NO_MODEL) if self._choice else None

    @override
    async def async_select_option(self, option: str) -> None:
        """Give the role to a model; the old one serves until the new one is ready."""
        client = self.coordinator.config_entry.runtime_data.client
        try:
            await client.async_choose(self.entity_description.role, None if option == NO_MODEL else option)
        except EngineError as err:
            raise translated(err) from err
        await self.coordinator.async_request_refresh()
