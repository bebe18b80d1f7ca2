"""script/demo --check: what it prints and how it ends, over a restart of everything."""

import json
import os
from pathlib import Path
import re
import subprocess
import sys
from typing import Any

import pytest

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]


def check(folder: Path, *sentences: str) -> tuple[int, dict[str, Any]]:
    """Return the exit code and the object of one call."""
    command = [sys.executable, "-m", "demo", "--keep", str(folder), "--json", "--check", *sentences]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert ended.stdout, ended.stderr
    return ended.returncode, json.loads(ended.stdout)


def test_a_check_tells_the_truth_and_a_restart_forgets_nothing(tmp_path: Path) -> None:
    """What was asked is done, asked for or honestly declined; devices and audit survive the restart."""
    code, told = check(
        tmp_path, "turn on the kitchen lights", "is the front door locked?", "unlock the front door", "yes"
    )
    assert code == 0
    assert told["ok"] is True
    lights, question, asked, done = told["turns"]
    assert (lights["tier"], lights["entities"]["light.kitchen_ceiling_lights"]) == (
        "T1",
        {"before": "off", "after": "on"},
    )
    assert question["reply"] == "Yes"
    assert asked["reply"].endswith("?")
    assert (asked["tool_calls"][0]["decision"], asked["entities"]["lock.front_door"]["after"]) == ("ask", "locked")
    assert (done["tier"], done["entities"]["lock.front_door"]["after"]) == ("T0", "unlocked")

    code, told = check(tmp_path, "is the front door locked?", "what is the capital of France?")
    assert code == 1
    assert told["ok"] is False
    question, france = told["turns"]
    assert (question["ok"], question["reply"]) == (True, "No, unlocked")
    assert min(question["audit_ids"]) > max(done["audit_ids"])
    assert france["ok"] is False
    assert "model" in france["reply"]


def test_what_the_home_knows_is_told_without_a_model(tmp_path: Path) -> None:
    """Calendar, notifications, memory and notes answer by themselves; what was remembered outlives a restart."""
    code, told = check(
        tmp_path,
        "what's on my calendar tomorrow?",
        "did I get any notifications?",
        "remember that the plumber is called Rosa",
        "what do my notes say about the boiler?",
        "when was the back door last opened?",
        "how much energy did the fridge use yesterday?",
        "--after-restart",
        "who is the plumber?",
    )
    assert (code, told["ok"]) == (0, True), told
    calendar, notifications, remembered, notes, door, fridge, plumber = told["turns"]
    assert calendar["reply"] == "Tomorrow: Dentist at 9:00 and Sam's piano lesson at 16:00."
    assert [call["name"] for call in calendar["tool_calls"]] == ["hearth__calendar_events"]
    assert notifications["reply"] == "Notifications: Washing machine: The laundry is done."
    assert (remembered["tier"], remembered["reply"]) == ("T0", "I'll remember that.")
    assert notes["reply"].startswith("Your note “Boiler” of ")
    assert [citation["title"] for citation in notes["citations"]] == ["Boiler"]
    assert door["reply"].startswith("Back Door Contact (Kitchen): the last time was today at ")
    assert re.fullmatch(r"Fridge Energy \(Kitchen\): 0\.8\d? kWh yesterday\.", fridge["reply"])
    assert plumber["reply"].startswith("The plumber is called Rosa. You told me on ")


def test_a_model_without_a_download_streams_through_home_assistant(tmp_path: Path) -> None:
    """llama.cpp's nonsense comes in pieces, and a person is told that it is nonsense."""
    command = [sys.executable, "-m", "demo", "--model", "tiny", "--check", "what is the capital of France?"]
    cache = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    ended = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=cache)
    assert (ended.returncode, ended.stderr.count("Traceback")) == (0, 0), ended.stdout + ended.stderr
    assert "  T2, answered" in ended.stdout
    assert re.search(r"^  stream  the reply came in \d+ pieces$", ended.stdout, re.MULTILINE)
    assert "what it says means nothing" in ended.stdout
    (model,) = (tmp_path / "hearth").iterdir()
    assert model.suffix == ".gguf"
