"""Make a sentence of a clause that ends in its verb, as it does after "dass" and "dat"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class _Grammar:
    """What a language's sentences are told apart by; all in small letters.

    `verbs` are common ones that never come apart; `articles` begin a subject that a noun ends, `prepositions` what
    stands behind one, `links` what may make it longer; `nouns_are_capital` as in German.
    """

    verbs: frozenset[str]
    pronouns: frozenset[str]
    articles: frozenset[str]
    prepositions: frozenset[str]
    links: frozenset[str]
    nouns_are_capital: bool


def _set(words: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(words.split())


_GRAMMARS: Mapping[str, _Grammar] = {
    "de": _Grammar(
        verbs=_set(
            "ist sind bin war waren heißt heißen heiße hat haben habe wohnt wohnen wohne liegt liegen steht stehen "
            "hängt mag mögen kostet kosten muss müssen kann können will wollen soll sollen darf dürfen gehört gehören "
            "arbeitet arbeiten arbeite braucht brauchen brauche lautet"
        ),
        pronouns=_set("ich wir er sie es man jeder"),
        articles=_set("der die das ein eine mein meine unser unsere sein seine ihr ihre"),
        prepositions=_set("am an auf aus bei beim bis für im in ins mit nach ohne seit über um unter vor zu zum zur"),
        links=_set("von vom des der und oder"),
        nouns_are_capital=True,
    ),
    "nl": _Grammar(
        verbs=_set(
            "is zijn ben was waren heet heten heeft hebben heb woont wonen woon ligt liggen staat staan hangt moet "
            "moeten kan kunnen wil willen mag mogen houdt kost kosten werkt werken werk hoort horen"
        ),
        pronouns=_set("ik wij we hij zij ze het iedereen"),
        articles=_set("de het een mijn ons onze zijn haar hun"),
        prepositions=_set("aan achter bij boven in met na naar naast om onder op over sinds tot voor zonder"),
        links=_set("van en of"),
        nouns_are_capital=False,
    ),
}


def sentence_of(language: str, clause: str) -> str:
    """Return a clause with its verb in the second place, or as it is where it is not surely one that ends in it."""
    grammar = _GRAMMARS.get(language.split("-", maxsplit=1)[0].lower())
    *words, verb = clause.split() or [""]
    if grammar is None or verb.lower() not in grammar.verbs:
        return clause
    end = _subject_end(words, grammar)
    return " ".join([*words[:end], verb, *words[end:]]) if end else clause


def _subject_end(words: Sequence[str], grammar: _Grammar) -> int:
    """Return how many words the subject has that a clause begins with, 0 where that is not clear."""
    small = [word.lower() for word in words]
    if not words or small[0] in grammar.articles:
        end = _noun_end(words, small, grammar)
    elif small[0] in grammar.pronouns:
        end = 1
    else:
        # A name of one word; a second may belong to it or not.
        end = int(words[0][0].isupper() and not words[1][0].isupper()) if words[1:] else 0
    return 0 if small[end : end + 1] and small[end] in grammar.links else end


def _noun_end(words: Sequence[str], small: Sequence[str], grammar: _Grammar) -> int:
    """Return where a subject ends that an article begins: after its noun, or before what stands behind it."""
    for place in range(1, len(words)):
        if words[place][0].isupper():
            return place + 1 if grammar.nouns_are_capital else (place if place > 1 else 0)
        if small[place] in grammar.prepositions:
            return 0 if grammar.nouns_are_capital or place == 1 else place
        if small[place] in grammar.links:
            return 0
    return 0
