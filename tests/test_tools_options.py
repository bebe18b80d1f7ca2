"""Test the page of the options on which a person says whom to believe."""

from collections.abc import Generator

from homeassistant.components.conversation import DOMAIN as CONVERSATION
from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import llm
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.hands.strangers import CONF_BELIEVED
from tests.flow_words import flows_in_words


class _Tool(llm.Tool):
    """A stranger's tool."""

    integration = "shop"

    def __init__(self, name: str, *, reads: bool) -> None:
        """Claim that it reads, or nothing."""
        self.name = name
        self.annotations = llm.ToolAnnotations(read_only=reads)


class _Shop(llm.API):
    """A stranger's API, which breaks by the name of broken."""

    async def async_get_api_instance(self, llm_context: llm.LLMContext) -> llm.APIInstance:
        """Offer a tool that claims to read, and one that does not."""
        assert llm_context.assistant == CONVERSATION
        if self.id == "broken":
            raise KeyError(self.id)
        return llm.APIInstance(self, "", llm_context, [_Tool("look", reads=True), _Tool("buy", reads=False)])


@pytest.fixture(autouse=True)
def _translated(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Check that the page and every choice in it have their words."""
    with flows_in_words(monkeypatch):
        yield


async def _open(hass: HomeAssistant, entry: MockConfigEntry) -> tuple[str, list[dict[str, str]], list[str]]:
    """Return the flow, what the page offers and what is chosen on it."""
    menu = await hass.config_entries.options.async_init(entry.entry_id)
    form = await hass.config_entries.options.async_configure(menu["flow_id"], {"next_step_id": "tools"})
    assert (form["type"], form["step_id"]) == (FlowResultType.FORM, "tools")
    assert form["data_schema"] is not None
    for key, field in form["data_schema"].schema.items():
        return form["flow_id"], field.config["options"], key.description["suggested_value"]
    return form["flow_id"], [], []


async def test_a_person_says_whom_to_believe(
    hass: HomeAssistant, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """Only who claims to read is there to choose; who is away keeps its word, and who breaks spoils nothing."""
    for api_id in ("broken", "shop"):
        llm.async_register_api(hass, _Shop(hass=hass, id=api_id, name=api_id.title()))
    options = {**entry.options, CONF_BELIEVED: ["away/look"]}
    hass.config_entries.async_update_entry(entry, options=options)
    flow_id, offered, chosen = await _open(hass, entry)
    assert (offered, chosen) == ([{"value": "shop/look", "label": "Shop: look"}], [])
    result = await hass.config_entries.options.async_configure(flow_id, {CONF_BELIEVED: ["shop/look"]})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options == {**options, CONF_BELIEVED: ["away/look", "shop/look"]}
    assert "broken does not tell its tools" in caplog.text

    flow_id, _offered, chosen = await _open(hass, entry)
    assert chosen == ["shop/look"]
    await hass.config_entries.options.async_configure(flow_id, {CONF_BELIEVED: []})
    assert entry.options[CONF_BELIEVED] == ["away/look"]


async def test_without_strangers_there_is_nothing_to_believe(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """The page says what it is for, and keeps what was chosen."""
    flow_id, offered, _chosen = await _open(hass, entry)
    assert offered == []
    await hass.config_entries.options.async_configure(flow_id, {})
    assert entry.options[CONF_BELIEVED] == []
