"""The text of a problem and its solution: templates, mentions of numbers, narration, grounding."""
