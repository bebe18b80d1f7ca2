"""Tool calls in JSON: an object or a list of them between marks, or a name and then the arguments."""

from collections.abc import Sequence
from dataclasses import dataclass
import json
import re
from typing import Any, override

from hearthd.engine.formats.call_syntax import (
    BracketReader,
    Brackets,
    Call,
    CallSyntax,
    Signature,
    call_part,
    read_json,
)
from hearthd.engine.formats.grammar import Grammar
from hearthd.engine.formats.notation import json_literal, literal
from hearthd.engine.formats.reply import BrokenCallPart, CallReader, ReplyPart


@dataclass(frozen=True, slots=True)
class JsonCalls(CallSyntax):
    """`{"name": NAME, "arguments": {...}}` behind each mark, or a list of these if `listed`.

    `arguments_key` is the name of the member to be written; either that is common is read.
    """

    arguments_key: str = "arguments"
    listed: bool = False

    @override
    def reader(self, tools: Sequence[Signature], mark: str) -> CallReader:
        """Return a reader of one object or list."""
        return BracketReader(Brackets(), self.close, _parse_objects, self.opens)

    @override
    def write(self, calls: Sequence[Call]) -> str:
        """Return calls between their marks."""
        written = [
            json.dumps({"name": name, self.arguments_key: arguments}, ensure_ascii=False) for name, arguments in calls
        ]
        mark = "" if self.bare else self.opens[0]
        if self.listed:
            return f"{mark}[{', '.join(written)}]{self.close}"
        if not self.close:
            return "\n".join(f"{mark}{one}" for one in written)
        return "\n".join(f"{mark}\n{one}\n{self.close}" for one in written)

    @override
    def grammar(self, grammar: Grammar, tools: Sequence[Signature], *, several: bool) -> str:
        """Return the expression of an object or a list, and of more of them."""
        key = json_literal(self.arguments_key)
        choices = [
            f'{json_literal(name)} space "," space {key} space ":" space {grammar.object(schema)}'
            for name, schema in tools
        ]
        call = grammar.rule(f'"{{" space "\\"name\\"" space ":" space ({" | ".join(choices)}) space "}}"')
        closing = f"space {literal(self.close)}" if self.close else ""
        if self.listed:
            more = f'(space "," space {call})*' if several else ""
            return f'space "[" space {call} {more} space "]" {closing}'
        whole = grammar.rule(f"space {call} {closing}")
        return self.with_more(whole, several=several)


def _parse_objects(_head: str, body: str) -> list[ReplyPart]:
    """Read one call or a list of calls."""
    try:
        found = read_json(body)
    except ValueError:
        return [BrokenCallPart()]
    return [_read_object(one) for one in (found if isinstance(found, list) else [found])] or [BrokenCallPart()]


def _read_object(call: Any) -> ReplyPart:
    """Read one call's object."""
    if not isinstance(call, dict):
        return BrokenCallPart()
    return call_part(call.get("name"), next((call[key] for key in ("arguments", "parameters") if key in call), {}))


# https://docs.mistral.ai/cookbooks/concept-deep-dive-tokenization-tool_calling, tokenizer versions 11 and up
_NAMED = re.compile(r"\s*([^\s\[\]{}]+)\s*(?:\[CALL_ID\]\s*\w*\s*)?(?:\[ARGS\]\s*)?")


@dataclass(frozen=True, slots=True)
class NamedJsonCalls(CallSyntax):
    """`NAME[ARGS]{...}` behind each mark, with no mark behind it."""

    opens: tuple[str, ...] = ("[TOOL_CALLS]",)
    inner: tuple[str, ...] = ("[ARGS]", "[CALL_ID]")

    @override
    def reader(self, tools: Sequence[Signature], mark: str) -> CallReader:
        """Return a reader of one name and its arguments."""
        return BracketReader(Brackets(opening="{", head=_NAMED), "", _parse_named)

    @override
    def write(self, calls: Sequence[Call]) -> str:
        """Return calls, each behind its mark."""
        return "".join(
            f"{self.opens[0]}{name}[ARGS]{json.dumps(arguments, ensure_ascii=False)}" for name, arguments in calls
        )

    @override
    def grammar(self, grammar: Grammar, tools: Sequence[Signature], *, several: bool) -> str:
        """Return the expression of a name and its arguments, and of more calls."""
        identifier = '("[CALL_ID]" [a-zA-Z0-9]{9})?'
        choices = [f'{literal(name)} {identifier} "[ARGS]" {grammar.object(schema)}' for name, schema in tools]
        call = grammar.rule(" | ".join(choices))
        return self.with_more(call, several=several)


def _parse_named(head: str, body: str) -> list[ReplyPart]:
    """Read a name and its arguments."""
    named = _NAMED.fullmatch(head)
    return [call_part(named[1], body) if named else BrokenCallPart()]
