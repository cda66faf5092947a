"""Graders with effects: the rules in process, and algebra in worker processes under a deadline."""

from caco.backends.graders.grader import LocalGrader, grade, grade_many
from caco.graders import extract_answer

__all__ = ["LocalGrader", "extract_answer", "grade", "grade_many"]
