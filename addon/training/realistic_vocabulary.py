"""Learn a byte-level BPE vocabulary of a large model's size, so that prompts count as many tokens as real ones."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
import heapq
from itertools import islice, pairwise, product
import re

from gguf import TokenType
from tiny_vocabulary import Format, Vocabulary, make_vocabulary

# As Qwen2's; what it does not use of them is padding there, too.
VOCABULARY_SIZE = 151_936
# So many make 3 to 4 characters of English or JSON one token, as in real vocabularies.
MERGES = 24_000

_BYTES = 256
# What the pre-tokenizer of the family splits a text into, near enough to learn from: llama.cpp's `qwen2`.
_PIECES = re.compile(
    r"'(?:[sdmt]|ll|ve|re)|[^\r\n\w]?[^\W\d_]+|\d| ?(?:[^\s\w]|_)+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+", re.IGNORECASE
)

type _Pair = tuple[str, str]


def learn_vocabulary(texts: Iterable[str], merges: int = MERGES, size: int = VOCABULARY_SIZE) -> Vocabulary:
    """Return the same vocabulary for the same texts: 256 bytes, learnt pieces, padding, marks, control tokens.

    Chat template and special tokens are those of the tiny models' hermes format. Padding is text that no merge
    reaches: a model may say it, a tokenizer never reads it.
    """
    tiny = make_vocabulary(Format.HERMES)
    alphabet = tiny.tokens[:_BYTES]
    special = {token: kind for token, kind in zip(tiny.tokens, tiny.types, strict=True) if kind is not TokenType.NORMAL}
    pieces = Counter(piece for text in texts for piece in _PIECES.findall(text))
    words = {tuple(alphabet[byte] for byte in piece.encode()): times for piece, times in pieces.items()}
    learnt = list(islice(_merges(words), merges))
    normal = list(dict.fromkeys([*alphabet, *("".join(pair) for pair in learnt)]))
    normal += islice(_padding(set(normal)), size - len(normal) - len(special))
    types = [TokenType.NORMAL] * len(normal) + list(special.values())
    return Vocabulary(tiny.family, [*normal, *special], types, [" ".join(pair) for pair in learnt])


def _merges(words: dict[tuple[str, ...], int]) -> Iterator[_Pair]:
    """Yield byte-pair merges, most frequent pair first, ties in alphabetical order, until every word is one piece."""
    spelt = [list(word) for word in words]
    times = list(words.values())
    counts: Counter[_Pair] = Counter()
    places: defaultdict[_Pair, set[int]] = defaultdict(set)
    for place, word in enumerate(spelt):
        for pair in pairwise(word):
            counts[pair] += times[place]
            places[pair].add(place)
    queue = [(-count, pair) for pair, count in counts.items()]
    heapq.heapify(queue)
    while queue:
        count, best = heapq.heappop(queue)
        if -count != counts[best] or count == 0:
            continue
        yield best
        changed: set[_Pair] = set()
        for place in places.pop(best):
            word = spelt[place]
            before = Counter(pairwise(word))
            spelt[place] = _joined(word, best)
            after = Counter(pairwise(spelt[place]))
            for pair in before.keys() | after.keys():
                counts[pair] += (after[pair] - before[pair]) * times[place]
                changed.add(pair)
                if pair in after:
                    places[pair].add(place)
        for pair in changed:
            heapq.heappush(queue, (-counts[pair], pair))


def _joined(word: Sequence[str], pair: _Pair) -> list[str]:
    """Return a word with every occurrence of a pair joined."""
    joined: list[str] = []
    position = 0
    while position < len(word):
        if tuple(word[position : position + 2]) == pair:
            joined.append(word[position] + word[position + 1])
            position += 2
        else:
            joined.append(word[position])
            position += 1
    return joined


def _padding(taken: set[str]) -> Iterator[str]:
    """Yield words that look like words, none of them taken; Ġ is the space before them."""
    syllables = ["".join(pair) for pair in product("bdfgklmnprstvz", "aeiou")]
    for parts in product(syllables, repeat=3):
        if (word := f"Ġ{''.join(parts)}") not in taken:
            yield word
