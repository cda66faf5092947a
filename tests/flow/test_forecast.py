"""A forecast from a pilot, held against the full run it forecasts."""

import pytest

import caco
from brain import Brain
from caco.report.models import spending
from caco.wiring import pilot
from running import shipped_seeds
from served import ModelServer


@pytest.mark.slow
def test_the_full_run_lies_in_the_pilots_intervals_and_pays_for_the_rest_only(tmp_path):
    seeds = tmp_path / "seeds.jsonl"
    seeds.write_text("\n".join(shipped_seeds(4)) + "\n", encoding="utf-8")
    with ModelServer(Brain()) as server:
        settings = {
            "seeds": str(seeds),
            "model": {"model": "brain-7b", "url": server.url, "price_in": 1.0, "price_out": 2.0, "gpus": 2},
            "same_family": True,
            "fresh": 1,
            "texts_per_program": 1,
            "readings": 1,
            "rounds": 0,
            "controls_rate": 0.0,
            "workers": 1,
        }
        small, steps, num_seeds = pilot("paper", settings=settings, runs=tmp_path / "runs", size=14)
        paid = server.num_answered
        full = caco.run("paper", settings=settings, runs=tmp_path / "runs")
        total_requests = server.num_answered
    found = {step.name: step for step in steps}
    spent = {s.role: s for s in spending(full)}
    rows = {step.name: step.rows for step in full.funnel()}
    assert num_seeds == rows["collect"] and small.path.name == "paper-pilot"
    assert found["collect"].of["rows"].mean == num_seeds
    for name in ("deduplicate", "write", "export"):
        of = found[name].of["rows"]
        assert of.low * 0.8 <= rows[name] <= of.high * 1.2, (name, of, rows[name])
    tokens = found["attempt"].of["tokens_in"]
    # The pilot's own tokens are not spent again, so the full run's account and the pilot's make the whole.
    whole = spent["solver"].tokens_in + {s.role: s for s in spending(small)}["solver"].tokens_in
    assert tokens.low * 0.8 <= whole <= tokens.high * 1.2
    assert found["all"].of["cost"].mean == pytest.approx(sum(s.of["cost"].mean for s in steps[:-1]))
    assert found["attempt"].gpu_hours.mean == pytest.approx(2 * found["attempt"].hours.mean) != 0
    assert found["probe"].gpu_hours.mean == 0
    assert 0 < total_requests - paid < total_requests
