"""Try the formats on models' real chat templates, where a folder of them is given; docs/development.md says how."""

from collections import Counter
from dataclasses import replace
import json
import os
from pathlib import Path
from typing import Any

import pytest

from hearthd.engine.formats.chat_format import ChatFormat
from hearthd.engine.formats.reply import CallPart
from tests.engine.formats.golden_family import CONVERSATION, MESSAGES, SPECIAL

FOLDER = Path(os.environ.get("HEARTH_CHAT_TEMPLATES", ""))
TEMPLATES = sorted(FOLDER.glob("*.jinja")) if Path() != FOLDER else []
CALLS = [
    ("light", {"area": "kitchen", "level": 40, "on": True}),
    ("say", {"text": "Küche hell"}),
]
# Needs variables that none but its own makers pass.
UNUSABLE = {"fireworks-ai-llama-3-firefunction-v2"}
USABLE = [path for path in TEMPLATES if path.stem not in UNUSABLE]
pytestmark = pytest.mark.skipif(not TEMPLATES, reason="HEARTH_CHAT_TEMPLATES names no folder with templates")


def chat_format(path: Path) -> ChatFormat:
    """Return the format of a model with this template."""
    return ChatFormat(path.read_text("utf-8"), None, SPECIAL, ())


def calls_in(form: ChatFormat, text: str) -> list[tuple[str, dict[str, Any]]]:
    """Return the calls that an assistant's own words hold."""
    calls: list[tuple[str, dict[str, Any]]] = []
    starts = [text]
    if form.tools.calls.bare:
        starts = [text[place:] for place in range(len(text)) if text.startswith('{"name"', place)]
    for start in starts:
        parser = form.syntax(CONVERSATION).parser()
        parts = [*parser.feed_all(start), *parser.finish()]
        found = [(part.name, json.loads(part.arguments)) for part in parts if isinstance(part, CallPart)]
        calls += found[:1] if form.tools.calls.bare else found
    return calls


@pytest.mark.parametrize("path", USABLE, ids=lambda path: path.stem)
@pytest.mark.parametrize("length", [2, 5, 7])
def test_real_template_renders_and_its_calls_read_back(path: Path, length: int) -> None:
    """Nothing of the conversation is lost, and the history's calls are written as replies are read."""
    form = chat_format(path)
    for effort in (None, "none", "high"):
        request = replace(CONVERSATION, messages=MESSAGES[:length], reasoning=effort)  # type: ignore[arg-type]
        text = form.prompt(request).text
        told = [message["content"] for message in request.messages if message["role"] in ("system", "user")]
        assert [words for words in [*told, "done"][: length - 1] if words not in text] == []
        assert "Set a light" in text
        if length == 5:
            assert calls_in(form, text.split("tell them.", 1)[1]) == CALLS


def test_families_of_the_real_templates() -> None:
    """Most of the templates have a family; the others get the generic format."""
    names = Counter(chat_format(path).tools.name for path in TEMPLATES)
    assert names.total() == len(TEMPLATES)
    assert names["generic"] < len(TEMPLATES) / 2, names
