"""Run a benchmark: python -m bench NAME [--json]."""

import argparse
import asyncio
from collections.abc import Coroutine, Sequence
import signal
import sys
from typing import Any

from demo.progress import Progress

from . import context, kernel, library, memory, safety, turn

_BENCHES = {"context": context, "kernel": kernel, "library": library, "memory": memory, "safety": safety, "turn": turn}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmark and return the exit code: 0 when every target is met."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    for name, bench in _BENCHES.items():
        options = names.add_parser(name, description=bench.__doc__)
        options.add_argument("--json", action="store_true", help="print one JSON object")
        bench.add_arguments(options)
    chosen = parser.parse_args(arguments)
    try:
        told, met = asyncio.run(_until_ended(_BENCHES[chosen.name].run(chosen, Progress())))
    except asyncio.CancelledError:
        return 128 + signal.SIGTERM
    print(told)
    return 0 if met else 1


async def _until_ended[Result](work: Coroutine[Any, Any, Result]) -> Result:
    """Do the work; a SIGTERM cancels it, so that what it started ends before it does."""
    task = asyncio.ensure_future(work)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    return await task


if __name__ == "__main__":
    sys.exit(main())
