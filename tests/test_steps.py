"""What single steps do, against closed forms: the edge of a quadratic, the gradient itself, a turn that is known."""

from dataclasses import replace

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.claims import CLAIMS
from wd_core.claims._claim import Setting
from wd_core.studies.diagnostics import _Gradient
from wd_core.studies.steps import angles, before_and_after, followed, largest_stable, pairs
from wd_core.training import train_all

QUADRATIC = Experiment(dataset="diabetes", model="linear", n_samples=120, lambdas=(0.0, 0.5, 3.0), seeds=(0, 1))
NETWORK = Experiment(
    hidden=(7, 5), optimizer="sgd", lr=0.2, n_samples=60, steps=21, lambdas=(0.0, 0.03, 0.5), seeds=(0, 3)
)


def curvature(e: Experiment, seed: int, lam: float) -> float:
    """Largest eigenvalue of ½ mean squared error plus ½λ‖w‖², the intercept free."""
    X = e.data(seed).X_train
    rows = np.column_stack([X, np.ones(len(X))])
    return np.linalg.eigvalsh(rows.T @ rows / len(X) + np.diag([lam] * X.shape[1] + [0.0]))[-1]


def test_a_quadratic_is_stable_up_to_two_over_curvature_and_lambda():
    rates = np.geomspace(0.1, 1.2, 40)
    found, _ = largest_stable(QUADRATIC, rates)
    edges = np.array([[2 / curvature(QUADRATIC, seed, lam) for seed in (0, 1)] for lam in QUADRATIC.lambdas])
    np.testing.assert_allclose(found, rates[np.searchsorted(rates, edges) - 1])
    assert (np.diff(found, axis=0) < 0).all()


def test_where_all_rates_are_stable_the_last_counts_and_where_the_first_is_not_nothing_does():
    np.testing.assert_array_equal(largest_stable(QUADRATIC, (1e-4, 1e-3))[0], np.full((3, 2), 1e-3))
    assert np.isnan(largest_stable(QUADRATIC, (3.0, 5.0))[0]).all()


@pytest.mark.parametrize("change", [{}, {"norm": "batch"}, {"decay_layers": (0.0, 1.0, 2.0)}])
def test_what_a_step_follows_is_the_datas_gradient(change):
    e = NETWORK.replace(**change)
    (h,) = train_all([e], dtype=np.float64, record_at=pairs(0, e.steps, 6))
    before, _ = before_and_after(h)
    names = dict(zip(e.decayed_layers, e.decay_layers or (1.0, 1.0, 1.0), strict=True))
    own = np.concatenate([np.full(b.size, names.get(b.layer, 1.0)) for b, _ in h.blocks()])[h.weight_mask]
    share = np.empty((len(e.lambdas), len(e.seeds)))
    for s, seed in enumerate(e.seeds):
        for i, lam in enumerate(e.lambdas):
            w = h.weights[i, s, before]
            g = _Gradient(e, seed, len(w))(w)[:, h.weight_mask]
            share[i, s] = 1 + lam * (own * w[:, h.weight_mask] * g).sum() / np.square(g).sum()
    np.testing.assert_allclose(followed(h), share, rtol=1e-6)
    np.testing.assert_allclose(share[0], 1)
    assert np.abs(share[2] - 1).min() > 0.01


@pytest.mark.parametrize("change", [{"optimizer": "adam"}, {"schedule": "cosine"}, {"decay": "decoupled"},
                                    {"penalty": "l1"}])  # fmt: skip
def test_another_rule_than_the_one_it_is_read_by_is_refused(change):
    with pytest.raises(ValueError, match="allowed: sgd at a constant rate"):
        followed(train(NETWORK.replace(**change)))


def test_a_known_turn_is_found_whatever_the_length_and_only_in_normalised_layers():
    (h,) = train_all([NETWORK.replace(norm="batch")], record_at=[0, 4, 5, 9, 10])
    weights, turns = np.random.default_rng(0).normal(size=h.weights.shape), {4: (0.3, 0.1), 9: (0.02, 0.5)}
    for block, place in h.blocks():
        mask = np.flatnonzero(block.mask("weight").ravel())
        if not len(mask) or block.layer == "output":
            continue
        for step, by_layer in turns.items():
            k, angle = list(h.steps).index(step), by_layer[block.layer == "hidden 2"]
            w = weights[:, :, k, place.start + mask]
            aside = np.random.default_rng(1).normal(size=w.shape)
            aside -= w * (aside * w).sum(-1, keepdims=True) / np.square(w).sum(-1, keepdims=True)
            aside *= np.linalg.norm(w, axis=-1, keepdims=True) / np.linalg.norm(aside, axis=-1, keepdims=True)
            weights[:, :, k + 1, place.start + mask] = 3 * (np.cos(angle) * w + np.sin(angle) * aside)
    at, found = angles(replace(h, weights=weights))
    assert at.tolist() == [4, 9]
    np.testing.assert_allclose(found, np.broadcast_to([0.2, 0.26], found.shape), rtol=1e-6)
    with pytest.raises(ValueError, match="allowed: a normalisation"):
        angles(train(NETWORK))


def test_pairs_follow_one_another_from_the_first_to_the_last_step():
    assert pairs(10, 20, 3) == [0, 10, 11, 14, 15, 19, 20]
    assert pairs(0, 3, 9) == [0, 1, 2, 3]


# -------------------------------------------------------------------- the claims that are read off them


def by_hand(name: str, arms: dict) -> dict:
    """Above zero speaks for the claim."""

    def both(what: str, unit: str = "") -> tuple:
        return tuple(arms[f"{what}, {arm}{unit}"] for arm in ("λ = 0", "with decay"))

    if name == "larger_rate":
        rate = [arms[f"largest stable learning rate, λ = {lam:g}"] for lam in CLAIMS[name].lambdas]
        return {f"{size} λ": np.log2(rate[i]) - np.log2(rate[0])
                for i, size in enumerate(("small", "middle", "large"), start=1)}  # fmt: skip
    if name == "slower_rate":
        without, with_it = both("η/‖w‖², batch norm")
        parts = ("data's share, plain", "data's share, batch norm")
        return {part: np.subtract(*both(part, ", %")) for part in parts} | {
            "turning rate, batch norm": np.log2(without) - np.log2(with_it)
        }
    angle = both("angle of a step, milliradians")
    return {
        "from quarter to quarter": np.subtract(*both("drift, doublings")),
        "from step to step": np.subtract(*both("jitter, %")),
        "whatever the start": np.subtract(*both("spread over starts, doublings")),
        "smaller": np.log2(angle[0]) - np.log2(angle[1]),
    }


@pytest.mark.parametrize("name", ["larger_rate", "slower_rate", "steady_updates"])
def test_above_zero_speaks_for_the_claim(name):
    claim = CLAIMS[name]
    trial = claim.trial(Setting(claim.datasets[0], (0, 1), claim.lambdas), lambda share: None)
    expected = by_hand(name, trial.arms)
    assert list(trial.differences) == list(expected)
    for part, values in expected.items():
        np.testing.assert_allclose(trial.differences[part], values, rtol=1e-6, atol=1e-9, err_msg=part)


def test_a_seed_of_which_nothing_is_known_is_left_out(monkeypatch):
    from wd_core.claims import larger_rate

    claim, last = CLAIMS["larger_rate"], larger_rate.RATES[-1]
    made_up = np.array([[last, last, 1.0], [last, 2.0, last], [1.0, 1.0, np.nan], [1.0, 1.0, 4.0]])
    _, histories = largest_stable(QUADRATIC, (0.1,))
    monkeypatch.setattr(larger_rate, "largest_stable", lambda *_: (made_up, histories * len(larger_rate.RATES)))
    found = claim.trial(Setting("diabetes", (0, 1, 2), claim.lambdas), lambda share: None).differences
    np.testing.assert_allclose(found["small λ"], [np.nan, np.log2(2 / last), np.log2(last)])
    np.testing.assert_allclose(found["middle λ"], [-np.log2(last), -np.log2(last), np.nan])
