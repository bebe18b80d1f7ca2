"""Read what the recorder has kept: changes of states, and statistics."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from homeassistant.components.recorder import history, statistics
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.recorder import DATA_INSTANCE, get_instance
from homeassistant.util import dt as dt_util

from ..const import DOMAIN

_SECONDS = 10

type Period = Literal["hour", "day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Change:
    """A state and when it began."""

    state: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Figures:
    """What came of a statistic in a period, in `unit`; None for what was not measured. `total` is what it rose by."""

    mean: float | None
    min: float | None
    max: float | None
    total: float | None


async def async_changes(hass: HomeAssistant, entity_id: str, start: datetime, end: datetime) -> list[Change]:
    """Return how an entity's state changed in a period, oldest first, from the state that it had at the start on.

    Raises HomeAssistantError when nothing is recorded here, or the database is too slow.
    """
    # What began at the very end is part of it.
    until = end + timedelta(microseconds=1)
    rows = await _async_read(
        hass,
        lambda: history.state_changes_during_period(
            hass, start, until, entity_id, no_attributes=True, include_start_time_state=True
        ),
    )
    changes: list[Change] = []
    for state in rows.get(entity_id, ()):
        # A restart writes the same state anew.
        if not changes or changes[-1].state != state.state:
            changes.append(Change(state.state, max(state.last_changed, start)))
    return changes


async def async_figures(hass: HomeAssistant, statistic_id: str, start: datetime, end: datetime) -> Figures:
    """Return the figures of a statistic over a whole period; raises as `async_changes` does."""
    row = await _async_read(
        hass, lambda: statistics.statistic_during_period(hass, start, end, statistic_id, None, None)
    )
    return _figures(row)


async def async_figures_by(
    hass: HomeAssistant, statistic_id: str, start: datetime, end: datetime, period: Period
) -> list[tuple[datetime, Figures]]:
    """Return the figures of each hour, day, week or month of a period; raises as `async_changes` does."""
    rows = await _async_read(
        hass,
        lambda: statistics.statistics_during_period(
            hass, start, end, {statistic_id}, period, None, {"change", "max", "mean", "min"}
        ),
    )
    return [(_moment(row["start"]), _figures(row)) for row in rows.get(statistic_id, ())]


async def async_metadata(hass: HomeAssistant, statistic_ids: set[str]) -> list[dict[str, Any]]:
    """Return what statistics are called and measured in, of those that there are; raises as `async_changes` does."""
    rows: list[dict[str, Any]] = await _async_read(hass, lambda: statistics.list_statistic_ids(hass, statistic_ids))
    return [row for row in rows if row["statistic_id"] in statistic_ids]


async def _async_read[Answer](hass: HomeAssistant, read: Callable[[], Answer]) -> Answer:
    if DATA_INSTANCE not in hass.data:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="no_recorder")
    try:
        async with asyncio.timeout(_SECONDS):
            return await get_instance(hass).async_add_executor_job(read)
    except TimeoutError as err:
        raise HomeAssistantError(translation_domain=DOMAIN, translation_key="recorder_slow") from err


def _figures(row: Mapping[str, Any]) -> Figures:
    return Figures(row.get("mean"), row.get("min"), row.get("max"), row.get("change"))


def _moment(timestamp: float) -> datetime:
    return dt_util.utc_from_timestamp(timestamp)
