# A program that each zygote runs once before it forks: first runs are slow.
from collections import Counter, defaultdict
from datetime import date, timedelta
from fractions import Fraction
from itertools import combinations, permutations

input = {"a": 1.5, "b": [1, "x"], "c": {"k": (1, 2)}}


def share(a):
    return Fraction(1, 3) * 3 + Fraction(int(a), 7)


def main(a, b, c):
    total = a
    for i, (x, y) in enumerate(combinations(range(3), 2)):
        total += i * x - y
    words = sorted(Counter("abca").items(), key=lambda item: item[1])
    groups = defaultdict(list)
    for word, count in words:
        groups[count].append(f"{word:>3}{count:.2f}")
    return [round(total, 2), share(a), date(2024, 1, 1) + timedelta(1), dict(groups), {1, (2, 3)}, len(list(permutations(b)))]


if __name__ == "__main__":
    output = main(**input)
    print(output, "%d" % 3, 7 / 3, 10**20)
