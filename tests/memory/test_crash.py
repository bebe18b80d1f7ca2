"""Test that a memory which was killed in the middle of its work has everything that it said it had."""

import asyncio
from pathlib import Path
import sys

from homeassistant.core import HomeAssistant
import pytest

from custom_components.hearth.memory import Recall, Vault

from .conftest import OURS, texts
from .dying_memory import fact, name

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("lines", [4, 37])
async def test_killed(hass: HomeAssistant, people: None, folder: Path, copies: list[Path], lines: int) -> None:
    """What was said to be kept is found, what was said to be forgotten is on no byte of the disk."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.memory.dying_memory", folder, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert child.stdout is not None
    said = [(await child.stdout.readline()).decode().split() for _ in range(lines)]
    child.kill()
    said += [line.split() for line in (await child.stdout.read()).decode().splitlines(keepends=True) if "\n" in line]
    await child.wait()

    recall = Recall(hass, folder / "recall.db", lambda: 90, copies.append)
    vault = Vault(hass, folder / "vault", copies.append)
    await recall.async_open()
    await vault.async_open()
    known = texts((await vault.async_pages([OURS]))[OURS].facts)
    by_what = {
        what: {int(number) for verb, number in said if verb == what} for what in ("kept", "forgetting", "forgot")
    }
    for number in by_what["kept"] - by_what["forgetting"]:
        (turn,) = (await recall.async_search((OURS,), name(number))).turns
        assert turn.conversation == str(number)
        assert fact(number) in known
    await recall.async_close()
    left = (folder / "recall.db").read_bytes() + (folder / "vault" / "memory.md").read_bytes()
    assert [number for number in by_what["forgot"] if name(number).encode() in left.lower()] == []
    assert len(by_what["kept"]) >= len(said) // 3
    await hass.async_block_till_done()
    assert copies == []
    assert {path.name for path in folder.rglob("*") if path.is_file()} == {
        "recall.db",
        "recall.db-journal",
        "memory.md",
        ".undo.json",
    }
