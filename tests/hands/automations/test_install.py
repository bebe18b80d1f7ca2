"""Test that a proposed automation is judged by what it would do, installed after a yes, and removed again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er, label_registry as lr
import pytest
from pytest_homeassistant_custom_component.common import MockUser

from custom_components.hearth.access import HearthTool, View
from custom_components.hearth.hands import Hands, Outcome, Scope
from custom_components.hearth.hands.automations import (
    async_install,
    async_installed,
    async_remove,
    tools as tools_module,
)
from custom_components.hearth.hands.phrases import phrases
from tests.hands.asking import agree, use

from .conftest import MINE

pytestmark = pytest.mark.usefixtures("admin")

LIGHT = {"action": "light.turn_on", "target": {"entity_id": "light.kitchen_lights"}}
UNLOCK = {"action": "lock.unlock", "target": {"entity_id": "lock.front_door"}}
EVENING = {
    "alias": "Evening light",
    "triggers": [{"trigger": "sun", "event": "sunset"}],
    "actions": [LIGHT],
}


async def automation_rows(hands: Hands) -> list[dict[str, Any]]:
    """Return the rows about automations, oldest first."""
    return [row for row in reversed(await hands.audit.async_rows()) if row["kind"] == "automation"]


async def test_it_is_installed_after_a_yes_and_gone_at_a_word(
    home: HomeAssistant, automations: Path, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """Nothing is written before the yes; then it is there, labelled, and undoing takes it away."""
    asked = await use(home, hands, scope, tools["hearth__propose_automation"], EVENING)
    assert asked.outcome is Outcome.ASKED
    (effect,) = asked.resolution.effects
    assert effect.data["text"] == "every day at sunset: turn on Kitchen Lights"
    assert "alias: Evening light" in effect.data["yaml"]
    assert automations.read_text() == MINE
    done = await agree(hands, scope)
    assert (done.outcome, done.error) == (Outcome.DONE, None)
    assert automations.read_text().startswith(MINE)
    entity = er.async_get(home).async_get("automation.evening_light")
    label = lr.async_get(home).async_get_label_by_name("Hearth")
    assert entity is not None
    assert label is not None
    assert entity.labels == {label.label_id}
    assert home.states.is_state("automation.evening_light", "on")
    assert home.states.is_state("light.kitchen_lights", "off")
    scope.turn_id = "later"
    undone = await use(home, hands, scope, tools["hearth__undo"], {})
    assert (undone.outcome, undone.error) == (Outcome.DONE, None)
    assert home.states.get("automation.evening_light") is None
    assert automations.read_text() == MINE
    scope.turn_id = "later still"
    again = await use(home, hands, scope, tools["hearth__undo"], {})
    assert again.outcome is Outcome.ASKED
    assert (await agree(hands, scope)).outcome is Outcome.DONE
    calls = {row["id"]: row for row in await hands.audit.async_rows() if row["kind"] == "call"}
    rows = await automation_rows(hands)
    assert [(row["step"], calls[row["call"]]["tool"], row["risk"]) for row in rows] == [
        ("proposed", "hearth__propose_automation", "sensitive"),
        ("installed", "hearth__propose_automation", "sensitive"),
        ("removed", "hearth__undo", "reversible"),
        ("proposed", "hearth__undo", "sensitive"),
        ("installed", "hearth__undo", "sensitive"),
    ]
    assert {(row["alias"], row["user_id"]) for row in rows} == {("Evening light", "anna")}
    assert len({row["automation_id"] for row in rows}) == 1


@pytest.mark.parametrize(
    ("actions", "risk", "unknown"),
    [
        ([LIGHT], "sensitive", False),
        ([UNLOCK], "critical", False),
        ([{"action": "script.come_in"}], "critical", False),
        ([{"if": [], "then": [{"choose": [{"conditions": [], "sequence": [UNLOCK]}]}]}], "critical", False),
        ([{"action": "light.turn_on", "target": {"entity_id": "{{ states('input_text.a') }}"}}], None, True),
        ([{"action": "script.anything"}], None, True),
        ([{"event": "anything"}], None, True),
    ],
)
async def test_it_is_as_grave_as_what_it_would_do(
    home: HomeAssistant,
    automations: Path,
    hands: Hands,
    scope: Scope,
    tools: dict[str, HearthTool],
    actions: list[dict[str, Any]],
    risk: str | None,
    *,
    unknown: bool,
) -> None:
    """An automation never asks for less than its gravest step does, and never happens by being proposed."""
    asked = await use(home, hands, scope, tools["hearth__propose_automation"], {**EVENING, "actions": actions})
    assert asked.outcome is Outcome.ASKED
    row = next(row for row in await hands.audit.async_rows() if row["kind"] == "call")
    assert row["risk"] == risk
    assert bool(asked.resolution.unknown) == unknown
    (question,) = phrases(home, "en", asked.name, asked.resolution)
    assert ("can't see everything" in question) == unknown
    assert home.states.is_state("lock.front_door", "locked")


async def test_nobody_has_a_list_changed_that_they_may_not_see(
    home: HomeAssistant, automations: Path, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """What an automation would write into is looked at as if it were written now."""
    add = {"action": "todo.add_item", "target": {"entity_id": "todo.presents"}, "data": {"item": "Socks"}}
    record = await use(home, hands, scope, tools["hearth__propose_automation"], {**EVENING, "actions": [add]})
    assert (record.outcome, record.reason) == (Outcome.DENIED, "not_to_be_seen")


@pytest.mark.parametrize(
    "config",
    [
        {**EVENING, "triggers": [{"trigger": "no_such_trigger"}]},
        {**EVENING, "actions": [{"nothing": "known"}]},
        {**EVENING, "actions": []},
        {"alias": "No trigger", "actions": [LIGHT]},
        {**EVENING, "conditions": [{"condition": "nonsense"}]},
        {**EVENING, "use_blueprint": {"path": "a.yaml"}},
    ],
)
async def test_what_home_assistant_refuses_is_never_proposed(
    home: HomeAssistant,
    automations: Path,
    hands: Hands,
    scope: Scope,
    tools: dict[str, HearthTool],
    config: dict[str, Any],
) -> None:
    """Nobody is asked about something that could not work."""
    record = await use(home, hands, scope, tools["hearth__propose_automation"], config)
    assert (record.outcome, record.reason) == (Outcome.FAILED, "bad_arguments")
    assert automations.read_text() == MINE


async def test_a_tainted_turn_can_not_propose(
    home: HomeAssistant, automations: Path, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """Text from outside sets nothing up that lasts, not even by asking."""
    scope.tainted = True
    record = await use(home, hands, scope, tools["hearth__propose_automation"], EVENING)
    assert record.outcome is Outcome.DENIED
    assert hands.approvals.open == []


async def test_a_home_that_would_never_read_it_is_told(
    home: HomeAssistant, automations: Path, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """It is said plainly, before anybody is asked, that automations.yaml is not included."""
    automations.with_name("configuration.yaml").write_text("light:\n")
    record = await use(home, hands, scope, tools["hearth__propose_automation"], EVENING)
    assert record.outcome is Outcome.FAILED
    assert record.error == "automations_left_out"


async def test_what_does_not_load_leaves_nothing_behind(home: HomeAssistant, automations: Path) -> None:
    """An automation that Home Assistant does not show is taken out of the file again."""
    automations.with_name("configuration.yaml").write_text("# automations.yaml is somewhere else\n")
    with pytest.raises(HomeAssistantError):
        await async_install(home, "hearth_x", EVENING)
    assert automations.read_text() == MINE


async def test_it_is_removed_by_name(
    home: HomeAssistant, automations: Path, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """Ours goes after a yes, and undoing brings it back after another; nobody else's can be removed."""
    await async_install(home, "hearth_x", EVENING)
    for name in ("Mine", "mine", "Nothing"):
        record = await use(home, hands, scope, tools["hearth__remove_automation"], {"name": name})
        assert record.outcome is Outcome.FAILED
    with pytest.raises(HomeAssistantError):
        await async_remove(home, "mine")
    asked = await use(home, hands, scope, tools["hearth__remove_automation"], {"name": "evening LIGHT"})
    assert asked.outcome is Outcome.ASKED
    assert (await agree(hands, scope)).outcome is Outcome.DONE
    assert await async_installed(home) == {}
    scope.turn_id = "later"
    again = await use(home, hands, scope, tools["hearth__undo"], {})
    assert again.outcome is Outcome.ASKED
    assert (await agree(hands, scope)).outcome is Outcome.DONE
    assert list(await async_installed(home)) == ["hearth_x"]
    rows = [(row["step"], row["automation_id"]) for row in await automation_rows(hands)]
    assert rows == [("removed", "hearth_x"), ("proposed", "hearth_x"), ("installed", "hearth_x")]


async def test_what_is_not_there_afterwards_is_not_said_to_be(
    home: HomeAssistant,
    automations: Path,
    hands: Hands,
    scope: Scope,
    tools: dict[str, HearthTool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A row of an automation tells of what came of it, not of what was meant."""

    async def nothing(*_args: object) -> None:
        """Install nothing."""

    monkeypatch.setattr(tools_module, "async_install", nothing)
    await use(home, hands, scope, tools["hearth__propose_automation"], EVENING)
    await agree(hands, scope)
    assert [row["step"] for row in await automation_rows(hands)] == ["proposed"]


async def test_what_nobody_may_keep_has_a_row_without_its_name(
    home: HomeAssistant, automations: Path, hands: Hands, scope: Scope, tools: dict[str, HearthTool]
) -> None:
    """Off the record it is still written down that an automation came."""
    assert scope.view is not None
    scope.view = View(scope.view.access, replace(scope.view.asker, incognito=True))
    await use(home, hands, scope, tools["hearth__propose_automation"], EVENING)
    assert (await agree(hands, scope)).outcome is Outcome.DONE
    assert [(row["step"], row["alias"]) for row in await automation_rows(hands)] == [
        ("proposed", None),
        ("installed", None),
    ]


@pytest.mark.parametrize("user_id", ["bert", None])
@pytest.mark.parametrize(
    ("tool", "args"),
    [("hearth__propose_automation", EVENING), ("hearth__remove_automation", {"name": "Evening light"})],
)
async def test_only_an_administrator_has_automations_come_and_go(
    home: HomeAssistant,
    automations: Path,
    hands: Hands,
    scope: Scope,
    tools: dict[str, HearthTool],
    user_id: str | None,
    tool: str,
    args: dict[str, Any],
) -> None:
    """Home Assistant's own editor lets in nobody else; a PIN makes a voice known, and no administrator."""
    MockUser(id="bert", name="Bert").add_to_hass(home)
    await hands.approvals.pin.async_set("4711")
    await async_install(home, "hearth_x", EVENING)
    scope.user_id, scope.device_id = user_id, None if user_id else "kitchen_satellite"
    record = await use(home, hands, scope, tools[tool], args)
    assert (record.outcome, record.reason) == (Outcome.DENIED, "needs_admin")
    assert hands.approvals.open == []
    assert list(await async_installed(home)) == ["hearth_x"]


@pytest.mark.parametrize("features", [1, 9])
async def test_what_installs_updates_must_save_the_home_itself(
    home: HomeAssistant, automations: Path, hands: Hands, scope: Scope, tools: dict[str, HearthTool], features: int
) -> None:
    """At night nobody makes a backup for it, so nobody is even asked unless the update makes its own."""
    home.states.async_set("update.router", "on", {"supported_features": features})
    install = {"action": "update.install", "target": {"entity_id": "update.router"}, "data": {"backup": True}}
    nightly = {**EVENING, "alias": "Updates", "actions": [install]}
    asked = await use(home, hands, scope, tools["hearth__propose_automation"], nightly)
    assert asked.outcome is (Outcome.ASKED if features == 9 else Outcome.FAILED)
    assert automations.read_text() == MINE
