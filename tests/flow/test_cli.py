"""The command line: what it prints, and one clear line with exit code 2 for a set-up that cannot work."""

import json

import pytest

from running import cli


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "nothing"], "unknown recipe 'nothing'; known: "),
        (["run", "quickstart", "--set", "speed=1"], "unknown setting 'speed'; known: "),
        (["run", "quickstart", "--set", "fresh"], "--set fresh: should be KEY=VALUE"),
        (["run", "quickstart", "--set", "fresh=many"], "setting fresh='many': input should be a valid integer"),
        (
            ["run", "quickstart", "--set", "workers=-1"],
            "setting workers='-1': input should be greater than",
        ),
        (["run", "quickstart", "--set", "runner=slurm"], "unknown runner 'slurm'; known: local, ray"),
        (
            ["run", "quickstart", "--set", "isolation=vault"],
            "setting isolation='vault': input should be 'auto', 'jail'",
        ),
        (["run", "quickstart", "--set", "seeds=missing.jsonl"], "seeds file missing.jsonl does not exist"),
        (["run", "quickstart", "--limit", "-3"], "--limit -3: should be 0"),
        (["run", "module.that.is.not:there"], "recipe 'module.that.is.not:there' cannot be found"),
        (["show", "nothing"], "runs/nothing is not a run: it has no manifest.json"),
        (["explain", "nothing", "x"], "is not a run"),
        (["report", "nothing"], "is not a run"),
        (["exec", "missing.py"], "program missing.py cannot be read"),
    ],
)
def test_a_set_up_that_cannot_work_is_one_line_and_exit_code_2(tmp_path, words, message):
    done = cli(*words, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("caco: ") and message in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\xff\xfe\n", "is not UTF-8: line 1"),
        (b'{"q": "x", "a": "1"}\n', "has no column for the problem text; its columns: q, a; say which with"),
        (b'{"problem": "x"}\n', "has no column for an answer, a solution, a program or tests"),
        (b"{broken\n", "holds no readable rows"),
    ],
)
def test_a_seeds_file_that_cannot_work(tmp_path, content, message):
    (tmp_path / "s.jsonl").write_bytes(content)
    done = cli("run", "quickstart", "--set", "seeds=s.jsonl", cwd=tmp_path)
    assert done.returncode == 2 and message in done.stderr
    assert not (tmp_path / "runs").exists(), "refused before any work"


def test_a_dry_run_shows_the_plan_and_does_nothing(tmp_path):
    done = cli("run", "quickstart", "--dry-run", cwd=tmp_path)
    assert done.returncode == 0 and "unify" in done.stdout and "to do" in done.stdout
    assert not (tmp_path / "runs").exists()


def test_run_show_explain_report_on_a_csv_with_other_columns(tmp_path):
    (tmp_path / "mine.csv").write_text(
        "question,worked,final\n"
        "A baker sells 48 rolls on Monday and 31 rolls on Tuesday. How many rolls does he sell in all?,"
        "He sells 48+31=<<48+31=79>>79 rolls.,79\n"
    )
    words = ["--set", "seeds=mine.csv", "--set", "columns=problem=question,solution=worked,answer=final"]
    done = cli("run", "quickstart", *words, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {e["event"] for e in events[:-1]} == {"started", "advanced", "finished"}
    assert events[-1]["report"].endswith("report.html")
    shown = json.loads(cli("show", "quickstart", "--json", cwd=tmp_path).stdout)
    assert shown["funnel"][-1]["name"] == "export" and shown["funnel"][-1]["rows"] >= 1
    example = json.loads((tmp_path / events[-1]["dataset"] / "train.jsonl").read_text().splitlines()[0])
    chain = json.loads(cli("explain", "quickstart", example["id"], "--json", cwd=tmp_path).stdout)
    assert chain[-1]["step"] == "collect" and "baker" in chain[-1]["row"]["problem"]
    assert "baker" in cli("explain", "quickstart", example["id"], cwd=tmp_path).stdout
    assert cli("report", "quickstart", cwd=tmp_path).stdout.strip() == "runs/quickstart/report.html"


def test_exec_prints_a_line_for_each_program(tmp_path):
    (tmp_path / "good.py").write_text("input = {'n': 3}\ndef solve(n):\n    return n * n\noutput = solve(**input)\n")
    (tmp_path / "bad.py").write_text("print(1 / 0)")
    done = cli("exec", "good.py", "bad.py", "--trace", cwd=tmp_path)
    good, bad = (json.loads(line) for line in done.stdout.splitlines())
    assert (good["file"], good["status"], good["output"]) == ("good.py", "ok", "9")
    assert (bad["status"], bad["fault"]["type"], bad["fault"]["line"]) == ("exception", "ZeroDivisionError", 1)


def test_grade_prints_one_line(tmp_path):
    grade = json.loads(cli("grade", "--gold", "3/4", "--pred", "0.75", cwd=tmp_path).stdout)
    assert grade["verdict"] == "equal"


def test_doctor_and_recipes(tmp_path):
    findings = json.loads(cli("doctor", "--json", cwd=tmp_path).stdout)
    assert "python" in findings and "extra hub" in findings
    assert "fresh" in json.loads(cli("recipes", "--json", cwd=tmp_path).stdout)["quickstart"]
    assert "quickstart" in cli("recipes", cwd=tmp_path).stdout


@pytest.mark.parametrize("command", ["run", "show", "explain", "report", "exec", "grade", "recipes", "doctor"])
def test_help_teaches(tmp_path, command):
    done = cli(command, "--help", cwd=tmp_path)
    assert done.returncode == 0 and len(done.stdout) > 200
