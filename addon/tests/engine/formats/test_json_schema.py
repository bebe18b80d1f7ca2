"""Test what is found out about schemas, however they are put."""

from typing import Any

import pytest

from hearthd.engine.formats.json_schema import Member, Schema, admitted_types, argument_members

EVERY = {"string", "integer", "number", "boolean", "null", "object", "array"}
TYPES: dict[str, tuple[Schema, set[str]]] = {
    "plain": ({"type": "string"}, {"string"}),
    "list": ({"type": ["string", "null"]}, {"string", "null"}),
    "nullable": ({"type": "integer", "nullable": True}, {"integer", "null"}),
    "enum": ({"enum": ["a", 1, None]}, {"string", "integer", "null"}),
    "const": ({"const": 1.5}, {"number"}),
    "any of": ({"anyOf": [{"type": "boolean"}, {"type": "array"}]}, {"boolean", "array"}),
    "one of": ({"oneOf": [{"const": True}, {"const": {}}]}, {"boolean", "object"}),
    "all of": ({"allOf": [{"description": "x"}, {"type": "string"}]}, {"string"}),
    "reference": ({"$ref": "#/$defs/a", "$defs": {"a": {"type": "number"}}}, {"number"}),
    "implied object": ({"properties": {}}, {"object"}),
    "implied array": ({"items": {}}, {"array"}),
    "empty": ({}, EVERY),
    "true": (True, EVERY),
    "unknown type": ({"type": "entity"}, EVERY),
    "reference to nothing": ({"$ref": "#/none"}, EVERY),
    "reference elsewhere": ({"$ref": "https://example.com"}, EVERY),
    "endless": ({"$ref": "#"}, EVERY),
    "malformed": ({"anyOf": 5}, EVERY),
}


@pytest.mark.parametrize(("schema", "types"), TYPES.values(), ids=TYPES.keys())
def test_types_are_told(schema: Schema, types: set[str]) -> None:
    """Every type that a value may have, or all where it cannot be told."""
    assert admitted_types(schema, schema) == types


INTEGER = {"type": "integer"}
MEMBERS: dict[str, tuple[Any, list[Member] | None]] = {
    "declared": (
        {"properties": {"a": INTEGER, "b": {}}, "required": ["b"]},
        [Member("a", INTEGER, is_required=False), Member("b", {}, is_required=True)],
    ),
    "required only": ({"type": "object", "required": ["a"]}, [Member("a", {}, is_required=True)]),
    "none": ({"type": "object", "properties": {}}, []),
    "closed": ({"type": "object", "additionalProperties": False}, []),
    "open": ({"type": "object"}, None),
    "empty": ({}, None),
    "true": (True, None),
    "reference": (
        {"$ref": "#/$defs/a", "$defs": {"a": {"properties": {"x": INTEGER}}}},
        [Member("x", INTEGER, is_required=False)],
    ),
    "all of": (
        {"allOf": [{"properties": {"a": INTEGER}}, {"required": ["a"]}]},
        [Member("a", INTEGER, is_required=True)],
    ),
    "malformed": ({"properties": ["a"]}, None),
    "endless": ({"$ref": "#"}, None),
}


@pytest.mark.parametrize(("schema", "members"), MEMBERS.values(), ids=MEMBERS.keys())
def test_arguments_are_told(schema: Schema, members: list[Member] | None) -> None:
    """The members in order, or None where any may be given."""
    assert argument_members(schema) == members
