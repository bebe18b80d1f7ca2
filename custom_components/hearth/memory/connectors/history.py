"""Feed the library with what each day was like, as the recorder knows it: counted and averaged by code."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final, override

from homeassistant.components.sensor import DOMAIN as SENSOR_DOMAIN
from homeassistant.const import ATTR_DEVICE_CLASS, ATTR_UNIT_OF_MEASUREMENT, STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import State, split_entity_id
from homeassistant.helpers import area_registry as ar, device_registry as dr, entity_registry as er
from homeassistant.helpers.recorder import DATA_INSTANCE
from homeassistant.helpers.translation import async_translate_state
from homeassistant.util import dt as dt_util

from ...access import HOUSEHOLD_OWNER, Source, source_of_entity
from ...engine import LibraryItem
from .connector import Connector, Entry, Listing, digest

_DAYS: Final = 7
# By then the recorder has written the day's last hour down.
_SETTLED = timedelta(minutes=30)
_SHOWN: Final = 10
_VERSION: Final = "1"
_COUNTED: Final = ("alarm_control_panel", "binary_sensor", "cover", "lock")
_NOTHING = frozenset({STATE_UNAVAILABLE, STATE_UNKNOWN})


class History(Connector):
    """One page for each day and each area in which something happened; what was yesterday is told today."""

    source = Source.ENERGY
    collection = "history"
    prefix = "history/"
    interval = timedelta(hours=1)
    is_complete = False
    keep = timedelta(days=400)

    def __init__(self, *args: Any) -> None:
        """Know of no day on which nothing happened."""
        super().__init__(*args)
        self._quiet: set[str] = set()

    @override
    async def async_list(self) -> Listing:
        """List the days of the last week by area; days that were missed are made up for."""
        if DATA_INSTANCE not in self._hass.data:
            return Listing({})
        settled = dt_util.as_local(dt_util.utcnow() - _SETTLED).date()
        places = self._places()
        entries: dict[str, Entry] = {}
        for day in (settled - timedelta(days=ago) for ago in range(1, _DAYS + 1)):
            for area, entity_ids in places.items():
                item_id = self.prefix + digest(day.isoformat(), area)
                if item_id not in self._quiet:
                    entries[item_id] = self._entry(item_id, day, area, entity_ids)
        return Listing(entries)

    def _places(self) -> Mapping[str, list[str]]:
        """Return what can be told of by the area's name; what has no area is at home."""
        entities, devices, areas = er.async_get(self._hass), dr.async_get(self._hass), ar.async_get(self._hass)
        places: defaultdict[str, list[str]] = defaultdict(list)
        for entity_id in self._exposed():
            is_told = split_entity_id(entity_id)[0] in {SENSOR_DOMAIN, *_COUNTED}
            if not is_told or source_of_entity(entity_id) is not Source.DEVICES:
                continue
            entry = entities.async_get(entity_id)
            device = devices.async_get(entry.device_id) if entry and entry.device_id else None
            area_id = (entry.area_id if entry else None) or (
                dr.async_get_effective_area_id(self._hass, device) if device else None
            )
            area = areas.async_get_area(area_id) if area_id else None
            places[area.name if area else self._hass.config.location_name].append(entity_id)
        return places

    def _entry(self, item_id: str, day: date, area: str, entity_ids: Sequence[str]) -> Entry:
        async def read() -> LibraryItem | None:
            start = dt_util.start_of_local_day(day)
            end = dt_util.start_of_local_day(day + timedelta(days=1))
            numbers = await self._async_numbers(start, end, entity_ids)
            lines = [*numbers, *await self._async_events(start, end, entity_ids)]
            if not lines:
                self._quiet.add(item_id)
                return None
            title = f"{area} on {day:%A, %d %B %Y}"
            span = f"start_date={start.isoformat()}&end_date={end.isoformat()}".replace("+", "%2B")
            return LibraryItem(
                id=item_id,
                owner=HOUSEHOLD_OWNER,
                title=title,
                content="\n".join((title, *lines)),
                time=start,
                url=f"/history?entity_id={','.join(entity_ids[:_SHOWN])}&{span}",
            )

        return Entry(_VERSION, read)

    async def _async_numbers(self, start: datetime, end: datetime, entity_ids: Sequence[str]) -> list[str]:
        """Return what sensors measured: the range and the average, or how much more it was at the end of the day."""
        # Only where it is set up is what it needs installed.
        from homeassistant.components.recorder.statistics import statistics_during_period  # noqa: PLC0415

        sensors = {entity_id for entity_id in entity_ids if split_entity_id(entity_id)[0] == SENSOR_DOMAIN}
        if not sensors:
            return []
        by_id = await self._hass.data[DATA_INSTANCE].async_add_executor_job(
            statistics_during_period, self._hass, start, end, sensors, "day", None, {"change", "max", "mean", "min"}
        )
        return [
            f"{self._name(entity_id)}: {said}"
            for entity_id, rows in sorted(by_id.items())
            for row in rows
            if row["start"] == start.timestamp() and (said := _measured(row, self._unit(entity_id)))
        ]

    async def _async_events(self, start: datetime, end: datetime, entity_ids: Sequence[str]) -> list[str]:
        """Return how often doors, locks and their like changed to what."""
        from homeassistant.components.recorder.history import get_significant_states  # noqa: PLC0415

        counted = [entity_id for entity_id in entity_ids if split_entity_id(entity_id)[0] in _COUNTED]
        if not counted:
            return []

        def states() -> Mapping[str, Sequence[Any]]:
            return get_significant_states(
                self._hass, start, end, counted, significant_changes_only=False, no_attributes=True
            )

        by_id = await self._hass.data[DATA_INSTANCE].async_add_executor_job(states)
        return [
            f"{self._name(entity_id)}: {', '.join(said)}"
            for entity_id, changes in sorted(by_id.items())
            if (said := list(self._counted(entity_id, changes)))
        ]

    def _counted(self, entity_id: str, changes: Sequence[State]) -> Iterable[str]:
        """Tell how often an entity became what, and when first and last; the state it began with is no change."""
        times: defaultdict[str, list[datetime]] = defaultdict(list)
        previous: str | None = None
        for change in changes:
            if change.state in _NOTHING:
                continue
            if previous not in {None, change.state}:
                times[change.state].append(dt_util.as_local(change.last_changed))
            previous = change.state
        for state, moments in sorted(times.items()):
            first, last = moments[0], moments[-1]
            often = f"once, at {first:%H:%M}" if len(moments) == 1 else f"{len(moments)} times, first at {first:%H:%M}"
            yield f"{self._word(entity_id, state)} {often}" + ("" if len(moments) == 1 else f", last at {last:%H:%M}")

    def _word(self, entity_id: str, state: str) -> str:
        """Return a state as the home's language names it."""
        entry = er.async_get(self._hass).async_get(entity_id)
        shown = self._hass.states.get(entity_id)
        return async_translate_state(
            self._hass,
            state,
            split_entity_id(entity_id)[0],
            entry.platform if entry else None,
            entry.translation_key if entry else None,
            shown.attributes.get(ATTR_DEVICE_CLASS) if shown else None,
        ).lower()

    def _unit(self, entity_id: str) -> str:
        state = self._hass.states.get(entity_id)
        return f" {unit}" if state and (unit := state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)) else ""


def _measured(row: Mapping[str, Any], unit: str) -> str | None:
    """Return what a day's statistics say, None for nothing."""
    if (change := row.get("change")) is not None:
        return f"{change:.4g}{unit} in all"
    if (mean := row.get("mean")) is None:
        return None
    low, high = row.get("min"), row.get("max")
    span = "" if low is None or high is None else f", from {low:.4g} to {high:.4g}{unit}"
    return f"{mean:.4g}{unit} on average{span}"
