"""Take things into a library and die in the middle: `python -m tests.library.dying_library FOLDER CLASS.METHOD N WHEN`.

The process kills itself before or after the N-th call of a method. Before it does anything, it says what it is about to
do; what was stored for certain, it says after that.
"""

import asyncio
from functools import wraps
import os
from pathlib import Path
import signal
import sys
from typing import Any

from hearthd.library.chroma import Chroma
from hearthd.library.ledger import VectorLedger
from hearthd.library.library import Library
from hearthd.library.shelf import Shelf
from hearthd.library.vector_index import VectorIndex
from tests.library.conftest import WordEmbedder, note

CLASSES = {one.__name__: one for one in (Chroma, Shelf, VectorIndex, VectorLedger, WordEmbedder)}


def die_at(place: str, count: int, when: str) -> None:
    """Have the process kill itself at a call of a method."""
    name, method = place.split(".")
    original = getattr(CLASSES[name], method)
    calls = 0

    @wraps(original)
    def dying(*args: Any, **kwargs: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == count and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = original(*args, **kwargs)
        if calls == count:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(CLASSES[name], method, dying)


async def live(folder: Path) -> None:
    """Store, change and delete, for as long as it lasts."""
    library = Library(folder, WordEmbedder(), rest_seconds=0.05)
    for part in range(4):
        items = [note(f"{part}-{number}", f"Spoon {number} lies in drawer {part}.") for number in range(20)]
        await library.store("notes", items, wait=part % 2 == 1)
        print(f"stored {part}", flush=True)  # noqa: T201 - who started us reads it
    deleted = [f"1-{number}" for number in range(20)]
    print("deleting 1", flush=True)  # noqa: T201 - the reason stands above
    await library.delete("notes", deleted)
    print("deleted 1", flush=True)  # noqa: T201 - the reason stands above
    for _ in range(60):
        await library.store("notes", [], wait=True)
        await asyncio.sleep(0.05)
    await library.close()
    print("lived", flush=True)  # noqa: T201 - the reason stands above


if __name__ == "__main__":
    die_at(sys.argv[2], int(sys.argv[3]), sys.argv[4])
    asyncio.run(live(Path(sys.argv[1])))
