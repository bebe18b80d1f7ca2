"""Test that the rooms import each other downwards only, as the architecture says."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import resolve_name
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = ("chromadb", "huggingface_hub", "icalendar", "llama_cpp", "pypdf")
VAGUE = ("common", "helpers", "manager", "utils")


@dataclass(frozen=True)
class House:
    """A package and its rooms by floor: who may import whom is who stands higher; a room may import itself."""

    package: str
    folder: Path
    floors: Mapping[str, int]
    face: int

    def files(self) -> list[Path]:
        """Return the package's modules."""
        return sorted(self.folder.rglob("*.py"))

    def module(self, path: Path) -> str:
        """Return the dotted name of a file."""
        parts = path.relative_to(self.folder).with_suffix("").parts
        return ".".join((self.package, *parts)).removesuffix(".__init__")

    def imports(self, path: Path) -> set[str]:
        """Return the dotted names that a file imports, wherever in it."""
        module = self.module(path)
        parent = module if path.name == "__init__.py" else module.rpartition(".")[0]
        return set(_imports(ast.parse(path.read_text()), parent))

    def room(self, module: str) -> str:
        """Return the room that a module of the package is in; the package itself is called by its own name."""
        return module.removeprefix(f"{self.package}.").partition(".")[0]

    def floor(self, room: str) -> int:
        """Return the floor of a room; a file beside the rooms is a face."""
        return self.floors.get(room, self.face)

    def arrows(self) -> set[tuple[str, str]]:
        """Return which room imports which."""
        return {
            (self.room(self.module(path)), self.room(name))
            for path in self.files()
            for name in self.imports(path)
            if name.startswith(f"{self.package}.")
        }


def _imports(tree: ast.AST, parent: str) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = resolve_name("." * level + (module or ""), parent) if level else str(module)
                yield from (f"{base}.{alias.name}" for alias in names)


INTEGRATION = House(
    package="custom_components.hearth",
    folder=ROOT / "custom_components" / "hearth",
    floors={
        "const": 0,
        "changing": 0,
        "sqlite_file": 0,
        "access": 1,
        "engine": 1,
        "speech": 1,
        "context": 2,
        "memory": 2,
        "hands": 3,
        "mind": 4,
        "errors": 5,
        "downloads": 6,
        "erasure": 6,
        "coordinator": 7,
        "exposure": 7,
        "entity": 8,
        "issues": 8,
        "action_event": 8,
        "caller": 8,
        "options_forms": 6,
        "approvals_options": 7,
        "actions_options": 7,
        "override_options": 7,
        "rules_options": 7,
        "tools_options": 7,
        "options_flow": 8,
        "subentry_flow": 8,
        "services": 10,
        "custom_components": 11,
    },
    face=9,
)
APP = House(
    package="hearthd",
    folder=ROOT / "addon" / "hearthd",
    floors={
        "VERSION": 0,
        "errors": 0,
        "settings": 1,
        "stored_json": 1,
        "assignments": 2,
        "identity": 2,
        # What lies on disk and whether it fits; engine/ runs it.
        "models": 3,
        "engine": 4,
        "library": 4,
        "api": 5,
        "doctor": 6,
        "cli": 7,
        "__main__": 8,
    },
    face=4,
)
HOUSES = pytest.mark.parametrize("house", [INTEGRATION, APP], ids=["integration", "app"])


@HOUSES
def test_rooms_import_downwards(house: House) -> None:
    """Let nobody reach up or sideways."""
    wrong = {(one, other) for one, other in house.arrows() if one != other and house.floor(one) <= house.floor(other)}
    assert wrong == set()


@HOUSES
def test_every_floor_is_lived_on(house: House) -> None:
    """Have no floor for a room that is not there."""
    assert set(house.floors) - {room for arrow in house.arrows() for room in arrow} == set()


def test_arrows_are_seen() -> None:
    """Prove that relative and absolute imports are found."""
    assert {("mind", "hands"), ("conversation", "mind"), ("custom_components", "issues")} <= INTEGRATION.arrows()
    assert {("cli", "api"), ("api", "engine")} <= APP.arrows()


@pytest.mark.parametrize(
    ("house", "strangers"),
    [
        pytest.param(INTEGRATION, {"hearthd", *HEAVY}, id="integration"),
        pytest.param(APP, {"custom_components", "homeassistant"}, id="app"),
    ],
)
def test_the_houses_do_not_know_each_other(house: House, strangers: set[str]) -> None:
    """Hold the two together by the wire alone."""
    known = {name.partition(".")[0] for path in house.files() for name in house.imports(path)}
    assert known & strangers == set()


def test_the_engines_client_knows_no_home_assistant() -> None:
    """Keep the wire's client usable anywhere."""
    files = [path for path in INTEGRATION.files() if INTEGRATION.room(INTEGRATION.module(path)) == "engine"]
    known = {name.partition(".")[0] for path in files for name in INTEGRATION.imports(path)}
    assert files != []
    assert "homeassistant" not in known


@pytest.mark.parametrize("library", HEAVY)
def test_a_heavy_library_has_one_importer(library: str) -> None:
    """Keep what is slow to load or may crash behind one door."""
    importers = [path for path in APP.files() if library in {name.partition(".")[0] for name in APP.imports(path)}]
    # A package inside a room is one door, however many leaves it has.
    doors = {path if path.parent.parent == APP.folder else path.parent for path in importers}
    assert len(doors) == 1


@HOUSES
def test_names_say_something(house: House) -> None:
    """Have no drawer for everything."""
    assert [path for path in house.files() if set(house.module(path).split(".")) & set(VAGUE)] == []


@HOUSES
def test_annotations_need_no_future(house: House) -> None:
    """Write for the Python that Home Assistant runs on."""
    assert [path for path in house.files() if "__future__.annotations" in house.imports(path)] == []
