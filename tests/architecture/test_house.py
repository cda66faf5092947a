"""The rules of the house, held by reading the source: layers, sizes, excepts, prints, types, names, globals."""

import ast
import os
import re
import statistics
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest

import house

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "src").rglob("*.py"))
PURE = (
    *("program", "foreign", "compilers", "text", "answers", "alike", "filters", "instances", "transforms", "stages"),
)
FORBIDDEN_NAMES = {"utils", "util", "common", "helpers", "misc", "manager", "base", "core"}
EFFECTS = {
    "socket",
    "subprocess",
    "threading",
    "multiprocessing",
    "asyncio",
    "time",
    "tempfile",
    "shutil",
    "urllib",
    "requests",
}


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path):
    return [n for n in ast.walk(tree(path)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function):
    return function.end_lineno - function.lineno + 1


def name_of(path):
    return str(path.relative_to(ROOT / "src"))


def layer(path):
    """The first folder below `caco`, or the file's own name."""
    return path.relative_to(ROOT / "src").parts[1].removesuffix(".py")


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_a_file_is_small_typed_and_quiet(path):
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= 400, "a file over 400 lines wants splitting"
    assert ast.get_docstring(tree(path)), "a module says what it is"
    assert path.stem not in FORBIDDEN_NAMES
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id != "print" or layer(path) == "cli", f"print in line {node.lineno}"
        if isinstance(node, ast.Global):
            pytest.fail(f"a mutable global in line {node.lineno}")
        if isinstance(node, ast.ExceptHandler):
            check_except(node, text.splitlines())


def check_except(node, lines):
    """No bare except; a broad one raises again or gives its reason on the line; none is silent without a comment."""
    line = lines[node.lineno - 1]
    assert node.type is not None, f"a bare except in line {node.lineno}"
    broad = {n.id for n in ast.walk(node.type) if isinstance(n, ast.Name)} & {"Exception", "BaseException"}
    if broad:
        raises = any(isinstance(n, ast.Raise) for n in ast.walk(node))
        assert raises or "#" in line, f"a broad except without its reason in line {node.lineno}"
    silent = all(isinstance(n, ast.Pass) for n in node.body)
    assert not silent or "#" in "".join(lines[node.lineno - 1 : node.end_lineno]), (
        f"a silent except in line {node.lineno}"
    )


@pytest.mark.parametrize("path", [p for p in SOURCES if layer(p) in PURE], ids=name_of)
def test_pure_layers_are_small_and_have_no_effects(path):
    for function in functions(path):
        assert length(function) <= 60, f"{function.name} has {length(function)} lines"
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in ("open", "eval", "exec", "input"), f"{node.func.id}() in line {node.lineno}"
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module or ""]
            assert not {n.split(".")[0] for n in names} & EFFECTS, f"an effect is imported in line {node.lineno}"


def test_a_function_is_about_ten_lines():
    lengths = [length(f) for path in SOURCES for f in functions(path)]
    assert statistics.median(lengths) <= 12


def test_no_function_has_more_branches_than_a_reader_can_hold():
    dense = [
        f"{f.module}:{f.line} {f.name}: {f.complexity}" for f in house.functions() if f.complexity > house.MOST_COMPLEX
    ]
    assert not dense
    assert house.percentile([f.complexity for f in house.functions()], 0.9) <= house.MOST_COMPLEX_P90


def test_rooms_are_no_circle_and_none_is_a_cellar():
    assert house.circles() == []
    rooms = house.lines_of_rooms()
    assert [room for room, lines in rooms.items() if lines > house.MOST_SHARE * sum(rooms.values())] == []


def test_one_row_passes_few_modules():
    """In a process of its own: what other tests have made the process remember would shorten the row's path."""
    done = subprocess.run([sys.executable, house.__file__, "--path"], capture_output=True, text=True)
    (told,) = (line for line in done.stdout.splitlines() if line.startswith("one row passes"))
    assert int(told.split()[3]) <= house.MOST_MODULES, done.stdout


def test_the_page_of_layers_is_the_contract():
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    told = re.findall(r"^\| `([a-z_.]+)`", page.partition("## Layers")[2], re.M)
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]["layers"]
    assert told == [name.removeprefix("caco.") for name in contract]


def test_no_test_is_called_by_time_order_or_hash():
    """Workers of pytest-xdist must collect the same tests, whatever their second and their hash seed."""
    lists = []
    for seed in ("1", "2"):
        words = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests"]
        done = subprocess.run(
            words, capture_output=True, text=True, cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": seed}
        )
        assert done.returncode == 0, done.stdout[-2000:]
        lists.append([line for line in done.stdout.splitlines() if "::" in line])
    assert lists[0] and lists[0] == lists[1]


def test_imports_point_down():
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == EXIT_STATUS_SUCCESS


def test_every_layer_stands_in_the_contract():
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"][0]
    named = {name.strip() for entry in contract["layers"] for name in entry.replace("|", ":").split(":")}
    modules = {f"caco.{layer(p)}" for p in SOURCES if name_of(p).startswith("caco/")} - {"caco.__init__"}
    assert modules <= named


def test_public_names_are_few_and_all_there():
    import caco

    assert len(caco.__all__) <= 25
    assert sorted(caco.__all__) == sorted(set(caco.__all__))
    for name in caco.__all__:
        assert getattr(caco, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = caco.nothing


def test_optional_packages_are_imported_in_one_file_each():
    generators, trainer = "caco/backends/generators", "caco/backends/trainers/trl.py"
    extras = {
        "datasets": {trainer, "caco/backends/sources.py", "caco/rlvr/adapters/verifiers_v0.py"},
        "huggingface_hub": {"caco/jobs/hub.py"},
        "ray": {"caco/runners/ray.py"},
        "reasoning_gym": {"caco/rlvr/adapters/reasoning_gym.py"},
        "upath": {"caco/store/place.py"},
        "verifiers": {"caco/rlvr/adapters/verifiers.py", "caco/rlvr/adapters/verifiers_v0.py"},
        "transformers": {trainer, f"{generators}/transformers.py"},
        "trl": {trainer},
        "vllm": {f"{generators}/vllm.py"},
    }
    for package, homes in extras.items():
        users = {name_of(p) for p in SOURCES if package in imported(p)}
        assert users <= homes


def imported(path):
    nodes = list(ast.walk(tree(path)))
    plain = {a.name.split(".")[0] for n in nodes if isinstance(n, ast.Import) for a in n.names}
    return plain | {(n.module or "").split(".")[0] for n in nodes if isinstance(n, ast.ImportFrom)}


def test_every_recipe_builds_a_plan_that_passes():
    from caco.plan import check
    from caco.plugins import find, names

    assert "quickstart" in names("recipe")
    for name in names("recipe"):
        check(find("recipe", name)())


def test_every_reason_is_explained():
    from caco.records import Reason

    page = (ROOT / "docs" / "reference" / "reasons.md").read_text(encoding="utf-8")
    assert [r for r in Reason if f"`{r}`" not in page] == []
