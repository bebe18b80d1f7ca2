"""Know what the energy dashboard shows: its meters, and statistics that an integration keeps without an entity."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from homeassistant.core import HomeAssistant

from .past import async_metadata

# The fields of the energy dashboard's settings that name a meter, by kind of source, and what each is called here.
_METERS: Final[Mapping[tuple[str, str], str]] = {
    ("battery", "stat_energy_from"): "taken out of the battery",
    ("battery", "stat_energy_to"): "put into the battery",
    ("gas", "stat_energy_from"): "gas used",
    ("grid", "stat_energy_from"): "taken from the grid",
    ("grid", "stat_energy_to"): "given to the grid",
    ("solar", "stat_energy_from"): "made by the sun",
    ("water", "stat_energy_from"): "water used",
}
# Of these the dashboard has a name for each.
_NAMED: Final = ("device_consumption", "device_consumption_water")
_STATISTIC: Final = "stat_"
_WITHOUT_ENTITY: Final = ":"


@dataclass(frozen=True, slots=True)
class Statistic:
    """Statistics that no entity stands for; `counts` tells whether sums are kept, or else means."""

    statistic_id: str
    name: str
    unit: str | None
    counts: bool


async def async_meters(hass: HomeAssistant) -> list[tuple[str, str]]:
    """Return the IDs of the meters' statistics, and what each counts."""
    return [
        (source[field], name)
        for source in (await _async_preferences(hass)).get("energy_sources", ())
        for (kind, field), name in _METERS.items()
        if source["type"] == kind and source.get(field)
    ]


async def async_statistics(hass: HomeAssistant) -> list[Statistic]:
    """Return the statistics without an entity that the dashboard shows; raises as `async_metadata` does.

    Nobody can expose them to Assist: what the household looks at on its dashboard counts as shown to it.
    """
    names = dict(_without_entity(await _async_preferences(hass)))
    return [
        Statistic(
            statistic_id=row["statistic_id"],
            name=names[row["statistic_id"]] or row["name"] or row["statistic_id"],
            unit=row["display_unit_of_measurement"],
            counts=row["has_sum"],
        )
        for row in (await async_metadata(hass, set(names)) if names else ())
    ]


def has_entity(statistic_id: str) -> bool:
    """Tell whether statistics are those of an entity."""
    return _WITHOUT_ENTITY not in statistic_id


def _without_entity(preferences: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    """Yield the IDs of statistics without an entity and the names that the dashboard has for them."""
    for kind in ("energy_sources", *_NAMED):
        for row in preferences.get(kind, ()):
            for field, value in row.items():
                if field.startswith(_STATISTIC) and isinstance(value, str) and not has_entity(value):
                    yield value, row.get("name") if kind in _NAMED else None


async def _async_preferences(hass: HomeAssistant) -> Mapping[str, Any]:
    """Return the energy dashboard's settings, none in a home without it."""
    if "energy" not in hass.config.components:
        return {}
    # A home without the dashboard need not load it for this.
    from homeassistant.components.energy.data import async_get_manager  # noqa: PLC0415

    manager = await async_get_manager(hass)
    return manager.data or {}
