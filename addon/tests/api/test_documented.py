"""Test that docs/engine-api.md tells of everything that clients may rely on, and of nothing else."""

from pathlib import Path
import re

from hearthd.api import create_app
from hearthd.engine.embedding import RoleEmbedder
from hearthd.engine.metrics import Metrics
from hearthd.engine.roles import Cast, RoleTable
from hearthd.errors import ApiError, ErrorCode
from hearthd.identity import Identity
from hearthd.library.library import Library
from hearthd.library.metrics import LibraryMetrics
from hearthd.models.store import open_store
from hearthd.settings import Settings

PAGE = (Path(__file__).parents[3] / "docs" / "engine-api.md").read_text()


def test_error_table_is_complete() -> None:
    """Each code stands in the table, with the status that it has."""
    table = PAGE.partition("## Errors")[2].partition("\n## ")[0]
    listed = {code: int(status) for code, status in re.findall(r"^\| `(\w+)` \| (\d{3}) \|", table, re.MULTILINE)}
    assert listed == {code.value: ApiError(code, "").status for code in ErrorCode}


def test_metrics_table_is_complete() -> None:
    """Each series of ours stands in the table under the name that Prometheus sees."""
    table = PAGE.partition("## `GET /metrics`")[2].partition("\n## ")[0]
    listed = set(re.findall(r"`(hearth_\w+)`", table))
    registry = Metrics().registry
    LibraryMetrics(registry)
    families = [family for family in registry.collect() if family.name.startswith("hearth_")]
    assert listed == {f"{family.name}_total" if family.type == "counter" else family.name for family in families}


def test_addresses_are_documented(tmp_path: Path) -> None:
    """Each address is in a heading, with its method."""
    settings = Settings(tmp_path)
    table = RoleTable(Cast(), lambda *_: NotImplemented)
    library = Library(tmp_path / "library", RoleEmbedder(table))
    app = create_app(table, open_store(settings), library, Identity("0" * 32, "token"), settings)
    served = {f"{method.upper()} {path}" for path, methods in app.openapi()["paths"].items() for method in methods}
    headings = "".join(line for line in PAGE.splitlines() if line.startswith("## "))
    listed = set(re.findall(r"`((?:GET|PUT|POST|DELETE) /[^`]+)`", headings))
    assert {_nameless(address) for address in listed} == {_nameless(address) for address in served}


def _nameless(address: str) -> str:
    """Leave out what a part of a path is called."""
    return re.sub(r"{\w+}", "{}", address)
