"""Openings: every data set, as the Lab and a short link show it, does what its sentence claims.

Each kind of story has its check here. λ is chosen on validation data, the claim is held against the test data.
"""

from functools import cache

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.datasets import DATASETS
from wd_core.datasets.base import STORIES, Opening
from wd_core.experiment import opening
from wd_core.history import History
from wd_core.studies.selection import best_lambda, mean_and_error, one_standard_error
from wd_core.view.planes import check_drawable, make_plane

TOLD = [(name, story) for name, dataset in DATASETS.items() for story in dataset.opening.story]
BESIDE = ("decoupled", "decoupled_paper")


@cache
def opened(dataset: str, **changes: str) -> History:
    """The opening, trained, with some fields changed."""
    return train(Experiment.from_query(f"dataset={dataset}").replace(**changes))


def opened_beside(dataset: str, decay: str) -> History:
    """The opening of another form of decay, trained."""
    return train(Experiment.from_query(f"dataset={dataset}&decay={decay}"))


def chosen(h: History) -> int:
    """The λ of the least validation loss."""
    return best_lambda(h.validation_loss[:, :, -1].mean(1))


def chosen_sparser(h: History) -> int:
    """The λ of the one-standard-error rule."""
    return one_standard_error(*mean_and_error(h.validation_loss[:, :, -1], axis=1))


def input_weights(h: History) -> np.ndarray:
    """A linear model's weights at the end (L, S, outputs, inputs)."""
    block, place = h.blocks()[0]
    return h.weights[:, :, -1, place].reshape(*h.weights.shape[:2], *block.shape)[..., :-1]


def norms(h: History) -> np.ndarray:
    """(L, S, K)"""
    return np.sqrt(np.square(h.weights[..., h.weight_mask]).sum(-1))


def constants_loss(e: Experiment, seed: int) -> float:
    """Training loss of the best constant: half the variance, or the entropy of the classes' shares."""
    y = e.data(seed).y_train
    if e.task == "regression":
        return float(y.var() / 2)
    shares = np.bincount(y.astype(np.intp)) / len(y)
    return float(-(shares[shares > 0] * np.log(shares[shares > 0])).sum())


# ---------------------------------------------------------------- the stories


def overfits_is_cured_and_killed(h: History) -> None:
    best, test = chosen(h), h.test_loss[:, :, -1].mean(1)
    gap = h.test_loss[:, :, -1].mean(1) - h.train_loss[:, :, -1].mean(1)
    assert h.lambdas[0] == 0
    assert 0 < best < len(h.lambdas) - 1  # a minimum that one sees is within the path
    assert test[0] > 1.1 * test[best]
    assert gap[0] > 1.5 * max(gap[best], 0)
    assert test[-1] > 1.1 * test[best]
    constants = [constants_loss(h.experiment, seed) for seed in h.experiment.seeds]
    assert (h.train_loss[-1, :, -1] > 0.8 * np.array(constants)).all()


def grows_for_ever_unless_decayed(h: History) -> None:
    half = int(np.abs(h.steps - h.steps[-1] / 2).argmin())
    growth = norms(h)[:, :, -1] / norms(h)[:, :, half]
    assert (h.train_score[0, :, -1] == 1).all()  # separable, and separated
    assert (growth[0] > 1.1).all()
    assert (np.abs(growth[1:] - 1) < 0.02).all()


def l1_tells_apart(h: History) -> None:
    names, dataset = h.experiment.data(h.experiment.seeds[0]).input_names, DATASETS[h.experiment.dataset]
    relevant = np.isin(names, dataset.opening.relevant or dataset.feature_names)
    dropped = (input_weights(h)[chosen_sparser(h)] == 0).all(1)  # (S, inputs)
    assert dropped[:, ~relevant].mean() > 0.6
    assert (dropped[:, ~relevant].mean(1) > dropped[:, relevant].mean(1) + 0.25).all()
    other = opened(h.experiment.dataset, penalty="l2")
    assert (input_weights(other)[chosen(other)] != 0).all()


def l1_drops_the_smaller(h: History) -> None:
    one, two = (input_weights(opened(h.experiment.dataset, penalty=penalty))[:, :, 0] for penalty in ("l1", "l2"))
    size = np.abs(one[0]).mean(0)
    small, large = size.argmin(), size.argmax()
    assert ((one[..., small] == 0) & (one[..., large] != 0)).any(0).all()
    assert not ((one[..., large] == 0) & (one[..., small] != 0)).any()
    assert (two != 0).all()


def l2_shares(h: History) -> None:
    def sharers(penalty: str) -> np.ndarray:
        """(S,): how many inputs carry the weight, (Σw²)² / Σw⁴."""
        it = opened(h.experiment.dataset, penalty=penalty)
        power = np.square(input_weights(it)[chosen(it)]).sum(1)
        return power.sum(-1) ** 2 / np.square(power).sum(-1)

    assert (sharers("l2") > 1.5 * sharers("l1")).all()


def norm_falls(h: History) -> None:
    assert (np.diff(norms(h)[:, :, -1].mean(1)) < 0).all()


def straightens(h: History) -> None:
    linear = opened(h.experiment.dataset, model="softmax")
    best, e = chosen(h), h.experiment

    def disagree(lam: int) -> float:
        found = []
        for s, seed in enumerate(e.seeds):
            split = e.data(seed)
            grid = split.to_model(make_plane(split, e.source, "auto").grid(40))
            straight = linear.predict(grid)[chosen(linear), s].argmax(-1)
            found.append((h.predict(grid)[lam, s].argmax(-1) != straight).mean())
        return float(np.mean(found))

    assert disagree(best) < 0.6 * disagree(0)


def idle_weights_vanish(h: History) -> None:
    e, (block, place) = h.experiment, h.blocks()[0]
    first = h.weights[..., place].reshape(*h.weights.shape[:3], *block.shape)
    for s, seed in enumerate(e.seeds):
        idle = np.flatnonzero(np.ptp(e.data(seed).X_train, axis=0) == 0)
        assert len(idle)
        begun = first[0, s, 0][:, idle]
        np.testing.assert_array_equal(first[0, s, -1][:, idle], begun)
        assert np.abs(first[chosen(h), s, -1][:, idle]).max() < 0.05 * np.abs(begun).max()


CHECKS = {
    "cure": overfits_is_cured_and_killed,
    "unbounded": grows_for_ever_unless_decayed,
    "selects": l1_tells_apart,
    "drops": l1_drops_the_smaller,
    "shares": l2_shares,
    "shrinks": norm_falls,
    "straightens": straightens,
    "idle": idle_weights_vanish,
}


@pytest.mark.parametrize(("dataset", "story"), TOLD)
def test_the_opening_does_what_its_sentence_claims(dataset: str, story: str) -> None:
    CHECKS[story](opened(dataset))


def test_every_story_has_a_check_and_is_told() -> None:
    assert set(CHECKS) == set(STORIES) == {story for _, story in TOLD}


OTHERS = [
    (name, decay) for name, story in TOLD for decay in BESIDE
    if story == "cure" and DATASETS[name].opening.settings.get("decay") != decay
]  # fmt: skip


@pytest.mark.parametrize(("dataset", "decay"), OTHERS)
def test_decay_beside_the_step_opens_with_a_path_of_its_own_that_shows_the_cure(dataset: str, decay: str) -> None:
    h = opened_beside(dataset, decay)
    best, test = chosen(h), h.test_loss[:, :, -1].mean(1)
    assert h.experiment.lambdas != opened(dataset).experiment.lambdas
    assert 0 < best < len(test) - 1
    assert test[0] > 1.05 * test[best]
    assert test[-1] > 1.05 * test[best]


def test_the_path_beside_the_step_begins_at_a_tenth_of_an_e_fold_and_ends_with_the_whole_weight() -> None:
    start = opening("moons", "decoupled")
    shrink = start["lr"] * np.array(start["lambdas"])
    np.testing.assert_allclose(shrink[1] * start["steps"], 0.1, rtol=0.5)
    np.testing.assert_allclose(shrink[-1], 1, rtol=0.5)
    np.testing.assert_allclose(opening("moons", "decoupled_paper")["lambdas"][-1], 1)


def test_an_unknown_story_is_refused() -> None:
    with pytest.raises(ValueError, match="story=magic: must be of cure"):
        Opening(story=("magic",))


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_data_set_has_a_story(dataset: str) -> None:
    assert DATASETS[dataset].opening.story


@pytest.mark.parametrize("dataset", DATASETS)
def test_the_lab_can_draw_every_opening(dataset: str) -> None:
    check_drawable(Experiment.from_query(f"dataset={dataset}"))
