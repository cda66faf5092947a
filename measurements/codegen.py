"""CodeGen's loop at a size that runs on two cores: train `tiny`, sample it, execute, filter, and once more.

    python measurements/codegen.py [--samples 2000] [--rounds 2] [--folder F] [--set KEY=VALUE] [--model KEY=VALUE,...]

The seeds are GSM8K's training problems, compiled to programs (a run of its own in the folder, done once). Everything is
resumable: stopped, the same command goes on. Needs the extra `train`. The table has a column a round; a share that the
project asks for stands beside its row.

Then the first round's model is asked for programs with the tags of programs that it was trained on, and the tags of
what comes are compared with those asked for. `chance` is the share if what came were dealt out at random.
"""

import argparse
import os
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from caco import wiring
from caco.backends.trainers.recipe import recipe
from caco.cli.arguments import settings_of
from caco.jobs.train.job import train
from caco.jobs.train.rounds import NOVELTY, CollapseError, rounds, table
from caco.jobs.train.rows import programs as given
from caco.program.tags import tags
from caco.records import CodeCoT, Draw
from caco.stages.sample import Schedule
from caco.store.run import Run
from caco_recipes.quickstart import quickstart

SEEDS = Path(os.environ.get("CACO_SHARED", "../shared")) / "data" / "problems" / "gsm8k_train.jsonl.gz"
WANTED = {"parsed of drawn": 0.95, "ran of drawn": 0.80, "yield: kept of drawn": 0.40, NOVELTY: 0.10}
AT_ONCE = 200
"""Programs a request: one pass of the model draws so many."""


def compiled(seeds: Path, folder: Path) -> Run:
    """The programs of the seeds: the quickstart up to where distinct programs are."""
    config = quickstart(seeds=str(seeds))
    last = [step.name for step in config.steps].index("distinct")
    return wiring.run(replace(config, recipe="seeds", steps=config.steps[: last + 1]), runs=folder, name="seeds")


def obedience(model: Mapping[str, Any], programs: str, num: int, place: Path) -> Iterator[str]:
    """For each way of asking the share of programs, of those in the form, that have the tag that was asked for."""
    known = [tags(row.code) for row in random.Random(0).sample(list(given(programs)), num)]
    yield f"{'asked for':32}{'form':>6}  had the tag (chance)"
    for names in (("difficulty",), ("sketch",), ("difficulty", "sketch")):
        wanted = [tuple(tag for tag in found if tag.startswith(names)) for found in known]
        settings = {"model": model, "draws": num, "schedule": [(tag, 1.0) for tag in wanted], "part_rows": 50}
        run = wiring.run("codegen", settings=settings, runs=place, name="-".join(names))
        asked = {row.id: row.tags for row in run.rows("draw") if isinstance(row, Draw)}
        pairs = [
            (asked[row.parents[0]], tags(row.code)) for row in run.rows("read_program") if isinstance(row, CodeCoT)
        ]
        told = [f"{name} {_share(pairs, name):.1%} ({_by_chance(pairs, name):.1%})" for name in names]
        yield f"{', '.join(names):32}{len(pairs) / num:6.0%}  {', '.join(told)}"


Pairs = Sequence[tuple[Sequence[str], Sequence[str]]]


def _of(found: Sequence[str], name: str) -> str:
    return next((tag for tag in found if tag.startswith(name)), "")


def _share(pairs: Pairs, name: str) -> float:
    return sum(_of(one, name) == _of(other, name) for one, other in pairs) / max(len(pairs), 1)


def _by_chance(pairs: Pairs, name: str) -> float:
    """The share if what came were dealt out among those who asked at random."""
    asked, came = (Counter(_of(pair[side], name) for pair in pairs) for side in (0, 1))
    return sum(asked[tag] * came[tag] for tag in asked) / max(len(pairs), 1) ** 2


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=Path, default=SEEDS)
    parser.add_argument("--programs", default="", help="a run or a file of programs, in place of compiling the seeds")
    parser.add_argument("--folder", type=Path, default=Path("runs/codegen-benchmark"))
    parser.add_argument("--samples", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--obey", type=int, default=200, help="samples for each way of asking by tags; 0 for none")
    parser.add_argument("--steer", type=float, default=0.0)
    parser.add_argument("--set", action="append", default=[], help="of the training")
    parser.add_argument("--model", default="temperature=0.9,top_p=0.95", help="of the sampling")
    args = parser.parse_args()
    chosen = recipe("codegen", "tiny", settings_of(args.set))
    programs = args.programs or str(compiled(args.seeds, args.folder).path)
    drawn = {
        "backend": "transformers",
        "n": AT_ONCE,
        "batch": AT_ONCE,
        "max_tokens": chosen.cutoff,
        "threads": 1,  # each of the runner's workers holds the model
        **settings_of(args.model.split(",")),
    }

    def learn(places: Sequence[str], out: Path) -> None:
        cpu = time.process_time()
        figures = train("codegen", places, chosen, out, quiet=True)["figures"]
        spent = time.process_time() - cpu
        print(
            f"{out.parent.name}: {figures['parameters']:,} parameters, {figures['rows']} programs, {figures['steps']} "
            f"steps, {figures['tokens']:,} tokens, loss {figures['train_loss']:.3f}: {figures['seconds']:.0f} s, "
            f"{spent:.0f} CPU s (0 if it was done before)",
            flush=True,
        )

    def draw(model: Path, schedule: Schedule, place: Path) -> Run:
        started = time.perf_counter()
        settings = {
            "model": {**drawn, "model": str(model)},
            "draws": args.samples // AT_ONCE,
            "schedule": schedule,
            "part_rows": 5,
        }
        run = wiring.run("codegen", settings=settings, runs=place, name="run")
        work = {step.name: step.seconds for step in run.funnel()}
        print(
            f"{place.name}: sampled and checked in {time.perf_counter() - started:.0f} s; work on sampling "
            f"{work['sample']:.0f} s, in the sandbox {work['execute'] + work['probe']:.0f} s",
            flush=True,
        )
        return run

    told = []
    try:
        for found in rounds([programs], args.folder, args.rounds, learn, draw, steer=args.steer):
            told.append(found)
    except CollapseError as error:
        print(error)
    for line in table(told).splitlines():
        name = line.split(" | ")[0].strip("| ")
        print(line + (f"  wanted: {WANTED[name]:.0%}" if name in WANTED else ""))
    print(f"plot {args.folder / 'rounds.svg'}", end="\n\n")
    if args.obey:
        one = {**drawn, "n": 1, "batch": 50, "model": str(args.folder / "round-1" / "model")}
        print(*obedience(one, programs, args.obey, args.folder), sep="\n")


if __name__ == "__main__":
    main()
