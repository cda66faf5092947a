"""The nouns: frozen records without behaviour, in the order in which rows pass through them.

Each row holds `id` (who it is), `parents` (the rows it was made from) and `made_by` (the key of the stage that made
it); only `caco.apply` fills these three in. A row embeds the one record it is about; the rest is reached by id.
Nothing in a row may differ between two runs of the same recipe, so measured cost is kept beside the rows.
"""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What every row of every table has."""

    id: str = ""
    parents: tuple[str, ...] = ()
    made_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Row):
    """One line of a source as it was read; never stored. `fault` says why it cannot become a seed."""

    number: int
    fields: str = ""
    """The line's columns as a JSON object."""
    fault: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seed(Row):
    """A question with an answer, and a solution, a program or tests, from a named source."""

    problem: str
    answer: str = ""
    """Gold answer as text; empty where `tests` are the gold."""
    solution: str = ""
    code: str = ""
    tests: tuple[str, ...] = ()
    """Assertions on a function of `code`, one statement each (MBPP's form)."""
    domain: str = ""
    source: str = ""
    source_id: str = ""
    """The row's own name in its source, or `line N`."""
    licence: str = ""
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """What the seed's run shows to be true of one value, and a fresh run must show again.

    `name` is an input, an assigned name (all its values count) or `output`; `rule` is one of those in
    `caco.instances.bounds.RULES` (`whole`, `positive`, `at_most`, ...); `other` is the second name of a relation, or a
    number as text.
    """

    name: str
    rule: str
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check that was made, apart from all others."""

    name: str
    passed: bool
    evidence: str = ""
    by_construction: bool = False
    """True where the check could only fail by a fault of ours: nothing independent was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCoT(Row):
    """A program in the unified form, where it came from, and the text that goes with it."""

    code: str
    origin: str = "given"
    """`given`, `compiled`, `unified`, `sampled` or `transformed`."""
    transform: str = ""
    """Name of the transform that made it (`fresh_inputs`, `composition`, ...); empty for the seed's own program."""
    text: str = ""
    """The problem as a template: `{name}` stands for an input, `{name:style}` for an input in a number style
    (`caco.text.template`), `{{` and `}}` for braces. Empty where the text has yet to be written."""
    gold: str = ""
    """The answer that the seed states for exactly these inputs, or that a transform knows its program must give;
    empty where there is none."""
    solution: str = ""
    """The seed's own worked solution, for exactly these inputs; empty where there is none."""
    bounds: tuple[Bound, ...] = ()
    varies: tuple[str, ...] = ()
    """Inputs that may take fresh values: each is tied to its mentions in the text without doubt."""
    distractors: tuple[str, ...] = ()
    """Inputs that are in the text and must not move the output."""
    domain: str = ""
    source: str = ""
    licence: str = ""
    seeds: tuple[str, ...] = ()
    """Ids of the seeds it descends from: splits by lineage need them on every row."""
    checks: tuple[Check, ...] = ()
    """Checks of the program that hold whatever its inputs: a fresh instance has them from the run it descends from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw(Row):
    """One ticket to sample the CodeGen model: one request, for one or several programs."""

    number: int
    tags: tuple[str, ...] = ()
    """What the programs should be like (`caco.program.tags`); empty for the pre-query form."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Row):
    """An attempt to bring a seed into the unified form by model, on its way through rounds of repair."""

    seed: Seed
    codecot: CodeCoT | None = None
    """The program so far; None where the reply held none."""
    sample: int = 0
    """Which of the seed's samples it began as."""
    output: str = ""
    """The program's output as canonical JSON, once it has run."""
    reason: str = ""
    """Why it cannot be kept yet (a `Reason`); empty where nothing speaks against it."""
    detail: str = ""
    """What went wrong, as the model is told in the next round."""


class Status(StrEnum):
    """What became of one program in the sandbox. All but `SANDBOX_FAULT` are results of the program itself."""

    OK = "ok"
    EXCEPTION = "exception"
    SYNTAX = "syntax"
    NO_OUTPUT = "no_output"
    TIMEOUT = "timeout"
    MEMORY = "memory"
    EXIT = "exit"
    CRASH = "crash"
    FORBIDDEN = "forbidden"
    OUTPUT_TOO_LARGE = "output_too_large"
    UNSERIALIZABLE = "unserializable"
    SANDBOX_FAULT = "sandbox_fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """An exception of the program: type name, message, and line in the program (0 where there is none)."""

    type: str
    message: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """One step of a trace: at `line` of the program, `name` took `value` (canonical JSON, `caco.program.values`)."""

    line: int
    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run cost; measured, so never part of a stored row."""

    cpu_s: float
    wall_s: float
    peak_memory_mb: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """One thing measured of a program and its run (`caco.filters.rules`); rules compare it with their limits."""

    name: str
    value: float
    note: str = ""
    """What has no number: the output's type, a fingerprint; or what was seen, in words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution(Row):
    """What one program did in the sandbox."""

    codecot: CodeCoT
    status: Status
    fault: Fault | None = None
    inputs: str = ""
    """The dict `input` as it was before the run, as canonical JSON of typed values."""
    output: str = ""
    """The value of `output` after the run, as canonical JSON of typed values."""
    stdout: str = ""
    trace: tuple[Assignment, ...] = ()
    trace_complete: bool = True
    """False where the cap on the trace was reached."""
    deterministic: bool | None = None
    """Whether a second run under another hash seed gave the same typed output; None where it was not run."""
    isolation: str = ""
    """The level the verdict was made under: `jail` or `process`."""
    checks: tuple[Check, ...] = ()
    measures: tuple[Measure, ...] = ()
    """What the filter measured, kept so that other limits need no other run."""
    cost: Cost | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """One reading of a problem's text, with its own or with fresh inputs: another program written from it alone."""

    question: str
    inputs: str
    """The inputs in the text, as canonical JSON."""
    code: str = ""
    """The program that the reader wrote; empty where its reply held none."""
    expected: str = ""
    """Output of the problem's program on these inputs, as canonical JSON."""
    output: str = ""
    """Output of the reader's program, as canonical JSON; empty where it did not run."""
    fault: str = ""
    """Why there is no program or no output."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem(Row):
    """A natural-language question with a gold answer and its type."""

    question: str
    answer: str
    answer_type: str = ""
    style: str = ""
    """How the text came about: `original`, `re-instantiated`, `composed`, or a writer's style."""
    source: str = ""
    execution: Execution | None = None
    """The program's run behind it; None for a benchmark's problem."""
    author: str = ""
    """The model that wrote the text; empty where none did."""
    control: str = ""
    """What is known of it beforehand: `known_good`, or the fault that was put in. Such a row is never exported."""
    instances: tuple[Instance, ...] = ()
    """Readings of the text, while the round trip is under way."""
    checks: tuple[Check, ...] = ()
    """Checks on the text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts(Row):
    """All samples that a solver drew for one problem, right or wrong."""

    problem: Problem
    texts: tuple[str, ...]
    answers: tuple[str, ...]
    """The final answer of each text; empty where it states none or could not be read."""
    finish: tuple[str, ...]
    """Why each text ended: `stop`, `length`, ..."""
    author: str = ""
    control: str = ""
    """The fault that was put in, as in `Problem`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution(Row):
    """One natural-language attempt at a problem, and the answer extracted from it."""

    problem: Problem
    text: str
    answer: str
    author: str
    """`seed` (the source's own worked solution), `narrator` (written from the trace) or a model's name."""
    pass_rate: float | None = None
    """Share of the solver's samples that agree with the program; None where no model was asked."""
    samples: int = 0
    """How many samples were drawn."""
    control: str = ""
    """The fault that was put in, as in `Problem`."""
    checks: tuple[Check, ...] = ()
    """Checks on the solution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict(Row):
    """Every check made on one solution, and the trust that follows from them."""

    solution: Solution
    checks: tuple[Check, ...]
    trust: str
    """`checked` where an independent answer agreed, `by_construction` where none was asked, or a level of the recipe's
    rule (`caco.stages.verdict`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example(Row):
    """A published row."""

    problem: str
    solution: str
    answer: str
    code: str
    inputs: str
    output: str
    answer_type: str
    transform: str
    style: str
    author: str
    trust: str
    checks: tuple[Check, ...]
    domain: str
    source: str
    licence: str
    seeds: tuple[str, ...]
    pass_rate: float | None = None
    """Share of the solver's samples that were right: the lower, the harder. None where no model was asked."""
    samples: int = 0


class Outcome(StrEnum):
    """What a grader can say of a pair of answers."""

    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grade:
    """The verdict on one pair of answers; not a bool, so that `undecided` is never read as wrong (or right)."""

    verdict: Outcome
    reason: str
    gold: str = ""
    """Canonical form of the gold answer."""
    prediction: str = ""
    """Canonical form of the prediction."""
    route: str = ""
    """The cheapest route that decided: `exact`, `numeric`, `structure`, `symbolic`, or `none`."""
    allowances: tuple[str, ...] = ()
    """The stated rules that had to be used (`rounded`, `units_converted`, ...), empty for plain identity."""

    def __bool__(self) -> bool:
        raise TypeError("a Grade has three verdicts: ask `grade.verdict == 'equal'`")


class Reason(StrEnum):
    """Why a row was rejected: the closed set (docs/reference/reasons.md says what each means)."""

    BROKEN_LINE = "broken_line"
    MISSING_FIELD = "missing_field"
    DUPLICATE = "duplicate"
    NOTHING_TO_COMPILE = "nothing_to_compile"
    CANNOT_COMPILE = "cannot_compile"
    NOT_IN_FORM = "not_in_form"
    EXECUTION_FAILED = "execution_failed"
    NOT_DETERMINISTIC = "not_deterministic"
    WRONG_ANSWER = "wrong_answer"
    UNDECIDED_ANSWER = "undecided_answer"
    CONSTANT_OUTPUT = "constant_output"
    PASS_THROUGH = "pass_through"
    UNUSED_INPUT = "unused_input"
    LENGTH = "length"
    OUTPUT_TYPE = "output_type"
    OUTPUT_SIZE = "output_size"
    ANSWER_IN_CODE = "answer_in_code"
    ABSURD_NUMBER = "absurd_number"
    DIFFICULTY = "difficulty"
    NEAR_DUPLICATE = "near_duplicate"
    CONTAMINATED = "contaminated"
    BREAKS_BOUND = "breaks_bound"
    NO_FRESH_INPUTS = "no_fresh_inputs"
    NO_PARTNER = "no_partner"
    NO_TRANSFORM = "no_transform"
    TEXT_INCOMPLETE = "text_incomplete"
    ANSWER_LEAKED = "answer_leaked"
    CANNOT_NARRATE = "cannot_narrate"
    CHECK_FAILED = "check_failed"
    UNREADABLE_REPLY = "unreadable_reply"
    BAD_TEXT = "bad_text"
    ROUND_TRIP = "round_trip"
    NO_AGREEMENT = "no_agreement"
    CONTROL = "control"
    OUR_FAULT = "our_fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejection:
    """A row that ended here: its id, the stage that ended it, and why."""

    id: str
    stage: str
    reason: Reason
    detail: str = ""
