"""Edit automations.yaml as text, so that comments, secrets and the order of others' entries stay as they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from homeassistant.const import CONF_ID
from homeassistant.exceptions import HomeAssistantError
from homeassistant.util.file import WriteError, write_utf8_file_atomic
from homeassistant.util.yaml import dump
import yaml  # type: ignore[import-untyped]  # Home Assistant brings it, without types

from ...const import DOMAIN

_INCLUDED: Final = ("automations.yaml", "packages")

type Config = Mapping[str, Any]


class AutomationsFile:
    """The file that Home Assistant's own editor writes; every method may block and raises HomeAssistantError."""

    def __init__(self, folder: str) -> None:
        """Name the folder of the home's configuration."""
        self._folder = Path(folder)
        self._path = self._folder / "automations.yaml"

    @property
    def is_surely_left_out(self) -> bool:
        """Tell whether the home's configuration names no place from which the file could be read."""
        try:
            text = (self._folder / "configuration.yaml").read_text(encoding="utf-8")
        except OSError, UnicodeDecodeError:
            return True
        return not any(name in text for name in _INCLUDED)

    def entries(self) -> list[dict[str, Any]]:
        """Return every automation in the file."""
        return self._parsed(self._text())

    def add(self, config: Config) -> None:
        """Append an automation, or replace the one of the same ID."""
        text = self._text()
        kept = [entry for entry in self._parsed(text) if entry.get(CONF_ID) != config[CONF_ID]]
        without = self._without(text, str(config[CONF_ID]))
        block = dump([dict(config)])
        # An empty list is written in a form to which nothing can be appended.
        added = block if not kept else f"{without.rstrip()}\n{block}"
        self._write(added if kept or not _says_nothing(without) else f"{_comments(without)}{block}", [*kept, config])

    def remove(self, automation_id: str) -> None:
        """Take an automation out."""
        text = self._text()
        kept = [entry for entry in self._parsed(text) if entry.get(CONF_ID) != automation_id]
        self._write(self._without(text, automation_id), kept)

    def _text(self) -> str:
        try:
            return self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return ""
        except (OSError, UnicodeDecodeError) as err:
            raise _unwritable() from err

    def _parsed(self, text: str) -> list[dict[str, Any]]:
        try:
            entries = yaml.load(text, Loader=_Loader) or []  # noqa: S506 - it is a SafeLoader that knows no tags
        except (yaml.YAMLError, ValueError) as err:
            raise _unwritable() from err
        if not isinstance(entries, list):
            raise _unwritable()
        return [entry for entry in entries if isinstance(entry, dict)]

    def _without(self, text: str, automation_id: str) -> str:
        """Return the text without the lines of an automation; comments behind it belong to what follows."""
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        if not isinstance(root, yaml.SequenceNode):
            return text
        ids = [_id_of(node) for node in root.value]
        if automation_id not in ids:
            return text
        if len(ids) == 1:
            return f"{_comments(text)}[]\n"
        lines = text.splitlines(keepends=True)
        node = root.value[ids.index(automation_id)]
        first, last = node.start_mark.line, _last_line(node)
        return "".join(lines[:first] + lines[last + 1 :])

    def _write(self, text: str, wanted: list[Any]) -> None:
        """Write a text if it says what is wanted, or, where its form does not allow that, all anew as core would."""
        try:
            if not _says(self._parsed, text, wanted):
                text = dump([dict(entry) for entry in wanted])
            write_utf8_file_atomic(str(self._path), text)
        except (OSError, WriteError, yaml.YAMLError) as err:
            raise _unwritable() from err


@dataclass(frozen=True, slots=True)
class _Tagged:
    """A value behind a tag of Home Assistant's, as a secret: it is not looked up, and can only stay where it is."""

    tag: str
    value: str


class _Loader(yaml.SafeLoader):  # type: ignore[misc]
    """Read YAML without its tags."""


_Loader.add_multi_constructor("!", lambda _loader, suffix, node: _Tagged(suffix, str(node.value)))


def _says(parsed: Callable[[str], list[dict[str, Any]]], text: str, wanted: list[Any]) -> bool:
    try:
        return parsed(text) == wanted
    except HomeAssistantError:
        return False


def _id_of(node: yaml.Node) -> str | None:
    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((value.value for key, value in pairs if key.value == CONF_ID), None)


def _last_line(node: yaml.Node) -> int:
    """Return the last line of what a node holds; a block ends only where the next begins."""
    match node:
        case yaml.CollectionNode(flow_style=True):
            return int(node.end_mark.line)
        case yaml.MappingNode(value=[*_, (_, value)]):
            return _last_line(value)
        case yaml.SequenceNode(value=[*_, value]):
            return _last_line(value)
        case yaml.ScalarNode(style="|" | ">"):
            return int(node.end_mark.line) - 1
        case _:
            return int(node.end_mark.line)


def _comments(text: str) -> str:
    """Return the comments that a file begins with."""
    lines = text.splitlines(keepends=True)
    count = next((index for index, line in enumerate(lines) if line.strip() and not line.startswith("#")), len(lines))
    return "".join(lines[:count])


def _says_nothing(text: str) -> bool:
    """Tell whether a file has no entry yet."""
    return yaml.compose(text, Loader=yaml.SafeLoader) is None or text[len(_comments(text)) :].strip() == "[]"


def _unwritable() -> HomeAssistantError:
    return HomeAssistantError(translation_domain=DOMAIN, translation_key="automations_unwritable")
