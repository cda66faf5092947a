"""Every block of code in the README and the docs runs, in order, in a folder of its own."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(python|console)\n(.*?)^```", re.MULTILINE | re.DOTALL)
PAGES = [p for p in (ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))) if BLOCK.search(p.read_text("utf-8"))]
PAGES = [p for p in PAGES if not p.stem.startswith("models-")]  # they need servers: test_model_pages.py


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_the_blocks_of_a_page_run(page, tmp_path):
    for language, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        if language == "python":
            check([sys.executable, "-c", block], tmp_path)
            continue
        for line in block.splitlines():
            if line.startswith("$ caco "):
                check([sys.executable, "-m", *line.removeprefix("$ ").split()], tmp_path)


def check(command, folder):
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
