"""Test that core's own tools tell nobody of what is not theirs to see."""

from dataclasses import replace
from typing import Any

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import probatio
import pytest

from custom_components.hearth.access import (
    CONF_OWNERS,
    GUEST,
    HOUSEHOLD,
    Access,
    Asker,
    HearthLLMContext,
    HearthTool,
    Kind,
    Principal,
    Source,
    View,
)
from custom_components.hearth.hands import GuardedAPI, GuardedTool, Hands, Outcome, Scope, async_resolve_intent, guarded
from custom_components.hearth.hands.reads import is_hidden
from custom_components.hearth.hands.tools import GuardedTools
from tests.conftest import AGENT_ID, hearth_entry

ANNA = Principal(Kind.PERSON, "person.anna", "anna")
BERT = Principal(Kind.PERSON, "person.bert", "bert")
ASKERS = {"anna": ANNA, "bert": BERT, "household": HOUSEHOLD, "guest": GUEST}
SHOWN = {
    "person.anna": "at the lake",
    "weather.home": "hailstorm",
    "todo.presents": "71",
    "calendar.anna": "on",
    "sensor.anna_phone_last_notification": "your test result is in",
}


@pytest.fixture
async def access(home: HomeAssistant) -> Access:
    """Return who sees what of a home in which a list, a calendar and a phone are Anna's."""
    for domain in ("shopping_list", "todo"):
        assert await async_setup_component(home, domain, {domain: {}})
    await home.async_block_till_done()
    things = ("todo.presents", "calendar.anna", "sensor.anna_phone_last_notification")
    entry = hearth_entry("http://127.0.0.1:1", "token", "instance")
    entry.add_to_hass(home)
    home.config_entries.async_update_entry(entry, options={CONF_OWNERS: dict.fromkeys(things, "person:anna")})
    for entity_id, state in SHOWN.items():
        home.states.async_set(entity_id, state, {"friendly_name": entity_id.replace(".", " ").replace("_", " ")})
        async_expose_entity(home, "conversation", entity_id, should_expose=True)
    return Access(home, entry)


def _seen_by(access: Access, scope: Scope, who: str) -> Scope:
    return replace(scope, view=View(access, Asker(ASKERS[who], AGENT_ID)))


async def _tools(hass: HomeAssistant, hands: Hands, scope: Scope) -> GuardedTools:
    api = GuardedAPI(hass, hands.guard, scope, [llm.LLM_API_ASSIST], "index")
    context = HearthLLMContext("hearth", Context(), "en", "conversation", None, AGENT_ID)
    return await api.async_get_api_instance(context)


@pytest.mark.parametrize(
    ("who", "told"),
    [
        ("anna", {"at the lake", "hailstorm", "71", "your test result is in"}),
        ("bert", {"at the lake", "hailstorm"}),
        ("household", {"at the lake", "hailstorm"}),
        ("guest", {"hailstorm"}),
    ],
)
@pytest.mark.parametrize("args", [{}, {"domain": ["person", "weather", "todo", "sensor", "calendar"]}])
async def test_live_context_leaves_out_what_is_not_seen(
    home: HomeAssistant, hands: Hands, scope: Scope, access: Access, who: str, told: set[str], args: dict[str, Any]
) -> None:
    """Tell each the states that are theirs to see, and everybody the lights."""
    tools = await _tools(home, hands, _seen_by(access, scope, who))
    result = await tools.async_call_tool(llm.ToolInput("homeassistant__GetLiveContext", args))
    text = str(result.data["result"])
    assert {state for state in SHOWN.values() if state in text and state != "on"} == told
    assert ("Kitchen Lights" in text) is not bool(args)


@pytest.mark.parametrize(
    "args",
    [{"name": "person anna"}, {"domain": " Person "}, {"domain": "todo"}, {"domain": ["sensor"], "name": "anna phone"}],
)
async def test_a_filter_finds_nothing_that_is_hidden(
    home: HomeAssistant, hands: Hands, scope: Scope, access: Access, args: dict[str, Any]
) -> None:
    """Say that nothing fits: an empty choice must not turn into everything."""
    for entity_id in home.states.async_entity_ids():
        async_expose_entity(home, "conversation", entity_id, entity_id in {"person.anna", "todo.presents"})
    tools = await _tools(home, hands, _seen_by(access, scope, "guest"))
    result = await tools.async_call_tool(llm.ToolInput("homeassistant__GetLiveContext", args))
    assert result.error
    assert not set(SHOWN.values()) & {str(value) for value in result.data.values()}


@pytest.mark.parametrize(
    ("tool", "args"),
    [
        pytest.param("calendar", {"calendar": "calendar anna", "range": "week"}, id="calendar"),
        pytest.param("todo", {"todo_list": "todo presents"}, id="list"),
    ],
)
@pytest.mark.parametrize("who", ASKERS)
async def test_core_reads_a_list_and_a_calendar_to_its_owner_only(
    home: HomeAssistant, hands: Hands, scope: Scope, access: Access, tool: str, args: dict[str, Any], who: str
) -> None:
    """Refuse before the tool runs, under whatever name an API gives it."""
    reader = _Reader(tool)
    tools = guarded(
        GuardedAPI(home, hands.guard, scope, [], ""),
        hands.guard,
        seen := _seen_by(access, scope, who),
        llm.LLMContext("hearth", Context(), "en", "conversation", None),
        [llm.APIInstance(_api(home), "", llm.LLMContext("x", None, None, "conversation", None), [reader.namespaced])],
    )
    await tools.async_call_tool(llm.ToolInput(reader.namespaced.name, args))
    (call,) = seen.calls
    assert (call.outcome, reader.calls) == ((Outcome.ANSWERED, 1) if who == "anna" else (Outcome.DENIED, 0))
    assert call.reason == ("reads" if who == "anna" else "not_to_be_seen")
    assert seen.tainted is (who == "anna")


def _api(hass: HomeAssistant) -> llm.API:
    return GuardedAPI(hass, None, None, [], "")  # type: ignore[arg-type] # only its hass and its name are looked at


class _Reader(llm.Tool):
    """A tool of one of core's integrations."""

    annotations = llm.ToolAnnotations(read_only=True, open_world=False)

    def __init__(self, integration: str) -> None:
        self.name = f"{integration}__read"
        self.integration = integration
        self.calls = 0
        self.namespaced = llm.NamespacedTool("merged", self)

    async def async_call(
        self, hass: HomeAssistant, tool_input: llm.ToolInput, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Read."""
        self.calls += 1
        return llm.ToolResult(data={})


# The guard knows core's tools by the module that they are from.
_Reader.__module__ = "homeassistant.components.todo.llm"


@pytest.mark.parametrize(
    ("intent_type", "slots", "seen_by"),
    [
        ("HassGetState", {"name": "person anna"}, {"anna", "bert", "household"}),
        ("HassGetState", {"domain": "person", "state": "home"}, {"anna", "bert", "household"}),
        ("HassGetState", {"name": "todo presents"}, {"anna"}),
        ("HassGetState", {"name": "Kitchen Lights"}, set(ASKERS)),
        ("HassListAddItem", {"name": "todo presents", "item": "a kite"}, {"anna"}),
        ("HassShoppingListLastItems", {}, {"anna", "bert", "household"}),
        ("HassTurnOn", {"name": "Kitchen Lights"}, set(ASKERS)),
    ],
)
async def test_intents_are_for_whoever_sees_what_they_tell_of(
    home: HomeAssistant,
    hands: Hands,
    scope: Scope,
    access: Access,
    intent_type: str,
    slots: dict[str, str],
    seen_by: set[str],
) -> None:
    """Hold what the home's own sentences come down to against the matrix, too."""
    context = llm.LLMContext("hearth", Context(), "en", "conversation", None)
    given = {name: {"value": value} for name, value in slots.items()}
    resolution = await async_resolve_intent(home, intent_type, given, context)
    allowed = {who for who in ASKERS if not is_hidden(_seen_by(access, scope, who).view, resolution)}
    assert allowed == seen_by
    personal = seen_by != set(ASKERS)
    assert is_hidden(None, resolution) is personal


class _Tell(HearthTool):
    """A tool of ours that tells of the weather, or writes it down."""

    name = "hearth__tell"
    parameters = probatio.Schema({probatio.Optional("text"): str})
    sources = frozenset({Source.WEATHER})

    async def async_answer(
        self, hass: HomeAssistant, args: dict[str, Any], asker: Asker, llm_context: llm.LLMContext
    ) -> llm.ToolResult:
        """Tell."""
        return llm.ToolResult(data={"weather": "fine"})


# A tool is ours by the module that it is from.
_Tell.__module__ = "custom_components.hearth.context.tools"


class _Publish(_Tell):
    """A tool of ours whose action nobody has classed."""

    action = "publish"


async def test_another_agents_call_goes_through_the_guard(
    home: HomeAssistant, hands: Hands, scope: Scope, access: Access
) -> None:
    """Let it read what others may, and deny what somebody would have to be asked about."""
    context = llm.LLMContext("openai_conversation", Context(user_id=None), "en", "conversation", None)
    tell, publish = (
        GuardedTool(hands.guard, hands.tainted, _Tell(access)),
        GuardedTool(hands.guard, hands.tainted, _Publish(access)),
    )
    assert (tell.name, tell.annotations.read_only, publish.annotations.read_only) == ("hearth__tell", True, False)
    assert await tell.async_call(home, llm.ToolInput(tell.name, {}), context) == llm.ToolResult({"weather": "fine"})
    refused = await publish.async_call(home, llm.ToolInput(publish.name, {"text": "hello"}), context)
    assert refused.error
    assert "ask Hearth" in str(refused.data["error"])
    newest, oldest = await hands.audit.async_rows()
    assert [(row["agent_id"], row["decision"], row["reason"]) for row in (oldest, newest)] == [
        ("openai_conversation", "allow", "reads"),
        ("openai_conversation", "deny", "nobody_to_ask"),
    ]


async def test_a_call_of_our_agent_is_guarded_once(
    home: HomeAssistant, hands: Hands, scope: Scope, access: Access
) -> None:
    """Unwrap what other agents get, also from an API within an API."""
    offered = GuardedTool(hands.guard, hands.tainted, _Tell(access))
    seen = _seen_by(access, scope, "anna")
    context = HearthLLMContext("hearth", Context(), "en", "conversation", None, AGENT_ID)
    instance = llm.APIInstance(_api(home), "", context, [offered, llm.NamespacedTool("merged", offered)])
    tools = guarded(_api(home), hands.guard, seen, context, [instance])
    for name in ("hearth__tell", "merged__hearth__tell"):
        assert not (await tools.async_call_tool(llm.ToolInput(name, {}))).error
    assert len(await hands.audit.async_rows()) == len(seen.calls) == 2
