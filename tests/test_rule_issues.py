"""Test the issues about rules that name what is gone, or that can't be read."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import CoreState, HomeAssistant
from homeassistant.helpers import (
    area_registry as ar,
    entity_registry as er,
    issue_registry as ir,
    label_registry as lr,
)
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_fire_time_changed

from custom_components.hearth import errors
from custom_components.hearth.access import OTHER_AGENTS
from custom_components.hearth.const import DOMAIN
from tests.conftest import AGENT_ID, AI_TASK_ID


async def _rules(hass: HomeAssistant, entry: MockConfigEntry, *rules: dict[str, Any]) -> None:
    hass.config_entries.async_update_entry(entry, options={**entry.options, "rules": list(rules)})
    await hass.async_block_till_done()


def _rule(name: str = "Doors", **when: Any) -> dict[str, Any]:
    return {"name": name, "when": when, "verdict": "deny"}


def _issues(registry: ir.IssueRegistry) -> dict[str, dict[str, str]]:
    """Return what the issues about rules say, by what they are about."""
    found = (issue for (domain, key), issue in registry.issues.items() if domain == DOMAIN and key.startswith("rule_"))
    return {str(issue.translation_key): dict(issue.translation_placeholders or {}) for issue in found}


async def _wait(hass: HomeAssistant, freezer: FrozenDateTimeFactory) -> None:
    freezer.tick(timedelta(seconds=31))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)


@pytest.mark.parametrize(
    ("when", "things"),
    [
        ({"entities": ["lock.gone"]}, "lock.gone"),
        ({"areas": ["attic"]}, "attic"),
        ({"labels": ["ways_in"]}, "ways_in"),
        ({"people": ["person:nobody"]}, "person:nobody"),
        ({"agents": ["01GONE"]}, "01GONE"),
        ({"areas": ["attic", "cellar"], "entities": ["lock.gone"]}, "attic, cellar, lock.gone"),
    ],
)
async def test_what_is_gone_is_named(
    hass: HomeAssistant,
    entry: MockConfigEntry,
    issue_registry: ir.IssueRegistry,
    when: dict[str, Any],
    things: str,
) -> None:
    """A rule that names it is told of at once, with a page to read, and no more once it is mended."""
    await _rules(hass, entry, _rule(**when))
    assert _issues(issue_registry) == {"rule_gone": {"rule": "Doors", "things": things}}
    issue = issue_registry.async_get_issue(DOMAIN, "rule_Doors")
    assert issue is not None
    assert issue.learn_more_url is not None
    page, _, anchor = issue.learn_more_url.partition("#")
    text = (Path(errors.__file__).parents[2] / "docs" / page.rpartition("/")[2]).read_text()
    assert f"## {anchor.replace('-', ' ').capitalize()}\n" in text
    await _rules(hass, entry, _rule())
    assert _issues(issue_registry) == {}


async def test_what_is_there_is_not(
    hass: HomeAssistant, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    """By whichever ID an entity is kept, and whether or not it is registered."""
    MockUser(id="anna", name="Anna").add_to_hass(hass)
    assert await async_setup_component(hass, "person", {"person": [{"id": "anna", "name": "Anna", "user_id": "anna"}]})
    door = er.async_get(hass).async_get_or_create("lock", "test", "door")
    hass.states.async_set("lock.of_yaml", "locked")
    area, label = ar.async_get(hass).async_create("Hall"), lr.async_get(hass).async_create("Ways in")
    await _rules(
        hass,
        entry,
        _rule(
            entities=[door.id, door.entity_id, "lock.of_yaml"],
            areas=[area.id],
            labels=[label.label_id],
            people=["person:anna"],
            agents=[AGENT_ID, AI_TASK_ID, OTHER_AGENTS],
            domains=["lock"],
        ),
    )
    assert _issues(issue_registry) == {}


async def test_what_is_deleted_later_is_noticed(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    """An entity is called as it was last; when it comes back the issue goes."""
    registry = er.async_get(hass)
    door = registry.async_get_or_create("lock", "test", "door")
    await _rules(hass, entry, _rule(entities=[door.id]))
    registry.async_remove(door.entity_id)
    await _wait(hass, freezer)
    assert _issues(issue_registry) == {"rule_gone": {"rule": "Doors", "things": "lock.test_door"}}
    registry.async_get_or_create("lock", "test", "door")
    await _wait(hass, freezer)
    assert _issues(issue_registry) == {}


async def test_what_can_not_be_read_is_told_of(
    hass: HomeAssistant, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    """Nothing is done while such a rule is there, so its people should know why; the others are looked at as well."""
    await _rules(hass, entry, {"name": "Moon", "when": {"moon": "full"}, "verdict": "deny"}, _rule(areas=["attic"]))
    assert _issues(issue_registry) == {
        "rule_unreadable": {"rule": "Moon"},
        "rule_gone": {"rule": "Doors", "things": "attic"},
    }


async def test_nothing_is_missed_while_home_assistant_starts(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, entry: MockConfigEntry, issue_registry: ir.IssueRegistry
) -> None:
    """What is not there yet is not gone."""
    hass.set_state(CoreState.starting)
    await _rules(hass, entry, _rule(areas=["attic"]))
    assert _issues(issue_registry) == {}
    hass.set_state(CoreState.running)
    await _wait(hass, freezer)
    assert list(_issues(issue_registry)) == ["rule_gone"]
