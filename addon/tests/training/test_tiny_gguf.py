"""Test that the tiny models are whole, alike for the same seed, of the shape that was asked for, and read any text."""

from collections.abc import Callable, Iterator
from pathlib import Path

from hypothesis import given, settings, strategies as st
import llama_cpp
import numpy as np
import pytest

from hearthd.models.gguf_header import read_header
from tests.training.native import Native, loaded

FORMATS = ["hermes", "llama3", "plain"]
SHAPES = ["attention", "sliding", "recurrent", "hybrid"]
MARKS = ["<tool_call>", "</tool_call>", "<think>", "</think>", "<|im_start|>", "<|im_end|>"]

type MakeModel = Callable[..., Path]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("shape", SHAPES)
def test_model_is_a_whole_file(make_model: MakeModel, form: str, shape: str) -> None:
    """A generated file passes our own check."""
    read_header(make_model(form, shape=shape))


def test_same_seed_gives_the_same_bytes(make_model: MakeModel) -> None:
    """Two runs agree, and another seed differs."""
    first, second, other = make_model(), make_model(name="again.gguf"), make_model(seed=1)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != other.read_bytes()


@pytest.mark.parametrize(
    ("shape", "recurrent", "hybrid", "window"),
    [
        ("attention", False, False, 0),
        ("sliding", False, False, 32),
        ("recurrent", True, False, 0),
        ("hybrid", False, True, 0),
    ],
)
def test_llama_cpp_sees_the_shape(
    make_model: MakeModel, shape: str, recurrent: bool, hybrid: bool, window: int
) -> None:
    """llama.cpp takes the model for what it stands for, and its logits depend on tokens outside any window."""
    with loaded(make_model(shape=shape)) as native:
        assert llama_cpp.llama_model_is_recurrent(native.model) is recurrent
        assert llama_cpp.llama_model_is_hybrid(native.model) is hybrid
        assert llama_cpp.llama_model_n_swa(native.model) == window
        tokens = native.tokenize("turn on the kitchen lights and close the blinds in the living room please, " * 3)
        long = native.logits(tokens)
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(native.context), True)
        short = native.logits(tokens[1:])
    assert np.isfinite(long).all()
    assert not np.allclose(long, short, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("sharpness", [1.0, 3.0])
def test_a_sharp_model_outweighs_rounding(make_model: MakeModel, shape: str, sharpness: float) -> None:
    """Chunks of another size change the logits by less than the likeliest token stands out by."""
    with loaded(make_model(shape=shape, sharpness=sharpness)) as native:
        prompt = native.tokenize("is the front door locked? unlock the garage door and switch off every light" * 2)
        logits, rounded = native.logits(prompt), None
        reply = [int(logits.argmax())]
        margins = []
        while len(reply) < 40:
            logits = native.logits(reply[-1:], len(prompt) + len(reply) - 1)
            reply.append(int(logits.argmax()))
            margins.append(float(np.diff(np.sort(logits)[-2:])[0]))
        llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(native.context), True)
        tokens = prompt + reply[:-1]
        for begin in range(0, len(tokens), 7):
            rounded = native.logits(tokens[begin : begin + 7], begin)
    assert rounded is not None
    error = np.abs(rounded - logits).max()
    assert error < min(margins) / (20 if sharpness > 1 else 1)
    assert len(set(reply)) > 5


@pytest.fixture(scope="module")
def native(make_model: MakeModel) -> Iterator[Native]:
    """Load a tiny model without anything of ours around it."""
    with loaded(make_model()) as model:
        yield model


@given(text=st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=60))
@settings(deadline=None)
def test_tokenizer_reads_any_text(native: Native, text: str) -> None:
    """Every text comes back from its tokens, special marks included."""
    assert native.text(native.tokenize(text)) == text


@pytest.mark.parametrize("mark", MARKS)
def test_special_marks_are_single_tokens(native: Native, mark: str) -> None:
    """A mark is one token, as in the models that the tiny one stands for."""
    assert len(native.tokenize(mark)) == 1


def test_common_words_are_merged(native: Native) -> None:
    """The learnt merges make fewer tokens than bytes."""
    text = "turn on the kitchen lights"
    assert len(native.tokenize(text)) < len(text) / 2
