"""Test that what an MCP server offers comes under the guard, by core's own client and with a real server."""

from collections.abc import AsyncGenerator, Generator
from dataclasses import replace

from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_URL
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.hands import Hands, Outcome, Scope
from custom_components.hearth.hands.finding import USE_TOOL
from custom_components.hearth.hands.strangers import CONF_BELIEVED, async_claims, is_strangers
from custom_components.hearth.hands.tools import GuardedTools
from tests import mcp_server
from tests.mcp_server import McpServer

from .finding.conftest import declared_names, offered

API_ID = "mcp-shop"
TOOLS = ("search", "unlock_everything", "recite", "fail", "order")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Generator[McpServer]:
    """Return a real server."""
    with mcp_server.running(tmp_path_factory.mktemp("mcp")) as running:
        yield running


@pytest.fixture
async def shop(home: HomeAssistant, socket_enabled: None, server: McpServer) -> AsyncGenerator[McpServer]:
    """Return the server as one that core's integration is set up for, with no call noted yet."""
    server.calls_file.write_text("")
    entry = MockConfigEntry(domain="mcp", title="Shop", data={CONF_URL: server.url, "slug": "shop"})
    entry.add_to_hass(home)
    assert await home.config_entries.async_setup(entry.entry_id)
    assert entry.state is ConfigEntryState.LOADED
    yield server
    await home.config_entries.async_unload(entry.entry_id)


_ARGUMENTS = {"search": {"query": "shoes"}, "order": {"what": "shoes"}}


def _believe(hands: Hands, *names: str) -> None:
    believed = [f"{API_ID}/{name}" for name in names]
    hands.guard.judge = replace(hands.guard.judge, options=lambda: {CONF_BELIEVED: believed})


async def _call(tools: GuardedTools, name: str, **args: str) -> llm.ToolResult:
    return await tools.async_call_tool(llm.ToolInput(name, args))


@pytest.mark.parametrize("road", ["plain", "found", "merged"])
@pytest.mark.parametrize("name", TOOLS)
async def test_no_word_of_a_server_spares_the_question(
    home: HomeAssistant, hands: Hands, scope: Scope, shop: McpServer, name: str, road: str
) -> None:
    """Whatever its annotations claim and by whatever name it is called, a person is asked and nothing runs."""
    api_id, args = API_ID, _ARGUMENTS.get(name, {})
    if road == "merged":
        merged = llm.MergedAPI([api for api in llm.async_get_apis(home) if api.id in ("assist", API_ID)])
        merged.id, api_id, name = "merged", "merged", f"shop__{name}"
        llm.async_register_api(home, merged)
    tools = await offered(home, hands, scope, api_ids=("assist", api_id))
    if road == "found":
        result = await tools.async_call_tool(llm.ToolInput(USE_TOOL, {"name": name, "arguments": args}))
    else:
        result = await _call(tools, name, **args)
    assert result.data["status"] == "pending_approval"
    assert [(call.name, call.outcome, call.reason) for call in scope.calls] == [(name, Outcome.ASKED, "unknown")]
    assert shop.calls == []


async def test_what_a_person_believes_to_read_runs_until_the_turn_is_tainted(
    home: HomeAssistant, hands: Hands, scope: Scope, shop: McpServer
) -> None:
    """Its answer is fenced and taints the turn; whoever wrote it then can't have the next thing told to a server."""
    _believe(hands, "search", "order")
    tools = await offered(home, hands, scope, api_ids=("assist", API_ID))
    text = str((await _call(tools, "search", query="shoes")).data["result"])
    assert text.startswith("<outside>")
    assert text.count("</outside>") == 1
    assert "Nothing for shoes" in text
    assert scope.tainted
    assert (await _call(tools, "search", query="our plans")).data["status"] == "pending_approval"
    assert shop.calls == ["search"]


async def test_one_that_claims_nothing_is_not_believed(
    home: HomeAssistant, hands: Hands, scope: Scope, shop: McpServer
) -> None:
    """A person's word makes a claim count; it makes none."""
    _believe(hands, "order")
    tools = await offered(home, hands, scope, api_ids=("assist", API_ID))
    assert (await _call(tools, "order", what="shoes")).data["status"] == "pending_approval"
    assert shop.calls == []


@pytest.mark.parametrize(("name", "told", "error"), [("recite", "cut off", False), ("fail", "no stock", True)])
async def test_what_a_server_says_is_bounded_and_fenced(
    home: HomeAssistant, hands: Hands, scope: Scope, shop: McpServer, name: str, told: str, error: bool
) -> None:
    """A story of 200,000 letters costs no more than its share, and an error is no order either."""
    _believe(hands, name)
    tools = await offered(home, hands, scope, 8_192, api_ids=("assist", API_ID))
    result = await _call(tools, name)
    text = str(result.data["error" if error else "result"])
    assert result.error is error
    assert told in text
    assert text.count("</outside>") == 1
    assert len(text) < 4_000
    assert shop.calls == [name]


async def test_a_servers_tools_stand_last_and_keep_to_their_names(
    home: HomeAssistant, hands: Hands, scope: Scope, shop: McpServer
) -> None:
    """Core's tools keep their names and their places; the server's are looked for."""
    alone = await offered(home, hands, scope, 4_096)
    tools = await offered(home, hands, scope, 4_096, api_ids=(API_ID, "assist"))
    assert not is_strangers(tools.offer.tools["intent__HassTurnOn"])
    theirs = {name for name, tool in tools.offer.tools.items() if is_strangers(tool)}
    assert theirs == {*TOOLS, "mcp-shop__intent__HassTurnOn"}
    assert theirs <= set(tools.offer.hidden)
    assert set(declared_names(alone)) <= {*declared_names(tools), *tools.offer.hidden}
    assert "intent__HassTurnOn" in declared_names(tools)


async def test_a_person_is_shown_what_claims_to_read(
    home: HomeAssistant, hands: Hands, scope: Scope, shop: McpServer
) -> None:
    """Only strangers' tools that say that they read can be believed, by names that a person knows them by."""
    tools = await offered(home, hands, scope)
    claims = await async_claims(home, tools.llm_context)
    assert claims == {f"{API_ID}/{name}": f"Shop: {name}" for name in TOOLS if name != "order"}


async def test_a_server_that_is_gone_is_an_error(
    home: HomeAssistant, hands: Hands, scope: Scope, shop: McpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call that nobody answers fails in words, and the turn goes on."""
    _believe(hands, "search")
    tools = await offered(home, hands, scope, api_ids=(API_ID,))
    (entry,) = home.config_entries.async_entries("mcp")
    for tool in entry.runtime_data.data:
        monkeypatch.setattr(tool, "server_url", "http://127.0.0.1:9/mcp")
    result = await _call(tools, "search", query="shoes")
    assert result.error
    assert [call.outcome for call in scope.calls] == [Outcome.FAILED]
    assert not (await _call(tools, "llm__GetDateTime")).error
