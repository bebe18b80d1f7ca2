"""Furnish a home with so many kinds of things that not all of its tools fit a small prompt."""

from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
from homeassistant.setup import async_setup_component
import pytest

from custom_components.hearth.hands import Finder, GuardedAPI, Hands, Scope, ToolBudget, ToolsShown
from custom_components.hearth.hands.tools import GuardedTools

KINDS = ("climate", "fan", "humidifier", "lawn_mower", "media_player", "todo", "vacuum")


@pytest.fixture
async def full_home(home: HomeAssistant) -> HomeAssistant:
    """Return the furnished home with one more thing of every kind that core has tools for."""
    assert await async_setup_component(home, "intent", {})
    for kind in KINDS:
        assert await async_setup_component(home, kind, {kind: {}})
        home.states.async_set(f"{kind}.one", "on", {"friendly_name": f"My {kind}"})
        async_expose_entity(home, "conversation", f"{kind}.one", should_expose=True)
    await home.async_block_till_done()
    return home


async def offered(
    hass: HomeAssistant,
    hands: Hands,
    scope: Scope,
    context_length: int | None = None,
    shown: ToolsShown = ToolsShown.AUTO,
    *,
    api_ids: tuple[str, ...] = (llm.LLM_API_ASSIST,),
    device_id: str | None = None,
    finder: Finder | None = None,
    language: str = "en",
) -> GuardedTools:
    """Return what an agent with a model of some context is given."""
    budget = ToolBudget.of(context_length, shown)
    api = GuardedAPI(hass, hands.guard, scope, api_ids, "index", budget=budget, finder=finder or hands.finder)
    return await api.async_get_api_instance(llm.LLMContext("hearth", Context(), language, "conversation", device_id))


def declared_names(tools: GuardedTools) -> list[str]:
    """Return the names of the tools that stand in the prompt."""
    return [declaration["function"]["name"] for declaration in tools.offer.declared]
