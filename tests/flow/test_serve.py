"""`caco serve`: a real server in a process of its own, called over HTTP, stopped by Ctrl-C."""

import json
import signal
import subprocess
import sys
import urllib.request

import pytest


def started(*words):
    """The process, and the address it says it listens on."""
    process = subprocess.Popen(
        [sys.executable, "-u", "-m", "caco", "serve", *words, "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().split()[-1]


def asked(address, body):
    request = urllib.request.Request(address, json.dumps(body).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=60) as reply:
        return json.load(reply)


@pytest.mark.parametrize(
    ("name", "path", "body", "read"),
    [
        (
            "sandbox",
            "/run_code",
            {"code": "print(6 * 7)", "language": "python"},
            lambda reply: (reply["status"], reply["run_result"]["stdout"]) == ("Success", "42\n"),
        ),
        (
            "reward",
            "/reward",
            {"items": [{"completion": "The answer is 3/4.", "answer": "0.75"}]},
            lambda reply: "1.0" in json.dumps(reply),
        ),
    ],
)
def test_a_served_part_answers_and_stops(name, path, body, read):
    process, address = started(name)
    try:
        assert read(asked(address + path, body))
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)
        process.stdout.close()
    assert process.returncode == 0
