"""Save snapshots until something kills this process, and say which are saved.

Arguments: the folder, and how to die: "never" (be killed from outside), "bytes N" (when file N is to grow beyond N
bytes), "call NAME" (at the second call of a function of os or of Path).
"""

from collections.abc import Callable
import os
from pathlib import Path
import resource
import signal
import sys
from typing import Any

from hearthd.engine.kernel.snapshots import Origin, SnapshotStore

ORIGIN = Origin("model", {"kv": "f16"})
STATE_BYTES = 20_000


def state(number: int) -> bytes:
    """Return what is saved under a number."""
    return bytes([number % 251]) * STATE_BYTES


def _die_at_second(call: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function so that its second call is the last thing that happens."""
    calls = iter((False, True))

    def wrapped(*args: Any) -> Any:
        if next(calls):
            os.kill(os.getpid(), signal.SIGKILL)
        return call(*args)

    return wrapped


def main() -> None:
    """Prepare to die, and save."""
    store = SnapshotStore(Path(sys.argv[1]), 100 * STATE_BYTES)
    store.save(ORIGIN, [0], state(0))
    print(0, flush=True)  # noqa: T201 - the test reads it
    match sys.argv[2:]:
        case ["bytes", count]:
            # The kernel itself ends a process at the byte that exceeds the limit.
            signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
            resource.setrlimit(resource.RLIMIT_FSIZE, (int(count), int(count)))
        case ["call", "fsync"]:
            os.fsync = _die_at_second(os.fsync)
        case ["call", "replace"]:
            Path.replace = _die_at_second(Path.replace)  # type: ignore[method-assign]
        case _:
            pass
    for number in range(1, 90):
        store.save(ORIGIN, [number], state(number))
        print(number, flush=True)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
