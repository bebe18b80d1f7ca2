"""Test exhaustively that nobody learns what is not theirs: each secret, each asker, each agent, each switch.

A real engine with a real library asks a model that calls every tool it is given, with the words that would find each
secret, and repeats what it is told. Everything that crosses the wire, is said, cited, traced, audited, logged, shown
or handed out for diagnosis is searched; so is what other agents, AI tasks, actions and turns without a model tell.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import batched
import json
import logging
from pathlib import Path
from types import MappingProxyType
from typing import Any

from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components import ai_task, conversation, persistent_notification
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.recorder import Recorder
from homeassistant.config_entries import ConfigSubentry
from homeassistant.const import CONF_LLM_HASS_API
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_mock_service
from pytest_homeassistant_custom_component.components.recorder.common import async_wait_recording_done
from pytest_homeassistant_custom_component.typing import WebSocketGenerator
import pytest_socket

from custom_components.hearth.access import (
    CONF_AGENTS,
    CONF_LEARN,
    CONF_OWNERS,
    CONF_RETENTION_DAYS,
    CONF_SATELLITES,
    CONF_SOURCES,
    OTHER_AGENTS,
    Source,
)
from custom_components.hearth.const import CONF_ROLE, CONF_TOOLS, SUBENTRY_AGENT
from custom_components.hearth.diagnostics import async_get_config_entry_diagnostics
from custom_components.hearth.engine import LibraryItem
from custom_components.hearth.hands import ToolsShown
from custom_components.hearth.memory import StoredTurn
from tests import hearthd as real_engine
from tests.access import parrot as model
from tests.access.parrot import Parrot
from tests.access.planted import ALL, HIDDEN, IN_LIBRARY, LIVE, NOBODY, OWNERS, TOLD, Secret
from tests.conftest import AGENT_ID, hearth_entry
from tests.hearthd import Hearthd

FULL, NARROW, MUTE, TASK = "conversation.hearth", "conversation.narrow", "conversation.mute", "ai_task.hearth_ai_task"
NARROW_ID, MUTE_ID = "01NARROW", "01MUTE"
SATELLITE = "annas satellite"
NARROW_SOURCES = {Source.WEATHER, Source.FEEDS, Source.TODO}
WHO = tuple(TOLD)
NOT_PERSONAL = {Source.DEVICES, Source.WEATHER, Source.TIMERS, Source.FEEDS}
# So many secrets are asked for in one search, where it is enough that no wrong one comes: searching takes most time.
MANY = 6
_VECTORS_SECONDS = 240
# What is understood without a model.
QUESTIONS = (
    "what's on my calendar today?",
    "did I get any notifications?",
    "what is on the to-do list?",
    "what is the weather today?",
    "when was the mode past last idle?",
    "what do you know about me?",
)
# Which kinds of things are files of their own, by the integration that keeps them.
CALENDAR = """BEGIN:VEVENT
UID:1
DTSTAMP:20260101T000000Z
DTSTART;VALUE=DATE:{today}
DTEND;VALUE=DATE:{later}
SUMMARY:{word}
DESCRIPTION:about {marker}
END:VEVENT"""
TODO = """BEGIN:VTODO
UID:1
DTSTAMP:20260101T000000Z
SUMMARY:{word} {marker}
STATUS:NEEDS-ACTION
END:VTODO"""


@dataclass
class House:
    """A home in which every secret is planted."""

    hass: HomeAssistant
    entry: MockConfigEntry
    parrot: Parrot
    admin: Any
    turns: int = 0

    def choose(self, **options: Any) -> None:
        """Change the entry's options."""
        self.hass.config_entries.async_update_entry(self.entry, options={**self.entry.options, **options})

    async def async_ask(self, agent: str, who: str, words: str, generations: int = 2) -> str:
        """Take a turn as somebody and return everything that it left behind for them to see, and the record of it."""
        hearth, heard = self.entry.runtime_data, len(self.parrot.heard)
        audited = (await hearth.hands.audit.async_rows(1) or [{"id": 0}])[0]["id"]
        self.turns += 1
        name, device = f"conversation {self.turns}", SATELLITE if who == SATELLITE else None
        result = await conversation.async_converse(self.hass, words, name, context_of(who), "en", agent, device)
        await self.hass.async_block_till_done()
        assert len(self.parrot.heard) - heard == generations, result.as_dict()
        rows = [row for row in await hearth.hands.audit.async_rows(200) if row["id"] > audited]
        assert learned(json.dumps(rows)) == set()
        return json.dumps([self.parrot.heard[heard:], result.as_dict(), await self._async_trace(name)], default=str)

    async def async_task(self, who: str, words: str) -> str:
        """Have a task done as somebody and return everything that the model was told for it."""
        heard = len(self.parrot.heard)
        assist = next(api for api in llm.async_get_apis(self.hass) if api.id == llm.LLM_API_ASSIST)
        await ai_task.async_generate_data(
            self.hass, task_name="task", entity_id=TASK, instructions=words, llm_api=assist, context=context_of(who)
        )
        return json.dumps(self.parrot.heard[heard:])

    async def async_act(self, who: str, action: str, **data: Any) -> str:
        """Call an action of ours as somebody and return what it answers, or that it refuses."""
        try:
            answer = await self.hass.services.async_call(
                "hearth", action, data, blocking=True, context=context_of(who), return_response=True
            )
        except HomeAssistantError as err:
            return str(err)
        return json.dumps(answer, default=str)

    async def _async_trace(self, name: str) -> Any:
        await self.admin.send_json_auto_id({"type": "hearth/turns/list", "conversation_id": name})
        return (await self.admin.receive_json())["result"]


def context_of(who: str) -> Context:
    """Return in whose name somebody asks."""
    return Context(user_id=who if who in {"anna", "bert", "guest"} else None)


def learned(text: str) -> set[Secret]:
    """Return the secrets that stand in a text."""
    return {secret for secret in ALL if secret.word in text.lower()}


def _asks(secrets: Iterable[Secret], at_once: int = len(OWNERS)) -> dict[str, list[dict[str, Any]]]:
    """Return with which arguments to call each tool that reads, so that it would find each secret."""
    today = dt_util.now().date()
    markers = [secret.marker for secret in secrets if not secret.live or secret.source is Source.CONVERSATIONS]
    return {
        "hearth__calendar_events": [{"start": str(today), "end": str(today + timedelta(days=2))}],
        "hearth__todo_items": [{}],
        "hearth__notifications": [{}],
        "hearth__weather": [{}],
        "hearth__history": [{"name": "select past"}, {"name": "select hidden"}, {"name": "anna"}],
        "hearth__situation": [{}],
        "hearth__memory": [{}],
        "hearth__recall": [{"words": marker} for marker in markers if "conversations" in marker],
        "hearth__search": [{"query": " ".join(some)} for some in batched(markers, at_once, strict=False)],
        "homeassistant__GetLiveContext": [{}, {"domain": "person"}, {"domain": ["todo", "weather", "sensor"]}],
        "calendar__get_events": [{"calendar": f"calendar {name}", "range": "today"} for name in ("anna", "hidden")],
        "todo__get_items": [{"todo_list": f"todo {name}"} for name in ("anna", "hidden")],
    }


@pytest.fixture(scope="module")
def listening_parrot() -> Generator[Parrot]:
    """Return a model that repeats what it is told."""
    # The fixture that opens sockets is one of each test; these stay for all of them.
    pytest_socket.enable_socket()
    with model.listening() as parrot:
        yield parrot


@pytest.fixture(scope="module")
def engine(listening_parrot: Parrot, tmp_path_factory: pytest.TempPathFactory) -> Generator[Hearthd]:
    """Return a real engine whose model the parrot is."""
    with real_engine.running(tmp_path_factory.mktemp("leaks"), f"{listening_parrot.url}#{model.NAME}") as engine:
        yield engine


@pytest.fixture
def parrot(listening_parrot: Parrot) -> Parrot:
    """Return the model as it is at first."""
    listening_parrot.forget()
    return listening_parrot


@pytest.fixture
async def house(
    recorder_mock: Recorder,
    hass: HomeAssistant,
    parrot: Parrot,
    engine: Hearthd,
    socket_enabled: None,
    enable_custom_integrations: None,
    hass_ws_client: WebSocketGenerator,
    caplog: pytest.LogCaptureFixture,
) -> AsyncGenerator[House]:
    """Return the home with everything planted."""
    # Below it a log may hold prompts, and writing all of them down takes longer than everything else.
    caplog.set_level(logging.INFO)
    for domain in ("homeassistant", "llm", "conversation", "persistent_notification", "websocket_api"):
        assert await async_setup_component(hass, domain, {})
    await _add_people(hass)
    things = await _add_things(hass)
    entry = hearth_entry(engine.url, engine.token, engine.instance_id)
    entry.add_to_hass(hass)
    for name, subentry_id, role in (("Narrow", NARROW_ID, "fast"), ("Mute", MUTE_ID, "reasoning")):
        data = {CONF_ROLE: role, CONF_LLM_HASS_API: [llm.LLM_API_ASSIST], CONF_TOOLS: ToolsShown.ALL}
        agent = ConfigSubentry(
            data=MappingProxyType(data),
            subentry_id=subentry_id,
            subentry_type=SUBENTRY_AGENT,
            title=name,
            unique_id=None,
        )
        hass.config_entries.async_add_subentry(entry, agent)
    # A parrot looks for no tools that do not stand before it.
    full = entry.subentries[AGENT_ID]
    hass.config_entries.async_update_subentry(entry, full, data={**full.data, CONF_TOOLS: ToolsShown.ALL})
    options = {
        CONF_OWNERS: things,
        CONF_AGENTS: {NARROW_ID: sorted(NARROW_SOURCES)},
        CONF_SATELLITES: {SATELLITE: "person:anna"},
        CONF_LEARN: False,
    }
    hass.config_entries.async_update_entry(entry, options=options)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    house = House(hass, entry, parrot, await hass_ws_client(hass))
    await _plant(house)
    yield house
    await hass.config_entries.async_unload(entry.entry_id)


async def _add_people(hass: HomeAssistant) -> None:
    for name in ("anna", "bert", "guest"):
        user = MockUser(id=name, name=name).add_to_hass(hass)
        await hass.auth.async_update_user(user, group_ids=[GROUP_ID_USER])
    people = [{"id": name, "name": name.capitalize(), "user_id": name} for name in ("anna", "bert")]
    assert await async_setup_component(hass, "person", {"person": people})


async def _add_things(hass: HomeAssistant) -> dict[str, str]:
    """Add calendars, lists, phones and states, and return whose they are, by what the options call them."""
    owners: dict[str, str] = {}
    secrets = {(secret.source, secret.owner): secret for secret in (*LIVE, *HIDDEN) if secret.kind != "sent"}
    for kind, source, text in (("calendar", Source.CALENDAR, CALENDAR), ("todo", Source.TODO, TODO)):
        for owner in (*OWNERS, NOBODY):
            name = f"{kind} {owner.removeprefix('person:').replace('nobody', 'hidden')}"
            entity_id = await _add_file(hass, kind, name, text, secrets[source, owner])
            async_expose_entity(hass, "conversation", entity_id, owner != NOBODY)
            if owner in OWNERS[1:]:
                entity = er.async_get(hass).async_get(entity_id)
                assert entity is not None
                owners[entity.id] = owner
    states = {
        "sensor.code": (Source.DEVICES, "household"),
        "weather.home": (Source.WEATHER, "household"),
        "person.anna": (Source.PRESENCE, "household"),
        "timer.tea": (Source.TIMERS, "household"),
        "select.past": (Source.ENERGY, "household"),
        "sensor.hidden": (Source.DEVICES, NOBODY),
        "weather.hidden": (Source.WEATHER, NOBODY),
        "sensor.hidden_last_notification": (Source.NOTIFICATIONS, NOBODY),
        "person.hidden": (Source.PRESENCE, NOBODY),
        "timer.hidden": (Source.TIMERS, NOBODY),
        "select.hidden": (Source.ENERGY, NOBODY),
    }
    for name in ("anna", "bert"):
        phone = MockConfigEntry(domain="mobile_app", data={"user_id": name, "device_name": name})
        phone.add_to_hass(hass)
        async_mock_service(hass, "notify", f"mobile_app_{name}")
        sensor = er.async_get(hass).async_get_or_create(
            "sensor", "mobile_app", name, suggested_object_id=f"{name}_last_notification", config_entry=phone
        )
        states[sensor.entity_id] = (Source.NOTIFICATIONS, f"person:{name}")
    for entity_id, key in states.items():
        async_expose_entity(hass, "conversation", entity_id, key[1] != NOBODY)
    await hass.async_block_till_done()
    for entity_id, key in states.items():
        _set(hass, entity_id, secrets[key].word)
    # Of these only their history tells what they were.
    await async_wait_recording_done(hass)
    for entity_id in ("select.past", "select.hidden"):
        _set(hass, entity_id, "idle")
    await async_wait_recording_done(hass)
    return owners


def _set(hass: HomeAssistant, entity_id: str, word: str) -> None:
    """Let a word be the state of an entity, or stand in it where its state can't be just any."""
    before = hass.states.get(entity_id)
    attributes = {"friendly_name": entity_id.replace(".", " "), **(before.attributes if before else {})}
    if entity_id.startswith("timer."):
        hass.states.async_set(entity_id, "paused", {**attributes, "remaining": word})
    else:
        hass.states.async_set(entity_id, word, attributes)


async def _add_file(hass: HomeAssistant, kind: str, name: str, text: str, secret: Secret) -> str:
    """Add a local calendar or to-do list with one entry and return its entity."""
    key = name.replace(" ", "_")
    domain = f"local_{kind}"
    today = dt_util.now().date()
    written = text.format(
        word=secret.word, marker=secret.marker, today=f"{today:%Y%m%d}", later=f"{today + timedelta(days=2):%Y%m%d}"
    )
    path = Path(hass.config.path(f".storage/{domain}.{key}.ics"))
    lines = ["BEGIN:VCALENDAR", "PRODID:-//test//EN", "VERSION:2.0", *written.splitlines(), "END:VCALENDAR", ""]
    await hass.async_add_executor_job(_write, path, "\r\n".join(lines))
    field = "calendar_name" if kind == "calendar" else "todo_list_name"
    entry = MockConfigEntry(domain=domain, data={field: name, "storage_key": key}, title=name)
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done()
    (entity,) = er.async_entries_for_config_entry(er.async_get(hass), entry.entry_id)
    return entity.entity_id


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


async def _plant(house: House) -> None:
    """Notify, remember, talk, and fill every collection of the library."""
    hass, hearth = house.hass, house.entry.runtime_data
    for secret in LIVE:
        match secret.source, secret.owner:
            case Source.NOTIFICATIONS, _ if secret.kind == "phone":
                pass
            case Source.NOTIFICATIONS, "household":
                persistent_notification.async_create(hass, secret.word, notification_id=secret.marker)
            case Source.NOTIFICATIONS, owner:
                service = f"mobile_app_{owner.removeprefix('person:')}"
                await hass.services.async_call("notify", service, {"message": secret.word}, blocking=True)
            case Source.MEMORY, _:
                await _remember(house, secret)
            case Source.CONVERSATIONS, _:
                await _talk(house, secret)
            case _:
                pass
    for name in [name for source in Source for name in source.collections]:
        items = [
            LibraryItem(
                id=f"planted/{secret.marker}",
                owner=secret.owner,
                title=f"About {secret.marker}",
                content=f"This is about {secret.marker}. The word is {secret.word}.",
                time=dt_util.utcnow(),
            )
            for secret in IN_LIBRARY
            if secret.kind == name
        ]
        results = await hearth.client.async_store(name, items)
        assert {result.status for result in results} <= {"stored", "unchanged"}
    await hass.async_block_till_done(wait_background_tasks=True)
    # A search brings few passages. The turns of a test hold every marker, so once they are in the library, on a slow
    # machine after the first of them, they stand before what is looked for; and what has no vector yet stands behind.
    await hearth.connectors.async_stop()
    async with asyncio.timeout(_VECTORS_SECONDS):
        while (await hearth.client.async_library()).embedding_state != "ready":
            await asyncio.sleep(0.05)
        await hearth.client.async_store("notes", [], wait=True)


async def _remember(house: House, secret: Secret) -> None:
    access, memory = house.entry.runtime_data.access, house.entry.runtime_data.memory
    name = secret.owner.removeprefix("person:")
    principal = await access.async_principal(user_id=name if name != "household" else None, device_id=None)
    await memory.async_remember_words(
        principal, f"The word for {secret.marker} is {secret.word}", household=name == "household"
    )


async def _talk(house: House, secret: Secret) -> None:
    await house.entry.runtime_data.memory.async_store(
        StoredTurn(
            owner=secret.owner,
            conversation=f"about {secret.marker}",
            at=dt_util.utcnow(),
            agent=AGENT_ID,
            words=f"What is the word for {secret.marker}?",
            reply=f"It is {secret.word}.",
        )
    )


def _words(secrets: Iterable[Secret]) -> str:
    return f"What do you know about {' and '.join(secret.marker for secret in secrets)}"


async def _async_shown_anywhere(house: House) -> str:
    """Return what Home Assistant shows and hands out of Hearth."""
    entities = er.async_entries_for_config_entry(er.async_get(house.hass), house.entry.entry_id)
    states = [state.as_dict() for entity in entities if (state := house.hass.states.get(entity.entity_id))]
    diagnostics = await async_get_config_entry_diagnostics(house.hass, house.entry)
    return json.dumps([states, diagnostics], default=str)


async def test_nobody_learns_what_is_not_theirs(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Let everybody ask every agent of ours for everything."""
    house.parrot.asks = _asks(ALL)
    for agent, usable, repeats in ((NARROW, NARROW_SOURCES, False), (FULL, set(Source), True)):
        house.parrot.repeats = repeats
        for who in WHO:
            theirs = {secret for secret in ALL if secret.is_for(who, usable)}
            text = await house.async_ask(agent, who, _words(secret for secret in ALL if secret not in theirs))
            assert learned(text) == theirs, (agent, who)
    beforehand = {secret for secret in ALL if secret.source is Source.MEMORY and secret.owner == "household"}
    assert learned("".join(house.parrot.read)) <= beforehand
    await _check_what_is_kept(house, caplog)


async def _check_what_is_kept(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Find nothing in what Home Assistant shows, hands out for diagnosis or writes down."""
    assert learned(await _async_shown_anywhere(house)) == set()
    assert learned(json.dumps(await house.entry.runtime_data.hands.audit.async_rows(1000))) == set()
    # On a busy machine asyncio's debugging, which only tests have on, writes down whole results of slow tasks.
    logged = [record for record in caplog.records if record.name != "asyncio"]
    assert {record.name for record in logged if learned(logging.Formatter().format(record))} == set()


async def test_no_other_way_leads_to_them(house: House, caplog: pytest.LogCaptureFixture) -> None:
    """Ask without a model, in tasks, by actions and through the agents of others."""
    house.parrot.asks = _asks(ALL, MANY)
    alike = [_words(some) for some in batched(IN_LIBRARY, MANY, strict=False)]
    for who in WHO:
        theirs = {secret for secret in ALL if secret.is_for(who, set(Source))}
        told = {
            "unaided": [await house.async_ask(MUTE, who, words, generations=0) for words in (*QUESTIONS, *alike)],
            "task": [await house.async_task(who, _words(ALL))],
            "search": [await house.async_act(who, "search", query=words) for words in alike],
            "briefing": [await house.async_act(who, "briefing")],
        }
        for way, texts in told.items():
            found = learned("".join(texts))
            assert found <= theirs, (who, way)
            assert found or who == "guest", (who, way)
    for usable in (NOT_PERSONAL, set(Source)):
        await _check_other_agents(house, usable)
    await _check_what_is_kept(house, caplog)


async def _check_other_agents(house: House, usable: set[Source]) -> None:
    """Call each tool of Assist as another integration's agent does, which may use some sources."""
    if usable != NOT_PERSONAL:
        house.choose(**{CONF_AGENTS: {**house.entry.options[CONF_AGENTS], OTHER_AGENTS: sorted(usable)}})
    for who in WHO:
        device = SATELLITE if who == SATELLITE else None
        context = llm.LLMContext("openai_conversation", context_of(who), "en", "conversation", device)
        api = await llm.async_get_api(house.hass, llm.LLM_API_ASSIST, context)
        told = [
            (await api.async_call_tool(llm.ToolInput(tool.name, dict(args)))).data
            for tool in api.tools
            for args in _asks(ALL).get(tool.name, ())
            if tool.integration == "hearth"
        ]
        theirs = {secret for secret in ALL if secret.is_for(who, usable)}
        shown = {secret for secret in theirs if secret.kind != "state" or secret.source is not Source.DEVICES}
        assert shown <= learned(json.dumps(told, default=str)) <= theirs, (who, usable)


async def test_what_is_switched_off_or_hidden_nobody_learns(house: House) -> None:
    """Switch one source after another off, and ask for it with the words that found it before; then hide everything."""
    hass, on = house.hass, set(Source)
    for source in Source:
        on.remove(source)
        house.choose(**{CONF_SOURCES: {each.value: each in on for each in Source}})
        await hass.async_block_till_done()
        gone = [secret for secret in ALL if secret.source is source]
        house.parrot.asks = _asks(gone)
        text = await house.async_ask(FULL, "anna", _words(gone))
        assert learned(text) <= {secret for secret in ALL if secret.is_for("anna", on)}, source
    assert learned(await _async_shown_anywhere(house)) == set()
    house.choose(**{CONF_SOURCES: {}, CONF_RETENTION_DAYS: 0})
    for entity_id in hass.states.async_entity_ids():
        async_expose_entity(hass, "conversation", entity_id, should_expose=False)
    house.parrot.asks = _asks(())
    text = await house.async_ask(FULL, "anna", "What is there?")
    exposed = {Source.CALENDAR, Source.TODO, Source.DEVICES, Source.WEATHER, Source.PRESENCE, Source.ENERGY}
    assert {secret for secret in learned(text) if secret.source in exposed} == set()
