"""Remember and forget until somebody kills the process: `python -m tests.memory.dying_memory FOLDER`.

It says what it is about to do, and once that is on the disk it says that.
"""

import asyncio
from functools import partial
from itertools import count
from pathlib import Path
import sys

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from custom_components.hearth.memory import Fact, Recall, StoredTurn, Vault

OWNER = "household"


def name(number: int) -> str:
    """Return a word that stands for a number and for nothing else."""
    return "spoon" + "".join(chr(ord("a") + int(digit)) for digit in f"{number:03}")


def fact(number: int) -> str:
    """Return a fact that contradicts no other."""
    return f"{name(number).capitalize()} matches {name(number)}."


def _speaks_of(word: str, said: str) -> bool:
    return word in said


def _say(what: str, number: int) -> None:
    print(what, number, flush=True)  # noqa: T201 - who started us reads it


async def live(folder: Path) -> None:
    """Keep turns and facts, and forget every third of them."""
    hass = HomeAssistant(str(folder))
    recall = Recall(hass, folder / "recall.db", lambda: 90, print)
    vault = Vault(hass, folder / "vault", print)
    await recall.async_open()
    await vault.async_open()
    for number in count():
        words = f"where is {name(number)}?"
        await recall.async_store(StoredTurn(OWNER, str(number), dt_util.utcnow(), "agent", words, "There. " * 500))
        change = await vault.async_remember(OWNER, Fact("", fact(number)), by=OWNER)
        _say("kept", number)
        if number % 3 == 1:
            _say("forgetting", number)
            await recall.async_forget((OWNER,), partial(_speaks_of, name(number)))
            await vault.async_forget(OWNER, change.current[0], by=OWNER)
            _say("forgot", number)


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1])))
