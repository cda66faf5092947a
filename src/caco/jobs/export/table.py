"""Every format by name."""

from collections.abc import Mapping

from caco.jobs.export import code_reasoning, rl, sft
from caco.jobs.export.format import Format

FORMATS: Mapping[str, Format] = {f.name: f for f in (*sft.FORMATS, *rl.FORMATS, *code_reasoning.FORMATS)}
