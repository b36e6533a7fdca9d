"""Every claim tries what it says: arms share all but what is named, and no λ is chosen on test data."""

from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial

import numpy as np
import pytest

from wd_core import Experiment, training
from wd_core.claims import CLAIMS
from wd_core.claims._claim import Progress, Setting, Trial, lab
from wd_core.claims._result import Result
from wd_core.datasets import DATASETS
from wd_core.experiment import DATA
from wd_core.history import History
from wd_core.studies.companions import kept
from wd_core.view.scene import Scene

TRIED = [name for name, claim in CLAIMS.items() if claim.trial]
MAY_DIFFER: dict[str, set[str]] = {"unsuited": {"n_samples", "noise"}}
"""Fields in which trainings of one trial differ because the claim is about them; wrong labels always may."""
NOT_LINEAR: set[str] = {"foretells", "less_time", "overfitting_left", "unsuited", "architectures"}
"""Claims with a part that neither is proportional to test results nor free of them (a ratio, rank, mixture, time); and
one of four networks, for its cost: test_architectures.py has its choices."""


def watched(trial: Callable, setting: Setting, monkeypatch, change: Callable[[History], History]) -> tuple:
    """What the trial finds when every training's result goes through `change`, and these results."""
    found: list[History] = []

    def joined(*arguments):
        found.append(change(original(*arguments)))
        return found[-1]

    original = training.joined
    with monkeypatch.context() as patch:
        patch.setattr(training, "joined", joined)
        patch.setattr(training.workers, "available", lambda cost, on_progress=None: False)
        return trial(setting, lambda share: None), found


def with_test_results(sign: int, h: History) -> History:
    """`h` with made-up test results: the same but for their sign."""
    made_up = sign * np.random.default_rng(h.test_loss.size).normal(size=(2, *h.test_loss.shape))
    return replace(h, test_loss=made_up[0], test_score=made_up[1])


def check_shared(histories: list[History], may_differ: set[str]) -> None:
    """All trainings of a trial have the same data and seeds; those of one shape the same first weights, and for every
    λ the same."""
    first = histories[0].experiment
    for f in fields(Experiment):
        same = all(getattr(h.experiment, f.name) == getattr(first, f.name) for h in histories)
        may = f.name in may_differ | {"label_noise"} or f.metadata.get("of", DATA) != DATA
        assert same or may, f"arms differ in {f.name}"
    begin: dict[tuple, np.ndarray] = {}
    for h in histories:
        assert h.steps[0] == 0, "first weights were not recorded"
        e, weights = h.experiment, h.weights[:, :, 0]
        np.testing.assert_array_equal(weights, np.broadcast_to(weights[:1], weights.shape))
        named = tuple(getattr(e, name) for name in sorted(may_differ))
        shape = (e.dataset, e.model, e.hidden, e.norm, e.biases, weights.shape[1:], named)
        np.testing.assert_array_equal(begin.setdefault(shape, weights[0]), weights[0])
        for seed in e.seeds:
            same_labels = e.replace(label_noise=first.label_noise, model=first.model)
            if not may_differ:
                np.testing.assert_array_equal(same_labels.data(seed).X_train, first.data(seed).X_train)
                np.testing.assert_array_equal(e.data(seed).y_test, same_labels.data(seed).y_test)
    assert len({(h.experiment.batch_size, h.experiment.steps) for h in histories}) == 1 or may_differ, "batches differ"


def check_choices(one: Trial, negated: Trial) -> None:
    """Test results are only looked at: each part changes its sign with theirs, or does not see them."""
    for part, values in one.differences.items():
        other = negated.differences[part]
        looks = np.allclose(values, -other, equal_nan=True)
        blind = np.allclose(values, other, equal_nan=True)
        assert looks or blind, f"{part}: the choice changes with the test data"


@pytest.mark.parametrize("name", TRIED)
def test_a_trial_shares_all_but_what_is_named_and_chooses_without_the_test_data(name, monkeypatch):
    claim = CLAIMS[name]
    setting = Setting(claim.datasets[0], (0, 1), claim.lambdas)
    plain, histories = watched(claim.trial, setting, monkeypatch, lambda h: h)
    Result(claim, (0, 1), claim.lambdas, {setting.dataset: plain})
    if claim.article:
        assert set(claim.article.numbers) <= set(plain.arms)
    if plain.link.startswith("?"):
        assert Scene.from_query(plain.link).experiment.dataset in DATASETS
    if histories:
        check_shared(histories, MAY_DIFFER.get(name, set()))
    if histories and name not in NOT_LINEAR:
        trials = [watched(claim.trial, setting, monkeypatch, partial(with_test_results, s))[0] for s in (1, -1)]
        check_choices(*trials)


# -------------------------------------------------------------------- the checks catch what they are for

SMALL = Experiment(n_samples=40, hidden=(3,), steps=4, lambdas=(0.0, 0.1, 0.3))


def unpaired(change: dict, s: Setting, on_progress: Progress) -> Trial:
    one, other = training.train_all([SMALL, SMALL.replace(**change)])
    return Trial({"x": other.test_score[1, :, -1] - one.test_score[0, :, -1]}, {}, lab(SMALL))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"seeds": (2, 3)}, "arms differ in seeds"),
        ({"n_samples": 50}, "arms differ in n_samples"),
        ({"dataset": "circles"}, "arms differ in dataset"),
        ({"train_share": 0.4}, "arms differ in train_share"),
        ({"batch_size": 5}, "batches differ"),
        ({"steps": 5}, "batches differ"),
    ],
)
def test_arms_that_do_not_share_are_caught(change, said, monkeypatch):
    _, histories = watched(partial(unpaired, change), Setting("moons"), monkeypatch, lambda h: h)
    with pytest.raises(AssertionError, match=said):
        check_shared(histories, set())


def test_other_first_weights_are_caught(monkeypatch):
    _, histories = watched(partial(unpaired, {"lr": 0.1}), Setting("moons"), monkeypatch, lambda h: h)
    check_shared(histories, set())
    weights = histories[1].weights.copy()
    weights[2, 1, 0] += 1
    with pytest.raises(AssertionError):
        check_shared([histories[0], replace(histories[1], weights=weights)], set())


def chosen(on: str, s: Setting, on_progress: Progress) -> Trial:
    (h,) = training.train_all([SMALL])
    best = getattr(h, f"{on}_score")[:, :, -1].argmax(0)
    return Trial({"x": h.test_score[best, [0, 1], -1] - h.test_score[0, :, -1]})


def test_a_choice_on_test_data_is_caught(monkeypatch):
    def both(on):
        signs = (partial(with_test_results, sign) for sign in (1, -1))
        return [watched(partial(chosen, on), Setting("moons"), monkeypatch, change)[0] for change in signs]

    check_choices(*both("validation"))
    with pytest.raises(AssertionError, match="the choice changes with the test data"):
        check_choices(*both("test"))


def test_the_labs_choice_of_lambda_does_not_see_the_test_labels():
    (h,) = training.train_all([SMALL])
    for early in (False, True):
        one, other = (kept(with_test_results(sign, h), early) for sign in (1, -1))
        np.testing.assert_array_equal(one.lam, other.lam)
        np.testing.assert_array_equal(one.step, other.step)
