"""Turn JSON schemas into GBNF, the grammar notation of llama.cpp.

The converter that llama-cpp-python carries breaks on quotes and backslashes in names and enums (a device's name could
leave its literal), reads `{}` as "any object" and ignores bounds; the schemas of a home's tools have all of these.
What a grammar cannot say (patterns, uniqueness, most formats) is left open. Members come in the schema's order.
"""

from collections.abc import Callable, Sequence
from math import ceil, floor
from typing import Any

from hearthd.engine.formats.json_schema import (
    ODD_SCHEMA,
    Schema,
    UnsupportedSchemaError,
    declared_members,
    implied_type,
    join,
    join_all_of,
    resolve,
)
from hearthd.engine.formats.notation import JSON, Notation
from hearthd.engine.formats.number_grammar import decimal_range, integer_range

# Beyond these a schema is not worth the time that llama.cpp would need for its grammar at every token.
_MAX_DEPTH = 24
_MAX_SIZE = 200_000
_MAX_REPEATS = 512

_HEX = "[0-9a-fA-F]"
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


class Grammar:
    """A grammar while it is being made; each notation's own rules join it when they are first needed."""

    def __init__(self) -> None:
        """Begin without any rule."""
        self.rules: dict[str, str] = {}
        self._notations: dict[str, Notation] = {}
        self._made = 0

    def rule(self, body: str) -> str:
        """Name an expression."""
        self._made += 1
        name = f"r{self._made}"
        self.rules[name] = body
        return name

    def use(self, notation: Notation) -> None:
        """Admit the names of a notation's rules."""
        self._notations[notation.prefix] = notation

    def value(self, schema: Schema, notation: Notation = JSON, root: Schema | None = None) -> str | None:
        """Return the expression of what a schema admits, None where a grammar cannot follow it.

        References are resolved within `root`, by default the schema itself.
        """
        self.use(notation)
        before = len(self.rules)
        try:
            return _Converter(schema if root is None else root, self, notation).convert(schema)
        except ODD_SCHEMA:
            for name in list(self.rules)[before:]:
                del self.rules[name]
            return None

    def object(self, schema: Schema, notation: Notation = JSON) -> str:
        """Return the expression of an object: any for the empty schema, and where a grammar cannot follow it."""
        self.use(notation)
        return (self.value(schema, notation) if schema else None) or notation.name("object")

    def in_order(self, members: Sequence[tuple[str, bool]], separator: str, end: str = "") -> str:
        """Return expressions in order, where those that are not required may be left out."""
        # From the last to the first: `after` is what may follow once a member has been written.
        after = end
        starts: list[str] = []
        for member, is_required in reversed(members):
            starts = [f"{member} {after}", *([] if is_required else starts)]
            more = f"{separator} {member}"
            after = self.rule(f"{more} {after}" if is_required else f"({more})? {after}")
        optional = not any(is_required for _member, is_required in members)
        return f"({' | '.join(starts)}){'?' if optional else ''}"

    def text(self, root: str) -> str:
        """Write the grammar below an expression."""
        self.use(JSON)
        lines = {"root": root} | self.rules
        for notation in self._notations.values():
            lines |= notation.rules
        return "\n".join(f"{name} ::= {body}" for name, body in lines.items()) + "\n"


class _Converter:
    """Convert one schema, adding its rules to those of the whole grammar."""

    def __init__(self, root: Schema, grammar: Grammar, notation: Notation) -> None:
        """Resolve references within `root`."""
        self._root = root
        self._grammar = grammar
        self._notation = notation
        self._size = sum(map(len, grammar.rules.values()))
        self._references: dict[str, str] = {}
        self._depth = 0

    def convert(self, schema: Schema) -> str:
        """Return an expression that derives what the schema admits; it never needs parentheses."""
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise UnsupportedSchemaError
        try:
            return self._convert(schema)
        finally:
            self._depth -= 1

    def _convert(self, schema: Schema) -> str:
        """Choose the conversion by the schema's most decisive member."""
        if isinstance(schema, bool):
            return self._notation.name("value")
        keywords: dict[str, Callable[[dict[str, Any]], str]] = {
            "$ref": lambda one: self._reference(one["$ref"]),
            "allOf": lambda one: self.convert(join_all_of(self._root, one)),
            "const": lambda one: self._notation.literal(one["const"]),
            "enum": lambda one: self._rule(" | ".join(self._notation.literal(value) for value in one["enum"])),
            "anyOf": lambda one: self._any_of(one, "anyOf"),
            "oneOf": lambda one: self._any_of(one, "oneOf"),
        }
        for word, convert in keywords.items():
            if word in schema:
                return convert(schema)
        if schema.get("nullable"):
            null = self._notation.name("null")
            return self._rule(f"{null} | {self.convert({**schema, 'nullable': False})}")
        return self._typed(schema, schema.get("type", implied_type(schema)))

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
            "boolean": lambda: self._notation.name("boolean"),
            "null": lambda: self._notation.name("null"),
            None: lambda: self._notation.name("value"),
        }
        return types[kind]()

    def _rule(self, body: str) -> str:
        """Name an expression, within the limit."""
        self._size += len(body)
        if self._size > _MAX_SIZE:
            raise UnsupportedSchemaError
        return self._grammar.rule(body)

    def _reference(self, reference: str) -> str:
        """Return the rule of a schema inside the same document; it may refer to itself."""
        if reference not in self._references:
            name = self._rule("")
            self._references[reference] = name
            self._grammar.rules[name] = self.convert(resolve(self._root, reference))
        return self._references[reference]

    def _any_of(self, schema: dict[str, Any], word: str) -> str:
        """Return a choice; what stands beside it holds for every alternative."""
        beside = {key: value for key, value in schema.items() if key in _DECISIVE}
        return self._rule(" | ".join(self.convert(join(beside, part) if beside else part) for part in schema[word]))

    def _object(self, schema: dict[str, Any]) -> str:
        """Return an object: the declared members in order, or any where none is declared."""
        if declared := declared_members(schema):
            if self._notation.is_sorted:
                declared.sort(key=lambda member: member.name.lower())
            members = [
                (self._rule(f"{self._notation.key(one.name)} {self.convert(one.schema)}"), one.is_required)
                for one in declared
            ]
            return self._rule(f'"{{" space {self._grammar.in_order(members, 'space "," space', "space")} "}}"')
        extra = schema.get("additionalProperties", "properties" not in schema)
        if extra is False:
            return '"{" space "}"'
        if extra is True or extra == {}:
            return self._notation.name("object")
        member = self._rule(f'{self._notation.name("string")} space ":" space {self.convert(extra)}')
        return self._rule(f'"{{" space ({member} (space "," space {member})* space)? "}}"')

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
        if (known := string_format(schema)) is not None:
            return self._rule(self._notation.quoted(known))
        least, most = int(schema.get("minLength", 0)), schema.get("maxLength")
        if not least and most is None:
            return self._notation.name("string")
        repeats = _repeats(min(least, _MAX_REPEATS), None if most is None else int(most))
        return self._rule(self._notation.quoted(f"{self._notation.name('char')}{repeats}"))


def string_format(schema: dict[str, Any]) -> str | None:
    """Return the expression of a string's format, if a grammar knows it."""
    return _FORMATS.get(schema.get("format", ""))


def _repeats(least: int, most: int | None) -> str:
    """Return a repetition; a bound that would blow the grammar up is left open."""
    return f"{{{least},}}" if most is None or most > _MAX_REPEATS else f"{{{least},{most}}}"


def _integer_bounds(schema: dict[str, Any]) -> tuple[int | None, int | None]:
    """Return the inclusive bounds of an integer."""
    low = [ceil(schema["minimum"])] if "minimum" in schema else []
    high = [floor(schema["maximum"])] if "maximum" in schema else []
    if not isinstance(above := schema.get("exclusiveMinimum", False), bool):
        low.append(floor(above) + 1)
    if not isinstance(below := schema.get("exclusiveMaximum", False), bool):
        high.append(ceil(below) - 1)
    return max(low, default=None), min(high, default=None)
