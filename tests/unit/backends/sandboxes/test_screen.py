# ruff: noqa: E501 - a table of attacks
"""What the screen lets into a shared process, what it must not, and that what it lets in holds plain values only."""

import ast
import collections
import datetime
import fractions
import functools
import inspect
import io
import itertools
import math
import os
import random
import signal
import sys
from contextlib import redirect_stdout, suppress
from copy import deepcopy

import pytest

from caco.backends.sandboxes.inside import screen
from caco.backends.sandboxes.inside.screen import Refused

PROGRAM = """import math
from fractions import Fraction
from collections import defaultdict, Counter

input = {"prices": [3, 4.5], "counts": {"a": 2, "b": 3}, "text": "7 8 9"}

def part(price, count=1, *more, rate: float = 0.5, **rest) -> float:
    return price * count * (1 - rate) if price > 0 else -price

def solve(prices, counts, text):
    first, second = map(int, text.split()[:2])
    total = Fraction(first, second + 1)
    for place, (name, count) in enumerate(sorted(counts.items(), key=lambda pair: pair[1])):
        total += Fraction(count, len(name) + place)
        if count % 2 == 0 and name in ("a", "b"):
            continue
    groups = defaultdict(list)
    while first < 12:
        first += 1
        groups[first % 3].append(first)
    seen = Counter(x for xs in groups.values() for x in xs)
    best = max(groups, key=lambda k: len(groups[k]))
    rows = list(zip(*[[1, 2], [3, 4]]))
    squares = {n: n**2 for n in range(5) if n is not None}
    assert all(x >= 0 for x in squares.values()), "a square"
    costs = [part(p, 2, rate=0.1) for p in prices]
    return [round(math.sqrt(sum(costs)), 2), total, best, rows, seen.most_common(2), f"{costs[0]:.2f}", "{:>5}".format(first)]

if __name__ == "__main__":
    output = solve(**input)
    print(output, sep=" ")
"""
REFUSED = {
    # the ways to what is not the program's own
    "a builtin": "x = open('f')", "import": "import os", "import in disguise": "import math.os", "from a module": "from collections import abc",
    "module of a module": "import fractions\nx = fractions.sys.modules", "star": "from math import *", "relative": "from . import math",
    "getattr": "x = getattr(1, 'real')", "eval": "x = eval('1')", "exec": "exec('x = 1')", "compile": "x = compile('1', '', 'eval')",
    "globals": "x = globals()", "vars": "x = vars()", "type": "x = type(1)", "super": "x = super()", "object": "x = object()",
    "hash": "x = hash('a')", "id": "x = id(1)", "memoryview": "x = memoryview(b'')", "input": "x = input()", "breakpoint": "breakpoint()",
    "setattr": "setattr(1, 'a', 1)", "property": "x = property()", "dunder import": "x = __import__('os')", "builtins": "x = __builtins__",
    "loader": "x = __loader__", "spec": "x = __spec__", "own dunder": "__x = 1\n__y__ = 1", "name set": "__name__ = 'x'",
    "class": "class A: pass", "decorator": "@print\ndef f(): pass", "async": "async def f(): pass", "with": "with a: pass", "try": "try:\n    x = 1\nexcept Exception:\n    x = 2",
    "finally": "try:\n    x = 1\nfinally:\n    x = 2", "match": "match 1:\n    case int(real=x): pass", "yield": "def f():\n    yield 1",
    "yield from": "def f():\n    x = yield from [1]", "await": "async def f():\n    await g()", "async comprehension": "async def f():\n    return [x async for x in y]",
    # attributes
    "class of a value": "x = ().__class__", "method of a value": "x = [].append", "frame of a generator": "x = (i for i in [1]).gi_frame",
    "code of a function": "def f(): pass\nx = f.__code__", "globals of a function": "def f(): pass\nx = f.__globals__", "mro": "x = int.mro()",
    "traceback": "x = ValueError().__traceback__", "args": "x = ValueError(1).args", "attribute set": "import math\nmath.pi = 3", "attribute deleted": "import math\ndel math.pi",
    "attribute in a loop": "import math\nfor math.pi in [3]: pass", "attribute unpacked": "import math\nmath.pi, x = 3, 4", "attribute annotated": "import math\nmath.pi: int = 3",
    "attribute in a comprehension": "import math\nx = [1 for math.pi in [3]]", "augmented attribute": "import math\nmath.pi += 1",
    # format looks into values
    "format attribute": "x = '{0.__class__}'.format(1)", "format index": "x = '{0[0]}'.format([1])", "format nested": "x = '{:{}}'.format(1, 2)",
    "format of a name": "s = '{0.__class__}'\nx = s.format(1)", "format of the type": "x = str.format('{0.__class__}', 1)", "format of f": "x = f'{1}'.format(2)",
    "format map": "x = '{a.b}'.format_map({})", "format as a function": "x = list(map('{0.real}'.format, [1]))", "format after braces": "x = '{{{0.real}}}'.format(1)",
    "format of a sum": "x = ('{0.re' + 'al}').format(1)",
    # functions, iterators, types and exceptions as values
    "lambda kept": "f = lambda: 1", "lambda returned": "def f(): return lambda: 1", "lambda in a list": "x = [lambda: 1]", "lambda argument": "def f(g): return 1\nx = f(lambda: 1)",
    "lambda called": "x = (lambda: 1)()", "lambda in a dict": "x = dict(key=lambda: 1)", "lambda default": "def f(g=lambda: 1): return 1", "lambda of a lambda": "x = sorted([1], key=lambda x: lambda: 1)",
    "lambda in a counter": "from collections import Counter\nx = Counter(key=lambda: 1)", "lambda in defaultdict": "from collections import defaultdict\nx = defaultdict(lambda: 0)",
    "function kept": "def f(): pass\ng = f", "function printed": "def f(): pass\nprint(f)", "function in a set": "def f(): pass\nx = {f}", "function as a key": "def f(): pass\nx = {f: 1}",
    "function default": "def f(): pass\ndef g(h=f): pass", "function compared": "def f(): pass\nx = f == f", "function formatted": "def f(): pass\nx = f'{f}'", "function in a sum": "def f(): pass\nx = '%s' % f",
    "function called through a name": "def f(): pass\ndef g(h):\n    return h()\nx = g(f)", "builtin kept": "p = print", "type kept": "t = int", "type printed": "print(int)", "module kept": "import math\nm = math",
    "module printed": "import math\nprint(math)", "module function kept": "import math\ng = math.sqrt", "imported kept": "from math import sqrt\ng = sqrt", "bound method kept": "x = [1]\nm = x.append",
    "generator kept": "g = (i for i in [1])", "generator printed": "print(i for i in [1])", "zip kept": "z = zip([1], [2])", "zip printed": "print(zip([1]))", "map kept": "m = map(int, ['1'])",
    "zip in a list": "x = [zip([1])]", "zip of two in max": "x = max(zip([1]), zip([2]))", "zip as a start": "x = sum([], zip([1]))", "zip as a default": "x = next(iter([]), zip([1]))",
    "zip returned": "def f(): return zip([1])", "zip or": "x = [] or zip([1])", "zip in a choice": "for a in zip([1]) if 1 else []: pass", "zip by walrus": "for a in (z := zip([1])): pass", "zip named": "a = b, c = zip([1, 2])",
    "zip through reduce": "from functools import reduce\nx = reduce(lambda a, b: a, [], zip([1]))", "zip appended": "x = []\nx.append(zip([1]))", "zip stored": "x = {}\nx[0] = zip([1])", "zip augmented": "x = []\nx += zip([1])",
    "zip formatted": "x = f'{zip([1])}'", "iterators from map": "x = list(map(iter, [[1]]))", "iterators from key": "x = sorted([[1]], key=enumerate)", "zip as a keyword": "x = max([], default=zip([1]))",
    "view printed": "print({1: 2}.values())", "view kept": "v = {1: 2}.values()", "views from map": "x = list(map(dict.values, [{1: 2}]))", "view by lambda": "x = list(map(lambda d: d.values(), [{1: 2}]))",
    "groups": "from itertools import groupby\nx = [g for k, g in groupby([1])]", "tee": "from itertools import tee\nx = tee([1])", "exception kept": "e = ValueError(1)", "exception in a list": "x = [KeyError(1)]",
    "exception printed": "print(ValueError('a'))", "exception cause": "raise ValueError(1) from KeyError(2)", "other exception": "raise SystemExit", "memory error": "raise MemoryError", "value raised": "x = 1\nraise x",
    "set": "x = {1, 2}", "set comprehension": "x = {i for i in [1]}", "set type": "x = set([1])", "identity": "x = 1\ny = x is 1000", "iter of a function": "def f(): return 1\nx = next(iter(f, 2))",
    "function after star": "x = map(*[1, 2])", "key unpacked": "x = sorted([1], **{'key': 1})", "print to a file": "print(1, file=2)", "print by dict": "print(1, **{'file': 2})", "not normalised": "from fractions import Fraction\nx = Fraction(2, 4, _normalize=False)",
    "function of date": "from datetime import date\nx = date.today()", "clock": "from datetime import datetime\nx = datetime.now()", "chance": "import random", "decimal context": "from decimal import getcontext", "cached": "from functools import lru_cache",
    # names with two roles
    "builtin set": "len = 1", "builtin parameter": "def f(len): return len", "builtin in a loop": "for list in []: pass", "builtin defined": "def sum(x): return x", "builtin imported over": "import math as len",
    "function set": "def f(): pass\nf = 1", "function deleted": "def f(): pass\ndel f", "parameter and function": "def f(): pass\ndef g(f): return f", "module set": "import math\nmath = 1", "two modules": "import math as m\nimport fractions as m",
    "module and name": "import math as m\nfrom fractions import Fraction as m", "imported set": "from math import sqrt\nsqrt = 1", "global function": "def f(): pass\ndef g():\n    global f", "by walrus": "def f(): pass\nx = [f := 1]",
    "by comprehension": "def f(): pass\nx = [1 for f in [1]]", "unknown": "x = y", "called unknown": "x = f()", "exception set": "ValueError = 1", "lambda parameter": "x = sorted([1], key=lambda sum: sum)",
    # annotations and inputs
    "annotation that runs": "def f(a: print(1)): pass", "annotation of a name": "x: y = 1\ny = 2", "return annotation": "def f() -> open: pass", "input elsewhere": "if 1:\n    input = {}", "input changed at once": "input = {'a': 1}; input['a'] = 2",
    "future": "from __future__ import annotations\nx = 1",
}  # fmt: skip


def passes(code: str) -> bool:
    try:
        screen.screen(ast.parse(code))
    except Refused:
        return False
    return True


def test_an_ordinary_program_passes():
    assert screen.screen(ast.parse(PROGRAM)) == 3
    assert screen.screen(ast.parse("output = 1")) == -1


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_reach_further_is_refused(name):
    assert not passes(REFUSED[name])


@pytest.mark.skipif(sys.version_info < (3, 12), reason="type parameters are of Python 3.12")
def test_type_parameters_are_refused():
    assert not passes("def f[T: print](a): return a")


def test_nodes_that_pass_have_no_parts_that_the_screen_does_not_know():
    """A later Python may give a node a new part, as 3.12 gave functions type parameters: then this fails."""
    known = {
        "AnnAssign": "target annotation value simple", "Assert": "test msg", "Assign": "targets value type_comment", "Attribute": "value attr ctx",
        "AugAssign": "target op value", "BinOp": "left op right", "BoolOp": "op values", "Break": "", "Call": "func args keywords", "Compare": "left ops comparators",
        "Constant": "value kind", "Continue": "", "Delete": "targets", "Dict": "keys values", "DictComp": "key value generators", "Expr": "value",
        "For": "target iter body orelse type_comment", "FormattedValue": "value conversion format_spec", "FunctionDef": "name args body decorator_list returns type_comment",
        "Global": "names", "If": "test body orelse", "IfExp": "test body orelse", "Import": "names", "ImportFrom": "module names level", "JoinedStr": "values",
        "List": "elts ctx", "ListComp": "elt generators", "Name": "id ctx", "NamedExpr": "target value", "Nonlocal": "names", "Pass": "", "Raise": "exc cause",
        "Return": "value", "Subscript": "value slice ctx", "Tuple": "elts ctx", "UnaryOp": "op operand", "While": "test body orelse",
        "Starred": "value ctx", "Lambda": "args body", "GeneratorExp": "elt generators", "Slice": "lower upper step", "keyword": "arg value", "alias": "name asname",
        "comprehension": "target iter ifs is_async", "arguments": "posonlyargs args vararg kwonlyargs kw_defaults kwarg defaults", "arg": "arg annotation type_comment",
        "Module": "body type_ignores",
    }  # fmt: skip
    for kind in (*screen._STATEMENTS, *screen._EXPRESSIONS):
        assert kind.__name__ in known
    for name, parts in known.items():
        fields = [field for field in getattr(ast, name)._fields if (name, field) != ("FunctionDef", "type_params")]
        assert fields == parts.split(), name


def test_names_of_modules_are_functions_types_and_numbers():
    for module in (math, fractions, functools, itertools, collections, datetime):
        for name, takes in screen._MODULES[module.__name__].items():
            thing = getattr(module, name)
            assert isinstance(thing, float) if takes == "=" else inspect.isroutine(thing) or isinstance(thing, type), (
                name
            )


PLAIN = (
    bool, int, float, complex, str, bytes, list, tuple, dict, range, type(None), fractions.Fraction, collections.Counter, collections.deque,
    collections.defaultdict, collections.OrderedDict, datetime.date, datetime.datetime, datetime.time, datetime.timedelta, type(Ellipsis),
)  # fmt: skip


def is_plain(value: object, depth: int = 0) -> bool:
    if type(value) not in PLAIN:
        return False
    if depth > 20 or not isinstance(value, list | tuple | dict | collections.deque):
        return True
    parts = [*value, *value.values()] if isinstance(value, dict) else value
    return all(is_plain(part, depth + 1) for part in itertools.islice(parts, 1000))


SNIPPETS = [
    "zip(a, b)", "map(len, a)", "lambda: a", "lambda x: x", "(i for i in a)", "a.values()", "a.items()", "iter(a)", "enumerate(a)", "len", "int", "part", "solve", "math", "math.sqrt",
    "Fraction", "Counter", "defaultdict(list)", "max(a)", "max(a, b)", "next(a)", "sum(a, b)", "dict(a)", "list(a)", "sorted(a, key=b)", "map(a, b)", "filter(a, b)", "[a, *b]", "{a: b}", "(a, b)",
    "a if b else a", "a or b", "a[b]", "a[b:a]", "a(b)", "part(a, *b)", "part(**a)", "a.get(b, a)", "a.setdefault(a, b)", "a.append(b)", "a.update(b)", "a.fromkeys(b, a)", "dict.fromkeys(a, b)",
    "(y := a)", "f'{a!r:>{b}}'", "'{}'.format(a)", "'%s' % a", "reversed(a)", "Counter(a)", "Counter.most_common(a)", "isinstance(a, b)", "a is None", "a in b", "print(a)", "range(a)", "Fraction(a, b)",
]  # fmt: skip


def mutant(dice: random.Random) -> ast.Module:
    """The program with some of its expressions replaced: by snippets, whose `a` and `b` are other expressions of it."""
    tree = ast.parse(PROGRAM)
    places = [(node, field, place) for node in ast.walk(tree) for field, value in ast.iter_fields(node)
              for place in (range(len(value)) if isinstance(value, list) else [-1]) if isinstance(value[place] if place >= 0 else value, ast.expr)]  # fmt: skip
    pool = [node for node in ast.walk(ast.parse(PROGRAM)) if isinstance(node, ast.expr) and not isinstance(getattr(node, "ctx", None), ast.Store)]  # fmt: skip

    class Fill(ast.NodeTransformer):
        def visit_Name(self, node: ast.Name) -> ast.AST:
            return deepcopy(dice.choice(pool)) if node.id in "ab" else node

    for node, field, place in dice.sample(places, dice.randint(1, 3)):
        new = Fill().visit(ast.parse(dice.choice(SNIPPETS), mode="eval").body)
        if isinstance(getattr(node, field)[place] if place >= 0 else getattr(node, field), ast.expr):
            getattr(node, field).__setitem__(place, new) if place >= 0 else setattr(node, field, new)
    with suppress(SyntaxError, ValueError):
        return ast.parse(ast.unparse(ast.fix_missing_locations(tree)))
    return ast.parse("")


class Watch(ast.NodeTransformer):
    """Calls `__seen__` with what each name is set to, each function gives, and each call of `print` is given."""

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        unpacked = all(isinstance(target, ast.Tuple | ast.List) for target in node.targets)
        return node if unpacked else self.watched(node)

    def watched(self, node: ast.Assign | ast.Return) -> ast.AST:
        self.generic_visit(node)
        if node.value is not None:
            node.value = ast.Call(ast.Name("__seen__", ast.Load()), [node.value], [])
        return node

    visit_Return = watched  # noqa: N815 - ast's name

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id == "print":
            node.args = [
                ast.Call(ast.Name("__seen__", ast.Load()), [arg], [])
                for arg in node.args
                if not isinstance(arg, ast.Starred)
            ]
        return node


class TooLongError(BaseException):
    pass


def test_what_passes_holds_plain_values_only():
    """With CACO_FUZZ=100000 the same for as many mutants."""
    count = int(os.environ.get("CACO_FUZZ", "1500"))
    dice, passed, faults = random.Random(count), 0, []

    def seen(value: object) -> object:
        if not is_plain(value):
            faults.append((code, type(value)))
        return value

    def late(*_: object) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGALRM, late)
    try:
        for _ in range(count):
            tree = mutant(dice)
            code = ast.unparse(tree)
            if not passes(code):
                continue
            passed += 1
            names = {"__name__": "__main__", "__seen__": seen}
            signal.setitimer(signal.ITIMER_REAL, 0.2)
            with redirect_stdout(io.StringIO()), suppress(Exception, TooLongError):
                exec(compile(ast.fix_missing_locations(Watch().visit(tree)), "<mutant>", "exec"), names)
            signal.setitimer(signal.ITIMER_REAL, 0)
            faults += [(code, name) for name, value in names.items() if not name.startswith("__")
                       and not is_plain(value) and not inspect.isfunction(value) and name not in ("math", "Fraction", "defaultdict", "Counter")]  # fmt: skip
    finally:
        signal.signal(signal.SIGALRM, before)
    assert not faults, faults[0]
    assert passed > count / 20
