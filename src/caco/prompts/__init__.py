"""The prompts: one text file a stage and domain, with a version, below this folder or a folder of the user's own.

A folder that an installed package offers has a name: an entry point `caco.prompt` that holds its path.

`<stage>/<domain>.txt`; the domain `any` serves all that have no file of their own. `styles.txt` holds what the writer
is asked for, a style a line.
"""

from collections.abc import Mapping
from pathlib import Path

from caco.errors import ConfigError, unknown
from caco.plugins import find as plugin
from caco.plugins import names
from caco.stages.prompt import ANY, Prompt, parse_prompt

HOME = Path(__file__).parent
STAGES: Mapping[str, str] = {
    "unify": "unifier",
    "repair": "unifier",
    "write": "writer",
    "rewrite": "writer",
    "reread": "reader",
    "solve": "solver",
    "judge": "judge",
    "evaluate": "solver",
}
"""The stages that have prompts, each with the role it asks."""

EXAMPLE: Mapping[str, object] = {
    "problem": "A baker sells 48 rolls on Monday and half as many on Tuesday. How many rolls does he sell in all?",
    "solution": "On Tuesday he sells 48 / 2 = 24 rolls.\nIn all: 48 + 24 = 72 rolls.\nThe answer is \\boxed{72}.",
    "code": "print(48 + 48 // 2)",
    "program": (
        'input = {"rolls_on_monday": 48, "ratio": 2}\n\ndef solve(rolls_on_monday, ratio):\n'
        "    # on Tuesday he sells half as many\n    rolls_on_tuesday = rolls_on_monday // ratio\n"
        "    return rolls_on_monday + rolls_on_tuesday\n\noutput = solve(**input)\nprint(output)"
    ),
    "inputs": {"rolls_on_monday": "48", "ratio": "2"},
    "answer": "72",
    "style": "a short story with a named person and a setting from daily life",
    "question": "A baker sells 48 rolls on Monday and fewer on Tuesday. How many rolls does he sell in all?",
    "fault": "it gives 96, which is not the answer that the source states",
    "faults": ["not in the text: ratio"],
    "note": "Answer with a whole number.",
    "trace": ["line 5: rolls_on_tuesday = 24"],
}
"""Fields of all stages for one small row, to show prompts as a model sees them."""


def load(stage: str, folder: str = "") -> dict[str, Prompt]:
    """The prompts of a stage by domain; files in `folder` come before those that ship. Raises ConfigError."""
    if stage not in STAGES:
        raise unknown("stage with a prompt", stage, STAGES)
    if folder and not _homes(folder)[-1].is_dir():
        raise ConfigError(f"prompts={folder}: is not a folder")
    files = {path.stem: path for home in _homes(folder) for path in sorted((home / stage).glob("*.txt"))}
    found = {domain: parse_prompt(f"{stage}/{domain}", _text(path)) for domain, path in files.items()}
    for prompt in found.values():
        prompt.messages(EXAMPLE)  # a field that does not exist is found here, not in the middle of a run
    return found


def styles(folder: str = "") -> dict[str, str]:
    """What the writer is asked for in each style. Raises ConfigError for a line that is none."""
    path = next(home / "styles.txt" for home in reversed(_homes(folder)) if (home / "styles.txt").is_file())
    found: dict[str, str] = {}
    for number, line in enumerate(_text(path).splitlines(), start=1):
        name, colon, wish = line.partition(":")
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or not name.strip().isidentifier():
            raise ConfigError(f"{path} line {number}: should be NAME: WISH")
        found[name.strip()] = wish.strip()
    return found


def find(name: str, folder: str = "") -> Prompt:
    """The prompt called `stage/domain`, or `stage` for its domain `any`. Raises ConfigError."""
    stage, _, domain = name.partition("/")
    prompts = load(stage, folder)
    if (domain or ANY) not in prompts:
        raise unknown(f"domain of the prompts for {stage!r}", domain, prompts)
    return prompts[domain or ANY]


def _homes(folder: str) -> list[Path]:
    """Where prompts lie, those that come first last. Raises ConfigError where there is no such folder or set."""
    if not folder:
        return [HOME]
    return [HOME, Path(plugin("prompt", folder) if folder in names("prompt") else folder)]


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"prompt {path} cannot be read: {error}") from error
