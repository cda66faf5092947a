"""A foreign script on its way into the unified form: its logic becomes the body of one function, the entry."""

import ast
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from caco.foreign.answer import answered
from caco.foreign.blocks import exposed, is_print
from caco.foreign.script import Chunk, block_text, chunks, first_line, indented, joined
from caco.program.form import FormError, syntax_tree
from caco.program.syntax import BUILTINS, Edit, Source, all_names, fresh_name, is_text, literal_value, names, parameters

_ENTRY_NAMES = ("solve", "solution", "solve_problem", "compute_answer")
_CONTAINERS = (ast.Dict, ast.List, ast.Set, ast.Call)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The parts of a program in the form: `entry` is the text of its definition, `inputs` may still be empty."""

    imports: str
    helpers: str
    entry: str
    inputs: dict[str, object] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    """Comments that go with an input."""

    @property
    def name(self) -> str:
        """The entry's name."""
        return definition(self.entry).name


def definition(code: str) -> ast.FunctionDef:
    """The one function that a text defines."""
    found = [s for s in syntax_tree(code).body if isinstance(s, ast.FunctionDef)]
    return found[-1]


def drafted(code: str) -> Draft:
    """Take a script apart and gather its logic in an entry; raises FormError with what is missing."""
    parts = chunks(code)
    imports = [c for c in parts if isinstance(c.node, (ast.Import, ast.ImportFrom))]
    rest = [c for c in parts if c not in imports and not _is_docstring(c.node)]
    helpers = _outside(rest)
    logic = [c for c in rest if c not in helpers]
    top = joined(imports)
    if all(_defines(c.node) for c in logic):
        return _uncalled(top, helpers + logic)
    body, result = _answer_of(logic, helpers)
    if call := _lone_call(result, body, helpers):
        return _called(top, helpers, call, _literals(body) or {})
    taken = all_names(syntax_tree(code))
    name = next((n for n in _ENTRY_NAMES if n not in taken), fresh_name("solve", taken))
    text = _renamed(_nonlocal(f"{body}\nreturn {result}".lstrip("\n")), names(c.node for c in imports + helpers).writes)
    return Draft(imports=top, helpers=joined(helpers), entry=f"def {name}():\n{indented(text)}")


def _defines(node: ast.stmt) -> bool:
    return isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.AsyncFunctionDef))


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and is_text(node.value)


def _outside(parts: list[Chunk]) -> list[Chunk]:
    """What may stay outside of the entry: definitions that use none of its variables, and constants."""
    logic = [c for c in parts if not _defines(c.node)]
    functions = {name: names(c.node) for c in parts if _defines(c.node) for name in names(c.node).writes}
    uses = {name: f.reads | f.outer for name, f in functions.items()}
    constants = [c for c in logic if _is_constant(c, logic, set().union(*uses.values()))]
    variables = names(c.node for c in logic if c not in constants).writes
    nested = _nested(uses, variables)
    variables -= set().union(*(f.outer for name, f in functions.items() if name not in nested))
    kept = [(c, nested if _defines(c.node) else variables) for c in parts if _defines(c.node) or c in constants]
    return [c for c, inside in kept if not names(c.node).writes & inside]


def _nested(uses: Mapping[str, set[str]], variables: set[str]) -> set[str]:
    """Functions that use the entry's variables, or functions that do; `uses` holds the names that each takes."""
    nested: set[str] = set()
    while more := {name for name, used in uses.items() if used & (variables | nested)} - nested:
        nested |= more
    return nested


def _is_constant(chunk: Chunk, logic: list[Chunk], used: Collection[str]) -> bool:
    """An assignment that only functions use: an upper-case name, or a store that they fill."""
    match chunk.node:
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in used:
            others = names(c.node for c in logic if c is not chunk)
            fixed = name.isupper() or (isinstance(value, _CONTAINERS) and name not in others.reads)
            return fixed and name not in others.writes and not names(value).reads & others.writes
    return False


def _answer_of(logic: list[Chunk], helpers: list[Chunk]) -> tuple[str, str]:
    """Body and result of the logic; a last call of a function that prints is a result too."""
    body, result = answered(joined(logic))
    if not result.isidentifier():
        return body, result
    return _inlined(body, result, names(c.node for c in helpers).writes)


def _inlined(body: str, name: str, functions: Collection[str]) -> tuple[str, str]:
    """`x = f(...)` at the end with `x` as the result: the call is the result."""
    parts = chunks(body) if body.strip() else []
    if parts:
        match parts[-1].node:
            case ast.Assign(targets=[ast.Name(id=n)], value=ast.Call(func=ast.Name(id=f)) as call) if n == name:
                if f in functions:
                    return joined(parts[:-1]), ast.unparse(call)
    return body, name


def _lone_call(result: str, body: str, helpers: list[Chunk]) -> ast.Call | None:
    """The call, where the logic is nothing but one call of a top-level function with values written out."""
    match syntax_tree(result).body[0]:
        case ast.Expr(value=ast.Call(func=ast.Name(id=name)) as call) if _takes_inputs(name, helpers):
            values = _literals(body)
            return call if values is not None and _gives(call, values) else None
    return None


def _takes_inputs(name: str, helpers: list[Chunk]) -> bool:
    """Whether there is a function of that name that can be the entry: all it takes can be given by name."""
    node = next((c.node for c in helpers if isinstance(c.node, ast.FunctionDef) and c.node.name == name), None)
    return node is not None and not (node.args.vararg or node.args.posonlyargs or node.decorator_list)


def _gives(call: ast.Call, values: Collection[str]) -> bool:
    """Whether a call gives literals and the names of `values`, all of them, and nothing else."""
    given = [*call.args, *(k.value for k in call.keywords)]
    named = {a.id for a in given if isinstance(a, ast.Name)}
    others = [a for a in given if not isinstance(a, ast.Name)]
    return named == set(values) and all(map(literal_value, others)) and all(k.arg for k in call.keywords)


def _literals(body: str) -> dict[str, object] | None:
    """The values of a body that only assigns literals to names, each once; None for any other body."""
    found: dict[str, object] = {}
    for chunk in chunks(body) if body.strip() else []:
        match chunk.node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if name not in found:
                held = literal_value(value)
                if held is None:
                    return None
                found[name] = held[0]
            case _:
                return None
    return found


def _called(imports: str, helpers: list[Chunk], call: ast.Call, values: dict[str, object]) -> Draft:
    """The called function is the entry, and its arguments, literals or the names of `values`, are the inputs."""
    chunk, function = _function(helpers, ast.unparse(call.func))
    arguments = dict(zip(parameters(function), call.args, strict=False))
    arguments |= {k.arg: k.value for k in call.keywords if k.arg}
    inputs = {p: values[a.id] if isinstance(a, ast.Name) else ast.literal_eval(a) for p, a in arguments.items()}
    others = joined(c for c in helpers if c is not chunk)
    return Draft(imports=imports, helpers=others, entry=returning(chunk.text), inputs=inputs)


def _function(helpers: list[Chunk], name: str) -> tuple[Chunk, ast.FunctionDef]:
    """The last function of that name."""
    return [(c, c.node) for c in helpers if isinstance(c.node, ast.FunctionDef) and c.node.name == name][-1]


def _uncalled(imports: str, definitions: list[Chunk]) -> Draft:
    """Functions without a call: the last one is the entry, if it can be called as it stands."""
    functions = [(c, c.node) for c in definitions if isinstance(c.node, ast.FunctionDef)]
    if not functions:
        raise FormError("no logic: nothing but imports, constants or classes")
    chunk, node = functions[-1]
    args = node.args
    if len(args.defaults) < len(args.args) or args.posonlyargs or args.vararg or None in args.kw_defaults:
        raise FormError(f"the function `{node.name}` is never called, and its arguments are unknown")
    values = zip(args.args, map(literal_value, args.defaults), strict=True)
    inputs = {a.arg: held[0] for a, held in values if held and held[0] is not None}
    others = joined(c for c in definitions if c is not chunk)
    return Draft(imports=imports, helpers=others, entry=returning(chunk.text), inputs=inputs)


def returning(function: str) -> str:
    """A function that prints its answer made to return it; one that returns is unchanged."""
    node = definition(function)
    body = [n for s in node.body for n in ast.walk(s)]
    if any(map(_returns_value, body)) or not any(map(is_print, body)):
        return function
    text, result = answered(block_text(function, node.body, node))
    head = "\n".join(function.split("\n")[: _body_start(function, node) - 1])
    return f"{head}\n{indented(text)}\n    return {result}" if text.strip() else f"{head}\n    return {result}"


def _returns_value(node: ast.AST) -> bool:
    return isinstance(node, ast.Return) and node.value is not None


def _body_start(code: str, node: ast.FunctionDef) -> int:
    """The first line after the header of a function."""
    start = first_line(node.body[0])
    rows = code.split("\n")
    while start > 1 and (not rows[start - 2].strip() or rows[start - 2].lstrip().startswith("#")):
        start -= 1
    return start


def _nonlocal(body: str) -> str:
    """Functions that now stand inside the entry say `nonlocal` for what was `global`."""
    if "global" not in body:
        return body
    source = Source(body)
    tree = syntax_tree(body)
    bound = names(tree.body).writes
    edits = [
        Edit(*source.span(n), f"nonlocal {', '.join(n.names)}")
        for n in ast.walk(tree)
        if isinstance(n, ast.Global) and set(n.names) <= bound
    ]
    return source.edited(edits)


def _renamed(body: str, outside: Iterable[str]) -> str:
    """A variable with the name of a function that the body calls before it is bound gets a name of its own."""
    tree = syntax_tree(body)
    known = BUILTINS | set(outside)
    clashes = names(tree.body).writes & known & exposed(tree.body)
    source, edits = Source(body), []
    for name in clashes:
        new = fresh_name(f"{name}_value", all_names(tree))
        bound = False
        for statement in tree.body:
            found = [n for n in ast.walk(statement) if isinstance(n, ast.Name) and n.id == name]
            edits += [Edit(*source.span(n), new) for n in found if bound or isinstance(n.ctx, ast.Store)]
            bound = bound or any(isinstance(n.ctx, ast.Store) for n in found)
    return source.edited(edits)
