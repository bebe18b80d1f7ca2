"""The models that we recommend: a table that was checked by hand, in `catalogue.json`.

It holds no size and no checksum: those come from the hub when a model is fetched.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
import json
import re

from hearthd.settings import Role

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}")


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model that can be fetched.

    `repo` and `file` are its place on the hub, `source` the page that says so. `active_parameters` counts those that
    work on each token, if these are not all of them; `context_length` is in tokens, as trained. `family` names the
    tool format of its chat template, `roles` what the model is good for.
    """

    id: str
    name: str
    repo: str
    file: str
    licence: str
    parameters: int
    active_parameters: int | None
    context_length: int
    family: str
    roles: tuple[Role, ...]
    notes: str
    source: str


@cache
def read_catalogue() -> Mapping[str, CatalogueEntry]:
    """Return the catalogue by id, the smallest models first and those that embed last."""
    table = json.loads(files("hearthd.models").joinpath("catalogue.json").read_bytes())
    entries = [CatalogueEntry(**row | {"roles": tuple(map(Role, row["roles"]))}) for row in table["models"]]
    return {entry.id: entry for entry in entries}


def is_model_id(text: str) -> bool:
    """Tell whether a text can be a model's id: a file name that no role is called by."""
    return _ID.fullmatch(text) is not None and text not in Role
