"""One update in slow motion: its parts against steps worked out by hand, its whole against the training loop's."""

import numpy as np
import pytest

from wd_core.engine.loop import train_table
from wd_core.engine.penalties import make_penalty
from wd_core.engine.runs import Row, Rule
from wd_core.studies.slow_motion import LRS, STAGES, Watched, example, slow_motion
from wd_core.tables import tables_of
from wd_core.ui import slow_motion as page
from wd_core.ui.slow_motion_words import sentence
from wd_core.view.picture import unpack

SETTINGS = [(p, d, o, lam) for p in ("l2", "l1") for d in ("coupled", "decoupled") for o in LRS for lam in (0.03, 0.3)]


@pytest.fixture(scope="module", params=SETTINGS, ids=lambda s: "-".join(map(str, s)))
def slow(request):
    return slow_motion(example(*request.param))


def test_the_weights_are_the_training_loops_bit_for_bit_and_the_parts_add_up_to_the_step(slow):
    e = slow.experiment
    table = tables_of([e], np.float64)[0].table()
    w = train_table(table, range(e.steps + 1), np.float64, lambda share: None)[0, 0][:, table.rows[0].factors > 0]
    np.testing.assert_array_equal(slow.start, w[:-1])
    np.testing.assert_array_equal(slow.end, w[1:])
    np.testing.assert_array_equal(slow.places[:, -1], w[1:])
    np.testing.assert_allclose(slow.start + slow.moves.sum(1), slow.end, rtol=0, atol=1e-12)
    np.testing.assert_allclose(slow.loss_pull + slow.decay_pull, slow.end - slow.start, rtol=0, atol=1e-12)
    assert not slow.moves[:, [i for i in range(len(STAGES)) if i not in slow.stages]].any()


def test_every_part_of_every_step_is_the_textbooks(slow):
    """The optimisers and both forms restated, weight by weight, from the gradients of the loss alone."""
    e, lr, (lam,) = slow.experiment, slow.experiment.lr, slow.experiment.lambdas
    l2, coupled = e.penalty == "l2", e.decay == "coupled"
    memory, remembered, square = (np.zeros(9) for _ in range(3))  # m (or v of momentum), its part that is decay's, v
    for k, (w, g) in enumerate(zip(slow.start, slow.gradient, strict=True)):
        added = lam * w if l2 and coupled else np.zeros(9)
        if e.optimizer == "adam":
            memory, remembered = 0.9 * memory + 0.1 * (g + added), 0.9 * remembered + 0.1 * added
            square = 0.999 * square + 0.001 * (g + added) ** 2
            root = np.sqrt(square / (1 - 0.999 ** (k + 1))) + 1e-8
            direction, of_decay = (m / (1 - 0.9 ** (k + 1)) / root for m in (memory, remembered))
            reach = 1 / root
        else:
            mu = {"sgd": 0.0, "momentum": 0.9}[e.optimizer]
            memory, remembered = mu * memory + g + added, mu * remembered + added
            direction, of_decay, reach = memory, remembered, 1 / (1 - mu)
        beside = -lr * lam * w if l2 and not coupled else np.zeros(9)
        stepped = w + beside - lr * direction
        threshold = np.zeros(9) if l2 else lr * lam * (reach if coupled else 1) * np.ones(9)
        prox = np.sign(stepped) * np.maximum(np.abs(stepped) - threshold, 0) - stepped
        parts = np.zeros(9), -lr * g, -lr * added, -lr * direction + lr * (g + added), beside, prox
        np.testing.assert_allclose(slow.moves[k], parts, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(slow.added[k], added, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(slow.threshold[k], threshold, rtol=1e-9)
        np.testing.assert_allclose(slow.decay_pull[k], -lr * of_decay + beside + prox, rtol=1e-9, atol=1e-12)
        np.testing.assert_array_equal(slow.end[k] == 0, np.abs(stepped) <= threshold)


@pytest.mark.parametrize(
    ("penalty", "decay", "optimizer", "ends"),
    [  # w = 1 and 0.04, g = 0.5 and 0.3; η = 0.1, λ = 0.2
        ("l2", "coupled", "sgd", (0.93, 0.0092)),  # 1 − 0.1·(0.5 + 0.2)
        ("l2", "decoupled", "sgd", (0.93, 0.0092)),
        ("l2", "coupled", "adam", (0.9, -0.06)),  # Adam's first step is η, whatever the gradient
        ("l2", "decoupled", "adam", (0.88, -0.0608)),
        ("l1", "decoupled", "sgd", (0.93, 0.0)),  # 0.95 − 0.02; |0.04 − 0.03| ≤ 0.02
        ("l1", "decoupled", "adam", (0.88, -0.04)),
        ("l1", "coupled", "momentum", (0.75, 0.0)),  # threshold 0.1·0.2/(1 − 0.9)
        ("l1", "coupled", "adam", (0.86, 0.0)),  # threshold 0.02/|g|: 0.04, 0.0667
    ],
)
def test_one_step_by_hand(penalty, decay, optimizer, ends):
    w, g = np.array([[1.0, 0.04]]), np.array([[0.5, 0.3]])
    update = Watched([Row(0.2, 0.1, make_penalty(penalty), np.ones(2), Rule(optimizer, decay=decay))], w, g, 1)
    update(1)
    np.testing.assert_allclose(w[0], ends, rtol=1e-6, atol=1e-9)
    np.testing.assert_array_equal(w == 0, np.array([ends]) == 0)
    assert set(update.seen) == {"start", "loss", "gradient", "beside", "stepped", "end"}


@pytest.mark.parametrize("optimizer", LRS)
def test_decoupled_decay_has_one_half_life_for_all_weights_and_steps(optimizer):
    s = slow_motion(example("l2", "decoupled", optimizer, 0.3))
    np.testing.assert_allclose((1 - 0.3 * LRS[optimizer]) ** s.half_life, 0.5, rtol=1e-9)


def test_without_decay_nothing_but_the_loss_pulls():
    s = slow_motion(example("l1", "coupled", "adam", 0.0))
    assert not s.decay_pull.any()
    assert not s.threshold.any()
    assert np.isnan(s.half_life).all()


@pytest.mark.parametrize(
    "change", [{"penalty": "elastic"}, {"decay": "cautious"}, {"seeds": (0, 1)}, {"batch_size": 4}]
)
def test_what_has_no_account_is_refused(change):
    with pytest.raises(ValueError, match="allowed"):
        slow_motion(example("l2", "coupled", "sgd", 0.1).replace(**change))


def test_each_sentence_is_true_of_its_weight(slow):
    for k in range(slow.start.shape[0]):
        for j in range(slow.start.shape[1]):
            said = {STAGES[i]: sentence(slow, k, STAGES[i], j) for i in slow.stages}
            assert all(text.endswith(".") and "–" not in text for text in said.values())
            w, move = slow.start[k, j], slow.moves[k, 1, j]
            if "away" in said["gradient"]:
                assert abs(w + move) > abs(w)
            elif "towards" in said["gradient"]:
                assert 0 <= w * (w + move) < w * w
            assert ("exactly zero" in said.get("prox", "")) == (slow.end[k, j] == 0)
            assert ("stays zero" in said["start"]) == (slow.end[k, j] == 0 and w == 0)
            loss, decay = slow.loss_pull[k, j], slow.decay_pull[k, j]
            if "decay is stronger" in said["start"]:
                assert abs(decay) > abs(loss)
                assert loss * decay < 0
            if "balanced" in said["start"]:
                assert abs(slow.end[k, j] - w) < 0.1 * max(abs(loss), abs(decay))
            if "towards zero" in said.get("decay in the gradient", ""):
                assert slow.added[k, j] * w > 0


@pytest.mark.parametrize("penalty", ["l2", "l1"])
def test_the_board_shows_what_the_study_found(penalty):
    setting = page.Setting(penalty, "coupled", "momentum", "0.1")
    s, board = setting.run(), page.board(setting)
    header, _ = unpack(board.pack())
    stages, steps, weights = (axis["values"] for axis in header["axes"])
    words, places, moves, *_ = board.panels
    i, k, j = len(stages) - 1, 7, 4
    place = (k * len(stages) + i) * len(weights) + j
    assert words.items[place][0][0] == sentence(s, k, STAGES[s.stages[i]], j)
    assert (steps[k], weights) == (k + 1, s.names)
    np.testing.assert_array_equal(places.values[k, i], s.end[k])
    np.testing.assert_allclose(np.nansum(moves.values[k, i, j, :-1]), moves.values[k, i, j, -1], atol=1e-12)
    assert np.isfinite(moves.values[k, 1, j]).sum() == 2  # the gradient's, and the sum
    assert f"{int((s.end[-1] == 0).sum()) or 'none'} of 9 weights" in board.sentences
