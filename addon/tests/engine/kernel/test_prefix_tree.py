"""Test what requests share, and what goes first when cells are short."""

from array import array
from collections.abc import Sequence

import pytest

from hearthd.engine.kernel.operations import Copy, Drop, Trim
from hearthd.engine.kernel.prefix_tree import PrefixTree
from tests.engine.kernel.native_memory import NativeMemory


class Pool:
    """A tree and the memory that it keeps the books of, with a clock."""

    def __init__(self, *, cells: int = 1000, sequences: int = 8, exact: bool = False) -> None:
        self.tree = PrefixTree(cells=cells, sequences=sequences, exact=exact)
        self.memory = NativeMemory()
        self.now = 0.0

    def start(self, text: str, *, room: int = 0) -> tuple[int, int] | None:
        """Start a request and decode the rest of it; returns its sequence and how much it had already."""
        self.now += 1.0
        start = self.tree.start(tokens(text), self.now, room=room)
        if start is None:
            return None
        self.memory.perform(start.operations)
        self.grow(start.sequence, text[start.length :])
        return start.sequence, start.length

    def grow(self, sequence: int, text: str) -> None:
        """Decode more tokens."""
        self.memory.decode(sequence, tokens(text))
        self.tree.grow(sequence, len(text))

    def share(self, sequence: int, text: str) -> None:
        """Share what a sequence holds."""
        self.memory.perform(self.tree.share(sequence, tokens(text), self.now))

    def run(self, text: str, pin: str | None = None) -> int:
        """Run a request to its end; returns how much it had already."""
        started = self.start(text)
        assert started is not None
        sequence, length = started
        self.memory.perform(self.tree.finish(sequence, tokens(text), self.now, pin=pin))
        return length

    def evict(self, cells: int) -> bool:
        """Free some more cells than are free now."""
        operations = self.tree.evict(self.tree.free + cells, self.now)
        self.memory.perform(operations or ())
        return operations is not None

    def limit(self, cells: int, *awaited: str) -> list[tuple[str, int]]:
        """Let so many cells rest; returns what is lost: the texts, and from where on."""
        operations, lost = self.tree.limit(cells, self.now, awaited=[tokens(text) for text in awaited])
        self.memory.perform(operations)
        return [("".join(map(chr, part.tokens)), part.begin) for part in lost]

    def kept(self, *texts: str) -> list[int]:
        """Return how much of each text is there."""
        assert self.tree.used == self.memory.used
        return [self.tree.match(tokens(text + "~")) for text in texts]


def tokens(text: str) -> list[int]:
    """Return a letter for a token."""
    return [ord(letter) for letter in text]


@pytest.mark.parametrize(
    ("cached", "text", "length"),
    [
        pytest.param([], "abc", 0, id="nothing there"),
        pytest.param(["xyz"], "abc", 0, id="nothing alike"),
        pytest.param(["abcd"], "abxy", 2, id="a part of an entry"),
        pytest.param(["ab"], "abxy", 2, id="a whole entry"),
        pytest.param(["abcd"], "abcd", 3, id="the last token is decoded again"),
        pytest.param(["abcd"], "ab", 1, id="also inside of an entry"),
        pytest.param(["abcd", "abxy"], "abxz", 3, id="the longest one"),
        pytest.param(["abcd"], "a", 0, id="a single token"),
        pytest.param(["abcd"], "", 0, id="no token at all"),
    ],
)
def test_longest_prefix_is_found(cached: list[str], text: str, length: int) -> None:
    """As far as the tokens agree, but for the last one, wherever that is in an entry."""
    pool = Pool()
    for each in cached:
        pool.run(each)
    assert pool.tree.match(tokens(text)) == length


@pytest.mark.parametrize(
    ("text", "length"),
    [
        pytest.param("abcdx", 4, id="a whole entry and more"),
        pytest.param("abcd", 0, id="not the last token of it"),
        pytest.param("abcx", 0, id="not a part of it"),
        pytest.param("abcdefx", 6, id="the longest"),
        pytest.param("abcdex", 4, id="the longest that is whole"),
    ],
)
def test_exact_model_starts_from_whole_entries(text: str, length: int) -> None:
    """A state that has seen more cannot be turned back."""
    pool = Pool(exact=True)
    pool.run("abcd")
    pool.run("abcdef")
    assert pool.tree.match(tokens(text)) == length


def test_any_sequence_of_tokens_will_do() -> None:
    """An array, which is compared fastest, means the same as a list or a tuple."""
    pool = Pool()
    pool.run("abcd")
    kinds: list[Sequence[int]] = [array("i", tokens("abx")), tokens("abx"), tuple(tokens("abx"))]
    assert [pool.tree.match(each) for each in kinds] == [2, 2, 2]


def test_cells_are_shared_not_copied() -> None:
    """Four requests with a prefix in common need its cells once."""
    pool = Pool()
    pool.run("prefix")
    for letter in "wxyz":
        assert pool.start(f"prefix{letter}") is not None
    assert pool.tree.used == pool.memory.used == len("prefix") + 4


def test_conversation_needs_one_sequence() -> None:
    """What went on is no entry of its own any more."""
    pool = Pool()
    for turn in ("ab", "abcd", "abcdef"):
        pool.run(turn)
    assert (pool.tree.resting, pool.tree.used) == (1, 6)
    assert pool.run("abc") == 2
    assert (pool.tree.resting, pool.tree.used) == (1, 6)
    assert pool.start("abcdefg") is not None
    assert (pool.tree.resting, pool.tree.used) == (0, 7)


def test_two_that_ran_cold_at_once_are_made_one() -> None:
    """The second gives up its own cells for what both have computed."""
    pool = Pool()
    started = [pool.start("prefixA"), pool.start("prefixB")]
    (first, _), (second, _) = [each for each in started if each]
    assert pool.tree.used == 14
    pool.share(first, "prefixA")
    operations = pool.tree.share(second, tokens("prefixB"), pool.now)
    assert operations == (Copy(first, second, 0, 6),)
    pool.memory.perform(operations)
    assert pool.tree.used == pool.memory.used == 8


def test_running_request_is_shared_before_its_end() -> None:
    """Who comes while a prompt is decoded starts from what is done of it."""
    pool = Pool()
    started = pool.start("prefixA")
    assert started is not None
    assert pool.tree.match(tokens("prefixB")) == 0
    pool.share(started[0], "prefixA")
    assert pool.start("prefixB") == (1, 6)


def test_exact_model_leaves_checkpoints() -> None:
    """A copy rests at each shared point, once, while the request runs on."""
    pool = Pool(exact=True)
    started = pool.start("stable")
    assert started is not None
    sequence = started[0]
    pool.share(sequence, "stable")
    pool.share(sequence, "stable")
    pool.grow(sequence, " words")
    assert pool.start("stableX") == (2, 6)
    pool.memory.perform(pool.tree.finish(sequence, tokens("stable words"), pool.now))
    assert pool.kept("stable", "stable words", "stable wo") == [6, 12, 6]


def test_exact_model_without_an_id_leaves_no_checkpoint() -> None:
    """A checkpoint is a convenience; who runs does not make place for it."""
    pool = Pool(sequences=2, exact=True)
    assert pool.start("") is not None
    started = pool.start("ab")
    assert started is not None
    assert pool.tree.share(started[0], tokens("ab"), pool.now) == ()
    assert pool.tree.share(0, [], pool.now) == ()


def test_checkpoint_never_takes_a_pins_id() -> None:
    """A convenience does not cost the home's prefix."""
    pool = Pool(sequences=2, exact=True)
    pool.run("stable", pin="home")
    started = pool.start("other")
    assert started is not None
    assert pool.tree.share(started[0], tokens("other"), pool.now) == ()
    assert pool.tree.pinned("home") == 6


@pytest.mark.parametrize("exact", [False, True])
def test_wrong_count_is_refused(exact: bool) -> None:
    """Books that are wrong once are wrong for ever."""
    pool = Pool(exact=exact)
    assert pool.start("abc") is not None
    for text in ("ab", "abcd"):
        with pytest.raises(ValueError, match="tokens for 3 cells"):
            pool.tree.share(0, tokens(text), pool.now)
        with pytest.raises(ValueError, match="tokens for 3 cells"):
            pool.tree.finish(0, tokens(text), pool.now)


def test_promised_cells_are_not_promised_twice() -> None:
    """A second request is told to wait rather than to run out of cells half way."""
    pool = Pool(cells=10)
    start = pool.tree.start(tokens("abcd"), 0.0, room=2)
    assert start is not None
    assert (pool.tree.used, pool.tree.free) == (0, 4)
    assert pool.tree.start(tokens("vwxyz"), 0.0) is None
    pool.grow(start.sequence, "abcd")
    assert (pool.tree.used, pool.tree.free) == (4, 4)
    pool.grow(start.sequence, "efghij")
    assert (pool.tree.used, pool.tree.free) == (10, 0)
    pool.tree.grow(start.sequence, -3)
    assert (pool.tree.used, pool.tree.free) == (7, 3)


@pytest.mark.parametrize(
    ("cached", "cells", "kept"),
    [
        pytest.param(["aaaa", "bbbb"], 3, [1, 4], id="the older one, only as far as needed"),
        pytest.param(["aaaa", "bbbb"], 4, [0, 4], id="all of the older one"),
        pytest.param(["aaaa", "bbbb"], 6, [0, 2], id="then the next one"),
        pytest.param(["aaaa", "bbbb", "aa"], 3, [2, 3], id="what was used again stays, its old tail does not"),
        pytest.param(["aabb", "aacc"], 2, [2, 4], id="a shared prefix stays"),
        pytest.param(["aabb", "aacc"], 5, [1, 1], id="until nobody shares it"),
    ],
)
def test_least_worth_goes_first(cached: list[str], cells: int, kept: list[int]) -> None:
    """Long unused before recently used, tails before prefixes."""
    pool = Pool()
    for text in cached:
        pool.run(text)
    assert pool.evict(cells)
    assert pool.kept(*cached[:2]) == kept


def test_far_tokens_are_dearer() -> None:
    """Of two that were used at the same time, the one that is cheaper to compute again goes."""
    pool = Pool(cells=20_000)
    pool.run("n" * 100)
    pool.now -= 1.0
    pool.run("f" * 9000)
    assert pool.evict(50)
    assert pool.kept("n" * 100, "f" * 9000) == [50, 9000]


def test_pins_go_last_and_are_replaced() -> None:
    """The home's prefix stays while anything else can go; a new one takes its name, and the old one can go."""
    pool = Pool(cells=40)
    pool.run("old home", pin="home")
    pool.run("new home", pin="home")
    assert pool.tree.pinned("home") == 8
    pool.run("new home and a question")
    pool.run("recent")
    assert pool.evict(29)
    assert pool.kept("old home", "new home and a question", "recent") == [0, 8, 0]
    assert pool.tree.pinned("home") == 8
    assert pool.evict(3)
    assert (pool.tree.pinned("home"), pool.kept("new home")) == (0, [5])
    assert pool.tree.pinned("never") == 0


def test_exact_pin_is_lost_with_its_entry() -> None:
    """A pinned checkpoint that had to go is not told of, though another sequence holds its tokens."""
    pool = Pool(cells=12, exact=True)
    pool.run("stable", pin="home")
    pool.run("recent")
    assert pool.evict(1)
    assert (pool.tree.pinned("home"), pool.tree.resting) == (6, 1)
    assert pool.start("stable!") is not None
    assert pool.start("12345") is not None
    assert pool.tree.pinned("home") == 6
    assert not pool.evict(1)


def test_exact_eviction_prefers_what_frees_cells() -> None:
    """A checkpoint whose cells another entry holds too is kept while dropping it would free nothing."""
    pool = Pool(exact=True)
    pool.run("stable")
    pool.run("stable and long")
    assert pool.evict(1)
    assert pool.kept("stable", "stable and long") == [6, 6]


def test_running_requests_are_never_evicted() -> None:
    """If the rest is not enough, nothing goes at all."""
    pool = Pool(cells=10)
    pool.run("rest")
    assert pool.start("work") is not None
    assert not pool.evict(5)
    assert pool.kept("rest", "work") == [4, 0]
    assert pool.start("toolong") is None
    assert pool.kept("rest") == [4]
    assert pool.evict(4)
    assert pool.kept("rest") == [0]


def test_start_spares_what_it_starts_from() -> None:
    """Making place for a request does not take its own prefix away."""
    pool = Pool(cells=10)
    pool.run("prefixtail")
    assert pool.start("prefixABCD") == (1, 6)
    assert pool.kept("prefixtail", "prefix") == [6, 6]


@pytest.mark.parametrize("exact", [False, True])
def test_ids_are_freed_for_who_comes(exact: bool) -> None:
    """With every id in use the least worth entry goes, but not the one to start from, and nobody who runs."""
    pool = Pool(sequences=3, exact=exact)
    for text in ("aaa", "bbb", "ccc"):
        pool.run(text)
    assert pool.start("aaax") == (1, 3)
    assert pool.start("dddx") is not None
    assert pool.start("eeex") is not None
    assert pool.start("fffx") is None


def test_every_id_running_refuses() -> None:
    """More requests than ids cannot run."""
    pool = Pool(sequences=1)
    assert pool.start("a") is not None
    assert pool.start("b") is None


@pytest.mark.parametrize(("exact", "kept"), [(False, 6), (True, 0)])
def test_failed_request_keeps_what_was_right(exact: bool, kept: int) -> None:
    """Only the cells of the failed step are lost, where a model can be turned back."""
    pool = Pool(exact=exact)
    started = pool.start("prefix")
    assert started is not None
    if not exact:
        pool.share(started[0], "prefix")
    pool.grow(started[0], "broken")
    pool.memory.perform(pool.tree.forget(started[0]))
    assert pool.kept("prefixbroken") == [kept]


def test_forgotten_before_anything_was_shared() -> None:
    """A request that failed in its first step leaves nothing."""
    pool = Pool()
    assert pool.start("abc") is not None
    assert pool.tree.forget(0)[-1] == Drop(0)
    assert (pool.tree.used, pool.tree.resting) == (0, 0)


def test_restored_snapshot_shares_what_is_there() -> None:
    """A sequence that was restored from disk gives up its cells for a prefix that others hold."""
    pool = Pool()
    pool.run("home")
    start = pool.tree.start(tokens("home and garden"), pool.now, fresh=True)
    assert start is not None
    assert start.operations == ()
    pool.grow(start.sequence, "home and")
    pool.share(start.sequence, "home and")
    assert pool.kept("home and") == [8]
    assert pool.tree.used == 8


@pytest.mark.parametrize(
    ("cells", "awaited", "kept", "lost"),
    [
        pytest.param(100, [], [10, 10, 10], [], id="nothing while there are few"),
        pytest.param(10, [], [8, 10, 10], [("homeAAAAAA", 8)], id="the older ones, only as far as needed"),
        pytest.param(
            0,
            [],
            [4, 4, 10],
            [("homeAAAAAA", 4), ("homeBBBBBB", 4)],
            id="never what was used last, and the beginning that it shares",
        ),
        pytest.param(0, ["homeAAAAAA?"], [10, 4, 10], [("homeBBBBBB", 4)], id="nor what somebody who waits would find"),
        pytest.param(0, ["homeAAA?"], [7, 4, 10], [("homeAAAAAA", 7), ("homeBBBBBB", 4)], id="but no more of it"),
    ],
)
def test_few_cells_rest(cells: int, awaited: list[str], kept: list[int], lost: list[tuple[str, int]]) -> None:
    """Of conversations that have ended only a little stays: every step walks over it."""
    pool = Pool()
    texts = ["homeAAAAAA", "homeBBBBBB", "homeCCCCCC"]
    for text in texts:
        pool.run(text)
    assert pool.limit(cells, *awaited) == lost
    assert pool.kept(*texts) == kept


def test_limit_spares_pins_and_who_runs() -> None:
    """What is pinned or in use does not count, and neither does what was used last, however long it is."""
    pool = Pool()
    pool.run("home", pin="home")
    pool.run("home and an old question")
    assert pool.start("home and now") is not None
    pool.run("document" * 20)
    pool.limit(0)
    assert pool.kept("home and an old question", "document" * 20) == [9, 160]
    assert pool.tree.pinned("home") == 4
    pool.run("short")
    pool.limit(0)
    assert pool.kept("document" * 20, "short", "home and an old question") == [0, 5, 9]


def test_limit_spares_what_most_begin_with() -> None:
    """A home that nobody pinned stays while conversations come and go and others run once, but not for ever."""
    pool = Pool()
    for text in ("home, A", "home, B", "home, C", "document" * 20, "another one" * 20):
        pool.run(text)
    pool.limit(0)
    assert pool.kept("home, D", "document" * 20, "another one" * 20) == [6, 0, 220]
    pool.now += 24 * 3600
    pool.limit(0)
    assert pool.kept("home, D", "another one" * 20) == [0, 220]


def test_exact_limit_drops_whole_entries() -> None:
    """A pinned checkpoint stays, and so does the checkpoint inside of what was used last."""
    pool = Pool(exact=True)
    for text in ("stable", "stable and old", "stable and new", "stable and new and last"):
        pool.run(text, pin="home" if text == "stable" else None)
    assert pool.limit(7) == []
    assert pool.kept("stable and old", "stable and new", "stable and new and last") == [6, 14, 23]
    assert pool.tree.pinned("home") == 6


def test_clear_forgets_everything() -> None:
    """After llama.cpp's memory was cleared nothing is left on the books."""
    pool = Pool()
    pool.run("home", pin="home")
    pool.start("runs")
    pool.tree.clear()
    assert (pool.tree.used, pool.tree.free, pool.tree.resting, pool.tree.pinned("home")) == (0, 1000, 0, 0)


def test_trim_says_what_stays() -> None:
    """The native operation is the smallest that does it."""
    pool = Pool()
    pool.run("abcdef")
    assert pool.tree.evict(pool.tree.free + 2, pool.now) == (Trim(0, 4),)
    assert pool.tree.evict(pool.tree.free + 4, pool.now) == (Drop(0),)
