"""Run a benchmark: python -m bench NAME [--json]."""

import argparse
import asyncio
from collections.abc import Awaitable, Callable, Sequence
import sys

from demo.progress import Progress

from . import turn
from .figures import Figure, as_json, as_text

_BENCHES: dict[str, Callable[[Progress], Awaitable[list[Figure]]]] = {"turn": turn.measure}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmark and return the exit code: 0 when every target is met."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("name", choices=sorted(_BENCHES))
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    options = parser.parse_args(arguments)
    figures = asyncio.run(_run(_BENCHES[options.name]))
    print(as_json(options.name, figures) if options.json else as_text(options.name, figures))
    return 1 if any(figure.met is False for figure in figures) else 0


async def _run(measure: Callable[[Progress], Awaitable[list[Figure]]]) -> list[Figure]:
    return await measure(Progress())


if __name__ == "__main__":
    sys.exit(main())
