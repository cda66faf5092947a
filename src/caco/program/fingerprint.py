"""Fingerprints of programs in the unified form, and what a program does with its inputs: all read from the text.

Equal fingerprints are duplicates, each in its own sense:

text        the same program but for comments and layout
tree        the same syntax up to names, literals and the order of independent statements
graph       the same operations on the inputs, however they are split into statements; with `values`,
                on the same numbers
behaviour   the same outputs on the same probes
"""

import ast
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from caco.lineage import digest
from caco.program.form import Program, parse
from caco.program.syntax import changed, children, names, parameters, root, walk
from caco.program.valuegraph import Reader, mark


def text_fingerprint(code: str) -> str:
    """Of the program's text without comments and layout; raises FormError where it is not in the form."""
    return digest("text", ast.unparse(parse(code).tree))


def tree_fingerprint(code: str) -> str:
    """Of the syntax tree up to names, literals and the order of statements that do not depend on one another."""
    return digest("tree", _read(parse(code), ordered=True).tree)


def graph_fingerprint(code: str, values: bool = False) -> str:
    """Of the operations that lead from the inputs to the output, whatever the inputs are called and in which order.

    With `values`, the numbers of the inputs and of the logic count too: the same computation, told in other words.
    """
    program = parse(code)
    names = list(program.inputs)
    if values:
        marks = {name: mark("value", _plain(value)) for name, value in program.inputs.items()}
        return digest("graph", "values", _read(program, marks, values=True).graph)
    roles = {n: _read(program, {m: mark("input", str(m == n)) for m in names}).graph for n in names}
    return digest("graph", _read(program, roles).graph, sorted(Counter(roles.values()).items()))


def behaviour_fingerprint(outputs: Iterable[str]) -> str:
    """Of what a program gives on a fixed row of probes, as canonical JSON."""
    return digest("behaviour", list(outputs))


def _read(
    program: Program, inputs: dict[str, str] | None = None, values: bool = False, ordered: bool = False
) -> Reader:
    """The program read with these marks for its inputs; without marks they are told apart by their place."""
    reader = Reader(values=values, ordered=ordered)
    reader.program(program.tree.body[:-2], program.functions[-1], inputs)
    return reader


def _plain(value: object) -> str:
    """A value's text in which 2 and 2.0 are one number."""
    if isinstance(value, float) and value.is_integer():
        return repr(int(value))
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return f"[{', '.join(map(_plain, value))}]"
    return repr(value)


_LOOPS = (ast.For, ast.While)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
_LEAVING = (ast.Return, ast.Raise, ast.Assert, ast.Break, ast.Continue)
_NESTING = (*_LOOPS, ast.If, ast.Match)
_NO_IMPORTS = (ast.FunctionDef, ast.Assign)
_COMPOUND = (*_LOOPS, ast.If, ast.With, ast.Try, ast.Match)


def reaching_inputs(program: Program) -> frozenset[str]:
    """Inputs that the output may depend on, by data or by a decision on the way.

    An input that is not among them cannot matter; one that is may still not, which only runs can tell.
    """
    flows = list(_flows(program.body, frozenset()))
    needed = {n for reads, writes in flows if "return" in writes for n in reads}
    while more := {n for reads, writes in flows if writes & needed for n in reads} - needed:
        needed |= more
    return frozenset(n for n in program.inputs if n in needed)


def _flows(body: list[ast.stmt], control: frozenset[str]) -> list[tuple[frozenset[str], frozenset[str]]]:
    """For each statement the names it reads and those it binds or may change; `return` stands for the output."""
    found: list[tuple[frozenset[str], frozenset[str]]] = []
    for node in body:
        if isinstance(node, _COMPOUND):
            own = names([c for c in children(node) if not isinstance(c, (ast.stmt, ast.ExceptHandler))])
            inside = control | own.reads
            leaves = any(isinstance(n, _LEAVING) for n in walk(node))
            found.append((inside, frozenset(own.writes | ({"return"} if leaves else set()))))
            found += [flow for block in _blocks(node) for flow in _flows(block, inside)]
        else:
            own = names(node)
            out = {"return"} if isinstance(node, _LEAVING) else set()
            found.append((control | own.reads, frozenset(own.writes | own.outer | changed([node]) | out)))
    return found


def _blocks(node: ast.AST) -> list[list[ast.stmt]]:
    """The blocks of a compound statement."""
    blocks = [getattr(node, f, []) for f in ("body", "orelse", "finalbody")]
    inner = [*getattr(node, "handlers", []), *getattr(node, "cases", [])]
    return [b for b in blocks if b] + [i.body for i in inner]


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """How complex a program is, counted in its syntax."""

    inputs: int
    statements: int
    """Statements of all functions, docstrings apart."""
    steps: int
    """Assignments and returns among them."""
    functions: int
    loops: int
    """Loops and comprehensions."""
    branches: int
    depth: int
    """The deepest nesting of loops and branches."""
    operations: int
    """Arithmetic, comparisons and calls."""
    recursive: bool
    constants: tuple[str, ...]
    """The numbers written out in the functions, as text, in order."""
    imports: tuple[str, ...]
    """Modules, in order of their names."""
    concepts: tuple[str, ...]
    """Functions of modules that are called (`math.gcd`, `sympy.solve`), in order of their names."""


def features(program: Program) -> Features:
    """Count what is in a program."""
    nodes = [n for f in program.functions for n in walk(f)]
    kinds = Counter(map(type, nodes))

    def number(*wanted: type[ast.AST]) -> int:
        return sum(map(kinds.__getitem__, wanted))

    statements = sum(isinstance(n, ast.stmt) and not _is_docstring(n) for n in nodes)
    modules = _imports([n for s in program.tree.body if not isinstance(s, _NO_IMPORTS) for n in walk(s)] + nodes)
    return Features(
        inputs=len(program.inputs),
        statements=statements - len(program.functions),
        steps=number(ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return),
        functions=number(ast.FunctionDef),
        loops=number(*_LOOPS, *_COMPREHENSIONS),
        branches=number(ast.If, ast.IfExp, ast.Match),
        depth=max(map(_depth, program.functions)) if number(*_NESTING) else 0,
        operations=number(ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.Call),
        recursive=_is_recursive(nodes),
        constants=tuple(repr(n.value) for n in nodes if isinstance(n, ast.Constant) and type(n.value) in (int, float)),
        imports=tuple(sorted({m.split(".")[0] for m in modules.values()})),
        concepts=_concepts(nodes, modules),
    )


def _is_recursive(nodes: list[ast.AST]) -> bool:
    """Whether a function reads its own name; where nothing reads it, its body need not be looked at."""
    read = {n.id for n in nodes if isinstance(n, ast.Name)}
    return any(isinstance(n, ast.FunctionDef) and n.name in read and n.name in names(n.body).reads for n in nodes)


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _depth(node: ast.AST) -> int:
    deeper = max((_depth(c) for c in children(node)), default=0)
    return deeper + isinstance(node, _NESTING)


def _imports(nodes: list[ast.AST]) -> dict[str, str]:
    """What each imported name stands for, with its module."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {a.asname or a.name.split(".")[0]: a.name for a in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {a.asname or a.name: f"{node.module}.{a.name}" for a in node.names}
    return found


def _concepts(nodes: list[ast.AST], modules: dict[str, str]) -> tuple[str, ...]:
    calls = [ast.unparse(n.func) for n in nodes if isinstance(n, ast.Call) and root(n.func) in modules]
    heads = [(c.partition(".")[0], c.partition(".")[2]) for c in calls]
    return tuple(sorted({f"{modules[h]}.{rest}" if rest else modules[h] for h, rest in heads if h in modules}))


def passed_through(program: Program) -> bool:
    """Whether the output is one of the inputs as it came in, by the text alone: `return x` of an untouched `x`."""
    match program.body[-1]:
        case ast.Return(value=ast.Name(id=name)):
            return name in parameters(program.functions[-1]) and name not in names(program.body).writes | {
                n for s in program.body for n in changed([s])
            }
    return False
