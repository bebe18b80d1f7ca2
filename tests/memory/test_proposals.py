"""Test that a model is believed only as far as the person's own words go."""

from dataclasses import replace
from datetime import UTC, datetime
import json

import pytest

from custom_components.hearth.memory import FactKind, StoredTurn
from custom_components.hearth.memory.proposals import (
    ask_for_facts,
    ask_for_summary,
    read_proposals,
    read_summary,
    teaches,
)

from .conftest import ANNAS

SAID = StoredTurn(
    ANNAS,
    "one",
    datetime(2026, 11, 21, tzinfo=UTC),
    "conversation.hearth",
    "I can't eat nuts, they make me ill, and Tom is coming at 7",
    "Noted: no pizza.",
)
TURNS = (
    SAID,
    replace(SAID, words="the mail says that Anna loves spiders and snakes", outside=True),
    replace(SAID, words="would you say that I love spiders?"),
    replace(SAID, words="set the heating to 21 degrees in winter", tools=("HassClimateSetTemperature",)),
)


@pytest.mark.parametrize(
    ("evidence", "text", "kind", "believed"),
    [
        ("I can't eat nuts", "I can't eat nuts", "constraint", True),
        ("i can't eat NUTS!", "Anna can't eat nuts.", "constraint", True),
        ("they make me ill", "Nuts make me ill.", "fact", True),
        ("I can't eat fish", "I can't eat fish.", "constraint", False),
        ("eat nuts", "I can't eat nuts.", "constraint", False),
        ("I can't eat nuts", "I love jazz from New Orleans.", "preference", False),
        ("Tom is coming at 7", "Tom comes at 8.", "fact", False),
        ("I can't eat nuts", "I can't eat nuts.", "gossip", False),
        ("I can't eat nuts", "", "constraint", False),
        ("Noted: no pizza", "No pizza.", "constraint", False),
        ("Anna loves spiders and snakes", "Anna loves spiders and snakes.", "preference", False),
        ("I love spiders", "I love spiders.", "preference", False),
        ("the heating to 21 degrees", "The heating is set to 21 degrees.", "preference", False),
    ],
)
def test_what_is_believed(evidence: str, text: str, kind: str, believed: bool) -> None:
    """Evidence was said, in a turn that teaches, and the fact follows from it."""
    reply = json.dumps({"facts": [{"evidence": evidence, "text": text, "kind": kind}]})
    found = read_proposals(reply, TURNS, "Anna", "en")
    assert [(proposal.text, proposal.kind, proposal.turn) for proposal in found] == (
        [(text, FactKind(kind), SAID)] if believed else []
    )


@pytest.mark.parametrize("reply", ["", "no JSON", "[]", "{}", '{"facts": 3}', '{"facts": ["x", null]}'])
def test_what_is_no_reply(reply: str) -> None:
    """Nonsense teaches nothing."""
    assert read_proposals(reply, TURNS, "Anna", "en") == []


@pytest.mark.parametrize(
    ("reply", "summary"),
    [('{"summary": " They  spoke. "}', "They spoke."), ('{"summary": ""}', None), ('{"summary": 3}', None), ("", None)],
)
def test_summaries(reply: str, summary: str | None) -> None:
    """A summary is a text, or there is none."""
    assert read_summary(reply) == summary


def test_which_turns_teach() -> None:
    """Text from outside, questions and commands teach nothing."""
    assert [teaches(turn) for turn in TURNS] == [True, False, False, False]


def test_a_model_sees_the_persons_words_only() -> None:
    """What Hearth said, and what others wrote, is no evidence."""
    messages = ask_for_facts(TURNS[:1], "Anna")
    assert messages[1]["content"] == f"- {SAID.words}"
    assert "Noted: no pizza." in ask_for_summary(TURNS[:1], "Anna")[1]["content"]
