"""The model that ships with hearthd, so that a home can be searched before anything was fetched."""

from importlib.resources import files
from pathlib import Path

from hearthd.models.catalogue import CatalogueEntry
from hearthd.settings import BUILTIN_EMBEDDER, Role

BUILTIN = CatalogueEntry(
    id=BUILTIN_EMBEDDER.model_id,
    name="all-MiniLM-L6-v2",
    repo="sentence-transformers/all-MiniLM-L6-v2",
    file="all-minilm-l6-v2.gguf",
    licence="Apache-2.0",
    parameters=22_700_000,
    active_parameters=None,
    context_length=512,
    family="embedding",
    roles=(Role.EMBEDDING,),
    notes="Ships with Hearth. Small and quick; for English.",
    source="https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2",
)


def builtin_path() -> Path:
    """Return where its file is."""
    return Path(str(files("hearthd") / "builtin" / BUILTIN.file))
