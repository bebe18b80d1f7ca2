"""Run a benchmark: python -m bench NAME [--json]."""

import argparse
import asyncio
from collections.abc import Sequence
import sys

from demo.progress import Progress

from . import kernel, turn

_BENCHES = {"kernel": kernel, "turn": turn}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the named benchmark and return the exit code: 0 when every target is met."""
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    names = parser.add_subparsers(dest="name", required=True)
    for name, bench in _BENCHES.items():
        options = names.add_parser(name, description=bench.__doc__)
        options.add_argument("--json", action="store_true", help="print one JSON object")
        bench.add_arguments(options)
    chosen = parser.parse_args(arguments)
    told, met = asyncio.run(_BENCHES[chosen.name].run(chosen, Progress()))
    print(told)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
