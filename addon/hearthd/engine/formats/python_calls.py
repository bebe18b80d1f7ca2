"""Tool calls as a list of Python calls: `[NAME(key="value", other=1), ...]` between marks.

https://docs.liquid.ai/lfm/key-concepts/tool-use
"""

from collections.abc import Sequence
from dataclasses import dataclass
import json
import re
from typing import Any, override

from hearthd.engine.formats.call_syntax import BracketReader, Brackets, Call, CallSyntax, Signature, call_part
from hearthd.engine.formats.grammar import Grammar
from hearthd.engine.formats.json_schema import Schema, argument_members
from hearthd.engine.formats.notation import PYTHON, literal
from hearthd.engine.formats.reply import BrokenCallPart, CallReader, ReplyPart
from hearthd.engine.formats.value_reader import ValueReader

_QUOTES = ('"', "'")
_NAME = re.compile(r"[^\s()\[\]{},=\"']+")


@dataclass(frozen=True, slots=True)
class PythonCalls(CallSyntax):
    """Python calls between two marks."""

    opens: tuple[str, ...] = ("<|tool_call_start|>",)
    close: str = "<|tool_call_end|>"

    @override
    def reader(self, tools: Sequence[Signature], mark: str) -> CallReader:
        """Return a reader of one list."""
        return BracketReader(Brackets(opening="[", quotes=_QUOTES), self.close, _parse, self.opens)

    @override
    def write(self, calls: Sequence[Call]) -> str:
        """Return calls between their marks."""
        written = (
            f"{name}({', '.join(f'{key}={_value(value)}' for key, value in arguments.items())})"
            for name, arguments in calls
        )
        return f"{self.opens[0]}[{', '.join(written)}]{self.close}"

    @override
    def grammar(self, grammar: Grammar, tools: Sequence[Signature], *, several: bool) -> str:
        """Return the expression of a list of one call, or of several."""
        choices = [f'{literal(f"{name}(")} {_arguments(grammar, schema)} ")"' for name, schema in tools]
        call = grammar.rule(" | ".join(choices))
        more = f'("," space {call})*' if several else ""
        return f'"[" {call} {more} "]" {literal(self.close)}'


def _arguments(grammar: Grammar, schema: Schema) -> str:
    """Return the expression of what stands between a call's parentheses."""
    grammar.use(PYTHON)
    declared = argument_members(schema)
    if declared is None:
        one = '[a-zA-Z_] [a-zA-Z0-9_]* "=" py-value'
        return f'({one} ("," space {one})*)?'
    if not declared:
        return ""
    members = [
        (
            grammar.rule(f"{literal(f'{one.name}=')} ({grammar.value(one.schema, PYTHON, schema) or 'py-value'})"),
            one.is_required,
        )
        for one in declared
    ]
    return grammar.in_order(members, '"," space')


def _parse(_head: str, body: str) -> list[ReplyPart]:
    """Read a list of calls; one that cannot be read spoils them all, since none can be told from the next."""
    reader = ValueReader(body, _QUOTES)
    calls: list[ReplyPart] = []
    try:
        reader.expect("[")
        while not reader.take("]"):
            if calls:
                reader.expect(",")
            calls.append(call_part(*_read_call(reader)))
        reader.end()
    except ValueError:
        return [BrokenCallPart()]
    return calls or [BrokenCallPart()]


def _read_call(reader: ValueReader) -> tuple[str, dict[str, Any]]:
    """Read one call."""
    name = _read_name(reader)
    arguments: dict[str, Any] = {}
    reader.expect("(")
    while not reader.take(")"):
        if arguments:
            reader.expect(",")
        key = _read_name(reader)
        reader.expect("=")
        arguments[key] = reader.value()
    return name, arguments


def _read_name(reader: ValueReader) -> str:
    """Read the name of a tool or of an argument."""
    if (name := reader.match(_NAME)) is None:
        raise ValueError("name")
    return name[0]


def _value(value: Any) -> str:
    """Return a value in Python's words, its strings in double quotes as the models have learnt."""
    match value:
        case None | bool():
            return str(value)
        case list():
            return f"[{', '.join(map(_value, value))}]"
        case dict():
            return "{" + ", ".join(f"{_value(key)}: {_value(one)}" for key, one in value.items()) + "}"
        case _:
            return json.dumps(value, ensure_ascii=False)
