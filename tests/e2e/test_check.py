"""script/demo --check: what it prints and how it ends, over a restart of everything."""

import json
import os
from pathlib import Path
import re
import subprocess
import sys
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]
ROOT = Path(__file__).parents[2]


def check(folder: Path, *sentences: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the object of one call."""
    command = [sys.executable, "-m", "demo", "--keep", str(folder), "--json", "--check", *sentences]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def test_a_check_tells_the_truth_and_a_restart_forgets_nothing(tmp_path: Path) -> None:
    """What was asked is done, asked for, told or honestly declined; devices, audit and memory survive the restart."""
    code, told = check(
        tmp_path,
        "turn on the kitchen lights",
        "is the front door locked?",
        "unlock the front door",
        "yes",
        "what's on my calendar tomorrow?",
        "did I get any notifications?",
        "remember that the plumber is called Rosa",
        "what do my notes say about the boiler?",
        "when was the back door last opened?",
        "how much energy did the fridge use yesterday?",
        "turn off everything in the living room",
        "undo that",
        "every evening at sunset close the blinds in the living room",
        "yes",
        "undo that",
        "--after-restart",
        "is the front door locked?",
        "who is the plumber?",
        "what is the capital of France?",
    )
    *good, france = told["turns"]
    assert [turn["ok"] for turn in good] == [True] * 17, told
    (lights, door, asked, done, calendar, notifications, remembered, notes, opened, used), rest = good[:10], good[10:]
    off, undone, proposed, installed, gone, later, plumber = rest
    kitchen = lights["entities"]["light.kitchen_ceiling_lights"]
    assert (lights["tier"], kitchen) == ("T1", {"before": "off", "after": "on"})
    assert door["reply"] == "Yes"
    assert asked["reply"].endswith("?")
    assert (asked["tool_calls"][0]["decision"], asked["entities"]["lock.front_door"]["after"]) == ("ask", "locked")
    assert (done["tier"], done["entities"]["lock.front_door"]["after"]) == ("T0", "unlocked")

    assert calendar["reply"] == "Tomorrow: Dentist at 9:00 and Sam's piano lesson at 16:00."
    assert [call["name"] for call in calendar["tool_calls"]] == ["hearth__calendar_events"]
    assert notifications["reply"] == "Notifications: Washing machine: The laundry is done."
    assert (remembered["tier"], remembered["reply"]) == ("T0", "I'll remember that.")
    assert notes["reply"].startswith("Your note “Boiler” of ")
    assert [citation["title"] for citation in notes["citations"]] == ["Boiler"]
    assert opened["reply"].startswith("Back Door Contact (Kitchen): the last time was today at ")
    assert re.fullmatch(r"Fridge Energy \(Kitchen\): 0\.8\d? kWh yesterday\.", used["reply"])

    ceiling = "light.living_room_ceiling_lights"
    assert off["entities"][ceiling] == {"before": "on", "after": "off"}
    assert (undone["tier"], undone["reply"]) == ("T0", "Undone.")
    assert undone["entities"] == {ceiling: {"before": "off", "after": "on"}}
    assert "“every day at sunset: close Living Room Blinds”" in proposed["reply"]
    assert installed["tool_calls"][0]["decision"] == "allow"
    assert gone["reply"] == "Undone."
    assert "hearth_" not in (tmp_path / "home" / "automations.yaml").read_text()

    assert later["reply"] == "No, unlocked"
    assert min(later["audit_ids"]) > max(done["audit_ids"])
    assert plumber["reply"].startswith("The plumber is called Rosa. You told me on ")
    assert (code, told["ok"], france["ok"]) == (1, False, False)
    assert "model" in france["reply"]


def test_a_model_without_a_download_streams_through_home_assistant(tmp_path: Path) -> None:
    """llama.cpp's nonsense comes in pieces, whatever it does is told, and a person is told that it is nonsense."""
    sentences = ("what is the capital of France?", "tell me a story about a ship", "why is the sky blue?")
    command = [sys.executable, "-m", "demo", "--model", "tiny", "--check", *sentences]
    cache = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=cache)
    assert "Traceback" not in ended.stderr, ended.stderr
    outcomes = re.findall(r"^  T2, (\w+)$", ended.stdout, re.MULTILINE)
    assert len(outcomes) == len(sentences), ended.stdout + ended.stderr
    # Random words may also be a call that has to be asked about, or none at all.
    assert set(outcomes) <= {"answered", "done", "asked", "declined", "failed"}
    assert re.search(r"^  stream  the reply came in \d+ pieces$", ended.stdout, re.MULTILINE)
    assert "what it says means nothing" in ended.stdout
    (model,) = (tmp_path / "hearth").iterdir()
    assert model.suffix == ".gguf"
