"""Tool calls as Gemma 4 writes them: `call:NAME{key:<|"|>text<|"|>,other:1}` between marks.

https://ai.google.dev/gemma/docs/core/prompt-formatting-gemma4
"""

from collections.abc import Sequence
from dataclasses import dataclass
import json
import re
from typing import Any, override

from hearthd.engine.formats.call_syntax import BracketReader, Brackets, Call, CallSyntax, Signature, call_part
from hearthd.engine.formats.grammar import Grammar
from hearthd.engine.formats.notation import GEMMA, GEMMA_QUOTE, literal, sorted_members
from hearthd.engine.formats.reply import BrokenCallPart, CallReader, ReplyPart
from hearthd.engine.formats.value_reader import ValueReader

_HEAD = re.compile(r"\s*call:([^\s{}:]+)\s*")


@dataclass(frozen=True, slots=True)
class GemmaCalls(CallSyntax):
    """Gemma's calls, each between two marks."""

    opens: tuple[str, ...] = ("<|tool_call>",)
    close: str = "<tool_call|>"
    inner: tuple[str, ...] = (GEMMA_QUOTE, "<|tool_response>", "<tool_response|>", "<|channel>")

    @override
    def reader(self, tools: Sequence[Signature], mark: str) -> CallReader:
        """Return a reader of one call."""
        brackets = Brackets(opening="{", quotes=(GEMMA_QUOTE,), escape="", head=_HEAD)
        return BracketReader(brackets, self.close, _parse, self.opens)

    @override
    def write(self, calls: Sequence[Call]) -> str:
        """Return calls, each between its marks."""
        return "".join(f"{self.opens[0]}call:{name}{_object(arguments)}{self.close}" for name, arguments in calls)

    @override
    def grammar(self, grammar: Grammar, tools: Sequence[Signature], *, several: bool) -> str:
        """Return the expression of one call, and of more of them."""
        choices = [f"{literal(f'call:{name}')} {grammar.object(schema, GEMMA)}" for name, schema in tools]
        call = grammar.rule(f"({' | '.join(choices)}) {literal(self.close)}")
        return self.with_more(call, several=several)


def _parse(head: str, body: str) -> list[ReplyPart]:
    """Read one call."""
    reader = ValueReader(body, (GEMMA_QUOTE,))
    try:
        arguments = reader.value()
        reader.end()
    except ValueError:
        return [BrokenCallPart()]
    named = _HEAD.fullmatch(head)
    return [call_part(named[1], arguments) if named else BrokenCallPart()]


def _object(members: dict[str, Any]) -> str:
    """Return an object in Gemma's notation."""
    return "{" + ",".join(f"{key}:{_value(value)}" for key, value in sorted_members(members)) + "}"


def _value(value: Any) -> str:
    """Return a value in Gemma's notation."""
    match value:
        case str():
            return f"{GEMMA_QUOTE}{value}{GEMMA_QUOTE}"
        case dict():
            return _object(value)
        case list():
            return f"[{','.join(map(_value, value))}]"
        case _:
            return json.dumps(value)
