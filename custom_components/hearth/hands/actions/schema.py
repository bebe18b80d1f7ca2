"""Turn what an action says of its fields into what a model may write, and check what it wrote."""

from collections.abc import Mapping
from typing import Any, Final

from homeassistant.helpers import config_validation as cv, selector
from homeassistant.helpers.template import is_template_string
import probatio

from .catalogue import Action, ActionField
from .permits import Permit

# The one field in which a model names what an action with a target is for.
TARGET: Final = "target"
# What a model names in words, and is looked up among what it may know.
NAMED: Final = frozenset({"area", "config_entry", "device", "entity", "floor", "label"})

_TARGET_DESCRIPTION: Final = "Names of devices or areas, as listed, or entity IDs"
_NAMED_DESCRIPTION: Final = {
    "area": "Name of an area.",
    "config_entry": "Name of the integration's entry; leave it out if there is only one.",
    "device": "Name of a device.",
    "entity": "Name of a device as listed, or an entity ID.",
    "floor": "Name of a floor.",
    "label": "Name of a label.",
}
_MOST_CHARACTERS: Final = 200
_NAMES = probatio.All(probatio.EnsureList(), [str])


def parameters(action: Action, permit: Permit) -> probatio.Schema:
    """Return what a model may give to an action, as far as it is allowed to."""
    fields: dict[probatio.Marker, Any] = {}
    if action.target is not None:
        fields[probatio.Required(TARGET, description=_TARGET_DESCRIPTION)] = probatio.All(
            _NAMES, probatio.Length(min=1)
        )
    for field in action.fields:
        if permit.ranges and field.is_number and field.key not in permit.ranges:
            continue
        # Of one entry nobody needs to know the name.
        marker = probatio.Required if field.required and field.kind != "config_entry" else probatio.Optional
        fields[marker(field.key, description=_description(field))] = _validator(field, permit)
    return probatio.Schema(fields)


def refuse_templates(args: Any) -> None:
    """Raise probatio.Invalid for a template, which some actions would fill in with whatever the home knows."""
    match args:
        case str() if is_template_string(args):
            raise probatio.Invalid("Write the value itself: templates are not allowed")
        case Mapping():
            refuse_templates(list(args))
            refuse_templates(list(args.values()))
        case list():
            for value in args:
                refuse_templates(value)
        case _:
            return


def is_several(field: ActionField) -> bool:
    """Tell whether a field takes more than one value."""
    return bool((field.config or {}).get("multiple"))


def _validator(field: ActionField, permit: Permit) -> Any:
    if field.kind in NAMED:
        return _NAMES if is_several(field) else str
    if field.kind == "boolean":
        # The selector takes "false" for true.
        return cv.boolean
    if field.is_number and field.key in permit.ranges:
        low, high = permit.ranges[field.key]
        box = selector.NumberSelectorMode.BOX
        return selector.NumberSelector(selector.NumberSelectorConfig(min=low, max=high, step="any", mode=box))
    try:
        return selector.selector({field.kind: dict(field.config or {})})
    except probatio.Invalid:
        # What an integration says in words of its own may still be text, or a structure that only it knows.
        return probatio.Any(str, dict)


def _description(field: ActionField) -> str:
    text = " ".join(filter(None, [field.description or field.title, _NAMED_DESCRIPTION.get(field.kind)]))
    unit = (field.config or {}).get("unit_of_measurement")
    text = f"{text} In {unit}." if unit else text
    return text if len(text) <= _MOST_CHARACTERS else f"{text[: _MOST_CHARACTERS - 1]}…"
