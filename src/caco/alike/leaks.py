"""Is a problem an item of a benchmark? By its words, by its numbers, and by its computation.

A rewording changes the words and keeps the numbers; a re-told story keeps only the computation. Each route has a
lower bar for the words the more of the numbers agree; the bars are fitted in `measurements/decontamination.py`.
"""

import ast
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction

from caco.program.fingerprint import graph_fingerprint
from caco.program.form import FormError, parse
from caco.program.syntax import children
from caco.text.mentions import mentions


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
    figures: float = 0.9
    """Similarity of the numbers, weighted by rarity, from which these and the answer tell a problem by themselves."""
    rarity: float = 0.8
    """How much rarer these numbers and the answer must be, together, than once in all items; as a logarithm."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What is compared of a problem."""

    words: frozenset[str]
    numbers: frozenset[Fraction]
    ngrams: frozenset[int]
    answer: str
    graph: str
    figures: frozenset[Fraction]
    """Different numbers of the program, as `_figures` has them."""
    told: frozenset[Fraction]
    """Those of the text, likewise."""


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
        self._by_answer: dict[str, list[int]] = defaultdict(list)
        figures = Counter(n for reading in self._read for n in reading.figures | reading.told)
        self._rarities = {n: math.log((len(items) + 1) / count) for n, count in figures.items()}
        for i, reading in enumerate(self._read):
            for word in reading.words:
                self._by_word[word].append(i)
            for ngram in reading.ngrams:
                self._by_ngram.setdefault(ngram, i)
            if reading.graph:
                self._by_graph[reading.graph].append(i)
            if reading.answer:
                self._by_answer[reading.answer].append(i)

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
        """Items by the similarity of their words, best first: weighted by how rare the words are.

        Forty words are enough to find an item by; those left out are the commonest, whose lists are the longest.
        """
        shared: dict[int, float] = defaultdict(float)
        for word in sorted(words & self._weights.keys(), key=lambda w: (len(self._by_word[w]), w))[:40]:
            for i in self._by_word[word]:
                shared[i] += self._weights[word]
        size = self._size(words)
        found = ((i, both / (size + self._sizes[i] - both)) for i, both in shared.items())
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
            if len(mine.figures) >= self._bars.few or alike.get(i, 0) >= self._bars.retold:
                evidence = f"the same operations on the same {len(mine.figures)} numbers"
                return Leak(item=self._items[i].name, route="computation", evidence=evidence)
        found = [(self._in_figures(mine, self._read[i]), -i) for i in self._by_answer.get(mine.answer, ())]
        shared, i = max(found, default=(0, 0))
        if not shared:
            return None
        evidence = f"the same {shared} numbers lead to the same answer"
        return Leak(item=self._items[-i].name, route="computation", evidence=evidence)

    def _in_figures(self, mine: _Reading, theirs: _Reading) -> int:
        """How many numbers an item with the same answer shares with a problem; 0 where that may well be chance.

        Others tell or compute with more than is needed, so a program's numbers are held against the text's too.
        """
        answer = math.log((len(self._items) + 1) / len(self._by_answer[mine.answer]))
        for one, other in ((mine.figures, theirs.figures), (mine.figures, theirs.told), (mine.told, theirs.told)):
            both = self._rarity(one & other)
            alike = both >= self._bars.figures * self._rarity(one | other)
            if one and other and alike and both + answer >= self._unseen + self._bars.rarity:
                return len(one & other)
        return 0

    def _rarity(self, numbers: frozenset[Fraction]) -> float:
        """How rare numbers are among the items, together. A small whole number is never rare: few items show little."""
        return sum(min(self._rarities.get(n, self._unseen), _commonness(n)) for n in numbers)

    def _size(self, words: frozenset[str]) -> float:
        return math.fsum(self._weights.get(word, self._unseen) for word in words)

    def _reading(self, text: str, answer: str, code: str) -> _Reading:
        tokens = re.findall(r"[^\W_]+", text.lower())
        numbers = {m.value for m in mentions(text)}
        return _Reading(
            words=frozenset(stem(w) for w in tokens if not w[0].isdigit()),
            numbers=frozenset(numbers - {0, 1}),
            ngrams=frozenset(_ngrams(tokens, self._bars.ngram)),
            answer=_plain(answer),
            graph=_graph(code),
            figures=_figures(_constants(code)),
            told=_figures(numbers),
        )


def _figures(numbers: Iterable[Fraction]) -> frozenset[Fraction]:
    """Numbers as they tell a problem: 0.2 and 20% are one; 0, 1 and the 100 of per cent tell nothing."""
    percents = (n * 100 if 0 < n < 1 and 1000 % n.denominator == 0 else n for n in numbers)
    return frozenset(percents) - {0, 1, 100}


def _constants(code: str) -> Iterator[Fraction]:
    """The numbers written in a program, inputs included, but for the places that `round` rounds to."""
    waiting: list[ast.AST] = [_tree(code)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            with suppress(ValueError):  # infinity
                yield Fraction(repr(node.value))
        rounds = isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "round"
        waiting += node.args[:1] if rounds else children(node)  # type: ignore[attr-defined]


def _tree(code: str) -> ast.Module:
    try:
        return parse(code).tree
    except FormError:
        return ast.Module([], [])


def _commonness(number: Fraction) -> float:
    return math.log(number) if number.denominator == 1 and number > 1 else math.inf


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
