"""Test who waits, who is next, and what a refused one is told."""

import pytest

from hearthd.engine.backend import Priority
from hearthd.engine.kernel.waiting import WaitingRoom
from hearthd.errors import ApiError, ErrorCode

VOICE, CHAT, BACKGROUND = Priority.VOICE, Priority.CHAT, Priority.BACKGROUND


def room(*arrivals: tuple[str, Priority, float], limit: int = 8, seats: int = 1) -> WaitingRoom[str]:
    """Return a room in which items arrived."""
    made: WaitingRoom[str] = WaitingRoom(limit, seats=seats, ageing_s=30.0)
    for item, priority, at in arrivals:
        made.put(item, priority, at)
    return made


def take_all(waiting: WaitingRoom[str], now: float) -> str:
    """Return the items in the order in which they are taken."""
    return "".join(item for _ in range(len(waiting)) if (item := waiting.take(now)) is not None)


@pytest.mark.parametrize(
    ("arrivals", "now", "order"),
    [
        pytest.param([("a", BACKGROUND, 0), ("b", CHAT, 1), ("c", VOICE, 2)], 3, "cba", id="the urgent first"),
        pytest.param([("a", CHAT, 0), ("b", CHAT, 1), ("c", CHAT, 2)], 3, "abc", id="then who came first"),
        pytest.param([("a", BACKGROUND, 0), ("b", CHAT, 29)], 29.9, "ba", id="not yet aged"),
        pytest.param([("a", BACKGROUND, 0), ("b", CHAT, 29)], 30, "ab", id="aged by a class, and earlier"),
        pytest.param([("a", BACKGROUND, 0), ("b", VOICE, 59)], 59.9, "ba", id="aged by a class is not voice"),
        pytest.param([("a", BACKGROUND, 0), ("b", VOICE, 59)], 60, "ab", id="aged by two is"),
        pytest.param([("a", BACKGROUND, 5), ("b", VOICE, 0)], 500, "ba", id="no more urgent than voice"),
    ],
)
def test_order(arrivals: list[tuple[str, Priority, float]], now: float, order: str) -> None:
    """Class after ageing, then arrival."""
    assert take_all(room(*arrivals), now) == order


@pytest.mark.parametrize(
    ("refused", "now", "asked", "taken"),
    [
        pytest.param("", 53, "v", "v", id="the first is let in"),
        pytest.param("v", 53, "v", None, id="nobody takes what a voice request waits for"),
        pytest.param("b", 70, "bv", "v", id="but does not hold up the more urgent"),
        pytest.param("bv", 70, "bv", None, id="who hold up the others in turn"),
    ],
)
def test_only_the_more_urgent_overtake(refused: str, now: float, asked: str, taken: str | None) -> None:
    """A large request is passed neither by small ones of its own class nor by less urgent ones."""
    waiting = room(("b", BACKGROUND, 0), ("c", CHAT, 50), ("d", CHAT, 51), ("v", VOICE, 52))
    seen: list[str] = []

    def admits(item: str) -> bool:
        seen.append(item)
        return item not in refused

    assert waiting.take(now, admits) == taken
    assert "".join(seen) == asked
    assert len(waiting) == 4 - (taken is not None)


def test_who_was_preempted_has_its_turn_but_is_young() -> None:
    """It comes before later ones of its class; having been served, it does not outrank others by its age."""
    waiting = room(("chat", CHAT, 99), ("later", BACKGROUND, 90), limit=1)
    waiting.put_back("back", BACKGROUND, 100, arrived=0)
    assert take_all(waiting, 101) == "chatbacklater"


def test_each_priority_has_its_own_bound() -> None:
    """Background jobs never take a voice request's place; a place is free again once one is taken or dropped."""
    waiting = room(("a", BACKGROUND, 0), ("b", BACKGROUND, 0), limit=2)
    with pytest.raises(ApiError) as refusal:
        waiting.put("c", BACKGROUND, 1)
    assert refusal.value.code is ErrorCode.ENGINE_BUSY
    waiting.put("v", VOICE, 1)
    assert waiting.drop("a")
    assert not waiting.drop("a")
    waiting.put("c", BACKGROUND, 2)
    assert take_all(waiting, 3) == "vbc"


@pytest.mark.parametrize("priority", list(Priority))
@pytest.mark.parametrize("seats", [1, 3])
@pytest.mark.parametrize("service_s", [3.0, 40.0])
def test_who_comes_again_when_told_finds_a_place(priority: Priority, seats: int, service_s: float) -> None:
    """Retry after is when a place is free if seats end one after the other, as they did: neither sooner nor later."""
    waiting = room(*((f"{each}{number}", each, 0.0) for each in Priority for number in range(4)), limit=4, seats=seats)
    for _ in range(40):
        waiting.served(service_s)
    with pytest.raises(ApiError) as refusal:
        waiting.put("late", priority, 0.0)
    now = 0.0
    while waiting.depth(priority) == 4:
        now += service_s / seats
        waiting.take(0.0)
    assert now <= (refusal.value.retry_after or 0.0) <= now + 0.2


def test_first_refusal_guesses() -> None:
    """Before anything was served there is a guess, and never less than a second."""
    for seats, told in ((1, 2.0), (8, 1.0)):
        with pytest.raises(ApiError) as refusal:
            room(limit=0, seats=seats).put("a", VOICE, 0)
        assert refusal.value.retry_after == told


def test_deadlines_end_the_wait() -> None:
    """Who is due leaves at once, also after having been put back."""
    waiting: WaitingRoom[str] = WaitingRoom(8)
    waiting.put("never", CHAT, 0)
    assert waiting.next_deadline() is None
    waiting.put("soon", CHAT, 0, deadline=5)
    waiting.put_back("later", CHAT, 0, arrived=0, deadline=9)
    assert waiting.next_deadline() == 5
    assert waiting.expired(4.9) == []
    assert waiting.expired(5) == ["soon"]
    assert waiting.next_deadline() == 9
    assert waiting.expired(20) == ["later"]
    assert waiting.take(20) == "never"


def test_drain_empties_the_room() -> None:
    """Everybody leaves, in order of arrival."""
    waiting = room(("b", VOICE, 1), ("a", BACKGROUND, 0))
    assert waiting.drain() == ["a", "b"]
    assert len(waiting) == 0
    assert waiting.take(0) is None


def test_items_are_told_apart_by_identity() -> None:
    """Two equal requests are two."""
    first, second = [1], [1]
    waiting: WaitingRoom[list[int]] = WaitingRoom(8)
    waiting.put(first, CHAT, 0)
    waiting.put(second, CHAT, 0)
    assert waiting.drop(second)
    assert waiting.take(0) is first
