"""The scores of an evaluation's run: item by item, then of each benchmark, with intervals."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from caco.answers import compare
from caco.benchmark import TESTS, benchmark_of
from caco.errors import ConfigError
from caco.records import Problem, Verdict
from caco.stages.evaluate import FRESH, ORIGINAL, RIGHT, UNDECIDED
from caco.statistics import Interval, difference, share
from caco.store.files import write_json
from caco.store.run import Run

RECIPE = "evaluate"
SCORES = "evaluation.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One problem that was asked, and all its samples."""

    item: str
    """`BENCHMARK/ITEM`; fresh instances are of the item they descend from."""
    style: str
    problem: Problem
    verdicts: tuple[Verdict, ...]

    @property
    def share(self) -> float:
        """Share of its samples that are right."""
        return sum(verdict.trust == RIGHT for verdict in self.verdicts) / len(self.verdicts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A benchmark's score: the mean over items of the share of right samples. Undecided ones count as not right."""

    benchmark: str
    style: str
    """`original`, or `re-instantiated` with fresh inputs."""
    items: int
    problems: int
    """More than items where there are several fresh instances of one."""
    samples: int
    """Of each problem."""
    right: Interval
    any_right: float
    """Share of problems with at least one right sample: pass@k of all k samples."""
    majority: float
    """Share of problems whose most frequent answer is right (maj@k); a tie counts by its share of right answers."""
    undecided: int
    """Samples that the grader could not judge."""
    no_answer: int
    """Samples that state no answer."""
    cut_off: int
    """Samples that ended at max_tokens."""
    missing: int
    """Problems without a verdict: deferred, or not yet asked. The score is not complete."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """Items with fresh instances: the score on them as they stand, and with other numbers."""

    benchmark: str
    items: int
    original: Interval
    fresh: Interval
    change: Interval
    """Fresh less original, item by item: below 0 where items are remembered rather than solved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All scores of a run."""

    model: str
    scores: tuple[Score, ...]
    freshness: tuple[Freshness, ...]


def asked(run: Run) -> list[Asked]:
    """Every problem with its verdicts, by item. Raises ConfigError for a run of another recipe."""
    if run.manifest.recipe != RECIPE:
        raise ConfigError(f"{run.path} is a run of {run.manifest.recipe!r}, not an evaluation")
    found: dict[str, list[Verdict]] = defaultdict(list)
    for row in run.rows("mark"):
        assert isinstance(row, Verdict)
        found[row.solution.problem.id].append(row)
    done = [_asked(verdicts) for verdicts in found.values()]
    return sorted(done, key=lambda one: (one.item, one.style, one.problem.id))


def _asked(verdicts: list[Verdict]) -> Asked:
    problem = verdicts[0].solution.problem
    return Asked(item=problem.source, style=_style(problem), problem=problem, verdicts=tuple(verdicts))


def _style(problem: Problem) -> str:
    return FRESH if problem.execution else ORIGINAL


def evaluation(run: Run) -> Evaluation:
    """The scores of a run, finished or not."""
    done, posed, ends = asked(run), _posed(run), _ends(run)
    groups: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for one in done:
        groups[benchmark_of(one.item), one.style].append(one)
    names = run.manifest.settings["benchmarks"]
    order = sorted({*groups, *posed}, key=lambda key: (names.index(key[0]), key[1] != ORIGINAL))
    asked_of = run.manifest.settings["model"]
    return Evaluation(
        model=str(asked_of.get("model") or asked_of.get("function", "")),
        scores=tuple(_score(key, groups[key], posed[key], ends) for key in order),
        freshness=tuple(fresh for name in names if (fresh := _freshness(name, groups))),
    )


def write_scores(run: Run) -> Evaluation:
    """The scores, written to `evaluation.json` in the run's folder too."""
    found = evaluation(run)
    write_json(run.path / SCORES, asdict(found))
    return found


def _posed(run: Run) -> Counter[tuple[str, str]]:
    """Problems that are to be asked, by benchmark and style."""
    steps = [entry.name for entry in run.manifest.steps if entry.record == "Problem"]
    rows = (row for step in steps for row in run.rows(step))
    return Counter((benchmark_of(row.source), _style(row)) for row in rows if isinstance(row, Problem))


def _ends(run: Run) -> dict[str, tuple[str, ...]]:
    """Why each sample of a problem ended."""
    return {row.problem.id: row.finish for row in run.rows("attempt")}  # type: ignore[attr-defined]


def by_item(done: Iterable[Asked]) -> dict[str, float]:
    """Each item's share of right samples, over all its instances."""
    shares: dict[str, list[float]] = defaultdict(list)
    for one in done:
        shares[one.item].append(one.share)
    return {item: sum(values) / len(values) for item, values in shares.items()}


def _score(key: tuple[str, str], done: Sequence[Asked], posed: int, ends: dict[str, tuple[str, ...]]) -> Score:
    verdicts = [verdict for one in done for verdict in one.verdicts]
    num = len(done) or 1
    shares = by_item(done)
    return Score(
        benchmark=key[0],
        style=key[1],
        items=len(shares),
        problems=len(done),
        samples=max((len(one.verdicts) for one in done), default=0),
        right=share(list(shares.values())),
        any_right=sum(one.share > 0 for one in done) / num,
        majority=sum(map(_majority, done)) / num,
        undecided=sum(verdict.trust == UNDECIDED for verdict in verdicts),
        no_answer=sum(not verdict.solution.answer for verdict in verdicts),
        cut_off=sum(end == "length" for one in done for end in ends[one.problem.id]),
        missing=posed - len(done),
    )


def _majority(one: Asked) -> float:
    """Whether the most frequent answer is right; right answers are one, others are told apart by their readings."""
    if one.problem.answer_type == TESTS:
        return one.share  # programs have no answers that could be counted
    votes = Counter(
        (v.trust == RIGHT, "" if v.trust == RIGHT else compare("0", v.solution.answer).prediction)
        for v in one.verdicts
        if v.solution.answer
    )
    most = max(votes.values(), default=0)
    first = [answer for answer, count in votes.items() if count == most]
    return sum(right for right, _ in first) / len(first) if first else 0.0


def _freshness(name: str, groups: dict[tuple[str, str], list[Asked]]) -> Freshness | None:
    original, fresh = by_item(groups[name, ORIGINAL]), by_item(groups[name, FRESH])
    both = sorted(original.keys() & fresh.keys())
    if not both:
        return None
    return Freshness(
        benchmark=name,
        items=len(both),
        original=share([original[item] for item in both]),
        fresh=share([fresh[item] for item in both]),
        change=difference([fresh[item] - original[item] for item in both]),
    )
