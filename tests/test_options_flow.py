"""Test every topic of the options, each of which must keep the others as they are."""

from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import device_registry as dr
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.hearth.access import (
    CONF_AGENTS,
    CONF_LEARN,
    CONF_OWNERS,
    CONF_PEOPLE,
    CONF_PRIVATE,
    CONF_RETENTION_DAYS,
    CONF_SATELLITES,
    CONF_SOURCES,
    NOBODY,
    NOT_PERSONAL,
    Source,
)
from custom_components.hearth.hands.audit.retention import CONF_AUDIT_DAYS
from tests.conftest import AGENT_ID, AI_TASK_ID
from tests.flow_words import flows_in_words

ANNA, BERT = "person:anna", "person:bert"


@pytest.fixture(autouse=True)
async def _people(hass: HomeAssistant) -> None:
    """Let two persons live here."""
    people = [{"id": name, "name": name.capitalize()} for name in ("anna", "bert")]
    assert await async_setup_component(hass, "person", {"person": people})
    await hass.async_block_till_done()


@pytest.fixture(autouse=True)
def _translated(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Check that every form and every choice in it has its words."""
    with flows_in_words(monkeypatch):
        yield


async def _open(hass: HomeAssistant, entry: MockConfigEntry, *steps: dict[str, Any] | str) -> dict[str, Any]:
    """Go through a flow by what is chosen in its menu and typed into its forms."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    for step in steps:
        user_input = {"next_step_id": step} if isinstance(step, str) else step
        result = await hass.config_entries.options.async_configure(result["flow_id"], user_input)
    await hass.async_block_till_done()
    return dict(result)


def _suggested(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form is filled in with."""
    return {str(key): (key.description or {}).get("suggested_value") for key in result["data_schema"].schema}


def _offered(result: Mapping[str, Any], field: str) -> list[str]:
    """Return what can be chosen in a field."""
    options = next(value.config["options"] for key, value in result["data_schema"].schema.items() if key == field)
    return [option["value"] if isinstance(option, dict) else option for option in options]


async def test_sources(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Choose what may be known at all; the entry goes on without a reload."""
    data = entry.runtime_data
    form = await _open(hass, entry, "sources")
    assert _suggested(form) == {"sources": list(Source), "private_sources": []}
    assert "calendar" in _offered(form, "private_sources")
    assert "devices" not in _offered(form, "private_sources")
    chosen = {"sources": ["weather", "devices"], "private_sources": ["memory", "calendar"]}
    result = await _open(hass, entry, "sources", chosen)
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options[CONF_SOURCES] == {source: source in {"weather", "devices"} for source in Source}
    assert entry.options[CONF_PRIVATE] == ["calendar", "memory"]
    assert entry.state is ConfigEntryState.LOADED
    assert entry.runtime_data is data
    kept = {"sources": ["devices", "weather"], "private_sources": ["calendar", "memory"]}
    assert _suggested(await _open(hass, entry, "sources")) == kept
    await _open(hass, entry, "sources", {})
    assert not any(entry.options[CONF_SOURCES].values())


async def test_a_person(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Choose what a person may know and which devices are theirs, without touching another's."""
    registry = dr.async_get(hass)
    devices = [
        registry.async_get_or_create(config_entry_id=entry.entry_id, identifiers={("test", name)}).id
        for name in ("bedroom", "study")
    ]
    form = await _open(hass, entry, "people", {"who": ANNA})
    assert (form["step_id"], form["description_placeholders"]) == ("person", {"name": "Anna"})
    assert _suggested(form) == {"sources": list(Source), "devices": []}
    await _open(hass, entry, "people", {"who": BERT}, {"sources": list(Source), "devices": devices})
    await _open(hass, entry, "people", {"who": ANNA}, {"sources": ["mail", "devices"], "devices": devices[:1]})
    assert entry.options[CONF_PEOPLE][ANNA] == ["devices", "mail"]
    assert entry.options[CONF_SATELLITES] == {devices[0]: ANNA, devices[1]: BERT}
    await _open(hass, entry, "people", {"who": ANNA}, {})
    assert entry.options[CONF_PEOPLE][ANNA] == []
    assert entry.options[CONF_SATELLITES] == {devices[1]: BERT}
    assert _suggested(await _open(hass, entry, "people", {"who": BERT}))["devices"] == devices[1:]


@pytest.mark.parametrize(("who", "offered"), [("household", set(Source)), ("guest", set(NOT_PERSONAL))])
async def test_a_group(hass: HomeAssistant, entry: MockConfigEntry, who: str, offered: set[Source]) -> None:
    """Choose what the household and guests may know; a guest is offered nothing personal."""
    form = await _open(hass, entry, "people", {"who": who})
    assert form["step_id"] == "group"
    assert set(_offered(form, "sources")) == offered
    await _open(hass, entry, "people", {"who": who}, {"sources": ["weather"]})
    assert entry.options[CONF_PEOPLE] == {who: ["weather"]}
    assert _suggested(await _open(hass, entry, "people", {"who": who})) == {"sources": ["weather"]}


@pytest.mark.parametrize(
    ("agent", "usable"),
    [(AGENT_ID, list(Source)), (AI_TASK_ID, list(Source)), ("others", [s for s in Source if s in NOT_PERSONAL])],
)
async def test_an_agent(hass: HomeAssistant, entry: MockConfigEntry, agent: str, usable: list[Source]) -> None:
    """Choose what an agent of ours, or all others, may use."""
    assert _offered(await _open(hass, entry, "agents"), "agent") == [AGENT_ID, AI_TASK_ID, "others"]
    assert _suggested(await _open(hass, entry, "agents", {"agent": agent})) == {"sources": usable}
    await _open(hass, entry, "agents", {"agent": agent}, {"sources": ["memory", "weather"]})
    assert entry.options[CONF_AGENTS] == {agent: ["weather", "memory"]}


async def test_things(hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path) -> None:
    """Name whose calendars, lists, mailboxes, feeds, phones and folders are; what is taken away is nobody's."""
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    for entity_id in ("calendar.family", "calendar.work", "todo.shopping", "sensor.pixel_last_notification"):
        hass.states.async_set(entity_id, "off")
    async_mock_service(hass, "notify", "mobile_app_pixel")
    async_mock_service(hass, "notify", "notify")
    MockConfigEntry(domain="imap", entry_id="mailbox", title="anna@example.org").add_to_hass(hass)
    MockConfigEntry(domain="feedreader", entry_id="news", title="The News").add_to_hass(hass)

    form = await _open(hass, entry, "owners", {"who": "household"})
    assert _suggested(form) == {
        "calendars": ["calendar.family", "calendar.work"],
        "lists": ["todo.shopping"],
        "phones": [],
        "mailboxes": [],
        "feeds": ["entry:news"],
        "folders": [],
    }
    phones = ["notify.mobile_app_pixel", "sensor.pixel_last_notification"]
    assert _offered(form, "phones") == phones
    hers = {
        "calendars": ["calendar.work"],
        "phones": phones,
        "mailboxes": ["entry:mailbox"],
        "folders": [f"{tmp_path}/"],
    }
    await _open(hass, entry, "owners", {"who": ANNA}, hers)
    assert entry.options[CONF_OWNERS] == dict.fromkeys(
        ["calendar.work", *phones, "entry:mailbox", f"folder:{tmp_path}"], ANNA
    )
    form = await _open(hass, entry, "owners", {"who": ANNA})
    assert _suggested(form) == {**hers, "lists": [], "feeds": [], "folders": [str(tmp_path)]}
    assert _suggested(await _open(hass, entry, "owners", {"who": "household"}))["calendars"] == ["calendar.family"]

    await _open(hass, entry, "owners", {"who": ANNA}, {"mailboxes": ["entry:mailbox"]})
    owners = entry.options[CONF_OWNERS]
    assert owners == {"calendar.work": NOBODY, **dict.fromkeys(phones, NOBODY), "entry:mailbox": ANNA}
    await _open(hass, entry, "owners", {"who": BERT}, {"mailboxes": ["entry:mailbox"], "calendars": ["calendar.work"]})
    assert entry.options[CONF_OWNERS] == {**owners, "entry:mailbox": BERT, "calendar.work": BERT}


async def test_phones_are_called_by_their_names(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """A person chooses among the names that they know, not among those of actions."""
    phone = {"device_name": "Anna's Pixel", "user_id": "anna"}
    MockConfigEntry(domain="mobile_app", title="Anna's Pixel", data=phone).add_to_hass(hass)
    for service in ("mobile_app_anna_s_pixel", "the_family"):
        async_mock_service(hass, "notify", service)
    form = await _open(hass, entry, "owners", {"who": "household"})
    options = form["data_schema"].schema["phones"].config["options"]
    assert [option["label"] for option in options] == ["Anna's Pixel", "The family"]


async def test_a_folder_that_may_not_be_read(hass: HomeAssistant, entry: MockConfigEntry, tmp_path: Path) -> None:
    """Refuse a folder that is not there or not allowed, and keep what was typed."""
    allowed, forbidden = tmp_path / "allowed", tmp_path / "forbidden"
    allowed.mkdir()
    forbidden.mkdir()
    hass.config.allowlist_external_dirs = {str(allowed)}
    for folder in (forbidden, allowed / "gone"):
        result = await _open(hass, entry, "owners", {"who": ANNA}, {"folders": [str(folder)]})
        assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"folders": "folder_not_allowed"})
        assert _suggested(result)["folders"] == [str(folder)]
    assert CONF_OWNERS not in entry.options
    await _open(hass, entry, "owners", {"who": ANNA}, {"folders": [str(allowed)]})
    assert entry.options[CONF_OWNERS] == {f"folder:{allowed}": ANNA}


async def test_storage(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Choose how long conversations and the audit are kept and whether anything is learned from them."""
    assert _suggested(await _open(hass, entry, "storage")) == {
        "retention_days": 90,
        "learn": True,
        "audit_days": 365,
    }
    await _open(hass, entry, "storage", {"retention_days": 7.0, "learn": False, "audit_days": 30.0})
    assert entry.options == {CONF_RETENTION_DAYS: 7, CONF_LEARN: False, CONF_AUDIT_DAYS: 30}
    assert _suggested(await _open(hass, entry, "storage")) == entry.options


async def test_exposure(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Show Assist what Home Assistant hides from it, and hide it again."""
    hass.states.async_set("calendar.family", "off")
    hass.states.async_set("light.kitchen", "off")
    form = await _open(hass, entry, "expose")
    assert _suggested(form) == {"shown": []}
    await _open(hass, entry, "expose", {"shown": ["calendar.family", "person.anna"]})
    assert [async_should_expose(hass, "conversation", f"{name}") for name in ("calendar.family", "person.anna")] == [
        True,
        True,
    ]
    assert not async_should_expose(hass, "conversation", "person.bert")
    assert async_should_expose(hass, "conversation", "light.kitchen")
    assert entry.options == {}
    await _open(hass, entry, "expose", {})
    assert not async_should_expose(hass, "conversation", "calendar.family")


async def test_topics_do_not_touch_each_other(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Keep what was chosen before."""
    await _open(hass, entry, "sources", {"sources": ["weather"]})
    await _open(hass, entry, "people", {"who": "guest"}, {"sources": ["weather"]})
    await _open(hass, entry, "agents", {"agent": "others"}, {"sources": ["weather"]})
    await _open(hass, entry, "storage", {"retention_days": 0, "learn": True, "audit_days": 365})
    assert set(entry.options) == {
        CONF_SOURCES,
        CONF_PRIVATE,
        CONF_PEOPLE,
        CONF_AGENTS,
        CONF_RETENTION_DAYS,
        CONF_LEARN,
        CONF_AUDIT_DAYS,
    }
