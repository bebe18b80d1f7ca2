"""The devices of Hearth's demo home: simulated, but real entities of Home Assistant's own platforms."""

from homeassistant.components.sensor import SensorDeviceClass
from homeassistant.config_entries import SOURCE_IMPORT, ConfigEntry
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, config_validation as cv, floor_registry as fr
from homeassistant.helpers.typing import ConfigType
from homeassistant.util import slugify

from .device import DOMAIN, devices_of
from .rooms import AREAS, DEVICES, FLOORS

CONFIG_SCHEMA = cv.empty_config_schema(DOMAIN)
PLATFORMS = sorted({device.platform for device in DEVICES})


async def async_setup(hass: HomeAssistant, config: ConfigType) -> bool:
    """Furnish the home on the first start."""
    if DOMAIN in config and not hass.config_entries.async_entries(DOMAIN):
        hass.async_create_task(hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_IMPORT}, data={}))
    return True


async def async_setup_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Lay the home out, then bring its devices in."""
    _lay_out(hass)
    await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
    _name_climate_sensors(hass)
    return True


async def async_unload_entry(hass: HomeAssistant, entry: ConfigEntry) -> bool:
    """Take the devices out."""
    return await hass.config_entries.async_unload_platforms(entry, PLATFORMS)


@callback
def _lay_out(hass: HomeAssistant) -> None:
    """Make the floors and areas that are not there yet."""
    floors, areas = fr.async_get(hass), ar.async_get(hass)
    floor_ids = {
        name: (floors.async_get_floor_by_name(name) or floors.async_create(name, level=level)).floor_id
        for name, level in FLOORS.items()
    }
    for area in AREAS:
        floor_id = floor_ids[area.floor] if area.floor else None
        areas.async_update(areas.async_get_or_create(area.name).id, floor_id=floor_id, icon=area.icon)


@callback
def _name_climate_sensors(hass: HomeAssistant) -> None:
    """Tell each area which sensors measure its temperature and its humidity."""
    areas = ar.async_get(hass)
    for device in devices_of(Platform.SENSOR):
        area_id = areas.async_get_or_create(device.area).id
        entity_id = f"{Platform.SENSOR}.{slugify(device.name)}"
        match device.model:
            case SensorDeviceClass.TEMPERATURE:
                areas.async_update(area_id, temperature_entity_id=entity_id)
            case SensorDeviceClass.HUMIDITY:
                areas.async_update(area_id, humidity_entity_id=entity_id)
            case _:
                pass
