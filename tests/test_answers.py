"""The answers of "How it works": every linked scene shows, over its seeds, what the sentence beside it says."""

from functools import cache

import numpy as np
import pytest

from wd_core import History, train_all
from wd_core.figures.objective import GRID, minimum, objective_figure
from wd_core.studies import answers
from wd_core.view.scene import Scene


@pytest.mark.parametrize("penalty", ["l2", "l1"])
@pytest.mark.parametrize("lam", [0.0, 0.3, 1.0, 1.4])
def test_the_pictures_minimum_is_the_least_of_the_sum_it_draws(penalty: str, lam: float) -> None:
    drawn = [t for t in objective_figure(lam).data if t.xaxis == ("x" if penalty == "l2" else "x2")]
    total = next(t for t in drawn if t.name == "loss + penalty")
    mark = next(t for t in drawn if t.mode == "markers+text")
    assert mark.x[0] == minimum(penalty, lam)
    assert mark.x[0] == pytest.approx(GRID[np.argmin(total.y)], abs=GRID[1] - GRID[0])
    assert mark.y[0] == pytest.approx(min(total.y), abs=1e-3)


@cache
def shown(query: str) -> tuple[list[History], int]:
    """The histories of the scene's arms, and the index of the λ under its cursor."""
    scene = Scene.from_query(query)
    assert len(scene.experiment.seeds) >= 5
    return train_all(scene.arms), scene.cursor[0]


def last(query: str, name: str, arm: int = 0) -> np.ndarray:
    """(λ, seeds) at the last step."""
    return getattr(shown(query)[0][arm], name)[:, :, -1]


def norms(query: str, step: int, arm: int = 0) -> np.ndarray:
    """(λ, seeds): ‖w‖ of the decayed weights."""
    h = shown(query)[0][arm]
    return np.linalg.norm(h.weights[:, :, step][..., h.weight_mask], axis=-1)


@pytest.mark.parametrize("query", sorted({q for a in answers.ANSWERS for q in a.scenes.values()} - {answers.SAME}))
def test_the_cursor_is_at_zero_or_at_the_least_validation_loss(query: str) -> None:
    _, index = shown(query)
    best = last(query, "validation_loss").mean(axis=1).argmin()
    assert index == (0 if query.endswith("at=0") else best)


def test_it_does_not_always_help() -> None:
    few = last(answers.OVERFIT, "validation_loss")
    best = few.mean(axis=1).argmin()
    assert few[best].mean() < 0.55 * few[0].mean()
    assert (few[best] < few[0]).all()
    many = last(answers.CLEAN, "validation_loss").mean(axis=1)
    assert (many[1:] > many[0]).all()


def test_weights_end_as_large_as_they_began() -> None:
    _, best = shown(answers.OVERFIT)
    start, end = norms(answers.OVERFIT, 0), norms(answers.OVERFIT, -1)
    assert end[best].mean() == pytest.approx(start[best].mean(), rel=0.2)
    assert (end[0] > 3 * start[0]).all()


def test_a_gap_is_left() -> None:
    _, best = shown(answers.GAP)
    gap = last(answers.GAP, "validation_loss") - last(answers.GAP, "train_loss")
    assert (gap[best] > 0).all()
    assert gap[best].mean() > 0.9 * last(answers.GAP, "train_loss")[best].mean()
    assert gap[best].mean() < gap[0].mean()


def test_the_best_lambdas_differ_tenfold() -> None:
    one, other = (h[0].lambdas[i] for h, i in map(shown, (answers.OVERFIT, answers.ELSEWHERE)))
    assert other > 10 * one


def test_training_loss_goes_up_with_lambda() -> None:
    loss, score = last(answers.OVERFIT, "train_loss"), last(answers.OVERFIT, "validation_score")
    _, best = shown(answers.OVERFIT)
    assert (loss[0] < loss[best]).all()
    assert (loss[best] < loss[-1]).all()
    assert score[best].mean() > score[0].mean()


def test_l1_alone_makes_zeros() -> None:
    histories, index = shown(answers.ZEROS)
    l2, l1 = ((h.weights[index, :, -1][:, h.weight_mask] == 0).sum(axis=1) for h in histories)
    assert (l1 > 0).all()
    assert (l2 == 0).all()


def test_l2_and_decoupled_decay_are_one_for_gradient_descent_alone() -> None:
    for query, same in ((answers.SAME, True), (answers.OTHER, False)):
        coupled, decoupled = (last(query, "validation_loss", arm) for arm in (0, 1))
        apart = np.abs(coupled - decoupled).max(axis=0)
        assert ((apart < 1e-3) == same).all()
