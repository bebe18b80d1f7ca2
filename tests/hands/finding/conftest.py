"""Share what an agent is given in a home of so many kinds of things that not all of its tools fit a small prompt."""

from homeassistant.core import Context, HomeAssistant
from homeassistant.helpers import llm
import pytest

from custom_components.hearth.access import Access, Asker, Kind, Principal, View
from custom_components.hearth.hands import Finder, GuardedAPI, Hands, Scope, ToolBudget, ToolsShown
from custom_components.hearth.hands.tools import GuardedTools
from tests.conftest import AGENT_ID, hearth_entry
from tests.furnished_home import full_home

__all__ = ["full_home"]


@pytest.fixture
def scope(hass: HomeAssistant, scope: Scope) -> Scope:
    """Return a turn of somebody with an agent of ours, which may use everything."""
    access = Access(hass, hearth_entry("http://127.0.0.1:1", "token", "instance"))
    scope.view = View(access, Asker(Principal(Kind.PERSON, "person.anna", "anna"), AGENT_ID))
    return scope


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
