"""Turn JSON schemas into GBNF, the grammar notation of llama.cpp.

The converter that llama-cpp-python carries breaks on quotes and backslashes in names and enums (a device's name could
leave its literal), reads `{}` as "any object" and ignores bounds; the schemas of a home's tools have all of these.
What a grammar cannot say (patterns, uniqueness, most formats) is left open. Members come in the schema's order.

Notation: https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
import json
from math import ceil, floor
from typing import Any

from hearthd.engine.number_grammar import decimal_range, integer_range

type Schema = dict[str, Any] | bool

# Beyond these a schema is not worth the time that llama.cpp would need for its grammar at every token.
_MAX_DEPTH = 24
_MAX_SIZE = 200_000
_MAX_REPEATS = 512

_HEX = "[0-9a-fA-F]"
_PRIMITIVES = {
    "space": '| " " | "\\n" [ \\t]{0,20}',
    # A lone surrogate would be legal JSON but no legal text.
    "char": (
        r'[^"\\\x00-\x1F\x7F] | "\\" (["\\/bfnrt] | "u" ([0-9a-ce-fA-CE-F] HEX{3} | [dD] [0-7] HEX{2}'
        r' | [dD] [89abAB] HEX{2} "\\u" [dD] [c-fC-F] HEX{2}))'
    ).replace("HEX", _HEX),
    "string": r'"\"" char* "\""',
    "integer": '"-"? ("0" | [1-9] [0-9]{0,14})',
    "number": 'integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?',
    "boolean": '"true" | "false"',
    "null": '"null"',
    "value": "object | array | string | number | boolean | null",
    "object": '"{" space (string space ":" space value (space "," space string space ":" space value)* space)? "}"',
    "array": '"[" space (value (space "," space value)* space)? "]"',
}
_DATE = '[0-9]{4} "-" ("0" [1-9] | "1" [0-2]) "-" ("0" [1-9] | [12] [0-9] | "3" [01])'
_TIME = '([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9] ":" [0-5] [0-9]'
_FORMATS = {
    "date": _DATE,
    "time": _TIME,
    "date-time": f'{_DATE} "T" {_TIME} ("Z" | [+-] ([01] [0-9] | "2" [0-3]) ":" [0-5] [0-9])?',
    "uuid": f'{_HEX}{{8}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{4}} "-" {_HEX}{{12}}',
}
# Members that decide what a schema admits; the others only describe.
_DECISIVE = {"type", "properties", "required", "additionalProperties", "items", "enum", "const", "$ref", "allOf"}


class _UnsupportedSchemaError(Exception):
    """The schema is too large or too odd for a grammar."""


@dataclass(frozen=True, slots=True)
class Calls:
    """What a grammar needs to know to derive tool calls.

    `tools` are (name, schema of the arguments). A call is `{"name": NAME, ARGUMENTS_KEY: ARGUMENTS}` and `closing`;
    with `repeat`, more calls may follow, each opened by it.
    """

    tools: tuple[tuple[str, Schema], ...]
    arguments_key: str = "arguments"
    closing: str = ""
    repeat: str = ""


def call_grammar(calls: Calls) -> str:
    """Return a grammar for what comes behind the mark that opens a call."""
    rules: dict[str, str] = {}
    return _grammar(rules, _add_calls(rules, calls))


def reply_grammar(
    schema: Schema | None = None, calls: Calls | None = None, opening: str = "", instead: Sequence[str] = ()
) -> str:
    """Return a grammar for a whole reply: a JSON value, tool calls behind `opening`, or one of the texts `instead`.

    The empty schema admits any object, and so does one that a grammar cannot follow.
    """
    rules: dict[str, str] = {}
    choices = [literal(text) for text in instead]
    if schema is not None:
        choices.append(_object_if_odd(rules, schema))
    if calls is not None:
        choices.append(f"{literal(opening)} {_add_calls(rules, calls)}")
    return _grammar(rules, " | ".join(choices))


def _add_calls(rules: dict[str, str], calls: Calls) -> str:
    """Add the rules of tool calls and return their expression."""
    key = _json_literal(calls.arguments_key)
    choices = [
        f'{_json_literal(name)} space "," space {key} space ":" space {_object_if_odd(rules, schema)}'
        for name, schema in calls.tools
    ]
    closing = f"space {literal(calls.closing)}" if calls.closing else ""
    rules["call"] = f'space "{{" space "\\"name\\"" space ":" space ({" | ".join(choices)}) space "}}" {closing}'
    return f"call (space {literal(calls.repeat)} call)*" if calls.repeat else "call"


def literal(text: str) -> str:
    """Return a quoted GBNF literal that derives exactly this text."""
    escaped = (
        f"\\{character}" if character in '"\\' else f"\\x{ord(character):02X}" if character < " " else character
        for character in text
    )
    return f'"{"".join(escaped)}"'


def _json_literal(value: Any) -> str:
    """Return a literal that derives a JSON value."""
    return literal(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace").decode())


def _grammar(rules: dict[str, str], root: str) -> str:
    """Write the rules, with the primitives, below `root`."""
    lines = {"root": root} | rules | _PRIMITIVES
    return "\n".join(f"{name} ::= {body}" for name, body in lines.items()) + "\n"


def _object_if_odd(rules: dict[str, str], schema: Schema) -> str:
    """Add a schema's rules and return its expression, or that of any object where a grammar cannot follow it."""
    before = len(rules)
    try:
        return _Converter(schema, rules).convert(schema) if schema else "object"
    except _UnsupportedSchemaError, TypeError, ValueError, LookupError, AttributeError, OverflowError:
        # A schema comes from outside: whatever is malformed in it shows as one of these.
        for name in list(rules)[before:]:
            del rules[name]
        return "object"


class _Converter:
    """Convert one schema, adding its rules to those of the whole grammar."""

    def __init__(self, root: Schema, rules: dict[str, str]) -> None:
        """Resolve references within `root`."""
        self._root = root
        self._rules = rules
        self._size = sum(map(len, rules.values()))
        self._references: dict[str, str] = {}
        self._depth = 0

    def convert(self, schema: Schema) -> str:
        """Return an expression that derives what the schema admits; it never needs parentheses."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise _UnsupportedSchemaError
        try:
            return self._convert(schema)
        finally:
            self._depth -= 1

    def _convert(self, schema: Schema) -> str:
        """Choose the conversion by the schema's most decisive member."""
        if isinstance(schema, bool):
            return "value"
        keywords: dict[str, Callable[[dict[str, Any]], str]] = {
            "$ref": lambda one: self._reference(one["$ref"]),
            "allOf": lambda one: self.convert(self._all_of(one)),
            "const": lambda one: _json_literal(one["const"]),
            "enum": lambda one: self._rule(" | ".join(_json_literal(value) for value in one["enum"])),
            "anyOf": lambda one: self._any_of(one, "anyOf"),
            "oneOf": lambda one: self._any_of(one, "oneOf"),
        }
        for word, convert in keywords.items():
            if word in schema:
                return convert(schema)
        if schema.get("nullable"):
            return self._rule(f"null | {self.convert({**schema, 'nullable': False})}")
        return self._typed(schema, schema.get("type", _implied_type(schema)))

    def _typed(self, schema: dict[str, Any], kind: str | list[str] | None) -> str:
        """Convert by type."""
        if isinstance(kind, list):
            return self._rule(" | ".join(self.convert({**schema, "type": one}) for one in kind))
        types: dict[str | None, Callable[[], str]] = {
            "object": lambda: self._object(schema),
            "array": lambda: self._array(schema),
            "string": lambda: self._string(schema),
            "integer": lambda: self._rule(integer_range(*_integer_bounds(schema)) or "integer"),
            "number": lambda: self._rule(decimal_range(schema.get("minimum"), schema.get("maximum")) or "number"),
            "boolean": lambda: "boolean",
            "null": lambda: "null",
            None: lambda: "value",
        }
        return types[kind]()

    def _rule(self, body: str) -> str:
        """Name an expression."""
        name = f"r{len(self._rules)}"
        self._define(name, body)
        return name

    def _define(self, name: str, body: str) -> None:
        """Add a rule, within the limit."""
        self._size += len(body)
        if self._size > _MAX_SIZE:
            raise _UnsupportedSchemaError
        self._rules[name] = body

    def _reference(self, reference: str) -> str:
        """Return the rule of a schema inside the same document; it may refer to itself."""
        if reference not in self._references:
            name = f"ref{len(self._rules)}"
            self._references[reference] = name
            self._define(name, "value")
            self._define(name, self.convert(self._resolve(reference)))
        return self._references[reference]

    def _resolve(self, reference: str) -> Schema:
        """Follow a JSON pointer from the document's root."""
        if not reference.startswith("#"):
            raise _UnsupportedSchemaError
        found: Any = self._root
        for part in reference.removeprefix("#").split("/")[1:]:
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        if not isinstance(found, dict | bool):
            raise _UnsupportedSchemaError
        return found

    def _all_of(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Join the parts of an `allOf` into one schema."""
        joined = {key: value for key, value in schema.items() if key != "allOf"}
        for part in schema["allOf"]:
            joined = _join(joined, self._resolve(part["$ref"]) if "$ref" in part else part)
        return joined

    def _any_of(self, schema: dict[str, Any], word: str) -> str:
        """Return a choice; what stands beside it holds for every alternative."""
        beside = {key: value for key, value in schema.items() if key in _DECISIVE}
        return self._rule(" | ".join(self.convert(_join(beside, part) if beside else part) for part in schema[word]))

    def _object(self, schema: dict[str, Any]) -> str:
        """Return an object: the declared members in order, or any where none is declared."""
        required = schema.get("required") or []
        properties: dict[str, Schema] = {name: {} for name in required} if "properties" not in schema else {}
        properties |= schema.get("properties", {})
        properties |= {name: {} for name in required if name not in properties}
        if properties:
            members = [
                (self._rule(f'{_json_literal(name)} space ":" space {self.convert(part)}'), name in required)
                for name, part in properties.items()
            ]
            return self._rule(f'"{{" space {self._members(members)} "}}"')
        extra = schema.get("additionalProperties", "properties" not in schema)
        if extra is False:
            return '"{" space "}"'
        if extra is True or extra == {}:
            return "object"
        member = self._rule(f'string space ":" space {self.convert(extra)}')
        return self._rule(f'"{{" space ({member} (space "," space {member})* space)? "}}"')

    def _members(self, members: list[tuple[str, bool]]) -> str:
        """Return members in order, where those that are not required may be left out."""
        # From the last to the first: `after` is what may follow once a member has been written.
        after = "space"
        starts: list[str] = []
        for member, is_required in reversed(members):
            starts = [f"{member} {after}", *([] if is_required else starts)]
            more = f'space "," space {member}'
            after = self._rule(f"{more} {after}" if is_required else f"({more})? {after}")
        optional = not any(is_required for _member, is_required in members)
        return f"({' | '.join(starts)}){'?' if optional else ''}"

    def _array(self, schema: dict[str, Any]) -> str:
        """Return an array: a tuple of fixed items, or a list of like ones."""
        if "prefixItems" in schema:
            items = [self.convert(part) for part in schema["prefixItems"]]
            return self._rule(f'"[" space {' space "," space '.join(items)} space "]"')
        least = min(int(schema.get("minItems", 0)), _MAX_REPEATS)
        most = schema.get("maxItems")
        if most == 0:
            return '"[" space "]"'
        item = self.convert(schema.get("items", True))
        repeats = _repeats(max(least - 1, 0), None if most is None else int(most) - 1)
        body = f'{item} (space "," space {item}){repeats} space'
        return self._rule(f'"[" space {body if least else f"({body})?"} "]"')

    def _string(self, schema: dict[str, Any]) -> str:
        """Return a string of a known format, or of a bounded length."""
        if (known := _FORMATS.get(schema.get("format", ""))) is not None:
            return self._rule(rf'"\"" {known} "\""')
        least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
        if not least and most is None:
            return "string"
        repeats = _repeats(min(least, _MAX_REPEATS), None if most is None else int(most))
        return self._rule(rf'"\"" char{repeats} "\""')


def _repeats(least: int, most: int | None) -> str:
    """Return a repetition; a bound that would blow the grammar up is left open."""
    return f"{{{least},}}" if most is None or most > _MAX_REPEATS else f"{{{least},{most}}}"


def _implied_type(schema: dict[str, Any]) -> str | None:
    """Guess the type of a schema that states none."""
    if schema.keys() & {"properties", "additionalProperties", "required"}:
        return "object"
    return "array" if schema.keys() & {"items", "prefixItems"} else None


def _join(one: dict[str, Any], other: Schema) -> dict[str, Any]:
    """Return a schema that asks for both."""
    if isinstance(other, bool):
        return one
    joined = one | other
    if "properties" in one and "properties" in other:
        joined["properties"] = one["properties"] | other["properties"]
    if "required" in one and "required" in other:
        joined["required"] = [*one["required"], *other["required"]]
    return joined


def _integer_bounds(schema: dict[str, Any]) -> tuple[int | None, int | None]:
    """Return the inclusive bounds of an integer."""
    low = [ceil(schema["minimum"])] if "minimum" in schema else []
    high = [floor(schema["maximum"])] if "maximum" in schema else []
    if not isinstance(above := schema.get("exclusiveMinimum", False), bool):
        low.append(floor(above) + 1)
    if not isinstance(below := schema.get("exclusiveMaximum", False), bool):
        high.append(ceil(below) - 1)
    return max(low, default=None), min(high, default=None)
