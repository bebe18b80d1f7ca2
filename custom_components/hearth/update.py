"""Update platform for the Hearth integration."""

import logging
from typing import Any, Final, override

from homeassistant.components.update import UpdateEntity, UpdateEntityDescription, UpdateEntityFeature
from homeassistant.const import EntityCategory
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import HearthConfigEntry
from .engine import CatalogModel, EngineError, PullSource
from .entity import HearthEngineEntity
from .errors import translated

_LOGGER = logging.getLogger(__name__)

# A download uses all that the line gives.
PARALLEL_UPDATES = 1

_PREFIX: Final = "installed_"
_HUB: Final = "https://huggingface.co"
# As the hub shows them.
_REVISION_LENGTH: Final = 7


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up an entity for each model from the hub, and for each that is on its way, as they come and go."""
    data = entry.runtime_data
    shown: set[str] = set()

    @callback
    def update() -> None:
        if data.coordinator.data is None or data.coordinator.data.models is None:
            return
        installed = {model.id for model in data.coordinator.data.models.values() if _is_from_hub(model)}
        wanted = installed | data.downloads.running().keys()
        async_add_entities([ModelUpdate(entry, model) for model in sorted(wanted - shown)])
        shown.update(wanted)
        shown.intersection_update(wanted)
        _remove_others(hass, entry, wanted)

    update()
    entry.async_on_unload(data.coordinator.async_add_listener(update))
    entry.async_on_unload(data.downloads.add_listener(update))


def _is_from_hub(model: CatalogModel) -> bool:
    return model.installed is not None and model.installed.source == "hub"


@callback
def _remove_others(hass: HomeAssistant, entry: HearthConfigEntry, wanted: set[str]) -> None:
    """Forget the entities of models that are gone, also of those that went while Home Assistant was not running."""
    registry = er.async_get(hass)
    ours = {f"{entry.entry_id}_{_PREFIX}{model}" for model in wanted}
    for entity in er.async_entries_for_config_entry(registry, entry.entry_id):
        if entity.domain == "update" and entity.unique_id not in ours:
            registry.async_remove(entity.entity_id)


class ModelUpdate(HearthEngineEntity, UpdateEntity):
    """A model from the hub: which revision is installed, which is the newest, how far a download is."""

    _attr_supported_features = UpdateEntityFeature.INSTALL | UpdateEntityFeature.PROGRESS
    _attr_translation_key = "model"

    def __init__(self, entry: HearthConfigEntry, model: str) -> None:
        """Take the model's name, which stays as long as the model."""
        description = UpdateEntityDescription(key=f"{_PREFIX}{model}", entity_category=EntityCategory.CONFIG)
        super().__init__(entry, description)
        self._model_id = model
        self._data = entry.runtime_data
        known = self._model
        self._attr_translation_placeholders = {"model": known.name if known else model}
        self._attr_title = known.name if known else model
        self._attr_release_url = f"{_HUB}/{known.repo}" if known and known.repo else None

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the download, too."""
        await super().async_added_to_hass()
        self.async_on_remove(self._data.downloads.add_listener(self.async_write_ha_state))

    @property
    def _model(self) -> CatalogModel | None:
        return self._data.coordinator.model(self._model_id)

    @property
    @override
    def installed_version(self) -> str | None:
        """Return the revision of the file, shortened; None while there is no file."""
        installed = self._model.installed if self._model else None
        return _short(installed.revision) if installed else None

    @property
    @override
    def latest_version(self) -> str | None:
        """Return the newest revision that the engine knows of, shortened."""
        installed = self._model.installed if self._model else None
        return _short(installed.latest_revision or installed.revision) if installed else None

    @override
    def version_is_newer(self, latest_version: str, installed_version: str) -> bool:
        """Take any other revision for a newer one: commit ids have no order."""
        return latest_version != installed_version

    @property
    @override
    def in_progress(self) -> bool:
        """Tell whether a download runs, whoever began it."""
        return self._model_id in self._data.downloads.running()

    @property
    @override
    def update_percentage(self) -> float | None:
        """Return how much of the file is there."""
        download = self._data.downloads.running().get(self._model_id)
        return download.percentage if download else None

    @override
    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:
        """Download the newest revision and return when it is there."""
        try:
            await self._data.downloads.async_finish(PullSource(id=self._model_id))
        except EngineError as err:
            raise translated(err) from err

    @override
    async def async_update(self) -> None:
        """Let the engine ask the hub, whenever a person wants to know now."""
        try:
            await self._data.client.async_check()
        except EngineError as err:
            _LOGGER.debug("The hub could not be asked: %s", err)
        await super().async_update()


def _short(revision: str | None) -> str | None:
    return revision[:_REVISION_LENGTH] if revision else None
