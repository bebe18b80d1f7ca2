"""Tell a person, or a program, what a check found."""

from collections.abc import Mapping, Sequence
import json
from typing import Any

from .check import Turn


def as_json(turns: Sequence[Turn], faults: Sequence[str | None]) -> str:
    """Return the one object that `script/demo --check --json` prints.

    Its fields: `{"ok", "turns": [{"text", "reply", "tier", "ok", "tool_calls": [{"name", "args", "decision"}],
    "entities": {id: {"before", "after"}}, "citations", "audit_ids", "timings_ms": {stage: ms}}]}`.
    """
    told = [_turn(turn, fault) for turn, fault in zip(turns, faults, strict=True)]
    return json.dumps({"ok": all(turn["ok"] for turn in told), "turns": told}, indent=2, ensure_ascii=False)


def _turn(turn: Turn, fault: str | None) -> dict[str, Any]:
    return {
        "text": turn.text,
        "reply": turn.reply,
        "tier": turn.tier,
        "ok": fault is None,
        "tool_calls": [{key: call[key] for key in ("name", "args", "decision")} for call in turn.tool_calls],
        "entities": {
            entity_id: {
                "before": change.before.state if change.before else None,
                "after": change.after.state if change.after else None,
            }
            for entity_id, change in turn.changes.items()
        },
        "citations": list(turn.citations),
        "audit_ids": list(turn.audit_ids),
        "timings_ms": {stage: round(milliseconds, 1) for stage, milliseconds in turn.timings_ms.items()},
    }


def as_text(turns: Sequence[Turn], faults: Sequence[str | None], audit: Sequence[Mapping[str, Any]]) -> str:
    """Return the same for a person, with what the rows of the audit say of the turns."""
    calls = {row["id"]: row for row in audit if row["kind"] == "call"}
    ends = {row["call"]: row["outcome"] for row in audit if row["kind"] == "outcome"}
    lines = {number: _audit_line(row, ends.get(number)) for number, row in calls.items()}
    blocks = [_block(turn, fault, lines) for turn, fault in zip(turns, faults, strict=True)]
    verdict = "What was asked happened." if not any(faults) else "Not everything that was asked happened."
    return "\n\n".join([*blocks, verdict])


def _block(turn: Turn, fault: str | None, audit: Mapping[int, str]) -> str:
    outcome = turn.outcome.value if turn.outcome else "no record"
    lines = [f"> {turn.text}", turn.reply or "(no reply)", f"  {turn.tier or '-'}, {outcome}"]
    for call in turn.tool_calls:
        reason = f" ({call['reason']})" if call.get("reason") else ""
        lines.append(f"  tool    {call['name']} {_compact(call['args'])} -> {call['decision']}{reason}")
    for entity_id, change in turn.changes.items():
        before = change.before.state if change.before else "(none)"
        after = change.after.state if change.after else "(none)"
        lines.append(f"  entity  {entity_id}: {before} -> {after}")
    if turn.pieces > 1:
        lines.append(f"  stream  the reply came in {turn.pieces} pieces")
    lines += [f"  source  {_compact(citation)}" for citation in turn.citations]
    lines += [f"  audit   {audit[row]}" for row in turn.audit_ids if row in audit]
    stages = ", ".join(f"{stage} {milliseconds:.1f}" for stage, milliseconds in turn.timings_ms.items())
    lines.append(f"  ms      {stages}")
    if fault:
        lines.append(f"  NOT OK  {fault}")
    return "\n".join(lines)


def _audit_line(row: Mapping[str, Any], end: str | None) -> str:
    """Return what was decided before the call, on which effects, and what came of it."""
    effects = "; ".join(f"{effect['action']} {effect['entity_id'] or ''}".strip() for effect in row["effects"])
    question = f", on the question in row {row['approved_from']}" if row["approved_from"] else ""
    outcome = end or row["outcome"] or "answered"
    return f"row {row['id']}: {row['decision']} ({row['reason']}{question}) {effects or 'reads only'} -> {outcome}"


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)
