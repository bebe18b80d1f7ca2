"""Read the command line and run one of hearthd's commands."""

import argparse
from collections.abc import Callable, Sequence
from functools import partial
import os
from pathlib import Path

from hearthd import VERSION
from hearthd.cli.doctor import add_doctor_command
from hearthd.cli.engine import check, print_token, run_engine
from hearthd.cli.library import add_library_command
from hearthd.cli.models_command import add_models_command
from hearthd.cli.output import refuse
from hearthd.settings import Settings, SettingsError, read_settings

_FLAGS = {
    "data": ("DIR", "folder for the token and the engine's own files"),
    "host": ("ADDRESS", "address to listen on (127.0.0.1)"),
    "port": ("PORT", "port to listen on (8765); 0 takes a free one and prints it"),
    "token": ("TOKEN", "bearer token that clients must show, instead of the one kept in the data folder"),
    "hub_url": ("URL", "hub that models are fetched from (https://huggingface.co)"),
    "offline": ("YES|NO", "never ask the hub (no)"),
    "context_length": ("TOKENS", "tokens that a request to a local model may hold (what it is made for, 8192 at most)"),
    "cache_tokens": ("TOKENS", "tokens that a local model holds for all requests together (4096 more)"),
    "parallel": ("N", "requests that a local model answers at once (4)"),
    "threads": ("N", "processor threads for local models (one for each core)"),
    "batch": ("TOKENS", "tokens that a local model reads in one step (128, or 512 on a GPU)"),
    "flash_attention": ("auto|on|off", "how attention is computed (auto: on a GPU only)"),
    "kv_type": ("TYPE", "how a local model's memory of a text is stored: auto, f16, q8_0 or q4_0 (auto)"),
    "gpu_layers": ("N", "layers of a local model that the GPU computes (as many as fit)"),
    "prefix_disk_mb": ("MB", "disk space for what local models have read, so that a restart is warm (1024); 0 is none"),
    "max_queue": ("N", "requests that may wait for a model (8)"),
    "max_body": ("BYTES", "largest request body (4194304)"),
    "chroma_url": ("URL", "Chroma server for the library's vectors (none: they are kept in the data folder)"),
    "max_document_mb": ("MB", "largest document that the library takes (20)"),
    "idle_unload_minutes": ("N", "minutes without a request after which a local model frees its memory (0, never)"),
    "log_level": ("LEVEL", "debug, info, warning or error"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run hearthd with the given arguments, or the process's own, and return its exit status."""
    given = _parser().parse_args(arguments)
    try:
        settings = read_settings(vars(given), given.model, os.environ, given.options, given.fallback)
        return int(given.run(given, settings))
    except SettingsError as err:
        return refuse(str(err))
    except BrokenPipeError:
        # Whoever read our output has had enough of it.
        return 1


def _parser() -> argparse.ArgumentParser:
    """Describe the command line; values are checked with the other sources of settings."""
    parser = argparse.ArgumentParser(prog="hearthd", description="Hearth's engine: language models for one home.")
    parser.add_argument("--version", action="version", version=VERSION)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name, run, words in (
        ("engine", run_engine, "serve the models"),
        ("token", print_token, "print the token that clients need"),
        ("check", check, "ask whether an engine runs at the host and port; exit 0 if so"),
    ):
        command = commands.add_parser(name, parents=[_shared()], help=words, description=words)
        command.set_defaults(run=partial(_run_with_settings, run))
    add_models_command(commands, _shared)
    add_library_command(commands, _shared)
    add_doctor_command(commands, _shared())
    return parser


def _run_with_settings(run: Callable[[Settings], int], _given: argparse.Namespace, settings: Settings) -> int:
    """Run a command that has no arguments of its own."""
    return run(settings)


def _shared(*, is_repeated: bool = False) -> argparse.ArgumentParser:
    """Describe what all commands take; where a command's own actions repeat it, what was said before them stays."""
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS if is_repeated else None)
    for name, (value, words) in _FLAGS.items():
        shared.add_argument(f"--{name.replace('_', '-')}", metavar=value, help=words)
    shared.add_argument(
        "--model",
        action="append",
        default=argparse.SUPPRESS if is_repeated else [],
        metavar="[ROLE=]REF",
        help="model for a role (router, fast, reasoning, embedding; fast if none is named): path.gguf, the id of an "
        "installed one, http(s)://host[:port]/v1#model or scripted:path.json; may be repeated",
    )
    shared.add_argument(
        "--fallback",
        action="append",
        default=argparse.SUPPRESS if is_repeated else [],
        metavar="[ROLE=]REF",
        help="model that stands in while a role's own does not answer; may be repeated, and is tried in that order",
    )
    shared.add_argument("--options", type=Path, metavar="FILE", help="options file (/data/options.json if it is there)")
    return shared
