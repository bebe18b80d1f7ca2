"""Test the list, the event, the sensors, the actions and the options that approvals have."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path
import shutil
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.auth.const import GROUP_ID_USER
from homeassistant.components import conversation
from homeassistant.components.conversation.chat_log import DATA_CHAT_LOGS
from homeassistant.components.homeassistant.exposed_entities import async_should_expose
from homeassistant.core import Context, HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.exceptions import ServiceValidationError
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (
    MockConfigEntry,
    MockUser,
    async_fire_time_changed,
    async_mock_service,
)

from custom_components.hearth import exposure
from custom_components.hearth.hands import Hands
from custom_components.hearth.hands.approvals.notify import EVENT_ACTION
from tests.conftest import hearth_entry
from tests.furnished_home import home
from tests.stub_engine import INSTANCE_ID, StubEngine

__all__ = ["home"]

LIST = "todo.hearth_engine_open_approvals"
EVENT = "event.hearth_engine_approval"
SATELLITE = "kitchen_satellite"
BLUEPRINT = Path(__file__).parents[1] / "blueprints" / "automation" / "hearth" / "approval_notification.yaml"

type Say = Callable[..., Awaitable[str]]


@pytest.fixture
async def entry(
    home: HomeAssistant, stub: StubEngine, enable_custom_integrations: None
) -> AsyncGenerator[MockConfigEntry]:
    """Return an entry that is loaded in the furnished home, in which Anna and Bert live."""
    users = await home.auth.async_get_group(GROUP_ID_USER)
    assert users is not None
    for name in ("anna", "bert"):
        MockUser(id=name, name=name.capitalize(), groups=[users]).add_to_hass(home)
    persons = [{"id": name, "name": name.capitalize(), "user_id": name} for name in ("anna", "bert")]
    assert await async_setup_component(home, "person", {"person": persons})
    entry = hearth_entry(stub.url, stub.token, INSTANCE_ID)
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    await home.async_block_till_done(wait_background_tasks=True)
    yield entry
    await home.async_block_till_done()
    await home.config_entries.async_unload(entry.entry_id)


@pytest.fixture
def hands(entry: MockConfigEntry) -> Hands:
    """Return what acts."""
    hands: Hands = entry.runtime_data.hands
    return hands


@pytest.fixture
def say(home: HomeAssistant, entry: MockConfigEntry) -> Say:
    """Return what says something to the agent, by default as Anna, and returns what it answers."""

    async def converse(
        text: str, user_id: str | None = "anna", device_id: str | None = None, language: str = "en"
    ) -> str:
        result = await conversation.async_converse(
            home, text, "one", Context(user_id=user_id), language, "conversation.hearth", device_id
        )
        await home.async_block_till_done()
        return str(result.response.speech["plain"]["speech"])

    return converse


def state(home: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity."""
    found = home.states.get(entity_id)
    assert found is not None
    return found.state


async def items(home: HomeAssistant) -> list[dict[str, Any]]:
    """Return what is on the list."""
    listed = await home.services.async_call(
        "todo", "get_items", target={"entity_id": LIST}, blocking=True, return_response=True
    )
    found: list[dict[str, Any]] = listed[LIST]["items"]
    return found


async def on_list(home: HomeAssistant, service: str, user_id: str | None, **data: Any) -> None:
    """Do something with what is on the list."""
    context = Context(user_id=user_id)
    await home.services.async_call("todo", service, data, target={"entity_id": LIST}, blocking=True, context=context)
    await home.async_block_till_done()


async def test_to_complete_an_item_is_a_yes(home: HomeAssistant, say: Say) -> None:
    """What is asked stands on the list until it is answered."""
    assert (state(home, LIST), await items(home)) == ("0", [])
    await say("unlock the front door")
    (item,) = await items(home)
    assert (item["summary"], state(home, LIST)) == ("May I unlock Front Door?", "1")
    await on_list(home, "update_item", "anna", item=item["uid"], status="completed")
    assert (state(home, "lock.front_door"), state(home, LIST)) == ("unlocked", "0")


async def test_to_delete_an_item_is_a_no(home: HomeAssistant, say: Say) -> None:
    """And nothing is done."""
    await say("unlock the front door")
    (item,) = await items(home)
    await on_list(home, "remove_item", "anna", item=[item["uid"]])
    assert (state(home, "lock.front_door"), state(home, LIST)) == ("locked", "0")


@pytest.mark.parametrize("user_id", ["bert", None])
async def test_the_list_is_no_way_for_others(home: HomeAssistant, say: Say, user_id: str | None) -> None:
    """Another person, or an automation, changes nothing by completing or deleting it."""
    await say("unlock the front door")
    (item,) = await items(home)
    for service, data in (
        ("update_item", {"item": item["uid"], "status": "completed"}),
        ("remove_item", {"item": [item["uid"]]}),
    ):
        with pytest.raises(ServiceValidationError):
            await on_list(home, service, user_id, **data)
    assert (state(home, "lock.front_door"), state(home, LIST)) == ("locked", "1")


def test_no_assistant_is_shown_the_list(home: HomeAssistant, entry: MockConfigEntry) -> None:
    """A model that could complete its own questions would need nobody."""
    assert not async_should_expose(home, "conversation", LIST)
    assert LIST not in exposure.async_candidates(home)


async def test_events_and_sensors_tell_of_it(home: HomeAssistant, freezer: FrozenDateTimeFactory, say: Say) -> None:
    """Each step is an event; how often people were asked begins anew with each day."""
    await say("unlock the front door")
    asked = home.states.get(EVENT)
    assert asked is not None
    assert (asked.attributes["event_type"], asked.attributes["person"]) == ("asked", "person.anna")
    assert asked.attributes["message"] == "May I unlock Front Door?"
    freezer.tick(30)
    await say("no")
    answered = home.states.get(EVENT)
    assert answered is not None
    assert answered.attributes["event_type"] == "no"
    assert state(home, "sensor.hearth_engine_approvals_today") == "1"
    assert state(home, "sensor.hearth_engine_median_wait_for_an_approval") == "30.0"
    freezer.tick(timedelta(days=1))
    async_fire_time_changed(home)
    await home.async_block_till_done()
    assert state(home, "sensor.hearth_engine_approvals_today") == "0"


@pytest.mark.parametrize(
    ("action", "data", "lock", "outcome"),
    [
        ("approve", {}, "unlocked", "done"),
        ("deny", {}, "locked", "declined"),
        ("deny", {"not_today": True}, "locked", "declined"),
    ],
)
async def test_actions_answer(
    home: HomeAssistant, say: Say, action: str, data: dict[str, Any], lock: str, outcome: str
) -> None:
    """While one is open it need not be named."""
    await say("unlock the front door")
    context = Context(user_id="anna")
    told = await home.services.async_call("hearth", action, data, blocking=True, context=context, return_response=True)
    assert (told, state(home, "lock.front_door")) == ({"outcome": outcome}, lock)
    with pytest.raises(ServiceValidationError) as err:
        await home.services.async_call("hearth", action, data, blocking=True, context=context)
    assert err.value.translation_key == "approval_gone"


async def test_several_must_be_named(home: HomeAssistant, say: Say, hands: Hands) -> None:
    """Nobody says yes to they don't know what."""
    await say("unlock the front door")
    await say("open the garage door")
    context = Context(user_id="anna")
    with pytest.raises(ServiceValidationError) as err:
        await home.services.async_call("hearth", "approve", {}, blocking=True, context=context)
    assert err.value.translation_key == "approval_not_named"
    data = {"approval": hands.approvals.open[0].id}
    await home.services.async_call("hearth", "approve", data, blocking=True, context=context)
    assert (state(home, "lock.front_door"), len(hands.approvals.open)) == ("unlocked", 1)


@pytest.mark.parametrize("words", ["four seven one one", "forty-seven eleven", "yes, siebenundvierzig elf"])
async def test_a_spoken_pin_is_kept_nowhere(
    home: HomeAssistant, say: Say, hands: Hands, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture, words: str
) -> None:
    """Neither in the conversation, nor in the trace, nor in the audit, nor in what is remembered of the turn."""
    await hands.approvals.pin.async_set("4711")
    voice: dict[str, Any] = {"user_id": None, "device_id": SATELLITE}
    assert await say("unlock the front door", **voice) == "I need your PIN before I unlock Front Door. What is it?"
    assert await say("yes", **voice) == "For that I need your PIN. What is it?"
    assert await say("my pin is 4 7 1 2", **voice) == "That is not the right PIN."
    caplog.clear()
    assert await say(words, **voice) == "Unlocking"
    assert state(home, "lock.front_door") == "unlocked"
    said = [content.content for content in home.data[DATA_CHAT_LOGS]["one"].content if content.role == "user"]
    turns = [(turn.scope.words, turn.as_dict()) for turn in entry.runtime_data.turns.recent()]
    # What it is given, Home Assistant itself logs at the level of debugging.
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("custom_components")]
    for kept in (said, turns, await hands.audit.async_rows(), logged):
        assert [secret for secret in ("4711", "4 7 1", "seven", "vierzig", "elf") if secret in str(kept)] == []


async def choose(home: HomeAssistant, entry: MockConfigEntry, *pages: dict[str, Any]) -> dict[str, Any]:
    """Fill in the pages on approvals and return what comes last."""
    flow = await home.config_entries.options.async_init(entry.entry_id)
    shown: Any = await home.config_entries.options.async_configure(flow["flow_id"], {"next_step_id": "approvals"})
    for page in pages:
        shown = await home.config_entries.options.async_configure(flow["flow_id"], page)
    await home.async_block_till_done()
    return dict(shown)


async def test_a_pin_is_chosen_and_taken_away(home: HomeAssistant, entry: MockConfigEntry, hands: Hands) -> None:
    """It stands in no option; that it was changed is in the audit."""
    wrong = await choose(home, entry, {"approval_minutes": 10, "pin": "12"})
    assert (wrong["errors"], hands.approvals.pin.is_set) == ({"pin": "pin_not_digits"}, False)
    done = await choose(home, entry, {"approval_minutes": 5, "pin": "4711"})
    assert (done["type"], hands.approvals.pin.is_set) == (FlowResultType.CREATE_ENTRY, True)
    assert entry.options["approval_minutes"] == 5
    assert "4711" not in str(dict(entry.options)) + str(await hands.audit.async_rows())
    await choose(home, entry, {"approval_minutes": 5})
    assert hands.approvals.pin.is_set
    await choose(home, entry, {"approval_minutes": 5, "remove_pin": True})
    assert not hands.approvals.pin.is_set
    changes = [row for row in await hands.audit.async_rows() if row["kind"] == "setting" and row["option"] == "pin"]
    assert [(row["before"], row["after"]) for row in reversed(changes)] == [(False, True), (True, False)]


async def test_phones_are_chosen(home: HomeAssistant, entry: MockConfigEntry, hands: Hands) -> None:
    """A person begins with their own, the household with none."""
    for name in ("anna", "bert"):
        MockConfigEntry(domain="mobile_app", title=name, data={"user_id": name, "device_name": name}).add_to_hass(home)
        async_mock_service(home, "notify", f"mobile_app_{name}")
    assert [phone.name for phone in hands.approvals.phones.of("person:anna")] == ["anna"]
    assert hands.approvals.phones.of("household") == []
    await choose(home, entry, {"approval_minutes": 10, "who": "household"}, {"phones": ["mobile_app_bert"]})
    await choose(home, entry, {"approval_minutes": 10, "who": "person:anna"}, {"phones": []})
    assert [phone.name for phone in hands.approvals.phones.of("household")] == ["bert"]
    assert [phone.name for phone in hands.approvals.phones.of(None)] == ["bert"]
    assert hands.approvals.phones.of("person:anna") == []


async def test_the_blueprint_asks_in_its_own_way(home: HomeAssistant, say: Say, hands: Hands) -> None:
    """Loaded by Home Assistant itself, it asks, its buttons count for who may answer, and it ends."""
    phone = MockConfigEntry(domain="mobile_app", title="anna", data={"user_id": "anna", "device_name": "anna"})
    phone.add_to_hass(home)
    async_mock_service(home, "notify", "mobile_app_anna")
    sent = async_mock_service(home, "notify", "wall")
    folder = Path(home.config.path("blueprints", "automation", "hearth"))
    folder.mkdir(parents=True)
    shutil.copy(BLUEPRINT, folder)
    chosen = {"approvals": EVENT, "notify_action": "notify.wall", "person": "person.anna", "title": "Please"}
    use = {"path": "hearth/approval_notification.yaml", "input": chosen}
    assert await async_setup_component(home, "automation", {"automation": {"alias": "Ask", "use_blueprint": use}})
    await home.async_block_till_done()
    await say("unlock the front door")
    (asked,) = (call.data for call in sent)
    assert (asked["title"], asked["message"]) == ("Please", "May I unlock Front Door?")
    approve, *_others = asked["data"]["actions"]
    for user_id, state_after in (("bert", "locked"), ("anna", "unlocked")):
        home.bus.async_fire(EVENT_ACTION, {"action": approve["action"]}, context=Context(user_id=user_id))
        await home.async_block_till_done()
        assert state(home, "lock.front_door") == state_after
    assert (sent[-1].data["message"], sent[-1].data["data"]["tag"]) == ("clear_notification", asked["data"]["tag"])


async def test_what_a_rule_asks_about_is_named(home: HomeAssistant, entry: MockConfigEntry, say: Say) -> None:
    """Also where it is harmless: in the conversation and on the list."""
    rule = {"name": "lights", "when": {"domains": ["light"]}, "verdict": "ask"}
    home.config_entries.async_update_entry(entry, options={**entry.options, "rules": [rule]})
    asked = await say("turn on the kitchen lights")
    assert asked == "I need your yes before I turn on Kitchen Lights. Shall I?"
    assert [item["summary"] for item in await items(home)] == ["May I turn on Kitchen Lights?"]
    await say("yes")
    assert state(home, "light.kitchen_lights") == "on"
