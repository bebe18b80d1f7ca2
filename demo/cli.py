"""The command line of script/demo."""

import argparse
import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
import signal
import sys
from tempfile import TemporaryDirectory
from typing import Any

from .api import HomeAssistantError
from .check import Turn, check, judge
from .home import PASSWORD, USERNAME
from .processes import ProgramFailedError, free_port
from .progress import Progress
from .report import as_json, as_text
from .running import Engine, RunningHome, Wishes, running_home
from .tiny_model import SETTINGS as TINY_SETTINGS, WORDS as TINY_WORDS, tiny_model

_PORT = 8123
_SENTENCES = (
    "Turn on the kitchen lights",
    "Unlock the front door (then: yes)",
    "What's on my calendar tomorrow?",
    "When was the back door last opened?",
    "What do my notes say about the boiler?",
    "Remember that the plumber is called Rosa",
)
_INTERRUPTED = 130
_TINY = "tiny"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the demo and return the exit code: 0 when everything asked happened."""
    options = _parser().parse_args(arguments)
    try:
        return asyncio.run(_until_signalled(_run(options)))
    except asyncio.CancelledError, KeyboardInterrupt:
        return 0 if options.check is None else _INTERRUPTED
    except TimeoutError:
        print("script/demo: Home Assistant did not answer in time", file=sys.stderr)
    except (ProgramFailedError, HomeAssistantError) as err:
        print(f"script/demo: {err}", file=sys.stderr)
    return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="script/demo", description="A furnished home with Home Assistant, hearthd engine and Hearth between them."
    )
    brain = parser.add_mutually_exclusive_group()
    brain.add_argument(
        "--model",
        metavar="PATH.gguf",
        help="a language model for everything conversational; 'tiny' makes one that talks nonsense, without a download",
    )
    brain.add_argument("--script", metavar="FILE.json", type=Path, help="a scripted model: the same replies every time")
    brain.add_argument("--engine", metavar="URL", help="an engine that runs already; needs --token")
    parser.add_argument("--token", help="the token of --engine")
    parser.add_argument("--keep", metavar="DIR", type=Path, help="keep the demo's data in DIR between calls")
    parser.add_argument("--port", type=int, help=f"Home Assistant's port (default: {_PORT}, or a free one)")
    parser.add_argument("--check", metavar="SENTENCE", nargs="+", help="say these in one conversation, report and end")
    parser.add_argument(
        "--after-restart",
        metavar="SENTENCE",
        nargs="+",
        action="append",
        default=[],
        help="with --check: end everything, start it again and say these in another conversation",
    )
    parser.add_argument("--json", action="store_true", help="with --check: print one JSON object")
    return parser


def _wishes(options: argparse.Namespace) -> Wishes:
    if (options.engine is None) != (options.token is None):
        raise ProgramFailedError("--engine and --token go together")
    model = options.model
    if model == _TINY:
        model = str(tiny_model())
    elif model is not None and "://" not in model:
        if not Path(model).is_file():
            raise ProgramFailedError(f"there is no model at {model}")
        model = str(Path(model).resolve())
    if options.script is not None:
        model = f"scripted:{options.script.resolve()}"
    return Wishes(
        model=model,
        settings=TINY_SETTINGS if options.model == _TINY else {},
        engine=Engine(options.engine, options.token) if options.engine else None,
        keep=options.keep.resolve() if options.keep else None,
        port=options.port or (None if options.check or options.keep else free_port(_PORT)),
    )


async def _run(options: argparse.Namespace) -> int:
    progress, wishes = Progress(), _wishes(options)
    if options.check is not None:
        with ExitStack() as stack:
            # What is to be there after a restart must lie somewhere.
            folder = wishes.keep or Path(stack.enter_context(TemporaryDirectory(prefix="hearth-demo-")))
            code = await _check(replace(wishes, keep=folder), progress, options)
        if options.model == _TINY and not options.json:
            print(f"\n{TINY_WORDS}")
        return code
    async with running_home(wishes, progress) as home:
        _welcome(home)
        return await home.home_assistant.ended()


async def _check(wishes: Wishes, progress: Progress, options: argparse.Namespace) -> int:
    """Say every sentence, with a restart of everything before each further conversation."""
    turns: list[Turn] = []
    rows: list[Mapping[str, Any]] = []
    for sentences in (options.check, *options.after_restart):
        async with running_home(wishes, progress) as home:
            turns += await check(home, sentences)
            rows = (await home.websocket.command("hearth/audit/list", limit=1000))["rows"]
    faults = judge(turns)
    print(as_json(turns, faults) if options.json else as_text(turns, faults, rows))
    return 1 if any(faults) else 0


def _welcome(home: RunningHome) -> None:
    sentences = "\n".join(f"    {sentence}" for sentence in _SENTENCES)
    print(
        f"\n  The demo home is at {home.api.address}\n"
        f"  Log in as {USERNAME} with the password {PASSWORD}\n\n"
        f"  Open Assist (the speech bubble, top right) and try:\n{sentences}\n\n"
        "  Ctrl-C ends everything.",
        flush=True,
    )


async def _until_signalled(work: Coroutine[Any, Any, int]) -> int:
    """Run `work` until a signal asks us to end; a second signal does not disturb the tidying up."""
    task = asyncio.ensure_future(work)

    def end() -> None:
        if not task.cancelling():
            print("\nEnding Home Assistant and hearthd ...", file=sys.stderr, flush=True)
            task.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, end)
    return await task
