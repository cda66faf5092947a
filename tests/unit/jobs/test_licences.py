"""What licences forbid, by their usual names."""

import pytest

from caco.jobs.licences import forbids, terms


@pytest.mark.parametrize(
    ("licence", "commercial", "derivatives"),
    [
        ("CC0-1.0", False, False),
        ("MIT", False, False),
        ("Apache-2.0", False, False),
        ("CC-BY-4.0", False, False),
        ("CC-BY-NC-4.0", True, False),
        ("cc-by-nc-nd-4.0", True, True),
        ("Creative Commons Attribution-NonCommercial 4.0", True, False),
        ("MIT AND CC-BY-NC-SA-4.0", True, False),
        ("somebody's own", True, True),
        ("", True, True),
    ],
)
def test_what_is_forbidden(licence, commercial, derivatives):
    assert (forbids(licence, "commercial"), forbids(licence, "derivatives")) == (commercial, derivatives)


def test_terms_in_words():
    assert terms("CC0-1.0") == ()
    assert "the author must be named" in terms("CC-BY-SA-4.0")
    assert "what is made from it must carry the same licence" in terms("CC-BY-SA-4.0")
