"""Test who somebody is, whose a thing is, and what a tool of ours tells whom."""

from typing import Any

from homeassistant.auth.const import GROUP_ID_ADMIN, GROUP_ID_USER
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import entity_registry as er, llm
from homeassistant.setup import async_setup_component
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.hearth.access import (
    CONF_AGENTS,
    CONF_OWNERS,
    CONF_PEOPLE,
    CONF_SATELLITES,
    CONF_SOURCES,
    GUEST,
    HOUSEHOLD,
    NOBODY,
    Access,
    Asker,
    HearthLLMContext,
    HearthTool,
    Kind,
    Principal,
    Source,
    View,
)
from tests.conftest import AGENT_ID, AI_TASK_ID, hearth_entry

ANNA = Principal(Kind.PERSON, "person.anna", "anna")
BERT = Principal(Kind.PERSON, "person.bert", "bert")


@pytest.fixture
async def users(hass: HomeAssistant) -> dict[str, str]:
    """Return the users of a home with two persons, a lodger and its owner, by what they are."""
    kinds = {"anna": GROUP_ID_USER, "bert": GROUP_ID_USER, "lodger": GROUP_ID_USER, "landlord": GROUP_ID_ADMIN}
    made = {name: MockUser(id=name, name=name).add_to_hass(hass) for name in kinds}
    for name, group in kinds.items():
        await hass.auth.async_update_user(made[name], group_ids=[group])
    persons = [{"id": name, "name": name.capitalize(), "user_id": name} for name in ("anna", "bert")]
    assert await async_setup_component(hass, "person", {"person": persons})
    await hass.async_block_till_done()
    return {name: user.id for name, user in made.items()}


@pytest.fixture
def entry(hass: HomeAssistant) -> MockConfigEntry:
    """Return an entry that is not set up: its options are all that counts."""
    entry = hearth_entry("http://127.0.0.1:1", "token", "instance")
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
def access(hass: HomeAssistant, entry: MockConfigEntry) -> Access:
    """Return what the entry's options say."""
    return Access(hass, entry)


def _choose(hass: HomeAssistant, entry: MockConfigEntry, **options: Any) -> None:
    hass.config_entries.async_update_entry(entry, options={**entry.options, **options})


@pytest.mark.parametrize(
    ("user", "device", "principal"),
    [
        pytest.param("anna", None, ANNA, id="a user who is a person"),
        pytest.param("anna", "satellite_of_bert", ANNA, id="who is logged in, not whose device it is"),
        pytest.param(None, "satellite_of_bert", BERT, id="a satellite of a person's"),
        pytest.param(None, "satellite_of_nobody", HOUSEHOLD, id="a satellite of a person who is gone"),
        pytest.param(None, "satellite", HOUSEHOLD, id="any other satellite"),
        pytest.param(None, None, HOUSEHOLD, id="an automation"),
        pytest.param("lodger", None, GUEST, id="a user who is no person"),
        pytest.param("lodger", "satellite_of_bert", GUEST, id="a guest at a person's device"),
        pytest.param("landlord", None, HOUSEHOLD, id="an administrator who is no person"),
        pytest.param("unknown", None, GUEST, id="a user who is gone"),
    ],
)
async def test_who_asks(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    access: Access,
    users: dict[str, str],
    user: str | None,
    device: str | None,
    principal: Principal,
) -> None:
    """Take a user at their word, then the device, and nobody for more than they are."""
    satellites = {"satellite_of_bert": "person:bert", "satellite_of_nobody": "person:gone"}
    _choose(hass, entry, **{CONF_SATELLITES: satellites})
    assert await access.async_principal(user_id=user, device_id=device) == principal
    plain = llm.LLMContext("openai_conversation", Context(user_id=user), "en", "conversation", device)
    assert await access.async_asker(plain) == Asker(principal)
    ours = HearthLLMContext("hearth", Context(user_id=user), "en", "conversation", device, AGENT_ID, incognito=True)
    assert await access.async_asker(ours) == Asker(principal, AGENT_ID, incognito=True)


async def test_an_inactive_administrator_is_a_guest(hass: HomeAssistant, access: Access, users: dict[str, str]) -> None:
    """Give nothing to an account that was locked."""
    landlord = await hass.auth.async_get_user(users["landlord"])
    assert landlord is not None
    await hass.auth.async_deactivate_user(landlord)
    assert await access.async_principal(user_id=landlord.id, device_id=None) == GUEST


@pytest.mark.parametrize(
    ("thing", "owner", "seen_by"),
    [
        pytest.param("calendar.family", None, {"anna", "bert", "household"}, id="unnamed calendar"),
        pytest.param("calendar.family", "person:anna", {"anna"}, id="a person's calendar"),
        pytest.param("calendar.family", NOBODY, set(), id="nobody's calendar"),
        pytest.param("folder:/media/letters", None, set(), id="unnamed folder"),
        pytest.param("folder:/media/letters", "household", {"anna", "bert", "household"}, id="the household's folder"),
        pytest.param("entry:gone", None, set(), id="unknown entry"),
        pytest.param("entry:mailbox", None, set(), id="unnamed mailbox"),
        pytest.param("entry:mailbox", "person:bert", {"bert"}, id="a person's mailbox"),
        pytest.param("entry:news", None, {"anna", "bert", "household"}, id="unnamed feed"),
        pytest.param("sensor.phone_last_notification", None, set(), id="unnamed phone"),
        pytest.param("notify.mobile_app_phone", None, set(), id="unnamed target"),
        pytest.param("notify.mobile_app_phone", "person:anna", {"anna"}, id="a person's phone"),
    ],
)
def test_whose_a_thing_is(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, thing: str, owner: str | None, seen_by: set[str]
) -> None:
    """Give what is private by nature to nobody until somebody says whose it is."""
    MockConfigEntry(domain="imap", entry_id="mailbox").add_to_hass(hass)
    MockConfigEntry(domain="feedreader", entry_id="news").add_to_hass(hass)
    _choose(hass, entry, **{CONF_OWNERS: {thing: owner} if owner else {}})
    principals = {"anna": ANNA, "bert": BERT, "household": HOUSEHOLD, "guest": GUEST}
    assert {name for name, principal in principals.items() if access.sees(thing, principal)} == seen_by


async def test_a_phone_is_its_users(hass: HomeAssistant, access: Access, users: dict[str, str]) -> None:
    """Know without any setting to whom a notification went."""
    phone = MockConfigEntry(domain="mobile_app", data={"user_id": "anna", "device_name": "Anna's Pixel"})
    phone.add_to_hass(hass)
    sensor = er.async_get(hass).async_get_or_create(
        "sensor", "mobile_app", "1", suggested_object_id="pixel_last_notification", config_entry=phone
    )
    MockConfigEntry(domain="mobile_app", data={"user_id": "lodger", "device_name": "Old"}).add_to_hass(hass)
    things = (sensor.entity_id, "notify.mobile_app_anna_s_pixel", "notify.mobile_app_old", "notify.everybody")
    assert [access.owner_of(thing) for thing in things] == ["person:anna", "person:anna", None, None]


def test_a_calendar_that_is_renamed_stays_whose_it_was(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access
) -> None:
    """Keep owners by what does not change."""
    registry = er.async_get(hass)
    calendar = registry.async_get_or_create("calendar", "test", "anna", suggested_object_id="anna")
    _choose(hass, entry, **{CONF_OWNERS: {access.key_of(calendar.entity_id): "person:anna"}})
    registry.async_update_entity(calendar.entity_id, new_entity_id="calendar.work")
    assert access.owner_of("calendar.work") == "person:anna"
    assert not access.sees("calendar.work", BERT)


def test_folders(hass: HomeAssistant, entry: MockConfigEntry, access: Access) -> None:
    """List the folders that are somebody's."""
    owners = {"folder:/media/a": "household", "folder:/media/b": NOBODY, "calendar.x": "person:anna"}
    _choose(hass, entry, **{CONF_OWNERS: owners})
    assert access.folders() == {"/media/a": "household"}


def test_the_options_are_read_as_they_are(hass: HomeAssistant, entry: MockConfigEntry, access: Access) -> None:
    """Need no reload for a change to hold."""
    assert access.allows(Source.MAIL, ANNA, AGENT_ID)
    assert access.allows(Source.MAIL, ANNA, AI_TASK_ID)
    assert not access.allows(Source.MAIL, ANNA, None)
    assert "mail" in access.collections(ANNA, AGENT_ID)
    _choose(hass, entry, **{CONF_SOURCES: {"mail": False}, CONF_AGENTS: {AI_TASK_ID: ["weather"]}})
    assert not access.allows(Source.MAIL, ANNA, AGENT_ID)
    assert not access.is_on(Source.MAIL)
    assert "mail" not in access.collections(ANNA, AGENT_ID)
    assert access.sources(ANNA, AI_TASK_ID) == access.usable(AI_TASK_ID) == {Source.WEATHER}
    assert access.usable("01GONE") == frozenset()


def test_an_entity_is_seen_by_its_source_and_its_owner(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access
) -> None:
    """Show a guest the lights, and nobody another's phone."""
    _choose(hass, entry, **{CONF_OWNERS: {"calendar.anna": "person:anna", "light.den": "person:anna"}})
    guest, anna, bert = (View(access, Asker(principal, AGENT_ID)) for principal in (GUEST, ANNA, BERT))
    entities = ("light.hall", "light.den", "calendar.anna", "person.bert", "weather.home")
    assert [anna.sees_entity(entity) for entity in entities] == [True] * 5
    assert [bert.sees_entity(entity) for entity in entities] == [True, False, False, True, True]
    assert [guest.sees_entity(entity) for entity in entities] == [True, False, False, False, True]


class _Diary(HearthTool):
    """A tool that tells of calendars and documents."""

    name = "hearth__diary"
    parameters = probatio.Schema({probatio.Required("day"): str})
    sources = frozenset({Source.CALENDAR, Source.DOCUMENTS})

    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Tell who asked for what."""
        return llm.ToolResult(data={"day": args["day"], "who": asker.principal.kind.value})


class _Note(_Diary):
    """A tool that writes."""

    sources = frozenset({Source.MEMORY})
    action = "remember"


def test_a_tool_says_what_it_does(access: Access) -> None:
    """Annotate reading and writing, and whether text from outside may come."""
    diary, note = _Diary(access), _Note(access)
    assert (diary.annotations.read_only, diary.annotations.open_world, diary.integration) == (True, True, "hearth")
    assert (note.annotations.read_only, note.annotations.open_world, note.annotations.destructive) == (
        False,
        False,
        False,
    )


async def test_a_tool_answers_only_who_sees_one_of_its_sources(
    hass: HomeAssistant, entry: MockConfigEntry, access: Access, users: dict[str, str]
) -> None:
    """Check in one place, before the tool says a word, with arguments that fit."""
    diary = _Diary(access)

    async def ask(user: str, agent_id: str = AGENT_ID, **args: Any) -> llm.ToolResult:
        context = HearthLLMContext("hearth", Context(user_id=user), "en", "conversation", None, agent_id)
        return await diary.async_call(hass, llm.ToolInput(diary.name, args), context)

    assert await ask("anna", day="today") == llm.ToolResult({"day": "today", "who": "person"})
    assert (await ask("lodger", day="today")).error
    assert (await ask("anna", "01GONE", day="today")).error
    _choose(hass, entry, **{CONF_PEOPLE: {"person:anna": ["documents"]}})
    assert not (await ask("anna", day="today")).error
    _choose(hass, entry, **{CONF_PEOPLE: {"person:anna": ["weather"]}})
    assert (await ask("anna", day="today")).error
    with pytest.raises(probatio.Invalid):
        await ask("anna", week="this")
