"""What Hearth's library finds of a household that never was, how honestly it finds nothing, and how fast."""

from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
import tempfile
from typing import Any

from aiohttp import ClientSession

from bench.client import Client
from bench.hearthd import running_hearthd, version_of
from bench.household import HOUSEHOLD, PEOPLE, Half, Household, generate
from bench.report import Row, add_report_arguments, report
from demo.progress import Progress

from .asking import Mode, ask, refuses_guests
from .judging import found_rows, leak_row, speed_rows
from .shelf import Shelf

_NAME = "library"
_CHUNKS = 50_000
_ITEMS = 3_000
_WARMING = 20


def add_arguments(parser: ArgumentParser) -> None:
    """Add what this benchmark can be told."""
    add_report_arguments(parser)
    parser.add_argument(
        "--chunks", type=int, default=_CHUNKS, help=f"the size at which times are taken: {_CHUNKS:,}; 0 takes none"
    )
    parser.add_argument("--half", type=Half, choices=list(Half), default=Half.TEST, help="train: to work on weights")
    parser.add_argument("--items", type=int, default=_ITEMS, help="fewer are easier: to try the benchmark out")
    parser.add_argument("--seed", type=int, default=4, help="another household")


async def run(options: Namespace, progress: Progress) -> tuple[str, bool]:
    """Measure, and return what to print and whether every target was met."""
    household = generate(options.seed, options.items)
    async with _library(progress) as client:
        shelf = Shelf(client)
        with progress.step(f"Storing {len(household.items):,} items"):
            await shelf.store(household.items)
        with progress.step(f"Asking {len(household.questions)} questions, each as everybody"):
            asked = [
                await ask(client, question, asker, mode)
                for question in household.questions
                for asker in (HOUSEHOLD, *PEOPLE)
                for mode in Mode
            ]
            guests_refused = await refuses_guests(client, household.questions)
        rows = [*found_rows(asked, options.half), leak_row(household, asked, guests_refused=guests_refused)]
        if options.chunks:
            rows += await _timed(client, shelf, household, options.chunks, progress)
        summary = f"{len(household.items):,} items, {len(household.questions)} questions, {shelf.chunks:,} chunks"
        conditions = {"summary": summary, "seed": options.seed, "half": options.half, "versions": _versions()}
    return report(_NAME, rows, conditions, options)


@asynccontextmanager
async def _library(progress: Progress) -> AsyncIterator[Client]:
    """Run a hearthd that has nothing but its built-in embedder, with an empty library."""
    async with ClientSession() as session:
        with tempfile.TemporaryDirectory(prefix="hearth-bench-") as name:
            folder = Path(name)
            progress.say("Starting hearthd")
            async with running_hearthd(session, folder / "hearthd", folder / "hearthd.log", {}) as client:
                yield client


async def _timed(client: Client, shelf: Shelf, household: Household, chunks: int, progress: Progress) -> Sequence[Row]:
    """Let the library grow, and time how it does and how it answers then."""
    with progress.step(f"Growing to {chunks:,} chunks"):
        rate = await shelf.grow(household.more, chunks, progress)
    with progress.step("Asking against the clock"):
        for question in household.questions[:_WARMING]:
            await ask(client, question, question.asker, Mode.HYBRID)
        timed = [await ask(client, question, question.asker, Mode.HYBRID) for question in household.questions]
    return speed_rows(timed, rate, shelf.chunks)


def _versions() -> dict[str, Any]:
    return {package: version_of(package) for package in ("hearthd", "chromadb", "llama-cpp-python")}
