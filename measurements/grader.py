"""The grader beside math-verify on the same pairs: accuracy, false accepts, false rejects, pairs per second.

    python measurements/grader.py [--real N] [--skip-math-verify]

Labelled pairs come from tests/data; real pairs from the MATH and GSM8K answers below $CACO_SHARED (reformatted: equal;
minimally changed: not equal) and from model solutions whose correctness was recorded by their source. math-verify gets
bare answers in `\\boxed{}`, the reading that suits it best, and its own time-outs.
"""

import argparse
import contextlib
import gzip
import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from caco.answers import extract_answer
from caco.backends.graders import grade
from caco.program.values import decode, show

ROOT = Path(__file__).parents[1]
DATA = Path(os.environ.get("CACO_SHARED", ROOT.parent / "shared")) / "data"
NASTY = (
    "10^{10^{10}}",
    "9^{9^{9^{9}}}",
    "100000000!",
    "x+" * 20_000 + "x",
    "{" * 5000,
    "(x+1)^{1000000}",
    "1e999999999",
    "1" * 100_000,
    r"\sqrt{" * 1000 + "2" + "}" * 1000,
    r"\frac{1}{" * 500 + "2" + "}" * 500,
    r"\int_0^1 \sin(x^{x}) e^{x^{x}} dx",
)


class Pair(NamedTuple):
    """Two answers and whether they are the same; `gold` may be a Python value."""

    gold: object
    prediction: str
    equal: bool


Judge = Callable[[object, str], str]


def caco_says(gold: object, prediction: str) -> str:
    return str(grade(gold, prediction).verdict)


def math_verify_says(gold: object, prediction: str) -> str:
    from math_verify import parse, verify

    left, right = (parse(f"\\boxed{{{text}}}") for text in (show(gold), prediction))
    return "equal" if verify(left, right) else "not_equal"


def labelled() -> list[Pair]:
    """The pairs of tests/data with one right label."""
    rows = map(json.loads, (ROOT / "tests/data/grading_pairs.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Pair(decode(r["gold"]) if r.get("typed_gold") else r["gold"], r["prediction"], r["label"] == "equal")
        for r in rows
        if r["label"] != "undecided" and not r["gold"].startswith('"')  # a program's string is not text to be read
    ]


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def real(count: int) -> list[Pair]:
    """Pairs made from golds: half reformatted, half changed by as little as possible."""
    draw = random.Random(4)
    golds = [
        row["answer"] for name in ("math_train", "gsm8k_train") for row in rows_of(DATA / f"problems/{name}.jsonl.gz")
    ]
    pairs: list[Pair] = []
    while len(pairs) < count:
        gold = draw.choice(golds)
        equal = draw.random() < 0.5
        changed = draw.choice(REFORMATS)(gold) if equal else mutated(gold, draw)
        if changed and changed != gold:
            pairs.append(Pair(gold, changed, equal))
    return pairs


def mutated(gold: str, draw: random.Random) -> str:
    """`gold` with one digit changed, outside of bases; empty where that would leave it the same."""
    places = [m.start() for m in re.finditer(r"(?<![_\d{.])[1-9]", gold)]
    if not places or re.search(r"[_:]|\\[c]?dots", gold):
        return ""
    at = draw.choice(places)
    return gold[:at] + draw.choice([d for d in "123456789" if d != gold[at]]) + gold[at + 1 :]


REFORMATS: tuple[Callable[[str], str], ...] = (
    lambda s: f"${s}$",
    lambda s: s.replace("\\frac", "\\dfrac"),
    lambda s: (
        re.sub(r"\\d?frac\{(\d+)\}\{(\d+)\}", r"\1/\2", s) if re.fullmatch(r"-?\\d?frac\{\d+\}\{\d+\}", s) else ""
    ),
    lambda s: s.replace("\\left", "").replace("\\right", ""),
    lambda s: f"{s}.0" if re.fullmatch(r"-?\d+", s) else "",
    lambda s: f"{int(s):,}" if re.fullmatch(r"-?\d{4,}", s) else "",
    lambda s: f"x = {s}" if re.fullmatch(r"[-\d.]+|-?\\d?frac\{\d+\}\{\d+\}", s) else "",
    lambda s: re.sub(r"\\sqrt\{(\d+)\}", r"√\1", s),
    lambda s: s.replace("^\\circ", ""),
    lambda s: s.replace(", ", ",") if "text" not in s else "",
)


def solutions() -> Iterator[tuple[str, str, bool]]:
    """Gold, solution, and whether its source recorded it as correct."""
    for path in sorted((DATA / "solutions").glob("*.jsonl.gz")):
        for row in rows_of(path):
            if isinstance(right := row["meta"].get("recorded_correct"), bool):  # type: ignore[attr-defined]
                yield row["answer"], row["solution"], right


def measure(name: str, pairs: list[Pair], judge: Judge) -> tuple[str, float]:
    """One line of the table, and pairs per second of this process's time."""
    counts: Counter[tuple[bool, str]] = Counter()
    begun, cpu_begun = time.perf_counter(), time.process_time()
    for pair in pairs:
        said = "error"
        with contextlib.suppress(Exception):
            said = judge(pair.gold, pair.prediction)
        counts[pair.equal, said] += 1
    speed, wall = (len(pairs) / t for t in (time.process_time() - cpu_begun, time.perf_counter() - begun))
    accepted, equals = counts[False, "equal"], sum(v for (e, _), v in counts.items() if e)
    rejected, right = equals - counts[True, "equal"], len(pairs) - accepted - equals + counts[True, "equal"]
    undecided = counts[True, "undecided"] + counts[False, "undecided"]
    unequal = len(pairs) - equals
    line = (
        f"{name:<28}{right / len(pairs):9.2%}{accepted:7}/{unequal:<6}{accepted / max(unequal, 1):8.2%}"
        f"{rejected:7}/{equals:<6}{rejected / max(equals, 1):8.2%}{undecided:11}{wall:11,.0f}{speed:13,.0f}"
    )
    return line, speed


def main() -> None:
    """Print the tables."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("--real", type=int, default=4000, help="how many real pairs to make")
    options.add_argument("--skip-math-verify", action="store_true")
    chosen = options.parse_args()
    grade("1 km", "1000 m")  # loads pint once
    sets = {"labelled": labelled()}
    if (DATA / "problems").is_dir():
        sets["real"] = real(chosen.real)
        sets["real, exact route"] = [p for p in sets["real"] if grade(p.gold, p.prediction).route == "exact"]
    heads = (("set / grader", "<28"), ("right", ">9"), ("false accepts", ">22"), ("false rejects", ">22"))
    heads += (("undecided", ">11"), ("pairs/s", ">11"), ("pairs/CPU s", ">13"))
    print("".join(f"{title:{width}}" for title, width in heads))
    for title, pairs in sets.items():
        line, speed = measure(f"{title}: caco", pairs, caco_says)
        print(line)
        if not chosen.skip_math_verify:
            other, their_speed = measure(f"{title}: math-verify", pairs, math_verify_says)
            print(f"{other}\n{'':28}caco is {speed / their_speed:.0f} times as fast")
    slowest = 0.0
    for text in NASTY:
        begun = time.perf_counter()
        grade(text, r"\int_0^1 \cos(x^{x}) x^{x^{x}} dx")
        slowest = max(slowest, time.perf_counter() - begun)
    print(f"\nnasty inputs: {len(NASTY)}, slowest {slowest:.2f} s (deadline 3 s)")
    if (DATA / "solutions").is_dir():
        agreed = Counter((grade(g, extract_answer(s).text).verdict == "equal") == right for g, s, right in solutions())
        print(f"model solutions: {agreed[True]:,} of {agreed.total():,} judged as their source recorded")


if __name__ == "__main__":
    main()
