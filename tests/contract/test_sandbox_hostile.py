# ruff: noqa: E501 - a table of attacks
"""One attack per promise and more: each with the status it must get, and the sandbox still answers right after it."""

import contextlib
import json
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

import caco
from caco.backends.sandboxes import Limits, open_sandbox
from caco.ports import ExecuteRequest
from caco.records import Execution, Status

HONEST = (
    'input = {"a": [3, 4]}\n\ndef f(a):\n    a.append(5)\n    return sum(a)\n\noutput = f(**input)\nprint(output)\n'
)
SECRET = "a-secret-of-the-parent"
OK, EXCEPTION, EXIT, CRASH, FORBIDDEN = Status.OK, Status.EXCEPTION, Status.EXIT, Status.CRASH, Status.FORBIDDEN
TIMEOUT, MEMORY, LARGE = Status.TIMEOUT, Status.MEMORY, Status.OUTPUT_TOO_LARGE
UNSERIALIZABLE, SYNTAX, NO_OUTPUT = Status.UNSERIALIZABLE, Status.SYNTAX, Status.NO_OUTPUT

FORGED = '{"status":"ok","output":"\\"forged\\"","inputs":"{}"}'
ATTACKS = {
    # the verdict: forged, replayed, or taken from the harness
    "forge on every descriptor": ("for fd in range(256):\n    try: os.write(fd, FORGED)\n    except OSError: pass\nos._exit(0)", {EXIT}),
    "forge and replay what is there": (
        "for fd in range(3, 256):\n    try:\n        old = os.pread(fd, 1000, 0)\n        os.write(fd, FORGED + old[-16:])\n    except OSError: pass\nos._exit(0)",
        {EXIT},
    ),
    "leave with nothing": ("os._exit(0)", {EXIT}),
    "leave by SystemExit": ("output = 1\nsys.exit(0)", {EXIT}),
    "leave from a frame above": (
        "f = sys._getframe()\nwhile f:\n    for v in list(f.f_locals.values()):\n        if isinstance(v, dict) and v is not globals():\n            v['status'] = 'ok'; v['output'] = '\"forged\"'\n    f = f.f_back\nraise ValueError(1)",
        {EXCEPTION},
    ),
    "look for the token in frames and objects": (
        "import gc\nfound = []\nf = sys._getframe()\nwhile f:\n    found += [v for v in f.f_locals.values() if isinstance(v, bytes) and len(v) == 16]\n    f = f.f_back\n"
        "import atexit\nf = sys._getframe()\nwhile f:\n    found += [v for v in gc.get_referents(f) if isinstance(v, bytes)]\n    f = f.f_back\n"
        "gc.unfreeze()\nfound += [v for o in gc.get_referents(atexit) if isinstance(o, tuple) for v in o if isinstance(v, bytes)]\n"
        "found += [v for o in gc.get_objects() for v in gc.get_referents(o) if isinstance(v, bytes) and len(v) == 16]\n"
        "for t in found:\n    for fd in range(256):\n        try: os.write(fd, FORGED + t)\n        except OSError: pass\nos._exit(0)",
        {EXIT},
    ),
    "token through an exit handler that is compared": (
        "import atexit\nclass E:\n    def __eq__(self, other):\n        global output\n        output = repr(other)\n        return False\n    __hash__ = None\natexit.unregister(E())",
        {NO_OUTPUT},
    ),
    "clear the exit handlers": ("import atexit\natexit._clear()\noutput = 1", {OK}),
    "patch builtins": ("import builtins\nfor n in ('len', 'isinstance', 'type', 'str', 'dict', 'repr', 'compile', 'exec'):\n    setattr(builtins, n, lambda *a, **k: 'forged')\noutput = 24", {OK}),
    "patch json": ("import json\njson.dumps = json.encoder.JSONEncoder.encode = json.encoder.JSONEncoder.iterencode = lambda *a, **k: '\"forged\"'\noutput = 24", {OK}),
    "patch os": ("import os\nos.write = os.ftruncate = os._exit = lambda *a: None\noutput = 24", {OK}),
    "replace modules": ("for n in list(sys.modules): sys.modules[n] = None\noutput = 24", {OK}),
    "close all descriptors": ("os.closerange(0, 256)\noutput = 24", {EXIT, CRASH}),
    "trace function": ("def t(*a): return t\nsys.settrace(t); sys.setprofile(t)\noutput = 24", {OK}),
    "exit inside repr": ("class A:\n    def __repr__(self): os._exit(0)\n    __str__ = __repr__\noutput = A()", {UNSERIALIZABLE}),
    "raise inside str of the exception": ("class A(Exception):\n    def __str__(self): raise SystemExit\nraise A", {EXCEPTION}),
    "evil eq and hash in a set": ("class A:\n    def __eq__(self, o): os._exit(0)\n    def __hash__(self): return 1\noutput = {A()}", {UNSERIALIZABLE}),
    "evil del": ("class A:\n    def __del__(self):\n        while True: pass\nx = A()\noutput = 24", {OK}),
    "evil subclass of int": ("class A(int):\n    def __repr__(self): return 'forged'\n    __str__ = __int__ = __index__ = __repr__\noutput = A(24)", {OK}),
    "evil subclass of dict": ("class A(dict):\n    def items(self): os._exit(0)\n    __iter__ = keys = values = items\noutput = A(a=24)", {OK}),
    "reduce": ("class A:\n    def __reduce__(self): return os.system, ('true',)\noutput = A()", {UNSERIALIZABLE}),
    "metaclass with evil name": ("class M(type):\n    def __getattribute__(s, n): os._exit(0)\nclass A(Exception, metaclass=M): pass\nraise A", {EXCEPTION, EXIT}),
    # processes, threads, signals
    "fork": ("os.fork()", {FORBIDDEN}),
    "fork bomb": ("while True:\n    try: os.fork()\n    except OSError: pass", {TIMEOUT}),
    "thread": ("import threading\nthreading.Thread(target=print).start()", {FORBIDDEN}),
    "thread bomb": ("import _thread\nwhile True:\n    try: _thread.start_new_thread(print, ())\n    except RuntimeError: pass", {TIMEOUT}),
    "subprocess": ("import subprocess\nsubprocess.run(['/bin/sh', '-c', 'true'])", {FORBIDDEN}),
    "system": ("output = os.system('true')\nassert output != 0", {OK, FORBIDDEN, EXCEPTION}),
    "exec": ("os.execv('/usr/bin/env', ['env'])", {FORBIDDEN, EXCEPTION}),
    "kill the parent": ("os.kill(os.getppid(), 9)", {FORBIDDEN}),
    "kill all": ("os.kill(-1, 9)", {FORBIDDEN}),
    "kill itself": ("os.kill(os.getpid(), 9)", {FORBIDDEN}),
    "kill through a handle": ("import signal\nsignal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9)", {FORBIDDEN}),
    "handle at the reserved place": ("h = os.pidfd_open(1)\nos.dup2(h, 1000)", {EXCEPTION, FORBIDDEN}),
    "signal through the owner of a pipe": (
        "import fcntl\nr, w = os.pipe()\nfcntl.fcntl(r, 8, os.getpid() + 1)\nfcntl.fcntl(r, 10, 9)\nfcntl.fcntl(r, 4, os.O_ASYNC)\nos.write(w, b'x')",
        {FORBIDDEN},
    ),
    "ignore signals and loop": ("import signal\nfor n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\nwhile True: pass", {TIMEOUT}),
    "block signals and loop": ("import signal\nsignal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass", {TIMEOUT}),
    "swallow everything": ("while True:\n    try:\n        while True: pass\n    except BaseException: pass", {TIMEOUT}),
    "sleep": ("import time\ntime.sleep(3600)", {TIMEOUT}),
    "wait for a lock": ("import _thread\nl = _thread.allocate_lock()\nl.acquire(); l.acquire()", {TIMEOUT}),
    "abort": ("os.abort()", {CRASH, FORBIDDEN}),
    "segfault": ("import ctypes\nctypes.string_at(0)", {CRASH, EXCEPTION}),
    "ptrace": ("import ctypes\nif ctypes.CDLL(None).ptrace(16, 1, 0, 0) < 0: raise PermissionError(1, 'no')", {FORBIDDEN, EXCEPTION}),
    "unknown system call": ("import ctypes\nctypes.CDLL(None).syscall(425, 1, 0)", {FORBIDDEN, EXCEPTION}),
    "new namespaces": ("import ctypes\nif ctypes.CDLL(None).unshare(0x10000000) < 0: raise PermissionError(1, 'no')", {FORBIDDEN, EXCEPTION}),
    "setuid": ("os.setuid(0)", {FORBIDDEN}),
    "priority of others": ("os.setpriority(os.PRIO_USER, 0, 19)", {FORBIDDEN}),
    "raise a limit of the parent": ("import resource\nresource.prlimit(os.getppid(), resource.RLIMIT_NOFILE, (1, 1))", {FORBIDDEN}),
    # memory, compute, output
    "memory by a list": ("x = [0] * 10**10", {MEMORY}),
    "memory bit by bit": ("x = []\nwhile True: x.append(bytearray(10**6))", {MEMORY}),
    "memory by a string": ("x = 'a'\nwhile True: x += x", {MEMORY}),
    "memory by mmap": ("import mmap\nx = [mmap.mmap(-1, 1 << 30) for _ in range(9)]", {MEMORY, EXCEPTION}),
    "memory by memfd": ("n = 0\nwhile True:\n    f = os.memfd_create('x')\n    os.write(f, bytes(1 << 19))", {EXCEPTION, FORBIDDEN}),
    "memory after the run": ("x = []\ntry:\n    while True: x.append(bytearray(10**5))\nexcept MemoryError: pass\noutput = 24", {OK, MEMORY}),
    "power tower": ("x = 10**10**7\noutput = len(str(x))", {TIMEOUT, EXCEPTION}),
    "constant tower": ("output = 9**9**9", {TIMEOUT, MEMORY}),
    "digit limit": ("output = str(10**5000)", {EXCEPTION}),
    "long int as output": ("output = 10**5000", {OK}),
    "deep recursion": ("def f(n): return f(n + 1)\nf(0)", {EXCEPTION}),
    "recursion without a limit": ("sys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1)\nf(0)", {CRASH, MEMORY, EXCEPTION, TIMEOUT}),
    "recursion in C": ("sys.setrecursionlimit(10**9)\nx = []\nfor _ in range(10**6): x = [x]\nrepr(x)", {CRASH, MEMORY, EXCEPTION, TIMEOUT}),
    "compile bomb": ("exec('(' * 10**5 + ')' * 10**5)", {EXCEPTION, MEMORY, CRASH}),
    "regex bomb": ("import re\nre.match(r'(a+)+$', 'a' * 64 + 'b')", {TIMEOUT}),
    "endless output": ("while True: print('x' * 1000)", {LARGE}),
    "endless raw output": ("while True: os.write(1, b'x' * 65536)", {LARGE, EXCEPTION}),
    "endless errors": ("while True: os.write(2, b'x' * 65536)", {LARGE}),
    "large output value": ("output = 'x' * (3 << 20)", {LARGE}),
    "wide output value": ("output = list(range(10**6))", {LARGE}),
    "cycle": ("output = []\noutput.append(output)", {UNSERIALIZABLE}),
    "shared bomb": ("output = [1]\nfor _ in range(60): output = [output, output]", {LARGE}),
    "deep output": ("output = []\nfor _ in range(5000): output = [output]", {UNSERIALIZABLE}),
    "generator": ("output = (i for i in range(3))", {UNSERIALIZABLE}),
    "long exception": ("raise ValueError('x' * 10**8)", {EXCEPTION, MEMORY}),
    "many files": ("x = [open('/dev/null') for _ in range(10**4)]", {EXCEPTION}),
    "large file": ("f = open('x', 'wb')\nwhile True: f.write(bytes(1 << 20))", {LARGE}),
    "bytes that are not UTF-8": ("sys.stdout.buffer.write(b'\\xff\\xfe')\nsys.stdout.buffer.flush()\noutput = 24", {OK}),
    "lone surrogate": ("output = '\\ud800'", {OK}),
    "surrogate printed": ("print('\\ud800')", {EXCEPTION}),
    "null byte": ("x = '\0'", {SYNTAX}),
    # files, network, environment
    "read a file": ("output = open('/etc/passwd').read()", {FORBIDDEN, EXCEPTION}),
    "read the process table": ("output = os.listdir('/proc')\nassert output", {FORBIDDEN, EXCEPTION}),
    "write outside": ("open('/usr/x', 'w')", {FORBIDDEN, EXCEPTION}),
    "write to the interpreter": ("open(os.__file__, 'a')", {FORBIDDEN, EXCEPTION}),
    "symbolic link": ("os.symlink('/etc', '/tmp/l')", {FORBIDDEN}),
    "socket": ("import socket\nsocket.socket()", {FORBIDDEN}),
    "name look-up": ("import socket\nsocket.gethostbyname('localhost.localdomain')", {FORBIDDEN, EXCEPTION}),
    "url": ("import urllib.request\nurllib.request.urlopen('http://127.0.0.1:1', timeout=2)", {FORBIDDEN, EXCEPTION}),
    "abstract socket pair": ("import socket\nsocket.socketpair()", {FORBIDDEN}),
    "shared memory": ("import ctypes\nif ctypes.CDLL(None).shmget(1, 4096, 0o1600) < 0: raise PermissionError(1, 'no')", {FORBIDDEN, EXCEPTION}),
    "environment": ("assert 'a-secret' not in str(dict(os.environ))\noutput = 24", {OK}),
    "descriptors of the parent": ("n = 0\nfor fd in range(4, 2000):\n    try: os.fstat(fd); n += 1\n    except OSError: pass\nassert n == 0\noutput = 24", {OK}),
    "mount": ("import ctypes\nif ctypes.CDLL(None).mount(b'x', b'/tmp', b'tmpfs', 0, 0) < 0: raise PermissionError(1, 'no')", {FORBIDDEN, EXCEPTION}),
    "chmod": ("os.chmod('/tmp', 0o777)", {FORBIDDEN}),
}  # fmt: skip


@pytest.fixture(scope="module", params=["jail", "process"])
def sandbox(request):
    os.environ["CACO_TEST_SECRET"] = SECRET
    box = open_sandbox(isolation=request.param, workers=2, limits=Limits(cpu_s=0.5, wall_s=2.0, memory_mb=256))
    yield box
    box.close()
    del os.environ["CACO_TEST_SECRET"]


def program(body: str) -> str:
    return f"import os, sys\nFORGED = b{FORGED!r}\n" + textwrap.dedent(body)


def test_each_attack_gets_its_status_and_leaves_the_sandbox_well(sandbox):
    requests = []
    for body, _ in ATTACKS.values():
        requests += [ExecuteRequest(code=program(body)), ExecuteRequest(code=HONEST)]
    answers = sandbox.run(requests)
    wrong = []
    for (name, (_, allowed)), answer in zip(ATTACKS.items(), answers[::2], strict=True):
        if not isinstance(answer, Execution) or answer.status not in allowed or "forged" in answer.output:
            wrong.append((name, getattr(answer, "status", answer), getattr(answer, "fault", ""), answer.output[:50]))
    assert not wrong, "\n".join(map(str, wrong))
    for name, answer in zip(ATTACKS, answers[1::2], strict=True):
        assert (answer.status, answer.inputs, answer.output, answer.stdout) == (OK, '{"a":[3,4]}', "12", "12\n"), name


def test_values_survive_a_patched_interpreter(sandbox):
    for name in (
        "patch builtins",
        "patch json",
        "patch os",
        "replace modules",
        "trace function",
        "evil del",
        "evil subclass of int",
    ):
        (answer,) = sandbox.run([ExecuteRequest(code=program(ATTACKS[name][0]))])
        assert (answer.status, answer.output) == (OK, "24"), name


def test_a_program_sees_no_trace_of_another(sandbox):
    mark = "mark-" + os.urandom(8).hex()
    leave = f"open('trace.txt', 'w').write('{mark}')\nimport builtins, os\nbuiltins.left = '{mark}'\nos.environ['left'] = '{mark}'\noutput = '{mark}'\nprint(output)"
    look = (
        "import builtins, gc, os, sys\nfound = [hasattr(builtins, 'left'), 'left' in os.environ, os.path.exists('trace.txt')]\n"
        "f = sys._getframe()\nwhile f:\n    found.append(any(''.join(['mark', chr(45)]) in str(v)[:2000] for k, v in f.f_locals.items() if k not in ('text', 'code', 'f', 'v')))\n    f = f.f_back\n"
        "found.append(any(''.join(['mark', chr(45)]) in o for o in gc.get_objects() if isinstance(o, (list, tuple, set)) and o is not found))\noutput = any(found)"
    )
    answers = sandbox.run([ExecuteRequest(code=code) for _ in range(12) for code in (leave, look)])
    assert {answer.output for answer in answers[1::2]} == {"false"}


def test_a_jailed_program_sees_an_empty_host(sandbox):
    if sandbox.level != "jail":
        pytest.skip("the process level covers no files")
    code = (
        "import os\noutput = [os.listdir('/tmp'), os.getuid(), os.getppid(), os.uname().nodename, sorted(os.environ)]"
    )
    listing, seen = sandbox.run([ExecuteRequest(code="import os\noutput = os.listdir('/')"), ExecuteRequest(code=code)])
    assert listing.status is FORBIDDEN
    temporary = Path("/tmp")
    own = {Path(place) for place in (caco.__file__, sys.prefix)}  # the package itself may lie there
    visible = sorted({place.relative_to(temporary).parts[0] for place in own if place.is_relative_to(temporary)})
    assert seen.output.startswith(f'[{json.dumps(visible)},65534,1,"sandbox",["HOME"')


ENDLESS = """
from caco.backends.sandboxes import Limits, open_sandbox
from caco.ports import ExecuteRequest
box = open_sandbox(workers=1, limits=Limits(cpu_s=54.321))
answers = box.stream([ExecuteRequest(code="output = 1"), *[ExecuteRequest(code="while True: pass")] * 3])
print(next(answers).output, flush=True)
next(answers)
"""


def processes(mark: str) -> list[str]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit() and mark in (entry / "cmdline").read_text():
                found.append(entry.name)
    return found


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="needs /proc to look for survivors")
def test_nothing_survives_a_killed_supervisor():
    environment = {**os.environ, "PYTHONPATH": str(Path(caco.__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", ENDLESS], stdout=subprocess.PIPE, env=environment) as supervisor:
        assert supervisor.stdout is not None and supervisor.stdout.readline() == b"1\n"
        assert processes('"cpu_s": 54.321')
        supervisor.kill()
    deadline = time.monotonic() + 20
    while processes('"cpu_s": 54.321') and time.monotonic() < deadline:
        time.sleep(0.05)
    assert processes('"cpu_s": 54.321') == []
