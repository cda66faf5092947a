"""Undecided or wrong: what nobody can read is no answer; a formula that algebra failed on may be right."""

import re

from caco.records import Grade, Outcome

_FORMULA = re.compile(
    r"(?=.*\d).*(?:\\(?:[dt]?frac|sqrt|binom|sum|prod|int|lim|log|ln|exp|sin|cos|tan|cdot|times|pi)\b|[\^*/+])",
    re.DOTALL,
)


def is_open(grade: Grade, said: str) -> bool:
    """Whether an undecided grade leaves it open that `said` is right: prose and what cannot be read are wrong."""
    if grade.verdict is not Outcome.UNDECIDED or grade.reason in ("no_answer", "words"):
        return False
    unread = grade.reason.startswith("unparsed") or grade.reason == "no_value"
    return not unread or bool(_FORMULA.match(said))
