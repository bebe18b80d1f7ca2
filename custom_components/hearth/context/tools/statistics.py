"""Compute with what was measured: sums, means, extremes, per period."""

from datetime import datetime, timedelta
from typing import Any, override

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT
from homeassistant.core import HomeAssistant, State
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import config_validation as cv, llm
from homeassistant.util import dt as dt_util
import probatio

from ...access import Source
from ..entity import label
from ..meters import Statistic, async_statistics
from ..past import Figures, async_figures, async_figures_by
from ..times import iso
from ..viewer import Viewer
from .answers import answer, bounded, period, refusal
from .lookup import NotFound, choose, named
from .lookup_tool import NamedLookupTool

_DEFAULT_DAYS = 7
_MOST_PERIODS = 31
_DIGITS = 2
_STATE_CLASS = "state_class"
# These count on and on; of all others a mean can be had.
_COUNTING = frozenset({"total", "total_increasing"})
_COUNTS = frozenset({"change", "sum"})


class Statistics(NamedLookupTool):
    """Tell sums, means and extremes of what sensors measured."""

    name = "hearth__statistics"
    title = "Statistics"
    description = (
        "Numbers computed from what a sensor measured: 'sum' for meters (how much energy the fridge used), 'mean', "
        "'min' and 'max' for everything else, 'change' for how much a meter rose. With 'by', also for each hour, day, "
        "week or month. Without 'start', the last seven days."
    )
    parameters = probatio.Schema(
        {
            probatio.Required("name", description="Name of a sensor, such as 'fridge energy'"): cv.string,
            probatio.Optional("start", description="First day or time, as 2026-11-21 or 2026-11-21T18:30"): cv.string,
            probatio.Optional("end", description="Last day (included) or time; now without it"): cv.string,
            probatio.Required("kind"): probatio.In(["sum", "mean", "min", "max", "change"]),
            probatio.Optional("by"): probatio.In(["hour", "day", "week", "month"]),
        }
    )
    sources = frozenset({Source.ENERGY})

    @override
    async def async_look_up(self, viewer: Viewer, args: dict[str, Any], llm_context: llm.LLMContext) -> llm.ToolResult:
        now, kind = dt_util.now(), str(args["kind"])
        first_day = dt_util.start_of_local_day(now.date() - timedelta(days=_DEFAULT_DAYS - 1))
        start, end = period(args, first_day, _DEFAULT_DAYS)
        try:
            measured = await self._async_named(viewer, args["name"], kind)
            return await _async_told(viewer.hass, measured, start, min(end, now), kind, args.get("by"))
        except HomeAssistantError as err:
            return refusal(str(err))

    async def _async_named(self, viewer: Viewer, name: str, kind: str) -> Statistic:
        """Return what is called so: a sensor that keeps statistics, or statistics that no entity stands for."""
        hass = viewer.hass
        sensors = {state.entity_id: state for state in viewer.states("sensor") if _has(state, kind)}
        others = {
            one.statistic_id: one
            for one in await async_statistics(hass)
            if one.counts == (kind in _COUNTS) and viewer.sees_statistic(one.statistic_id)
        }

        def called(statistic_id: str) -> str:
            return label(hass, sensors[statistic_id]) if statistic_id in sensors else others[statistic_id].name

        counts = self._states.index(viewer.assistant).named(name)
        counts |= named({statistic_id: one.name for statistic_id, one in others.items()}, name)
        found = choose(name, counts, {**sensors, **others}, f"sensor with a {kind}", called)
        if len(found) > 1:
            names = ", ".join(map(called, found[:8]))
            raise NotFound(f"Several sensors fit '{name[:60]}': {names}. Ask for one of them by its name.")
        (only,) = found
        unit = sensors[only].attributes.get(ATTR_UNIT_OF_MEASUREMENT) if only in sensors else others[only].unit
        return Statistic(only, called(only), unit, counts=kind in _COUNTS)


async def _async_told(
    hass: HomeAssistant, measured: Statistic, start: datetime, end: datetime, kind: str, by: Any
) -> llm.ToolResult:
    figures = await async_figures(hass, measured.statistic_id, start, end)
    value = _pick(figures, kind)
    if value is None:
        return refusal(f"Nothing was recorded for {measured.name} in that time.")
    rows = await async_figures_by(hass, measured.statistic_id, start, end, by) if by else []
    shown, cut = bounded(
        [{"start": iso(at), "value": number} for at, row in rows if (number := _pick(row, kind)) is not None],
        _MOST_PERIODS,
    )
    return answer(
        name=measured.name,
        kind=kind,
        value=value,
        unit=measured.unit,
        start=iso(start),
        end=iso(end),
        by=list(shown) if by else None,
        not_shown=cut,
    )


def _pick(figures: Figures, kind: str) -> float | None:
    value = {"mean": figures.mean, "min": figures.min, "max": figures.max}.get(kind, figures.total)
    return None if value is None else round(value, _DIGITS)


def _has(state: State, kind: str) -> bool:
    """Tell whether a sensor's statistics hold a figure of a kind."""
    state_class = state.attributes.get(_STATE_CLASS)
    return state_class is not None and (state_class in _COUNTING) == (kind in _COUNTS)
