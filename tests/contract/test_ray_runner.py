"""The Ray runner makes the same tables as the local one, whatever dies, and each goes on where the other stopped."""

import os
import signal
import subprocess
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

import caco
from caco.errors import ConfigError
from caco.records import Reason
from running import tables
from small_road import small, write_seeds

TESTS = Path(__file__).parents[1]
ray = pytest.importorskip("ray", reason="the extra `ray` is not installed: `make test-ray` runs this")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::FutureWarning", "ignore::ResourceWarning", "ignore::DeprecationWarning"),
]


@pytest.fixture(scope="module", autouse=True)
def cluster():
    """One cluster for all tests, on this machine: a head and, while a test wants it, more nodes."""
    from ray.cluster_utils import Cluster

    path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
    os.environ |= {"RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0", "PYTHONPATH": path}
    asked_often = {"health_check_period_ms": 1000}  # a node that is gone is found out after five questions
    head = {"num_cpus": 2, "num_gpus": 2, "include_dashboard": False, "_system_config": asked_often}
    cluster = Cluster(initialize_head=True, head_node_args=head)
    ray.init(address=cluster.address, log_to_driver=False)
    yield cluster
    ray.shutdown()
    cluster.shutdown()


@pytest.fixture(scope="module")
def road(tmp_path_factory):
    folder = tmp_path_factory.mktemp("road")
    write_seeds(folder / "seeds.jsonl", 60)
    return caco.run(small(folder / "seeds.jsonl"), runs=folder / "runs")


def again(road, folder, *, runner="ray", **more):
    return caco.run(small(road.path.parents[1] / "seeds.jsonl", **more), settings={"runner": runner}, runs=folder)


def test_the_same_bytes(road, tmp_path):
    assert tables(again(road, tmp_path)) == tables(road)


def test_the_quickstart_with_its_ports_and_whole_table_steps(tmp_path):
    settings = {"fresh": "2", "part_rows": "5", "workers": "1"}
    local = caco.run("quickstart", settings=settings, runs=tmp_path / "local", limit=8)
    on_ray = caco.run("quickstart", settings={**settings, "runner": "ray"}, runs=tmp_path / "ray", limit=8)
    assert len(list(local.rows("filter_made"))) > 0
    assert tables(on_ray) == tables(local)


def test_a_run_goes_on_under_another_runner(road, tmp_path):
    for first, second in (("local", "ray"), ("ray", "local")):
        folder = tmp_path / first
        whole = again(road, folder, runner=first)
        receipts = sorted(whole.path.rglob("receipts/*.json"))
        dropped = [path for path in receipts if "04-choose" in str(path) or path.stem.endswith("1")]
        kept = {p: p.stat().st_mtime_ns for p in receipts if p not in dropped}
        for path in dropped:
            path.unlink()
        assert tables(again(road, folder, runner=second)) == tables(road)
        remade = {p.parts[-3][:2] for p, at in kept.items() if p.stat().st_mtime_ns != at}
        assert remade <= {"01", "04"}, "finished parts were made again"


def test_a_row_that_kills_each_worker_ends_there(road, tmp_path):
    run = again(road, tmp_path, poison=True)
    (ended,) = (r for r in run.rejections("grow") if r.reason == Reason.OUR_FAULT)
    assert "13 + 3" in next(seed.problem for seed in run.rows("collect") if seed.id == ended.id)
    by_name = {step.name: step for step in run.funnel()}
    assert by_name["grow"].rows == by_name["collect"].rows - 1


def test_an_error_of_ours_ends_its_rows(road, tmp_path):
    broken = small(road.path.parents[1] / "seeds.jsonl")
    object.__setattr__(broken.steps[1].stage, "fn", int)
    run = caco.run(broken, settings={"runner": "ray"}, runs=tmp_path)
    assert all("TypeError" in r.detail for r in run.rejections("grow"))


def workers(cluster):
    """The processes of the head node that have a task in hand."""
    raylet = cluster.head_node.all_processes["raylet"][0].process.pid
    found = subprocess.run(["pgrep", "-P", str(raylet), "-f", "^ray::(_do|Holder)"], capture_output=True, text=True)
    return [int(pid) for pid in found.stdout.split()]


def test_workers_killed_in_mid_run(cluster, road, tmp_path):
    killed = set()

    def kill():
        while not done.wait(0.7) and len(killed) < 3:
            for pid in workers(cluster)[:1]:
                os.kill(pid, signal.SIGKILL)
                killed.add(pid)

    done = threading.Event()
    killer = threading.Thread(target=kill)
    killer.start()
    try:
        run = again(road, tmp_path, pause=0.05)
    finally:
        done.set()
        killer.join()
    assert killed and tables(run) == tables(road)


def test_a_node_that_is_lost(cluster, road, tmp_path):
    node = cluster.add_node(num_cpus=2)
    cluster.wait_for_nodes()
    lost = threading.Timer(2.0, lambda: cluster.remove_node(node, allow_graceful=False))
    lost.start()
    run = again(road, tmp_path, pause=0.05)
    lost.join()
    assert tables(run) == tables(road)


def test_models_in_process_ask_for_their_gpus_and_make_room_for_others():
    """The cluster is told that it has two GPUs; no model is loaded before the first request."""
    from caco.config import PortConfig
    from caco.runners.ray import Places

    def port(**serving):
        return PortConfig(backend="vllm", settings={"model": "m"}, serving=serving)

    def free(wanted):
        """Ray tells of what is taken a while after it is."""
        deadline = time.monotonic() + 60
        while ray.available_resources().get("GPU", 0) != wanted and time.monotonic() < deadline:
            time.sleep(0.2)
        return ray.available_resources().get("GPU", 0) == wanted

    ports = {"writer": port(gpus="2", replicas="2"), "judge": port(), "solver": port(gpus=3)}
    places = Places(replace(small(), ports=ports))
    assert len(places._actors("writer")) == 2 and free(0)
    assert len(places._actors("judge")) == 1 and free(1)
    with pytest.raises(ConfigError, match="the role 'solver' asks for 3 GPUs, and this machine has 2"):
        places._actors("solver")
    for actor in places._actors("judge"):
        ray.kill(actor)
