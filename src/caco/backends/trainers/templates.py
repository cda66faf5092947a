"""Chat templates by name, and the check that a trained model is asked with the one it was trained with.

A training writes its template into the model's folder, where every server looks for it, and its fingerprint into
`training.json`; a backend that loads the folder compares the two.
"""

import json
from collections.abc import Mapping
from pathlib import Path

from caco.errors import ConfigError
from caco.lineage import digest

RECEIPT = "training.json"
"""What a training says of itself, in the model's folder."""
TEMPLATES: Mapping[str, str] = {
    "chatml": (
        "{% for message in messages %}"
        "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>\n' }}"
        "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
    ),
    "alpaca": (
        "{% for message in messages %}{% if message['role'] == 'assistant' %}"
        "{{ message['content'] + '<|im_end|>\n\n' }}{% else %}"
        "{{ '### Instruction:\n' + message['content'] + '\n\n### Response:\n' }}"
        "{% endif %}{% endfor %}"
    ),
}
"""`alpaca` has no system turn, and nothing but the question under its heading."""


def template_fingerprint(template: str) -> str:
    """Names a chat template by its text."""
    return digest("chat template", template)


def check_template(model: str, template: str | None) -> None:
    """Refuse to ask a model that was trained here in another form than it learned; raises ConfigError.

    `template` is the chat template that would be used; None where there is none. Models from elsewhere pass.
    """
    receipt = Path(model) / RECEIPT
    if not receipt.is_file():
        return
    trained = json.loads(receipt.read_text(encoding="utf-8")).get("template", "")
    if trained and trained != template_fingerprint(template or ""):
        raise ConfigError(
            f"{model} was trained with another chat template than the one in its folder now: "
            "put the file chat_template.jinja of its training back"
        )
