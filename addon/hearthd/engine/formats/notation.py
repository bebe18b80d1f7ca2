"""Say how values are written in the notations that models use, as GBNF: JSON, Python and Gemma's own.

Notation of grammars: https://github.com/ggml-org/llama.cpp/blob/master/grammars/README.md
"""

from collections.abc import Callable
from dataclasses import dataclass
import json
from typing import Any

_HEX = "[0-9a-fA-F]"
_ESCAPES = (
    # A lone surrogate would be legal JSON but no legal text.
    r'(["\\/bfnrtQUOTE] | "u" ([0-9a-ce-fA-CE-F] HEX{3} | [dD] [0-7] HEX{2} | [dD] [89abAB] HEX{2} "\\u" [dD]'
    r" [c-fC-F] HEX{2}))"
).replace("HEX", _HEX)
_BLANK = {"space": '| " " | "\\n" [ \\t]{0,20}'}
_NUMBERS = {
    "integer": '"-"? ("0" | [1-9] [0-9]{0,14})',
    "number": 'integer ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?',
}


@dataclass(frozen=True, slots=True)
class Notation:
    """How one notation writes values; rules of its own are named with `prefix`.

    `rules` are the bodies of the rules that any value may need. `literal` gives the expression of one value, `key`
    that of a member's name with what follows it, `quoted` that of a string whose characters are an expression made
    of the rule `char` and its repetition. `is_sorted` means that members come in alphabetical order.
    """

    prefix: str
    rules: dict[str, str]
    literal: Callable[[Any], str]
    key: Callable[[str], str]
    quoted: Callable[[str], str]
    is_sorted: bool = False

    def name(self, rule: str) -> str:
        """Return the name of one of the rules that any value may need."""
        return rule if rule in _BLANK or rule in _NUMBERS else f"{self.prefix}{rule}"


def literal(text: str) -> str:
    """Return a quoted GBNF literal that derives exactly this text."""
    escaped = (
        f"\\{character}" if character in '"\\' else f"\\x{ord(character):02X}" if character < " " else character
        for character in text.encode("utf-8", "replace").decode()
    )
    return f'"{"".join(escaped)}"'


def json_literal(value: Any) -> str:
    """Return a literal that derives a JSON value."""
    return literal(json.dumps(value, ensure_ascii=False))


def text_without(mark: str, name: str) -> dict[str, str]:
    """Return rules, the first of them called `name`, that derive any text in which a mark does not occur.

    One rule for each length of the mark's beginning that the text may end with at that point: the automaton of
    Knuth, Morris and Pratt, whose last state is left out.
    """
    rules: dict[str, str] = {}
    for size in range(len(mark)):
        state = mark[:size]
        steps: dict[str, int] = {}
        for character in sorted(set(mark)):
            seen = state + character
            steps[character] = next(
                end for end in range(min(len(seen), len(mark)), -1, -1) if seen.endswith(mark[:end])
            )
        others = "".join(_in_class(character) for character in steps)
        choices = [f"[^{others}] {name}"]
        choices += [f"{literal(one)} {_state(name, to)}" for one, to in steps.items() if to < len(mark)]
        rules[_state(name, size)] = f"({' | '.join(choices)})?"
    return rules


def _state(name: str, size: int) -> str:
    """Return the name of a state's rule."""
    return f"{name}-{size}" if size else name


def _in_class(character: str) -> str:
    """Return a character as it stands in a character class."""
    return f"\\x{ord(character):02X}" if not character.isalnum() else character


JSON = Notation(
    prefix="",
    rules=_BLANK
    | _NUMBERS
    | {
        "char": rf'[^"\\\x00-\x1F\x7F] | "\\" {_ESCAPES.replace("QUOTE", "")}',
        "string": r'"\"" char* "\""',
        "boolean": '"true" | "false"',
        "null": '"null"',
        "value": "object | array | string | number | boolean | null",
        "object": '"{" space (string space ":" space value (space "," space string space ":" space value)* space)? "}"',
        "array": '"[" space (value (space "," space value)* space)? "]"',
    },
    literal=json_literal,
    key=lambda name: f'{json_literal(name)} space ":" space',
    quoted=lambda chars: rf'"\"" {chars} "\""',
)


def _python_literal(value: Any) -> str:
    """Return an expression of a value in Python's words or in JSON's, with either kind of quotes around a string."""
    match value:
        case str():
            inner = json.dumps(value, ensure_ascii=False)[1:-1]
            single = inner.replace('\\"', '"').replace("'", "\\'")
            return f"({json_literal(value)} | {literal(f"'{single}'")})"
        case None | bool():
            return f"({literal(str(value))} | {json_literal(value)})"
        case list():
            return " ".join(['"["', ' "," space '.join(map(_python_literal, value)), '"]"'])
        case dict():
            members = (f'{_python_literal(key)} ":" space {_python_literal(one)}' for key, one in value.items())
            return " ".join(['"{"', ' "," space '.join(members), '"}"'])
        case _:
            return json_literal(value)


PYTHON = Notation(
    prefix="py-",
    rules=_BLANK
    | _NUMBERS
    | {
        "py-escape": _ESCAPES.replace("QUOTE", "'"),
        "py-char": r'[^"\\\x00-\x1F\x7F] | "\\" py-escape',
        "py-other": r"[^'\\\x00-\x1F\x7F] " + r'| "\\" py-escape',
        "py-string": r'"\"" py-char* "\"" | "\x27" py-other* "\x27"',
        "py-boolean": '"True" | "False" | "true" | "false"',
        "py-null": '"None" | "null"',
        "py-value": "py-object | py-array | py-string | number | py-boolean | py-null",
        "py-member": 'py-string space ":" space py-value',
        "py-object": '"{" space (py-member (space "," space py-member)* space)? "}"',
        "py-array": '"[" space (py-value (space "," space py-value)* space)? "]"',
    },
    literal=_python_literal,
    key=lambda name: f'{_python_literal(name)} space ":" space',
    quoted=lambda chars: rf'("\"" {chars} "\"" | "\x27" {chars.replace("py-char", "py-other")} "\x27")',
)

GEMMA_QUOTE = '<|"|>'


def _gemma_literal(value: Any) -> str:
    """Return an expression of a value in Gemma's notation."""
    match value:
        case str():
            return literal(f"{GEMMA_QUOTE}{value}{GEMMA_QUOTE}")
        case list():
            return " ".join(['"["', ' "," '.join(map(_gemma_literal, value)), '"]"'])
        case dict():
            members = (f"{_gemma_key(key)} {_gemma_literal(one)}" for key, one in sorted_members(value))
            return " ".join(['"{"', ' "," '.join(members), '"}"'])
        case _:
            return json_literal(value)


def _gemma_key(name: str) -> str:
    """Return the expression of a member's name: bare, unless that could not be read back."""
    bare = literal(f"{name}:")
    quoted = literal(f"{GEMMA_QUOTE}{name}{GEMMA_QUOTE}:")
    return bare if name and name.replace("_", "a").replace("-", "a").isalnum() else quoted


def sorted_members[T](members: dict[str, T]) -> list[tuple[str, T]]:
    """Return members in the order of Jinja's `dictsort`, in which Gemma is told of them."""
    return sorted(members.items(), key=lambda member: member[0].lower())


# https://ai.google.dev/gemma/docs/core/prompt-formatting-gemma4
GEMMA = Notation(
    prefix="gemma-",
    rules=_BLANK
    | _NUMBERS
    | text_without(GEMMA_QUOTE, "gemma-text")
    | {
        "gemma-char": "[^<]",
        "gemma-string": f"{literal(GEMMA_QUOTE)} gemma-text {literal(GEMMA_QUOTE)}",
        "gemma-boolean": '"true" | "false"',
        "gemma-null": '"null" | "None"',
        "gemma-key": '([a-zA-Z0-9_-]+ | gemma-string) ":"',
        "gemma-value": "gemma-object | gemma-array | gemma-string | number | gemma-boolean | gemma-null",
        "gemma-object": '"{" (gemma-key gemma-value ("," gemma-key gemma-value)*)? "}"',
        "gemma-array": '"[" (gemma-value ("," gemma-value)*)? "]"',
    },
    literal=_gemma_literal,
    key=_gemma_key,
    quoted=lambda chars: f"{literal(GEMMA_QUOTE)} {chars} {literal(GEMMA_QUOTE)}",
    is_sorted=True,
)
