"""verl: `compute_score` for `custom_reward_function.path=THIS_FILE custom_reward_function.name=compute_score`.

`compute_scores` is for the batch reward manager, which calls with lists. verl has no word for undecided: such an answer
scores `undecided` (a keyword in `reward_kwargs`, 0 by default), and `undecided: 1.0` is logged beside it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from caco.rlvr.scoring import score
from caco.rlvr.shaping import format_score, grounding_score, length_score


def compute_score(
    data_source: str,
    solution_str: str,
    ground_truth: str,
    extra_info: Mapping[str, Any] | None = None,
    *,
    undecided: float = 0.0,
    format_weight: float = 0.0,
    grounding_weight: float = 0.0,
    length_weight: float = 0.0,
    **more: Any,
) -> dict[str, float]:
    """`score` and what it is made of; the weights of shaping parts are 0 unless the config sets them."""
    (found,) = score([solution_str], [ground_truth])
    weights = (format_weight, grounding_weight, length_weight)
    return _scored(found, solution_str, extra_info or {}, undecided, weights)


def compute_scores(
    data_sources: Sequence[str],
    solution_strs: Sequence[str],
    ground_truths: Sequence[str],
    extra_infos: Sequence[Mapping[str, Any] | None],
    *,
    undecided: float = 0.0,
    **more: Any,
) -> list[dict[str, float]]:
    """`compute_score` without shaping parts, for a whole batch at once."""
    found = score(solution_strs, ground_truths)
    return [_scored(one, text, {}, undecided, (0, 0, 0)) for one, text in zip(found, solution_strs, strict=True)]


def _scored(
    found: float | None, text: str, extra: Mapping[str, Any], undecided: float, weights: tuple[float, float, float]
) -> dict[str, float]:
    answer = undecided if found is None else found
    for_format, for_grounding, for_length = weights
    total = answer
    if for_format:
        total += for_format * format_score(text)
    if for_grounding:
        total += for_grounding * (grounding_score(text, str(extra.get("code", ""))) or 0.0)
    if for_length:
        total += for_length * length_score(text)
    return {"score": total, "acc": answer, "undecided": float(found is None)}
