"""Programs that rewards and environments run: in one sandbox for each process, opened when first used."""

import atexit
import os
from collections.abc import Sequence
from functools import cache

from caco.backends.sandboxes import LocalSandbox, open_sandbox
from caco.errors import BackendError
from caco.ports import ExecuteRequest
from caco.records import Execution


def run(codes: Sequence[str]) -> list[Execution]:
    """Run programs, traced; one result each, in order. Raises BackendError where the sandbox itself fails."""
    answers = _sandbox(os.getpid()).run([ExecuteRequest(code=code, trace=True) for code in codes])
    failed = [answer for answer in answers if not isinstance(answer, Execution)]
    if failed:
        raise BackendError(f"the sandbox failed on {len(failed)} programs: {failed[0].detail}")
    return [answer for answer in answers if isinstance(answer, Execution)]


@cache
def _sandbox(pid: int) -> LocalSandbox:
    """The sandbox of the process `pid`, which is this one; closed when the interpreter exits."""
    sandbox = open_sandbox()
    atexit.register(sandbox.close)
    return sandbox
