"""Test what is guessed, and that it is guessed only where that pays."""

import pytest

from hearthd.engine.kernel.speculation import Drafter, StepCosts

# A light's name, a question, and the beginning of an answer that repeats the name.
NAME = (11, 12, 13, 14, 15, 16)


def measured(seconds: dict[int, float]) -> StepCosts:
    """Return costs as they were measured."""
    costs = StepCosts()
    for tokens, each in seconds.items():
        for _ in range(50):
            costs.observe(tokens, each)
    return costs


# Memory-bound: a step takes as long for nine tokens as for one.
FREE = {1: 0.01, 2: 0.01, 4: 0.01, 9: 0.01}
# Compute-bound: twice the tokens, twice the time.
LINEAR = {1: 0.01, 2: 0.02, 4: 0.04, 9: 0.09}


@pytest.mark.parametrize(
    ("prompt", "draft"),
    [
        pytest.param([], (), id="nothing to look up"),
        pytest.param([1, 2, 3, 4, 5], (), id="nothing repeated"),
        pytest.param([*NAME, 1, 2, 11, 12, 13], (14, 15, 16, 1, 2, 11, 12, 13), id="goes on as before"),
        pytest.param([*range(30), 1, 2, 3], tuple(range(4, 12)), id="no more than eight"),
        pytest.param([7, 8, 9, 1, 7, 8, 9, 2, 7, 8, 9], (2, 7, 8, 9), id="as it went on last"),
        pytest.param([7, 8, 9, 1, 5, 8, 9, 2, 7, 8, 9], (1, 5, 8, 9, 2, 7, 8, 9), id="three tokens before two"),
        pytest.param([8, 9, 1, 5, 8, 9], (1, 5, 8, 9), id="two if there are no three"),
        pytest.param([9, 1, 5, 9], (), id="but not one"),
        pytest.param([4, 4, 4], (4,), id="a repetition"),
    ],
)
def test_guess(prompt: list[int], draft: tuple[int, ...]) -> None:
    """The reply goes on as the same few tokens did before, as far as that costs nothing."""
    assert Drafter(prompt, measured(FREE)).draft() == draft


@pytest.mark.parametrize(
    ("costs", "decoding", "drafts"),
    [
        pytest.param(FREE, 1, True, id="a step that has room"),
        pytest.param(LINEAR, 1, False, id="a step that costs what it decodes"),
        pytest.param({}, 1, True, id="not measured yet"),
        pytest.param({1: 0.034, 2: 0.048, 4: 0.060, 8: 0.089, 16: 0.141}, 1, True, id="two cores"),
        pytest.param({1: 0.034, 2: 0.048, 4: 0.060, 8: 0.089, 16: 0.141}, 4, True, id="two cores, four replies"),
        pytest.param(LINEAR, 4, False, id="four replies in a step that costs what it decodes"),
        pytest.param(FREE, 4, True, id="four replies that have room"),
        pytest.param(FREE, 0, True, id="before others let it decode"),
    ],
)
def test_drafts_only_where_it_pays(costs: dict[int, float], decoding: int, drafts: bool) -> None:
    """More tokens in a step must not cost more than they bring, to all who decode."""
    assert bool(Drafter([*NAME, 1, 2, *NAME[:3]], measured(costs)).draft(decoding)) is drafts


def test_wrong_guesses_end_drafting_and_right_ones_begin_it_again() -> None:
    """What was not sent is judged, too, so a request that begins to quote is drafted for again."""
    drafter = Drafter([*NAME, *NAME, *NAME[:3]], measured({1: 0.034, 2: 0.048, 4: 0.060, 9: 0.095}))
    assert drafter.draft() != ()
    # The name's beginning is followed by something else each time.
    for token in range(100, 130):
        drafter.extend([token, *NAME[:3]])
    drafter.extend([99, 11, 12, 13])
    assert drafter.draft() == ()
    for _ in range(10):
        drafter.extend(NAME)
    drafter.extend(NAME[:3])
    assert drafter.draft()[:2] == (14, 15)


def test_draft_is_longer_the_more_often_it_was_right() -> None:
    """The length follows the request's own rate."""
    costs = measured({1: 0.034, 2: 0.048, 4: 0.060, 8: 0.089, 9: 0.095, 16: 0.141})
    drafter = Drafter([*range(40), 1, 2, 3], costs)
    lengths = [len(drafter.draft())]
    for token in range(4, 24):
        drafter.extend([token])
        lengths.append(len(drafter.draft()))
    assert 0 < lengths[0] < lengths[-1] == 8
    assert lengths == sorted(lengths)


@pytest.mark.parametrize(
    ("seconds", "tokens", "relative"),
    [
        pytest.param({}, 1, 1.0, id="one is one"),
        pytest.param({}, 2, 1.4, id="as on a common machine"),
        pytest.param({}, 3, 1.6, id="between two of its points"),
        pytest.param({}, 64, 14.3, id="behind the last of them"),
        pytest.param({1: 0.5, 4: 1.0}, 4, 2.0, id="as measured"),
        pytest.param({4: 0.9}, 1, 1.0, id="only others measured"),
        pytest.param({1: 0.5, 4: 1.0}, 3, 5 / 3, id="between two that were"),
        pytest.param({1: 0.5, 4: 1.0}, 5, 2.0 * 2.0 / 1.8, id="like the nearest one"),
    ],
)
def test_costs(seconds: dict[int, float], tokens: int, relative: float) -> None:
    """As measured for this size, between two that were, or in proportion to the nearest one."""
    assert measured(seconds).relative(tokens) == pytest.approx(relative)


def test_costs_follow_the_machine() -> None:
    """A step that takes longer now, because the context has grown, is soon known to; one that was held up is not."""
    costs = measured({1: 0.01, 4: 0.02})
    costs.observe(4, 0.2)
    assert 2.0 < costs.relative(4) < 6.0
    for _ in range(40):
        costs.observe(4, 0.04)
    assert costs.relative(4) == pytest.approx(4.0, rel=0.05)
