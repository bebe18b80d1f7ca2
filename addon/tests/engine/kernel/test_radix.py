"""Test the radix tree that the prefix tree keeps its books in."""

from array import array

from hypothesis import given, settings, strategies as st
import pytest

from hearthd.engine.kernel.radix import Node


def tokens(text: str) -> array[int]:
    """Return a letter for a token."""
    return array("i", [ord(letter) for letter in text])


def text(node: Node) -> str:
    """Return the letters of a node."""
    return "".join(map(chr, node.tokens))


def tree(*branches: str) -> Node:
    """Return a tree in which each branch has a holder, numbered from 0."""
    root = Node()
    for sequence, branch in enumerate(branches):
        node = root
        for child, length in root.walk(tokens(branch)):
            node = child.split(length)
            node.copies[0].add(sequence)
        if node.end < len(branch):
            node.append(tokens(branch)[node.end :], sequence)
    return root


def leaf(root: Node, branch: str) -> Node:
    """Return the last node of a branch."""
    return [node for node, _ in root.walk(tokens(branch))][-1]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        pytest.param("", [], id="nothing"),
        pytest.param("x", [], id="nothing alike"),
        pytest.param("ab", [("ab", 2)], id="a whole node"),
        pytest.param("abc", [("ab", 2), ("cd", 3)], id="into the next one"),
        pytest.param("abcx", [("ab", 2), ("cd", 3)], id="no further than they agree"),
        pytest.param("abefgh", [("ab", 2), ("ef", 4)], id="to a leaf"),
    ],
)
def test_walk(wanted: str, found: list[tuple[str, int]]) -> None:
    """Every node on the way is told, and how far it agrees."""
    assert [(text(node), length) for node, length in tree("abcd", "abef").walk(tokens(wanted))] == found


def test_split_keeps_holders_and_ends() -> None:
    """The lower part stays the same node; the upper one is held by the same, but may come to differ."""
    root = tree("abcd")
    lower = leaf(root, "abcd")
    upper = lower.split(1)
    assert (text(upper), upper.end, text(lower), lower.end) == ("a", 1, "bcd", 4)
    upper.copies[0].add(9)
    assert (upper.holders(), lower.holders()) == ({0, 9}, {0})
    assert lower.split(1) is upper
    assert lower.split(0) is root
    assert [lower.at(position) for position in range(5)] == [root, upper, lower, lower, lower]


def test_merge_undoes_a_split() -> None:
    """Nothing else is ever merged: neither what branches, nor what others hold or need at other times."""
    root = tree("abcd")
    lower = leaf(root, "abcd")
    upper = lower.split(1)
    upper.used = 5.0
    upper.merge()
    lower.merge()
    root.merge()
    assert [text(node) for node in lower.path()] == ["bcd", "a"]
    lower.used = 5.0
    upper.merge()
    assert [text(node) for node in lower.path()] == ["abcd"]
    assert leaf(root, "ab") is lower


def test_release_removes_what_nobody_holds() -> None:
    """A node goes with its last holder."""
    root = tree("abcd", "abef")
    shared = leaf(root, "ab")
    for node in list(leaf(root, "abcd").path()):
        node.release(0)
    assert [text(node) for node in root.below()] == ["ab", "ef"]
    assert shared.holders() == {1}


@settings(deadline=None)
@given(st.lists(st.text("ab", min_size=1, max_size=12), max_size=8), st.text("ab", max_size=14))
def test_walk_finds_the_longest_common_beginning(branches: list[str], wanted: str) -> None:
    """The same as comparing with every branch by itself."""

    def common(branch: str) -> int:
        agree = [one == other for one, other in zip(branch, wanted, strict=False)]
        return [*agree, False].index(False)

    walked = [length for _, length in tree(*branches).walk(tokens(wanted))]
    assert max(walked, default=0) == max(map(common, branches), default=0)
    assert walked == sorted(walked)
