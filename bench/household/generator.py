"""Make a household: tell every fact in some item, ask for it, and fill the rest with everyday things."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from random import Random

from .everyday import DAYS, FIRST_DAY, Everyday, read_facts
from .manuals import manuals
from .types import HOUSEHOLD, PEOPLE, Half, Household, Item, Kind, Question

_SIZE = 3_000
_SEED = 4
_HALVES = (Half.TRAIN, Half.TEST)
_ASKED_OF_A_TEMPLATE = 7
_DRAWN_OF_A_TEMPLATE = 24
_TRAINING_TEMPLATES = 3
_MONTHS = tuple(f"{FIRST_DAY + timedelta(days=30.45 * month):%B %Y}" for month in range(24))

type Told = tuple[list[Item], list[Question]]


def generate(seed: int = _SEED, size: int = _SIZE) -> Household:
    """Return the household of a seed: so many items, and some 350 questions of ten kinds."""
    chance = Random(seed)  # noqa: S311 - a household, not a secret
    everyday = Everyday(chance)
    items: list[Item] = []
    questions: list[Question] = []
    for tell in (_sentences, _private, _names, _events, _drawn, _manuals, _absent):
        more_items, more_questions = tell(everyday, chance)
        items += more_items
        questions += more_questions
    more = everyday.items()
    items += [next(more) for _ in range(size - len(items))]
    chance.shuffle(items)
    return Household(tuple(items), tuple(questions), more)


def _sentences(everyday: Everyday, chance: Random) -> Told:
    """Tell what stands written as sentences: in other words, told anew, or in several places."""
    items: list[Item] = []
    questions: list[Question] = []
    for kind in (Kind.PARAPHRASE, Kind.NEWEST, Kind.SEVERAL):
        for number, fact in enumerate(read_facts(kind)["fact"]):
            times = _times(everyday, len(fact["says"]))
            told = [everyday.told(says, HOUSEHOLD, time) for says, time in zip(fact["says"], times, strict=True)]
            items += [*told, *(everyday.told(near, HOUSEHOLD) for near in fact.get("near", ()))]
            holders = told if kind is Kind.SEVERAL else told[-1:]
            questions.append(_question(kind, number, chance, fact["ask"], fact["answers"], holders))
    return items, questions


def _times(everyday: Everyday, number: int) -> list[datetime]:
    """Return moments in order, a month or more apart."""
    span = DAYS // number
    return [everyday.moment(FIRST_DAY + timedelta(days=span * place), span - 30) for place in range(number)]


def _private(everyday: Everyday, chance: Random) -> Told:
    """Tell what is one person's own."""
    items: list[Item] = []
    questions: list[Question] = []
    for number, fact in enumerate(read_facts("private")["fact"]):
        for owner in PEOPLE:
            name = owner.removeprefix("person:")
            if name in fact:
                item = everyday.told(fact[name], owner)
                items.append(item)
                question = _question(Kind.PRIVATE, number, chance, fact["ask"], fact["answers"][name], [item], owner)
                questions.append(question)
    return items, questions


def _names(everyday: Everyday, chance: Random) -> Told:
    """Tell who does what, and ask both ways round."""
    facts = read_facts("name")
    names, roles = chance.sample(facts["names"], len(facts["names"])), facts["roles"]
    items: list[Item] = []
    questions: list[Question] = []
    for number, (name, role) in enumerate(zip(names, roles, strict=True)):
        item = everyday.told(chance.choice(facts["says"]).format(name=name, role=role), HOUSEHOLD)
        way = number // 2 % 2
        ask = facts[f"asks_{_HALVES[number % 2]}"][way].format(name=name, role=role)
        items.append(item)
        questions.append(_question(Kind.NAME, number, chance, ask, [(name, role)[way]], [item]))
    return items, questions


def _events(everyday: Everyday, chance: Random) -> Told:
    """Put events into the calendar, each with a to-do that speaks of it and not of its day."""
    items: list[Item] = []
    questions: list[Question] = []
    for number, event in enumerate(read_facts("dated")["events"]):
        start = everyday.moment()
        day = f"{start:%-d %B %Y}"
        text = f"{event['title']}\n{start:%A}, {day}, {start:%H:%M} to {start + timedelta(hours=2):%H:%M}"
        item = everyday.item("calendar", HOUSEHOLD, event["title"], f"{text}\nWhere: {event['where']}", start)
        reminder = f"Think of: {event['title']}, ask {chance.choice(('Nora', 'Felix'))} what to bring"
        items += [item, everyday.item("todo", HOUSEHOLD, "To do", reminder, everyday.moment())]
        questions.append(_question(Kind.DATED, number, chance, event["ask"], [day], [item]))
    return items, questions


def _drawn(everyday: Everyday, chance: Random) -> Told:
    """Tell what is made of templates: many that are alike, of which a few are asked for."""
    facts = read_facts("drawn")
    items: list[Item] = []
    questions: list[Question] = []
    for kind in (Kind.CODE, Kind.NEAR_DUPLICATE):
        for place, template in enumerate(facts[kind.replace("-", "_")]):
            asked: set[str] = set()
            for number, filled in enumerate(_filled(template, facts["slots"], chance)):
                item = everyday.told(template["say"].format_map(filled), HOUSEHOLD)
                items.append(item)
                asked.add(template["ask"].format_map(filled))
                if number < _ASKED_OF_A_TEMPLATE:
                    half = 0 if place < _TRAINING_TEMPLATES else 1
                    words, answer = template["ask"].format_map(filled), filled[template["answer"]]
                    questions.append(_question(kind, half, chance, words, [answer], [item]))
    return items, questions


def _filled(
    template: Mapping[str, str], slots: Mapping[str, Sequence[str]], chance: Random
) -> Iterator[dict[str, str]]:
    """Yield what fills a template's slots, so that no two are asked for in the same words."""
    asked: set[str] = set()
    for _ in range(_DRAWN_OF_A_TEMPLATE):
        filled = {name: chance.choice(words) for name, words in slots.items()} | _figures(chance)
        question = template["ask"].format_map(filled)
        if question not in asked:
            asked.add(question)
            yield filled


def _figures(chance: Random) -> dict[str, str]:
    """Return a figure or a code for each slot that has no list."""
    letters = "".join(chance.choices("ABCDEFGHKLMNPRSTUVWX", k=2))
    return {
        "serial": f"{letters}-{chance.randrange(1000, 9999)}-{chance.choice('ABCDEF')}",
        "number": str(chance.randrange(100_000, 999_999)),
        "amount": f"{chance.randrange(30, 400)}.{chance.randrange(10, 99)}",
        "error": f"{chance.choice('EFU')}{chance.randrange(10, 99)}",
        "month": chance.choice(_MONTHS),
        "day": f"{chance.randrange(1, 28)} {chance.choice(_MONTHS)}",
        "reading": f"{chance.randrange(20, 900)}.{chance.randrange(1, 9)}",
        "small": str(chance.randrange(1, 40)),
    }


def _manuals(everyday: Everyday, chance: Random) -> Told:
    """File the appliances' manuals and ask for what they say."""
    items: list[Item] = []
    questions: list[Question] = []
    for manual in manuals(chance, read_facts("drawn")["slots"]["device"]):
        item = everyday.item("documents", HOUSEHOLD, manual.title, manual.text, everyday.moment(), manual.form)
        items.append(item)
        questions += [
            _question(Kind.DOCUMENT, place, chance, ask, [answer], [item]) for place, ask, answer in manual.asked
        ]
    return items, questions


def _absent(_: Everyday, chance: Random) -> Told:
    """Ask for what is nowhere."""
    facts = read_facts("absent")
    asks = [(number, fact["ask"]) for part in ("far", "near") for number, fact in enumerate(facts[part])]
    return [], [_question(Kind.ABSENT, number, chance, ask, [], []) for number, ask in asks]


def _question(
    kind: Kind,
    number: int,
    chance: Random,
    words: str,
    answers: Sequence[str],
    items: Sequence[Item],
    asker: str | None = None,
) -> Question:
    """Return a question; an even number is for tuning, an odd one for judging."""
    asker = asker or chance.choice((HOUSEHOLD, *PEOPLE))
    return Question(kind, _HALVES[number % 2], asker, words, tuple(answers), tuple(item.id for item in items))
