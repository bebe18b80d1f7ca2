"""Describe the commands about models; what they do is imported only when one of them runs."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any

from hearthd.cli.output import RESTART
from hearthd.settings import Role, Settings


def run_models(given: argparse.Namespace, settings: Settings) -> int:
    """Run one of the commands."""
    # To read models' files takes libraries that no other command needs, and a container's health is asked often.
    from hearthd.cli import models  # noqa: PLC0415 - the reason stands above

    match given.action:
        case "pull":
            return models.pull_model(given, settings)
        case "add":
            return models.add_model(given, settings)
        case "remove":
            return models.remove_model(given, settings)
        case "use":
            return models.use_model(given, settings)
        case _:
            return models.list_models(settings)


def add_models_command(commands: Any, shared: Callable[..., argparse.ArgumentParser]) -> None:
    """Describe the commands; `shared` makes the flags that all commands have."""
    words = "list the roles and the models, fetch models and choose them"
    models = commands.add_parser("models", parents=[shared()], help=words, description=words)
    models.set_defaults(run=run_models)
    actions = models.add_subparsers(dest="action", metavar="ACTION")

    def action(name: str, words: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(
            name, parents=[shared(is_repeated=True)], help=words, description=words
        )
        return parser

    action("list", "list the roles, the catalogue and what is installed")
    pull = action("pull", "fetch a model from the hub, or go on with it")
    pull.add_argument("name", metavar="ID|OWNER/REPO", help="id of the catalogue, or a repository of the hub")
    pull.add_argument("file", nargs="?", metavar="FILE.gguf", help="file of the repository")
    pull.add_argument("--revision", help="commit, tag or branch to fetch and pin anew, such as main")
    add = action("add", "make a GGUF file of this machine known; it stays where it is")
    add.add_argument("path", type=Path, metavar="FILE.gguf")
    add.add_argument("--id", help="how to call it (its name)")
    remove = action("remove", "delete a model that no role uses")
    remove.add_argument("name", metavar="ID")
    use = action("use", f"choose the model of a role for the next start. {RESTART}")
    use.add_argument("role", metavar="ROLE", help=", ".join(Role))
    use.add_argument("name", metavar="MODEL|none", help="an installed model's id, or what --model takes")
