"""OpenAI's harmony format: messages with headers that name a channel and, for tool calls, a recipient.

https://cookbook.openai.com/articles/openai-harmony
"""

from collections.abc import Sequence
from dataclasses import dataclass
import json
import re
from typing import override

from hearthd.engine.formats.call_syntax import BracketReader, Brackets, Call, CallSyntax, Signature, call_part
from hearthd.engine.formats.grammar import Grammar
from hearthd.engine.formats.notation import literal
from hearthd.engine.formats.reply import (
    CallReader,
    Phase,
    ReplyParser,
    ReplyPart,
    ReplySyntax,
    TextPart,
)

ANALYSIS = "<|channel|>analysis<|message|>"
FINAL = "<|channel|>final<|message|>"
ASSISTANT = "<|start|>assistant"
END = "<|end|>"
_MESSAGE = "<|message|>"
_HEADER_MARKS = ("<|start|>", "<|channel|>")
_OTHER_MARKS = (END, _MESSAGE, "<|constrain|>", "<|call|>", "<|return|>")
_RECIPIENT = "to=functions."
_HEAD = re.compile(r"([^\s<{]+)[^{]*<\|message\|>\s*")
_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)")
# Built-in tools of the model's own, which nobody here serves.
_OTHER_RECIPIENT = re.compile(r"\bto=(?!assistant\b)\S")


@dataclass(frozen=True, slots=True)
class HarmonyCalls(CallSyntax):
    """A header that names the tool as its recipient, and a message of JSON."""

    opens: tuple[str, ...] = (f"<|channel|>commentary {_RECIPIENT}",)
    inner: tuple[str, ...] = (*_HEADER_MARKS, *_OTHER_MARKS)

    @override
    def reader(self, tools: Sequence[Signature], mark: str) -> CallReader:
        """Return a reader of what follows the recipient's namespace; the token that ends a call ends the reply."""
        return BracketReader(Brackets(opening="{", head=_HEAD), "", _parse)

    @override
    def write(self, calls: Sequence[Call]) -> str:
        """Return calls, each as a message of its own."""
        return f"<|call|>{ASSISTANT}".join(
            f"{self.opens[0]}{name} <|constrain|>json{_MESSAGE}{json.dumps(arguments, ensure_ascii=False)}"
            for name, arguments in calls
        )

    @override
    def grammar(self, grammar: Grammar, tools: Sequence[Signature], *, several: bool) -> str:
        """Return the expression of one call; the channel may stand before its recipient or behind it."""
        channel = '("<|channel|>" ("commentary" | "analysis"))?'
        constraint = '(" "? "<|constrain|>"? "json")?'
        choices = [
            f"{literal(name)} {channel} {constraint} {literal(_MESSAGE)} {grammar.object(schema)}"
            for name, schema in tools
        ]
        return grammar.rule(" | ".join(choices))


def _parse(head: str, body: str) -> list[ReplyPart]:
    """Read one call."""
    named = _HEAD.fullmatch(head)
    return [call_part(named[1] if named else None, body)]


@dataclass(frozen=True, slots=True)
class HarmonySyntax(ReplySyntax):
    """What a reply in harmony is made of."""

    @override
    def parser(self, *, in_reasoning: bool = False) -> ReplyParser:
        """Return a parser for one reply, which starts in the header that the prompt has begun."""
        return HarmonyParser(self, in_reasoning=in_reasoning)


class HarmonyParser(ReplyParser):
    """Split one reply in harmony into parts: analysis is reasoning, every other channel is meant to be read."""

    def __init__(self, syntax: ReplySyntax, *, in_reasoning: bool = False) -> None:
        """Start in the header that the prompt has begun."""
        super().__init__(syntax, in_reasoning=in_reasoning)
        self._header = ""
        self._has_message = in_reasoning
        if not in_reasoning:
            self.phase = Phase.HEADER

    @override
    def changes(self) -> dict[str, Phase]:
        """Return the marks that count in the current phase, and what each of them begins."""
        match self.phase:
            case Phase.REASONING:
                return {END: Phase.HEADER}
            case Phase.HEADER:
                return {_MESSAGE: Phase.TEXT, _RECIPIENT: Phase.CALL}
            case _:
                marks = dict.fromkeys(_OTHER_MARKS, Phase.TEXT)
                return marks | dict.fromkeys((*_HEADER_MARKS, END), Phase.HEADER)

    @override
    def finish(self) -> list[ReplyPart]:
        """End the reply; one that knows no headers at all is text."""
        if self.phase is Phase.HEADER and not self._has_message:
            text = (self._header + self._held).split("<|")[0].strip()
            return [] if not text or text.startswith("to=") else [TextPart(text)]
        return super().finish()

    @override
    def _said(self, text: str) -> list[ReplyPart]:
        """Keep a header to itself."""
        if self.phase is not Phase.HEADER:
            return super()._said(text)
        self._header += text
        return []

    @override
    def _enter(self, phase: Phase, mark: str) -> None:
        """Begin what the header says; another header follows every call."""
        if self.phase is Phase.CALL:
            phase = Phase.HEADER
        elif self.phase is Phase.HEADER and mark == _MESSAGE:
            phase = self._message_phase()
        self._has_message |= phase is not Phase.HEADER
        super()._enter(phase, mark)
        self._header = mark

    def _message_phase(self) -> Phase:
        """Return what the message behind the header is; one to a tool that nobody serves is a call that breaks."""
        if _OTHER_RECIPIENT.search(self._header):
            return Phase.CALL
        channels = _CHANNEL.findall(self._header)
        return Phase.REASONING if channels and channels[-1] == "analysis" else Phase.TEXT
