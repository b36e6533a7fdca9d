"""What decay gains: arms that are the trainings they say, signs, calibration, words that follow the numbers."""

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.studies.evidence import Paired
from wd_core.studies.gains import calibration_error, gains_of
from wd_core.ui import measured

E = Experiment(dataset="wine", n_samples=90, model="mlp", hidden=(6,), steps=30, label_noise=0.2, lr=0.05,
               lambdas=(0.0, 1e-2, 1e-1), seeds=(0, 1, 2))  # fmt: skip


@pytest.fixture(scope="module")
def history():
    return train(E)


def test_arms_are_chosen_on_validation_and_judged_on_the_test_part(history):
    h, g = history, gains_of(history)
    at = {"none": (np.zeros(3, int), np.full(3, -1)), "decay": (h.validation_loss[:, :, -1].argmin(0), np.full(3, -1)),
          "early": (np.zeros(3, int), h.validation_loss[0].argmin(-1))}  # fmt: skip
    for s, seed in enumerate(E.seeds):
        data = E.data(seed)
        for arm, (i, k) in at.items():
            assert g.arms[arm].score[s] == h.test_score[i[s], s, k[s]]
            assert g.arms[arm].loss[s] == h.test_loss[i[s], s, k[s]]
        p = h.predict(data.X_test)[at["decay"][0][s], s]
        assert g.calibration["decay"][s] == pytest.approx(calibration_error(p, data.y_test), abs=1e-6)


def test_better_is_above_zero(history):
    g = gains_of(history)
    np.testing.assert_allclose(g.over("score", "decay").differences,
                               100 * (g.arms["decay"].score - g.arms["none"].score), atol=1e-5)  # fmt: skip
    np.testing.assert_allclose(g.over("loss", "early", "decay").differences,
                               g.arms["decay"].loss - g.arms["early"].loss, atol=1e-6)  # fmt: skip
    np.testing.assert_allclose(g.over("calibration", "decay").differences,
                               g.calibration["none"] - g.calibration["decay"])  # fmt: skip
    with pytest.raises(ValueError, match="what=norm: allowed: score"):
        g.over("norm", "decay")
    with pytest.raises(ValueError, match="allowed: 0 first"):
        gains_of(train(E.replace(lambdas=(1e-2, 1e-1))))


def test_calibration_error_of_what_is_known():
    sure = np.array([[1.0, 0.0]] * 4)
    assert calibration_error(sure, np.array([0, 0, 0, 0])) == 0
    assert calibration_error(sure, np.array([0, 0, 0, 1])) == pytest.approx(0.25)
    # Two bins: 0.55 with half right, 0.95 with all right; weighted by their counts.
    p = np.array([[0.55, 0.45], [0.55, 0.45], [0.95, 0.05], [0.95, 0.05]])
    assert calibration_error(p, np.array([0, 1, 0, 0])) == pytest.approx((0.05 + 0.05) / 2)
    # A drawn label is as likely as it was said to be: the error of a sound forecaster goes to 0.
    rng = np.random.default_rng(0)
    q = rng.uniform(0.5, 1, 40_000)
    drawn = (rng.random(q.size) > q).astype(int)
    assert calibration_error(np.stack([q, 1 - q], axis=1), drawn) < 0.01


class Planted:
    """Gains whose intervals are known."""

    def __init__(self, **verdicts):
        values = {"up": np.array([1.0, 1.1, 0.9]), "down": -np.array([1.0, 1.1, 0.9]), "none": np.array([-1.0, 1, 0])}
        self.found = {name: Paired(values[v]) for name, v in verdicts.items()}
        self.arms = {"decay": type("K", (), {"lam": np.array([0.1, 0.3, 0.1])})}

    def over(self, what, arm, base="none"):
        return self.found["added" if arm == "both" else "rival" if base == "early" else what]


@pytest.mark.parametrize("rival", [("up", "decay is ahead"), ("down", "early stopping is ahead"), ("none", "neither")])
@pytest.mark.parametrize("score", [("up", "right more often"), ("down", "less often"), ("none", "cannot be told")])
@pytest.mark.parametrize("sure", [("up", ("better calibrated",)), ("down", ("worse",)), ("none", ("",))])
def test_words_follow_the_intervals(score, sure, rival):
    added = {"up": "decay adds to it", "down": "decay takes from it", "none": "cannot be told to add to it"}[sure[0]]
    planted = Planted(score=score[0], calibration=sure[0], rival=rival[0], added=sure[0])
    text = measured.conclusion("RNN", planted)
    assert added in text
    assert score[1] in text
    assert rival[1] in text
    assert any(words in text for words in sure[1])
    assert "λ chosen: 0.10 to 0.30, median 0.10" in text
    if sure[0] == "none":
        assert "calibrated" not in text
    assert f"{measured.interval_text(planted.over('calibration', 'decay'), 'calibration')} off the" in text


@pytest.mark.parametrize(("lam", "text"), [
    ((0.1, 0.3), "0.10 to 0.30, median 0.30"), ((0.3, 0.3), "0.30 by every seed"),
    ((1.0, 0.1, 0.3), "0.10 to 1.0, median 0.30"),
])  # fmt: skip
def test_the_median_is_one_of_the_lambdas_chosen(lam, text):
    assert measured.chosen_text(np.array(lam)) == text


def test_board_and_table_say_the_numbers(history):
    g = gains_of(history)
    names = {"mlp": "MLP", "other": "OTHER"}
    found = {"mlp": g, "other": g}
    board = measured.measured_board(names, E.lambdas, found)
    assert board.pack()
    assert len(board.sentences) == 3
    bars = next(p for p in board.panels if "test accuracy" in p.title)
    paired = g.over("score", "decay", "early")
    np.testing.assert_allclose([bars.values[3], bars.low[3], bars.high[3]], [paired.mean, *paired.interval])
    table = measured.table(names, found)
    assert measured.interval_text(paired, "score") in table
    assert table.count("\n") == 1 + 2 * 3
