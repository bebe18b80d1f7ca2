"""Test that what a person chose is kept, whole, for the next start."""

import json
from pathlib import Path
import threading

import pytest

from hearthd.assignments import assigned_models, read_assignments, write_assignment
from hearthd.settings import BUILTIN_EMBEDDER, InstalledRef, ModelRef, Role, Settings, SettingsError


def test_nothing_chosen(tmp_path: Path) -> None:
    """Without a file the settings hold."""
    assert read_assignments(tmp_path / "nowhere") == {}


def test_choices_are_kept(tmp_path: Path) -> None:
    """Each role is chosen for by itself; none is a choice too."""
    data = tmp_path / "new" / "data"
    write_assignment(data, Role.FAST, "qwen3-4b")
    write_assignment(data, Role.REASONING, None)
    write_assignment(data, Role.FAST, "http://host/v1#other")
    assert read_assignments(data) == {Role.FAST: "http://host/v1#other", Role.REASONING: None}


def test_what_a_later_version_wrote_stays(tmp_path: Path) -> None:
    """A role that we do not know is passed over and kept."""
    path = tmp_path / "roles.json"
    path.write_text('{"seer": "m", "fast": "a"}')
    write_assignment(tmp_path, Role.FAST, "b")
    assert read_assignments(tmp_path) == {Role.FAST: "b"}
    assert json.loads(path.read_text())["seer"] == "m"


@pytest.mark.parametrize(
    "damaged", ["", "{", "[]", '"fast"', '{"fast": 1}', '{"fast": ["m"]}', "\x00" * 20, "[" * 9999]
)
def test_damaged_file(tmp_path: Path, damaged: str) -> None:
    """What cannot be read is said in one line, and never overwritten."""
    path = tmp_path / "roles.json"
    path.write_text(damaged)
    with pytest.raises(SettingsError, match=r"roles\.json is damaged"):
        read_assignments(tmp_path)
    assert path.read_text() == damaged


def test_choosing_over_a_damaged_file(tmp_path: Path) -> None:
    """The other roles' choices may still be saved by hand."""
    path = tmp_path / "roles.json"
    path.write_text('{"fast": "a"')
    with pytest.raises(SettingsError, match="delete it to choose anew"):
        write_assignment(tmp_path, Role.REASONING, "b")
    assert path.read_text() == '{"fast": "a"'


def test_a_choice_stands_between_what_is_fixed_and_the_options(tmp_path: Path) -> None:
    """Each role has its own; to have none is a choice too."""
    given: dict[Role, ModelRef] = {role: InstalledRef("set") for role in Role}
    for role, choice in ((Role.FAST, "installed:chosen"), (Role.REASONING, None), (Role.EMBEDDING, "chosen")):
        write_assignment(tmp_path, role, choice)
    models = assigned_models(Settings(tmp_path, models=given, fixed_roles=frozenset({Role.EMBEDDING})))
    assert models == {
        Role.ROUTER: InstalledRef("set"),
        Role.FAST: InstalledRef("chosen"),
        Role.EMBEDDING: InstalledRef("set"),
    }


def test_what_embeds_is_there_from_the_start(tmp_path: Path) -> None:
    """Settings and people may choose another model for it, or none."""
    assert assigned_models(Settings(tmp_path)) == {Role.EMBEDDING: BUILTIN_EMBEDDER}
    configured = Settings(tmp_path, models={Role.EMBEDDING: InstalledRef("set")})
    assert assigned_models(configured) == {Role.EMBEDDING: InstalledRef("set")}
    write_assignment(tmp_path, Role.EMBEDDING, None)
    assert assigned_models(Settings(tmp_path)) == assigned_models(configured) == {}


def test_choice_that_is_no_model(tmp_path: Path) -> None:
    """A choice that cannot be read is explained like a setting."""
    (tmp_path / "roles.json").write_text('{"fast": "what is this?"}')
    with pytest.raises(SettingsError, match="is no model"):
        assigned_models(Settings(tmp_path))


def test_unusable_folder() -> None:
    """A folder that is none is explained."""
    with pytest.raises(SettingsError, match="cannot be written"):
        write_assignment(Path("/dev/null"), Role.FAST, "m")
    with pytest.raises(SettingsError, match="cannot be read"):
        read_assignments(Path("/dev/null"))


def test_choices_at_the_same_moment(tmp_path: Path) -> None:
    """None of them is lost, and nothing is left behind."""
    threads = [threading.Thread(target=write_assignment, args=(tmp_path, role, f"m-{role}")) for role in Role]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read_assignments(tmp_path) == {role: f"m-{role}" for role in Role}
    assert {path.name for path in tmp_path.iterdir()} == {"roles.json", ".roles.json.lock"}
