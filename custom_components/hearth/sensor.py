"""Sensor platform for the Hearth integration."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.sensor import (
    SensorDeviceClass,
    SensorEntity,
    SensorEntityDescription,
    SensorStateClass,
)
from homeassistant.const import MATCH_ALL, PERCENTAGE, EntityCategory, UnitOfTime
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_time_change

from .access import Source
from .const import CHAT_ROLES, ROLE_FAST, ROLES
from .coordinator import HearthConfigEntry
from .engine import Collection, RoleInfo, Statistics
from .entity import HearthEngineEntity, HearthEntity
from .hands import Approvals
from .mind import Turn

PARALLEL_UPDATES = 0

_STATES = ["failed", "loading", "missing", "ready"]


@dataclass(frozen=True, kw_only=True)
class RoleDescription(SensorEntityDescription):
    """A fact about the model of a role."""

    role: str
    value: Callable[[RoleInfo], str | float | None]
    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC


@dataclass(frozen=True, kw_only=True)
class StatisticDescription(SensorEntityDescription):
    """What a role's last requests were like, or what was done to serve them since the engine started."""

    value: Callable[[Statistics], float | None]
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT

    def of(self, role: str) -> RoleDescription:
        """Return the description of a role's own sensor."""
        return RoleDescription(
            key=f"{role}_{self.key}",
            translation_key=f"{role}_{self.key}",
            device_class=self.device_class,
            state_class=self.state_class,
            native_unit_of_measurement=self.native_unit_of_measurement,
            suggested_display_precision=self.suggested_display_precision,
            entity_registry_enabled_default=self.entity_registry_enabled_default and role == ROLE_FAST,
            role=role,
            value=lambda info: self.value(info.statistics) if info.statistics else None,
        )


@dataclass(frozen=True, kw_only=True)
class LibraryDescription(SensorEntityDescription):
    """How much the library holds, of one collection or, without a name, in all."""

    collection: str | None = None
    value: Callable[[Collection], int] = lambda collection: collection.items
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT
    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC


@dataclass(frozen=True, kw_only=True)
class TurnDescription(SensorEntityDescription):
    """A measure of the last turn that has it; None means that a turn does not."""

    value: Callable[[Turn], float | None]
    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT


@dataclass(frozen=True, kw_only=True)
class ApprovalDescription(SensorEntityDescription):
    """How often people are asked for their consent, or how long they take to answer."""

    value: Callable[[Approvals], float | None]
    entity_category: EntityCategory | None = EntityCategory.DIAGNOSTIC
    state_class: SensorStateClass | None = SensorStateClass.MEASUREMENT


def _model(role: str) -> RoleDescription:
    return RoleDescription(
        key=f"{role}_model",
        translation_key=f"{role}_model",
        entity_registry_enabled_default=role in CHAT_ROLES,
        role=role,
        value=lambda info: info.model,
    )


def _state(role: str) -> RoleDescription:
    return RoleDescription(
        key=f"{role}_state",
        translation_key=f"{role}_state",
        device_class=SensorDeviceClass.ENUM,
        options=_STATES,
        entity_registry_enabled_default=role in CHAT_ROLES,
        role=role,
        value=lambda info: info.state if info.state in _STATES else None,
    )


def _duration(key: str, value: Callable[[Turn], float | None], *, enabled: bool = False) -> TurnDescription:
    return TurnDescription(
        key=key,
        translation_key=key,
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        entity_registry_enabled_default=enabled,
        value=value,
    )


def _tokens(key: str, name: str) -> TurnDescription:
    return TurnDescription(
        key=key,
        translation_key=key,
        entity_registry_enabled_default=False,
        value=lambda turn: _used(turn, name),
    )


def _used(turn: Turn, name: str) -> float | None:
    """Return one of the engine's measures of a turn by llama-server's name."""
    value: Any = (turn.usage or {}).get(name)
    return value if isinstance(value, int | float) else None


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


_STATISTICS = (
    StatisticDescription(
        key="median_first_token_time",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.MILLISECONDS,
        suggested_display_precision=0,
        value=lambda statistics: statistics.first_token_ms,
    ),
    StatisticDescription(
        key="median_generation_speed",
        suggested_display_precision=1,
        value=lambda statistics: statistics.tokens_per_second,
    ),
    StatisticDescription(
        key="cached_share",
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        value=lambda statistics: _percent(statistics.cached_share),
    ),
    StatisticDescription(key="waiting_requests", value=lambda statistics: statistics.waiting),
    StatisticDescription(
        key="preemptions",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_registry_enabled_default=False,
        value=lambda statistics: statistics.preemptions,
    ),
    StatisticDescription(
        key="evictions",
        state_class=SensorStateClass.TOTAL_INCREASING,
        entity_registry_enabled_default=False,
        value=lambda statistics: statistics.evictions,
    ),
)
_ROLES = (
    *(_model(role) for role in ROLES),
    *(_state(role) for role in ROLES),
    *(statistic.of(role) for role in CHAT_ROLES for statistic in _STATISTICS),
)
_LIBRARY = (
    LibraryDescription(key="library_items", translation_key="library_items"),
    LibraryDescription(
        key="library_chunks",
        translation_key="library_chunks",
        entity_registry_enabled_default=False,
        value=lambda collection: collection.chunks,
    ),
    *(
        LibraryDescription(key=f"library_{name}", translation_key=f"library_{name}", collection=name)
        for source in Source
        for name in source.collections
    ),
)
_TURNS = (
    _duration("response_time", lambda turn: turn.timings_ms.get("total"), enabled=True),
    _duration("first_token_time", lambda turn: _used(turn, "first_token_ms"), enabled=True),
    _duration("queue_time", lambda turn: _used(turn, "queue_ms")),
    TurnDescription(
        key="generation_speed",
        translation_key="generation_speed",
        suggested_display_precision=1,
        entity_registry_enabled_default=False,
        value=lambda turn: _used(turn, "predicted_per_second"),
    ),
    _tokens("prompt_tokens", "prompt_n"),
    _tokens("cached_tokens", "cache_n"),
    _tokens("generated_tokens", "predicted_n"),
)
_APPROVALS = (
    ApprovalDescription(
        key="approvals_today", translation_key="approvals_today", value=lambda approvals: approvals.asked_today
    ),
    ApprovalDescription(
        key="approval_wait",
        translation_key="approval_wait",
        device_class=SensorDeviceClass.DURATION,
        native_unit_of_measurement=UnitOfTime.SECONDS,
        suggested_display_precision=0,
        value=lambda approvals: approvals.median_wait_s,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: HearthConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Set up what the engine says of its models and its library, and what the last turn took."""
    async_add_entities([RoleSensor(entry, description) for description in _ROLES])
    async_add_entities([LibrarySensor(entry, description) for description in _LIBRARY])
    async_add_entities([TurnSensor(entry, description) for description in _TURNS])
    async_add_entities([ApprovalSensor(entry, description) for description in _APPROVALS])


class RoleSensor(HearthEngineEntity, SensorEntity):
    """A fact about the model of a role."""

    entity_description: RoleDescription

    @property
    @override
    def native_value(self) -> str | float | None:
        """Return what the engine says, None for a role that it does not know."""
        info = self.coordinator.role_info(self.entity_description.role)
        return None if info is None else self.entity_description.value(info)


class LibrarySensor(HearthEngineEntity, SensorEntity):
    """How much the library holds, and how its feeding goes."""

    entity_description: LibraryDescription
    _unrecorded_attributes = frozenset({MATCH_ALL})

    def __init__(self, entry: HearthConfigEntry, description: LibraryDescription) -> None:
        """Keep what feeds the library."""
        super().__init__(entry, description)
        self._connectors = entry.runtime_data.connectors

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the feeding beside the engine."""
        await super().async_added_to_hass()
        if self.entity_description.collection is not None:
            self.async_on_remove(self._connectors.add_listener(self.async_write_ha_state))

    @property
    @override
    def native_value(self) -> int | None:
        """Return how many there are, None while the engine does not say."""
        if self.coordinator.library is None:
            return None
        return sum(self.entity_description.value(collection) for collection in self._collections)

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any]:
        """Return what waits, what could not be read, and what went wrong last."""
        told = {
            "pending_chunks": sum(collection.pending for collection in self._collections),
            "words_only_chunks": sum(collection.words_only for collection in self._collections),
            "unreadable_items": sum(collection.errors for collection in self._collections),
        }
        name, library = self.entity_description.collection, self.coordinator.library
        if name is None:
            return told | {"problem": library.problem if library else None}
        if (status := self._connectors.status(name)) is None:
            return told
        return told | {
            "waiting_items": status.waiting,
            "last_success": status.succeeded_at,
            "last_error": {thing: trouble.value for thing, trouble in status.troubles.items()} or status.engine_error,
            "last_error_at": status.failed_at,
        }

    @property
    def _collections(self) -> list[Collection]:
        known = self.coordinator.library.collections if self.coordinator.library else {}
        name = self.entity_description.collection
        return [collection for collection in known.values() if name in {None, collection.name}]


class TurnSensor(HearthEntity, SensorEntity):
    """A measure of the last turn that has it."""

    entity_description: TurnDescription
    _attr_should_poll = False

    def __init__(self, entry: HearthConfigEntry, description: TurnDescription) -> None:
        """Keep the turns to follow."""
        super().__init__(entry, description)
        self._turns = entry.runtime_data.turns

    @override
    async def async_added_to_hass(self) -> None:
        """Follow the turns."""
        self.async_on_remove(self._turns.add_listener(self._update))

    @callback
    def _update(self) -> None:
        """Take the measure of the turn that just ended, if it has it."""
        for turn in self._turns.recent(limit=1):
            if (value := self.entity_description.value(turn)) is not None:
                self._attr_native_value = value
                self.async_write_ha_state()


class ApprovalSensor(HearthEntity, SensorEntity):
    """How often people are asked for their consent, or how long they take to answer."""

    entity_description: ApprovalDescription
    _attr_should_poll = False

    def __init__(self, entry: HearthConfigEntry, description: ApprovalDescription) -> None:
        """Keep what asks."""
        super().__init__(entry, description)
        self._approvals = entry.runtime_data.hands.approvals

    @override
    async def async_added_to_hass(self) -> None:
        """Follow what is asked and answered, and begin anew with each day."""
        self.async_on_remove(self._approvals.add_listener(self._update))
        self.async_on_remove(async_track_time_change(self.hass, self._update, hour=0, minute=0, second=0))

    @property
    @override
    def native_value(self) -> float | None:
        """Return the measure, None for a wait where nobody has answered yet."""
        return self.entity_description.value(self._approvals)

    @callback
    def _update(self, *_what: object) -> None:
        self.async_write_ha_state()
