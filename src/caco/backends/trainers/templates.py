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
TEMPLATE = "chat_template.jinja"
"""Where transformers and servers look for a model's template, in its folder."""
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


def check_template(model: str) -> None:
    """Refuse to ask a model that was trained here in another form than it learned; raises ConfigError.

    Models from elsewhere pass, with what they bring along.
    """
    folder = Path(model)
    if not (folder / RECEIPT).is_file():
        return
    trained = json.loads((folder / RECEIPT).read_text(encoding="utf-8")).get("template", "")
    there = folder / TEMPLATE
    if trained and trained != template_fingerprint(there.read_text(encoding="utf-8") if there.is_file() else ""):
        raise ConfigError(f"{model} was trained with another chat template than its {TEMPLATE}: put the first one back")
