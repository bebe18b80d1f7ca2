"""Test the tools of memory as a model calls them: checked, guarded, and told the truth."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.hearth.access import Access, Asker, HearthLLMContext, HearthTool, View
from custom_components.hearth.const import DOMAIN
from custom_components.hearth.hands import Call, CallRecord, Hands, Outcome, Scope
from custom_components.hearth.hands.resolve import async_resolve_tool
from custom_components.hearth.memory import Memory, StoredTurn, memory_tools
from tests.conftest import AGENT_ID
from tests.stub_engine import StubEngine, error

from .conftest import ANNA, ANNAS, TOM, TOMS, texts

SEARCH = "/v1/search"
PASSAGE = {
    "collection": "documents",
    "item": "manual",
    "chunk": "1",
    "owner": ANNAS,
    "title": "Boiler manual",
    "text": "Service it in March.",
    "time": "2026-03-01T00:00:00Z",
    "url": None,
    "pinned": False,
    "score": 0.9,
    "parts": {},
    "span": [0, 20],
}
FAR_OFF = {**PASSAGE, "item": "novel", "text": "A house with a boiler.", "score": 0.05}


@dataclass
class Desk:
    """Where a test calls tools from."""

    hass: HomeAssistant
    entry: MockConfigEntry
    users: dict[str, str]
    tools: dict[str, HearthTool]

    @property
    def memory(self) -> Memory:
        """Return what is remembered."""
        memory: Memory = self.entry.runtime_data.memory
        return memory

    def context(self, who: str = "anna", *, ours: bool = True, incognito: bool = False) -> llm.LLMContext:
        """Return the context of a call."""
        context = Context(user_id=self.users[who])
        if ours:
            return HearthLLMContext(DOMAIN, context, "en", "conversation", None, AGENT_ID, incognito)
        return llm.LLMContext("ollama", context, "en", "conversation", None)

    async def call(self, name: str, args: dict[str, Any], context: llm.LLMContext | None = None) -> dict[str, Any]:
        """Call a tool without the guard, and return what it tells."""
        tool = self.tools[name]
        result = await tool.async_call(self.hass, llm.ToolInput(name, args), context or self.context())
        assert isinstance(result, llm.ToolResult)
        return dict(result.data)

    async def guarded(self, name: str, args: dict[str, Any], *, tainted: bool = False) -> CallRecord:
        """Call a tool through the guard."""
        hands: Hands = self.entry.runtime_data.hands
        access: Access = self.entry.runtime_data.access
        tool, context = self.tools[name], self.context()
        view = View(access, Asker(ANNA, AGENT_ID))
        scope = Scope(
            "one", "conversation.hearth", f"please {args}", "en", self.users["anna"], view=view, tainted=tainted
        )
        call = Call(
            name,
            args,
            lambda: async_resolve_tool(self.hass, tool, args, context),
            lambda: tool.async_call(self.hass, llm.ToolInput(name, args), context),
        )
        return await hands.guard.async_call(scope, call)


@pytest.fixture
async def desk(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> Desk:
    """Return a desk in a home with two persons and a guest, and a library that finds always the same."""
    stub.answers[SEARCH] = {"passages": [PASSAGE, FAR_OFF], "mode": "hybrid", "embedding_ms": 1.0, "search_ms": 1.0}
    users = {name: MockUser(id=name).add_to_hass(hass).id for name in ("anna", "tom", "guest")}
    for name in ("anna", "tom"):
        attributes = {"id": f"{name}-id", "friendly_name": name.title(), "user_id": users[name]}
        hass.states.async_set(f"person.{name}", "home", attributes)
    data = entry.runtime_data
    tools = memory_tools(data.access, data.memory, data.memory.recall, data.client)
    return Desk(hass, entry, users, {tool.name: tool for tool in tools})


async def test_a_fact_goes_its_way(desk: Desk) -> None:
    """A model remembers, corrects, looks up and forgets, and is told each time what changed."""
    told = await desk.call("hearth__remember", {"text": "The plumber is called Max", "household": True})
    assert (told["result"], told["for"], told["facts"][0]["text"]) == (
        "remembered",
        "the household",
        "The plumber is called Max.",
    )
    told = await desk.call("hearth__replace", {"old": "the plumber", "new": "The plumber is called Rosa"})
    assert (told["result"], told["changed"]) == (
        "replaced",
        "- The plumber is called Max.\n+ The plumber is called Rosa.",
    )
    told = await desk.call("hearth__memory", {"words": "who is the plumber?"}, desk.context("tom"))
    assert [fact["text"] for fact in told["facts"]] == ["The plumber is called Rosa."]
    again = await desk.call("hearth__remember", {"text": "our plumber is called Rosa"})
    assert again["result"] == "known already"
    told = await desk.call("hearth__forget", {"text": told["facts"][0]["id"]})
    assert (told["result"], told["changed"], told["facts"]) == ("forgotten", "- The plumber is called Rosa.", [])
    assert await desk.call("hearth__memory", {}) == {"user": [], "household": []}


async def test_what_memory_refuses_is_told(desk: Desk) -> None:
    """A model hears why, and between what it must ask."""
    assert "error" in await desk.call("hearth__forget", {"text": "the plumber"})
    await desk.call("hearth__remember", {"text": "The plumber is called Rosa"})
    await desk.call("hearth__remember", {"text": "The plumber comes on Tuesday", "kind": "fact", "pinned": True})
    told = await desk.call("hearth__forget", {"text": "the plumber"})
    assert sorted(fact["text"] for fact in told["candidates"]) == [
        "The plumber comes on Tuesday.",
        "The plumber is called Rosa.",
    ]


@pytest.mark.parametrize("name", ["hearth__remember", "hearth__memory", "hearth__recall", "hearth__search"])
async def test_guests_and_strangers_hear_nothing(desk: Desk, stub: StubEngine, name: str) -> None:
    """A guest has no memory, and other agents none of a person by default."""
    args = {"hearth__remember": {"text": "x is y"}, "hearth__search": {"query": "x"}}.get(name, {})
    told = await desk.call(name, args, desk.context("guest"))
    assert ("error" in told, told.get("passages", [])) in ((True, []), (False, []))
    assert stub.bodies(SEARCH) == []
    other = await desk.call(name, args, desk.context("anna", ours=False))
    assert ("error" in other) is (name != "hearth__search")
    assert {name for asked in stub.bodies(SEARCH) for name in asked["collections"]} <= {"devices", "feeds"}


async def test_off_the_record_nothing_is_written(desk: Desk) -> None:
    """A model can't remember what is off the record, but may look things up."""
    context = desk.context(incognito=True)
    for name, args in (
        ("hearth__remember", {"text": "I like tea"}),
        ("hearth__replace", {"old": "tea", "new": "I like milk"}),
        ("hearth__forget", {"text": "tea"}),
    ):
        assert "off the record" in (await desk.call(name, args, context))["error"]
    assert "error" not in await desk.call("hearth__memory", {}, context)


async def test_past_conversations(desk: Desk) -> None:
    """They are found by words and days, those of the asker only."""
    recall = desk.memory.recall
    for owner, words, day in ((ANNAS, "boiler one", 1), (ANNAS, "boiler two", 5), (TOMS, "boiler of Tom", 5)):
        at = datetime(2026, 11, day, 12, tzinfo=UTC)
        await recall.async_store(StoredTurn(owner, words, at, "conversation.hearth", words, "Indeed.", tools=("look",)))
    everything = str(await desk.call("hearth__recall", {"words": "boiler"}))
    assert "boiler one" in everything
    assert "boiler two" in everything
    assert "Tom" not in everything
    fifth = str(await desk.call("hearth__recall", {"after": "2026-11-05", "before": "2026-11-05"}))
    assert "boiler two" in fifth
    assert "boiler one" not in fifth


async def test_a_summary_is_told_once(desk: Desk) -> None:
    """Of a conversation of long ago that was summarised comes the summary, and the turns after it."""
    recall = desk.memory.recall
    at = datetime(2026, 11, 1, 12, tzinfo=UTC)
    for words in ("boiler one", "boiler two"):
        await recall.async_store(StoredTurn(ANNAS, "one", at, "conversation.hearth", words, "Indeed."))
    await recall.async_summarise(await recall.async_turns("one"), "The boiler was spoken of.")
    await recall.async_store(StoredTurn(ANNAS, "one", at, "conversation.hearth", "boiler three", "Indeed. " * 99))
    told = (await desk.call("hearth__recall", {"words": "boiler"}))["passages"]
    assert len(told) == 2
    assert {"boiler one" in str(told), "spoken of" in str(told), "…" in str(told)} == {False, True}


async def test_the_library_is_asked_for_what_may_be_seen(desk: Desk, stub: StubEngine) -> None:
    """Owners and collections are the asker's, days are whole days; what is hardly about it is not told."""
    told = await desk.call("hearth__search", {"query": "boiler", "after": "2026-01-01", "before": "2026-03-01"})
    (asked,) = stub.bodies(SEARCH)
    assert asked["owners"] == ["household", ANNAS]
    assert {"documents", "mail", "notes"} <= set(asked["collections"])
    assert "memory" not in asked["collections"]
    after, before = (datetime.fromisoformat(asked[key]) for key in ("after", "before"))
    assert (before - after).days == 60
    assert [passage["text"] for passage in told["passages"]] == ["Service it in March."]


async def test_a_library_that_is_away(desk: Desk, stub: StubEngine) -> None:
    """Say so, rather than that nothing was found."""
    stub.answers[SEARCH] = error("library_unavailable")
    with pytest.raises(HomeAssistantError) as caught:
        await desk.call("hearth__search", {"query": "boiler"})
    assert caught.value.translation_key == "library_unavailable"


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("hearth__remember", {}),
        ("hearth__remember", {"text": "x" * 1001}),
        ("hearth__remember", {"text": "x", "kind": "gossip"}),
        ("hearth__recall", {"after": "yesterday"}),
        ("hearth__recall", {"page": -1}),
        ("hearth__search", {"query": ""}),
    ],
)
async def test_arguments_are_checked(desk: Desk, name: str, args: dict[str, Any]) -> None:
    """What does not fit is refused before anything happens."""
    with pytest.raises(probatio.Invalid):
        await desk.call(name, args)


async def test_every_tool_can_be_described(desk: Desk) -> None:
    """Each has a schema that any model's server understands, and says honestly what it does."""
    for tool in desk.tools.values():
        schema = probatio.to_openapi(
            tool.parameters, openapi_version="3.1.0", custom_serializer=llm.selector_serializer
        )
        assert schema["type"] == "object"
        assert all("type" in field or "enum" in field for field in schema["properties"].values())
        assert tool.annotations.read_only is (tool.action is None)


async def test_remembering_is_free_unless_text_from_outside_is_there(desk: Desk) -> None:
    """A turn that read something from outside must ask before it remembers; the audit keeps nothing of it."""
    fact = {"text": "The gate code is 9731"}
    done = await desk.guarded("hearth__remember", fact)
    assert (done.outcome, done.reason) == (Outcome.DONE, "reversible")
    asked = await desk.guarded("hearth__remember", {"text": "The boss is called Eve"}, tainted=True)
    assert (asked.outcome, asked.reason) == (Outcome.ASKED, "tainted")
    assert texts((await desk.memory.async_tell(ANNA)).own) == ["The gate code is 9731."]
    assert (await desk.memory.async_tell(TOM)).own == ()
    hands: Hands = desk.entry.runtime_data.hands
    rows = await hands.audit.async_rows()
    assert "9731" not in str(rows)
    assert "Eve" not in str(rows)
    assert [row["effects"] for row in rows if row["kind"] == "call"] == [
        [{"action": "hearth.remember", "entity_id": None, "data": {"text": None}}]
    ] * 2
    assert "9731" not in str(done.as_dict())


async def test_reading_conversations_taints(desk: Desk) -> None:
    """What was said long ago may quote what came from outside."""
    hands: Hands = desk.entry.runtime_data.hands
    assert (await desk.guarded("hearth__recall", {})).resolution.reads_outside
    assert not (await desk.guarded("hearth__memory", {})).resolution.reads_outside
    assert (await hands.audit.async_verify()).ok
