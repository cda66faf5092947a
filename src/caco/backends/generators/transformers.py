"""A model in this process with Hugging Face transformers: for small models, and for machines without a server.

Requests with equal sampling go through `generate` together, longest prompts first, with a KV cache.
"""

import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from caco.backends.generators.recorded import Asked, Recorder, Replied
from caco.config import Backend
from caco.errors import ConfigError, missing_extra
from caco.ports import Completion, Failure, GenerateRequest, Sampling


class Transformers:
    """Loads `model` (a folder or a hub name) once. `batch` is how many sequences are drawn at once.

    `device` and `dtype` are torch's names; empty means the first accelerator there is, and the model's own type.
    """

    def __init__(
        self, *, model: str, revision: str = "", device: str = "", dtype: str = "", batch: int = 16, threads: int = 0
    ) -> None:
        try:
            import torch
            import transformers
        except ImportError as error:
            raise missing_extra("transformers", "transformers") from error
        self._torch, self._name, self._batch = torch, model, batch
        if threads:
            torch.set_num_threads(threads)
        pinned = {"revision": revision} if revision else {}
        try:
            self._tokenizer = transformers.AutoTokenizer.from_pretrained(model, padding_side="left", **pinned)
            loaded = transformers.AutoModelForCausalLM.from_pretrained(model, dtype=dtype or "auto", **pinned)
        except (OSError, ValueError) as error:
            raise ConfigError(f"model {model!r} cannot be loaded: {error}") from error
        self._device = device or ("cuda" if torch.cuda.is_available() else "cpu")
        self._model = loaded.to(self._device).eval()
        if self._tokenizer.pad_token_id is None:
            self._tokenizer.pad_token = self._tokenizer.eos_token

    def generate(self, asked: Asked, recorder: Recorder) -> Replied:
        """Reply to all requests, batch by batch."""
        replied: dict[str, Completion | Failure] = {}
        for batch in self._batches(asked):
            admitted = {key: request for key, request in batch if not (over := recorder.meter.admit(request))}
            replied |= {key: Failure(detail=over) for key, _ in batch if key not in admitted}
            if not admitted:
                continue
            started = time.perf_counter()
            completions = self._drawn(list(admitted.values()))
            seconds = (time.perf_counter() - started) / len(admitted)
            for (key, request), completion in zip(admitted.items(), completions, strict=True):
                replied[key] = completion
                recorder.add(key, completion, seconds)
                recorder.meter.settle(request)
            recorder.flush()
        return replied

    def close(self) -> None:
        """Let go of the model."""
        del self._model

    def _batches(self, asked: Asked) -> Iterator[list[tuple[str, GenerateRequest]]]:
        """Requests of equal sampling and about equal length."""
        order = sorted(asked.items(), key=lambda item: (repr(item[1].sampling), -len(self._text(item[1])), item[0]))
        for _, group in groupby(order, key=lambda item: repr(item[1].sampling)):
            members = list(group)
            size = max(1, self._batch // members[0][1].sampling.n)
            for start in range(0, len(members), size):
                yield members[start : start + size]

    def _text(self, request: GenerateRequest) -> str:
        if not request.messages:
            return request.prompt
        turns = [{"role": m.role, "content": m.content} for m in request.messages]
        if self._tokenizer.chat_template is None:
            return "\n\n".join(f"{m.role}: {m.content}" for m in request.messages) + "\n\nassistant:"
        text: str = self._tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
        return text

    def _drawn(self, requests: Sequence[GenerateRequest]) -> Iterator[Completion]:
        sampling = requests[0].sampling
        texts = [self._text(request) for request in requests]
        # A chat template writes the special tokens itself; bare text gets those that the tokenizer begins with.
        inputs = self._tokenizer(
            texts, return_tensors="pt", padding=True, add_special_tokens=not requests[0].messages
        ).to(self._device)
        if sampling.seed is not None:
            self._torch.manual_seed(sampling.seed)
        with self._torch.inference_mode():
            drawn = self._model.generate(
                input_ids=inputs["input_ids"], attention_mask=inputs["attention_mask"], **self._settings(sampling)
            )
        width = inputs["input_ids"].shape[1]
        for i in range(len(requests)):
            rows = drawn[i * sampling.n : (i + 1) * sampling.n, width:]
            yield self._completion(rows, sampling, int(inputs["attention_mask"][i].sum()))

    def _settings(self, sampling: Sampling) -> dict[str, Any]:
        settings: dict[str, Any] = {
            "max_new_tokens": sampling.max_tokens,
            "num_return_sequences": sampling.n,
            "do_sample": sampling.temperature > 0,
            "pad_token_id": self._tokenizer.pad_token_id,
        }
        if sampling.temperature > 0:
            settings |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "top_k": 0}
        elif sampling.n > 1:
            raise ConfigError("several samples need a temperature above 0")
        if sampling.stop:
            settings |= {"stop_strings": list(sampling.stop), "tokenizer": self._tokenizer}
        return settings

    def _completion(self, rows: Any, sampling: Sampling, tokens_in: int) -> Completion:
        texts, finish, tokens_out = [], [], 0
        ends = self._model.generation_config.eos_token_id
        ends = set(ends if isinstance(ends, list) else [ends])
        for row in rows.tolist():
            end = next((i for i, token in enumerate(row) if token in ends), len(row))
            text = self._tokenizer.decode(row[:end], skip_special_tokens=True)
            cut = min((at for stop in sampling.stop if (at := text.find(stop)) >= 0), default=len(text))
            texts.append(text[:cut])
            finish.append("stop" if end < len(row) or cut < len(text) or len(row) < sampling.max_tokens else "length")
            tokens_out += min(end + 1, len(row))
        return Completion(
            texts=tuple(texts), finish=tuple(finish), model=self._name, tokens_in=tokens_in, tokens_out=tokens_out
        )


GENERATOR = Backend(open=Transformers, reach=frozenset({"device", "batch", "threads"}), loads="transformers")
