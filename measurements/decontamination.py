"""Decontamination: precision and recall on labelled leaks, beside plain overlap of n-grams.

    python measurements/decontamination.py [--negatives N] [--show N] [--tuning]

The benchmarks searched are GSM8K's test items and HumanEval. Positives: rewordings by a model and backward forms with a
masked number (problems/leak_pairs); and right programs that models wrote for GSM8K's test items, one of each source for
an item: without a word of the text, and with a text that keeps the item's numbers and has every word replaced.
Negatives: train items of GSM8K and MBPP, as text and with their compiled programs. Cases are split by a hash of their
item: on one half (`--tuning`) the bars are set, the table has the other. The routes stand on their own too: words (with
numbers, without the program) and computation (the program alone). Intervals are Wilson's, at 95 %.
"""

import argparse
import gzip
import json
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from caco.alike.leaks import Item, LeakIndex, ngrams
from caco.backends.indexes.local import benchmark_items
from caco.compilers.program import compile_program
from caco.lineage import digest
from caco.records import CodeCoT, Seed
from caco.statistics import wilson

SOURCES = ("faithful_cot_gsm8k", "mathcoder_gsm8k", "tora", "mint_gsm8k")
DATA = Path(os.environ.get("CACO_SHARED", Path(__file__).parents[2] / "shared")) / "data"
Find = Callable[[str, str, str], str]


class Case(NamedTuple):
    """A problem to ask about, and the item that it is (empty for none)."""

    kind: str
    text: str
    answer: str
    code: str
    item: str


def rows(name: str) -> Iterator[dict[str, Any]]:
    """Rows of a shared file."""
    with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)


def tuned_on(question: str) -> bool:
    """Whether cases of an item are in the half on which bars are set."""
    return int(digest("leak item", " ".join(question.split())), 16) % 2 == 0


def positives(items: list[Item], tuning: bool) -> Iterator[Case]:
    """Reworded and masked items; the item's name as the index has it, `*` where the row does not say."""
    names = {" ".join(item.text.split()): item.name for item in items}
    for row in rows("problems/leak_pairs"):
        meta = row["meta"]
        original = meta.get("original", "") or row["id"]
        if tuned_on(original) == tuning:
            name = names.get(" ".join(original.split()), "*")
            yield Case(meta["dataset"], row["problem"], row["answer"], "", name)


def programs(tuning: bool) -> Iterator[Case]:
    """Right programs of other authors for test items, without the text: one of each source for an item."""
    seen: set[tuple[str, str]] = set()
    for source in SOURCES:
        for row in sorted(rows(f"programs/{source}"), key=lambda row: digest(row["id"])):
            key = (source, row["meta"]["group"])
            if key in seen or not _right(row) or tuned_on(row["problem"]) != tuning:
                continue
            made = compile_program(Seed(problem=row["problem"], answer=row["answer"], code=row["code"]))
            if isinstance(made, CodeCoT):
                seen.add(key)
                name = source.partition("_gsm8k")[0]
                yield Case(f"{name}'s programs, no text", "", row["answer"], made.code, "*")
                yield Case(f"{name}'s programs, retold", retold(row["problem"]), row["answer"], made.code, "*")


def _right(row: dict[str, Any]) -> bool:
    meta = row["meta"]
    return meta["dataset"] == "gsm8k" and row["split"] == "test" and str(meta.get("recorded_answer")) == row["answer"]


def retold(text: str) -> str:
    """The text with every word replaced by one that no text has, and its numbers kept."""
    return re.sub(r"[A-Za-z]+", lambda m: "".join(chr((ord(c) - 97 + 9) % 26 + 97) for c in m[0].lower()), text)


def negatives(limit: int, tuning: bool) -> Iterator[Case]:
    """Train items: as text alone, and as text with the program."""
    for name in ("gsm8k_train", "mbpp"):
        read = benchmark_items(str(DATA / "problems" / f"{name}.jsonl.gz"))
        items = [i for i in read if tuned_on(i.text) == tuning]
        for item in sorted(items, key=lambda i: digest(i.name))[:limit]:
            yield Case(f"{name} (unrelated)", item.text, item.answer, "", "")
            if item.code:
                yield Case(f"{name} with program", item.text, item.answer, item.code, "")
                yield Case(f"{name}, program alone", "", item.answer, item.code, "")


def by_overlap(items: list[Item], size: int) -> Find:
    """The usual decontamination: one run of `size` words in common is a leak."""
    held = {ngram: item.name for item in items for ngram in ngrams(item.text, size)}
    return lambda text, answer, code: next((held[n] for n in ngrams(text, size) if n in held), "")


def main() -> None:
    """Print precision and recall of each method, by kind."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--negatives", type=int, default=1000)
    parser.add_argument("--tuning", action="store_true", help="the half on which the bars were set")
    parser.add_argument("--show", type=int, default=0)
    args = parser.parse_args()
    started = time.process_time()
    items = [i for n in ("gsm8k_test", "humaneval") for i in benchmark_items(str(DATA / "problems" / f"{n}.jsonl.gz"))]
    index = LeakIndex(items)
    print(
        f"{len(items)} items, {sum(bool(i.code) for i in items)} with a program; read, compiled and indexed in ", end=""
    )
    print(f"{time.process_time() - started:.0f} CPU s")

    def ours(text: str, answer: str, code: str) -> str:
        leak = index.find(text, answer, code)
        return leak.item if leak else ""

    cases = [*positives(items, args.tuning), *programs(args.tuning), *negatives(args.negatives, args.tuning)]
    methods: dict[str, Find] = {
        "caco": ours,
        "words": lambda text, answer, code: ours(text, answer, ""),
        "computed": lambda text, answer, code: ours("", "", code) if code else "",
        "13-gram": by_overlap(items, 13),
        "8-gram": by_overlap(items, 8),
    }
    flagged: dict[str, list[str]] = {}
    for name, find in methods.items():
        started = time.process_time()
        flagged[name] = [find(case.text, case.answer, case.code) for case in cases]
        print(f"{name}: {(time.process_time() - started) / len(cases) * 1000:.2f} CPU ms a problem")
    table(cases, flagged)
    for case, found in [(c, f) for c, f in zip(cases, flagged["caco"], strict=True) if bool(f) != bool(c.item)][
        : args.show
    ]:
        print(f"\n[{case.kind}] expected {case.item or 'none'}, found {found}: {case.text}\n{case.code}")
        print(index.find(case.text, case.answer, case.code))


def table(cases: list[Case], flagged: dict[str, list[str]]) -> None:
    """Flagged rows by kind, and over all: recall, precision, and the share of positives put to the right item."""
    print(f"\n{'flagged':34} {'rows':>5} " + " ".join(f"{name:>9}" for name in flagged) + "  interval of the first")
    for kind in dict.fromkeys(case.kind for case in cases):
        at = [i for i, case in enumerate(cases) if case.kind == kind]
        shares = " ".join(f"{sum(bool(found[i]) for i in at) / len(at):9.1%}" for found in flagged.values())
        low, high = wilson(sum(bool(flagged["caco"][i]) for i in at), len(at))
        print(f"{kind:34} {len(at):5} {shares}  {low:.1%} to {high:.1%}")
    print("\nover the kinds with text alone:")
    overall(cases, flagged, [i for i, case in enumerate(cases) if not case.code])
    print("\nover the kinds with a program and no text:")
    overall(cases, flagged, [i for i, case in enumerate(cases) if case.code and not case.text])
    print("\nover the kinds with a program and a text:")
    overall(cases, flagged, [i for i, case in enumerate(cases) if case.code and case.text])


def overall(cases: list[Case], flagged: dict[str, list[str]], among: list[int]) -> None:
    """Recall and precision of each method over some of the cases."""
    for name, found in flagged.items():
        true = [i for i in among if cases[i].item]
        hit = [i for i in true if found[i]]
        false = [i for i in among if not cases[i].item and found[i]]
        known = [i for i in hit if cases[i].item != "*"]
        right = f"{sum(found[i] == cases[i].item for i in known) / len(known):.1%}" if known else "-"
        print(
            f"{name:10} recall {share(len(hit), len(true))}  precision {share(len(hit), len(hit) + len(false))}  "
            f"right item {right:>6}  false alarms {share(len(false), len(among) - len(true))}"
        )


def share(some: int, of: int) -> str:
    """A share in per cent with its interval."""
    if not of:
        return f"{'-':>22}"
    low, high = wilson(some, of)
    return f"{some / of:6.1%} ({low:5.1%} to {high:6.1%})"


if __name__ == "__main__":
    main()
