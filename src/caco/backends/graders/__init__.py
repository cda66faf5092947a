"""Graders with effects: the rules in process, and algebra in worker processes under a deadline."""

from caco.answers import extract_answer
from caco.backends.graders.local import LocalGrader, grade, grade_many

__all__ = ["LocalGrader", "extract_answer", "grade", "grade_many"]
