"""The run of one program in a child of the zygote: inputs, output, stdout, fault and trace become one record.

All that is used after the program has run is bound here before it, with builtins of our own: a program may patch
`builtins`, `json` or `sys` as it likes. The record is the program's claim; it counts only when followed by the token,
which the zygote's child keeps out of the program's reach (see zygote.py).
"""

import ast
import atexit
import contextlib
import os
import re
import resource
import sys
import traceback
from types import ModuleType
from typing import Any

from caco.program import tracing, values

TRACE, STDERR = 1, 2
NAME = "<program>"
HOOK = "__caco_inputs__"
FORBIDDEN = {1, 11, 13, 30}  # EPERM, EAGAIN (of fork), EACCES, EROFS
FILE_TOO_LARGE = 27

_pwrite, _truncate, _run_exit_handlers = os.pwrite, os.ftruncate, atexit._run_exitfuncs
_set_trace, _set_profile, set_recursion_limit = sys.settrace, sys.setprofile, sys.setrecursionlimit
_set_limit, _get_limit, _address_space = resource.setrlimit, resource.getrlimit, resource.RLIMIT_AS
_exec, _compile, _dumps = exec, compile, values.dumps


def run(text: bytes, flags: int, limits: dict[str, Any], fd: int) -> int:
    """Run the program and write its record to `fd`: the length of it."""
    set_recursion_limit(limits["recursion"])
    atexit._clear()
    flush = sys.stdout.flush
    record = _dumps(outcome(text, flags, limits)).encode()
    _run_exit_handlers()
    with contextlib.suppress(OSError, ValueError):
        flush()
    if len(record) > limits["output_bytes"] - 64:
        record = b'{"status":"output_too_large"}'
    _truncate(fd, 0)
    return _pwrite(fd, record, 0)


def outcome(text: bytes, flags: int, limits: dict[str, Any]) -> dict[str, Any]:
    """Everything the program claims, as a record."""
    record: dict[str, Any] = {}
    try:
        parts, tracer = prepare(text.decode("utf-8", "surrogatepass"), flags, limits, record)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError) as error:
        if flags & STDERR:
            _print_traceback(error)
        return {"status": "syntax", "fault": fault_of(error, getattr(error, "lineno", 0) or 0)}
    return carry_out(parts, tracer, new_main(), record, flags, limits)


def carry_out(
    parts: list[Any], tracer: Any, names: dict[str, Any], record: dict[str, Any], flags: int, limits: dict[str, Any]
) -> dict[str, Any]:
    """Run a compiled program under `names`; fills and returns `record`."""
    try:
        _run_parts(parts, names, record, tracer)
        _settle(limits)
        record.update(result_of(names))
    except BaseException as error:  # noqa: BLE001 - a program may raise anything, SystemExit and its own kinds too
        _settle(limits)
        record.update(status=status_of(error), fault=fault_of(error, line_of(error)))
        if flags & STDERR:
            _print_traceback(error)
    if tracer:
        record["trace"], record["complete"] = tracer.steps, tracer.complete
    return record


def _run_parts(parts: list[Any], names: dict[str, Any], record: dict[str, Any], tracer: Any) -> None:
    if tracer:
        names[tracing.HOOK] = tracer.record
    if len(parts) == 1:
        names[HOOK] = lambda value: record.setdefault("inputs", encoded(value))
    else:
        _exec(parts[0], names)
        record["inputs"] = encoded(names.get("input"))
    _exec(parts[-1], names)


def _settle(limits: dict[str, Any]) -> None:
    """Undo what a program may have left that would disturb the end."""
    _set_trace(None)
    _set_profile(None)
    set_recursion_limit(max(1000, limits["recursion"]))
    hard = _get_limit(_address_space)[1]
    _set_limit(_address_space, (hard, hard))


def new_main() -> dict[str, Any]:
    """The names of a fresh `__main__`, so that main guards fire and classes find their module."""
    module = ModuleType("__main__")
    sys.modules["__main__"] = module
    module.__dict__["__builtins__"] = sys.modules["builtins"]
    return module.__dict__


def prepare(code: str, flags: int, limits: dict[str, Any], record: dict[str, Any]) -> tuple[list[Any], Any]:
    """The program compiled, in two parts where `input` is set at the top: its value is written down in between.

    A program is cut by its lines where both halves compile by themselves, which is three times cheaper than a tree.
    """
    if not flags & TRACE and "__future__" not in code:
        parts = halves(code)
        if parts:
            return parts, None
    tree = ast.parse(code, NAME)
    tracer = traced(tree, limits) if flags & TRACE else None
    return [_compile(InputsHook().visit(tree), NAME, "exec", dont_inherit=True)], tracer


def traced(tree: ast.Module, limits: dict[str, Any]) -> Any:
    """Make `tree` report its assignments to the tracer that is returned."""
    tracing.instrument(tree)
    return tracing.Tracer(limits["trace_steps"])


def halves(code: str) -> list[Any]:
    """`code` compiled in two, cut after the first assignment to `input` at the left margin; empty where that fails."""
    start = re.search(r"^input\s*=\s*", code, re.MULTILINE)
    if not start:
        return [] if "input" in code else [_compile("", NAME, "exec"), _compile(code, NAME, "exec", dont_inherit=True)]
    end = code.find("\n", start.end())
    while end >= 0 and code.count("{", start.end(), end) != code.count("}", start.end(), end):
        end = code.find("\n", end + 1)
    if end < 0:
        return []
    lines = code.count("\n", 0, end)
    try:
        head = _compile(code[:end], NAME, "exec", dont_inherit=True)
        return [head, _compile("\n" * lines + code[end:], NAME, "exec", dont_inherit=True)]
    except (SyntaxError, ValueError):
        return []


class InputsHook(ast.NodeTransformer):
    """Calls the hook right after each assignment to `input` outside functions."""

    def visit_Assign(self, node: ast.Assign) -> Any:
        if not any(isinstance(target, ast.Name) and target.id == "input" for target in node.targets):
            return node
        return [node, input_hook(node)]

    def skip(self, node: ast.AST) -> ast.AST:
        """What is assigned inside functions and classes is not the program's input."""
        return node

    visit_FunctionDef = visit_AsyncFunctionDef = visit_ClassDef = skip  # noqa: N815 - ast's names


def input_hook(node: ast.stmt) -> ast.stmt:
    """The call of the hook that follows an assignment to `input`."""
    call = ast.Expr(ast.Call(ast.Name(HOOK, ast.Load()), [ast.Name("input", ast.Load())], []))
    return ast.fix_missing_locations(ast.copy_location(call, node))


def encoded(value: Any) -> str:
    """Canonical text of an input dict, empty where it has none."""
    try:
        return "" if value is None else values.encode(value)
    except Exception:  # noqa: BLE001 - the value is the program's and may raise anything
        return ""


def result_of(names: dict[str, Any]) -> dict[str, Any]:
    """Status and output of a program that ran to its end."""
    if "output" not in names:
        return {"status": "printed"}
    try:
        return {"status": "ok", "output": values.encode(names["output"])}
    except values.TooLargeError as error:
        return {"status": "output_too_large", "fault": fault_of(error, 0)}
    except MemoryError as error:
        return {"status": "memory", "fault": fault_of(error, 0)}
    except Exception as error:  # noqa: BLE001 - the value is the program's and may raise anything
        return {"status": "unserializable", "fault": fault_of(error, 0)}


def status_of(error: BaseException) -> str:
    """The status that an uncaught exception stands for."""
    if isinstance(error, SystemExit):
        return "exit"
    if isinstance(error, MemoryError):
        return "memory"
    number = getattr(error, "errno", None) if isinstance(error, OSError) else None
    if number in FORBIDDEN or (isinstance(error, RuntimeError) and "can't start new thread" in text_of(error)):
        return "forbidden"
    return "output_too_large" if number == FILE_TOO_LARGE else "exception"


def fault_of(error: BaseException, line: int) -> list[Any]:
    """Type, message and line of an exception."""
    name = type.__getattribute__(type(error), "__name__")
    return [str(name)[:200], text_of(error)[:1000], line if isinstance(line, int) else 0]


def text_of(error: BaseException) -> str:
    """An exception's message, whatever its `__str__` does."""
    try:
        return str.__str__(str(error))
    except BaseException:  # noqa: BLE001 - the program's own __str__ may raise anything
        return ""


def line_of(error: BaseException) -> int:
    """The last line of the program itself that the exception passed through."""
    line, entry = 0, error.__traceback__
    while entry is not None:
        if entry.tb_frame.f_code.co_filename == NAME:
            line = entry.tb_lineno or line
        entry = entry.tb_next
    return line


def _print_traceback(error: BaseException) -> None:
    try:
        entry = error.__traceback__
        while entry is not None and entry.tb_next and entry.tb_frame.f_code.co_filename != NAME:
            entry = entry.tb_next
        if not isinstance(error, SystemExit):
            traceback.print_exception(type(error), error, entry)
        elif error.code is not None and not isinstance(error.code, int):
            sys.stderr.write(f"{error.code}\n")
        sys.stderr.flush()
    except BaseException:  # noqa: BLE001 - the program may have replaced stderr
        return


def warm(text: bytes, limits: dict[str, Any]) -> None:
    """Run a program here, in the zygote, so that no child pays for what a first run sets up."""
    for flags in (0, TRACE | STDERR):
        _dumps(outcome(text, flags, limits))
