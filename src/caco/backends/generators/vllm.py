"""A model in this process with vLLM: batched by its own scheduler, with its prefix cache, several samples a prompt."""

import json
import time
from collections.abc import Sequence
from typing import Any

from caco.backends.generators.recorded import Asked, Recorder, Replied
from caco.config import Backend
from caco.errors import missing_extra
from caco.ports import Completion, Failure, GenerateRequest, Sampling


class Vllm:
    """Loads `model` once; all other settings go to `vllm.LLM` as they are (`tensor_parallel_size`, `max_model_len`).

    One process holds the whole accelerator: run with `workers=1`.
    """

    def __init__(self, *, model: str, **settings: Any) -> None:
        try:
            import vllm
        except ImportError as error:
            raise missing_extra("vllm", "vllm") from error
        self._vllm, self._name = vllm, model
        self._llm = vllm.LLM(model=model, **{"enable_prefix_caching": True, **_numbers(settings)})

    def generate(self, asked: Asked, recorder: Recorder) -> Replied:
        """Hand all requests to the engine at once."""
        meter = recorder.meter
        refused = {key: over for key, request in asked.items() if (over := meter.admit(request))}
        replied: dict[str, Completion | Failure] = {key: Failure(detail=over) for key, over in refused.items()}
        admitted = {key: request for key, request in asked.items() if key not in refused}
        for chat in (True, False):
            some = {key: request for key, request in admitted.items() if bool(request.messages) is chat}
            if not some:
                continue
            started = time.perf_counter()
            outputs = self._drawn(list(some.values()), chat)
            seconds = (time.perf_counter() - started) / len(some)
            for (key, request), output in zip(some.items(), outputs, strict=True):
                replied[key] = completion = _completion(output, self._name)
                recorder.add(key, completion, seconds)
                meter.settle(request)
            recorder.flush()
        return replied

    def close(self) -> None:
        """Let go of the engine."""
        del self._llm

    def _drawn(self, requests: Sequence[GenerateRequest], chat: bool) -> Sequence[Any]:
        drawn = [self._params(request.sampling) for request in requests]
        if chat:
            turns = [[{"role": m.role, "content": m.content} for m in request.messages] for request in requests]
            return self._llm.chat(turns, drawn, use_tqdm=False)  # type: ignore[no-any-return]
        return self._llm.generate([request.prompt for request in requests], drawn, use_tqdm=False)  # type: ignore[no-any-return]

    def _params(self, sampling: Sampling) -> Any:
        more: dict[str, Any] = {}
        if sampling.schema:
            from vllm.sampling_params import StructuredOutputsParams

            more["structured_outputs"] = StructuredOutputsParams(json=json.loads(sampling.schema))
        return self._vllm.SamplingParams(
            n=sampling.n,
            temperature=sampling.temperature,
            top_p=sampling.top_p,
            max_tokens=sampling.max_tokens,
            stop=list(sampling.stop) or None,
            seed=sampling.seed,
            **more,
        )


def _numbers(settings: dict[str, Any]) -> dict[str, Any]:
    """Settings from the command line are text; numbers among them are meant as numbers."""
    return {name: _number(value) for name, value in settings.items()}


def _number(value: Any) -> Any:
    try:
        return json.loads(value) if isinstance(value, str) else value
    except ValueError:
        return value


def _completion(output: Any, model: str) -> Completion:
    return Completion(
        texts=tuple(one.text for one in output.outputs),
        finish=tuple(one.finish_reason or "stop" for one in output.outputs),
        model=model,
        tokens_in=len(output.prompt_token_ids or ()),
        tokens_out=sum(len(one.token_ids) for one in output.outputs),
    )


GENERATOR = Backend(
    open=Vllm,
    reach=frozenset(
        {
            *("tensor_parallel_size", "pipeline_parallel_size", "data_parallel_size", "distributed_executor_backend"),
            *("gpu_memory_utilization", "swap_space", "cpu_offload_gb", "block_size", "enable_prefix_caching"),
            *("max_num_seqs", "max_num_batched_tokens", "enable_chunked_prefill", "enforce_eager"),
            *("compilation_config", "download_dir", "load_format", "disable_log_stats", "hf_token"),
        }
    ),
    loads="vllm",
)
"""`reach` says how fast the engine is and where it runs; tokenizer, quantization and all else decide the replies."""
