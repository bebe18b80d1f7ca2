"""Test that limits hold on every road to an action, and that there is no other road to a tool than the guard."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import replace
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.const import EVENT_CALL_SERVICE
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, async_capture_events, async_mock_service

from custom_components.hearth.access import GUEST, HOUSEHOLD, Access, Asker, Kind, Principal, View
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import GuardedAPI, Hands, Outcome, Scope, async_resolve_intent
from custom_components.hearth.hands.actions import refusal
from custom_components.hearth.hands.tools import GuardedTools
from tests import furnished_home

type Allow = Callable[..., None]


@pytest.fixture(autouse=True)
def _scripts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the home have more scripts."""
    for name, script in SCRIPTS.items():
        monkeypatch.setitem(furnished_home.SCRIPTS, name, script)


@pytest.fixture
def options() -> dict[str, Any]:
    """Return what the user has chosen, to be changed by a test."""
    return {}


@pytest.fixture
async def hands(home: HomeAssistant, options: dict[str, Any]) -> AsyncGenerator[Hands]:
    """Return the hands of a home with options."""
    hands = await Hands.async_create(home, lambda: options)
    yield hands
    await hands.async_close()


@pytest.fixture
def allow(options: dict[str, Any]) -> Allow:
    """Return what allows actions, each within its limits."""

    def allow(**limits: Any) -> None:
        options["actions"] = {name.replace("__", ".", 1): limit for name, limit in limits.items()}

    return allow


async def tools_of(hass: HomeAssistant, hands: Hands, scope: Scope, *api_ids: str) -> GuardedTools:
    """Return the tools of a turn."""
    api = GuardedAPI(hass, hands.guard, scope, api_ids or (llm.LLM_API_ASSIST,), "")
    return await api.async_get_api_instance(llm.LLMContext(DOMAIN, Context(), "en", "conversation", None))


async def call(tools: GuardedTools, name: str, args: dict[str, Any]) -> llm.ToolResult:
    """Call a tool as a model does."""
    return await tools.async_call_tool(llm.ToolInput(tool_name=name, tool_args=args))


def state_of(hass: HomeAssistant, entity_id: str) -> str:
    """Return the state of an entity."""
    state = hass.states.get(entity_id)
    assert state is not None
    return state.state


async def test_an_allowed_action_acts(home: HomeAssistant, hands: Hands, scope: Scope, allow: Allow) -> None:
    """What the user allows is offered, runs if it is reversible, and is proven and written down."""
    allow(light__toggle={})
    tools = await tools_of(home, hands, scope)
    await call(tools, "light__toggle", {"target": ["Kitchen Lights"]})
    assert state_of(home, "light.kitchen_lights") == "on"
    assert [record.outcome for record in scope.calls] == [Outcome.DONE]
    row = next(row for row in await hands.audit.async_rows() if "effects" in row)
    assert row["effects"][0]["entity_id"] == "light.kitchen_lights"


async def test_an_allowed_action_asks_like_any_other(
    home: HomeAssistant, hands: Hands, scope: Scope, allow: Allow
) -> None:
    """To allow an action is not to approve it: what is critical or unknown asks each time."""
    calls = async_mock_service(home, "shell_command", "sweep")
    allow(lock__unlock={}, shell_command__sweep={}, homeassistant__turn_off={})
    tools = await tools_of(home, hands, scope)
    for name, args in (
        ("lock__unlock", {"target": ["Front Door"]}),
        ("homeassistant__turn_off", {"target": ["Hall"]}),
        ("shell_command__sweep", {}),
    ):
        result = await call(tools, name, args)
        assert result.data["status"] == "pending_approval"
    assert state_of(home, "lock.front_door") == "locked"
    assert calls == []


async def test_nothing_is_offered_by_default(home: HomeAssistant, hands: Hands, scope: Scope, allow: Allow) -> None:
    """Without the user's choice there is no such tool, and an agent without Assist has none ever."""
    before = {tool.name for tool in (await tools_of(home, hands, scope)).tools}
    assert not before & {"light__turn_on", "lock__unlock", "homeassistant__turn_off"}
    allow(light__turn_on={}, script__good_night={}, lock__unlock=False)
    tools = (await tools_of(home, hands, scope)).tools
    assert {tool.name for tool in tools} - before == {"light__turn_on"}
    assert len([tool for tool in tools if tool.name.endswith("good_night")]) == 1
    llm.async_register_api(home, _Empty(hass=home, id="other", name="Other"))
    assert "light__turn_on" not in {tool.name for tool in (await tools_of(home, hands, scope, "other")).tools}
    assert "light__turn_on" not in {tool.name for tool in (await llm.async_get_api(home, "assist", _plain())).tools}


class _Empty(llm.API):
    """An API of another integration without any tool."""

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        return llm.APIInstance(self, "", llm_context, [])


def _plain() -> llm.LLMContext:
    return llm.LLMContext("other", Context(), "en", "conversation", None)


KITCHEN_ONLY = {"areas": ["kitchen"]}
DIM = {"ranges": {"brightness_pct": [0, 60]}}


@pytest.mark.parametrize(
    ("limits", "name", "args", "is_allowed"),
    [
        pytest.param(KITCHEN_ONLY, "intent__HassTurnOn", {"name": "Kitchen Lights"}, True, id="by name"),
        pytest.param(KITCHEN_ONLY, "intent__HassTurnOn", {"name": "Bed Light"}, False, id="another by name"),
        pytest.param(KITCHEN_ONLY, "intent__HassTurnOn", {"area": "Bedroom", "domain": ["light"]}, False, id="by area"),
        pytest.param(KITCHEN_ONLY, "light__turn_on", {"target": ["Kitchen"]}, True, id="by its own tool"),
        pytest.param(KITCHEN_ONLY, "light__turn_on", {"target": ["Bed Light"]}, False, id="another by its own tool"),
        pytest.param(KITCHEN_ONLY, "homeassistant__turn_on", {"target": ["Bed Light"]}, False, id="by another action"),
        pytest.param(KITCHEN_ONLY, "homeassistant__turn_on", {"target": ["ways_in"]}, False, id="in a group"),
        pytest.param(KITCHEN_ONLY, "intent__HassTurnOn", {"name": "Evening"}, True, id="a scene is the home's own"),
        pytest.param(False, "intent__HassTurnOn", {"name": "Kitchen Lights"}, False, id="never"),
        pytest.param(False, "homeassistant__turn_on", {"target": ["Kitchen"]}, False, id="never by a general action"),
        pytest.param(DIM, "light__HassLightSet", {"name": "Bed Light", "brightness": 61}, False, id="too bright"),
        pytest.param(
            DIM, "light__HassLightSet", {"name": "Bed Light", "temperature": 3000}, False, id="another number"
        ),
        pytest.param(DIM, "light__HassLightSet", {"name": "Bed Light", "brightness": 60}, True, id="bright enough"),
        pytest.param({"people": ["person:bert"]}, "intent__HassTurnOn", {"name": "Bed Light"}, False, id="not for her"),
        pytest.param({"people": ["person:anna"]}, "intent__HassTurnOn", {"name": "Bed Light"}, True, id="for her"),
        pytest.param({"nonsense": 1}, "intent__HassTurnOn", {"name": "Bed Light"}, False, id="a limit of tomorrow"),
    ],
)
async def test_limits_hold_on_every_road(
    home: HomeAssistant,
    hands: Hands,
    scope: Scope,
    allow: Allow,
    limits: Any,
    name: str,
    args: dict[str, Any],
    is_allowed: bool,
) -> None:
    """Whichever tool comes down to a limited action, it is held to the limits, and the model is told which."""
    called = async_capture_events(home, EVENT_CALL_SERVICE)
    allow(light__turn_on=limits, homeassistant__turn_on={})
    tools = await tools_of(home, hands, scope)
    result = await call(tools, name, args)
    (record,) = scope.calls
    if is_allowed:
        assert (record.decision, record.outcome) == ("allow", Outcome.DONE)
    else:
        assert result.error
        assert [event for event in called if event.data["domain"] == "light"] == []
        # What its own tool can't be told to do does not even come to a decision.
        assert record.reason in ("not_permitted", "bad_arguments")
        told = str(result.data["error"])
        assert any(word in told for word in ("light.turn_on", "brightness_pct", "action_has_no_target"))


@pytest.mark.parametrize(("clock", "is_allowed"), [("12:00", True), ("23:00", False)])
async def test_hours(
    freezer: FrozenDateTimeFactory,
    home: HomeAssistant,
    hands: Hands,
    scope: Scope,
    allow: Allow,
    clock: str,
    is_allowed: bool,
) -> None:
    """The home's own clock counts, for the house's own sentences too."""
    await home.config.async_set_time_zone("UTC")
    freezer.move_to(f"2026-11-21 {clock}:00")
    allow(light__turn_on={"times": ["07:00:00", "22:00:00"]})
    await call(await tools_of(home, hands, scope), "intent__HassTurnOn", {"name": "Kitchen Lights"})
    assert (scope.calls[0].decision == "allow") is is_allowed


@pytest.mark.parametrize(
    ("principal", "is_allowed"),
    [(Principal(Kind.PERSON, "person.anna", "anna"), True), (HOUSEHOLD, False), (GUEST, False)],
)
async def test_people(
    home: HomeAssistant, hands: Hands, scope: Scope, allow: Allow, principal: Principal, is_allowed: bool
) -> None:
    """An action that is one person's is not done for a voice that might be anybody's."""
    allow(light__turn_on={"people": ["person:anna"]})
    view = View(Access(home, MockConfigEntry(domain=DOMAIN)), Asker(principal))
    scope = replace(scope, view=view, calls=[])
    await call(await tools_of(home, hands, scope), "intent__HassTurnOn", {"name": "Kitchen Lights"})
    assert (scope.calls[0].reason == "not_permitted") is not is_allowed


async def test_what_a_sentence_of_ones_own_does(home: HomeAssistant, hands: Hands, scope: Scope, allow: Allow) -> None:
    """The steps of an intent that the user has written are theirs, as those of a script are."""
    steps = [{"action": "light.turn_on", "target": {"entity_id": "light.bed_light"}}]
    assert await async_setup_component(home, "intent_script", {"intent_script": {"Cosy": {"action": steps}}})
    resolution = await async_resolve_intent(home, "Cosy", {}, _plain())
    assert [effect.entity_id for effect in resolution.effects] == ["light.bed_light"]
    allow(light__turn_on=KITCHEN_ONLY)
    assert refusal(home, hands.options(), resolution, scope.principal.owner) is None


async def test_who_may_use_a_group_of_lights_may_use_its_lights(
    home: HomeAssistant, hands: Hands, scope: Scope, allow: Allow
) -> None:
    """A group that is allowed by name need not have its members listed too."""
    members = ["light.bed_light", "light.kitchen_lights"]
    await home.services.async_call("light", "turn_on", {"entity_id": members}, blocking=True)
    home.states.async_set("light.both", "on", {"entity_id": members, "friendly_name": "Both"})
    async_expose_entity(home, "conversation", "light.both", should_expose=True)
    allow(light__turn_on={"entities": ["light.both"]})
    tools = await tools_of(home, hands, scope)
    await call(tools, "light__turn_on", {"target": ["light.both"]})
    await call(tools, "intent__HassTurnOn", {"name": "Bed Light"})
    assert [record.decision for record in scope.calls] == ["allow", "deny"]


SCRIPTS = {
    "given": {
        "alias": "Given",
        "fields": {"door": {"selector": {"entity": {}}}},
        "sequence": [{"action": "lock.unlock", "target": {"entity_id": "{{ door }}"}}],
    },
    "guess": {
        "alias": "Guess",
        "fields": {"level": {"selector": {"number": {"min": 0, "max": 100}}}},
        "sequence": [
            {"variables": {"wanted": "{{ level }}"}},
            {"if": ["{{ wanted > 50 }}"], "then": [{"parallel": [{"action": "script.open_up"}]}]},
        ],
    },
    "late": {
        "alias": "Late",
        "sequence": [
            {"delay": "00:00:01"},
            {"repeat": {"count": 2, "sequence": [{"action": "homeassistant.turn_off", "target": {"area_id": "hall"}}]}},
        ],
    },
    "event": {"alias": "Event", "sequence": [{"event": "open_the_door"}]},
    "gentle": {
        "alias": "Gentle",
        "fields": {"level": {"selector": {"number": {"min": 0, "max": 100}}}},
        "sequence": [
            {
                "action": "light.turn_on",
                "target": {"entity_id": "light.bed_light"},
                "data": {"brightness_pct": "{{ level }}"},
            }
        ],
    },
}


@pytest.mark.parametrize(
    ("name", "args", "risk"),
    [
        ("given", {"door": "light.bed_light"}, None),
        ("guess", {"level": 10}, "critical"),
        ("late", {}, "critical"),
        ("event", {}, None),
        ("gentle", {"level": 10}, "reversible"),
    ],
)
async def test_a_script_is_as_grave_as_what_it_may_do(
    home: HomeAssistant, hands: Hands, scope: Scope, name: str, args: dict[str, Any], risk: str | None
) -> None:
    """Fields, templates, branches and loops hide nothing: what can't be known asks."""
    tools = await tools_of(home, hands, scope)
    result = await call(tools, f"script__{name}", args)
    row = next(row for row in await hands.audit.async_rows() if "risk" in row)
    assert row["risk"] == risk
    assert (result.data.get("status") == "pending_approval") is (risk != "reversible")
    assert state_of(home, "light.bed_light") == ("on" if risk == "reversible" else "off")
    assert state_of(home, "lock.front_door") == "locked"
