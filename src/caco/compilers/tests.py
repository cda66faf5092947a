"""Seeds that come with a function and tests of it: the entry is the function, the inputs are one test case.

Tests are assertions on calls (`assert f(1, 2) == 3`) or a function `check(candidate)` that holds them. The text of the
task becomes a question about one call: `Write a function to find X.` is `Find X. Use ...`.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from caco.compilers import Compiler
from caco.foreign.draft import definition
from caco.foreign.script import Chunk, chunks, completed, joined
from caco.program import values
from caco.program.form import FormError, parse, render, syntax_tree
from caco.program.syntax import all_names, fresh_name, names
from caco.records import CodeCoT, Reason, Seed
from caco.stage import Reject
from caco.text.template import escape

_CANDIDATE = "candidate"
_DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)


@dataclass(frozen=True, slots=True)
class Case:
    """One test: the function is called with these arguments and must give this value."""

    function: str
    args: tuple[object, ...]
    keywords: dict[str, object]
    expected: object


def compile_tests(seed: Seed) -> CodeCoT | Reject:
    """The function of a seed with its first usable test case as a Code CoT; the expected value is the gold answer."""
    try:
        parts = _definitions(completed(seed.code.replace("\r\n", "\n")))
        case, code = _with_first_case(seed, parts)
        inputs = parse(code).inputs
    except FormError as error:
        return Reject(Reason.CANNOT_COMPILE, str(error))
    return CodeCoT(
        code=code,
        origin="compiled",
        text=task_text(seed.problem, inputs, yes_no=isinstance(case.expected, bool)),
        gold=values.show(values.decode(values.encode(case.expected))),  # in the order in which outputs are shown
        varies=_free(inputs),
        domain=seed.domain,
        source=seed.source,
        licence=seed.licence,
        seeds=(seed.id,),
    )


def _free(inputs: dict[str, object]) -> tuple[str, ...]:
    """Inputs that can change alone: not a number that is the length of another one."""
    lengths = {len(v) for v in inputs.values() if isinstance(v, (str, list, tuple, dict, set))}
    return tuple(n for n, v in inputs.items() if not (isinstance(v, int) and v in lengths))


def _definitions(code: str) -> list[Chunk]:
    """The imports, constants and definitions of a module, without what only runs them."""
    found = [c for c in chunks(code) if isinstance(c.node, (*_DEFINING, ast.Assign, ast.AnnAssign))]
    defined = {n for c in found if isinstance(c.node, ast.FunctionDef) for n in names(c.node).writes}
    return [c for c in found if isinstance(c.node, _DEFINING) or not _runs(c.node, defined)]


def _runs(node: ast.stmt, defined: set[str]) -> bool:
    """Whether an assignment tries out one of the functions, or takes a name that the unified form needs."""
    value = getattr(node, "value", None)
    uses = names(node).reads & (defined | {"input"}) and not isinstance(value, ast.Lambda)
    return bool(uses or names(node).writes & {"input", "output"})


def _with_first_case(seed: Seed, parts: list[Chunk]) -> tuple[Case, str]:
    """The first test case that can be written as inputs, and the program with it."""
    functions = [n for c in parts for n in names(c.node).writes if not isinstance(c.node, (ast.Import, ast.ImportFrom))]
    reason = "no test calls a function of the code with literal arguments and a literal result"
    cases = _cases(seed.tests, _candidate(seed.problem, functions))
    for case in sorted(cases, key=_is_empty):
        if case.function not in functions or values.show(case.expected) == "":
            continue
        try:
            return case, _written(parts, case)
        except FormError as error:
            reason = str(error)
    raise FormError(reason)


def _is_empty(case: Case) -> bool:
    """Whether a case tries the empty list or text: it shows less than any other."""
    return any(a in ("", [], (), {}) for a in (*case.args, *case.keywords.values()))


def _candidate(problem: str, functions: Sequence[str]) -> str:
    """The function that a prompt asks to complete: the last one it begins, else the last one of the code."""
    asked = [f for f in functions if f"def {f}(" in problem]
    return max(asked, key=lambda f: problem.rindex(f"def {f}(")) if asked else functions[-1] if functions else ""


def _cases(tests: Sequence[str], candidate: str) -> Iterator[Case]:
    """The cases of all tests; a test that is no Python has none."""
    for test in tests:
        try:
            nodes = list(ast.walk(syntax_tree(test.replace("\r\n", "\n"))))
        except FormError:
            continue
        found = (_case(n.test, candidate) for n in nodes if isinstance(n, ast.Assert))
        yield from (case for case in found if case)


def _case(test: ast.expr, candidate: str) -> Case | None:
    """The case that a condition states, if it is a call, its negation, or its (near) equality with a literal."""
    match test:
        case ast.Compare(left=ast.Call() as call, ops=[ast.Eq() | ast.Is()], comparators=[expected]):
            return _read(call, expected, candidate)
        case ast.Compare(left=expected, ops=[ast.Eq()], comparators=[ast.Call() as call]):
            return _read(call, expected, candidate)
        case ast.Compare(
            left=ast.Call(
                func=ast.Name(id="abs"), args=[ast.BinOp(left=ast.Call() as call, op=ast.Sub(), right=expected)]
            ),
            ops=[ast.Lt() | ast.LtE()],
        ):
            return _read(call, expected, candidate)
        case ast.Call(func=ast.Attribute(attr="isclose"), args=[ast.Call() as call, expected]):
            return _read(call, expected, candidate)
        case ast.UnaryOp(op=ast.Not(), operand=ast.Call() as call):
            return _read(call, ast.Constant(False), candidate)
        case ast.Call() as call:
            return _read(call, ast.Constant(True), candidate)
    return None


def _read(call: ast.Call, expected: ast.expr, candidate: str) -> Case | None:
    if not isinstance(call.func, ast.Name):
        return None
    name = candidate if call.func.id == _CANDIDATE else call.func.id
    try:
        args = tuple(ast.literal_eval(arg) for arg in call.args)
        return Case(name, args, _keywords(call), ast.literal_eval(expected))
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError):
        return None


def _keywords(call: ast.Call) -> dict[str, object]:
    """The values of named arguments. Raises ValueError for `**given` and what is no literal."""
    if any(keyword.arg is None for keyword in call.keywords):
        raise ValueError("arguments of unknown names")
    return {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in call.keywords}


def _written(parts: list[Chunk], case: Case) -> str:
    """The program: definitions as they were, the tested function last, or a caller of it where it takes no names."""
    imports = [c for c in parts if isinstance(c.node, (ast.Import, ast.ImportFrom))]
    rest = [c for c in parts if c not in imports]
    found = [(c, c.node) for c in rest if isinstance(c.node, ast.FunctionDef) and c.node.name == case.function]
    entry, function = found[-1] if found else (None, None)
    inputs, caller = _bound(function, case, all_names(syntax_tree(joined(parts))))
    if entry is None or caller or _used_behind(entry, case.function, rest):
        return render(inputs, definition(caller).name, f"{joined(rest)}\n\n{caller}", joined(imports))
    return render(inputs, case.function, joined([*(c for c in rest if c is not entry), entry]), joined(imports))


def _used_behind(entry: Chunk, function: str, parts: list[Chunk]) -> bool:
    """Whether a class or constant behind a function needs it, so that it cannot be moved to the end."""
    later = parts[parts.index(entry) + 1 :]
    return any(function in names(c.node).reads for c in later if not isinstance(c.node, ast.FunctionDef))


def _bound(node: ast.FunctionDef | None, case: Case, taken: set[str]) -> tuple[dict[str, object], str]:
    """The arguments of a case by name, and the text of a caller where the function cannot be called by names."""
    args = node.args if node else _unnamed(len(case.args))
    star = args.vararg.arg if args.vararg else ""
    inputs = _by_name(case, [arg.arg for arg in (*args.posonlyargs, *args.args)], star)
    if node and not star and not args.posonlyargs:
        return inputs, ""
    name = fresh_name("solve", taken)
    given = {**{n: n for n in inputs}, **{n: f"{n}={n}" for n in case.keywords}, star: f"*{star}"}
    call = f"{case.function}({', '.join(given[n] for n in inputs)})"
    return inputs, f"def {name}({', '.join(inputs)}):\n    return {call}"


def _unnamed(count: int) -> ast.arguments:
    """The arguments of something that is called and is no function of the code (`f = lambda a: a`)."""
    args = [ast.arg(f"arg_{i + 1}") for i in range(count)]
    return ast.arguments(posonlyargs=[], args=args, kwonlyargs=[], kw_defaults=[], defaults=[])


def _by_name(case: Case, known: Sequence[str], star: str) -> dict[str, object]:
    """The arguments of a case by name; `star` takes those that have none. Raises FormError for too many, or none."""
    inputs: dict[str, object] = dict(zip(known, case.args, strict=False))
    rest = case.args[len(known) :]
    if rest and not star:
        raise FormError(f"a test gives `{case.function}` more arguments than it takes")
    if star:
        inputs[star] = list(rest)
    inputs |= case.keywords
    if not inputs:
        raise FormError("the test gives the function no arguments")
    return inputs


_WRITE = re.compile(
    r"^(?:write|create|implement|develop|given) (?:an? |the )?(?:efficient |simple )?(?:python ?3? ?)?"
    r"(?:function|program|method|code)s?(?: in python)?[, ]+(?P<how>to|for|of|that|which|where)\b ?(?P<what>.*)$",
    re.IGNORECASE | re.DOTALL,
)
"""How a task asks for a function, and for what."""
_MEANS = re.compile(
    r"[,;]? (?:by |with |with the help of |through )?(?:using )?(?:the |an? )?(?:given )?(?:python )?"
    r"(?:lambda|regex|regular expressions?|recurs\w+|map|filter|heap ?queue|heapq|itertools|collections?|"
    r"list comprehension|dictionary comprehension|slicing|tuple comprehension|bitwise|reduce|counter|zip|"
    r"binary search|linear search|merge sort|dynamic programming|brute force|iteration|recursion)\b"
    r"(?: and \w+)?(?: (?:function|operator|module|algorithm|approach|method|object|technique|operation|formula)s?)*$",
    re.IGNORECASE,
)
"""By what means it should work, at the end of a task: a question about one call has no use for it."""
_EXAMPLES = re.compile(
    r"^\s*(?:>>>|assert\b|\w+\(.*\) ?(?:==|=>|->|➞|→|=|returns)|(?:for )?examples?\b.*:?\s*$|e\.g\.|"
    r"input(?:/output)?:|\[input/output\]|note:|constraints?:)",
    re.IGNORECASE | re.MULTILINE,
)


def task_text(task: str, inputs: Mapping[str, object], yes_no: bool = False) -> str:
    """The template of a question: what to find, the inputs as slots, and what is asked; empty without a task."""
    request = _request(task)
    if not request:
        return ""
    asked = "Answer True or False." if yes_no else "What is the result?"
    return f"{escape(request)} Use {_listed([f'{n} = {_slot(n, v)}' for n, v in inputs.items()])}. {asked}"


def _slot(name: str, value: object) -> str:
    return f"{{{name}:repr}}" if isinstance(value, (str, bytes)) else f"{{{name}}}"


def _listed(items: Sequence[str]) -> str:
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else items[0]


def _request(task: str) -> str:
    """The task as a request in the imperative, one sentence or more, without examples or tests."""
    text = _described(task)
    cut = _EXAMPLES.search(text)
    text = re.sub(r"\s+", " ", text[: cut.start()] if cut else text).strip(" '\"\n")
    match = _WRITE.match(text)
    if match:
        text = _imperative(match["how"].lower(), match["what"])
    return _sentence(text) if text else ""


def _described(task: str) -> str:
    """The words of a task: the docstring of the function it begins, or the text itself."""
    at = task.find("def ")
    if at < 0:
        return task
    try:
        begun = ast.parse(task[at:].rstrip() + "\n    pass").body
        functions = [n for n in begun if isinstance(n, ast.FunctionDef)]
        return (ast.get_docstring(functions[-1]) or "") if functions else task
    except (SyntaxError, ValueError):
        found = re.findall(r'"""(.*?)"""|\'\'\'(.*?)\'\'\'', task, re.DOTALL)
        return "".join(found[-1]) if found else task


def _imperative(how: str, what: str) -> str:
    what = what.strip()
    if how == "to":
        return what
    if how in ("for", "of"):
        return f"Find {what}" if not re.match(r"(?:\w+ing)\b", what) else f"Find the result of {what}"
    verb, _, rest = what.partition(" ")
    return f"{_base(verb)} {rest}" if verb.endswith("s") else f"Do what {what} asks"


def _base(verb: str) -> str:
    """The base form of a verb in the third person: `matches` to `match`, `takes` to `take`."""
    if verb.endswith(("ches", "shes", "sses", "xes")):
        return verb[:-2]
    return verb[:-3] + "y" if verb.endswith("ies") else verb[:-1]


def _sentence(text: str) -> str:
    text = _MEANS.sub("", text.rstrip(" .")).rstrip(" .,;:")
    plain = text.split()[0].strip(",;").replace("-", "").isalpha() and not re.match(r"[a-z]{1,2}s? ", text)
    text = text[0].upper() + text[1:] if plain else text
    return text if text.endswith(("?", "!")) else text + "."


COMPILER = Compiler(compile_tests, {"code": "(?s).", "tests": "(?s)."})
