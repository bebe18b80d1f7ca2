"""Test that the tiny models are whole, alike for the same seed, and read any text."""

from collections.abc import Callable
from pathlib import Path

from hypothesis import given, settings, strategies as st
import pytest

from hearthd.engine.llama import Llama
from hearthd.engine.model_file import check_model_file

FORMATS = ["hermes", "llama3", "plain"]


@pytest.mark.parametrize("form", FORMATS)
def test_model_is_a_whole_file(make_model: Callable[..., Path], form: str) -> None:
    """A generated file passes our own check."""
    check_model_file(make_model(form))


def test_same_seed_gives_the_same_bytes(make_model: Callable[..., Path]) -> None:
    """Two runs agree, and another seed differs."""
    first, second, other = make_model(), make_model(name="again.gguf"), make_model(seed=1)
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes() != other.read_bytes()


@pytest.fixture(scope="module")
def llama(make_model: Callable[..., Path]) -> Llama:
    """Load a tiny model without a backend around it."""
    return Llama(make_model(), context_length=256, threads=1)


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=60))
@settings(deadline=None)
def test_tokenizer_reads_any_text(llama: Llama, text: str) -> None:
    """Every text comes back from its tokens, special marks included."""
    pieces = [llama.piece(token, special=True) for token in llama.tokenize(text)]
    assert b"".join(pieces).decode() == text


@pytest.mark.parametrize("mark", ["<tool_call>", "</tool_call>", "<think>", "</think>", "<|im_start|>", "<|im_end|>"])
def test_special_marks_are_single_tokens(llama: Llama, mark: str) -> None:
    """A mark is one token, as in the models that the tiny one stands for."""
    assert len(llama.tokenize(mark)) == 1


def test_common_words_are_merged(llama: Llama) -> None:
    """The learnt merges make fewer tokens than bytes."""
    text = "turn on the kitchen lights"
    assert len(llama.tokenize(text)) < len(text) / 2
