"""Programs run in the real sandbox, traced."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import pytest

from caco.backends.sandboxes import open_sandbox
from caco.ports import ExecuteRequest, Failure
from caco.records import CodeCoT, Execution

Run = Callable[[Sequence[CodeCoT]], list[Execution]]


@pytest.fixture(scope="session")
def run() -> Iterator[Run]:
    sandbox = open_sandbox()

    def execute(cots: Sequence[CodeCoT]) -> list[Execution]:
        replies = sandbox.run([ExecuteRequest(code=cot.code, trace=True) for cot in cots])
        assert not [reply for reply in replies if isinstance(reply, Failure)]
        return [replace(reply, codecot=cot) for cot, reply in zip(cots, replies, strict=True)]

    yield execute
    sandbox.close()
