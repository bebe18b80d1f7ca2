"""Test the pages on which a home writes down its rules."""

from collections.abc import Generator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.data_entry_flow import FlowResultType
from homeassistant.helpers import area_registry as ar, entity_registry as er
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry

from custom_components.hearth.hands.policy import CONF_PRESET, CONF_RULES
from tests.flow_words import flows_in_words

NOTHING: dict[str, Any] = {"who": {}, "what": {}, "circumstances": {}, "remove": False}


@pytest.fixture(autouse=True)
def _translated(monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    """Check that every form and every choice in it has its words."""
    with flows_in_words(monkeypatch):
        yield


async def go(hass: HomeAssistant, entry: MockConfigEntry, *steps: dict[str, Any]) -> dict[str, Any]:
    """Go to the rules, and on by what is typed into the forms."""
    result = await hass.config_entries.options.async_init(entry.entry_id)
    for step in ({"next_step_id": "rules"}, *steps):
        result = await hass.config_entries.options.async_configure(result["flow_id"], step)
    await hass.async_block_till_done()
    return dict(result)


def rules(hass: HomeAssistant, entry: MockConfigEntry, *stored: dict[str, Any]) -> None:
    """Give the home some rules."""
    hass.config_entries.async_update_entry(entry, options={**entry.options, CONF_RULES: list(stored)})


def shown(result: dict[str, Any], part: str | None = None) -> dict[str, Any]:
    """Return what a form, or a part of it, is filled in with."""
    schema = result["data_schema"].schema
    fields = schema[part].schema.schema if part else schema
    return {str(key): key.description["suggested_value"] for key in fields if key.description}


NEW = {CONF_PRESET: "cautious", "rule": "new"}
NO_DOORS: dict[str, Any] = {
    **NOTHING,
    "name": "No doors at night",
    "verdict": "deny",
    "who": {"actors": ["household"]},
    "what": {"domains": ["lock"]},
    "circumstances": {"after": "22:00:00", "before": "06:00:00", "weekdays": [], "tainted": False},
}
STORED = {
    "name": "No doors at night",
    "when": {"actors": ["household"], "domains": ["lock"], "after": "22:00:00", "before": "06:00:00"},
    "verdict": "deny",
}


async def test_a_preset(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """How cautious a home is is one choice."""
    form = await go(hass, entry)
    assert shown(form) == {CONF_PRESET: "normal"}
    assert form["description_placeholders"] == {"conflicts": "Your rules do not contradict each other."}
    result = await go(hass, entry, {CONF_PRESET: "cautious"})
    assert result["type"] is FlowResultType.CREATE_ENTRY
    assert entry.options[CONF_PRESET] == "cautious"


async def test_a_rule_is_added_and_changed_and_removed(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """A rule is stored as it was written, shown as it is stored, and gone when it is taken away."""
    await go(hass, entry, NEW, NO_DOORS)
    assert (entry.options[CONF_PRESET], entry.options[CONF_RULES]) == ("cautious", [STORED])
    edit = {CONF_PRESET: "normal", "rule": "No doors at night"}
    form = await go(hass, entry, edit)
    assert (shown(form)["name"], shown(form, "who"), shown(form, "circumstances")) == (
        "No doors at night",
        {"actors": ["household"]},
        {"after": "22:00:00", "before": "06:00:00"},
    )
    await go(hass, entry, edit, {**NO_DOORS, "name": "Doors stay shut", "circumstances": {}})
    (rule,) = entry.options[CONF_RULES]
    assert (rule["name"], rule["when"]) == ("Doors stay shut", {"actors": ["household"], "domains": ["lock"]})
    await go(hass, entry, {**edit, "rule": "Doors stay shut"}, {**NO_DOORS, "remove": True})
    assert entry.options[CONF_RULES] == []


async def test_an_entity_that_is_renamed_keeps_its_rule(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """What is stored is the ID that stays; what is shown is today's name."""
    registry = er.async_get(hass)
    door = registry.async_get_or_create("lock", "test", "door")
    await go(hass, entry, NEW, {**NO_DOORS, "what": {"entities": [door.entity_id, "lock.of_yaml"]}})
    assert entry.options[CONF_RULES][0]["when"]["entities"] == [door.id, "lock.of_yaml"]
    registry.async_update_entity(door.entity_id, new_entity_id="lock.front")
    form = await go(hass, entry, {CONF_PRESET: "normal", "rule": "No doors at night"})
    assert shown(form, "what") == {"entities": ["lock.front", "lock.of_yaml"]}


@pytest.mark.parametrize(
    ("form", "error"),
    [
        ({"name": "Blinds"}, "rule_name_taken"),
        ({"name": "new"}, "rule_name_taken"),
        ({"name": "  "}, "rule_unreadable"),
    ],
)
async def test_what_is_no_rule_is_refused(
    hass: HomeAssistant, entry: MockConfigEntry, form: dict[str, Any], error: str
) -> None:
    """A name that another has and one that says nothing are told of, and nothing that was typed is lost."""
    rules(hass, entry, {"name": "Blinds", "when": {}, "verdict": "ask"})
    result = await go(hass, entry, NEW, {**NO_DOORS, **form})
    assert (result["step_id"], result["errors"]) == ("rule", {"base": error})
    assert shown(result, "what") == {"domains": ["lock"]}
    assert len(entry.options[CONF_RULES]) == 1


async def test_rules_that_disagree_are_explained(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Who writes a rule that another contradicts is told who wins on what, before it is saved and ever after."""
    area = ar.async_get(hass).async_create("Hall")
    rules(hass, entry, {"name": "Hall is free", "when": {"areas": [area.id]}, "verdict": "allow"})
    result = await go(hass, entry, NEW, NO_DOORS)
    assert result["step_id"] == "conflict"
    told = result["description_placeholders"]["conflicts"]
    assert told == (
        "About lock and Hall, “No doors at night” says: refuse; “Hall is free” says: do it without asking. "
        "“No doors at night” wins, because the stricter rule always does."
    )
    assert len(entry.options[CONF_RULES]) == 1
    await go(hass, entry, NEW, NO_DOORS, {})
    assert [rule["name"] for rule in entry.options[CONF_RULES]] == ["Hall is free", "No doors at night"]
    assert (await go(hass, entry))["description_placeholders"] == {"conflicts": told}


async def test_a_rule_without_effect_is_explained(hass: HomeAssistant, entry: MockConfigEntry) -> None:
    """Who allows what always asks is told so."""
    allow = {**NOTHING, "name": "Open", "verdict": "allow", "what": {"classes": ["critical"]}}
    result = await go(hass, entry, NEW, allow)
    assert result["description_placeholders"]["conflicts"].startswith("“Open” changes nothing")


async def test_a_rule_that_can_not_be_read_does_not_hide_the_others(
    hass: HomeAssistant, entry: MockConfigEntry
) -> None:
    """A rule that was broken by hand can be mended on the page."""
    rules(hass, entry, {"name": "Broken", "when": {"after": "late"}, "verdict": "deny"})
    form = await go(hass, entry, {CONF_PRESET: "normal", "rule": "Broken"})
    assert shown(form, "circumstances") == {"after": "late"}
    await go(hass, entry, {CONF_PRESET: "normal", "rule": "Broken"}, {**NO_DOORS, "name": "Broken"})
    assert entry.options[CONF_RULES] == [{**STORED, "name": "Broken"}]
