"""Test that calls are judged by what they would do."""

from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import intent, llm
from homeassistant.setup import async_setup_component
import pytest

from custom_components.hearth.hands.effects import Risk
from custom_components.hearth.hands.policy import classify
from custom_components.hearth.hands.resolve import async_resolve_intent, async_resolve_tool
from custom_components.hearth.hands.strangers import BelievedTool


def context(device_id: str | None = None) -> llm.LLMContext:
    """Return the context of a call from a device."""
    return llm.LLMContext("hearth", Context(), "en", "conversation", device_id)


async def tool(hass: HomeAssistant, name: str) -> llm.Tool:
    """Return one of Assist's own tools."""
    instance = await llm.async_get_api(hass, llm.LLM_API_ASSIST, context())
    return next(tool for tool in instance.tools if tool.name == name)


@pytest.mark.parametrize(
    ("name", "args", "actions"),
    [
        ("intent__HassTurnOn", {"name": "Kitchen Lights"}, {("light.turn_on", "light.kitchen_lights")}),
        ("intent__HassTurnOff", {"name": "Front Door"}, {("lock.unlock", "lock.front_door")}),
        ("intent__HassTurnOn", {"name": "front door"}, {("lock.lock", "lock.front_door")}),
        ("intent__HassTurnOff", {"area": "Hall"}, {("lock.unlock", "lock.front_door")}),
        ("intent__HassTurnOff", {"area": "Hall", "domain": ["lock"]}, {("lock.unlock", "lock.front_door")}),
        ("intent__HassTurnOn", {"name": "Garage Door", "area": ""}, {("cover.open_cover", "cover.garage_door")}),
        (
            "intent__HassTurnOn",
            {"device_class": ["garage"], "area": "Garage"},
            {("cover.open_cover", "cover.garage_door")},
        ),
        (
            "intent__HassTurnOff",
            {"area": "Kitchen"},
            {("light.turn_off", "light.kitchen_lights"), ("cover.close_cover", "cover.kitchen_blind")},
        ),
        (
            "intent__HassTurnOn",
            {"name": "Open Up"},
            {
                ("script.turn_on", "script.open_up"),
                ("light.turn_on", "light.kitchen_lights"),
                ("lock.unlock", "lock.front_door"),
            },
        ),
        (
            "script__come_in",
            {},
            {
                ("script.come_in", None),
                ("script.open_up", None),
                ("light.turn_on", "light.kitchen_lights"),
                ("lock.unlock", "lock.front_door"),
            },
        ),
        (
            "script__whole_kitchen",
            {},
            {
                ("script.whole_kitchen", None),
                ("light.turn_off", "light.kitchen_lights"),
                ("cover.close_cover", "cover.kitchen_blind"),
            },
        ),
        (
            "intent__HassTurnOn",
            {"name": "Party"},
            {("scene.turn_on", "scene.party"), ("light.apply", "light.bed_light"), ("lock.apply", "lock.front_door")},
        ),
        (
            "intent__HassTurnOff",
            {"name": "ways_in"},
            {
                ("group.turn_off", "group.ways_in"),
                ("lock.unlock", "lock.front_door"),
                ("light.turn_off", "light.bed_light"),
            },
        ),
        ("homeassistant__GetLiveContext", {}, set()),
    ],
)
async def test_tool_calls_come_down_to_actions(
    home: HomeAssistant, name: str, args: dict[str, Any], actions: set[tuple[str, str | None]]
) -> None:
    """A tool call resolves to the actions and entities behind it, whatever its name."""
    resolution = await async_resolve_tool(home, await tool(home, name), args, context())
    assert {(f"{effect.domain}.{effect.service}", effect.entity_id) for effect in resolution.effects} == actions
    assert resolution.unknown == ()


@pytest.mark.parametrize("name", ["script__anything", "script__anywhere"])
async def test_what_a_template_decides_is_unknown(home: HomeAssistant, name: str) -> None:
    """A script that chooses its action or target as it runs can't be looked into."""
    resolution = await async_resolve_tool(home, await tool(home, name), {"wanted": "lock.unlock"}, context())
    assert resolution.unknown


@pytest.mark.parametrize(
    ("command", "worst"),
    [
        ("turn off the kitchen lights", Risk.REVERSIBLE),
        ("unlock the front door", Risk.CRITICAL),
        ("in 5 minutes unlock the front door", Risk.CRITICAL),
    ],
)
async def test_a_command_for_later_is_as_grave_as_itself(home: HomeAssistant, command: str, worst: Risk) -> None:
    """A timer that carries a command is judged by the command."""
    slots = {"minutes": {"value": 5}, "conversation_command": {"value": command}}
    resolution = await async_resolve_intent(home, "HassStartTimer", slots, context())
    assert max(risk for effect in resolution.effects if (risk := classify(home, effect)) is not None) is worst
    assert resolution.unknown == ()


async def test_a_command_that_nobody_understands_is_unknown(home: HomeAssistant) -> None:
    """A command that the home's own matcher does not know might be anything by the time it runs."""
    slots = {"minutes": {"value": 5}, "conversation_command": {"value": "let my neighbour in"}}
    resolution = await async_resolve_intent(home, "HassStartTimer", slots, context())
    assert resolution.unknown


async def test_the_area_of_the_satellite_counts(home: HomeAssistant, satellite: str) -> None:
    """Names that exist twice mean the one in the room where it was said."""
    slots = {"domain": {"value": ["light"]}, "name": {"value": "all"}, "area": {"value": "Kitchen"}}
    resolution = await async_resolve_intent(home, "HassTurnOn", slots, context(satellite))
    assert resolution.entity_ids == ("light.kitchen_lights",)


class ImpostorHandler(intent.IntentHandler):
    """A handler of another integration under the name of a harmless one of core's."""

    intent_type = intent.INTENT_GET_STATE


class OpaqueTool(llm.Tool):
    """A tool of another integration that tells nothing of itself."""

    name = "get_weather"
    integration = "other"


class ReadingTool(llm.Tool):
    """A tool that reads from the world outside."""

    name = "unlock_everything"
    integration = "other"
    annotations = llm.ToolAnnotations(read_only=True)


async def test_a_harmless_name_proves_nothing(home: HomeAssistant) -> None:
    """Neither a tool nor an intent handler is believed for its name."""
    intent.async_register(home, ImpostorHandler())
    assert (await async_resolve_intent(home, intent.INTENT_GET_STATE, {}, context())).unknown
    assert (await async_resolve_tool(home, OpaqueTool(), {}, context())).unknown
    wrapped = llm.NamespacedTool("assist", llm.NamespacedTool("homeassistant", OpaqueTool()))
    assert (await async_resolve_tool(home, wrapped, {}, context())).unknown


async def test_a_frightening_name_proves_nothing(home: HomeAssistant) -> None:
    """A tool that only reads by a person's word is known as such, and that its answer comes from outside."""
    resolution = await async_resolve_tool(home, BelievedTool(ReadingTool()), {}, context())
    assert (resolution.effects, resolution.unknown) == ((), ())
    assert (resolution.reads_outside, resolution.unproven) == (True, True)


class TurnsOnAndMore(llm.IntentTool):
    """A tool of another integration that is made like core's, and does something else."""

    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Do whatever it likes."""
        raise NotImplementedError


class Passes(llm.NamespacedTool):
    """A wrapper of another integration that does not just pass a call on."""

    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Do whatever it likes."""
        raise NotImplementedError


@pytest.mark.parametrize("wrapped", [False, True])
async def test_who_looks_like_a_tool_of_cores_is_none(home: HomeAssistant, wrapped: bool) -> None:
    """What a subclass, or a wrapper, runs is its own code, of which nobody knows what it does."""
    harmless = await tool(home, "intent__HassTurnOn")
    handler = next(handler for handler in intent.async_get(home) if handler.intent_type == intent.INTENT_TURN_ON)
    impostor = Passes("assist", harmless) if wrapped else TurnsOnAndMore(harmless.name, handler, integration="other")
    for one in (impostor, BelievedTool(impostor), llm.NamespacedTool("merged", impostor)):
        assert (await async_resolve_tool(home, one, {"name": "Kitchen Lights"}, context())).unknown
    assert not (await async_resolve_tool(home, harmless, {"name": "Kitchen Lights"}, context())).unknown


class OpensUp(intent.ServiceIntentHandler):
    """A handler of another integration that is made like core's, and does something else."""

    async def async_handle(self, intent_obj: intent.Intent) -> intent.IntentResponse:
        """Do whatever it likes."""
        raise NotImplementedError


class Brews(intent.ServiceIntentHandler):
    """A handler of another integration that leaves to core what is done."""

    description = "Make coffee"


class LaterOn(intent.IntentHandler):
    """A handler of another integration that takes a command for later, and does something else."""

    intent_type = "BakeryTimer"


async def test_a_handler_that_acts_by_itself_is_unknown(home: HomeAssistant) -> None:
    """What counts is whose code runs: core's, or that of whoever has changed a part of it."""
    slots = {"name": {"value": "Kitchen Lights"}}
    for kind in (OpensUp, Brews):
        intent.async_register(home, kind(kind.__name__, "light", "turn_on"))
    assert (await async_resolve_intent(home, "OpensUp", slots, context())).unknown
    known = await async_resolve_intent(home, "Brews", slots, context())
    assert (known.entity_ids, known.unknown) == (("light.kitchen_lights",), ())
    intent.async_register(home, LaterOn())
    slots = {"conversation_command": {"value": "turn on the kitchen lights"}}
    assert (await async_resolve_intent(home, "BakeryTimer", slots, context())).unknown


async def test_a_strangers_claim_alone_is_not_believed(home: HomeAssistant) -> None:
    """Neither by itself nor in whatever it is wrapped; one that claims nothing is not believed with a person's word."""
    for one in (ReadingTool(), llm.NamespacedTool("merged", ReadingTool()), BelievedTool(OpaqueTool())):
        assert (await async_resolve_tool(home, one, {}, context())).unknown


@pytest.mark.parametrize("args", [{"name": "Nothing Here"}, {"area": "Moon"}, {}])
async def test_a_call_without_target_is_refused(home: HomeAssistant, args: dict[str, Any]) -> None:
    """A call that reaches nothing, or everything, never gets as far as running."""
    with pytest.raises(intent.IntentError):
        await async_resolve_tool(home, await tool(home, "intent__HassTurnOn"), args, context())


async def test_the_digest_is_of_the_effects(home: HomeAssistant) -> None:
    """The same effects have the same digest, other effects another."""
    on = await tool(home, "intent__HassTurnOn")
    first, again, other = [
        (await async_resolve_tool(home, on, {"name": name}, context())).digest
        for name in ("Kitchen Lights", "kitchen lights", "Bed Light")
    ]
    assert first == again
    assert first != other


THERMOSTAT = {
    "platform": "generic_thermostat",
    "name": "Thermostat",
    "heater": "input_boolean.kitchen",
    "target_sensor": "sensor.indoors",
}


@pytest.fixture
async def well_stocked(home: HomeAssistant) -> HomeAssistant:
    """Return the home with a thermostat, a list, an exposed humidifier and an intent of the user's own."""
    home.states.async_set("sensor.indoors", "20")
    unlock = {"action": "lock.unlock", "target": {"entity_id": "lock.front_door"}}
    parts: dict[str, Any] = {
        "climate": [THERMOSTAT],
        "shopping_list": {},
        "todo": [],
        "intent_script": {"LetMeIn": {"action": [unlock]}, "SayHello": {"speech": {"text": "Hello"}}},
    }
    for domain, config in parts.items():
        assert await async_setup_component(home, domain, {domain: config})
    await home.async_block_till_done()
    home.states.async_set("todo.chores", "2", {"friendly_name": "Chores"})
    for entity_id in ("climate.thermostat", "todo.chores"):
        async_expose_entity(home, "conversation", entity_id, should_expose=True)
    return home


@pytest.mark.parametrize(
    ("intent_type", "values", "actions"),
    [
        ("HassClimateSetTemperature", {"temperature": 35.0}, {("climate.set_temperature", "climate.thermostat")}),
        ("HassListAddItem", {"item": "milk", "name": "Chores"}, {("todo.add_item", "todo.chores")}),
        ("HassListRemoveItem", {"item": "milk", "name": "Chores"}, {("todo.remove_item", "todo.chores")}),
        ("HassShoppingListAddItem", {"item": "milk"}, {("shopping_list.add_item", None)}),
        ("HassStartTimer", {"minutes": 5}, {("timer.start", None)}),
        ("HassCancelAllTimers", {}, {("timer.cancel", None)}),
        ("LetMeIn", {}, {("lock.unlock", "lock.front_door")}),
        ("SayHello", {}, set()),
        ("HassGetState", {"name": "Front Door"}, set()),
        ("HassNevermind", {}, set()),
    ],
)
async def test_intents_come_down_to_actions(
    well_stocked: HomeAssistant, intent_type: str, values: dict[str, Any], actions: set[tuple[str, str | None]]
) -> None:
    """Core's handlers, which do more than call one action, and the user's own scripts are known."""
    slots = {name: {"value": value} for name, value in values.items()}
    resolution = await async_resolve_intent(well_stocked, intent_type, slots, context())
    assert {(f"{effect.domain}.{effect.service}", effect.entity_id) for effect in resolution.effects} == actions
    assert resolution.unknown == ()


async def test_heating_limits_reach_the_effect(well_stocked: HomeAssistant) -> None:
    """The temperature that was asked for decides the class."""
    for degrees, risk in ((21.0, Risk.REVERSIBLE), (35.0, Risk.SENSITIVE)):
        slots = {"temperature": {"value": degrees}}
        resolution = await async_resolve_intent(well_stocked, "HassClimateSetTemperature", slots, context())
        assert [classify(well_stocked, effect) for effect in resolution.effects] == [risk]


async def test_an_intent_that_is_gone(home: HomeAssistant) -> None:
    """An intent that nobody handles is an error."""
    with pytest.raises(intent.UnknownIntent):
        await async_resolve_intent(home, "NoSuchIntent", {}, context())


async def test_sentence_triggers_are_unknown(home: HomeAssistant) -> None:
    """A command for later that an automation listens for may do anything."""
    trigger = {"trigger": "conversation", "command": ["open sesame"]}
    automation = {"alias": "Sesame", "triggers": [trigger], "actions": []}
    assert await async_setup_component(home, "automation", {"automation": [automation]})
    slots = {"minutes": {"value": 5}, "conversation_command": {"value": "open sesame"}}
    assert (await async_resolve_intent(home, "HassStartTimer", slots, context())).unknown


async def test_commands_within_commands_end(home: HomeAssistant) -> None:
    """A command for later that holds commands for later is not followed for ever."""
    slots = {"minutes": {"value": 5}, "conversation_command": {"value": "turn on the kitchen lights"}}
    assert (await async_resolve_intent(home, "HassStartTimer", slots, context(), depth=3)).unknown


async def test_an_action_tool_that_hides_its_action_is_unknown(home: HomeAssistant) -> None:
    """Should core rename what we read, calls are asked about rather than waved through."""
    script = await tool(home, "script__good_night")
    del script._action  # noqa: SLF001 - what a later core may do
    assert (await async_resolve_tool(home, script, {}, context())).unknown
