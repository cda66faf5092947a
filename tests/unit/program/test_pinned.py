"""Fingerprints lie in the rows of runs: they are the same in every version, or CHANGELOG says why not."""

import pytest

from caco.program.fingerprint import behaviour_fingerprint, graph_fingerprint, text_fingerprint, tree_fingerprint

CODE = '''import math
from fractions import Fraction as F

RATE = 3
input = {"a": 2, "b": 2.0, "xs": [1, 2.5, "t"], "names": {"k": (1, None)}}


class Box:
    size = 2

    def area(self, n=RATE, *, m=1):
        return self.size * n


def later(n):
    return helper(n) if n else later(n - 1)


def helper(n, k=2):
    global RATE
    try:
        n += k
    except (ValueError, TypeError) as error:
        raise OSError from error
    finally:
        del k
    return n


def solve(a, b, xs, names, *, spare=None):
    """Text."""
    total: float = 0
    first, *rest = xs
    xs[0], names["k"] = a, b
    xs.append(total)
    print(a, b)
    for i, x in enumerate(rest):
        if i > 3 and not x:
            break
        elif x is None:
            continue
        total = total * b + i
        previous = total
        while total > 100:
            total -= a + (b + 1) + i
    else:
        total += 1
    with open(a) as file:
        text = f"{a!r:>4}" + file.read() + "end"
    match a:
        case 1 | 2:
            return text
        case {"k": [x, *_]} if x:
            pass
    assert b, "none"
    squares = [x**2 for x in range(a) if x % 2 for _ in xs]
    table = {k: len(v) for k, v in names.items()}
    ordered = sorted({*squares}, key=lambda s, t=1: -s * t, reverse=True)
    if (n := len(ordered)) > 1:
        return math.gcd(n, a) + F(1, 3) + helper(*xs, **table)
    return Box().area(n)[1:-1, ::2] or (total, [a, b], squares, previous, later(a))


output = solve(**input)
print(output)
'''


@pytest.mark.parametrize(
    ("fingerprint", "digest"),
    [
        (text_fingerprint(CODE), "f1261477d85acc30"),
        (tree_fingerprint(CODE), "882263f2d52789ce"),
        (graph_fingerprint(CODE), "669fe07aa5cfd218"),
        (graph_fingerprint(CODE, values=True), "aa059fd57cbb418a"),
        (behaviour_fingerprint(['{"$fraction":"3/4"}', "2"]), "37bda0e4f12de283"),
    ],
)
def test_fingerprints_stay(fingerprint: str, digest: str) -> None:
    assert fingerprint == digest
