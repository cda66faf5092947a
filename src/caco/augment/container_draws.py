"""Strings and lists that could stand in such an input's place: what is seen to be true of their items stays true.

A text says more of a list than its type: "sorted", "each occurs twice but one", "rotated", "a tree's edges". So a list
gets new values in the old order of size with the old repetitions, an arithmetic progression another one, the edges of a
graph new node names; items change places only where no order is seen. What nothing is known of stays as it is.
"""

import itertools
import random
import string
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias, TypeGuard

Numbers: TypeAlias = Sequence[int | float]
Renaming: TypeAlias = Mapping[int | float, int | float]

_ALPHABETS = (string.digits, string.ascii_lowercase, string.ascii_uppercase, string.ascii_letters)
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def fresh_containers(inputs: Mapping[str, object], varies: Iterable[str], rng: random.Random) -> dict[str, object]:
    """New values for the strings and lists among `varies`, and for the numbers that name one of their items.

    Lists that share items get the same new items. An input that has nothing to draw is left out.
    """
    names = [n for n in varies if isinstance(inputs[n], str | list | tuple)]
    lists = {n: v for n in names if is_numbers(v := inputs[n])}
    shared = _renaming({x for v in lists.values() for x in v}, rng)
    related = len(lists) != len({frozenset(v) for v in lists.values()})
    letters = _letters("".join(v for n in names if isinstance(v := inputs[n], str)), rng)
    fresh: dict[str, object] = {}
    for name in names:
        if name in lists:
            fresh[name] = _list(lists[name], shared, related, rng)
        else:
            fresh[name] = _other(inputs[name], letters, rng)
    for name in varies:
        value = inputs[name]
        if isinstance(value, int | float) and any(value in v for v in lists.values()):
            fresh[name] = shared[value]
    return {name: value for name, value in fresh.items() if value != inputs[name]}


def is_numbers(value: object) -> TypeGuard[list[int | float] | tuple[int | float, ...]]:
    """Whether a value is a list or tuple of at least two numbers of one type."""
    return isinstance(value, list | tuple) and len(value) > 1 and {type(x) for x in value} in ({int}, {float})


def _renaming(numbers: set[int | float], rng: random.Random) -> Renaming:
    """New numbers for old, in the same order of size; 0 and 1 stay, signs stay, gaps are of the old kind."""
    if not numbers:
        return {}
    ordered = sorted(numbers)
    if _is_dense(ordered):
        return {x: x for x in ordered}
    below = _spread([-x for x in reversed(ordered) if x < 0], rng)
    above = _spread([x for x in ordered if x > 1 or (x > 0 and isinstance(x, float))], rng)
    kept = [x for x in ordered if x == 0 or (x == 1 and isinstance(x, int))]
    return dict(zip(ordered, [*(-x for x in reversed(below)), *kept, *above], strict=True))


def _is_dense(ordered: Numbers) -> bool:
    """Nearly all whole numbers of a range: the text may name the range (`0 to n with one missing`)."""
    return isinstance(ordered[0], int) and ordered[-1] - ordered[0] <= len(ordered)


def _spread(sizes: Numbers, rng: random.Random) -> list[int | float]:
    """As many different positive numbers, in order, from a range a little wider."""
    if not sizes:
        return []
    if isinstance(sizes[0], float):
        places = max(len(repr(x).partition(".")[2]) for x in sizes)
        scale = 10.0**places
        return [n / scale for n in _spread([max(2, round(x * scale)) for x in sizes], rng)]
    top = max(int(sizes[-1]), 2 + len(sizes))
    return sorted(rng.sample(range(2, top + top // 3 + 2), len(sizes)))


def _list(
    numbers: list[int | float] | tuple[int | float, ...], shared: Renaming, related: bool, rng: random.Random
) -> object:
    if (step := _step(numbers)) and not related:
        first, by = numbers[0] + rng.randint(0, 4), step + (rng.randint(0, 3) if step > 0 else -rng.randint(0, 3))
        return type(numbers)(first + by * i for i in range(len(numbers)))
    items = [shared[x] for x in numbers]
    return type(numbers)(items if related or not _mixed(numbers) else rng.sample(items, len(items)))


def _step(numbers: Numbers) -> int | None:
    """The common difference of at least three whole numbers in arithmetic progression, other than 0."""
    steps = {b - a for a, b in itertools.pairwise(numbers)}
    step = steps.pop()
    return step if not steps and len(numbers) > 2 and isinstance(step, int) and step else None


def _mixed(numbers: Numbers) -> bool:
    """Whether the items show no order: they turn between rising and falling at least three times."""
    signs = [b > a for a, b in itertools.pairwise(numbers) if a != b]
    return sum(a != b for a, b in itertools.pairwise(signs)) >= 3


def _other(value: object, letters: Mapping[int, int], rng: random.Random) -> object:
    if isinstance(value, str):
        return _text(value, letters, rng)
    if isinstance(value, list) and value and all(isinstance(row, list | tuple) for row in value):
        return _rows(value, rng)
    return value


def _text(text: str, letters: Mapping[int, int], rng: random.Random) -> str:
    """Other letters for the letters; brackets, zeros and ones in another order; any other text stays."""
    if set(text) <= set(_PAIRS) | set(_PAIRS.values()):
        return _brackets(text, rng)
    if set(text) <= {"0", "1"}:
        return text[:1] + "".join(rng.sample(text[1:], len(text[1:])))
    return text.translate(letters)


def _letters(texts: str, rng: random.Random) -> Mapping[int, int]:
    """Another letter or digit for each that occurs, over all texts together, so that equal ones stay equal.

    There are none where the characters are of mixed kinds, or have a meaning (Roman numerals, bases of DNA).
    """
    texts = "".join(c for c in texts if c not in "()[]{}")
    alphabet = next((a for a in _ALPHABETS if len(texts) > 1 and set(texts) <= set(a)), "")
    if not alphabet or set(texts) <= set("IVXLCDM") or set(texts) <= set("01"):
        return {}
    used = sorted(set(texts))
    new = used if set(texts) <= set("ACGT") else alphabet[1:] if alphabet == string.digits else alphabet
    return str.maketrans("".join(used), "".join(rng.sample(new, min(len(used), len(new)))))


def _brackets(text: str, rng: random.Random) -> str:
    """Brackets that close each other still do; any others change places."""
    opening = [c for c in text if c in _PAIRS]
    if not _balanced(text):
        return "".join(rng.sample(text, len(text)))
    rng.shuffle(opening)
    built = ""
    waiting: list[str] = []
    while opening or waiting:
        if opening and (not waiting or rng.random() < 0.5):
            waiting.append(opening.pop())
            built += waiting[-1]
        else:
            built += _PAIRS[waiting.pop()]
    return built


def _balanced(text: str) -> bool:
    waiting: list[str] = []
    for c in text:
        if c in _PAIRS:
            waiting.append(_PAIRS[c])
        elif not waiting or waiting.pop() != c:
            return False
    return not waiting


def _rows(rows: Sequence[Sequence[object]], rng: random.Random) -> Sequence[object]:
    """Edges get other node names, with other weights in a third column; a table of numbers gets other numbers."""
    widths = {len(row) for row in rows}
    if len(widths) > 1 or any(type(item) is not int for row in rows for item in row):
        return rows
    width = widths.pop()
    if width in (2, 3) and width != len(rows):
        return _edges(rows, rng)  # type: ignore[arg-type]
    if width == len(rows) and all(rows[i][j] == rows[j][i] for i in range(width) for j in range(i)):
        return rows
    new = _renaming({item for row in rows for item in row}, rng)  # type: ignore[misc]
    return [type(row)(new[item] for item in row) for row in rows]  # type: ignore[call-arg, index]


def _edges(rows: Sequence[Sequence[int]], rng: random.Random) -> Sequence[object]:
    nodes = sorted({node for row in rows for node in row[:2]})
    name = dict(zip(nodes, rng.sample(nodes, len(nodes)), strict=True))
    rising = all(row[0] <= row[1] for row in rows)
    ends = [[name[row[0]], name[row[1]]] for row in rows]
    weights = _renaming({row[2] for row in rows if len(row) > 2}, rng)
    pairs = [sorted(pair) if rising else pair for pair in ends]
    return [type(row)([*pair, *(weights[w] for w in row[2:])]) for row, pair in zip(rows, pairs, strict=True)]  # type: ignore[call-arg]
