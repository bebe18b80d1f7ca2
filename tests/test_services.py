"""Test the actions that people and automations use; those of downloads are tested with the updates."""

from typing import Any

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError, Unauthorized
import probatio
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser

from custom_components.hearth.const import DOMAIN
from tests.conftest import AGENT_ID, AI_TASK_ID
from tests.stub_engine import StubEngine, error, model

AGENT = "conversation.hearth"
AI_TASK = "ai_task.hearth_ai_task"
WARM = "/v1/warm"
WARMTH = {"tokens": 900, "cached_tokens": 100, "prompt_ms": 250.5}


async def _call(hass: HomeAssistant, name: str, **data: Any) -> Any:
    response = name in {"warm_up", "download_model"}
    return await hass.services.async_call(DOMAIN, name, data, blocking=True, return_response=response)


@pytest.mark.parametrize(
    ("data", "warmed", "names"),
    [
        ({}, [AGENT], [AGENT_ID]),
        ({"entity_id": AGENT}, [AGENT], [AGENT_ID]),
        ({"entity_id": [AI_TASK]}, [AI_TASK], [AI_TASK_ID]),
        ({"entity_id": [AGENT, AI_TASK]}, [AGENT, AI_TASK], [AGENT_ID, AI_TASK_ID]),
    ],
)
async def test_agents_are_warmed_on_demand(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    stub: StubEngine,
    data: dict[str, Any],
    warmed: list[str],
    names: list[str],
) -> None:
    """Warm what is asked for, although nothing has changed, and return when it is warm."""
    stub.asked.clear()
    assert await _call(hass, "warm_up", **data) == dict.fromkeys(warmed, WARMTH)
    assert [body["prefix"] for body in stub.bodies(WARM)] == names


async def test_what_is_no_agent_is_not_warmed(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Name what can't be warmed before anything is."""
    stub.asked.clear()
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, "warm_up", entity_id=[AGENT, "light.kitchen"])
    assert caught.value.translation_key == "not_an_agent"
    assert "light.kitchen" in str(caught.value)
    assert stub.bodies(WARM) == []


@pytest.mark.parametrize("code", ["model_missing", "engine_busy", "stopped"])
async def test_a_failure_to_warm_is_told(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, code: str
) -> None:
    """Whoever asks hears what went wrong."""
    stub.answers[WARM] = error(code)
    with pytest.raises(HomeAssistantError) as caught:
        await _call(hass, "warm_up")
    assert caught.value.translation_key == code


async def test_a_file_is_added(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Tell the engine where a file lies."""
    await _call(hass, "add_model", path="/share/models/a.gguf")
    await _call(hass, "add_model", path="/share/models/a.gguf", model="mine")
    assert stub.bodies("/v1/models/add") == [
        {"path": "/share/models/a.gguf"},
        {"path": "/share/models/a.gguf", "id": "mine"},
    ]


async def test_a_model_is_removed(hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine) -> None:
    """Delete a model and forget its update."""
    stub.models = [model("large")]
    await _call(hass, "remove_model", model="tiny")
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ("DELETE", "/v1/models/tiny", None) in stub.asked
    assert hass.states.get("update.hearth_engine_tiny") is None


@pytest.mark.parametrize(
    ("name", "data", "path", "code"),
    [
        ("add_model", {"path": "nowhere"}, "/v1/models/add", "invalid_request"),
        ("add_model", {"path": "/huge"}, "/v1/models/add", "does_not_fit"),
        ("remove_model", {"model": "tiny"}, "/v1/models/tiny", "model_in_use"),
        ("remove_model", {"model": "gone"}, "/v1/models/gone", "unknown_model"),
    ],
)
async def test_what_the_engine_refuses_is_the_askers_to_mend(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, name: str, data: dict[str, str], path: str, code: str
) -> None:
    """Say what is wrong with what was asked."""
    stub.answers[path] = error(code, "The file is not there.")
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, name, **data)
    assert caught.value.translation_key == code


async def test_a_file_that_is_not_there_is_no_missing_role(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine
) -> None:
    """Speak of the file: the engine's word for it is also that of a role without a model."""
    stub.answers["/v1/models/add"] = error("model_missing")
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, "add_model", path="/nowhere")
    assert caught.value.translation_key == "no_such_file"


async def test_what_holds_the_file_is_waited_for(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Try again for a while when a download that was just given up still has the file."""
    monkeypatch.setattr("custom_components.hearth.services._REMOVE_SECONDS", 0)
    stub.answers["/v1/models/tiny"] = error("pull_running")
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, "remove_model", model="tiny")
    assert caught.value.translation_key == "pull_running"
    assert len(stub.bodies("/v1/models/tiny")) == 5


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("download_model", {}),
        ("download_model", {"model": ""}),
        ("download_model", {"repository": "makers/rare"}),
        ("download_model", {"model": "tiny", "file": "tiny.gguf"}),
        ("add_model", {"model": "mine"}),
        ("remove_model", {}),
        ("warm_up", {"entity_id": "nonsense"}),
    ],
)
async def test_nonsense_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, name: str, data: dict[str, str]
) -> None:
    """Check what is asked before anything is done."""
    stub.asked.clear()
    with pytest.raises(probatio.Invalid):
        await _call(hass, name, **data)
    assert stub.asked == []


@pytest.mark.parametrize(
    ("name", "data"),
    [("download_model", {"model": "large"}), ("add_model", {"path": "/a.gguf"}), ("remove_model", {"model": "tiny"})],
)
async def test_only_administrators_change_the_engine(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    stub: StubEngine,
    hass_read_only_user: MockUser,
    name: str,
    data: dict[str, str],
) -> None:
    """Let nobody else fill or empty the disk."""
    stub.asked.clear()
    context = Context(user_id=hass_read_only_user.id)
    with pytest.raises(Unauthorized):
        await hass.services.async_call(DOMAIN, name, data, blocking=True, context=context)
    assert stub.asked == []


@pytest.mark.parametrize("name", ["warm_up", "download_model", "add_model", "remove_model"])
async def test_without_a_loaded_entry_they_say_so(hass: HomeAssistant, entry: MockConfigEntry, name: str) -> None:
    """Exist although nothing is loaded, and say what is missing."""
    await hass.config_entries.async_unload(entry.entry_id)
    data = {"warm_up": {}, "add_model": {"path": "/a.gguf"}}.get(name, {"model": "tiny"})
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, name, **data)
    assert caught.value.translation_key is not None
