"""What --check prints."""

from dataclasses import replace
import json
from typing import Any

from demo.check import Change, Outcome, Seen, Turn
from demo.report import as_json, as_text

TURN = Turn(
    text="unlock the front door",
    reply="Unlocked",
    tier="T0",
    outcome=Outcome.DONE,
    tool_calls=[
        {
            "name": "HassTurnOff",
            "args": {"name": "Front Door"},
            "decision": "allow",
            "reason": "approved",
            "outcome": "done",
        }
    ],
    changes={"lock.front_door": Change(Seen("locked"), Seen("unlocked"), "locked", "unlocked")},
    audit_ids=[5],
    timings_ms={"pipeline": 612.345, "act": 600.0},
)
ROWS: list[dict[str, Any]] = [
    {"id": 6, "kind": "outcome", "call": 5, "outcome": "done"},
    {
        "id": 5,
        "kind": "call",
        "decision": "allow",
        "reason": "approved",
        "approved_from": 4,
        "outcome": None,
        "effects": [{"action": "lock.unlock", "entity_id": "lock.front_door", "data": {}}],
    },
]


def test_the_object_has_exactly_the_promised_fields() -> None:
    """The JSON object is a promise: no field more, none less."""
    assert json.loads(as_json([TURN], [None])) == {
        "ok": True,
        "turns": [
            {
                "text": "unlock the front door",
                "reply": "Unlocked",
                "tier": "T0",
                "ok": True,
                "tool_calls": [{"name": "HassTurnOff", "args": {"name": "Front Door"}, "decision": "allow"}],
                "entities": {"lock.front_door": {"before": "locked", "after": "unlocked"}},
                "citations": [],
                "audit_ids": [5],
                "timings_ms": {"pipeline": 612.3, "act": 600.0},
            }
        ],
    }


def test_one_bad_turn_makes_the_whole_bad() -> None:
    """The object is ok only if every turn is."""
    told = json.loads(as_json([TURN, TURN], [None, "nothing changed"]))
    assert told["ok"] is False
    assert [turn["ok"] for turn in told["turns"]] == [True, False]


def test_a_reply_that_streamed_is_told_of() -> None:
    """How many pieces a reply came in is told; one that came at once is nothing special."""
    lines = [as_text([replace(TURN, pieces=pieces)], [None], ROWS).splitlines() for pieces in (1, 12)]
    assert [line for line in lines[1] if line not in lines[0]] == ["  stream  the reply came in 12 pieces"]


def test_a_person_reads_everything_that_matters() -> None:
    """The text names reply, tier, call, states, audit row, times and the fault."""
    text = as_text([TURN], ["the lock lied"], ROWS)
    assert text.splitlines() == [
        "> unlock the front door",
        "Unlocked",
        "  T0, done",
        '  tool    HassTurnOff {"name": "Front Door"} -> allow (approved)',
        "  entity  lock.front_door: locked -> unlocked",
        "  audit   row 5: allow (approved, on the question in row 4) lock.unlock lock.front_door -> done",
        "  ms      pipeline 612.3, act 600.0",
        "  NOT OK  the lock lied",
        "",
        "Not everything that was asked happened.",
    ]
