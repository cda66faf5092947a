"""Programs run in this process: those of these tests are ours and harmless, and a sandbox costs more than they do."""

import ast
import contextlib
import io

import pytest

from caco.program import tracing, values
from caco.records import Assignment, CodeCoT, Execution, Fault, Status


def run_here(code, **more):
    """What the sandbox would say of a program, traced; `more` are fields of its Code CoT."""
    tracer, cot = tracing.Tracer(200), CodeCoT(code=code, **more)
    names = {tracing.HOOK: tracer.record}
    try:
        tree = tracing.instrument(ast.parse(code))
        with contextlib.redirect_stdout(io.StringIO()):
            exec(compile(tree, "<program>", "exec"), names)
    except Exception as error:  # noqa: BLE001 - a program may raise anything
        fault = Fault(type=type(error).__name__, message=str(error))
        return Execution(codecot=cot, status=Status.EXCEPTION, fault=fault, inputs=values.encode(names.get("input")))
    return Execution(
        codecot=cot,
        status=Status.OK,
        inputs=values.encode(names.get("input")),
        output=values.encode(names["output"]),
        trace=tuple(Assignment(line=line, name=name, value=value) for line, name, value in tracer.steps),
        isolation="process",
    )


class Here:
    """A port `sandbox`."""

    def run(self, requests):
        return [run_here(request.code) for request in requests]


@pytest.fixture(scope="session")
def ran():
    return run_here


@pytest.fixture(scope="session")
def sandbox():
    return Here()
