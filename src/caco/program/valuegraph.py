"""A program read as a graph of values: each name stands for the operations that made its value, not for itself.

Two programs that differ in names, or in the order of independent statements, read the same. Where the order does
matter (a value changed in place, a loop, what stands behind a `break` or `return`), it is part of what is read.
"""

import ast
from collections.abc import Sequence
from hashlib import blake2b

from caco.program.syntax import is_text, names, parameters, root, sets_part, walk

_ROUNDS = 2
"""How often a loop's body is read: the second time its variables are known by what the body makes of them."""
_LEAVES = (ast.Break, ast.Continue, ast.Return, ast.Raise)
_HOLDERS = (*_LEAVES, ast.For, ast.While, ast.If, ast.With, ast.Try, ast.Match, ast.FunctionDef, ast.ClassDef)
"""Statements that are one of those or may hold one."""
_SKIPPED = {"ctx", "annotation", "returns", "type_comment", "kind", "type_ignores", "lineno"}


def mark(*parts: str) -> str:
    """A short name for a node of the graph, made from what it is and the nodes it depends on.

    The parts are joined by a character that no name or literal has, so that `ab, c` is not `a, bc`.
    """
    return blake2b("\x1f".join(parts).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


class Reader:
    """Reads functions and keeps, of the last entry read, `tree` (all its statements) and `graph` (what it returns)."""

    def __init__(self, values: bool, ordered: bool) -> None:
        self.values = values
        """Whether literals count with their values, or with their types alone."""
        self.ordered = ordered
        """Whether operands keep their order where an operation does not care."""
        self.tree = ""
        self.graph = ""
        self.scope: dict[str, str] = {}
        self.returned: list[str] = []
        self.leaving: list[str] = []
        """Statements of the loop at hand that may leave it."""
        self.terms: dict[str, tuple[str, list[str]]] = {}
        """The operands of each sum and product, so that a sum of sums is one sum."""
        self.unread: set[str] = set()
        """What functions are called by before they are read."""
        self.ahead: set[str] = set()
        """Names that were looked up before they were bound, if they ever are."""

    def program(self, body: Sequence[ast.stmt], entry: ast.FunctionDef, inputs: dict[str, str] | None) -> None:
        """Read a module and its entry, whose parameters stand for `inputs` (for their places where None).

        What is called before it is read (functions that call themselves or one another) takes a second reading.
        """
        for statement in body:
            if isinstance(statement, ast.FunctionDef):
                self.scope[statement.name] = mark("function", str(len(parameters(statement))))
        self.unread = set(self.scope.values())
        self._all([s for s in body if s is not entry])
        statements = self._function(entry, inputs)
        if self.ahead & self.scope.keys():
            self._all(body)
            statements = self._function(entry, inputs)
        self.graph = mark("returns", *self.returned)
        self.tree = mark("program", *sorted(self.scope.values()), "entry", *self._defaults(entry), *statements)

    def _all(self, body: Sequence[ast.stmt]) -> None:
        for statement in body:
            self.statement(statement)

    def _function(
        self, node: ast.FunctionDef | ast.AsyncFunctionDef, inputs: dict[str, str] | None = None
    ) -> list[str]:
        """The statements of a function, read with its own names; what it returns is left in `returned`."""
        outside, self.returned = self.scope, []
        own = {p: (inputs or {}).get(p, mark("parameter", str(i))) for i, p in enumerate(parameters(node))}
        self.scope = {**outside, node.name: outside.get(node.name, mark("self")), **own}
        statements = self.block(node.body)
        self.scope = outside
        return statements

    def block(self, body: Sequence[ast.stmt]) -> list[str]:
        """Statements in an order of their own, but none moves across one that may leave the block."""
        found: list[str] = []
        segment = 0
        for statement in body:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                continue
            found.append(mark(str(segment), self.statement(statement)))
            if isinstance(statement, _HOLDERS) and any(isinstance(n, _LEAVES) for n in walk(statement)):
                self.leaving.append(found[-1])
                segment += 1
        return sorted(found)

    def statement(self, node: ast.stmt) -> str:
        """Read one statement: the scope then holds what it binds."""
        match node:
            case ast.Assign(targets=targets, value=value):
                read = self.expression(value)
                return mark("assign", read, *[self.bind(t, read) for t in targets])
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                read = self.expression(value)
                return mark("assign", read, self.bind(target, read))
            case ast.AugAssign(target=target, op=op, value=value):
                read = self._operation(op, [self.expression(target), self.expression(value)])
                return mark("assign", read, self.bind(target, read))
            case ast.Return(value=value):
                self.returned.append(self.expression(value) if value else mark("nothing"))
                return mark("return", self.returned[-1])
            case ast.If():
                return self._branch(node)
            case ast.For() | ast.While():
                return self._loop(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return self._definition(node)
            case ast.Import() | ast.ImportFrom():
                return self._import(node)
            case ast.Expr(value=ast.Call() as call):
                return self._effect(call)
            case ast.ClassDef():
                return self._class(node)
        return self._other(node)

    def bind(self, target: ast.expr, value: str) -> str:
        """Bind a target to a value; an item or attribute that is set changes what holds it."""
        match target:
            case ast.Name(id=name):
                self.scope[name] = value
                return "name"
            case ast.Tuple(elts=elts) | ast.List(elts=elts):
                return mark("unpack", *[self.bind(t, mark("part", str(i), value)) for i, t in enumerate(elts)])
            case ast.Starred(value=inner):
                return self.bind(inner, mark("rest", value))
        place = self.expression(target)
        self._change(target, mark(place, value))
        return mark("set", place)

    def _change(self, target: ast.AST, by: str) -> None:
        """What a target stands in is another value from here on."""
        if name := root(target):
            self.scope[name] = mark("changed", self._name(name), by)

    def _effect(self, call: ast.Call) -> str:
        """A call for its effect: the object of the method, or else each argument, may be changed by it."""
        read = self.expression(call)
        for target in [call.func] if isinstance(call.func, ast.Attribute) else call.args:
            self._change(target, read)
        return mark("effect", read)

    def _branch(self, node: ast.If) -> str:
        test = self.expression(node.test)
        before, returned = dict(self.scope), len(self.returned)
        then = self.block(node.body)
        first, self.scope = self.scope, before.copy()
        otherwise = self.block(node.orelse)
        second = self.scope
        self.returned[returned:] = [mark("when", test, r) for r in self.returned[returned:]]
        for name in {*first, *second}:
            one, two = first.get(name, "unbound"), second.get(name, "unbound")
            self.scope[name] = one if one == two else mark("either", test, one, two)
        return mark("if", test, *then, "else", *otherwise)

    def _loop(self, node: ast.For | ast.While) -> str:
        over = self.expression(node.iter) if isinstance(node, ast.For) else ""
        changed = names([*node.body, *node.orelse]).writes | self._touched(node)
        before, returned, outside = dict(self.scope), len(self.returned), self.leaving
        read: list[str] = []
        made = dict.fromkeys(changed, "")
        for _ in range(_ROUNDS):
            del self.returned[returned:]
            self.leaving = []
            self.scope = {**before, **{n: mark("carried", before.get(n, ""), made[n]) for n in changed}}
            head = over or self.expression(node.test)  # type: ignore[union-attr]
            if isinstance(node, ast.For):
                self.bind(node.target, mark("item", over))
            read = self.block(node.body)
            made = {n: self.scope.get(n, "") for n in changed}
        after = {n: mark("loop", head, before.get(n, ""), made[n], *self.leaving) for n in changed}
        self.scope, self.leaving = {**self.scope, **after}, outside
        self.returned[returned:] = [mark("during", head, r) for r in self.returned[returned:]]
        return mark(type(node).__name__, head, *read, "else", *self.block(node.orelse))

    def _touched(self, node: ast.AST) -> set[str]:
        """Names whose values a loop changes in place."""
        calls = [n.value for n in walk(node) if isinstance(n, ast.Expr) and isinstance(n.value, ast.Call)]
        found = names([*calls, *filter(sets_part, walk(node))]).reads
        return {n for n in found if n in self.scope}

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
        kept = self.returned
        defaults = self._defaults(node)
        statements = self._function(node)
        self.returned = kept
        self.scope[node.name] = mark("function", *defaults, *statements)
        return self.scope[node.name]

    def _defaults(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
        return [self.expression(d) for d in (*node.args.defaults, *filter(None, node.args.kw_defaults))]

    def _import(self, node: ast.Import | ast.ImportFrom) -> str:
        module = f"{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
        for alias in node.names:
            whole = alias.name if alias.asname or module else alias.name.split(".")[0]
            self.scope[alias.asname or whole] = mark("import", module + whole)
        return mark("import", *sorted(module + a.name for a in node.names))

    def _class(self, node: ast.ClassDef) -> str:
        outside = dict(self.scope)
        read = self._other(node)
        self.scope = {**outside, node.name: read}
        return read

    def _other(self, node: ast.AST) -> str:
        """Any other statement: its expressions, and its blocks one after the other."""
        parts = [type(node).__name__]
        for field, value in ast.iter_fields(node):
            if field in _SKIPPED:
                continue
            items = value if isinstance(value, list) else [value]
            if items and isinstance(items[0], ast.stmt):
                parts += [field, *self.block(items)]
            else:
                parts += map(self._part, items)
        return mark(*parts)

    def _part(self, item: object) -> str:
        if isinstance(item, ast.expr):
            return self.expression(item)
        if isinstance(item, ast.AST):
            return self._other(item)
        return "" if isinstance(item, str) else str(item)  # names do not count

    def expression(self, node: ast.expr) -> str:
        """The node of the graph that an expression's value is."""
        match node:
            case ast.Name(id=name):
                return self._name(name)
            case ast.Constant(value=value):
                return self._literal(value)
            case ast.Attribute(value=value, attr=attr):
                return mark("attribute", self.expression(value), attr)
            case ast.BinOp(left=left, op=op, right=right):
                return self._operation(op, [self.expression(left), self.expression(right)], _joins(left, right))
            case ast.NamedExpr(target=target, value=value):
                read = self.expression(value)
                self.bind(target, read)
                return read
            case ast.Call(func=func, args=args, keywords=keywords):
                given = sorted(mark(k.arg or "**", self.expression(k.value)) for k in keywords)
                return mark("call", self.expression(func), *map(self.expression, args), *given)
            case ast.ListComp() | ast.SetComp() | ast.GeneratorExp() | ast.DictComp():
                return self._comprehension(node)
            case ast.Lambda():
                return self._lambda(node)
        return mark(type(node).__name__, *[self._field(v) for f, v in ast.iter_fields(node) if f not in _SKIPPED])

    def _field(self, value: object) -> str:
        if isinstance(value, list):
            return mark("list", *map(self._field, value))
        if isinstance(value, ast.expr):
            return self.expression(value)
        return type(value).__name__ if isinstance(value, ast.AST) else str(value)

    def _name(self, name: str) -> str:
        read = self.scope.get(name)
        if not read or read in self.unread:
            self.ahead.add(name)
        return read or mark("builtin", name)

    def _literal(self, value: object) -> str:
        if not self.values or isinstance(value, bool):
            return mark("literal", "number" if isinstance(value, (int, float)) else type(value).__name__)
        plain = int(value) if isinstance(value, float) and value.is_integer() else value
        return mark("value", repr(plain))

    def _operation(self, op: ast.operator, operands: list[str], text: bool = False) -> str:
        name = type(op).__name__
        if self.ordered or text or not isinstance(op, (ast.Add, ast.Mult)):
            return mark(name, *operands)
        terms = sorted(t for o in operands for t in (self.terms[o][1] if self.terms.get(o, ("",))[0] == name else [o]))
        made = mark(name, *terms)
        self.terms[made] = (name, terms)
        return made

    def _comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp | ast.DictComp) -> str:
        kept = dict(self.scope)
        parts = [type(node).__name__]
        for generator in node.generators:
            over = self.expression(generator.iter)
            self.bind(generator.target, mark("item", over, str(len(parts))))
            parts += [over, *map(self.expression, generator.ifs)]
        shown = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]
        parts += map(self.expression, shown)
        self.scope = kept
        return mark(*parts)

    def _lambda(self, node: ast.Lambda) -> str:
        kept = dict(self.scope)
        self.scope |= {p: mark("parameter", str(i)) for i, p in enumerate(parameters(node))}
        read = mark("lambda", self.expression(node.body))
        self.scope = kept
        return read


def _joins(*operands: ast.expr) -> bool:
    """Whether a sum joins texts or lists, whose order counts."""
    return any(isinstance(o, (ast.List, ast.ListComp, ast.JoinedStr, ast.Tuple)) or is_text(o) for o in operands)
