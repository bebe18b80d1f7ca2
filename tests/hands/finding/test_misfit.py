"""Test that arguments are held against what a tool declares."""

from typing import Any

import pytest

from custom_components.hearth.hands.finding import misfit

BOTH = {"type": "object", "properties": {"name": {}, "brightness": {}}, "required": ["name"]}


@pytest.mark.parametrize(
    ("parameters", "args", "wrong"),
    [
        (BOTH, {"name": "Lamp"}, None),
        (BOTH, {"name": "Lamp", "brightness": "half"}, None),
        (BOTH, {}, '"name" is missing'),
        (BOTH, {"name": "Lamp", "colour": "red"}, 'it has no "colour"'),
        (BOTH, {"Name": "Lamp"}, 'it has no "Name", perhaps "name" is meant; "name" is missing'),
        ({"type": "object", "properties": {}}, {"name": "Lamp"}, 'it has no "name"'),
        ({"type": "object", "properties": {}}, {}, None),
        ({**BOTH, "additionalProperties": True}, {"name": "Lamp", "colour": "red"}, None),
        ({**BOTH, "additionalProperties": {"type": "string"}}, {"name": "Lamp", "colour": "red"}, None),
        ({"type": "object"}, {"anything": 1}, None),
    ],
)
def test_what_is_wrong(parameters: dict[str, Any], args: dict[str, Any], wrong: str | None) -> None:
    """Everything that a tool has no use for, or lacks, is named; what it says nothing of is not."""
    declaration = {"type": "function", "function": {"name": "lamp", "parameters": parameters}}
    assert misfit(declaration, args) == (f"The arguments do not fit lamp: {wrong}" if wrong else None)
