"""OpenRLHF: `reward_func` for `--reward.remote_url THIS_FILE`; labels are the column named by `--data.label_key`."""

import re
from collections.abc import Sequence
from typing import Any

from caco.errors import missing_extra
from caco.rlvr.scoring import score

_END = re.compile(r"(?:\s*<(?:[|｜][^<>]*[|｜]|/?s|eos|pad|end_of_turn)>)+\s*$")
"""Special tokens at the end: OpenRLHF decodes replies with them."""


def reward_func(queries: Sequence[str], prompts: Sequence[str], labels: Sequence[str], **more: Any) -> dict[str, Any]:
    """Tensors of rewards and of scores between 0 and 1; an undecided answer has 0, and counts in `extra_logs`.

    A query is prompt and reply, with the special tokens that end it. Raises ConfigError where torch is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise missing_extra("torch", "transformers") from error
    replies = [_END.sub("", query.removeprefix(prompt)) for query, prompt in zip(queries, prompts, strict=True)]
    found = score(replies, labels)
    rewards = torch.tensor([one or 0.0 for one in found])
    undecided = torch.tensor([float(one is None) for one in found])
    return {"rewards": rewards, "scores": rewards, "extra_logs": {"undecided": undecided}}
