"""The weather of the demo home."""

from datetime import timedelta
from typing import override

from homeassistant.components.weather import Forecast, WeatherEntity, WeatherEntityFeature
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import Platform, UnitOfPrecipitationDepth, UnitOfSpeed, UnitOfTemperature
from homeassistant.core import HomeAssistant, State
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.util import dt as dt_util

from .device import SimulatedEntity, devices_of


async def async_setup_entry(
    hass: HomeAssistant, entry: ConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Bring the weather in."""
    async_add_entities(SimulatedWeather(device) for device in devices_of(Platform.WEATHER))


# Condition, highest and lowest temperature (°C), rain (mm) of today and the days after.
_DAYS = (
    ("partlycloudy", 13.0, 6.0, 0.0),
    ("rainy", 11.0, 7.0, 8.4),
    ("rainy", 10.0, 5.0, 3.1),
    ("sunny", 14.0, 4.0, 0.0),
    ("sunny", 16.0, 6.0, 0.0),
)


class SimulatedWeather(SimulatedEntity, WeatherEntity):
    """The weather outside and the days ahead."""

    _attr_native_temperature = 11.2
    _attr_native_temperature_unit = UnitOfTemperature.CELSIUS
    _attr_native_wind_speed = 14.0
    _attr_native_wind_speed_unit = UnitOfSpeed.KILOMETERS_PER_HOUR
    _attr_native_precipitation_unit = UnitOfPrecipitationDepth.MILLIMETERS
    _attr_humidity = 71
    _attr_supported_features = WeatherEntityFeature.FORECAST_DAILY

    @override
    def take(self, state: State) -> None:
        self._attr_condition = state.state

    @override
    async def async_forecast_daily(self) -> list[Forecast]:
        midday = dt_util.start_of_local_day() + timedelta(hours=12)
        return [
            Forecast(
                datetime=(midday + timedelta(days=day)).isoformat(),
                condition=condition,
                native_temperature=high,
                native_templow=low,
                native_precipitation=rain,
            )
            for day, (condition, high, low, rain) in enumerate(_DAYS)
        ]
