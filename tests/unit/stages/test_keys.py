"""Keys name rows that lie on disks: they change where a stage's meaning does, and never by the way."""

import pytest

from caco.stages import answer, collect, controls, distinct, execute, filter, sample, transform, unify, vary, verify

STAGES = {
    "score": answer.score(),
    "collect": collect.collect({"problem": "q"}, {"licence": "MIT"}),
    "mix_problems": controls.mix_problems(0.1),
    "mix_attempts": controls.mix_attempts(0.1),
    "distinct": distinct.distinct(),
    "execute": execute.execute(),
    "match": execute.match(),
    "filter": filter.filter_programs(),
    "draw": sample.draw(),
    "transform": transform.transform(("loops", "distractor"), 2),
    "unify": unify.unify(),
    "unify_marks": unify.unify(("marks",)),
    "vary": vary.vary(3),
    "compose": vary.join(2),
    "verify": verify.verify(),
}
KEYS = {
    "score": "score@b2d17d747e0d7e31",
    "collect": "collect@bd81738c2d27daad",
    "mix_problems": "mix_problems@b03c68067297d485",
    "mix_attempts": "mix_attempts@eb9252906fba683c",
    "distinct": "distinct@82b774bac6bc729c",
    "execute": "execute@1ab4ef994e847e01",
    "match": "match@6368f484342d0141",
    "filter": "filter@3cf9442f949c8289",
    "draw": "draw@24e72028fcdb78f4",
    "transform": "transform@97aedafe52ae69b9",
    "unify": "unify@c9e681e90cea35a9",
    "unify_marks": "unify@66d429e538fd9a9f",
    "vary": "vary@fe599b8ca12c30a1",
    "compose": "compose@47eb91dc226ae890",
    "verify": "verify@fb0e1bd3d3e78966",
}


@pytest.mark.parametrize("name", STAGES)
def test_a_stages_key_stays(name):
    assert STAGES[name].key == KEYS[name]
