"""Exact evaluation of straight-line arithmetic programs: tells worthwhile proposals from hopeless ones in microseconds.

It reads the syntax tree and knows numbers, assignments, conditions and calls of the program's own functions; nothing
of the program is executed, and one with anything more (loops, lists) has no prediction. The sandbox decides.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeAlias

from caco.program.form import FormError, parse
from caco.program.syntax import walk

Number: TypeAlias = int | Fraction
Names: TypeAlias = dict[str, Number]
Steps: TypeAlias = dict[str, list[Any]]
"""Every value of the run by name; a nested operation goes by its place in the text (`7:15`)."""
Evaluate: TypeAlias = Callable[[Names, Steps], Number]
Function: TypeAlias = tuple[tuple[str, ...], Evaluate]
"""The parameters of a function of the program, and what evaluates it."""
Run: TypeAlias = Callable[[Mapping[str, object]], Steps | None]


class UnpredictableError(Exception):
    """The program is no straight-line arithmetic."""


_MOST_VALUES, _MOST_BITS = 1000, 20_000
"""What is kept of one name or place, and the digits of a number: other inputs may ask for more than any time allows."""
_IMPORTS = ("import math", "from fractions import Fraction")


def predictor(code: str, *, loops: bool = False) -> Run | None:
    """What would run the program on given inputs in exact arithmetic; None where it is no straight-line arithmetic.

    The function that comes back maps inputs to all values of the run (with `output`), or to None where it has none,
    as in a division by zero. With `loops`, programs with `for ... in range(...)` have one too.
    """
    try:
        shared = parse(code).shared
    except FormError:
        return None
    return _run(shared) if loops or not _has_loop(shared) else None


@lru_cache(maxsize=64)
def _has_loop(shared: Sequence[ast.stmt]) -> bool:
    return any(isinstance(node, ast.For) for statement in shared for node in walk(statement))


@lru_cache(maxsize=64)
def _run(shared: Sequence[ast.stmt]) -> Run | None:
    """What runs all instances of a program."""
    functions: dict[str, Function] = {}
    entry = None
    try:
        for statement in shared[:-2]:
            if isinstance(statement, ast.FunctionDef):
                parameters, entry = tuple(a.arg for a in statement.args.args), _function(statement, functions)
                functions[statement.name] = parameters, entry
            elif ast.unparse(statement) not in _IMPORTS:
                return None
    except (UnpredictableError, RecursionError):  # sums of a thousand terms are as deep as they are long
        return None
    return _runner(entry) if entry else None


@lru_cache(maxsize=4096)
def exact_output(code: str) -> Number | None:
    """What a program in the form gives in exact arithmetic; None where it is no straight-line arithmetic."""
    run = predictor(code)
    found = run(parse(code).inputs) if run else None
    output = found["output"][0] if found else None
    return None if isinstance(output, bool) else output


def _runner(entry: Evaluate) -> Run:
    def run(inputs: Mapping[str, object]) -> Steps | None:
        steps: Steps = {name: [value] for name, value in inputs.items()}
        try:
            names = {name: exact(value) for name, value in inputs.items()}
            steps["output"] = [entry(names, steps)]
        except (ArithmeticError, KeyError, UnpredictableError, RecursionError):
            return None
        return steps

    return run


def exact(value: Any) -> Number:
    """A number as it is written: 0.1 is one tenth. Raises UnpredictableError for anything else."""
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, float) and abs(value) < 1e15:
        fraction = Fraction(repr(value))
        return fraction.numerator if fraction.denominator == 1 else fraction
    raise UnpredictableError


_Step: TypeAlias = Callable[[Names, Steps], Number | None]


def _function(node: ast.FunctionDef, functions: Mapping[str, Function]) -> Evaluate:
    args = node.args
    others = (args.vararg, args.kwarg, args.posonlyargs, args.kwonlyargs, args.defaults, node.decorator_list)
    if any(others):
        raise UnpredictableError
    body = _block(node.body, functions)

    def evaluate(names: Names, steps: Steps) -> Number:
        value = body(dict(names), steps)
        if value is None:
            raise UnpredictableError
        return value

    return evaluate


def _block(body: Sequence[ast.stmt], functions: Mapping[str, Function]) -> _Step:
    """Statements in a row: the value of the `return` that is reached, or None."""
    parts = [_statement(s, functions) for s in body if not _is_text(s)]

    def run(names: Names, steps: Steps) -> Number | None:
        for part in parts:
            value = part(names, steps)
            if value is not None:
                return value
        return None

    return run


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _statement(node: ast.stmt, functions: Mapping[str, Function]) -> _Step:
    match node:
        case ast.Return(value=ast.expr() as value):
            return _expression(value, functions)
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return _assignment(name, _expression(value, functions))
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            whole = ast.copy_location(ast.BinOp(ast.Name(name), op, value), node)
            return _assignment(name, _expression(whole, functions))
        case ast.If(test=test, body=body, orelse=orelse):
            return _choice(_expression(test, functions), _block(body, functions), _block(orelse, functions))
        case ast.For(target=ast.Name(id=name), iter=ast.Call(ast.Name(id="range"), [_, *more] as ends), orelse=[]):
            if len(more) < 2:
                return _loop(name, _all(ends, functions), _block(node.body, functions))
    raise UnpredictableError


def _assignment(name: str, value: Evaluate) -> _Step:
    def run(names: Names, steps: Steps) -> None:
        names[name] = _kept(steps, name, value(names, steps))

    return run


def _kept(steps: Steps, place: str, value: Number) -> Number:
    """A value of the run, noted. Raises UnpredictableError for one too many, or too large."""
    found = steps.setdefault(place, [])
    if len(found) >= _MOST_VALUES or value.numerator.bit_length() + value.denominator.bit_length() > _MOST_BITS:
        raise UnpredictableError
    found.append(value)
    return value


def _choice(test: Evaluate, yes: _Step, no: _Step) -> _Step:
    return lambda names, steps: (yes if test(names, steps) else no)(names, steps)


def _loop(name: str, ends: Sequence[Evaluate], body: _Step) -> _Step:
    def run(names: Names, steps: Steps) -> Number | None:
        turns = [end(names, steps) for end in ends]
        if any(type(end) is not int for end in turns):
            raise UnpredictableError
        for number in range(*map(int, turns)):
            names[name] = _kept(steps, name, number)
            value = body(names, steps)
            if value is not None:
                return value
        return None

    return run


def _power(x: Any, y: Any) -> Any:
    if not isinstance(y, int) or abs(y) > 64 or abs(x) > 10**9:
        raise UnpredictableError
    return Fraction(x) ** y if y < 0 else x**y


def _divide(x: Number, y: Number) -> Number:
    value = Fraction(x) / y
    return value.numerator if value.denominator == 1 else value


_OPERATORS: Mapping[type, Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _divide,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: _power,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_BUILTINS: Mapping[str, Callable[..., Any]] = {
    "abs": abs,
    "min": min,
    "max": max,
    "int": int,
    "round": round,
    "math.floor": math.floor,
    "math.ceil": math.ceil,
    "Fraction": Fraction,
}


def _expression(node: ast.expr, functions: Mapping[str, Function]) -> Evaluate:
    match node:
        case ast.Constant(value=int() | float() as constant):
            number = int(constant) if isinstance(constant, bool) else exact(constant)
            return lambda names, steps: number
        case ast.Name(id=name):
            return lambda names, steps: names[name]
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _operation(_place(node), _OPERATORS[type(op)], _all((left, right), functions))
        case ast.UnaryOp(op=op, operand=operand) if type(op) in _OPERATORS:
            return _operation("", _OPERATORS[type(op)], _all((operand,), functions))
        case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPERATORS:
            return _operation("", _OPERATORS[type(op)], _all((left, right), functions))
        case ast.IfExp(test=test, body=body, orelse=orelse):
            choose, yes, no = _all((test, body, orelse), functions)
            return lambda names, steps: (yes if choose(names, steps) else no)(names, steps)
        case ast.Call():
            return _call(node, functions)
    raise UnpredictableError


def _all(nodes: Sequence[ast.expr], functions: Mapping[str, Function]) -> list[Evaluate]:
    return [_expression(node, functions) for node in nodes]


def _place(node: ast.expr) -> str:
    return f"{node.lineno}:{node.col_offset}-{node.end_col_offset}"


def _operation(place: str, operate: Callable[..., Any], operands: Sequence[Evaluate]) -> Evaluate:
    """An operation on values; one that has a place in the text leaves its value there."""
    if len(operands) == 2 and place:
        left, right = operands

        def run(names: Names, steps: Steps) -> Number:
            return _kept(steps, place, operate(left(names, steps), right(names, steps)))

        return run
    return lambda names, steps: operate(*[operand(names, steps) for operand in operands])


def _call(call: ast.Call, functions: Mapping[str, Function]) -> Evaluate:
    name = ast.unparse(call.func)
    if name in functions:
        return _own_call(call, functions[name], functions)
    if name in _BUILTINS and not call.keywords:
        return _operation("", _BUILTINS[name], _all(call.args, functions))
    raise UnpredictableError


def _own_call(call: ast.Call, function: Function, functions: Mapping[str, Function]) -> Evaluate:
    """A call of a function of the program, each parameter given once. Raises UnpredictableError for any other."""
    parameters, entry = function
    given = dict(zip(parameters, _all(call.args, functions), strict=False))
    given |= {k.arg or "": _expression(k.value, functions) for k in call.keywords}
    if len(call.args) > len(parameters) or set(given) != set(parameters):
        raise UnpredictableError
    return lambda names, steps: entry({n: value(names, steps) for n, value in given.items()}, steps)
