"""Is a problem an item of a benchmark? By its words, by its numbers, and by its computation.

A rewording changes the words and keeps the numbers; a re-told story keeps only the computation. Each route has a
lower bar for the words the more of the numbers agree; the bars are fitted in `benchmarks/decontamination.py`.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from caco.codecot.fingerprint import graph_fingerprint
from caco.codecot.mentions import mentions
from caco.codecot.program import FormError


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A benchmark's item."""

    name: str
    """Its benchmark and id."""
    text: str
    answer: str = ""
    code: str = ""
    """Its program in the unified form, where one can be had."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """The item that a problem is, and how that shows."""

    item: str
    route: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bars:
    """From where on two problems are one."""

    ngram: int = 13
    """Words in a row that both hold, numbers included."""
    words: float = 0.42
    """Similarity of words alone."""
    numbers: float = 0.22
    """Similarity of words where all numbers are the same, two or more."""
    answered: float = 0.10
    """Similarity of words where all numbers and the answer are the same."""
    masked: float = 0.30
    """Similarity of words where all numbers but one are the same: a masked or changed one."""
    few: int = 4
    """Different numbers in a program from which its computation is told by itself; below, the words must reach
    `retold` too."""
    retold: float = 0.15
    figures: int = 3
    """Different numbers in a program from which these and the answer tell a problem, whatever the operations."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is compared of a problem."""

    words: frozenset[str]
    numbers: frozenset[Fraction]
    ngrams: frozenset[int]
    answer: str
    graph: str
    constants: frozenset[str]
    """Different numbers of the program, without 0 and 1."""


class LeakIndex:
    """Items of benchmarks, to be asked about one problem at a time. It never changes once built."""

    def __init__(self, items: Sequence[Item], bars: Bars = Bars()) -> None:
        self._bars = bars
        self._items = items
        self._read = [self._reading(item.text, item.answer, item.code) for item in items]
        counts = Counter(word for reading in self._read for word in reading.words)
        self._unseen = math.log(len(items) + 1)
        self._weights = {word: math.log((len(items) + 1) / count) for word, count in counts.items()}
        self._sizes = [self._size(reading.words) for reading in self._read]
        self._by_word: dict[str, list[int]] = defaultdict(list)
        self._by_ngram: dict[int, int] = {}
        self._by_graph: dict[str, list[int]] = defaultdict(list)
        self._by_figures: dict[tuple[frozenset[str], str], int] = {}
        for i, reading in enumerate(self._read):
            for word in reading.words:
                self._by_word[word].append(i)
            for ngram in reading.ngrams:
                self._by_ngram.setdefault(ngram, i)
            if reading.graph:
                self._by_graph[reading.graph].append(i)
                self._by_figures.setdefault((reading.constants, reading.answer), i)

    def find(self, text: str, answer: str = "", code: str = "") -> Leak | None:
        """The item that a problem is, or None."""
        mine = self._reading(text, answer, code)
        shared = min((self._by_ngram[n] for n in mine.ngrams if n in self._by_ngram), default=None)
        if shared is not None:
            return Leak(item=self._items[shared].name, route="ngram", evidence=f"{self._bars.ngram} words in a row")
        alike = self._alike(mine.words)
        found = [leak for i, similarity in alike if (leak := self._in_words(mine, i, similarity))]
        return found[0] if found else self._in_computation(mine, dict(alike))

    def _alike(self, words: frozenset[str]) -> list[tuple[int, float]]:
        """Items by the similarity of their words, best first: weighted by how rare the words are."""
        shared: dict[int, float] = defaultdict(float)
        for word in sorted(words & self._weights.keys(), key=lambda w: len(self._by_word[w]))[:40]:
            for i in self._by_word[word]:
                shared[i] += self._weights[word]
        size = self._size(words)
        found = ((i, both / (size + self._sizes[i] - both)) for i, both in shared.items() if both)
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:20]

    def _in_words(self, mine: _Reading, i: int, similarity: float) -> Leak | None:
        bars, theirs = self._bars, self._read[i]
        same = mine.numbers == theirs.numbers and len(mine.numbers) > 1
        answered = same and bool(mine.answer) and mine.answer == theirs.answer
        one_off = len(mine.numbers ^ theirs.numbers) <= 2 and len(mine.numbers & theirs.numbers) > 1
        bar = bars.answered if answered else bars.numbers if same else bars.masked if one_off else bars.words
        if similarity < bar:
            return None
        said = " and all numbers and the answer" if answered else " and all numbers" if same else ""
        route = "numbers" if same else "words"
        return Leak(item=self._items[i].name, route=route, evidence=f"{similarity:.2f} of the words{said}")

    def _in_computation(self, mine: _Reading, alike: dict[int, float]) -> Leak | None:
        for i in self._by_graph.get(mine.graph, ()) if mine.graph else ():
            if len(mine.constants) >= self._bars.few or alike.get(i, 0) >= self._bars.retold:
                evidence = f"the same operations on the same {len(mine.constants)} numbers"
                return Leak(item=self._items[i].name, route="computation", evidence=evidence)
        same = self._by_figures.get((mine.constants, mine.answer)) if mine.answer and mine.graph else None
        if same is None or len(mine.constants) < self._bars.figures:
            return None
        evidence = f"the same {len(mine.constants)} numbers lead to the same answer"
        return Leak(item=self._items[same].name, route="computation", evidence=evidence)

    def _size(self, words: frozenset[str]) -> float:
        return sum(self._weights.get(word, self._unseen) for word in words) or 1.0

    def _reading(self, text: str, answer: str, code: str) -> _Reading:
        tokens = re.findall(r"[^\W_]+", text.lower())
        return _Reading(
            words=frozenset(stem(w) for w in tokens if not w[0].isdigit()),
            numbers=frozenset(m.value for m in mentions(text) if m.value not in (0, 1)),
            ngrams=frozenset(_ngrams(tokens, self._bars.ngram)),
            answer=_plain(answer),
            graph=_graph(code),
            constants=_figures(code),
        )


def _figures(code: str) -> frozenset[str]:
    """The different numbers of a program, 2.0 and 2 as one."""
    written = re.findall(r"\d+(?:\.\d+)?", re.sub(r"#[^\n]*|[A-Za-z_]\w*", "", code))
    return frozenset(_plain(number) for number in written) - {"0", "1"}


def ngrams(text: str, size: int) -> frozenset[int]:
    """Hashes of the runs of `size` words in a text, in lower case, without punctuation."""
    return frozenset(_ngrams(re.findall(r"[^\W_]+", text.lower()), size))


def _ngrams(tokens: Sequence[str], size: int) -> Iterator[int]:
    return (hash(tuple(tokens[i : i + size])) for i in range(len(tokens) - size + 1))


def stem(word: str) -> str:
    """A word without its commonest endings: enough that `sells`, `selling` and `sold` differ little in number."""
    for ending in ("ings", "ing", "ies", "ied", "es", "ed", "ly", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word.removesuffix(ending)
    return word


def _plain(answer: str) -> str:
    """An answer in which 18, 18.0, $18 and 18.00 are one."""
    bare = answer.strip().replace(",", "").lstrip("$").rstrip("%.")
    try:
        return str(Fraction(bare))
    except (ValueError, ZeroDivisionError):
        return bare.lower()


def _graph(code: str) -> str:
    try:
        return graph_fingerprint(code, values=True) if code else ""
    except FormError:
        return ""
