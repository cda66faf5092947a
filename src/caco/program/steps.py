"""The steps of a straight-line program: one function that assigns each name once, and returns."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from caco.program.form import parse, render


@dataclass(frozen=True, slots=True)
class Step:
    """`name = value`, with the comment lines that stand above it."""

    name: str
    value: ast.expr
    comments: tuple[str, ...] = ()

    @property
    def code(self) -> str:
        """The step as lines of a function's body."""
        return "".join(f"    {line}\n" for line in (*self.comments, f"{self.name} = {ast.unparse(self.value)}"))

    @property
    def reads(self) -> set[str]:
        """The names that the step takes."""
        return names_in(self.value)


@dataclass(frozen=True, slots=True)
class Steps:
    """A program's inputs, its steps in order, and the name it returns."""

    inputs: dict[str, object]
    steps: tuple[Step, ...]
    result: str

    def upstream(self, name: str) -> set[str]:
        """The names that `name` depends on, itself among them."""
        found, waiting = set(), [name]
        values = {step.name: step for step in self.steps}
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting += values[name].reads if name in values else ()
        return found

    def code(self, imports: str = "") -> str:
        """The program in the unified form."""
        body = "".join(step.code for step in self.steps)
        function = f"def solve({', '.join(self.inputs)}):\n{body}    return {self.result}"
        return render(self.inputs, "solve", function, imports)


def names_in(node: ast.AST) -> set[str]:
    """The names that an expression reads."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def steps_of(code: str) -> Steps | None:
    """The steps of a program; None for one with more than one function, other statements or names assigned twice."""
    program = parse(code)
    *body, last = [s for s in program.body if not isinstance(s, ast.Expr)]
    lines = code.splitlines()
    steps = [step for statement in body if (step := _step(statement, lines))]
    names = [*program.inputs, *(step.name for step in steps)]
    once = len(names) == len(set(names))
    # nothing stands beside the inputs, the function, its call and the print
    alone = len(program.functions) == 1 and len(program.tree.body) == 4
    match last:
        case ast.Return(value=ast.Name(id=result)) if alone and once and len(steps) == len(body):
            return Steps(program.inputs, tuple(steps), result)
    return None


def _step(statement: ast.stmt, lines: Sequence[str]) -> Step | None:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return Step(name, value, _comments(lines, statement.lineno - 1))
    return None


def _comments(lines: Sequence[str], before: int) -> tuple[str, ...]:
    """The comment lines directly above a line."""
    start = before
    while start > 0 and lines[start - 1].strip().startswith("#"):
        start -= 1
    return tuple(line.strip() for line in lines[start:before])
