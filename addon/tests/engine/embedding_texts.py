"""Give the tests texts with the vectors that the reference makes of them, in float32."""

from base64 import b64decode
from dataclasses import dataclass
import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hearthd.models.builtin import builtin_path
from hearthd.models.plan import ContextPlan

BUILTIN = builtin_path()
PLAN = ContextPlan(512, 512, batch=256, threads=1, seats=1, sequences=16)


@dataclass(frozen=True, slots=True)
class Sample:
    """A text and its vector, of length 1."""

    text: str
    vector: NDArray[np.float32]


def read_samples() -> list[Sample]:
    """Return what `training/minilm_gguf.py --vectors` has written."""
    rows = json.loads(Path(__file__).with_name("minilm.json").read_bytes())
    vectors = [np.frombuffer(b64decode(row["vector"]), "<f2").astype(np.float32) for row in rows]
    return [Sample(row["text"], vector / np.linalg.norm(vector)) for row, vector in zip(rows, vectors, strict=True)]


SAMPLES = read_samples()
TEXTS = [sample.text for sample in SAMPLES]
EXPECTED = np.stack([sample.vector for sample in SAMPLES])
