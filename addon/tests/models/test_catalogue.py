"""Test that the catalogue holds what it says, and nothing that was not checked."""

from dataclasses import fields
from importlib.resources import files
import json
from pathlib import Path
import re

import pytest

from hearthd.engine.formats import families
from hearthd.models.catalogue import CatalogueEntry, is_model_id, read_catalogue
from hearthd.models.hub import Hub
from hearthd.models.store import ModelStore
from hearthd.settings import Role

ENTRIES = pytest.mark.parametrize("entry", read_catalogue().values(), ids=read_catalogue())
ROWS = json.loads(files("hearthd.models").joinpath("catalogue.json").read_bytes())["models"]
FAMILIES = {"embedding", *(value.name for value in vars(families).values() if isinstance(value, families.Family))}
DOCS = Path(__file__).parents[3] / "docs" / "models.md"


def test_no_id_and_no_file_is_there_twice() -> None:
    """Each row is a model of its own."""
    assert len(read_catalogue()) == len(ROWS)
    assert len({(entry.repo, entry.file) for entry in read_catalogue().values()}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_only_what_was_checked_by_hand(row: dict[str, object]) -> None:
    """Sizes and hashes are the hub's to tell."""
    assert row.keys() == {field.name for field in fields(CatalogueEntry)}


@ENTRIES
def test_entry_can_be_pulled(entry: CatalogueEntry, tmp_path: Path) -> None:
    """Its names pass the store's own checks, and its page is the repository's."""
    store = ModelStore(tmp_path, Hub("http://127.0.0.1:1", offline=True))
    wanted = store.wanted(entry.id)
    assert (wanted.repo, wanted.file) == (entry.repo, entry.file)
    assert store.wanted_file(entry.repo, entry.file).id == entry.id
    assert entry.source == f"https://huggingface.co/{entry.repo}"


@ENTRIES
def test_entry_makes_sense(entry: CatalogueEntry) -> None:
    """Its figures are plausible and its words are there."""
    assert 100_000_000 <= (entry.active_parameters or entry.parameters) <= entry.parameters <= 40_000_000_000
    assert 2048 <= entry.context_length <= 1_000_000
    assert entry.licence
    assert re.fullmatch(r"[A-Z].*\.", entry.notes)
    assert entry.roles
    assert Role.ROUTER not in entry.roles
    assert (entry.family == "embedding") == (entry.roles == (Role.EMBEDDING,))
    assert entry.family in FAMILIES


def test_sizes_for_every_home() -> None:
    """There is one for the smallest machine and one of the 30B-A3B class, and each role can be filled."""
    sizes = sorted(entry.parameters for entry in read_catalogue().values() if Role.EMBEDDING not in entry.roles)
    assert sizes[0] <= 600_000_000
    assert sizes[-1] >= 30_000_000_000
    assert {role for entry in read_catalogue().values() for role in entry.roles} == set(Role) - {Role.ROUTER}


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("a", True), ("Qwen3.5_4b-q4", True), ("", False), ("fast", False), ("-a", False), ("a/b", False), ("ü", False),
     ("..", False), (".a", False), ("a\n", False), ("a" * 129, False)],
)  # fmt: skip
def test_ids(text: str, is_one: bool) -> None:
    """An id is a plain file name that no role has."""
    assert is_model_id(text) is is_one


def table() -> list[str]:
    """Return the catalogue as the documentation shows it."""
    titles = ("id", "model", "parameters", "context", "format", "role", "licence", "what it is like")
    rows = [titles]
    for entry in read_catalogue().values():
        active = f", {billions(entry.active_parameters)} active" if entry.active_parameters else ""
        rows.append(
            (
                f"`{entry.id}`",
                f"[{entry.name}]({entry.source})",
                f"{billions(entry.parameters)}{active}",
                f"{entry.context_length:,}",
                "-" if entry.family == "embedding" else f"`{entry.family}`",
                ", ".join(entry.roles),
                entry.licence,
                entry.notes,
            )
        )
    head, *lines = [f"| {' | '.join(row)} |" for row in rows]
    return [head, "|---" * len(titles) + "|", *lines]


def billions(count: int) -> str:
    """Return a number of parameters as people write it."""
    return f"{count / 1e9:.3g}B"


def test_documentation_shows_the_catalogue() -> None:
    """A person reads what the program has; on a difference the right lines are among pytest's."""
    text = DOCS.read_text()
    shown = text.partition("test_catalogue.py -->\n")[2].partition("<!-- end")[0].splitlines()
    assert shown == table()


def test_documentation_names_models_that_are_there() -> None:
    """What is recommended can be pulled, and every format is explained."""
    advice = DOCS.read_text().partition("## The catalogue")[0]
    assert set(re.findall(r"`([a-z0-9.-]+)`", advice)) <= {*read_catalogue(), "generic"}
    explained = DOCS.read_text().partition("*Format* is")[2].partition("The table holds")[0]
    assert FAMILIES - {"embedding", "mistral-list"} <= set(re.findall(r"`([a-z0-9]+)`", explained))
