"""Make up what two people and their household would have remembered, from a seed."""

from collections.abc import Callable
from dataclasses import dataclass
import random

from custom_components.hearth.access import HOUSEHOLD, Kind, Principal

ANNA = Principal(Kind.PERSON, "person.anna", "anna")
TOM = Principal(Kind.PERSON, "person.tom", "tom")
SPEAKERS = (ANNA, TOM, HOUSEHOLD)

TOPICS = (
    "the boiler makes a knocking noise",
    "we thought about a holiday in the mountains",
    "the tomatoes on the balcony have brown leaves",
    "grandmother wants a tablet with large letters",
    "the bicycle chain needs oil before the tour",
    "the school asks for volunteers at the bazaar",
    "the washing machine stops in the middle",
    "a film about deep sea fish was recommended",
    "the attic needs another layer of insulation",
    "the choir looks for a second tenor",
)

_CHANGED_SHARE = 0.4
_SYLLABLES = ("ba", "do", "fi", "gu", "ka", "lo", "mi", "nu", "pe", "ra", "so", "tu", "ve", "wi", "zo")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True, slots=True)
class _Form:
    """What is said of a thing first, what is asked, what is said once it has changed, and how a value is drawn."""

    things: str
    first: str
    question: str
    later: str
    draw: Callable[[random.Random], str]


def _word(choice: random.Random) -> str:
    return "".join(choice.choices(_SYLLABLES, k=5))


_FORMS = (
    _Form(
        "plumber electrician gardener dentist vet cleaner neighbour landlord baker mechanic tailor pianist",
        "the {thing} is called {value}",
        "who is the {thing}?",
        "our new {thing} is called {value}",
        lambda choice: _word(choice).title(),
    ),
    _Form(
        "garage shed safe gate cellar alarm mailbox locker",
        "the code of the {thing} is {value}",
        "what is the code of the {thing}?",
        "the code of the {thing} is now {value}",
        lambda choice: f"{_word(choice)}{choice.randrange(10, 99)}",
    ),
    _Form(
        "wifi guest-wifi printer router camera tablet",
        "the {thing} password is {value}",
        "what is the {thing} password?",
        "the new {thing} password is {value}",
        lambda choice: f"{_word(choice)}{choice.randrange(10, 99)}",
    ),
    _Form(
        "godmother nephew twin uncle grandmother cousin",
        "the {thing}'s birthday is on {value}",
        "when is the {thing}'s birthday?",
        "the {thing}'s birthday is {value}",
        lambda choice: f"{choice.randrange(1, 29)} {choice.choice(_MONTHS)}",
    ),
    _Form(
        "library pharmacy pool market museum tavern",
        "the {thing} opens at {value}",
        "when does the {thing} open?",
        "the {thing} opens at {value}",
        lambda choice: f"{choice.randrange(5, 23)}:{choice.randrange(10, 60)}",
    ),
    _Form(
        "bin-lorry window-washer milkman book-bus",
        "the {thing} comes on {value}",
        "on which day does the {thing} come?",
        "the {thing} comes on {value}",
        lambda choice: choice.choice(_WEEKDAYS),
    ),
)
# Said of the same things beside the facts: none of it may take a fact's place.
_BESIDE = (
    "the {thing} was recommended by the {other}",
    "the {thing} is expensive",
    "the {thing} of the people next door is older than the {other}",
)


@dataclass(frozen=True, slots=True)
class Told:
    """What somebody has remembered: a sentence, the value in it, the question for it, and what only sounds alike.

    `later` is the sentence that takes its place, with `later_value`; both are None for what never changes.
    """

    speaker: Principal
    words: str
    value: str
    question: str
    beside: str
    later: str | None
    later_value: str | None

    @property
    def final(self) -> str:
        """Return the value that holds in the end."""
        return self.later_value or self.value

    @property
    def is_secret(self) -> bool:
        """Tell whether nobody else says the same value."""
        return self.value.isalnum() and self.value not in _WEEKDAYS


def facts(seed: int) -> list[Told]:
    """Return everything that is told, in an order of no meaning."""
    choice = random.Random(seed)  # noqa: S311 - a benchmark must say the same again
    told = [
        _told(choice, speaker, form, thing) for speaker in SPEAKERS for form in _FORMS for thing in form.things.split()
    ]
    choice.shuffle(told)
    return told


def _told(choice: random.Random, speaker: Principal, form: _Form, thing: str) -> Told:
    value, later = form.draw(choice), form.draw(choice)
    changes = choice.random() < _CHANGED_SHARE and later != value
    other = choice.choice([other for other in form.things.split() if other != thing])
    return Told(
        speaker,
        form.first.format(thing=thing, value=value),
        value,
        form.question.format(thing=thing),
        choice.choice(_BESIDE).format(thing=thing, other=other),
        form.later.format(thing=thing, value=later) if changes else None,
        later if changes else None,
    )
