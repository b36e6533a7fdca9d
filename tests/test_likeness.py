"""Dropout beside decay: against dropout's expectation, summed over all its masks; and what is shared, by hand."""

from itertools import product

import numpy as np
import pytest

from wd_core import Experiment
from wd_core.claims import CLAIMS
from wd_core.claims._claim import Setting
from wd_core.experiment import lambda_path
from wd_core.studies.likeness import JUDGED, LAMBDAS, least_squares, nearest, networks, said, shared
from wd_core.training import train_all

PLANE = Experiment(n_samples=80, features=("x1", "x2", "x1^2", "x1*x2"), seeds=(0, 4))
NETWORK = PLANE.replace(hidden=(5,), steps=60, lambdas=lambda_path(1e-3, 0.3, 40), label_noise=0.2,
                        seeds=tuple(range(8)))  # fmt: skip


def over_all_masks(X: np.ndarray, y: np.ndarray, rate: float) -> np.ndarray:
    """(d,) the minimum of dropout's expected squared error: least squares on every example under every mask, each as
    heavy as it is likely."""
    masks = np.array(list(product((0.0, 1.0), repeat=X.shape[1])))
    likely = np.prod(np.where(masks == 1, 1 - rate, rate), axis=1)
    rows = (X[:, None] * masks / (1 - rate)).reshape(-1, X.shape[1])
    heavy = np.sqrt(np.tile(likely, len(X)))
    design = np.column_stack([rows, np.ones(len(rows))]) * heavy[:, None]
    return np.linalg.lstsq(design, np.repeat(y, len(masks)) * heavy, rcond=None)[0][:-1]


@pytest.mark.parametrize("rate", [0.2, 0.5])
def test_dropout_is_its_expectation_over_all_masks(rate):
    for f, seed in zip(least_squares(PLANE, rate), PLANE.seeds, strict=True):
        d = PLANE.data(seed)
        y = (d.y_train - d.y_train.mean()) / d.y_train.std()
        exact = over_all_masks(d.X_train.astype(float), y, rate)
        np.testing.assert_allclose(f.by_feature, exact, atol=1e-6)
        np.testing.assert_allclose(f.trained, exact, atol=0.02)
        np.testing.assert_allclose(f.nothing, over_all_masks(d.X_train.astype(float), y, 0.0), atol=1e-6)
        assert np.abs(f.trained - f.nothing).max() > 0.05
        np.testing.assert_allclose(f.even[0], f.nothing, atol=0.05)
        assert np.linalg.norm(f.even[-1]) < 0.3 * np.linalg.norm(f.nothing)
        assert f.rows["test"].shape == d.X_test.shape


def test_what_is_shared_and_what_is_nearest():
    effect = np.array([3.0, 4.0])
    assert shared(effect, effect) == 1
    assert shared(effect, 0 * effect) == 0
    assert shared(effect, -effect) == -3
    assert shared(effect, effect / 2) == pytest.approx(0.75)
    assert nearest(effect, np.array([[0, 0], [3, 3], [9, 9]])) == 1


def test_networks_choose_on_validation_rows_and_are_judged_on_test_rows():
    found = networks(NETWORK, 0.3)
    decayed, dropped = train_all([NETWORK, NETWORK.replace(dropout=0.3, lambdas=(0.0,))])
    chosen = {part: [] for part in JUDGED}
    for s, seed in enumerate(NETWORK.seeds):
        d, left = NETWORK.data(seed), {}
        for part in JUDGED:
            X = getattr(d, f"X_{part}")
            p, q = decayed.predict(X)[:, s, :, 0], dropped.predict(X)[0, s, :, 0]
            np.testing.assert_allclose(said(decayed, s)[part][:, 0], p, rtol=1e-5)
            left[part] = [np.square(q - p[i]).sum() / np.square(q - p[0]).sum() for i in range(len(p))]
            chosen[part].append(1 + int(np.argmin(left[part][1:])))
        i = chosen["validation"][s]
        assert found.lam[s] == NETWORK.lambdas[i]
        assert found.share[s] == pytest.approx(1 - left["test"][i], rel=1e-4)
        assert found.scores["decay"][s] == decayed.test_score[i, s, -1]
        assert found.scores["nothing"][s] == decayed.test_score[0, s, -1]
        assert found.scores["dropout"][s] == dropped.test_score[0, s, -1]
    assert chosen["validation"] != chosen["test"]  # else it would not show which part chose
    ends, each = decayed.test_score[:, :, -1], np.arange(len(NETWORK.seeds))
    for off in (-1, 1):  # nor which λ is judged
        assert (ends[chosen["validation"], each] != ends[np.add(chosen["validation"], off), each]).any()
    with pytest.raises(ValueError, match="allowed: 0 first"):
        networks(NETWORK.replace(lambdas=(0.1, 0.2)), 0.3)


def test_above_zero_speaks_for_the_claim():
    claim = CLAIMS["like_dropout"]
    trial = claim.trial(Setting(claim.datasets[0], (0, 1), claim.lambdas), lambda share: None)
    for part in ("linear, λ by feature", "linear, one λ", "network, predictions"):
        np.testing.assert_allclose(trial.differences[part], trial.arms[f"shared effect, {part}, %"] - 50)
    nothing, dropout, decay = (trial.arms[f"test accuracy, {name}, %"] for name in ("nothing", "dropout", "decay"))
    expected = np.abs(dropout - nothing) - np.abs(dropout - decay)
    np.testing.assert_allclose(trial.differences["network, test score"], expected)
    assert set(trial.arms["λ nearest to dropout, linear"]) <= set(LAMBDAS)
