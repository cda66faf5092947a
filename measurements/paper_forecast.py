"""What the rows of the paper's table ask of models: requests and tokens of each role, by the pilot of `caco plan`.

    python measurements/paper_forecast.py [--pilot 40] [--solutions qwen25_math.jsonl.gz]

No large model is at hand, so a stand-in answers, behind a real server: `paper` runs its pilot over the shipped
seeds with the tests' model of templates. Its requests are the real ones; its replies are shorter than a model's that
thinks aloud. In the pilot of `evaluate` the server replies what Qwen2.5-Math-Instruct said to problems of MATH, as it
was recorded. Tokens are counted as digits, signs and up to six letters of a word. GPU-hours are for a million rows of
the pilot's last table, at speeds that are assumed.
"""

import argparse
import gzip
import json
import os
import re
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import served  # noqa: E402 - its folder is on the path now
from brain import Brain  # noqa: E402
from caco import wiring  # noqa: E402
from caco.jobs.forecast import StepForecast  # noqa: E402

TOKEN = re.compile(r"\d|[A-Za-z]{1,6}|[^\sA-Za-z\d]|\n")
SPEED_IN, SPEED_OUT = 15_000, 4_000
"""Tokens a second and GPU, read and written: assumed, of a model of 8B weights on an A100."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    shared = Path(os.environ.get("CACO_SHARED", ROOT.parent / "shared")) / "data"
    parser.add_argument("--pilot", type=int, default=40)
    parser.add_argument("--solutions", default=str(shared / "solutions" / "qwen25_math.jsonl.gz"))
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        show("paper, for each example", planned("paper", Brain(), {"same_family": "true"}, options.pilot, folder))
        items, replies = recorded(options.solutions)
        (Path(folder) / "math_test.jsonl").write_text("".join(json.dumps(item) + "\n" for item in items))
        settings = {"benchmarks": "math", "data": folder}
        show("evaluate, for each item", planned("evaluate", replies, settings, options.pilot, folder))


def planned(
    recipe: str, model: Callable[[dict], Sequence[Any]], settings: dict, pilot: int, folder: str
) -> list[StepForecast]:
    """The forecast of the recipe's full run, with this model behind a server."""
    with Server(model) as server:
        asked = {"model": f"model=stand-in,url={server.url}", **settings}
        return wiring.pilot(recipe, settings=asked, runs=folder, size=pilot)[1]


class Server(served.ModelServer):
    """The tests' server, with tokens counted in the place of words."""

    async def _answer(self, request: Any) -> Any:
        reply = await super()._answer(request)
        said = json.loads(reply.body)
        asked = " ".join(turn["content"] for turn in json.loads(await request.read())["messages"])
        written = sum(len(TOKEN.findall(choice["message"]["content"])) for choice in said["choices"])
        said["usage"] = {"prompt_tokens": len(TOKEN.findall(asked)), "completion_tokens": written}
        return served.web.json_response(said)


def recorded(path: str) -> tuple[list[dict], Callable[[dict], list[str]]]:
    """The items of MATH that have a recorded solution, and a model that tells it."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        rows = [row for row in map(json.loads, file) if row["meta"]["dataset"] == "math"]
    by_problem = {row["problem"]: row["solution"] for row in rows}
    items = [{"problem": row["problem"], "answer": row["answer"]} for row in rows]

    def reply(body: dict) -> list[str]:
        said = body["messages"][-1]["content"]
        return [next(solution for problem, solution in by_problem.items() if problem.strip() in said)]

    return items, reply


def show(title: str, steps: list[StepForecast]) -> None:
    """Requests and tokens for each row of the last table, and GPU-hours for a million of them."""
    rows = steps[-1].of["rows"].mean
    print(f"\n{title}: {'step':12}{'role':9}{'requests':>9}{'in each':>9}{'out each':>9}{'GPU-hours a million':>21}")
    hours = 0.0
    for step in steps[:-1]:
        requests, read, written = (step.of[name].mean for name in ("requests", "tokens_in", "tokens_out"))
        if requests:
            needed = (read / SPEED_IN + written / SPEED_OUT) / rows * 1e6 / 3600
            hours += needed
            each = f"{read / requests:>9,.0f}{written / requests:>9,.0f}"
            print(f"{'':{len(title)}}  {step.name:12}{step.role:9}{requests / rows:>9.2f}{each}{needed:>21,.0f}")
    print(f"{'':{len(title)}}  all{hours:>66,.0f}")


if __name__ == "__main__":
    main()
