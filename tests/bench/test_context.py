"""The homes and the questions that script/bench context is about."""

import pytest

from bench.context.home import home, questions
from bench.context.meaning import in_other_words


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("size", [200, 2000])
def test_a_home_has_as_many_things_as_it_says(language: str, size: int) -> None:
    """No two things share an entity, and the smaller home is the beginning of the larger."""
    things = home(language, size)
    assert len({thing.entity_id for thing in things}) == size
    assert home(language, size // 2) == things[: size // 2]


def test_the_same_home_is_named_in_two_languages() -> None:
    """Only the names differ, so that the languages can be compared."""
    english, german = home("en", 2000), home("de", 2000)
    assert [(one.domain, one.device_class, one.state) for one in english] == [
        (one.domain, one.device_class, one.state) for one in german
    ]


@pytest.mark.parametrize("language", ["en", "de"])
def test_questions_are_about_things_that_are_there(language: str) -> None:
    """What a question needs exists, and every question is asked once."""
    things = home(language, 2000)
    asked = questions(language, things)
    known = {thing.entity_id for thing in things}
    assert len(asked) > 1000
    assert len({question.words for question in asked}) == len(asked)
    assert all(question.needs and question.needs <= known for question in asked)


@pytest.mark.parametrize("language", ["en", "de"])
def test_what_is_asked_in_other_words_is_there(language: str) -> None:
    """Each is about one thing, which every home has."""
    known = {thing.entity_id for thing in home(language, 200)}
    asked = in_other_words(language)
    assert all(len(question.needs) == 1 and question.needs <= known for question in asked)
    assert len({question.words for question in asked}) == len(asked)
