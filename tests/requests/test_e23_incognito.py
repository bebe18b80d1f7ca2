"""E23: an incognito conversation is kept nowhere."""

from pathlib import Path

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.access import CONF_INCOGNITO
from tests.conftest import AGENT_ID

from .conftest import House, calls, says

SECRET = "xylophonic"


def _kept(*folders: Path) -> list[Path]:
    """Return the files in which the secret stands."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path for path in files if SECRET.encode() in path.read_bytes() and path.name != "script.json"]


@pytest.mark.parametrize("by_option", [True, False])
async def test_nothing_of_it_is_left_behind(house: House, by_option: bool) -> None:
    """No file of Home Assistant or of the engine, no trace and no audit row has a word of it."""
    if by_option:
        subentry: ConfigSubentry = house.entry.subentries[AGENT_ID]
        data = {**subentry.data, CONF_INCOGNITO: True}
        house.hass.config_entries.async_update_subentry(house.entry, subentry, data=data)
        await house.hass.async_block_till_done(wait_background_tasks=True)
    else:
        await house.say("this is off the record")
    turns = len(house.hearth.turns.recent())
    house.script(
        calls(("hearth__search", {"query": f"{SECRET} illness"})),
        calls(("hearth__remember", {"text": f"The {SECRET} illness."})),
        says(f"I am sorry about the {SECRET} illness."),
        says("Goodbye."),
    )
    await house.say(f"I have a {SECRET} illness, what should I do?")
    await house.say("yes")
    await house.hass.async_block_till_done(wait_background_tasks=True)
    rows = await house.hearth.hands.audit.async_rows()
    assert rows
    assert SECRET not in str(rows)
    assert len(house.hearth.turns.recent()) == turns
    page = await house.hearth.memory.recall.async_search(("household", "person:anna"), SECRET)
    assert page.turns == ()
    await house.hass.config_entries.async_unload(house.entry.entry_id)
    engine = house.engine.script_file.parent
    assert _kept(Path(house.hass.config.config_dir), engine) == []
    await house.hass.config_entries.async_setup(house.entry.entry_id)


async def test_what_is_not_incognito_is_kept(house: House, hass: HomeAssistant) -> None:
    """The search above would find what there is to find."""
    house.script(says("All right."))
    await house.say(f"I play {SECRET} music")
    await house.hass.async_block_till_done(wait_background_tasks=True)
    assert _kept(Path(house.hass.config.config_dir))
