"""Declare tools to a model in few words: those parts of each that mean something in this home."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
import re
from typing import Any, Final, Self

from homeassistant.components.homeassistant import async_should_expose
from homeassistant.const import ATTR_DEVICE_CLASS
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import area_registry as ar, entity_registry as er, llm
import probatio

from ...const import DOMAIN
from ...context import clean
from ..strangers import innermost

type Declaration = dict[str, Any]
type Serializer = Callable[[Any], Any]

_MOST_DESCRIPTION: Final = 240
_MOST_PARAMETER: Final = 100
_MOST_NAMELESS: Final = 2_000
_SENTENCE_END: Final = re.compile(r"(?<=[^\d\s][.!?])\s+")


@dataclass(frozen=True, slots=True)
class Furnishing:
    """What an assistant sees of a home that decides which tools, and which of their parameters, mean something in it.

    `domains` are those of anything that exists and is not Hearth's own, `device_classes` those of what is exposed; a
    floor tells something apart only where an area is on it.
    """

    domains: frozenset[str]
    device_classes: frozenset[str]
    has_areas: bool
    has_floors: bool

    @classmethod
    @callback
    def of(cls, hass: HomeAssistant, assistant: str) -> Self:
        """Look around in a home."""
        states = hass.states.async_all()
        # What Hearth itself brings, such as the list of its approvals, is nobody's to-do list.
        own = {entry.entity_id for entry in er.async_get(hass).entities.values() if entry.platform == DOMAIN}
        areas = ar.async_get(hass).async_list_areas()
        shown = [state for state in states if async_should_expose(hass, assistant, state.entity_id)]
        return cls(
            domains=frozenset(state.domain for state in states if state.entity_id not in own),
            device_classes=frozenset(str(state.attributes.get(ATTR_DEVICE_CLASS)) for state in shown),
            has_areas=bool(areas),
            has_floors=any(area.floor_id for area in areas),
        )


def declare(tool: llm.Tool, home: Furnishing, serializer: Serializer | None) -> Declaration:
    """Return a tool as an OpenAI function; raises whatever the conversion of a schema does that can't be converted."""
    schema = probatio.to_openapi(tool.parameters, openapi_version="3.1.0", custom_serializer=serializer)
    if schema.get("additionalProperties") is False and "properties" in schema:
        # Nothing else is in a grammar that is made of properties, and the tool checks its arguments itself.
        del schema["additionalProperties"]
    parameters = _shortened(schema)
    if isinstance(innermost(tool), llm.IntentTool):
        parameters["properties"] = dict(_meaningful(parameters, home))
    description = sentences(tool.description or "")
    return {"type": "function", "function": {"name": tool.name, "description": description, "parameters": parameters}}


def sentences(text: str, limit: int = _MOST_DESCRIPTION) -> str:
    """Return the first sentences of a text that are no longer than `limit`, of the first one at least its beginning."""
    first, *others = _SENTENCE_END.split(clean(text, _MOST_NAMELESS))
    told = clean(first, limit)
    for sentence in others:
        if len(told) + 1 + len(sentence) > limit:
            break
        told = f"{told} {sentence}"
    return told


def _shortened(schema: Any) -> Any:
    """Return a schema with short descriptions, however deep they stand."""
    match schema:
        case dict():
            return {
                key: clean(part, _MOST_PARAMETER)
                if key == "description" and isinstance(part, str)
                else _shortened(part)
                for key, part in schema.items()
            }
        case list():
            return [_shortened(part) for part in schema]
        case _:
            return schema


def _meaningful(schema: Mapping[str, Any], home: Furnishing) -> Iterable[tuple[str, Any]]:
    """Yield the parameters of an intent that can tell one thing of this home from another."""
    required = schema.get("required", ())
    for name, part in schema["properties"].items():
        if name in required:
            yield name, part
        elif name == "device_class":
            if classes := [known for known in _choices(part) if known in home.device_classes]:
                yield name, {"type": "array", "items": {"type": "string", "enum": classes}}
        elif name == "domain":
            # Where there is but one, it goes without saying.
            if len(_choices(part)) != 1:
                yield name, part
        elif (name != "area" or home.has_areas) and (name != "floor" or home.has_floors):
            yield name, part


def _choices(schema: Mapping[str, Any]) -> list[str]:
    choices: list[str] = schema.get("items", {}).get("enum", [])
    return choices
