"""Test that an edit of automations.yaml changes nothing but what it is about."""

from pathlib import Path

from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.hearth.hands.automations.file import AutomationsFile

NEW = {
    "id": "hearth_new",
    "alias": "New",
    "triggers": [{"trigger": "sun", "event": "sunset"}],
    "actions": [{"action": "light.turn_on", "target": {"entity_id": "light.a"}}],
}
OTHERS = """\
# Ours, by hand.
- id: first
  alias: First
  triggers:
    - trigger: time
      at: "07:00:00"
  # Why it is dimmed.
  actions:
    - action: light.turn_on
      data: {brightness: 3}

# The second one.
- alias: !secret name
  id: second
  triggers: []
  actions:
    - action: notify.notify
      data:
        message: |
          Two
          lines
"""


@pytest.fixture
def file(tmp_path: Path) -> AutomationsFile:
    """Return a file in an empty folder; the secret that another entry names is nobody's business here."""
    return AutomationsFile(str(tmp_path))


@pytest.mark.parametrize(
    "before", ["", "[]\n", "# None yet.\n[]\n", "# None yet.\n", OTHERS, f"{OTHERS}\n# The end.\n"]
)
def test_what_is_added_can_be_removed(tmp_path: Path, file: AutomationsFile, before: str) -> None:
    """Comments, secrets and the others' entries stay; what is taken out leaves nothing behind."""
    path = tmp_path / "automations.yaml"
    path.write_text(before)
    others = file.entries()
    file.add(NEW)
    assert file.entries() == [*others, NEW]
    assert [line for line in before.splitlines() if line.startswith("#") or "!secret" in line] == [
        line for line in path.read_text().splitlines() if line.startswith("#") or "!secret" in line
    ]
    file.remove("hearth_new")
    assert file.entries() == others
    if others:
        assert path.read_text().rstrip() == before.rstrip()


def test_one_in_the_middle_goes(tmp_path: Path, file: AutomationsFile) -> None:
    """The comment behind an entry belongs to the next one."""
    path = tmp_path / "automations.yaml"
    path.write_text(OTHERS)
    file.add(NEW)
    file.add({**NEW, "id": "hearth_other"})
    file.remove("hearth_new")
    assert [entry["id"] for entry in file.entries()] == ["first", "second", "hearth_other"]
    file.remove("first")
    text = path.read_text()
    assert "# The second one." in text
    assert "7:00" not in text


def test_the_same_one_is_there_once(file: AutomationsFile) -> None:
    """A second time it takes the place of the first."""
    file.add(NEW)
    file.add({**NEW, "alias": "Renamed"})
    assert [entry["alias"] for entry in file.entries()] == ["Renamed"]


@pytest.mark.parametrize("before", ["[{id: first, alias: First}]\n", "  - id: first\n    alias: First\n"])
def test_a_form_that_can_not_be_appended_to_is_written_anew(tmp_path: Path, file: AutomationsFile, before: str) -> None:
    """What matters is that every entry is there."""
    (tmp_path / "automations.yaml").write_text(before)
    file.add(NEW)
    assert file.entries() == [{"id": "first", "alias": "First"}, NEW]


def test_a_secret_is_never_written_out(tmp_path: Path, file: AutomationsFile) -> None:
    """Where a secret could stay only by being looked up, the file stays as it is."""
    path = tmp_path / "automations.yaml"
    path.write_text("[{id: first, alias: !secret name}]\n")
    with pytest.raises(HomeAssistantError):
        file.add(NEW)
    assert path.read_text() == "[{id: first, alias: !secret name}]\n"


@pytest.mark.parametrize("damage", ["a: [", "just: a mapping\n", "\xff"])
def test_a_damaged_file_is_left_alone(tmp_path: Path, file: AutomationsFile, damage: str) -> None:
    """Nothing is written over what can't be read."""
    path = tmp_path / "automations.yaml"
    path.write_bytes(damage.encode("latin-1"))
    with pytest.raises(HomeAssistantError):
        file.add(NEW)
    assert path.read_bytes() == damage.encode("latin-1")


@pytest.mark.parametrize(
    ("configuration", "left_out"),
    [
        (None, True),
        ("light:\n", True),
        ("automation: !include automations.yaml\n", False),
        ("homeassistant:\n  packages: !include_dir_named packages\n", False),
    ],
)
def test_a_file_that_nothing_reads(
    tmp_path: Path, file: AutomationsFile, configuration: str | None, *, left_out: bool
) -> None:
    """It is known beforehand where an automation would never be read."""
    if configuration is not None:
        (tmp_path / "configuration.yaml").write_text(configuration)
    assert file.is_surely_left_out == left_out
