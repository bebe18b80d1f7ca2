"""Test that the benchmark's models have a real one's vocabulary."""

import json
from pathlib import Path
import subprocess
import sys

from gguf import GGUFReader
import pytest

_GENERATOR = Path(__file__).parents[2] / "training" / "realistic_gguf.py"
_WORDS = "turn on the kitchen lights and close the blinds in the living room, then lock the front door"


@pytest.fixture(scope="module")
def components(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder of integrations that say a few words."""
    folder = tmp_path_factory.mktemp("components")
    for name in ("light", "cover"):
        translations = folder / name / "translations"
        translations.mkdir(parents=True)
        (translations / "en.json").write_text(json.dumps({"title": name, "words": _WORDS}))
    return folder


def generate(components: Path, out: Path) -> Path:
    """Write a model of the small size."""
    command = [sys.executable, _GENERATOR, out, "--components", components, "--size", "small"]
    subprocess.run(command, check=True, timeout=50)
    return out


def test_same_words_give_the_same_file(components: Path, tmp_path: Path) -> None:
    """Two runs agree."""
    first, second = generate(components, tmp_path / "first.gguf"), generate(components, tmp_path / "second.gguf")
    assert first.read_bytes() == second.read_bytes()


def test_vocabulary_has_a_real_ones_size(components: Path, tmp_path: Path) -> None:
    """Learnt words are single tokens, every token is another text, and the special ones are there."""
    fields = GGUFReader(generate(components, tmp_path / "model.gguf")).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    assert len(tokens) == len(set(tokens)) == 151_936
    assert {"Ġkitchen", "Ġlights", '":', "<|im_start|>", "<tool_call>"} <= set(tokens)
    assert "tool_call" in fields["tokenizer.chat_template"].contents()
