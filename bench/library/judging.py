"""Judge what the library said: what it found, what it would cite, where it should have kept silent."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict
import json
import re
import statistics

from bench.figures import percentile
from bench.household import Half, Household, Kind, readable_by
from bench.report import Row, Target, compared
from custom_components.hearth.mind.knowledge import RELEVANT

from .asking import Asked, Mode

_SOME_ID = re.compile(r"\b[a-z]+/\d{6}\b")
# More than as good, by whatever little.
_ABOVE = Target(1.0001, at_least=True)


def recall(asked: Asked) -> float:
    """Return which share of the items that hold the answer is among those found."""
    found = {passage["item"] for passage in asked.passages}
    return sum(item in found for item in asked.question.items) / len(asked.question.items)


def is_answered(asked: Asked) -> bool:
    """Tell whether Hearth would cite a passage rather than say that it found nothing."""
    return bool(asked.passages) and asked.passages[0]["score"] >= RELEVANT


def is_right(asked: Asked) -> bool:
    """Tell whether the passage that would be cited is of the right item and contains the answer."""
    cited = asked.passages[0]
    text = " ".join(cited["text"].split()).casefold()
    return cited["item"] in asked.question.items and any(answer.casefold() in text for answer in asked.question.answers)


def found_rows(asked: Iterable[Asked], half: Half) -> list[Row]:
    """Return what was found of a half's questions, each asked by whoever has it."""
    own = [one for one in asked if one.question.half is half and one.asker == one.question.asker]
    answerable = {
        mode: [one for one in own if one.mode is mode and one.question.kind is not Kind.ABSENT] for mode in Mode
    }
    recalled = {mode: statistics.fmean(map(recall, found)) for mode, found in answerable.items()}
    hybrid = answerable[Mode.HYBRID]
    absent = [one for one in own if one.mode is Mode.HYBRID and one.question.kind is Kind.ABSENT]
    answered = [one for one in hybrid if is_answered(one)]
    raw = {"by_kind": _by_kind(answerable), "missed": [_told(one) for one in hybrid if recall(one) < 1]}
    return [
        Row("recall@5", recalled[Mode.HYBRID], "", recalled[Mode.HYBRID], Target(0.9, at_least=True), raw=raw),
        *(
            compared("recall@5", "", [(recalled[Mode.HYBRID], recalled[mode])], _ALONE[mode], target=_ABOVE)
            for mode in (Mode.VECTOR, Mode.KEYWORD)
        ),
        _share(
            "cited passage has the fact",
            [is_right(one) for one in answered],
            Target(0.95, at_least=True),
            [_told(one) for one in answered if not is_right(one)],
            f"of the {len(answered)} questions that are answered",
        ),
        _share(
            "absent answers refused",
            [not is_answered(one) for one in absent],
            Target(0.9, at_least=True),
            [_told(one) for one in absent if is_answered(one)],
            f"of {len(absent)}",
        ),
        _share(
            "answered at all",
            [is_answered(one) for one in hybrid],
            None,
            [_told(one) for one in hybrid if not is_answered(one)],
            f"of {len(hybrid)} that have an answer; for the others a model still gets the passages to judge",
        ),
    ]


def leak_row(household: Household, asked: Sequence[Asked], *, guests_refused: bool) -> Row:
    """Return how often anything of an item reached somebody who may not read it: its text, its title or its id."""
    owners = {item.id: item.owner for item in household.items}
    secrets = {
        answer: question.asker
        for question in household.questions
        if question.kind is Kind.PRIVATE
        for answer in question.answers
    }
    leaks = []
    for one in asked:
        readable = readable_by(one.asker)
        reply = json.dumps(list(one.passages), ensure_ascii=False)
        strangers = [found for found in _SOME_ID.findall(reply) if owners.get(found) not in readable]
        strangers += [passage["item"] for passage in one.passages if passage["owner"] not in readable]
        told = " ".join(f"{passage['title']} {passage['text']}" for passage in one.passages)
        strangers += [
            secret
            for secret, owner in secrets.items()
            if owner not in readable and len(secret) >= _TELLING and secret in told
        ]
        if strangers:
            leaks.append({**_told(one), "asker": one.asker, "mode": one.mode, "leaked": strangers})
    count = len(leaks) + (not guests_refused)
    note = f"of {len(asked):,} answers: every question, as everybody, in every mode; guests are refused"
    return Row("one person's facts reaching another", count, "", count, Target(0), note=note, raw={"leaks": leaks})


# Shorter answers, such as a locker's number, stand in other texts by chance.
_TELLING = 6
_ALONE = {Mode.VECTOR: "plain vector search, the same embedder", Mode.KEYWORD: "keyword search alone"}


def speed_rows(timed: Sequence[Asked], chunks_a_second: float, chunks: int) -> list[Row]:
    """Return the times of questions, and how fast short items were taken in."""
    whole = [one.ms for one in timed]
    search = [one.ms - one.embedding_ms for one in timed]
    at = f"at {chunks:,} chunks"
    return [
        _time(f"question answered, p95, {at}, without embedding", search, 50),
        _time(f"question answered, p95, {at}, with embedding", whole, 80),
        Row(
            "short items taken in, end to end", chunks_a_second, "chunks/s", chunks_a_second, Target(40, at_least=True)
        ),
    ]


def _time(name: str, samples: Sequence[float], most: float) -> Row:
    p95 = percentile(samples, 0.95)
    return Row(
        name,
        p95,
        "ms",
        p95,
        Target(most),
        note=f"median {statistics.median(samples):.3g} ms",
        raw={"samples": [round(sample, 2) for sample in samples]},
    )


def _share(name: str, verdicts: Sequence[bool], target: Target | None, failed: object, note: str) -> Row:
    share = statistics.fmean(verdicts) if verdicts else 0.0
    return Row(name, share, "", share, target, note=note, raw={"failed": failed})


def _by_kind(answerable: dict[Mode, list[Asked]]) -> dict[str, dict[str, float]]:
    """Return the recall of each kind of question, in each mode."""
    return {
        kind: {
            mode: round(statistics.fmean(recall(one) for one in found if one.question.kind is kind), 3)
            for mode, found in answerable.items()
        }
        for kind in dict.fromkeys(one.question.kind for found in answerable.values() for one in found)
    }


def _told(asked: Asked) -> dict[str, object]:
    """Return a question with what came of it, to look into."""
    first = [{name: passage[name] for name in ("item", "score", "parts", "text")} for passage in asked.passages[:1]]
    return {**asdict(asked.question), "found": [passage["item"] for passage in asked.passages], "first": first}
