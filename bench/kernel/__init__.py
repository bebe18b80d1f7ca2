"""Hearth's engine beside llama-server and llama-cpp-python's server, on one machine, with one model and one day."""

from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
import json
import os
from pathlib import Path
import tempfile
from typing import Any

from aiohttp import ClientSession, TCPConnector

from bench.hearthd import version_of
from bench.report import Row, add_report_arguments, as_line, report
from demo.progress import Progress

from .day import record
from .model_files import generated_model
from .rows import ROWS
from .servers import PEERS_PYTHON, Launcher, LlamaServerChoices, Setup
from .stage import Stage, chatter, setup

_NAME = "kernel"
_LEAST_ROUNDS = 5
_READ_TOKENS = 1000


def add_arguments(parser: ArgumentParser) -> None:
    """Add what this benchmark can be told."""
    add_report_arguments(parser)
    parser.add_argument("--only", action="append", choices=list(ROWS), metavar="ROW", help=f"one of {', '.join(ROWS)}")
    parser.add_argument("--rounds", type=int, default=_LEAST_ROUNDS, help=f"{_LEAST_ROUNDS} for figures that count")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--weights", choices=["q8_0", "q4_0"], default="q8_0")
    parser.add_argument("--small", action="store_true", help="time the small model too: to try the benchmark out")
    parser.add_argument("--llama-server", type=Path, metavar="PROGRAM", help="measure this llama-server instead")
    parser.add_argument("--flash-attention", choices=["off", "auto", "on"], default="off")
    parser.add_argument("--split-kv", action="store_true", help="give llama-server's slots a cache each")


async def run(options: Namespace, progress: Progress) -> tuple[str, bool]:
    """Measure, and return what to print and whether every target was met."""
    choices = LlamaServerChoices(not options.split_kv, options.flash_attention, options.llama_server)
    rows: list[Row] = []
    async with _stage(options, choices, progress) as stage:
        for name in options.only or ROWS:
            with progress.step(name):
                measured = await ROWS[name](stage)
            for row in measured:
                progress.say(as_line(row))
            rows += measured
        conditions = _conditions(options, choices, stage)
    return report(_NAME, rows, conditions, options)


@asynccontextmanager
async def _stage(options: Namespace, choices: LlamaServerChoices, progress: Progress) -> AsyncIterator[Stage]:
    """Make the models, record the day and offer both."""
    with progress.step("Making the models"):
        small = await generated_model("small", options.weights)
        large = small if options.small else await generated_model("0.5b", options.weights)
    # llama-server hangs up after each reply; so do all, lest a request meets a connection that is being closed.
    async with ClientSession(connector=TCPConnector(force_close=True)) as session:
        with tempfile.TemporaryDirectory(prefix="hearth-bench-") as name:
            folder = Path(name)
            launcher = Launcher(folder, session, choices)
            threads = options.threads
            large_setup, small_setup = setup(large, threads), setup(small, threads)
            with progress.step("Finding out how fast the model reads"):
                tokens_per_second = await _reading_speed(launcher, large_setup)
            with progress.step("Recording a morning in a home"):
                script = folder / "script.json"
                script.write_text(json.dumps({"exchanges": []}))
                async with launcher.scripted_hearthd(script) as engine:
                    day = await record(engine, script, session, tokens_per_second)
            yield Stage(launcher, large_setup, small_setup, day, options.rounds, progress)


async def _reading_speed(launcher: Launcher, model: Setup) -> float:
    """Return how many prompt tokens a second our engine reads with a model on this machine."""
    async with launcher.hearthd(model, "reading") as client:
        timings = (await client.chat(chatter(_READ_TOKENS, seed=1, max_tokens=1))).timings
    return float(timings["prompt_n"] * 1000 / timings["prompt_ms"])


def _conditions(options: Namespace, choices: LlamaServerChoices, stage: Stage) -> dict[str, Any]:
    """Return what a reader must know to judge or to repeat the figures."""
    model = f"qwen2 of 0.5 billion random weights, {options.weights}" if not options.small else "the small model"
    return {
        "summary": f"{model}; {options.rounds} rounds",
        "rounds": options.rounds,
        "model": model,
        "threads": stage.large.threads,
        "parallel": stage.large.parallel,
        "context_length": stage.large.context_length,
        "cells": stage.large.cells,
        "llama_server": {
            "program": str(choices.binary or "xllamacpp's"),
            "kv_unified": choices.kv_unified,
            "flash_attention": choices.flash_attention,
        },
        "day": {
            "entities": stage.day.entities,
            "commands": len(stage.day.commands),
            "requests": sum(len(command.hearth) for command in stage.day.commands),
            "state_changes": stage.day.changes,
        },
        "versions": _versions(choices),
    }


def _versions(choices: LlamaServerChoices) -> dict[str, str]:
    """Return the versions of what was measured, from the environments that it ran in."""
    server = {"xllamacpp": version_of("xllamacpp", PEERS_PYTHON)} if choices.binary is None else {}
    own = {} if choices.binary is None else {"llama-server": "built by hand"}
    return own | {
        "hearthd": version_of("hearthd"),
        "llama-cpp-python": version_of("llama-cpp-python", PEERS_PYTHON),
        **server,
    }
