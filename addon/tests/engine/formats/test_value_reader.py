"""Test that values are read as they were meant, or refused."""

from typing import Any

import pytest

from hearthd.engine.formats.notation import GEMMA_QUOTE
from hearthd.engine.formats.value_reader import ValueReader

PYTHON, GEMMA = ('"', "'"), (GEMMA_QUOTE,)


def read(quotes: tuple[str, ...], text: str) -> Any:
    """Return the one value that a text consists of."""
    reader = ValueReader(text, quotes)
    value = reader.value()
    reader.end()
    return value


READ: list[tuple[tuple[str, ...], str, Any]] = [
    (PYTHON, " 12 ", 12),
    (PYTHON, "-0.5", -0.5),
    (PYTHON, "1e3", 1000.0),
    (PYTHON, "True", True),
    (PYTHON, "null", None),
    (PYTHON, "'it\\'s'", "it's"),
    (PYTHON, '"a \'b\' \\"c\\""', "a 'b' \"c\""),
    (PYTHON, r"'\n\t\\ \u00fc \x41 \U0001f600 \q'", "\n\t\\ ü A 😀 q"),
    (PYTHON, "[1, 'a', [], {}]", [1, "a", [], {}]),
    (PYTHON, "{'a': {\"b\": None}}", {"a": {"b": None}}),
    (GEMMA, f'{GEMMA_QUOTE}it\'s "so" \\n{GEMMA_QUOTE}', 'it\'s "so" \\n'),
    (GEMMA, '{a:1,b_c:[<|"|>x<|"|>,false],<|"|>d e<|"|>:{}}', {"a": 1, "b_c": ["x", False], "d e": {}}),
]


@pytest.mark.parametrize(("quotes", "text", "value"), READ)
def test_value_is_read(quotes: tuple[str, ...], text: str, value: Any) -> None:
    """Either notation's words, numbers, strings, lists and objects."""
    assert read(quotes, text) == value


REFUSED: list[tuple[tuple[str, ...], str]] = [
    (PYTHON, ""),
    (PYTHON, "kitchen"),
    (PYTHON, "'open"),
    (PYTHON, "[1 2]"),
    (PYTHON, "[, 1]"),
    (PYTHON, "[1, 2,]"),
    (PYTHON, "{1: 2}"),
    (PYTHON, "{a: 2}"),
    (PYTHON, "f'{x}'"),
    (PYTHON, "012"),
    (PYTHON, "1 + 1"),
    (PYTHON, "__import__('os')"),
    (PYTHON, "9" * 5000),
    (PYTHON, r"'\U00110000'"),
    (PYTHON, "[" * 1000 + "]" * 1000),
    (GEMMA, "'a'"),
    (GEMMA, "{a}"),
    (GEMMA, f"{GEMMA_QUOTE}open"),
]


@pytest.mark.parametrize(("quotes", "text"), REFUSED)
def test_anything_else_is_refused(quotes: tuple[str, ...], text: str) -> None:
    """Nothing is guessed and nothing is run."""
    with pytest.raises(ValueError):  # noqa: PT011 - that it is refused is all that counts
        read(quotes, text)
