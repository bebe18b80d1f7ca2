"""What a turn is told of the home: how fast, in how many tokens, and whether what is asked about is among it."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
import random
import time

from homeassistant.components.homeassistant.llm import GetLiveContextTool
from homeassistant.core import HomeAssistant
from homeassistant.helpers import llm

from bench.figures import percentile
from bench.report import Row, Target, add_report_arguments, compared, report
from custom_components.hearth.access import HOUSEHOLD, Asker
from custom_components.hearth.context import EmbedTexts, Surroundings, estimate_tokens
from demo.progress import Progress

from .home import Question, Thing, home, questions
from .meaning import embedder, in_other_words
from .stage import AGENT_ID, living_home, unrest

_NAME = "context"
_ENTITIES = 2_000
_SEEDS = 200
_BUDGETS = (40, 150, 400, 1_000)
_BUDGET = 400
_ASKED = 400
_ASKER = Asker(HOUSEHOLD, AGENT_ID)
_LIVE_CONTEXT = "GetLiveContext"


@dataclass(frozen=True, slots=True)
class _Told:
    """What a question got: whether everything needed was there, in how many milliseconds and tokens."""

    hit: bool
    ms: float
    tokens: int


def add_arguments(parser: ArgumentParser) -> None:
    """Add what this benchmark can be told."""
    add_report_arguments(parser)
    parser.add_argument("--entities", type=int, default=_ENTITIES, help=f"the size of the home: {_ENTITIES:,}")
    parser.add_argument("--seeds", type=int, default=_SEEDS, help=f"how many states of the home: {_SEEDS}")


async def run(options: Namespace, progress: Progress) -> tuple[str, bool]:
    """Measure, and return what to print and whether every target was met."""
    rows: list[Row] = []
    async with embedder() as embed:
        for language in ("en", "de"):
            things = home(language, options.entities)
            progress.say(f"Furnishing a home of {len(things):,} entities, named in {language}")
            async with living_home(things) as (hass, surroundings):
                if language == "en":
                    with progress.step(f"Assembling the situation in {options.seeds} states of the home"):
                        rows += await _situation_rows(hass, surroundings, things, options.seeds)
                with progress.step(f"Asking {_ASKED} questions in {language}"):
                    rows += await _state_rows(hass, surroundings, things, language)
                with progress.step(f"Asking by meaning, too, in {language}"):
                    rows += await _meaning_rows(hass, surroundings, things, language, embed)
    summary = f"{options.entities:,} entities, {options.seeds} states, {_ASKED} questions a language, {_BUDGET} tokens"
    return report(_NAME, rows, {"summary": summary, "versions": {"Home Assistant": version("homeassistant")}}, options)


async def _situation_rows(
    hass: HomeAssistant, surroundings: Surroundings, things: Sequence[Thing], seeds: int
) -> list[Row]:
    """Assemble the situation again and again, the home being another every time."""
    times, processor, exceeded, fullest = [], [], 0, 0.0
    for seed in range(seeds):
        chance = random.Random(seed)  # noqa: S311 - the state of a home, not a secret
        unrest(hass, things, chance, share=chance.choice((0.0, 0.02, 0.2, 0.9)))
        await hass.async_block_till_done()
        for budget in _BUDGETS:
            started, computed = time.perf_counter(), time.process_time()
            told = await surroundings.situation.async_assemble(_ASKER, budget_tokens=budget)
            times.append((time.perf_counter() - started) * 1000)
            processor.append((time.process_time() - computed) * 1000)
            exceeded += told.tokens > budget or estimate_tokens(told.text) > budget
            fullest = max(fullest, told.tokens / budget)
    p95 = percentile(times, 0.95)
    raw = {"ms": [round(value, 3) for value in times]}
    return [
        Row("situation assembled, p95", p95, "ms", p95, Target(50), raw=raw),
        Row("situation assembled, p50", percentile(times, 0.5), "ms", percentile(times, 0.5)),
        Row("processor time of it, p95", percentile(processor, 0.95), "ms", percentile(processor, 0.95)),
        Row("budgets exceeded", exceeded, f"of {len(times)}", exceeded, Target(0), note=f"the fullest: {fullest:.0%}"),
    ]


async def _state_rows(
    hass: HomeAssistant, surroundings: Surroundings, things: Sequence[Thing], language: str
) -> list[Row]:
    """Ask about things of every room, ours and core's tool by turns."""
    everything = questions(language, things)
    asked = random.Random(1).sample(everything, min(_ASKED, len(everything)))  # noqa: S311 - a choice, not a secret
    # The first question of a home builds the index of its names; that is told by itself.
    first = await _ask(surroundings, asked[0], language)
    pairs = [(await _ask(surroundings, one, language), await _ask_core(hass, one, things)) for one in asked]
    hits = _hits([mine for mine, _ in pairs])
    p95 = percentile([mine.ms for mine, _ in pairs], 0.95)
    return [
        Row(f"states that were needed are there, {language}", hits, "", hits, Target(0.95, at_least=True)),
        Row(f"states found and read, p95, {language}", p95, "ms", p95, Target(50)),
        Row(f"the first question after a change of the home, {language}", first.ms, "ms", first.ms),
        compared(
            f"states found and read, {language}", "ms", [(mine.ms, core.ms) for mine, core in pairs], _LIVE_CONTEXT
        ),
        compared(
            f"tokens of the states, {language}",
            "tokens",
            [(max(1, mine.tokens), core.tokens) for mine, core in pairs],
            _LIVE_CONTEXT,
            note="what core's tool says of the area that the question names, which a model has to call first",
        ),
    ]


async def _meaning_rows(
    hass: HomeAssistant, surroundings: Surroundings, things: Sequence[Thing], language: str, embed: EmbedTexts
) -> list[Row]:
    """Ask the same questions, and some in other words, with the meaning of words counting as well."""
    everything, others = questions(language, things), in_other_words(language)
    asked = random.Random(1).sample(everything, min(_ASKED, len(everything)))  # noqa: S311 - a choice, not a secret
    # The vectors of the names are made in the background, from the first question on.
    await _ask(surroundings, asked[0], language, embed)
    await hass.async_block_till_done(wait_background_tasks=True)
    told = [await _ask(surroundings, one, language, embed) for one in asked]
    alone = _hits([await _ask(surroundings, one, language) for one in others])
    both = _hits([await _ask(surroundings, one, language, embed) for one in others])
    p95 = percentile([one.ms for one in told], 0.95)
    return [
        Row(f"states that were needed, by meaning too, {language}", _hits(told), "", _hits(told)),
        Row(f"states found and read, by meaning too, p95, {language}", p95, "ms", p95),
        Row(f"asked in other words, by words alone, {language}", alone, "", alone),
        Row(f"asked in other words, by meaning too, {language}", both, "", both),
    ]


def _hits(told: Sequence[_Told]) -> float:
    return sum(one.hit for one in told) / len(told)


async def _ask(surroundings: Surroundings, question: Question, language: str, embed: EmbedTexts | None = None) -> _Told:
    started = time.perf_counter()
    told = await surroundings.states.async_relevant(
        question.words, asker=_ASKER, language=language, embed=embed, budget_tokens=_BUDGET
    )
    ms = (time.perf_counter() - started) * 1000
    found = {line.key.removeprefix("state:") for line in told.lines}
    return _Told(question.needs <= found, ms, told.tokens)


async def _ask_core(hass: HomeAssistant, question: Question, things: Sequence[Thing]) -> _Told:
    """Let core's tool tell the area, as a model that uses it best would."""
    area = next(thing.area for thing in things if thing.entity_id in question.needs)
    context = llm.LLMContext("bench", None, "en", "conversation", None)
    tool_input = llm.ToolInput("homeassistant__GetLiveContext", {"area": area})
    started = time.perf_counter()
    result = await GetLiveContextTool().async_call(hass, tool_input, context)
    ms = (time.perf_counter() - started) * 1000
    return _Told(not result.error, ms, estimate_tokens(str(result.data.get("result", ""))))
