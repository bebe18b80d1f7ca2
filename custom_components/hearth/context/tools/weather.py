"""Look the weather up, by day or by the hour."""

from typing import Any, override

from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State
from homeassistant.helpers import config_validation as cv, llm
from homeassistant.util import dt as dt_util
import probatio

from ...access import Source
from ..forecast import Part, async_days, async_hours
from ..times import iso, start_of
from ..viewer import Viewer
from .answers import answer, refusal
from .lookup_tool import LookupTool

_MOST_DAYS, _MOST_HOURS = 7, 24


class WeatherReport(LookupTool):
    """Tell the weather now and to come."""

    name = "hearth__weather"
    title = "Weather"
    description = "The weather now and the forecast of the next days; with 'day', that day, by the hour where known."
    parameters = probatio.Schema({probatio.Optional("day", description="A day, as 2026-11-21"): cv.string})
    sources = frozenset({Source.WEATHER})

    @override
    async def async_look_up(self, viewer: Viewer, args: dict[str, Any], llm_context: llm.LLMContext) -> llm.ToolResult:
        hass = viewer.hass
        state = next(iter(viewer.states("weather")), None)
        if state is None:
            return refusal("No weather service of this home is shown to you.")
        if state.state in (STATE_UNAVAILABLE, STATE_UNKNOWN):
            return refusal("The weather service does not answer.")
        days = await async_days(hass, state, llm_context.context)
        if not args.get("day"):
            return answer(
                now=_now(state), days=[_told(part) for part in (days or [])[:_MOST_DAYS]], units=_units(state)
            )
        day = start_of(args["day"]).date()
        hours = await async_hours(hass, state, llm_context.context) or []
        wanted = [_told(part) for part in days or [] if part.day == day]
        hourly = [{"time": iso(part.at), **_told(part)} for part in hours if part.day == day][:_MOST_HOURS]
        if not wanted and not hourly:
            return refusal(f"There is no forecast for {day.isoformat()}.")
        now = _now(state) if day == dt_util.now().date() else None
        return answer(now=now, days=wanted, hours=hourly or None, units=_units(state))


def _now(state: State) -> dict[str, Any]:
    names = ("temperature", "apparent_temperature", "humidity", "wind_speed")
    values = {name: value for name in names if (value := state.attributes.get(name)) is not None}
    return {"condition": state.state, **values}


def _units(state: State) -> dict[str, Any]:
    names = ("temperature", "wind_speed", "precipitation")
    return {name: unit for name in names if (unit := state.attributes.get(f"{name}_unit"))}


def _told(part: Part) -> dict[str, Any]:
    told = {
        "date": part.day.isoformat(),
        "condition": part.condition or None,
        "high": part.high,
        "low": part.low,
        "precipitation": part.precipitation,
        "precipitation_probability": part.probability,
    }
    return {name: value for name, value in told.items() if value is not None}
