"""Print what the doctor found, for a person or for a program."""

import argparse
from collections.abc import Iterator
from dataclasses import asdict, fields
import json
import textwrap
from typing import Any

from hearthd import VERSION
from hearthd.cli.output import say
from hearthd.models.fit import Fit
from hearthd.settings import Settings

_WIDTH = 100
_MARKS = {"ok": "ok    ", "note": "note  ", "broken": "BROKEN"}
_NAMES = {"seats": "requests at once", "sequences": "texts held"}


def add_doctor_command(commands: Any, shared: argparse.ArgumentParser) -> None:
    """Describe the command."""
    words = "look at the machine, the models and the settings, and say what is wrong and what to do; exit 1 if so"
    doctor = commands.add_parser("doctor", parents=[shared], help=words, description=words)
    doctor.add_argument("--hub", action="store_true", help="ask also whether the hub of models answers")
    doctor.add_argument("--json", action="store_true", help="print one JSON object")
    doctor.set_defaults(run=run_doctor)


def run_doctor(given: argparse.Namespace, settings: Settings) -> int:
    """Examine everything and tell it."""
    # The engine's libraries take a while to import, and only this command needs them all.
    from hearthd.doctor import examine  # noqa: PLC0415 - the reason stands above

    diagnosis = examine(settings, ask_hub=given.hub)
    if given.json:
        say(json.dumps({"ok": diagnosis.is_well, "version": VERSION} | asdict(diagnosis), indent=2))
        return 0 if diagnosis.is_well else 1
    say(f"hearthd {VERSION}\n")
    for finding in diagnosis.findings:
        say(_line(finding.area, _MARKS[finding.status], finding.words))
        if finding.remedy:
            say(_line("", "do:   ", finding.remedy))
        role = finding.area.removeprefix("role ")
        for line in _plan(diagnosis.fits[role]) if role in diagnosis.fits else ():
            say(line)
    broken = sum(finding.status == "broken" for finding in diagnosis.findings)
    say(f"\n{_verdict(broken)}")
    return 1 if broken else 0


def _line(area: str, mark: str, words: str) -> str:
    """Return a finding in two columns, as many lines as it takes."""
    return _wrapped(f"{area:18} {mark} ", words)


def _wrapped(start: str, words: str) -> str:
    """Return words behind a start, the further lines below the first one's words."""
    return textwrap.fill(
        words, _WIDTH, initial_indent=start, subsequent_indent=" " * len(start), break_on_hyphens=False
    )


def _plan(chosen: Fit) -> Iterator[str]:
    """Return the numbers that a model would be run with, and why."""
    needs = chosen.needs
    parts = {"weights": needs.weights, "cache": needs.cache, "states": needs.states, "work": needs.compute}
    told = ", ".join(f"{name} {count / 1e9:.2f} GB" for name, count in parts.items() if count)
    yield _line("", "      ", f"memory: {told}")
    for number in fields(chosen.plan):
        value = getattr(chosen.plan, number.name)
        shown = {True: "on", False: "off"}[value] if isinstance(value, bool) else str(value)
        name = _NAMES.get(number.name, number.name.replace("_", " "))
        yield _wrapped(f"{'':26}{name:17} {shown:>6}  ", chosen.choices[number.name])


def _verdict(broken: int) -> str:
    """Say in one line how things stand."""
    if not broken:
        return "Nothing is broken."
    return "One thing is broken; see what to do above." if broken == 1 else f"{broken} things are broken; see above."
