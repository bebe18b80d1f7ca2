"""Test tasks that a model does with nobody there to ask."""

from typing import Any

from homeassistant.components import ai_task
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import llm
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.access import CONF_AGENTS
from tests.furnished_home import home
from tests.hearthd import Hearthd

from .conftest import AI_TASK_ID, SetUp, hearth_entry

__all__ = ["home"]

TASK = "ai_task.hearth_ai_task"
STRUCTURE = probatio.Schema({probatio.Required("rooms"): [str], probatio.Required("warm"): bool})


@pytest.fixture
async def entry(home: HomeAssistant, set_up: SetUp, hearthd: Hearthd, socket_enabled: None) -> MockConfigEntry:
    """Return an entry that is loaded in the furnished home with the real engine."""
    return await set_up(hearth_entry(hearthd.url, hearthd.token, hearthd.instance_id))


async def generate(hass: HomeAssistant, **fields: Any) -> Any:
    """Do a task and return its data."""
    result = await ai_task.async_generate_data(
        hass, task_name="a task", entity_id=TASK, instructions="Do it.", **fields
    )
    return result.data


async def test_text(home: HomeAssistant, entry: MockConfigEntry, hearthd: Hearthd) -> None:
    """Without a structure the model's words are the data."""
    hearthd.script([{"expect": {"contains": "Do it."}, "reply": {"content": "It is done."}}])
    assert await generate(home) == "It is done."


async def test_structure(home: HomeAssistant, entry: MockConfigEntry, hearthd: Hearthd) -> None:
    """With a structure the data has its form."""
    hearthd.script([{"reply": {"content": '{"rooms": ["Hall"], "warm": true}'}}])
    assert await generate(home, structure=STRUCTURE) == {"rooms": ["Hall"], "warm": True}


@pytest.mark.parametrize("words", ["I would rather not.", '{"rooms": "all of them", "warm": true}', ""])
async def test_words_that_are_not_of_the_structure(
    home: HomeAssistant, entry: MockConfigEntry, hearthd: Hearthd, words: str
) -> None:
    """A reply of another form is an error in plain words, never data."""
    hearthd.script([{"reply": {"content": words}}])
    with pytest.raises(HomeAssistantError) as caught:
        await generate(home, structure=STRUCTURE)
    assert caught.value.translation_key == "not_structured"


@pytest.mark.parametrize("code", ["engine_busy", "model_failed", "internal", "stopped"])
async def test_engine_errors_are_translated(
    home: HomeAssistant, entry: MockConfigEntry, hearthd: Hearthd, code: str
) -> None:
    """Each failure of the engine fails the task with words for it."""
    hearthd.script([{"reply": {"error": code}}])
    with pytest.raises(HomeAssistantError) as caught:
        await generate(home)
    assert caught.value.translation_key == code


async def test_a_task_can_not_unlock(home: HomeAssistant, entry: MockConfigEntry, hearthd: Hearthd) -> None:
    """A task may use tools, but what needs a person's yes is refused where no person is."""
    unlock = {"name": "intent__HassTurnOff", "arguments": {"name": "Front Door"}}
    light = {"name": "intent__HassTurnOn", "arguments": {"name": "Kitchen Lights"}}
    hearthd.script([{"reply": {"tool_calls": [unlock, light]}}, {"reply": {"content": "Done."}}])
    for entity_id in ("lock.front_door", "light.kitchen_lights"):
        async_expose_entity(home, ai_task.DOMAIN, entity_id, should_expose=True)
    assist = next(api for api in llm.async_get_apis(home) if api.id == llm.LLM_API_ASSIST)
    assert await generate(home, llm_api=assist) == "Done."
    assert home.states.is_state("lock.front_door", "locked")
    assert home.states.is_state("light.kitchen_lights", "on")
    rows = await entry.runtime_data.hands.audit.async_rows()
    assert {row["reason"] for row in rows if row["kind"] == "call"} == {"nobody_to_ask", "reversible"}


@pytest.mark.parametrize("allowed", [True, False])
async def test_a_task_is_told_what_its_own_rights_allow(
    home: HomeAssistant, entry: MockConfigEntry, hearthd: Hearthd, allowed: bool
) -> None:
    """Neither those of other agents nor nobody's count, but the row of the task itself."""
    home.config_entries.async_update_entry(entry, options={CONF_AGENTS: {AI_TASK_ID: ["timers"] if allowed else []}})
    look = {"name": "hearth__situation", "arguments": {}}
    told = "Nothing out of the ordinary" if allowed else "may not see this"
    hearthd.script([{"reply": {"tool_calls": [look]}}, {"expect": {"contains": told}, "reply": {"content": "Done."}}])
    assist = next(api for api in llm.async_get_apis(home) if api.id == llm.LLM_API_ASSIST)
    assert await generate(home, llm_api=assist) == "Done."
