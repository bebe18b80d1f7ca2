"""Ask a model what a conversation taught, and believe only what the person's own words bear out."""

from collections.abc import Sequence
from dataclasses import dataclass
import json
import re
from typing import Any, Final

from .claims import content, tokens
from .facts import FactKind
from .turns import StoredTurn

_MAX_FACTS = 5
_MAX_WORDS_OF_A_TURN = 120
_LEAST_EVIDENCE = 3
# How much of what a fact says must have been said: the rest is how a model puts it.
_LEAST_SHARE = 0.7

PROPOSALS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "facts": {
            "type": "array",
            "maxItems": _MAX_FACTS,
            "items": {
                "type": "object",
                "properties": {
                    "evidence": {"type": "string", "maxLength": 300},
                    "text": {"type": "string", "maxLength": 300},
                    "kind": {"type": "string", "enum": [kind.value for kind in FactKind]},
                },
                "required": ["evidence", "text", "kind"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["facts"],
    "additionalProperties": False,
}
SUMMARY: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"summary": {"type": "string", "maxLength": 800}},
    "required": ["summary"],
    "additionalProperties": False,
}
_ASK_FACTS = """\
Below are the words that {name} said to a home assistant, one line each. Name what will still be true and useful in
weeks: preferences, decisions, constraints, conventions and facts about {name} or the home. Leave out questions,
commands, moods, times of a single day and everything about the state of devices. Most conversations teach nothing:
then name nothing.
For each, "evidence" is copied word for word from one line, "text" is one plain sentence in the same language and from
{name}'s own view, and "kind" is what it is. Answer with JSON."""
_ASK_SUMMARY = """\
Below is a past conversation between {name} and a home assistant. Summarise in two or three plain sentences, in its own
language, what was asked, decided and done. Add nothing. Answer with JSON."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """A fact that a model found, and the turn that bears it out."""

    text: str
    kind: FactKind
    turn: StoredTurn


def teaches(turn: StoredTurn) -> bool:
    """Tell whether something may be learnt from a turn: not from outside text, nor from commands and questions."""
    return not turn.outside and not turn.tools and not turn.words.rstrip().endswith("?")


def ask_for_facts(turns: Sequence[StoredTurn], name: str) -> list[dict[str, Any]]:
    """Return the messages that ask what turns teach; only the person's own words are shown."""
    lines = "\n".join(f"- {_clipped(turn.words)}" for turn in turns)
    return [{"role": "system", "content": _ASK_FACTS.format(name=name)}, {"role": "user", "content": lines}]


def ask_for_summary(turns: Sequence[StoredTurn], name: str) -> list[dict[str, Any]]:
    """Return the messages that ask for a summary of turns."""
    lines = "\n".join(f"{name}: {_clipped(turn.words)}\nAssistant: {_clipped(turn.reply)}" for turn in turns)
    return [{"role": "system", "content": _ASK_SUMMARY.format(name=name)}, {"role": "user", "content": lines}]


def read_proposals(reply: str, turns: Sequence[StoredTurn], name: str, language: str) -> list[Proposal]:
    """Return the facts of a reply that the person's words bear out; none for a reply that is no JSON of this form."""
    found = []
    for entry in _entries(reply):
        text, kind = str(entry.get("text", "")).strip(), str(entry.get("kind"))
        turn = _evidence(str(entry.get("evidence", "")), turns)
        if turn and kind in set(FactKind) and text and _follows(text, turn.words, name, language):
            found.append(Proposal(text, FactKind(kind), turn))
    return found


def read_summary(reply: str) -> str | None:
    """Return the summary of a reply; None for one that is no JSON of this form."""
    summary = _object(reply).get("summary")
    return " ".join(summary.split()) or None if isinstance(summary, str) else None


def _evidence(quote: str, turns: Sequence[StoredTurn]) -> StoredTurn | None:
    """Return the turn in which a quote was said, word for word."""
    said = tokens(quote)
    if len(said) < _LEAST_EVIDENCE:
        return None
    return next((turn for turn in turns if teaches(turn) and _holds(tokens(turn.words), said)), None)


def _holds(words: list[str], part: list[str]) -> bool:
    return any(words[start : start + len(part)] == part for start in range(len(words) - len(part) + 1))


def _follows(text: str, words: str, name: str, language: str) -> bool:
    """Tell whether a sentence says little more than was said, and no figure that was not."""
    stated, said = content(text, language), {*content(words, language), *content(name, language)}
    figures = set(re.findall(r"\d+", text))
    if not stated or not figures <= set(re.findall(r"\d+", words)):
        return False
    return sum(word in said for word in stated) / len(stated) >= _LEAST_SHARE


def _entries(reply: str) -> list[dict[str, Any]]:
    facts = _object(reply).get("facts")
    return [entry for entry in facts[:_MAX_FACTS] if isinstance(entry, dict)] if isinstance(facts, list) else []


def _object(reply: str) -> dict[str, Any]:
    try:
        read = json.loads(reply)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _clipped(text: str) -> str:
    return " ".join(text.split()[:_MAX_WORDS_OF_A_TURN])
