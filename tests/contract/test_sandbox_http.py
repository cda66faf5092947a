import http.client
import json
import threading

import pytest

from caco.backends.sandboxes import Limits
from caco.backends.sandboxes.http import open_server
from caco.errors import ConfigError


@pytest.fixture(scope="module")
def server():
    server = open_server(port=0, workers=2, limits=Limits(memory_mb=256), queue=4)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()
    server.sandbox.close()


def ask(server, body, *, path="/run_code", method="POST", raw=None, headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=60)
    connection.request(method, path, raw if raw is not None else json.dumps(body), headers or {})
    response = connection.getresponse()
    answer = json.loads(response.read())
    connection.close()
    return response.status, answer


def run(server, code, **fields):
    status, answer = ask(server, {"code": code, "language": "python", "files": {}, "fetch_files": [], **fields})
    assert status == 200
    return answer


def test_success_has_every_field_of_the_protocol(server):
    answer = run(server, "print(int(input()) + 1)", stdin="41\n", compile_timeout=5, run_timeout=5, memory_limit_MB=-1)
    assert set(answer) == {"status", "message", "compile_result", "run_result", "executor_pod_name", "files"}
    result = answer["run_result"]
    assert answer["status"] == "Success"
    assert (result["status"], result["return_code"], result["stdout"], result["stderr"]) == ("Finished", 0, "42\n", "")
    assert 0 < result["execution_time"] < 30


@pytest.mark.parametrize(
    ("code", "number", "said"),
    [
        ("1/0", 1, "ZeroDivisionError: division by zero"),
        ("def f(:", 1, "SyntaxError"),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit('no')", 1, "no"),
        ("import os; os._exit(4)", 4, ""),
        ("import os; os.abort()", -6, ""),
        ("x = [0] * 10**11", 1, "MemoryError"),
    ],
)
def test_failures_have_a_return_code_and_stderr(server, code, number, said):
    answer = run(server, "import sys\nprint('before', flush=True)\n" + code if "def f" not in code else code)
    result = answer["run_result"]
    assert (answer["status"], result["status"]) == ("Failed", "Finished")
    assert result["return_code"] == number or (number == -6 and result["return_code"] < 0)
    assert said in result["stderr"]
    assert result["stdout"] == ("" if "def f" in code else "before\n")


@pytest.mark.parametrize("code", ["import sys; sys.exit()", "import sys; sys.exit(0)", "output = open", "x = 1"])
def test_a_script_that_ends_well_is_a_success(server, code):
    assert run(server, code)["status"] == "Success"


def test_timeout(server):
    answer = run(server, "print('on', flush=True)\nwhile True: pass", run_timeout=0.3)
    assert (answer["status"], answer["run_result"]["status"]) == ("Failed", "TimeLimitExceeded")
    assert (answer["run_result"]["return_code"], answer["run_result"]["stdout"]) == (None, "on\n")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "code: Field required"),
        ({"code": 3}, "code: "),
        ({"code": "x", "run_timeout": -1}, "run_timeout: "),
        ({"code": "x", "run_timeout": "soon"}, "run_timeout: "),
        ({"code": "x", "language": "cpp"}, "language 'cpp' is not offered; known: python"),
        ({"code": "x", "files": {"a": "Yg=="}}, "files: "),
        ([1], "valid dictionary"),
    ],
)
def test_bad_input_is_a_400_with_the_reason(server, body, said):
    status, answer = ask(server, body)
    assert status == 400 and said in answer["detail"]


def test_other_bad_requests(server):
    assert ask(server, None, raw="{")[0] == 400
    assert ask(server, None, raw="[" * 100_000)[0] == 400
    assert ask(server, {}, path="/else")[0] == 404
    assert ask(server, None, raw=b"", headers={"Content-Length": "999999999"})[0] == 413
    assert ask(server, None, method="GET", path="/v1/ping", raw="") == (200, "pong")
    assert ask(server, None, method="GET", path="/health", raw="")[1]["isolation"] in ("jail", "process")


def test_a_full_queue_is_a_429_and_nobody_is_lost(server):
    statuses = []

    def one():
        statuses.append(ask(server, {"code": "while True: pass", "run_timeout": 0.5})[0])

    threads = [threading.Thread(target=one) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(statuses) == 10 and set(statuses) == {200, 429}
    assert run(server, "print(1)")["status"] == "Success"


def test_a_taken_port_is_refused(server):
    with pytest.raises(ConfigError, match="cannot listen"):
        open_server(port=server.server_address[1], workers=1)
