"""Write appliances' manuals: long, alike, and each with figures of its own."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from random import Random
from typing import Any

from .everyday import read_facts

_LEFT_OUT = 1
_ASKED = 2
_MAKERS = ("Brotmann", "Lumera", "Talquell", "Aldermann", "Silberbach", "Nordkante")
_INTERVALS = (
    "every second week",
    "once a month",
    "after every tenth use",
    "twice a year",
    "each Saturday",
    "every 40 hours",
)
_KEYS = ("the star key", "the moon key", "the lower left key", "the arrow key", "both round keys", "the grey key")


@dataclass(frozen=True, slots=True)
class Manual:
    """A manual; `asked` are questions that it answers, as the section's number, the words and the answer."""

    title: str
    text: str
    form: str
    asked: tuple[tuple[int, str, str], ...]


def manuals(chance: Random, devices: Sequence[str]) -> Iterator[Manual]:
    """Yield a manual of each device, by turns as Markdown and as HTML."""
    facts = read_facts("manuals")
    for number, device in enumerate(devices):
        figures = {"device": device, **_figures(chance)}
        told = list(enumerate(facts["section"]))
        chance.shuffle(told)
        told = told[_LEFT_OUT:]
        parts = [section for _, section in told] + facts["padding"]
        chance.shuffle(parts)
        title = f"{chance.choice(_MAKERS)} {device}: manual"
        asked = tuple(
            (place, section["ask"].format_map(figures), figures[section["answer"]]) for place, section in told[:_ASKED]
        )
        write = _html if number % 2 else _markdown
        yield Manual(title, write(title, parts, figures), "html" if number % 2 else "markdown", asked)


def _figures(chance: Random) -> dict[str, str]:
    return {
        "interval": chance.choice(_INTERVALS),
        "months": str(chance.randrange(12, 84)),
        "watts": str(chance.randrange(40, 2400)),
        "decibel": str(chance.randrange(31, 79)),
        "weight": f"{chance.randrange(2, 60)}.{chance.randrange(1, 9)}",
        "cable": f"1.{chance.randrange(1, 9)}",
        "hours": str(chance.randrange(2, 30)),
        "cold": str(chance.randrange(3, 15)),
        "key": chance.choice(_KEYS),
        "article": f"{chance.randrange(10, 99)}.{chance.randrange(1000, 9999)}",
        "phone": f"0800 {chance.randrange(100, 999)} {chance.randrange(1000, 9999)}",
    }


def _markdown(title: str, parts: Sequence[Mapping[str, Any]], figures: Mapping[str, str]) -> str:
    lines = [f"# {title}"]
    for part in parts:
        lines += ["", f"## {part['heading']}", ""]
        if "table" in part:
            rows = [["Property", "Value"], ["---", "---"], *part["table"]]
            lines += [f"| {name} | {value.format_map(figures)} |" for name, value in rows]
        else:
            lines.append(part["text"].format_map(figures))
    return "\n".join(lines)


def _html(title: str, parts: Sequence[Mapping[str, Any]], figures: Mapping[str, str]) -> str:
    body = []
    for part in parts:
        body.append(f"<h2>{escape(part['heading'])}</h2>")
        if "table" in part:
            rows = (f"<tr><td>{name}</td><td>{value.format_map(figures)}</td></tr>" for name, value in part["table"])
            body.append(f"<table><tr><th>Property</th><th>Value</th></tr>{''.join(rows)}</table>")
        else:
            body.append(f"<p>{escape(part['text'].format_map(figures))}</p>")
    name = escape(title)
    return f"<html><head><title>{name}</title></head><body><h1>{name}</h1>{''.join(body)}</body></html>"
