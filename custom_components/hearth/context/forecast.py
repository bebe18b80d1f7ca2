"""Read weather forecasts, whichever integration makes them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from homeassistant.components.weather.const import WeatherEntityFeature
from homeassistant.const import ATTR_SUPPORTED_FEATURES
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.util import dt as dt_util

from .asking import async_ask

_DAILY = (
    ("daily", WeatherEntityFeature.FORECAST_DAILY),
    ("twice_daily", WeatherEntityFeature.FORECAST_TWICE_DAILY),
    ("hourly", WeatherEntityFeature.FORECAST_HOURLY),
)


@dataclass(frozen=True, slots=True)
class Part:
    """What is forecast for a time: a day, half of one or an hour; temperatures and rain in the home's units."""

    at: datetime
    condition: str
    high: float | None
    low: float | None
    precipitation: float | None
    probability: float | None

    @property
    def day(self) -> date:
        """Return the day that it is about, in this home's time zone."""
        return dt_util.as_local(self.at).date()


async def async_days(hass: HomeAssistant, state: State, context: Context | None = None) -> list[Part] | None:
    """Return the forecast by day; None where the integration makes none or does not answer."""
    features = state.attributes.get(ATTR_SUPPORTED_FEATURES, 0)
    kind = next((kind for kind, feature in _DAILY if features & feature), None)
    parts = await _async_parts(hass, state, kind, context) if kind else None
    if parts is None or kind == "daily":
        return parts
    days: dict[date, list[Part]] = {}
    for part in parts:
        days.setdefault(part.day, []).append(part)
    return [_whole(parts) for parts in days.values()]


async def async_hours(hass: HomeAssistant, state: State, context: Context | None = None) -> list[Part] | None:
    """Return the forecast by hour; None where there is none."""
    if not state.attributes.get(ATTR_SUPPORTED_FEATURES, 0) & WeatherEntityFeature.FORECAST_HOURLY:
        return None
    return await _async_parts(hass, state, "hourly", context)


async def _async_parts(hass: HomeAssistant, state: State, kind: str, context: Context | None) -> list[Part] | None:
    answers = await async_ask(hass, "weather.get_forecasts", [state.entity_id], context, type=kind)
    answer = answers[state.entity_id]
    return None if answer is None else [part for row in answer["forecast"] or () if (part := _part(row)) is not None]


def _part(row: dict[str, Any]) -> Part | None:
    at = dt_util.parse_datetime(str(row.get("datetime", "")))
    if at is None:
        return None
    return Part(
        at=at,
        condition=str(row.get("condition") or ""),
        high=row.get("temperature"),
        low=row.get("templow"),
        precipitation=row.get("precipitation"),
        probability=row.get("precipitation_probability"),
    )


def _whole(parts: list[Part]) -> Part:
    """Put the parts of a day together: its extremes, all its rain, and what it is like around noon."""
    temperatures = [value for part in parts for value in (part.high, part.low) if value is not None]
    rain = [part.precipitation for part in parts if part.precipitation is not None]
    chances = [part.probability for part in parts if part.probability is not None]
    return Part(
        at=parts[0].at,
        condition=min(parts, key=lambda part: abs(dt_util.as_local(part.at).hour - 13)).condition,
        high=max(temperatures, default=None),
        low=min(temperatures, default=None),
        precipitation=round(sum(rain), 1) if rain else None,
        probability=max(chances, default=None),
    )
