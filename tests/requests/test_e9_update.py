"""E9: "install the latest version of Photoshop": an update of the home, never without a yes, with a backup first."""

from typing import Any, override

from homeassistant.auth.const import GROUP_ID_ADMIN
from homeassistant.components.homeassistant.exposed_entities import async_expose_entity
from homeassistant.components.update import UpdateEntity, UpdateEntityFeature
from homeassistant.components.update.const import DATA_COMPONENT
from homeassistant.setup import async_setup_component
import pytest

from custom_components.hearth.hands import Outcome

from .conftest import House, calls, says


class Router(UpdateEntity):
    """A router with a newer firmware."""

    _attr_name = "Router"
    _attr_installed_version = "1.0"
    _attr_latest_version = "2.0"
    _attr_supported_features = UpdateEntityFeature.INSTALL | UpdateEntityFeature.BACKUP

    def __init__(self) -> None:
        """Begin with the old one."""
        self.backups: list[bool] = []

    @override
    async def async_install(self, version: str | None, backup: bool, **kwargs: Any) -> None:
        self.backups.append(backup)
        self._attr_installed_version = "2.0"
        self.async_write_ha_state()


@pytest.fixture
async def router(house: House) -> Router:
    """Return a router whose updates a model may ask for."""
    # Home Assistant lets only administrators install what is not theirs.
    administrators = await house.hass.auth.async_get_group(GROUP_ID_ADMIN)
    anna = await house.hass.auth.async_get_user("anna")
    assert anna is not None
    assert administrators is not None
    anna.groups = [administrators]
    anna.invalidate_cache()
    assert await async_setup_component(house.hass, "update", {})
    router = Router()
    await house.hass.data[DATA_COMPONENT].async_add_entities([router])
    async_expose_entity(house.hass, "conversation", router.entity_id, should_expose=True)
    options = {**house.entry.options, "actions": {"update.install": {}}}
    house.hass.config_entries.async_update_entry(house.entry, options=options)
    await house.hass.async_block_till_done(wait_background_tasks=True)
    return router


@pytest.mark.parametrize(("answer", "backups"), [("yes", [True]), ("no", []), ("not today", []), ("what for?", [])])
async def test_an_update_is_installed_after_a_yes_only(
    house: House, router: Router, answer: str, backups: list[bool]
) -> None:
    """Whatever else is said, nothing is installed; what is, is what was asked about: after a backup."""
    install = ("update__install", {"target": ["Router"], "backup": True})
    house.script(calls(install), says("I have asked you."), says("Because it is newer."))
    asked = await house.say("install the newest version on the router")
    assert asked.endswith("I need your yes before I install the update Router. Shall I?")
    assert (router.backups, house.turn.calls[0].outcome) == ([], Outcome.ASKED)
    await house.say(answer)
    assert router.backups == backups
    await house.say("yes")
    assert router.backups == backups
