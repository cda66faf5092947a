"""The pure layers of grading: reading answers, comparing them, extracting them from text.

`compare` runs no process and never waits; what only algebra can decide it leaves `undecided` (see
`caco.backends.graders` for the workers that do algebra).
"""

from caco.answers.extract import Answer, extract_answer
from caco.answers.verdict import compare

__all__ = ["Answer", "compare", "extract_answer"]
