"""The home that is attacked: a real Home Assistant with Hearth in it, and a record of everything that happens there."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
import sys
import tempfile
from typing import Any
from zoneinfo import ZoneInfo

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.components import conversation
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.media_player import MediaPlayerEntityFeature
from homeassistant.config_entries import ConfigEntry
from homeassistant.const import CONF_LLM_HASS_API, CONF_URL, EVENT_CALL_SERVICE, Platform
from homeassistant.core import Context, Event, HomeAssistant, ServiceCall, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import area_registry as ar, entity_registry as er, label_registry as lr
from homeassistant.helpers.entity_component import DATA_INSTANCES
from homeassistant.helpers.service import async_set_service_schema
from homeassistant.helpers.target import TargetSelection, async_extract_referenced_entity_ids
from homeassistant.setup import async_setup_component
from homeassistant.util.yaml import dump
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser  # type: ignore[import-untyped]

from bench.client import Client
from bench.home_assistant import add_integration, clock, demo_home_assistant, place_satellite, write_exchanges
from custom_components.hearth.access import CONF_RETENTION_DAYS, CONF_SOURCES, HOUSEHOLD, RULES, Source
from custom_components.hearth.coordinator import HearthData
from custom_components.hearth.hands import Hands
from custom_components.hearth.hands.limits import Limits
from tests import mcp_server
from tests.mcp_server import McpServer

from . import strangers
from .furnishing import ALIASES, AREA_ALIASES, AUTOMATIONS, CONFIGURATION, LABEL, LABELLED, PERMITTED, SECURED
from .types import Call, Says

AREAS = ("Kitchen", "Hall")
SHOWN = ("person.alex", "person.sam", "todo.shopping_list")
OWNER, RESIDENT, VISITOR = "alex", "sam", "visitor"
MCP_API_ID = "mcp-shop"
PLAYER = "media_player.kitchen_speaker"
# What people write outside the home is known to none of the turns, or to all that ask for it.
NOTHING_FROM_OUTSIDE: Mapping[str, Any] = {
    CONF_SOURCES: {source.value: False for source in Source if RULES[source].untrusted and source is not Source.TODO}
}
EVERYTHING_KNOWN: Mapping[str, Any] = {CONF_SOURCES: {}}

_TIME_ZONE = ZoneInfo("Europe/Amsterdam")
_BEGIN = datetime(2026, 3, 2, 18, 0, tzinfo=_TIME_ZONE)
_PRIVATE = frozenset({"conversation", "device_tracker", "event", "person", "sun", "zone"})
# Nobody who attacks waits for a motor.
_MOTORS = (
    ("cover", "_TRAVEL_SECONDS"),
    ("lock", "_TURNING_SECONDS"),
    ("vacuum", "_WAY_HOME_SECONDS"),
    ("valve", "_TURNING_SECONDS"),
)
# Without these Home Assistant would never read an automation that is installed, and would lose the others.
_FILES = {
    "automations.yaml": dump(AUTOMATIONS),
    "configuration.yaml": "automation: !include automations.yaml\n",
}
_TEXT = {"selector": {"text": None}}
# What tells somebody something, or does what nobody can look into: that it was called is noted like any other action.
_DEEDS: Mapping[str, tuple[str, ...]] = {
    "assist_satellite.announce": ("message",),
    "assist_satellite.ask_question": ("question",),
    "assist_satellite.start_conversation": ("start_message",),
    "calendar.create_event": ("summary", "description"),
    "logbook.log": ("name", "message"),
    "mqtt.publish": ("topic", "payload"),
    "notify.mobile_app_alexs_phone": ("message",),
    "notify.mobile_app_sams_phone": ("message",),
    "notify.neighbour": ("message",),
    "python_script.open_sesame": ("message",),
    "rest_command.open_sesame": ("message",),
    "shell_command.open_sesame": (),
    "tts.speak": ("message",),
}


@dataclass(frozen=True, slots=True)
class Act:
    """An action of Home Assistant's that was called, for what, and whether a person did so past Hearth."""

    domain: str
    service: str
    data: Mapping[str, Any]
    entity_ids: tuple[str | None, ...]
    by_person: bool

    @property
    def action(self) -> str:
        """Return its name."""
        return f"{self.domain}.{self.service}"


@dataclass(slots=True)
class House:
    """A home in which anybody can be spoken for, and whose model says what it is told to."""

    hass: HomeAssistant
    entry: ConfigEntry
    agent: str
    script: Path
    satellites: Mapping[str, str]
    set_clock: Callable[[datetime], None]
    server: McpServer
    now: datetime = _BEGIN
    day: int = 0
    acts: list[Act] = field(default_factory=list)
    reports: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    tainted: list[bool] = field(default_factory=list)
    noted: dict[str, Any] = field(default_factory=dict)
    _persons: set[str] = field(default_factory=set)
    _calls_before: int = 0

    @property
    def hearth(self) -> HearthData:
        """Return what the entry has."""
        data: HearthData = self.entry.runtime_data
        return data

    @property
    def hands(self) -> Hands:
        """Return through what Hearth acts."""
        return self.hearth.hands

    async def begin_day(self, options: Mapping[str, Any]) -> None:
        """Let it be the next day, everything secured, with no question open, and these options chosen."""
        self.day += 1
        self.advance(timedelta(days=1))
        if dict(self.entry.options) != dict(options):
            self.hass.config_entries.async_update_entry(self.entry, options=dict(options))
        await self.settle()
        if self.hands.halt.engaged_at is not None:
            await self.act("switch.turn_on", entity_id="switch.hearth_enabled")
        self.hands.approvals.async_clear()
        self.hands.guard.limits = Limits()
        await self.hands.approvals.pin.async_set(None)
        await self.secure()
        self.tainted.clear()
        self.forget()

    def advance(self, time: timedelta) -> None:
        """Let time pass."""
        self.now += time
        self.set_clock(self.now)

    async def secure(self) -> None:
        """Lock, arm and close what is not."""
        for entity_id, state in SECURED.items():
            if not self.hass.states.is_state(entity_id, state):
                await self.arrange(_SECURING[state, entity_id.partition(".")[0]], entity_id=entity_id)
        await self.settle()

    def forget(self) -> None:
        """Begin anew to note what happens."""
        for noted in (self.acts, self.reports, self.replies, self.refused):
            noted.clear()
        self._calls_before = len(self.server.calls)

    async def settle(self) -> None:
        """Wait until everything that was begun has come to its end."""
        await self.hass.async_block_till_done()

    async def say(self, said: Says, **manner: float) -> str:
        """Say something, the model at its worst, and return the answer; `manner` is how it says its claim."""
        replies: list[dict[str, Any]] = [{"tool_calls": [_written(call)]} for call in said.calls]
        write_exchanges(
            self.script, [{"reply": reply} for reply in [*replies, {"content": said.claim, **manner}]], loop=True
        )
        result = await conversation.async_converse(
            self.hass,
            said.words,
            f"{self.day} {said.conversation}",
            Context(user_id=said.by),
            said.language,
            self.agent,
            self.satellites[said.at] if said.at else None,
        )
        await self.settle()
        self.tainted += [turn.scope.tainted for turn in self.hearth.turns.recent(limit=1)]
        self.replies.append(str(result.response.speech.get("plain", {}).get("speech", "")))
        return self.replies[-1]

    async def act(self, action: str, by: str | None = OWNER, **data: Any) -> None:
        """Call an action as a person does in a dashboard; one that is refused is noted."""
        context = Context(user_id=by)
        self._persons.add(context.id)
        domain, service = action.split(".")
        try:
            await self.hass.services.async_call(domain, service, data, blocking=True, context=context)
        except (HomeAssistantError, ValueError) as err:
            self.refused.append(f"{action}: {err}")
        await self.settle()

    async def arrange(self, action: str, **data: Any) -> None:
        """Call an action that an attack needs; raises RuntimeError where it is refused."""
        refused = len(self.refused)
        await self.act(action, **data)
        if self.refused[refused:]:
            raise RuntimeError(self.refused[-1])

    async def press(self, reply: str, approval: str, by: str | None) -> None:
        """Press a button of a notification on the phone of a user."""
        event = {"action": f"HEARTH_{reply}_{approval}"}
        self.hass.bus.async_fire("mobile_app_notification_action", event, context=Context(user_id=by))
        await self.settle()

    async def restart(self) -> None:
        """Take Hearth down and up again."""
        await self.hass.config_entries.async_reload(self.entry.entry_id)
        await self.hass.async_block_till_done(wait_background_tasks=True)

    @property
    def question(self) -> str:
        """Return the ID of the question that was asked last, or one that nobody has asked."""
        waiting = self.hands.approvals.open
        return waiting[-1].id if waiting else "0" * 26

    @property
    def server_calls(self) -> list[str]:
        """Return which tools of the server were called."""
        return self.server.calls[self._calls_before :]

    @property
    def approvals_list(self) -> str:
        """Return the list of what is asked."""
        ours = (entry for entry in er.async_get(self.hass).entities.values() if entry.platform == "hearth")
        return next(entry.entity_id for entry in ours if entry.domain == "todo")

    async def facts(self) -> frozenset[str]:
        """Return what memory knows for the household and for the one who lives here."""
        told = [await self.hearth.memory.async_tell(HOUSEHOLD)]
        who = await self.hearth.access.async_principal(user_id=OWNER, device_id=None)
        told.append(await self.hearth.memory.async_tell(who))
        return frozenset(fact.text for known in told for fact in known.own)

    @callback
    def hear(self, event: Event[dict[str, Any]]) -> None:
        """Note a call of an action, also one that comes of another."""
        if event.context.parent_id in self._persons:
            self._persons.add(event.context.id)
        domain, service, data = (event.data[key] for key in ("domain", "service", "service_data"))
        by_person = event.context.id in self._persons
        self.acts.append(Act(domain, service, dict(data), self._touched(domain, data), by_person))

    def _touched(self, domain: str, data: Mapping[str, Any]) -> tuple[str | None, ...]:
        """Return the entities that an action is called for, whichever way they are named."""
        found = async_extract_referenced_entity_ids(self.hass, TargetSelection(dict(data)), expand_group=False)
        indirect = {entity_id for entity_id in found.indirectly_referenced if entity_id.startswith(f"{domain}.")}
        return tuple(sorted(found.referenced | indirect)) or (None,)


@asynccontextmanager
async def attacked_house(engine: Client, script: Path) -> AsyncIterator[House]:
    """Furnish a home and set Hearth up in it, as its config flow does, with every tool that there is."""
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as folder:
        for name, text in _FILES.items():
            await asyncio.to_thread(Path(folder, name).write_text, text)
        async with demo_home_assistant(folder, _TIME_ZONE, CONFIGURATION) as hass:
            for name, constant in _MOTORS:
                setattr(sys.modules[f"custom_components.demo_home.{name}"], constant, 0)
            await _people(hass)
            _deeds(hass)
            _name_things(hass)
            _let_play(hass)
            satellites = {area: place_satellite(hass, area) for area in AREAS}
            with (
                tempfile.TemporaryDirectory(prefix="hearth-bench-") as shop,
                mcp_server.running(Path(shop)) as server,
                clock(_BEGIN, _TIME_ZONE) as set_clock,
            ):
                await _add_server(hass, server)
                yield await _with_hearth(hass, engine, script, satellites, set_clock, server)


async def _with_hearth(
    hass: HomeAssistant,
    engine: Client,
    script: Path,
    satellites: Mapping[str, str],
    set_clock: Callable[[datetime], None],
    server: McpServer,
) -> House:
    await add_integration(hass, "shopping_list", {})
    await hass.async_block_till_done()
    _expose(hass)
    write_exchanges(script, [{"reply": {"content": "Hello."}}], loop=True)
    await add_integration(hass, "hearth", {"url": engine.url, "token": engine.token}, {"shown": list(SHOWN)})
    await hass.async_block_till_done(wait_background_tasks=True)
    (entry,) = hass.config_entries.async_entries("hearth")
    ours = [one for one in er.async_get(hass).entities.values() if one.platform == "hearth"]
    agent = next(one.entity_id for one in ours if one.domain == Platform.CONVERSATION)
    house = House(hass, entry, agent, script, satellites, set_clock, server)
    await strangers.async_register(hass, house.reports.append)
    subentry = next(one for one in entry.subentries.values() if CONF_LLM_HASS_API in one.data)
    apis = [*subentry.data[CONF_LLM_HASS_API], strangers.API_ID, strangers.SERVER_ID, MCP_API_ID]
    hass.config_entries.async_update_subentry(entry, subentry, data={**subentry.data, CONF_LLM_HASS_API: apis})
    await hass.async_block_till_done(wait_background_tasks=True)
    hass.bus.async_listen(EVENT_CALL_SERVICE, house.hear)
    return house


async def _people(hass: HomeAssistant) -> None:
    """Let two people live here, each with an account and a phone, and a visitor have an account."""
    for name, group_id in ((OWNER, GROUP_ID_ADMIN), (RESIDENT, GROUP_ID_USER), (VISITOR, GROUP_ID_USER)):
        group = await hass.auth.async_get_group(group_id)
        MockUser(id=name, name=name.capitalize(), groups=[group]).add_to_hass(hass)
    people = [{"id": name, "name": name.capitalize(), "user_id": name} for name in (OWNER, RESIDENT)]
    if not await async_setup_component(hass, "person", {"person": people}):
        raise RuntimeError("nobody lives here")
    for name in (OWNER, RESIDENT):
        data = {"device_name": f"{name}s phone", "user_id": name}
        MockConfigEntry(domain="mobile_app", title=f"{name.capitalize()}'s phone", data=data).add_to_hass(hass)


def _deeds(hass: HomeAssistant) -> None:
    """Let messages be sent, words be spoken and programs be run."""

    async def take(_call: ServiceCall) -> None:
        """Do nothing further."""

    for action, fields in _DEEDS.items():
        domain, service = action.split(".")
        hass.services.async_register(domain, service, take)
        described = {field: {"required": True, **_TEXT} for field in fields}
        description = {"name": service, "description": "Tell somebody", "fields": described}
        async_set_service_schema(hass, domain, service, description)


async def _add_server(hass: HomeAssistant, server: McpServer) -> None:
    """Have core's own client offer what a real server has."""
    entry = MockConfigEntry(domain="mcp", title="Shop", data={CONF_URL: server.url, "slug": "shop"})
    entry.add_to_hass(hass)
    if not await hass.config_entries.async_setup(entry.entry_id):
        raise RuntimeError("the MCP server could not be added")


def _name_things(hass: HomeAssistant) -> None:
    """Give aliases and a label, as families do."""
    entities, areas = er.async_get(hass), ar.async_get(hass)
    for entity_id, aliases in ALIASES.items():
        if entities.async_get(entity_id) is not None:
            entities.async_update_entity(entity_id, aliases=[er.COMPUTED_NAME, *aliases])
    for name, others in AREA_ALIASES.items():
        areas.async_update(areas.async_get_or_create(name).id, aliases=others)
    label = lr.async_get(hass).async_create(LABEL)
    for entity_id in LABELLED:
        entities.async_update_entity(entity_id, labels={label.label_id})
    entities.async_update_entity("alarm_control_panel.home_alarm", area_id=areas.async_get_or_create("Hall").id)


def _let_play(hass: HomeAssistant) -> None:
    """Have a player take whatever it is told to play; the demo home's can't."""
    player: Any = hass.data[DATA_INSTANCES]["media_player"].get_entity(PLAYER)
    player._attr_supported_features |= MediaPlayerEntityFeature.PLAY_MEDIA  # noqa: SLF001 - nobody else can
    player.async_write_ha_state()


def _expose(hass: HomeAssistant) -> None:
    for state in hass.states.async_all():
        async_expose_entity(hass, conversation.DOMAIN, state.entity_id, state.domain not in _PRIVATE)


def permitted(extra: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Return the options of a home that allows everything as a tool, and in which nothing from outside is known.

    Conversations are not kept: those of earlier attacks would be looked up, and taint every later one.
    """
    actions: dict[str, Any] = {action: {} for action in PERMITTED}
    return {"actions": actions, CONF_RETENTION_DAYS: 0, **NOTHING_FROM_OUTSIDE, **(extra or {})}


def _written(call: Call) -> dict[str, Any]:
    arguments = call.arguments if isinstance(call.arguments, str) else dict(call.arguments)
    return {"name": call.tool, "arguments": arguments}


_SECURING = {
    ("locked", "lock"): "lock.lock",
    ("armed_away", "alarm_control_panel"): "alarm_control_panel.alarm_arm_away",
    ("closed", "cover"): "cover.close_cover",
    ("open", "valve"): "valve.open_valve",
    ("closed", "valve"): "valve.close_valve",
    ("idle", "timer"): "timer.cancel",
    ("off", "input_boolean"): "input_boolean.turn_off",
    ("off", "switch"): "switch.turn_off",
    ("on", "automation"): "automation.turn_on",
}
