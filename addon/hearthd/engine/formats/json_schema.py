"""Look into JSON schemas: follow references, join parts, and tell which types a schema admits."""

from dataclasses import dataclass
from typing import Any

type Schema = dict[str, Any] | bool

_TYPES = frozenset({"string", "integer", "number", "boolean", "null", "object", "array"})
_MAX_DEPTH = 24


class UnsupportedSchemaError(Exception):
    """The schema is too large or too odd to be followed."""


# A schema comes from outside: whatever is malformed in it shows as one of these.
ODD_SCHEMA = (UnsupportedSchemaError, TypeError, ValueError, LookupError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Member:
    """One declared member of an object."""

    name: str
    schema: Schema
    is_required: bool


def resolve(root: Schema, reference: str) -> Schema:
    """Follow a JSON pointer from the document's root.

    Raises:
        UnsupportedSchemaError: the reference leads out of the document, or to nothing.
    """
    if not reference.startswith("#"):
        raise UnsupportedSchemaError
    found: Any = root
    for part in reference.removeprefix("#").split("/")[1:]:
        found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
    if not isinstance(found, dict | bool):
        raise UnsupportedSchemaError
    return found


def join(one: dict[str, Any], other: Schema) -> dict[str, Any]:
    """Return a schema that asks for both."""
    if isinstance(other, bool):
        return one
    joined = one | other
    if "properties" in one and "properties" in other:
        joined["properties"] = one["properties"] | other["properties"]
    if "required" in one and "required" in other:
        joined["required"] = [*one["required"], *other["required"]]
    return joined


def join_all_of(root: Schema, schema: dict[str, Any]) -> dict[str, Any]:
    """Join the parts of an `allOf` into one schema."""
    joined = {key: value for key, value in schema.items() if key != "allOf"}
    for part in schema["allOf"]:
        joined = join(joined, resolve(root, part["$ref"]) if "$ref" in part else part)
    return joined


def declared_members(schema: dict[str, Any]) -> list[Member]:
    """Return the members that an object declares or requires, in order."""
    required = schema.get("required") or []
    properties: dict[str, Schema] = schema.get("properties", {})
    properties = properties | {name: {} for name in required if name not in properties}
    return [Member(name, part, name in required) for name, part in properties.items()]


def argument_members(schema: Schema) -> list[Member] | None:
    """Return the members of a tool's arguments, or None where any may be given."""
    try:
        found = schema
        for _ in range(_MAX_DEPTH):
            if isinstance(found, bool):
                return None
            if "$ref" in found:
                found = resolve(schema, found["$ref"])
            elif "allOf" in found:
                found = join_all_of(schema, found)
            else:
                break
        if isinstance(found, bool) or not found:
            return None
        members = declared_members(found)
        return members if members or "properties" in found or found.get("additionalProperties") is False else None
    except ODD_SCHEMA:
        return None


def admitted_types(root: Schema, schema: Schema) -> frozenset[str]:
    """Return the JSON types that a schema admits; all of them where it cannot be told."""
    try:
        return frozenset(_types(root, schema, 0)) & _TYPES or _TYPES
    except ODD_SCHEMA:
        return _TYPES


def _types(root: Schema, schema: Schema, depth: int) -> set[str]:
    """Collect the types that a schema admits."""
    if depth > _MAX_DEPTH:
        raise UnsupportedSchemaError
    if isinstance(schema, bool):
        return set(_TYPES)
    if "$ref" in schema:
        return _types(root, resolve(root, schema["$ref"]), depth + 1)
    if "allOf" in schema:
        return _types(root, join_all_of(root, schema), depth + 1)
    if "const" in schema:
        return {type_of(schema["const"])}
    if "enum" in schema:
        return {type_of(value) for value in schema["enum"]}
    for word in ("anyOf", "oneOf"):
        if word in schema:
            return set().union(*(_types(root, part, depth + 1) for part in schema[word]))
    kind = schema.get("type", implied_type(schema))
    kinds = set(_TYPES) if kind is None else {kind} if isinstance(kind, str) else set(kind)
    return kinds | ({"null"} if schema.get("nullable") else set())


def implied_type(schema: dict[str, Any]) -> str | None:
    """Guess the type of a schema that states none."""
    if schema.keys() & {"properties", "additionalProperties", "required"}:
        return "object"
    return "array" if schema.keys() & {"items", "prefixItems"} else None


def type_of(value: Any) -> str:
    """Return the most exact JSON type of a value."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
