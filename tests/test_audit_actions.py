"""Test the actions on the record of what was done, and what watches it."""

from datetime import timedelta
from http import HTTPStatus
import json
from pathlib import Path
import sqlite3
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import ServiceValidationError, Unauthorized
from homeassistant.helpers import entity_registry as er, issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry, MockUser, async_fire_time_changed
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator

from custom_components.hearth.const import DOMAIN
from custom_components.hearth.engine import Sent
from custom_components.hearth.hands import Hands
from custom_components.hearth.memory import Fact
from tests.conftest import SetUp, hearth_entry
from tests.stub_engine import INSTANCE_ID, StubEngine


async def _call(hass: HomeAssistant, name: str, context: Context | None = None, **data: Any) -> Any:
    return await hass.services.async_call(DOMAIN, name, data, blocking=True, return_response=True, context=context)


def _tamper(hass: HomeAssistant) -> None:
    with sqlite3.connect(hass.config.path("hearth", "audit.db")) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET body = '{}' WHERE id = 1")
    connection.close()


@pytest.fixture
def hands(entry: MockConfigEntry) -> Hands:
    """Return the hands of a home that is set up."""
    found: Hands = entry.runtime_data.hands
    return found


async def test_the_audit_is_verified_on_demand(
    hass: HomeAssistant, hands: Hands, issue_registry: ir.IssueRegistry
) -> None:
    """Answer whether the chain holds, and from which row on it does not."""
    await hands.audit.async_append("call", {"words": "the words"})
    assert await _call(hass, "verify_audit") == {"ok": True, "rows": 1, "first_bad": None, "problem": None}
    assert issue_registry.async_get_issue(DOMAIN, "audit") is None
    await hass.async_add_executor_job(_tamper, hass)
    assert await _call(hass, "verify_audit") == {"ok": False, "rows": 0, "first_bad": 1, "problem": "chain"}
    issue = issue_registry.async_get_issue(DOMAIN, "audit")
    assert issue is not None
    assert (issue.translation_key, issue.severity) == ("audit_chain", ir.IssueSeverity.ERROR)


async def test_a_broken_chain_is_found_at_the_start_and_mended(
    hass: HomeAssistant,
    set_up: SetUp,
    stub: StubEngine,
    issue_registry: ir.IssueRegistry,
    hass_client: ClientSessionGenerator,
) -> None:
    """Raise an issue without keeping anybody waiting; its repair begins anew and keeps the old file."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    await entry.runtime_data.hands.audit.async_append("call", {"words": "the words"})
    await hass.config_entries.async_unload(entry.entry_id)
    await hass.async_add_executor_job(_tamper, hass)
    await hass.config_entries.async_setup(entry.entry_id)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issue_registry.async_get_issue(DOMAIN, "audit") is not None
    client = await hass_client()
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": "audit"})
    form = await response.json()
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert (await response.json())["type"] == "create_entry"
    await hass.async_block_till_done(wait_background_tasks=True)
    assert issue_registry.async_get_issue(DOMAIN, "audit") is None
    assert (await _call(hass, "verify_audit"))["ok"]
    copies = [issue for _domain, issue in issue_registry.issues if issue.startswith("audit_copy")]
    assert len(copies) == 1


async def test_a_repair_needs_hearth(
    hass: HomeAssistant, set_up: SetUp, stub: StubEngine, hass_client: ClientSessionGenerator
) -> None:
    """Say so where nothing is loaded that could be mended."""
    assert await async_setup_component(hass, "repairs", {})
    entry = await set_up(hearth_entry(stub.url, stub.token, INSTANCE_ID))
    await entry.runtime_data.hands.audit.async_append("call", {"words": "the words"})
    await hass.async_add_executor_job(_tamper, hass)
    await _call(hass, "verify_audit")
    client = await hass_client()
    response = await client.post("/api/repairs/issues/fix", json={"handler": DOMAIN, "issue_id": "audit"})
    form = await response.json()
    await hass.config_entries.async_unload(entry.entry_id)
    response = await client.post(f"/api/repairs/issues/fix/{form['flow_id']}", json={})
    assert (await response.json())["reason"] == "not_loaded"


async def test_rows_are_answered(hass: HomeAssistant, hands: Hands) -> None:
    """Answer with some rows at a time, without words unless they are asked for."""
    for number in range(3):
        await hands.audit.async_append("call", {"number": number, "words": "the words"})
    answer = await _call(hass, "export_audit", limit=2)
    assert ([row["number"] for row in answer["rows"]], answer["next"]) == ([2, 1], 2)
    assert "the words" not in json.dumps(answer)
    answer = await _call(hass, "export_audit", limit=2, before=2, with_words=True)
    assert ([row["words"] for row in answer["rows"]], answer["next"]) == (["the words"], None)


async def test_the_audit_is_written_where_home_assistant_may(hass: HomeAssistant, hands: Hands, tmp_path: Path) -> None:
    """Write a file in a folder that is allowed, and in no other."""
    await hands.audit.async_append("call", {"words": "the words"})
    path = tmp_path / "record.jsonl"
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, "export_audit", path=str(path))
    assert caught.value.translation_key == "path_not_allowed"
    hass.config.allowlist_external_dirs = {str(tmp_path)}
    assert await _call(hass, "export_audit", path=str(path)) == {"path": str(path), "rows": 1}
    assert len(path.read_text().splitlines()) == 1
    path.unlink()
    path.mkdir()
    with pytest.raises(ServiceValidationError) as caught:
        await _call(hass, "export_audit", path=str(path))
    assert caught.value.translation_key == "file_unwritable"


@pytest.mark.parametrize("name", ["verify_audit", "export_audit"])
async def test_the_record_is_for_administrators(
    hass: HomeAssistant, hands: Hands, hass_read_only_user: MockUser, name: str
) -> None:
    """Tell nobody else what others have asked for."""
    with pytest.raises(Unauthorized):
        await _call(hass, name, Context(user_id=hass_read_only_user.id))


async def test_it_is_looked_at_and_pruned_every_day(
    freezer: FrozenDateTimeFactory, hass: HomeAssistant, hands: Hands, entry: MockConfigEntry
) -> None:
    """Delete what is older than the options say."""
    hass.config_entries.async_update_entry(entry, options={"audit_days": 2})
    await hands.audit.async_append("call", {})
    await hass.async_block_till_done(wait_background_tasks=True)
    freezer.tick(timedelta(days=3))
    async_fire_time_changed(hass)
    await hass.async_block_till_done(wait_background_tasks=True)
    assert [row["kind"] for row in await hands.audit.async_rows()] == ["pruned"]


async def test_options_that_change_are_written_down(hass: HomeAssistant, hands: Hands, entry: MockConfigEntry) -> None:
    """Tell of what concerns safety how it changed, of everything else only that it did."""
    hass.config_entries.async_update_entry(
        entry, options={"audit_days": 30, "owners": {"folder:/media/x": "household"}}
    )
    await hass.async_block_till_done(wait_background_tasks=True)
    rows = [row for row in await hands.audit.async_rows() if row["kind"] == "setting"]
    assert {row["option"]: (row["before"], row["after"]) for row in rows} == {
        "audit_days": (None, 30),
        "owners": (None, None),
    }


async def test_who_changed_an_option_is_written_down(
    hass: HomeAssistant,
    hands: Hands,
    entry: MockConfigEntry,
    hass_client: ClientSessionGenerator,
    hass_admin_user: MockUser,
) -> None:
    """Whoever is signed in where the pages of the options are, or uses a switch that changes them, is named."""
    assert await async_setup_component(hass, "config", {})
    client = await hass_client()
    flows = "/api/config/config_entries/options/flow"
    flow = await (await client.post(flows, json={"handler": entry.entry_id})).json()
    for step in ({"next_step_id": "rules"}, {"preset": "cautious"}):
        response = await client.post(f"{flows}/{flow['flow_id']}", json=step)
        assert response.status == HTTPStatus.OK
    await hass.async_block_till_done(wait_background_tasks=True)
    target = {"entity_id": er.async_get(hass).async_get_entity_id("switch", DOMAIN, f"{entry.entry_id}_knows_weather")}
    context = Context(user_id=hass_admin_user.id)
    await hass.services.async_call("switch", "turn_off", target, blocking=True, context=context)
    await hass.services.async_call("switch", "turn_on", target, blocking=True)
    await hass.async_block_till_done(wait_background_tasks=True)
    rows = [row for row in await hands.audit.async_rows() if row["kind"] == "setting"]
    assert [(row["option"], row["user_id"]) for row in reversed(rows)] == [
        ("preset", hass_admin_user.id),
        ("sources", hass_admin_user.id),
        ("sources", None),
    ]


async def test_changes_of_the_memory_are_written_down(
    hass: HomeAssistant, hands: Hands, entry: MockConfigEntry
) -> None:
    """Tell that something was remembered and forgotten, by whom, and not a word of it."""
    vault = entry.runtime_data.memory.vault
    change = await vault.async_remember("household", Fact("", "The plumber is called Rosa"), by="household")
    await vault.async_forget("household", change.after[0], by="household")
    await hass.async_block_till_done(wait_background_tasks=True)
    rows = [row for row in await hands.audit.async_rows() if row["kind"] == "memory_edit"]
    assert [(row["action"], row["owner"], row["by"]) for row in rows] == [
        ("forgotten", "household", "household"),
        ("remembered", "household", "household"),
    ]
    assert "Rosa" not in str(rows)


async def test_a_disk_that_fails_is_told_in_the_log(
    hass: HomeAssistant, hands: Hands, entry: MockConfigEntry, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing else fails because the record can't be written or read."""
    await hands.audit.async_close()
    hass.config_entries.async_update_entry(entry, options={"audit_days": 30})
    await entry.runtime_data.memory.vault.async_remember("household", Fact("", "It is so"), by="household")
    entry.runtime_data.client._tell(Sent("fast", model="http://10.0.0.2/v1"))  # noqa: SLF001 - as the client does
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(days=1, minutes=1))
    await hass.async_block_till_done(wait_background_tasks=True)
    for told in (
        "The audit could not be looked at",
        "A change of the options could not be written",
        "A change of the memory could not be written",
        "A request to a remote model could not be written",
    ):
        assert told in caplog.text
