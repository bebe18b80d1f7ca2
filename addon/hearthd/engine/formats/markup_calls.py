"""Tool calls in markup: elements that hold each argument as plain text, or as JSON where it is no text.

The schema decides which of the two a value is.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
import json
from typing import Any, override

from hearthd.engine.formats.call_syntax import Call, CallSyntax, Signature, call_part, read_json
from hearthd.engine.formats.grammar import Grammar, string_format
from hearthd.engine.formats.json_schema import Member, Schema, admitted_types, argument_members, type_of
from hearthd.engine.formats.notation import JSON, literal, text_without
from hearthd.engine.formats.reply import BrokenCallPart, CallReader, ReplyPart, find_mark

# Reads markup: yields the marks that may come next, is sent the text before the first of them and which it was,
# and yields a call as soon as it is whole.
type _Script = Generator[tuple[str, ...] | ReplyPart, tuple[str, str]]

# Templates write values in Python's words, so models do too.
_PYTHON_WORDS = {"True": True, "False": False, "None": None}


@dataclass(frozen=True, slots=True)
class FunctionElements(CallSyntax):
    """`<function=NAME><parameter=KEY>VALUE</parameter></function>` between marks, as Qwen 3 Coder and 3.5 write."""

    opens: tuple[str, ...] = ("<tool_call>", "<function=")
    close: str = "</tool_call>"

    @override
    def reader(self, tools: Sequence[Signature], mark: str) -> CallReader:
        """Return a reader of one call; the models leave the outer mark out now and then."""
        return _MarkupReader(self._script(_Values(tools), is_inside=mark == self.opens[0]))

    @override
    def write(self, calls: Sequence[Call]) -> str:
        """Return calls between their marks."""
        return "\n".join(
            f"{self.opens[0]}\n<function={name}>\n"
            + "".join(f"<parameter={key}>\n{_value_text(value)}\n</parameter>\n" for key, value in arguments.items())
            + f"</function>\n{self.close}"
            for name, arguments in calls
        )

    @override
    def grammar(self, grammar: Grammar, tools: Sequence[Signature], *, several: bool) -> str:
        """Return the expression of one call, and of more of them."""
        texts = _Texts(grammar, "</parameter>")
        choices = [
            f'{literal(f"{name}>")} "\\n" {texts.members(schema, "<parameter=", ">\n", "\n</parameter>\n")}'
            for name, schema in tools
        ]
        call = grammar.rule(f'space ("<function=")? ({" | ".join(choices)}) "</function>" space {literal(self.close)}')
        return self.with_more(call, several=several)

    def _script(self, values: _Values, *, is_inside: bool) -> _Script:
        """Read one call."""
        head, mark = yield (">", self.close)
        name = head.strip().removeprefix(self.opens[1])
        arguments: dict[str, Any] = {}
        is_sound = mark == ">" and bool(name) and not any(character in name for character in "<>= \n")
        while is_sound and mark != "</function>":
            gap, mark = yield ("<parameter=", "</function>", self.close)
            is_sound = not gap.strip() and mark != self.close
            if is_sound and mark == "<parameter=":
                key, _ = yield (">",)
                text, _ = yield ("</parameter>",)
                arguments[key] = values.read(name, key, text.removeprefix("\n").removesuffix("\n"))
        yield call_part(name, arguments) if is_sound else BrokenCallPart()
        if mark != self.close and (is_inside or not is_sound):
            yield (self.close,)


@dataclass(frozen=True, slots=True)
class KeyValueElements(CallSyntax):
    """`NAME<arg_key>KEY</arg_key><arg_value>VALUE</arg_value>` between marks, as GLM 4.5 and later write."""

    opens: tuple[str, ...] = ("<tool_call>",)
    close: str = "</tool_call>"
    inner: tuple[str, ...] = ("<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>")

    @override
    def reader(self, tools: Sequence[Signature], mark: str) -> CallReader:
        """Return a reader of one call."""
        return _MarkupReader(self._script(_Values(tools)))

    @override
    def write(self, calls: Sequence[Call]) -> str:
        """Return calls between their marks."""
        return "\n".join(
            f"{self.opens[0]}{name}"
            + "".join(
                f"<arg_key>{key}</arg_key><arg_value>{_value_text(value)}</arg_value>"
                for key, value in arguments.items()
            )
            + self.close
            for name, arguments in calls
        )

    @override
    def grammar(self, grammar: Grammar, tools: Sequence[Signature], *, several: bool) -> str:
        """Return the expression of one call, and of more of them."""
        texts = _Texts(grammar, "</arg_value>")
        choices = [
            f'{literal(name)} "\\n"? {texts.members(schema, "<arg_key>", "</arg_key>", "</arg_value>", "<arg_value>")}'
            for name, schema in tools
        ]
        call = grammar.rule(f"({' | '.join(choices)}) {literal(self.close)}")
        return self.with_more(call, several=several)

    def _script(self, values: _Values) -> _Script:
        """Read one call."""
        head, mark = yield ("<arg_key>", self.close)
        name = head.strip()
        arguments: dict[str, Any] = {}
        is_sound = bool(name) and not any(character in name for character in "<>{ \n")
        while is_sound and mark == "<arg_key>":
            key, _ = yield ("</arg_key>",)
            gap, _ = yield ("<arg_value>",)
            text, _ = yield ("</arg_value>",)
            arguments[key.strip()] = values.read(name, key.strip(), text)
            beyond, mark = yield ("<arg_key>", self.close)
            is_sound = not gap.strip() and not beyond.strip()
        if mark != self.close:
            yield (self.close,)
        yield call_part(name, arguments) if is_sound else BrokenCallPart()


class _MarkupReader:
    """Run a script over text that comes in pieces."""

    def __init__(self, script: _Script) -> None:
        """Start the script."""
        self.closed = False
        self._script = script
        self._awaited: tuple[str, ...] = ()
        self._held = ""
        self._is_whole = False
        self._advance(None)

    def feed(self, text: str) -> tuple[list[ReplyPart], str]:
        """Read on; return the calls that are whole now, and the text behind the end."""
        self._held += text
        parts: list[ReplyPart] = []
        while not self.closed:
            position, mark = find_mark(self._held, self._awaited)
            if mark is None:
                return parts, ""
            before, self._held = self._held[:position], self._held[position + len(mark) :]
            parts += self._advance((before, mark))
        rest, self._held = self._held, ""
        return parts, rest

    def finish(self) -> list[ReplyPart]:
        """End the reply; a call that is not whole is broken."""
        return [] if self._is_whole else [BrokenCallPart()]

    def _advance(self, found: tuple[str, str] | None) -> list[ReplyPart]:
        """Send the script what was found, and note what it waits for next."""
        parts: list[ReplyPart] = []
        try:
            step = next(self._script) if found is None else self._script.send(found)
            while not isinstance(step, tuple):
                parts.append(step)
                self._is_whole = True
                step = next(self._script)
            self._awaited = step
        except StopIteration:
            self.closed = True
        return parts


class _Values:
    """Read values as the schemas of tools would have them."""

    def __init__(self, tools: Sequence[Signature]) -> None:
        """Look the types up when they are needed."""
        self._schemas = dict(tools)

    def read(self, name: str, key: str, text: str) -> Any:
        """Return a value: text where only text is admitted, else what the text says if its type is admitted."""
        schema = self._schemas.get(name, {})
        members = {member.name: member.schema for member in argument_members(schema) or ()}
        types = admitted_types(schema, members.get(key, {}))
        if types == {"string"}:
            return text
        try:
            value: Any = _PYTHON_WORDS[text.strip()] if text.strip() in _PYTHON_WORDS else read_json(text)
        except ValueError:
            return text
        kind = type_of(value)
        if kind == "number" and value.is_integer() and "number" not in types:
            value, kind = int(value), "integer"
        is_admitted = kind in types or (kind == "integer" and "number" in types)
        return value if is_admitted or "string" not in types else text


class _Texts:
    """Derive arguments as plain text between marks."""

    def __init__(self, grammar: Grammar, end: str) -> None:
        """Keep the mark behind each value out of the values themselves."""
        self._grammar = grammar
        grammar.rules |= text_without(end, "text")
        grammar.use(JSON)

    def members(self, schema: Schema, key_open: str, key_close: str, close: str, value_open: str = "") -> str:
        """Return the expression of a tool's arguments."""
        gap = '"\\n"?' if value_open else ""
        head = f"{literal(key_close)} {gap} {literal(value_open)}"
        declared = argument_members(schema)
        if declared is None:
            return f"({literal(key_open)} [^<>\\n]+ {head} text {literal(close)} {gap})*"
        if not declared:
            return ""
        members = [
            (
                self._grammar.rule(
                    f"{literal(key_open + one.name)} {head} ({self._value(schema, one)}) {literal(close)} {gap}"
                ),
                one.is_required,
            )
            for one in declared
        ]
        return self._grammar.in_order(members, "")

    def _value(self, root: Schema, member: Member) -> str:
        """Return the expression of one value."""
        schema = member.schema
        types = admitted_types(root, schema)
        if types == {"boolean"}:
            return '"true" | "false" | "True" | "False"'
        if "string" not in types:
            return self._grammar.value(schema, root=root) or "value"
        if isinstance(schema, dict):
            values = [schema["const"]] if "const" in schema else schema.get("enum")
            if isinstance(values, list) and values:
                return " | ".join(literal(_value_text(value)) for value in values)
            if types == {"string"} and (known := string_format(schema)) is not None:
                return known
        return "text"


def _value_text(value: Any) -> str:
    """Return a value as it stands in an element."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
