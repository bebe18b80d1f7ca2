"""What is remembered, found, kept apart and forgotten, of what two people and their household say."""

from argparse import ArgumentParser, Namespace
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from itertools import product
from pathlib import Path
import sqlite3
import tempfile
import time

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util

from bench.figures import percentile
from bench.report import Row, Target, add_report_arguments, report
from custom_components.hearth.access import GUEST, Principal
from custom_components.hearth.memory import MemoryRefused, Recall, Remembering, StoredTurn, Vault, tells
from demo.progress import Progress

from .dialogues import SPEAKERS, TOPICS, Told, facts

_LANGUAGE = "en"
_FULL_WORDS = 90
_KEYWORD_SEARCH = "BM25"


def add_arguments(parser: ArgumentParser) -> None:
    """Add what this benchmark can be told."""
    add_report_arguments(parser)
    parser.add_argument("--seed", type=int, default=4)


async def run(options: Namespace, progress: Progress) -> tuple[str, bool]:
    """Measure, and return what to print and whether every target was met."""
    told = facts(options.seed)
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as name:
        async with _home(Path(name)) as home:
            with progress.step("Telling"):
                await home.async_tell(told)
            await home.async_restart()
            with progress.step("Asking"):
                rows = await _remembered(home, told)
            with progress.step("Recalling"):
                rows.append(await _recalled(home))
            with progress.step("Listening at every door"):
                rows.append(await _leaks(home, told))
            with progress.step("Taking out and bringing back"):
                rows.append(await _mirrored(home))
            with progress.step("Forgetting"):
                rows.append(await _forgotten(home, told))
            with progress.step("Filling"):
                rows.append(await _largest(home))
    conditions = {
        "summary": f"{len(told)} facts of two people and a household, seed {options.seed}",
        "versions": {"homeassistant": version("homeassistant")},
    }
    return report("memory", rows, conditions, options)


@dataclass(slots=True)
class _Home:
    """A home of two people that remembers in a folder."""

    hass: HomeAssistant
    folder: Path
    vault: Vault
    recall: Recall

    @property
    def words(self) -> Remembering:
        """Return what people speak to, which knows nothing but what is on the disk."""
        return Remembering(self.hass, self.vault)

    async def async_restart(self) -> None:
        """Forget everything but what is on the disk."""
        await self.recall.async_close()
        self.vault, self.recall = await _opened(self.hass, self.folder)

    async def async_tell(self, told: Sequence[Told]) -> None:
        """Have everything said: first what holds first, then what only sounds alike, then what has changed."""
        for say in ([fact.words for fact in told], [fact.beside for fact in told], [fact.later for fact in told]):
            for fact, words in zip(told, say, strict=True):
                if words is not None:
                    await self.words.async_remember_words(fact.speaker, words, household=False)
                    await self.async_talk(fact.speaker, f"remember that {words}", dt_util.utcnow())

    async def async_talk(self, speaker: Principal, words: str, at: datetime) -> None:
        """Keep a turn of a conversation."""
        owner = speaker.owner or ""
        await self.recall.async_store(StoredTurn(owner, f"{owner} {at:%Y%m%d}", at, "agent", words, "All right."))


@asynccontextmanager
async def _home(folder: Path) -> AsyncIterator[_Home]:
    hass = HomeAssistant(str(folder))
    for name in ("anna", "tom"):
        hass.states.async_set(f"person.{name}", "home", {"id": name, "friendly_name": name.title()})
    home = _Home(hass, folder, *(await _opened(hass, folder)))
    try:
        yield home
    finally:
        await home.recall.async_close()
        await hass.async_stop(force=True)


async def _opened(hass: HomeAssistant, folder: Path) -> tuple[Vault, Recall]:
    vault = Vault(hass, folder / "vault", lambda _: None)
    recall = Recall(hass, folder / "recall.db", lambda: 365, lambda _: None)
    await vault.async_open()
    await recall.async_open()
    return vault, recall


async def _remembered(home: _Home, told: Sequence[Told]) -> list[Row]:
    """Ask for every fact after a restart, and look at what became of those that changed."""
    milliseconds, right, plain = [], 0, 0
    searches = {speaker: await _keyword_search(home, speaker) for speaker in SPEAKERS}
    for fact in told:
        start = time.perf_counter()
        found = await home.words.async_find(fact.speaker, fact.question, limit=1)
        milliseconds.append((time.perf_counter() - start) * 1000)
        right += any(fact.final in answer.fact.text and answer.owner == fact.speaker.owner for answer in found)
        plain += fact.final in searches[fact.speaker](fact.question)
    pages = await home.vault.async_pages(speaker.owner or "" for speaker in SPEAKERS)
    changed = [fact for fact in told if fact.later_value]
    settled = lost = 0
    for fact in told:
        page = pages[fact.speaker.owner or ""]
        holds, held = (" ".join(kept.text for kept in kept) for kept in (page.facts, page.earlier))
        lost += fact.final not in holds
        lost += fact.beside[1:] not in holds
        settled += bool(fact.later_value) and fact.final in holds and fact.value in held
    start = time.perf_counter()
    await home.words.async_core_text(SPEAKERS[0])
    core = (time.perf_counter() - start) * 1000
    return [
        _judged(
            "asked after a restart, the right fact comes first",
            right / len(told),
            Target(0.95, at_least=True),
            other=_KEYWORD_SEARCH,
            theirs=plain / len(told),
        ),
        _judged(
            "contradicted: the newest holds, the old stays visible",
            settled / len(changed),
            Target(0.98, at_least=True),
            note=f"{len(changed)} facts were told anew",
        ),
        _judged("facts that what only sounds alike took the place of", lost, Target(0), unit=""),
        _judged("fact found, p95", percentile(milliseconds, 0.95), Target(50), unit="ms"),
        _judged("core memory for a prompt", core, Target(50), unit="ms"),
    ]


async def _keyword_search(home: _Home, speaker: Principal) -> Callable[[str], str]:
    """Return a plain keyword search (SQLite's BM25) in everything that a speaker may know."""
    known = await home.words.async_tell(speaker)
    index = sqlite3.connect(":memory:")
    index.execute("CREATE VIRTUAL TABLE facts USING fts5(text, tokenize = 'porter')")
    index.executemany("INSERT INTO facts VALUES (?)", [(fact.text,) for fact in (*known.own, *known.household)])

    def search(question: str) -> str:
        words = " OR ".join(f'"{word}"' for word in question.strip("?").replace("'", " ").split())
        found = index.execute("SELECT text FROM facts WHERE facts MATCH ? ORDER BY rank LIMIT 1", (words,)).fetchone()
        return str(found[0]) if found else ""

    return search


async def _recalled(home: _Home) -> Row:
    """Ask what was said on a day months ago, among many days on which the same was talked about."""
    begin = dt_util.start_of_local_day() - timedelta(days=200)
    asked = found = 0
    days = [(day, TOPICS[day % len(TOPICS)]) for day in range(100)]
    for day, topic in days:
        for speaker in SPEAKERS:
            await home.async_talk(speaker, f"{topic}, part {day}", begin + timedelta(days=day, hours=9))
    for day, topic in days:
        start = begin + timedelta(days=day)
        page = await home.recall.async_search(
            SPEAKERS[day % 2].owners, f"what did I say about {topic}?", after=start, before=start + timedelta(days=1)
        )
        asked += 1
        found += any(turn.words == f"{topic}, part {day}" for turn in page.turns)
    return _judged("dated conversations found", found / asked, Target(0.99, at_least=True))


async def _leaks(home: _Home, told: Sequence[Told]) -> Row:
    """Let everybody ask for everything, in every way."""
    leaks = asked = 0
    for asker, fact in product((*SPEAKERS, GUEST), [fact for fact in told if fact.is_secret]):
        if fact.speaker.owner in asker.owners:
            continue
        heard = [answer.fact.text for answer in await home.words.async_find(asker, f"{fact.question} {fact.final}")]
        page = await home.recall.async_search(asker.owners, fact.final)
        heard += [turn.words for turn in page.turns]
        leaks += sum(fact.final in text or fact.value in text for text in heard)
        leaks += await _gives_away(home, asker, fact)
        asked += 3
    for asker in (*SPEAKERS, GUEST):
        known, core = await home.words.async_tell(asker), await home.words.async_core_text(asker)
        all_heard = " ".join([core.text, *(fact.text for fact in (*known.own, *known.household))])
        others = [fact for fact in told if fact.is_secret and fact.speaker.owner not in asker.owners]
        leaks += sum(fact.final in all_heard for fact in others)
        asked += len(others)
    return _judged("one person's facts reaching another", leaks, Target(0), unit="", note=f"{asked} times asked")


async def _gives_away(home: _Home, asker: Principal, fact: Told) -> bool:
    """Tell whether somebody gets at a fact by trying to forget or to correct it."""
    try:
        change = await home.words.async_forget_words(asker, fact.words)
    except MemoryRefused as err:
        return any(fact.final in candidate.text for candidate in err.candidates)
    await home.words.async_undo(asker)
    return any(fact.final in gone.text for gone in change.before)


async def _mirrored(home: _Home) -> Row:
    """Export everything, import it elsewhere, and export it again."""
    owners = [speaker.owner or "" for speaker in SPEAKERS]
    with tempfile.TemporaryDirectory(prefix="hearth-bench-") as name:
        vault, recall = await _opened(home.hass, Path(name))
        pages = await home.vault.async_export(owners)
        rows = [row async for row in home.recall.async_export(owners)]
        await vault.async_import(pages)
        await recall.async_import(rows)
        again = [row async for row in recall.async_export(owners)]
        same = await vault.async_export(owners) == pages
        await recall.async_close()
    different = sum(one != other for one, other in zip(rows, again, strict=True)) + (not same)
    return _judged(
        "exported and imported, what differs",
        different,
        Target(0),
        unit="",
        note=f"{len(pages)} pages, {len(rows)} turns",
    )


async def _forgotten(home: _Home, told: Sequence[Told]) -> Row:
    """Forget every other fact, let the time for undoing pass, and search every byte."""
    gone = [fact for fact in told if fact.is_secret][::2]
    for fact in gone:
        await home.words.async_forget_words(fact.speaker, fact.later or fact.words)
    for change in await home.vault.async_past_undoing(dt_util.utcnow() + timedelta(days=1)):
        for known in change.before:
            await home.recall.async_forget((change.owner,), tells(known.text, _LANGUAGE))
        await home.vault.async_drop([change])
    left = b"".join(path.read_bytes() for path in home.folder.rglob("*") if path.is_file()).lower()
    values = [value.lower() for fact in gone for value in (fact.value, fact.later_value) if value]
    kept = [fact for fact in told if fact.is_secret][1::2]
    too_much = sum(fact.final.lower().encode() not in left for fact in kept)
    found = sum(value.encode() in left for value in values)
    note = f"of {len(values)} values; {too_much} of the {len(kept)} others are gone as well"
    return _judged("values on the disk after forgetting", found + too_much, Target(0), unit="", note=note)


async def _largest(home: _Home) -> Row:
    """Tell far more than a page may hold, and watch how long it gets."""
    largest, refused, speaker = 0, 0, SPEAKERS[0]
    for number in range(60):
        try:
            await home.words.async_remember_words(
                speaker, f"story {number} {f'w{number} ' * _FULL_WORDS}", household=False
            )
        except MemoryRefused:
            refused += 1
        page = (await home.vault.async_pages([speaker.owner or ""]))[speaker.owner or ""]
        largest = max(largest, page.words)
    return _judged(
        "longest page, of what was told far more than fits",
        largest,
        Target(2000),
        "words",
        note=f"{refused} of 60 refused",
    )


def _judged(
    name: str,
    figure: float,
    target: Target,
    unit: str = "share",
    note: str = "",
    other: str | None = None,
    theirs: float | None = None,
) -> Row:
    return Row(name, figure, unit, figure, target, other, theirs, note)
