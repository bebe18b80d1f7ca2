"""Test that an undo brings back what was, removes what came, and says what it can't."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from homeassistant.components.intent import async_register_timer_handler
from homeassistant.components.intent.const import TIMER_DATA
from homeassistant.components.todo import DATA_COMPONENT as TODO
from homeassistant.core import HomeAssistant, ServiceRegistry
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import intent, llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_mock_service

from custom_components.hearth.access import GUEST, HOUSEHOLD, HearthTool, Principal
from custom_components.hearth.hands import Call, CallRecord, Effect, Hands, Outcome, Resolution, Scope
from custom_components.hearth.hands.undo import Who
from tests.hands.asking import agree, use

LIST, CALENDAR = "todo.shopping_list", "calendar.family"
LIGHTS = ("light.kitchen_lights", "light.bed_light")


def said(record: CallRecord) -> str:
    """Return what is said of an undo."""
    assert isinstance(record.result, llm.ToolResult), record.error
    response = record.result.data
    assert isinstance(response, llm.IntentResponseDict)
    return str(response.original.speech["plain"]["speech"])


async def act(
    home: HomeAssistant, hands: Hands, scope: Scope, effects: Sequence[Effect], unknown: Sequence[str] = ()
) -> CallRecord:
    """Do something through the guard, after a yes where it asks, and let the next call be another turn's."""
    resolution = Resolution(tuple(effects), tuple(unknown))

    async def resolve() -> Resolution:
        return resolution

    async def run() -> None:
        for effect in effects:
            target = {"entity_id": effect.entity_id} if effect.entity_id else {}
            await home.services.async_call(effect.domain, effect.service, {**effect.data, **target}, blocking=True)

    record = await hands.guard.async_call(scope, Call("test", {}, resolve, run))
    if record.outcome is Outcome.ASKED:
        record = await agree(hands, scope)
    assert record.outcome is Outcome.DONE, record
    scope.turn_id = f"after {record.audit_id}"
    return record


@pytest.fixture
async def shopping(home: HomeAssistant) -> str:
    """Return a list with milk to buy and bread that was bought."""
    await async_setup_component(home, "todo", {})
    entry = MockConfigEntry(domain="shopping_list")
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    await home.async_block_till_done()
    for item in ("Milk", "Bread"):
        await home.services.async_call("todo", "add_item", {"entity_id": LIST, "item": item}, blocking=True)
    done = {"entity_id": LIST, "item": "Bread", "status": "completed"}
    await home.services.async_call("todo", "update_item", done, blocking=True)
    return LIST


def items(home: HomeAssistant) -> set[tuple[str | None, str | None]]:
    """Return what is on the list, and whether it is done."""
    entity = home.data[TODO].get_entity(LIST)
    assert entity is not None
    return {(item.summary, item.status) for item in entity.todo_items or ()}


BEFORE = {("Milk", "needs_action"), ("Bread", "completed")}


@pytest.mark.parametrize(
    "effect",
    [
        Effect("todo", "add_item", LIST, {"item": "Eggs"}),
        Effect("shopping_list", "add_item", None, {"name": "Eggs"}),
        Effect("todo", "update_item", LIST, {"item": "Milk", "status": "completed"}),
        Effect("todo", "update_item", LIST, {"item": "Milk", "rename": "Oat milk"}),
        Effect("todo", "remove_item", LIST, {"item": "Milk"}),
        Effect("todo", "remove_item", LIST, {"item": "Bread"}),
    ],
)
async def test_a_list_is_as_it_was(
    home: HomeAssistant, shopping: str, hands: Hands, scope: Scope, tools: dict[str, HearthTool], effect: Effect
) -> None:
    """What was added goes, what was changed or removed comes back; undoing the undo does it again."""
    assert items(home) == BEFORE
    await act(home, hands, scope, [effect])
    changed = items(home)
    assert changed != BEFORE
    undone = await use(home, hands, scope, tools["hearth__undo"], {})
    assert (undone.outcome, undone.error, said(undone)) == (Outcome.DONE, None, "Undone.")
    assert items(home) == BEFORE
    scope.turn_id = "again"
    await use(home, hands, scope, tools["hearth__undo"], {})
    assert items(home) == changed


async def test_a_calendar_entry_goes_again(
    home: HomeAssistant, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """An event that was made is deleted; that can't be undone, and it is said."""
    Path(home.config.path(".storage")).mkdir(exist_ok=True)
    entry = MockConfigEntry(domain="local_calendar", data={"calendar_name": "Family", "storage_key": "family"})
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    await home.async_block_till_done()
    event = {"summary": "Dentist", "in": {"days": 2}}
    await act(home, hands, scope, [Effect("calendar", "create_event", CALENDAR, event)])
    calendar = home.data["calendar"].get_entity(CALENDAR)
    assert [found.summary for found in calendar._calendar.events] == ["Dentist"]  # noqa: SLF001 - no other way to all
    undone = await use(home, hands, scope, tools["hearth__undo"], {})
    assert said(undone) == "Undone."
    assert calendar._calendar.events == []  # noqa: SLF001 - no other way to all
    scope.turn_id = "again"
    assert said(await use(home, hands, scope, tools["hearth__undo"], {})) == "I can't bring a calendar entry back."


async def test_a_timer_is_cancelled(
    home: HomeAssistant, satellite: str, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """A timer that was started runs no longer."""
    await async_setup_component(home, "intent", {})
    async_register_timer_handler(home, satellite, lambda *_: None)

    async def resolve() -> Resolution:
        return Resolution((Effect("timer", "start", None, {"minutes": 5}),))

    async def run() -> intent.IntentResponse:
        slots = {"minutes": {"value": 5}}
        return await intent.async_handle(home, "test", "HassStartTimer", slots, device_id=satellite)

    await hands.guard.async_call(scope, Call("test", {}, resolve, run))
    assert len(home.data[TIMER_DATA].timers) == 1
    scope.turn_id = "later"
    assert said(await use(home, hands, scope, tools["hearth__undo"], {})) == "Undone."
    assert home.data[TIMER_DATA].timers == {}


async def test_a_saved_document_goes_again(
    home: HomeAssistant, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """A document that was written is deleted, and no other."""
    folder = Path(home.config.path("hearth", "vault", "documents"))
    folder.mkdir(parents=True)
    (folder / "old.md").write_text("Old")

    async def resolve() -> Resolution:
        return Resolution((Effect("hearth", "save_document", None, {"title": "New"}),))

    async def run() -> None:
        (folder / "new.md").write_text("New")

    await hands.guard.async_call(scope, Call("test", {}, resolve, run))
    scope.turn_id = "later"
    assert said(await use(home, hands, scope, tools["hearth__undo"], {})) == "Undone."
    assert [path.name for path in folder.iterdir()] == ["old.md"]
    scope.turn_id = "again"
    assert said(await use(home, hands, scope, tools["hearth__undo"], {})) == "I can't bring the document back."


@pytest.mark.parametrize(
    ("domain", "service", "data", "told"),
    [
        ("assist_satellite", "announce", {}, "The announcement has been heard already."),
        ("tts", "speak", {}, "The announcement has been heard already."),
        ("notify", "send_message", {"message": "Hello"}, "What was sent can't be called back."),
        ("button", "press", {}, "Nothing takes this back: button.press."),
    ],
)
async def test_what_can_not_be_undone_is_said(
    home: HomeAssistant,
    hands: Hands,
    scope: Scope,
    tools: dict[str, HearthTool],
    domain: str,
    service: str,
    data: Mapping[str, Any],
    told: str,
) -> None:
    """Nothing is claimed of what has happened for good, also where the rest comes back."""
    async_mock_service(home, domain, service)
    await act(home, hands, scope, [Effect(domain, service, None, data)])
    assert said(await use(home, hands, scope, tools["hearth__undo"], {})) == told
    light = Effect("light", "turn_on", LIGHTS[0])
    await act(home, hands, scope, [light, Effect(domain, service, None, data)], unknown=["something"])
    assert home.states.is_state(LIGHTS[0], "on")
    partly = await use(home, hands, scope, tools["hearth__undo"], {})
    assert said(partly) == f"Undone. {told} It did something that I could not see, and can't undo."
    assert home.states.is_state(LIGHTS[0], "off")


async def test_a_whole_turn_comes_back_as_it_was_before_it(
    home: HomeAssistant, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """Of several calls in a turn the state before the first counts."""
    turn = scope.turn_id
    for service, light in (
        ("turn_on", LIGHTS[0]),
        ("turn_off", LIGHTS[0]),
        ("turn_on", LIGHTS[0]),
        ("turn_on", LIGHTS[1]),
    ):
        await act(home, hands, scope, [Effect("light", service, light)])
        scope.turn_id = turn
    scope.turn_id = "later"
    undone = await use(home, hands, scope, tools["hearth__undo"], {})
    assert undone.after == dict.fromkeys(LIGHTS, "off")
    row = next(row for row in await hands.audit.async_rows() if row["kind"] == "undo")
    assert (sorted(row["restored"]), len(row["of"])) == (sorted(LIGHTS), 4)


async def test_one_that_fails_does_not_keep_the_rest(
    home: HomeAssistant, hands: Hands, scope: Scope, tools: dict[str, HearthTool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What can't be brought back is named, the others are; where nothing can, the undo has failed."""
    await act(home, hands, scope, [Effect("light", "turn_on", light) for light in LIGHTS])
    call, refused = home.services.async_call, [LIGHTS[0]]

    async def refuse(_services: ServiceRegistry, *args: Any, **how: Any) -> Any:
        if args[:2] == ("light", "turn_off") and args[2].get("entity_id") in refused:
            raise HomeAssistantError("broken")
        return await call(*args, **how)

    monkeypatch.setattr("custom_components.hearth.hands.verify.async_verify.__defaults__", (0.01,))
    monkeypatch.setattr(ServiceRegistry, "async_call", refuse)
    partly = await use(home, hands, scope, tools["hearth__undo"], {})
    assert said(partly) == "Undone. I could not bring back Kitchen Lights."
    assert home.states.is_state(LIGHTS[1], "off")
    assert partly.unchanged == (LIGHTS[0],)
    scope.turn_id = "another"
    await act(home, hands, scope, [Effect("light", "turn_on", LIGHTS[1])])
    refused.append(LIGHTS[1])
    nothing = await use(home, hands, scope, tools["hearth__undo"], {})
    assert (nothing.outcome, nothing.error) == (Outcome.FAILED, "broken")


async def test_what_can_not_be_read_keeps_nobody_from_acting(
    home: HomeAssistant, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """Where nobody can tell what an act has made, it happens all the same, and can't be undone."""
    async_mock_service(home, "calendar", "create_event")
    await async_setup_component(home, "calendar", {})
    event = Effect("calendar", "create_event", "calendar.none", {"summary": "Dentist"})

    async def resolve() -> Resolution:
        return Resolution((event,))

    async def run() -> None:
        return None

    await hands.guard.async_call(scope, Call("test", {}, resolve, run))
    await agree(hands, scope)
    scope.turn_id = "later"
    told = said(await use(home, hands, scope, tools["hearth__undo"], {}))
    assert told == "Nothing takes this back: calendar.create_event."


async def test_an_undo_of_everything_that_is_so_already(
    home: HomeAssistant, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """What somebody has put back by hand needs no undoing, and it is said."""
    await act(home, hands, scope, [Effect("light", "turn_on", LIGHTS[0])])
    await home.services.async_call("light", "turn_off", {"entity_id": LIGHTS[0]}, blocking=True)
    undone = await use(home, hands, scope, tools["hearth__undo"], {})
    assert (undone.outcome, said(undone)) == (Outcome.ANSWERED, "Everything is as it was before.")


async def test_what_was_changed_at_the_switch_is_told_without_a_name(
    home: HomeAssistant, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """Nobody knows who pressed it."""
    home.states.async_set("cover.old", "open", {"friendly_name": "Old blind", "supported_features": 3})
    async_mock_service(home, "cover", "close_cover")

    async def resolve() -> Resolution:
        return Resolution((Effect("cover", "close_cover", "cover.old"),))

    async def run() -> None:
        home.states.async_set("cover.old", "closed", {"friendly_name": "Old blind", "supported_features": 3})

    await hands.guard.async_call(scope, Call("test", {}, resolve, run))
    await agree(hands, scope)
    scope.turn_id = "later"
    home.states.async_set("cover.old", "closing", {"friendly_name": "Old blind", "supported_features": 3})
    told = said(await use(home, hands, scope, tools["hearth__undo"], {}))
    assert told.startswith("I left Old blind alone, because it has been changed since.")


async def test_a_call_of_long_ago_is_found_by_its_number(
    home: HomeAssistant, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """However many rows have come since."""
    record = await act(home, hands, scope, [Effect("light", "turn_on", LIGHTS[0])])
    for _ in range(250):
        await hands.audit.async_append("setting", {})
    undone = await use(home, hands, scope, tools["hearth__undo"], {"calls": [record.audit_id]})
    assert undone.after == {LIGHTS[0]: "off"}


@pytest.mark.parametrize(
    ("user_id", "device_id", "principal", "own", "named"),
    [
        ("anna", None, None, True, True),
        ("bert", None, None, False, False),
        (None, "kitchen", HOUSEHOLD, False, False),
        (None, None, GUEST, False, False),
    ],
)
async def test_whose_it_is(
    home: HomeAssistant,
    hands: Hands,
    scope: Scope,
    user_id: str | None,
    device_id: str | None,
    principal: Principal | None,
    *,
    own: bool,
    named: bool,
) -> None:
    """What Anna had done is hers to undo, also by its number, and nobody else's."""
    record = await act(home, hands, scope, [Effect("light", "turn_on", LIGHTS[0])])
    who = Who(user_id, device_id, principal or scope.principal)
    assert bool(await hands.undo.async_last(who)) == own
    if named:
        assert (await hands.undo.async_plan(who, [record.audit_id])).of == (record.audit_id,)
    else:
        with pytest.raises(HomeAssistantError):
            await hands.undo.async_plan(who, [record.audit_id])


async def test_what_the_household_did_is_everybodys(home: HomeAssistant, hands: Hands, scope: Scope) -> None:
    """A person may name what a satellite has heard; a guest may not."""
    kitchen = replace(scope, user_id=None, device_id="kitchen", calls=[])
    record = await act(home, hands, kitchen, [Effect("light", "turn_on", LIGHTS[0])])
    assert (await hands.undo.async_plan(Who("anna", None, scope.principal), [record.audit_id])).of
    with pytest.raises(HomeAssistantError):
        await hands.undo.async_plan(Who("guest", None, GUEST), [record.audit_id])


async def test_a_call_that_is_not_there(hands: Hands, scope: Scope) -> None:
    """A number that names nothing undoes nothing."""
    with pytest.raises(HomeAssistantError):
        await hands.undo.async_plan(Who("anna", None, scope.principal), [12345])
