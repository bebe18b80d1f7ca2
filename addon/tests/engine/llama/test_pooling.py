"""Test the model that ships with hearthd against the reference's vectors, and how texts are read for it."""

from array import array
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from hearthd.engine.llama.pooling import PoolingContext
from hearthd.engine.llama.weights import Weights
from hearthd.errors import ApiError, ErrorCode
from tests.engine.embedding_texts import BUILTIN, EXPECTED, PLAN, SAMPLES, TEXTS, Sample


@pytest.fixture(scope="module")
def weights() -> Iterator[Weights]:
    """Load the model."""
    loaded = Weights(BUILTIN)
    yield loaded
    loaded.close()


@pytest.fixture(scope="module")
def context(weights: Weights) -> Iterator[PoolingContext]:
    """Give it a context."""
    made = PoolingContext(weights, PLAN)
    yield made
    made.close()


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.text[:30])
def test_vectors_are_the_references(weights: Weights, context: PoolingContext, sample: Sample) -> None:
    """Weights of 8 bits change the direction of no vector that counts."""
    (vector,) = context.embed([weights.tokenize_text(sample.text)[:512]])
    assert vector.dtype == np.float32
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
    assert vector @ sample.vector >= 0.999


QUESTIONS = {
    "Who is the plumber?": "The plumber is called Rosa.",
    "Where did we put the spare key?": "The spare key hangs behind the fuse box in the garage.",
    "When was the boiler last serviced?": "Boiler serviced on 14 March 2026, next service due in March 2027.",
    "The dishwasher shows E24, what now?": "Dishwasher error E24: the drain hose is kinked or the filter is blocked.",
    "What must Anna not eat?": "Anna is allergic to hazelnuts.",
}


@pytest.mark.parametrize(("question", "answer"), QUESTIONS.items())
def test_the_answer_is_nearest(weights: Weights, context: PoolingContext, question: str, answer: str) -> None:
    """Of all texts that are no questions, the one that answers lies nearest."""
    notes = [text for text in TEXTS if "?" not in text[-1:] and "what now" not in text]
    tokens = [weights.tokenize_text(text)[:256] for text in [question, *notes]]
    asked, *found = [context.embed([one])[0] for one in tokens]
    assert notes[int(np.argmax(np.stack(found) @ asked))] == answer


def test_batches_change_nothing(weights: Weights, context: PoolingContext) -> None:
    """Texts that are read together do not see each other; llama.cpp rounds a step of another size differently."""
    short = [weights.tokenize_text(text) for text in TEXTS if len(text) < 60][: PLAN.sequences]
    together = context.embed(short)
    alone = np.stack([context.embed([tokens])[0] for tokens in short])
    assert together.shape == (len(short), 384)
    assert ((together * alone).sum(axis=1) >= 0.999).all()


def test_what_was_read_before_changes_nothing(weights: Weights, context: PoolingContext) -> None:
    """Nothing of one step is seen by the next."""
    first = context.embed([weights.tokenize_text(TEXTS[0])])
    context.embed([weights.tokenize_text(TEXTS[-1])[:512]])
    assert np.array_equal(context.embed([weights.tokenize_text(TEXTS[0])]), first)


def test_marks_in_a_text_are_letters(weights: Weights) -> None:
    """Nobody ends a text in the middle by writing what the end looks like."""
    begin, *between, end = weights.tokenize_text("before [SEP] after")
    assert weights.is_control(begin)
    assert weights.is_control(end)
    assert not any(map(weights.is_control, between))


@pytest.mark.parametrize("flash", [False, True])
@pytest.mark.parametrize("tokens", [1, 511, 512])
def test_a_text_of_any_length_is_read(weights: Weights, flash: bool, tokens: int) -> None:
    """A step holds one text up to the model's own length, whatever a batch is to hold."""
    context = PoolingContext(weights, replace(PLAN, batch=32, flash_attention=flash))
    vectors = context.embed([array("i", [2000] * tokens)])
    context.close()
    assert np.linalg.norm(vectors) == pytest.approx(1, abs=1e-5)


def test_a_model_that_does_not_pool_is_refused(tiny_model: Path) -> None:
    """It is said in words."""
    weights = Weights(tiny_model)
    with pytest.raises(ApiError, match="one vector") as refusal:
        PoolingContext(weights, PLAN)
    assert refusal.value.code is ErrorCode.MODEL_FAILED
    weights.close()


def test_expected_vectors_differ() -> None:
    """The reference tells texts apart, so that being near to it means something."""
    products = EXPECTED @ EXPECTED.T
    assert products[~np.eye(len(EXPECTED), dtype=bool)].max() < 0.95
