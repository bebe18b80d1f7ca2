"""Test the choice of a model for a role."""

from typing import Any

from homeassistant.components.select import ATTR_OPTION, ATTR_OPTIONS, SERVICE_SELECT_OPTION
from homeassistant.const import ATTR_ENTITY_ID, STATE_UNAVAILABLE
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from tests.conftest import SetUp, hearth_entry, state_of
from tests.stub_engine import INSTANCE_ID, StubEngine, choice, error

FAST = "select.hearth_engine_fast_model"
REASONING = "select.hearth_engine_reasoning_model"


async def _choose(hass: HomeAssistant, option: str) -> None:
    data = {ATTR_ENTITY_ID: FAST, ATTR_OPTION: option}
    await hass.services.async_call("select", SERVICE_SELECT_OPTION, data, blocking=True)


async def test_what_can_be_chosen(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Offer what is installed, and nothing; show what is chosen."""
    assert (state_of(hass, FAST), state_of(hass, REASONING)) == ("tiny", "none")
    state = hass.states.get(FAST)
    assert state is not None
    assert state.attributes[ATTR_OPTIONS] == ["none", "tiny", "large"]


@pytest.mark.parametrize(("option", "model"), [("large", "large"), ("none", None)])
async def test_a_model_is_chosen(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, option: str, model: str | None
) -> None:
    """Tell the engine, and show what it then says."""
    stub.roles["fast"] = choice(model, "tiny", "large")
    await _choose(hass, option)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert ("PUT", "/v1/roles/fast", {"model": model}) in stub.asked
    assert state_of(hass, FAST) == option


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("does_not_fit", ServiceValidationError),
        ("role_fixed", ServiceValidationError),
        ("unknown_model", ServiceValidationError),
        ("internal", HomeAssistantError),
    ],
)
async def test_a_refusal_is_explained(
    hass: HomeAssistant, entry: MockConfigEntry, stub: StubEngine, code: str, kind: type[HomeAssistantError]
) -> None:
    """Say why the engine does not take a model, with its figures where there are any."""
    stub.answers["/v1/roles/fast"] = error(code, "It needs 9 GB.")
    with pytest.raises(kind) as caught:
        await _choose(hass, "large")
    assert caught.value.translation_key == code
    assert ("It needs 9 GB." in str(caught.value)) is (code == "does_not_fit")
    assert state_of(hass, FAST) == "tiny"


@pytest.mark.parametrize(
    "said",
    [
        {"roles": {"fast": choice("tiny", "tiny", changeable=False)}},
        {"roles": {}},
        {"answers": {"/v1/roles": error("not_found")}},
        {"down": True},
    ],
    ids=["fixed", "unknown role", "older engine", "silent engine"],
)
async def test_where_there_is_no_choice(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, said: dict[str, Any]
) -> None:
    """Offer nothing where the engine's own settings decide, or where nobody knows."""
    for name, value in said.items():
        setattr(stub, name, value)
    await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    assert state_of(hass, FAST) == STATE_UNAVAILABLE
