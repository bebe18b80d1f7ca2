"""Test every step of the config flow and of the subentries' flows, each error ending in success."""

from collections.abc import Callable, Generator, Mapping
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.config_entries import (
    SOURCE_HASSIO,
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntryState,
    SubentryFlowContext,
)
from homeassistant.const import CONF_HOST, CONF_LLM_HASS_API, CONF_NAME, CONF_PORT, CONF_PROMPT, CONF_TOKEN, CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers.service_info.hassio import HassioServiceInfo
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry
from yarl import URL

from custom_components.hearth.access import CONF_INCOGNITO
from custom_components.hearth.const import (
    CONF_LANGUAGES,
    CONF_ROLE,
    CONF_THINKING,
    CONF_TOOLS,
    DOMAIN,
    SUBENTRY_AGENT,
    SUBENTRY_AI_TASK,
)
from custom_components.hearth.mind import DEFAULT_PERSONA
from tests.conftest import AGENT_ID, AI_TASK_ID, SetUp, hearth_entry
from tests.flow_words import flows_in_words
from tests.hearthd import Hearthd
from tests.stub_engine import INSTANCE_ID, TOKEN, StubEngine, health, info

type Break = Callable[[StubEngine], None]


@pytest.fixture(autouse=True)
async def _ready(hass: HomeAssistant, enable_custom_integrations: None) -> None:
    assert await async_setup_component(hass, "homeassistant", {})


@pytest.fixture(autouse=True)
def _translated(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Check that every form, error and reason that a flow comes to has its words."""
    with flows_in_words(monkeypatch):
        yield


def _set(**fields: Any) -> Break:
    """Return what makes a stub answer wrongly."""

    def change(stub: StubEngine) -> None:
        for name, value in fields.items():
            setattr(stub, name, value)

    return change


ENGINE_FAULTS = [
    pytest.param(_set(down=True), CONF_URL, "cannot_connect", id="down"),
    pytest.param(_set(token="another"), CONF_TOKEN, "invalid_auth", id="token"),
    pytest.param(_set(health=health(protocol_version=2)), "base", "wrong_version", id="version"),
    pytest.param(_set(health={"hello": "world"}), CONF_URL, "not_an_engine", id="stranger"),
    pytest.param(_set(info={}), CONF_URL, "not_an_engine", id="incomplete"),
    pytest.param(
        _set(status=500, info={"error": {"code": "internal", "message": "oh"}}), "base", "engine_failed", id="failing"
    ),
]


def _mend(stub: StubEngine) -> None:
    fresh = StubEngine()
    stub.token, stub.health, stub.info, stub.status, stub.down = (
        fresh.token,
        fresh.health,
        fresh.info,
        fresh.status,
        fresh.down,
    )


def _suggested(result: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a form is filled in with."""
    return {
        str(key): (key.description or {}).get("suggested_value")
        for key in result["data_schema"].schema
        if key is not None
    }


async def _start(hass: HomeAssistant) -> dict[str, Any]:
    return dict(await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_USER}))


async def test_the_user_connects_to_a_real_engine(hass: HomeAssistant, hearthd: Hearthd, socket_enabled: None) -> None:
    """Make an entry with an agent and an AI task."""
    result = await _start(hass)
    assert (result["type"], result["step_id"], result["errors"]) == (FlowResultType.FORM, "user", {})
    result = dict(
        await hass.config_entries.flow.async_configure(
            result["flow_id"], {CONF_URL: hearthd.url, CONF_TOKEN: hearthd.token}
        )
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["title"] == "Hearth"
    assert result["data"] == {CONF_URL: hearthd.url, CONF_TOKEN: hearthd.token}
    entry = result["result"]
    assert entry.unique_id == hearthd.instance_id
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert [(item.subentry_type, item.title, dict(item.data)) for item in entry.subentries.values()] == [
        (
            SUBENTRY_AGENT,
            "Hearth",
            {
                CONF_ROLE: "fast",
                CONF_THINKING: "auto",
                CONF_LLM_HASS_API: ["assist"],
                CONF_TOOLS: "auto",
                CONF_LANGUAGES: [],
                CONF_INCOGNITO: False,
            },
        ),
        (SUBENTRY_AI_TASK, "Hearth AI Task", {CONF_ROLE: "fast"}),
    ]


@pytest.mark.parametrize(("fault", "field", "error"), ENGINE_FAULTS)
async def test_the_user_corrects_what_is_wrong(
    hass: HomeAssistant, stub: StubEngine, fault: Break, field: str, error: str
) -> None:
    """Name the field that is wrong, keep what was typed, go on once it is right."""
    fault(stub)
    result = await _start(hass)
    typed = {CONF_URL: stub.url, CONF_TOKEN: TOKEN}
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], typed))
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {field: error})
    assert _suggested(result) == typed
    _mend(stub)
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], typed))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://",
        "ftp://127.0.0.1",
        "http://me:pw@127.0.0.1",
        "http://127.0.0.1:99999",
        "http://a/?b=c",
        "http://[::1",
    ],
)
async def test_an_address_must_be_one(hass: HomeAssistant, stub: StubEngine, address: str) -> None:
    """Refuse what is not an address before anything is sent."""
    result = await _start(hass)
    result = dict(
        await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_URL: address, CONF_TOKEN: TOKEN})
    )
    assert result["errors"] == {CONF_URL: "invalid_url"}
    result = dict(
        await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_URL: stub.url, CONF_TOKEN: TOKEN})
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


async def test_what_was_typed_is_tidied(hass: HomeAssistant, stub: StubEngine) -> None:
    """Take an address and a token as people copy them."""
    result = await _start(hass)
    typed = {CONF_URL: f" {stub.url.removeprefix('http://')}/ ", CONF_TOKEN: f" {TOKEN}\n"}
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], typed))
    assert result["data"] == {CONF_URL: stub.url, CONF_TOKEN: TOKEN}
    await hass.async_block_till_done()


async def test_a_home_has_one_hearth(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Refuse a second entry."""
    result = await _start(hass)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "single_instance_allowed")


def _announcement(stub: StubEngine, **changes: Any) -> HassioServiceInfo:
    url = URL(stub.url)
    config = {CONF_HOST: url.host, CONF_PORT: url.port, CONF_TOKEN: stub.token, "addon": "Hearth", **changes}
    return HassioServiceInfo(config=config, name="Hearth", slug="hearth", uuid="1234")


async def _discover(hass: HomeAssistant, announcement: HassioServiceInfo) -> dict[str, Any]:
    return dict(await hass.config_entries.flow.async_init(DOMAIN, context={"source": SOURCE_HASSIO}, data=announcement))


async def test_an_announced_engine_is_confirmed(hass: HomeAssistant, stub: StubEngine) -> None:
    """Offer the engine that the app announces."""
    result = await _discover(hass, _announcement(stub))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "hassio_confirm")
    assert result["description_placeholders"] == {"name": "Hearth"}
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], {}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {CONF_URL: stub.url, CONF_TOKEN: TOKEN}
    assert result["result"].unique_id == INSTANCE_ID
    await hass.async_block_till_done()


async def test_what_home_assistant_hides_is_offered(hass: HomeAssistant, stub: StubEngine) -> None:
    """Let the person choose which calendars, lists and persons Assist sees, and touch nothing else."""
    for entity_id in ("calendar.family", "calendar.work", "person.anna", "todo.shopping", "lock.front_door"):
        hass.states.async_set(entity_id, "on")
    for start in (_start(hass), _discover(hass, _announcement(stub))):
        result = await start
        typed = {CONF_URL: stub.url, CONF_TOKEN: TOKEN} if result["step_id"] == "user" else {}
        result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], typed))
        assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "expose")
        assert _suggested(result) == {"shown": ["todo.shopping"]}
    result = dict(
        await hass.config_entries.flow.async_configure(result["flow_id"], {"shown": ["calendar.family", "person.anna"]})
    )
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert result["data"] == {CONF_URL: stub.url, CONF_TOKEN: TOKEN}
    shown = {entity_id for entity_id in hass.states.async_entity_ids() if _is_shown(hass, entity_id)}
    assert shown == {"calendar.family", "person.anna"}
    await hass.async_block_till_done()


def _is_shown(hass: HomeAssistant, entity_id: str) -> bool:
    return async_should_expose(hass, "conversation", entity_id)


@pytest.mark.parametrize(("fault", "field", "error"), ENGINE_FAULTS)
async def test_an_announced_engine_may_fail_before_it_is_confirmed(
    hass: HomeAssistant, stub: StubEngine, fault: Break, field: str, error: str
) -> None:
    """Stay with the question when the engine fails meanwhile."""
    result = await _discover(hass, _announcement(stub))
    fault(stub)
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], {}))
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {"base": error})
    _mend(stub)
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], {}))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()


@pytest.mark.parametrize(("fault", "field", "error"), ENGINE_FAULTS)
async def test_an_announced_engine_that_fails_is_not_offered(
    hass: HomeAssistant, stub: StubEngine, fault: Break, field: str, error: str
) -> None:
    """Offer nothing that could not be connected to."""
    announcement = _announcement(stub)
    fault(stub)
    result = await _discover(hass, announcement)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, error)
    _mend(stub)
    result = await _discover(hass, announcement)
    assert result["step_id"] == "hassio_confirm"


@pytest.mark.parametrize("broken", [{CONF_TOKEN: ""}, {CONF_TOKEN: None}, {CONF_PORT: "x"}, {CONF_HOST: 7}])
async def test_a_broken_announcement_is_refused(hass: HomeAssistant, stub: StubEngine, broken: dict[str, Any]) -> None:
    """Refuse an announcement without what is needed."""
    result = await _discover(hass, _announcement(stub, **broken))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "invalid_discovery")


async def test_an_announcement_brings_the_new_address_and_token(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine
) -> None:
    """Follow an app that moved."""
    entry = await set_up(hearth_entry("http://127.0.0.1:1", "old", INSTANCE_ID))
    result = await _discover(hass, _announcement(stub))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    await hass.async_block_till_done()
    assert dict(entry.data) == {CONF_URL: stub.url, CONF_TOKEN: TOKEN}
    assert entry.runtime_data.coordinator.last_update_success


async def test_an_app_that_was_wiped_is_taken_back(hass: HomeAssistant, set_up: SetUp, stub: StubEngine) -> None:
    """Go on with an app that lost its data, and with it its identity."""
    entry = await set_up(hearth_entry(stub.url, "old", "the identity before"))
    result = await _discover(hass, _announcement(stub))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "already_configured")
    await hass.async_block_till_done()
    assert (entry.unique_id, entry.data[CONF_TOKEN]) == (INSTANCE_ID, TOKEN)
    assert entry.runtime_data.coordinator.last_update_success


async def test_a_second_engine_is_not_offered(hass: HomeAssistant, set_up: SetUp, stub: StubEngine) -> None:
    """Ignore another engine while there is one."""
    await set_up(hearth_entry("http://127.0.0.1:1", "old", "another engine"))
    result = await _discover(hass, _announcement(stub))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "single_instance_allowed")


@pytest.mark.parametrize(("fault", "field", "error"), ENGINE_FAULTS)
async def test_a_new_token_is_taken_when_the_engine_takes_it(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, fault: Break, field: str, error: str
) -> None:
    """Ask again until the token is right, then reload."""
    entry = await set_up(hearth_entry(stub.url, "old", INSTANCE_ID))
    result = dict(await entry.start_reauth_flow(hass))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "reauth_confirm")
    fault(stub)
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_TOKEN: TOKEN}))
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {field: error})
    _mend(stub)
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], {CONF_TOKEN: TOKEN}))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reauth_successful")
    await hass.async_block_till_done()
    assert dict(entry.data) == {CONF_URL: stub.url, CONF_TOKEN: TOKEN}
    assert entry.runtime_data.coordinator.last_update_success


@pytest.mark.parametrize(("fault", "field", "error"), ENGINE_FAULTS)
async def test_the_entry_moves_to_another_engine(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, fault: Break, field: str, error: str
) -> None:
    """Keep the entry while the engine behind it is exchanged."""
    entry = await set_up(hearth_entry("http://127.0.0.1:1", "old", "another engine"))
    result = dict(await entry.start_reconfigure_flow(hass))
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "reconfigure")
    assert _suggested(result) == dict(entry.data)
    fault(stub)
    typed = {CONF_URL: stub.url, CONF_TOKEN: TOKEN}
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], typed))
    assert (result["type"], result["errors"]) == (FlowResultType.FORM, {field: error})
    assert _suggested(result) == typed
    _mend(stub)
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], typed))
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    assert (entry.unique_id, dict(entry.data)) == (INSTANCE_ID, typed)
    assert entry.runtime_data.coordinator.last_update_success


AGENT = {
    CONF_PROMPT: "You are {{ 1 + 1 }} lighthouses.",
    CONF_ROLE: "reasoning",
    CONF_THINKING: "always",
    CONF_LLM_HASS_API: ["assist"],
    CONF_TOOLS: "all",
    CONF_LANGUAGES: ["de", "en"],
    CONF_INCOGNITO: True,
}

LEAST: dict[str, Any] = {CONF_ROLE: "fast", CONF_THINKING: "never", CONF_TOOLS: "auto"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        pytest.param(AGENT, AGENT, id="everything"),
        pytest.param(LEAST, {**LEAST, CONF_LLM_HASS_API: [], CONF_LANGUAGES: [], CONF_INCOGNITO: False}, id="least"),
        pytest.param(
            {**AGENT, CONF_PROMPT: DEFAULT_PERSONA},
            {name: value for name, value in AGENT.items() if name != CONF_PROMPT},
            id="our own words",
        ),
    ],
)
async def test_an_agent_is_added(
    hass: HomeAssistant, entry: MockConfigEntry, typed: dict[str, Any], kept: dict[str, Any]
) -> None:
    """Add an agent, keeping only what differs from our own words."""
    flows = hass.config_entries.subentries
    result = await flows.async_init((entry.entry_id, SUBENTRY_AGENT), context={"source": SOURCE_USER})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    assert _suggested(result) == {
        CONF_NAME: None,
        CONF_PROMPT: DEFAULT_PERSONA,
        CONF_ROLE: "fast",
        CONF_THINKING: "auto",
        CONF_LLM_HASS_API: ["assist"],
        CONF_TOOLS: "auto",
        CONF_LANGUAGES: [],
        CONF_INCOGNITO: False,
    }
    result = await flows.async_configure(result["flow_id"], {CONF_NAME: "Butler", **typed})
    assert (result["type"], result["title"], result["data"]) == (FlowResultType.CREATE_ENTRY, "Butler", kept)
    await hass.async_block_till_done()
    assert entry.state is ConfigEntryState.LOADED
    assert hass.states.get("conversation.butler") is not None


async def test_an_agent_is_changed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Reload with what was changed."""
    before = entry.runtime_data
    flows = hass.config_entries.subentries
    context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=AGENT_ID)
    result = await flows.async_init((entry.entry_id, SUBENTRY_AGENT), context=context)
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "reconfigure")
    # An agent from before models could be kept from thinking is shown with what holds for it.
    added = {CONF_THINKING: "auto", CONF_TOOLS: "auto", CONF_INCOGNITO: False}
    assert _suggested(result) == {**entry.subentries[AGENT_ID].data, **added}
    result = await flows.async_configure(result["flow_id"], AGENT)
    assert (result["type"], result["reason"]) == (FlowResultType.ABORT, "reconfigure_successful")
    await hass.async_block_till_done()
    assert dict(entry.subentries[AGENT_ID].data) == AGENT
    assert entry.runtime_data is not before
    assert hass.states.get("conversation.hearth") is not None


async def test_an_api_that_is_gone_can_not_be_chosen(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Leave an API out that no longer exists."""
    subentry = entry.subentries[AGENT_ID]
    data = {**subentry.data, CONF_LLM_HASS_API: ["gone", "assist"]}
    hass.config_entries.async_update_subentry(entry, subentry, data=data)
    await hass.async_block_till_done()
    context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=AGENT_ID)
    flows = hass.config_entries.subentries
    result = await flows.async_init((entry.entry_id, SUBENTRY_AGENT), context=context)
    assert _suggested(result)[CONF_LLM_HASS_API] == ["assist"]


async def test_an_ai_task_is_added_and_changed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Add an AI task entity and change its model."""
    flows = hass.config_entries.subentries
    result = await flows.async_init((entry.entry_id, SUBENTRY_AI_TASK), context={"source": SOURCE_USER})
    assert (result["type"], result["step_id"]) == (FlowResultType.FORM, "user")
    result = await flows.async_configure(result["flow_id"], {CONF_NAME: "Writer", CONF_ROLE: "fast"})
    assert (result["title"], result["data"]) == ("Writer", {CONF_ROLE: "fast"})
    await hass.async_block_till_done()
    assert hass.states.get("ai_task.writer") is not None
    context = SubentryFlowContext(source=SOURCE_RECONFIGURE, subentry_id=AI_TASK_ID)
    result = await flows.async_init((entry.entry_id, SUBENTRY_AI_TASK), context=context)
    assert _suggested(result) == {CONF_ROLE: "fast"}
    result = await flows.async_configure(result["flow_id"], {CONF_ROLE: "reasoning"})
    assert result["reason"] == "reconfigure_successful"
    await hass.async_block_till_done()
    assert dict(entry.subentries[AI_TASK_ID].data) == {CONF_ROLE: "reasoning"}


async def test_a_fresh_engine_without_a_model_is_good_enough(hass: HomeAssistant, stub: StubEngine) -> None:
    """Connect to an engine that has no model yet."""
    stub.info = info()
    result = await _start(hass)
    typed = {CONF_URL: stub.url, CONF_TOKEN: TOKEN}
    result = dict(await hass.config_entries.flow.async_configure(result["flow_id"], typed))
    assert result["type"] is FlowResultType.CREATE_ENTRY
    await hass.async_block_till_done()
