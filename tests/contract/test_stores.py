"""A run lies in an object store as in a folder: the same files, the same tables, safe from kills and doubles."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

import caco
from caco.errors import ConfigError, StoreError
from caco.store import lock
from caco.store.place import place
from caco.store.run import Run
from running import cli, tables
from small_road import small, write_seeds

TESTS = Path(__file__).parents[1]
pytestmark = pytest.mark.slow
pytest.importorskip("upath", reason="universal-pathlib is not installed")


@pytest.fixture(scope="module")
def road(tmp_path_factory):
    folder = tmp_path_factory.mktemp("road")
    write_seeds(folder / "seeds.jsonl")
    return caco.run(small(folder / "seeds.jsonl"), runs=folder / "runs")


@pytest.fixture(scope="module")
def s3():
    """A server that speaks S3, with one bucket."""
    pytest.importorskip("s3fs", reason="the extra `s3` is not installed: `make test-stores` runs this")
    pytest.importorskip("moto", reason="moto[server] is not installed: `make test-stores` runs this")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-m", "moto.server", "-p", str(port)], stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    before = dict(os.environ)
    key = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "us-east-1"}
    os.environ |= {**key, "AWS_ENDPOINT_URL": url}
    for _ in range(300):
        try:
            urllib.request.urlopen(urllib.request.Request(f"{url}/bucket", method="PUT")).close()
            break
        except OSError:
            time.sleep(0.1)
    yield "s3://bucket"
    os.environ.clear()
    os.environ.update(before)
    server.kill()
    server.wait()


@pytest.fixture(params=["memory", "s3"])
def store(request):
    return request.getfixturevalue("s3") if request.param == "s3" else "memory://runs"


def small_at(road, tmp_path, **more):
    return small(road.path.parents[1] / "seeds.jsonl", log=str(tmp_path / "calls.sqlite"), **more)


def test_the_same_files_as_in_a_folder(road, store, tmp_path):
    where = f"{store}/same"
    run = caco.run(small_at(road, tmp_path), runs=where)
    assert tables(run) == tables(road)
    assert {k.name for k in run.dataset.iterdir()} == {k.name for k in road.dataset.iterdir()}
    assert [step.rows for step in Run(f"{where}/small").funnel()] == [step.rows for step in road.funnel()]
    files = [p for p in place(f"{where}/small").rglob("*") if p.is_file()]
    assert not [p for p in files if p.name == ".lock" or p.name.endswith(".tmp")]


def test_whole_table_steps_and_the_ports_of_the_quickstart(s3, tmp_path):
    settings = {"fresh": "1", "part_rows": "20", "workers": "2"}
    local = caco.run("quickstart", settings=settings, runs=tmp_path, limit=8)
    remote = caco.run("quickstart", settings=settings, runs=f"{s3}/quick", limit=8)
    assert tables(remote) == tables(local)
    done = cli("explain", f"{s3}/quick/quickstart", next(remote.rows("export")).id)
    assert done.returncode == 0, done.stderr
    done = cli("show", "quickstart", "--runs", f"{s3}/quick")
    assert done.returncode == 0 and "export" in done.stdout, done.stderr


def test_a_call_log_cannot_lie_there(road, store):
    with pytest.raises(ConfigError, match=r"give the role 'solver' a file on this machine, as in"):
        caco.run(small(road.path.parents[1] / "seeds.jsonl"), runs=f"{store}/log")


def start(road, tmp_path, where, pause):
    code = (
        "import sys, caco, small_road; from caco.store import lock; lock.LEASE_S = 3.0; lock.RENEW_S = 0.5\n"
        "caco.run(small_road.small(sys.argv[1], log=sys.argv[2], pause=float(sys.argv[4])), runs=sys.argv[3])"
    )
    words = [str(road.path.parents[1] / "seeds.jsonl"), str(tmp_path / "calls.sqlite"), where, str(pause)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])}
    return subprocess.Popen([sys.executable, "-c", code, *words], stderr=subprocess.PIPE, text=True, env=environment)


def test_killed_and_gone_on_with_in_a_store(road, s3, tmp_path, monkeypatch):
    """The killed one's lease is in the way until it has not been renewed for a while; then the run goes on."""
    monkeypatch.setattr(lock, "LEASE_S", 3.0)
    monkeypatch.setattr(lock, "RENEW_S", 0.5)
    process = start(road, tmp_path, f"{s3}/killed", 0.2)
    while not list(place(f"{s3}/killed/small/tables").glob("*/receipts/*")):
        assert process.poll() is None
        time.sleep(0.1)
    with pytest.raises(StoreError, match="is in use by process"):
        caco.run(small_at(road, tmp_path), runs=f"{s3}/killed")
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert tables(caco.run(small_at(road, tmp_path), runs=f"{s3}/killed")) == tables(road)


def test_a_lease_that_was_taken_over_is_an_error(store, monkeypatch):
    monkeypatch.setattr(lock, "RENEW_S", 0.2)
    folder = place(f"{store}/stolen")
    taken_over = pytest.raises(StoreError, match="was taken over by somebody else while this process stood still")
    with taken_over, lock.held(folder):
        (folder / ".lock").write_bytes(b"somebody else\n0\n")
        time.sleep(1.0)


def test_an_unknown_store_is_one_clear_error(road):
    with pytest.raises(ConfigError, match="nosuch://there cannot be reached"):
        caco.run(small(road.path.parents[1] / "seeds.jsonl"), runs="nosuch://there")
