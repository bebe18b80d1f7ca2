"""E9: "install the latest version of Photoshop": an update of the home, never without a yes, with a backup first."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, override

from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.components.backup import BackupAgentError, CreateBackupParametersDict, async_get_manager
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.update import UpdateEntity, UpdateEntityFeature
from homeassistant.components.update.const import DATA_COMPONENT
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.hearth.hands import Outcome

from .conftest import House, calls, says

MAKES_NONE = UpdateEntityFeature(0)
NO_BACKUP_NO_UPDATE = "The backup that has to come first could not be made, so I have installed nothing."


class Device(UpdateEntity):
    """A device with a newer firmware; of each installation it keeps how it was told, and the backups by then."""

    _attr_installed_version = "1.0"
    _attr_latest_version = "2.0"

    def __init__(self, name: str, features: UpdateEntityFeature) -> None:
        """Begin with the old one."""
        self._attr_name = name
        self._attr_supported_features = UpdateEntityFeature.INSTALL | features
        self.installed: list[tuple[bool, int]] = []

    @override
    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:
        self.installed.append((backup, len(backups(self.hass))))
        self._attr_installed_version = "2.0"
        self.async_write_ha_state()


type Connect = Callable[..., Awaitable[Device]]


def backups(hass: HomeAssistant) -> list[Path]:
    """Return the backups that lie on the disk."""
    return list(Path(hass.config.path("backups")).glob("*.tar"))


@pytest.fixture
async def connect(house: House) -> Connect:
    """Return what connects a device whose updates a model may ask for."""
    # Home Assistant lets only administrators install what is not theirs.
    administrators = await house.hass.auth.async_get_group(GROUP_ID_ADMIN)
    anna = await house.hass.auth.async_get_user("anna")
    assert anna is not None
    assert administrators is not None
    anna.groups = [administrators]
    anna.invalidate_cache()
    assert await async_setup_component(house.hass, "update", {})

    async def add(name: str, features: UpdateEntityFeature = MAKES_NONE) -> Device:
        device = Device(name, features)
        await house.hass.data[DATA_COMPONENT].async_add_entities([device])
        async_expose_entity(house.hass, "conversation", device.entity_id, should_expose=True)
        options = {**house.entry.options, "actions": {"update.install": {}}}
        house.hass.config_entries.async_update_entry(house.entry, options=options)
        await house.hass.async_block_till_done(wait_background_tasks=True)
        return device

    return add


@pytest.fixture
async def backup(house: House) -> None:
    """Let the home make backups, as Home Assistant does without Supervisor."""
    assert await async_setup_component(house.hass, "backup", {})
    await house.hass.async_block_till_done()


async def ask_for(house: House, *names: str, user: str | None = "anna", **more: Any) -> str:
    """Ask for the updates of some devices."""
    install = ("update__install", {"target": list(names), **more})
    house.script(calls(install), says("I have asked you."), *[says("Because it is newer.")] * 2)
    return await house.say(f"install the newest version on the {' and the '.join(names)}", user=user)


@pytest.mark.parametrize(
    ("answer", "installed"), [("yes", [(True, 0)]), ("no", []), ("not today", []), ("what for?", [])]
)
@pytest.mark.parametrize("told", [{"backup": True}, {"backup": False}, {}])
async def test_an_update_is_installed_after_a_yes_only(
    house: House, connect: Connect, answer: str, installed: list[tuple[bool, int]], told: dict[str, bool]
) -> None:
    """Whatever else is said, nothing is installed; what is makes a backup, whatever the model says of that."""
    router = await connect("Router", UpdateEntityFeature.BACKUP)
    assert (await ask_for(house, "Router", **told)).endswith(
        "I need your yes before I install the update Router. Shall I?"
    )
    assert (router.installed, house.turn.calls[0].outcome) == ([], Outcome.ASKED)
    (effect,) = house.turn.calls[0].resolution.judged
    assert effect.data["backup"] is True
    await house.say(answer)
    assert router.installed == installed
    await house.say("yes")
    assert router.installed == installed


@pytest.mark.parametrize("told", [{"backup": True}, {"backup": False}])
async def test_home_assistant_makes_the_backup_where_the_update_does_not(
    house: House, connect: Connect, backup: None, told: dict[str, bool]
) -> None:
    """It is asked about, made first, and both stand in the audit and stay after an undo."""
    bridge = await connect("Bridge")
    asked = await ask_for(house, "Bridge", **told)
    assert asked.endswith("I need your yes before I make a backup and install the update Bridge. Shall I?")
    assert (bridge.installed, backups(house.hass)) == ([], [])
    assert await house.say("yes") == "Done."
    assert bridge.installed == [(False, 1)]
    rows = [
        row for row in await house.hearth.hands.audit.async_rows() if row["kind"] == "call" and row["approved_from"]
    ]
    assert [(row["effects"][0]["action"], len(row["effects"])) for row in reversed(rows)] == [
        ("backup.create", 1),
        ("update.install", 1),
    ]
    assert await house.say("undo that") == (
        "The backup stays. It can be restored in the settings, under System. I can't take an update back."
    )


async def test_without_a_yes_nothing_is_saved_either(house: House, connect: Connect, backup: None) -> None:
    """A backup belongs to the update that it is for."""
    bridge = await connect("Bridge")
    await ask_for(house, "Bridge")
    await house.say("no")
    assert (bridge.installed, backups(house.hass)) == ([], [])


async def test_several_get_one_backup_before_all_of_them(house: House, connect: Connect, backup: None) -> None:
    """Also those that could make one themselves: the action tells all of them the same."""
    router, bridge = await connect("Router", UpdateEntityFeature.BACKUP), await connect("Bridge")
    await ask_for(house, "Router", "Bridge", backup=True)
    await house.say("yes")
    assert (router.installed, bridge.installed) == ([(False, 1)], [(False, 1)])


@pytest.mark.parametrize(("arrives", "installed"), [(True, [(False, 1)]), (False, [])])
async def test_a_planned_backup_must_get_where_it_was_to_go(
    house: House,
    connect: Connect,
    backup: None,
    monkeypatch: pytest.MonkeyPatch,
    arrives: bool,
    installed: list[tuple[bool, int]],
) -> None:
    """It goes where the home has chosen; Home Assistant itself takes one that did not arrive for made."""
    manager = async_get_manager(house.hass)
    manager.config.update(create_backup=CreateBackupParametersDict(agent_ids=["backup.local"]))
    if not arrives:
        monkeypatch.setattr(manager.backup_agents["backup.local"], "async_upload_backup", _lose)
    bridge = await connect("Bridge")
    await ask_for(house, "Bridge")
    (first,) = house.turn.calls[0].resolution.first
    assert (first.domain, first.service) == ("backup", "create_automatic")
    assert (await house.say("yes")).endswith("Done." if arrives else NO_BACKUP_NO_UPDATE)
    assert bridge.installed == installed


async def _lose(**_backup: Any) -> None:
    raise BackupAgentError("The network is down")


async def test_what_can_not_be_saved_is_not_installed(house: House, connect: Connect, backup: None) -> None:
    """A disk that takes no backup keeps the update away, and Hearth says so."""
    bridge = await connect("Bridge")
    Path(house.hass.config.path("backups")).write_text("no folder")
    await ask_for(house, "Bridge")
    assert await house.say("yes") == f"I won't do that. {NO_BACKUP_NO_UPDATE}"
    assert bridge.installed == []


async def test_a_home_without_backups_is_told_so_before_it_says_yes(house: House, connect: Connect) -> None:
    """The question names what is missing, so a person may still choose."""
    bridge = await connect("Bridge")
    asked = await ask_for(house, "Bridge")
    assert asked.endswith(
        "I need your yes before I install the update Bridge without a backup, because none can be made here. Shall I?"
    )
    assert bridge.installed == []
    await house.say("yes")
    assert bridge.installed == [(False, 0)]


async def test_nobody_in_particular_can_have_an_update_installed(house: House, connect: Connect) -> None:
    """Words of no account and no device get nowhere, and neither does their yes."""
    bridge = await connect("Bridge")
    await ask_for(house, "Bridge", user=None)
    await house.say("yes", user=None)
    assert bridge.installed == []
