"""Test with llama.cpp itself that grammars admit what their schemas admit, and nothing else."""

from collections.abc import Iterator
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings, strategies as st
import jsonschema
import pytest

from hearthd.engine.formats.grammar import Grammar
from hearthd.engine.formats.json_schema import Schema
from hearthd.engine.formats.notation import literal, text_without
from hearthd.engine.formats.number_grammar import decimal_range, integer_range
from tests.engine.formats.gbnf_acceptor import Acceptor

ANY_OBJECT = ["{}", '{"a": [1, "b", null, {"c": true}]}']
CLIMATE: Schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "enum": ['50" TV', "back\\slash", "Küche 😀", "line\nbreak"]},
        "temperature": {"type": "number", "minimum": -5, "maximum": 35},
        "brightness": {"type": "integer", "minimum": 0, "maximum": 100},
        "modes": {"type": "array", "items": {"enum": ["heat", "cool"]}, "maxItems": 2},
        "until": {"type": "string", "format": "time"},
    },
    "required": ["name"],
    "additionalProperties": False,
}
SHAPE: Schema = {
    "anyOf": [
        {"type": "object", "properties": {"kind": {"const": "circle"}, "r": {"type": "integer"}}, "required": ["kind"]},
        {"type": "object", "properties": {"kind": {"const": "point"}}, "required": ["kind"]},
    ]
}
TREE: Schema = {
    "$defs": {"node": {"type": "object", "properties": {"next": {"$ref": "#/$defs/node"}}, "required": []}},
    "$ref": "#/$defs/node",
}

# Schema, texts that it admits, texts that it does not.
SCHEMAS: dict[str, tuple[Schema, list[str], list[str]]] = {
    "empty": ({}, ANY_OBJECT, ["[]", "1", '"a"', "{", ""]),
    "true": (True, ["1"], ["x"]),
    "no properties": ({"type": "object", "properties": {}}, ["{}", "{ }"], ['{"a": 1}']),
    "closed": ({"type": "object", "additionalProperties": False}, ["{}"], ['{"a": 1}']),
    "open": ({"type": "object"}, ANY_OBJECT, ["[]"]),
    "map": (
        {"type": "object", "additionalProperties": {"type": "integer"}},
        ["{}", '{"a": 1, "b": 2}'],
        ['{"a": "1"}'],
    ),
    "climate": (
        CLIMATE,
        [
            json.dumps({"name": '50" TV'}),
            json.dumps({"name": "back\\slash", "temperature": -4.5}),
            json.dumps({"name": "Küche 😀", "modes": ["heat", "cool"], "until": "07:30:00"}, ensure_ascii=False),
            json.dumps({"name": "line\nbreak", "temperature": 21, "brightness": 100, "modes": []}),
        ],
        [
            "{}",
            '{"name": "50" TV"}',
            '{"name": "x"}',
            '{"temperature": 20, "name": "line\\nbreak"}',
            '{"name": "line\\nbreak", "brightness": 101}',
            '{"name": "line\\nbreak", "temperature": 36}',
            '{"name": "line\\nbreak", "extra": 1}',
            '{"name": "line\\nbreak", "modes": ["heat", "cool", "heat"]}',
            '{"name": "line\\nbreak", "until": "7 o\'clock"}',
        ],
    ),
    "only optional": (
        {"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "boolean"}}},
        ["{}", '{"a": null}', '{"b": true}', '{"a":null,"b":false}'],
        ['{"b": true, "a": null}', '{"a": null,}', '{, "b": true}'],
    ),
    "optional around required": (
        {
            "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}, "c": {"type": "integer"}},
            "required": ["b"],
        },
        ['{"b": 1}', '{"a": 1, "b": 2}', '{"b": 2, "c": 3}', '{"a": 1, "b": 2, "c": 3}'],
        ["{}", '{"a": 1}', '{"a": 1, "c": 3}'],
    ),
    "required without schema": ({"type": "object", "required": ["a"]}, ['{"a": 1}', '{"a": []}'], ["{}"]),
    "any of": (SHAPE, ['{"kind": "circle", "r": 3}', '{"kind": "point"}'], ['{"kind": "point", "r": 3}', "{}"]),
    "one of types": (
        {"oneOf": [{"type": "string", "maxLength": 2}, {"type": "integer"}]},
        ['"ab"', "-12", '"\\u00e9é"'],
        ['"abc"', "1.5", "012"],
    ),
    "beside any of": (
        {"type": "object", "properties": {"a": {"type": "integer"}}, "anyOf": [{"required": ["a"]}, True]},
        ['{"a": 1}', "{}"],
        ['{"a": "1"}'],
    ),
    "all of": (
        {
            "$defs": {"a": {"properties": {"a": {"type": "integer"}}, "required": ["a"]}},
            "allOf": [{"$ref": "#/$defs/a"}, {"properties": {"b": {"type": "null"}}, "required": ["b"]}],
        },
        ['{"a": 1, "b": null}'],
        ['{"a": 1}', '{"b": null}'],
    ),
    "list of types": ({"type": ["string", "null"], "minLength": 1}, ['"a"', "null"], ['""', "1"]),
    "nullable": ({"type": "integer", "nullable": True}, ["1", "null"], ['"1"']),
    "tuple": ({"type": "array", "prefixItems": [{"type": "integer"}, {"const": "a"}]}, ['[1, "a"]'], ["[1]", '["a"]']),
    "short list": (
        {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 3},
        ["[1, 2]", "[1,2,3]"],
        ["[]", "[1]", "[1,2,3,4]"],
    ),
    "no list": ({"type": "array", "maxItems": 0}, ["[]"], ["[1]"]),
    "any list": ({"type": "array"}, ["[]", '[1, "a", {}]'], ["{}"]),
    "date": ({"type": "string", "format": "date"}, ['"2026-02-30"'], ['"2026-13-01"', '"today"']),
    "date and time": (
        {"type": "string", "format": "date-time"},
        ['"2026-02-03T04:05:06"', '"2026-02-03T04:05:06+01:00"', '"2026-02-03T04:05:06Z"'],
        ['"2026-02-03"', '"2026-02-03T24:00:00"'],
    ),
    "unknown format": ({"type": "string", "format": "email"}, ['"anything"'], ["1"]),
    "pattern is left open": ({"type": "string", "pattern": "^a+$"}, ['"aaa"', '"b"'], ["1"]),
    "long length is left open": ({"type": "string", "maxLength": 100_000}, ['"a"'], ["1"]),
    "numbers": ({"type": "number"}, ["0", "-1.5", "2e10", "1.25E-3"], ["01", ".5", "1.", "+1", "NaN"]),
    "text": ({"type": "string"}, ['""', '"\\ud83d\\ude00"', '"\\n\\""'], ['"\\ud83d"', '"\n"', '"a', '"\\x"']),
    "recursive": (TREE, ["{}", '{"next": {"next": {}}}'], ['{"next": 1}']),
    "exclusive bounds": (
        {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 3},
        ["1", "2"],
        ["0", "3"],
    ),
    "mixed enum": ({"enum": ["a", 1, None, True, {"b": [1]}]}, ['"a"', "1", "null", "true", '{"b": [1]}'], ['"b"']),
}


def json_grammar(schema: Schema) -> str:
    """Return the grammar of JSON that a schema admits."""
    grammar = Grammar()
    return grammar.text(grammar.object(schema))


@pytest.fixture(scope="module")
def acceptor(tiny_model: Path) -> Iterator[Acceptor]:
    """Return llama.cpp's own judgement."""
    judge = Acceptor(tiny_model)
    yield judge
    judge.close()


@pytest.mark.parametrize(("schema", "good", "bad"), SCHEMAS.values(), ids=SCHEMAS.keys())
def test_grammar_admits_what_the_schema_admits(
    acceptor: Acceptor, schema: Schema, good: list[str], bad: list[str]
) -> None:
    """Every good text is derived, no bad one is."""
    grammar = json_grammar(schema)
    assert [text for text in good if not acceptor.accepts(grammar, text)] == []
    assert [text for text in bad if acceptor.accepts(grammar, text)] == []


def nested(depth: int) -> Schema:
    """Return an object inside an object and so on."""
    return {"type": "object", "properties": {"a": nested(depth - 1)}} if depth else {"type": "integer"}


ODD: dict[str, Any] = {
    "too deep": nested(200),
    "too large": {"enum": [f"name {number}" for number in range(50_000)]},
    "unknown type": {"type": "entity"},
    "reference elsewhere": {"$ref": "https://example.com/schema.json"},
    "reference to nothing": {"$ref": "#/$defs/none"},
    "enum of nothing to list": {"enum": 7},
    "items of words": {"type": "array", "items": "string"},
    "properties as list": {"type": "object", "properties": ["a"]},
    "bound of words": {"type": "integer", "minimum": "low"},
    "bound that is no number": {"type": "integer", "minimum": float("nan")},
    "any of nothing readable": {"anyOf": [{"type": "string"}, "x"]},
    "length of words": {"type": "string", "maxLength": "short"},
    "unhashable type": {"type": {"a": 1}},
    "lone surrogate": {"$ref": 5},
}


@pytest.mark.parametrize("schema", ODD.values(), ids=ODD.keys())
def test_odd_schema_admits_any_object(acceptor: Acceptor, schema: Schema) -> None:
    """A schema beyond a grammar still gives a grammar that llama.cpp reads."""
    assert acceptor.accepts(json_grammar(schema), '{"a": 1}')
    assert not acceptor.accepts(json_grammar(schema), "words")


def test_odd_schema_spares_the_others(acceptor: Acceptor) -> None:
    """One bad schema loosens itself alone."""
    grammar = Grammar()
    odd, good = grammar.object(ODD["too large"]), grammar.object({"properties": {"a": {"type": "integer"}}})
    text = grammar.text(f'"odd" {odd} | "good" {good}')
    assert acceptor.accepts(text, 'odd{"any": "thing"}')
    assert acceptor.accepts(text, 'good{"a": 1}')
    assert not acceptor.accepts(text, 'good{"a": "x"}')


@given(
    mark=st.sampled_from(["</parameter>", "<<a", "aab", '<|"|>', "abab", "x"]),
    pieces=st.lists(
        st.sampled_from(["<", "</", "</param", "a", "b", "aa", "|", '"', ">", "ü", "\n", "x"]), max_size=12
    ),
)
@settings(deadline=None)
def test_text_without_a_mark_is_any_other_text(acceptor: Acceptor, mark: str, pieces: list[str]) -> None:
    """Every text is derived in which the mark does not occur, and no other."""
    grammar = "\n".join(f"{name} ::= {body}" for name, body in text_without(mark, "root").items()) + "\n"
    for text in ("".join(pieces), "".join([*pieces, mark]), "".join([mark, *pieces])):
        assert acceptor.accepts(grammar, text) == (mark not in text)


@given(low=st.integers(-2000, 2000), size=st.integers(0, 3000), data=st.data())
@settings(deadline=None)
def test_integer_range_is_exact(acceptor: Acceptor, low: int, size: int, data: st.DataObject) -> None:
    """Numbers inside are admitted, numbers outside are not."""
    grammar = f"root ::= {integer_range(low, low + size)}\n"
    number = data.draw(st.integers(low - 50, low + size + 50))
    assert acceptor.accepts(grammar, str(number)) == (low <= number <= low + size)


@given(bound=st.integers(-(10**6), 10**6), number=st.integers(-(10**7), 10**7))
@settings(deadline=None)
def test_half_open_integer_range_is_exact(acceptor: Acceptor, bound: int, number: int) -> None:
    """One bound alone is kept too."""
    above = f"root ::= {integer_range(bound, None)}\n"
    below = f"root ::= {integer_range(None, bound)}\n"
    assert acceptor.accepts(above, str(number)) == (number >= bound)
    assert acceptor.accepts(below, str(number)) == (number <= bound)


@given(low=st.integers(-50, 50), size=st.integers(0, 80), number=st.decimals(-60, 140, places=2))
@settings(deadline=None)
def test_decimal_range_is_exact(acceptor: Acceptor, low: int, size: int, number: Any) -> None:
    """Decimals between whole bounds are admitted, others are not."""
    grammar = f"root ::= {decimal_range(low, low + size)}\n"
    text = f"{number.normalize():f}"
    assert acceptor.accepts(grammar, text) == (low <= number <= low + size)


@pytest.mark.parametrize(
    ("low", "high"), [(None, None), (5, 4), (0.2, 0.8), (1e300, None), (float("-inf"), float("inf"))]
)
def test_range_without_use_is_none(low: float | None, high: float | None) -> None:
    """What bounds nothing or leaves nothing is left to the plain type."""
    assert integer_range(low, high) is None
    assert decimal_range(low, high) is None


@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20))
@settings(deadline=None)
def test_literal_derives_exactly_its_text(acceptor: Acceptor, text: str) -> None:
    """No character of a name can leave its literal."""
    grammar = f"root ::= {literal(text)}\n"
    assert acceptor.accepts(grammar, text)
    assert not acceptor.accepts(grammar, text + "x")


SCALARS = st.none() | st.booleans() | st.integers(-999, 999) | st.text(st.characters(codec="utf-8"), max_size=8)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=6)
LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "boolean"},
        {"type": "number"},
        {"type": "integer", "minimum": 0},
        {"type": "null"},
        {},
    ]
) | st.lists(SCALARS, min_size=1, max_size=4).map(lambda values: {"enum": values})


def objects(parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return schemas of objects and lists of the given parts."""
    properties = st.dictionaries(NAMES, parts, max_size=4)
    return properties.map(
        lambda drawn: {
            "type": "object",
            "properties": drawn,
            "required": sorted(drawn)[::2],
            "additionalProperties": False,
        }
    ) | parts.map(lambda part: {"type": "array", "items": part, "maxItems": 2})


def example(schema: Any, pick: int) -> Any:
    """Return some value that the schema admits."""
    match schema:
        case {"enum": values}:
            return values[pick % len(values)]
        case {"type": "object", "properties": properties, "required": required}:
            kept = [name for name in properties if name in required or pick % 2]
            return {name: example(properties[name], pick // 2) for name in kept}
        case {"type": "array", "items": items}:
            return [example(items, pick // 2)] * (pick % 3)
        case {"type": kind}:
            return {"string": 'a"b\\é', "boolean": True, "number": -1.5, "integer": pick, "null": None}[kind]
        case _:
            return {"any": ["thing", 1]}


@given(schema=st.recursive(LEAVES, objects, max_leaves=6), pick=st.integers(0, 1000))
@settings(deadline=None)
def test_any_schema_admits_its_own_values(acceptor: Acceptor, schema: Any, pick: int) -> None:
    """Whatever a schema is made of, a value that it admits can be written."""
    value = example(schema, pick)
    jsonschema.validate(value, schema)
    assert acceptor.accepts(json_grammar(schema), json.dumps(value, ensure_ascii=False))
