"""Choosing λ: cross-validation and its kin against scikit-learn, fitted one fold and one λ at a time."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso, LassoCV, LinearRegression, LogisticRegression, Ridge, RidgeCV
from sklearn.model_selection import GridSearchCV, KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from wd_core import Experiment
from wd_core.datasets.sparse import COEFFICIENTS
from wd_core.linear.cross_validation import fold_rows
from wd_core.studies import choosing
from wd_core.studies.fits import fit_losses, material
from wd_core.studies.selection import flat_range

LINEAR = {"model": "linear", "lambdas": (0.0, 0.01, 0.05, 0.2, 1.0), "seeds": (0, 3)}
SPARSE = Experiment(dataset="sparse", n_samples=120, penalty="l1", **LINEAR)
SETTINGS = {
    "sparse, lasso": SPARSE,
    "sparse, ridge": SPARSE.replace(penalty="l2"),
    "diabetes, lasso": Experiment(dataset="diabetes", n_samples=106, noise_features=2, penalty="l1", **LINEAR),
    "diabetes, ridge": Experiment(dataset="diabetes", n_samples=106, noise_features=2, penalty="l2", **LINEAR),
}
Rows = tuple[np.ndarray, np.ndarray]


def quiet(share: float) -> None:
    """Progress that nobody watches."""


def loss_by_hand(e: Experiment, lam: float, train: Rows, held: Rows) -> float:
    """Half the mean squared error on `held` of one scikit-learn estimator fitted on `train`."""
    (X, y), (X_held, y_held) = train, held
    if not e.source.synthetic:
        mean, spread = X.mean(0), X.std(0)
        X, X_held = (X - mean) / spread, (X_held - mean) / spread
    model = Ridge(alpha=len(y) * lam) if e.penalty == "l2" else Lasso(alpha=lam, tol=1e-12, max_iter=100_000)
    model = model if lam else LinearRegression()
    return 0.5 * np.mean((model.fit(X, y).predict(X_held) - y_held) ** 2)


def curve_by_hand(e: Experiment, rows: Rows, k: int, fold_seed: int) -> np.ndarray:
    """(k, L)."""
    X, y = rows
    return np.array([
        [loss_by_hand(e, lam, (X[train], y[train]), (X[held], y[held])) for lam in e.lambdas]
        for train, held in KFold(k, shuffle=True, random_state=fold_seed).split(X)
    ])  # fmt: skip


def training_rows(e: Experiment, seed: int) -> Rows:
    return e.data(seed).X_train, e.data(seed).y_train


@pytest.mark.parametrize("name", SETTINGS)
def test_the_curve_is_a_loop_over_folds_and_lambdas(name):
    e = SETTINGS[name]
    shares: list[float] = []
    curves = choosing.cross_validate(e, 4, shares.append)
    for s, seed in enumerate(e.seeds):
        np.testing.assert_allclose(curves.cv[s], curve_by_hand(e, training_rows(e, seed), 4, seed), rtol=1e-5)
        test = [loss_by_hand(e, lam, training_rows(e, seed), material(e, seed).test) for lam in e.lambdas]
        np.testing.assert_allclose(curves.test[s], test, rtol=1e-5)
    assert shares == sorted(shares)
    assert shares[-1] == 1


def test_the_truth_is_a_fresh_sample_or_every_row_not_in_training():
    fresh, split = material(SPARSE, 0), SPARSE.data(0)
    assert len(fresh.test[1]) == 4000
    assert not in_rows(fresh.test[0], np.concatenate([split.X_train, split.X_validation, split.X_test])).any()
    real, split = material(SETTINGS["diabetes, ridge"], 0), SETTINGS["diabetes, ridge"].data(0)
    np.testing.assert_array_equal(real.test[0], np.concatenate([split.X_validation, split.X_test]))
    np.testing.assert_array_equal(real.test[1], np.concatenate([split.y_validation, split.y_test]))


def test_ridge_chooses_as_ridgecv_does():
    e = SPARSE.replace(penalty="l2", lambdas=tuple(np.geomspace(1e-3, 10, 15)), seeds=(0, 1, 2))
    curves = choosing.cross_validate(e, 5, quiet)
    for s, seed in enumerate(e.seeds):
        X, y = training_rows(e, seed)  # 60 rows, so every fold trains on 48
        cv = fold_rows(y, 5, e.task, seed)
        oracle = RidgeCV(48 * curves.lambdas, scoring="neg_mean_squared_error", cv=cv).fit(X, y)
        assert oracle.alpha_ == pytest.approx(48 * curves.lambdas[curves.chosen()["cross-validation"][s]])
        assert -oracle.best_score_ / 2 == pytest.approx(curves.mean[s].min())


def test_the_lasso_chooses_as_lassocv_does():
    e = SPARSE.replace(lambdas=tuple(np.geomspace(1e-2, 1, 12)), seeds=(0, 1, 2))
    curves = choosing.cross_validate(e, 5, quiet)
    for s, seed in enumerate(e.seeds):
        X, y = training_rows(e, seed)
        cv = fold_rows(y, 5, e.task, seed)
        oracle = LassoCV(alphas=curves.lambdas, cv=cv, tol=1e-10, max_iter=100_000).fit(X, y)
        assert (np.diff(oracle.alphas_) < 0).all()  # downwards
        np.testing.assert_allclose(curves.cv[s], oracle.mse_path_[::-1].T / 2, rtol=1e-5)
        assert oracle.alpha_ == pytest.approx(curves.lambdas[curves.chosen()["cross-validation"][s]])


def test_a_classifier_on_real_data_chooses_as_a_grid_search_of_a_pipeline_does():
    lambdas = np.geomspace(1e-3, 1, 7)
    e = Experiment(dataset="breast_cancer", model="logistic", n_samples=160, lambdas=tuple(lambdas), seeds=(5,))
    curves = choosing.cross_validate(e, 4, quiet)
    X, y = training_rows(e, 5)  # 80 rows, so every fold trains on 60
    search = GridSearchCV(
        make_pipeline(StandardScaler(), LogisticRegression(tol=1e-8, max_iter=10_000)),
        {"logisticregression__C": 1 / (60 * lambdas)},
        scoring="neg_log_loss",
        cv=StratifiedKFold(4, shuffle=True, random_state=5),
    ).fit(X, y)
    np.testing.assert_allclose(curves.mean[0], -search.cv_results_["mean_test_score"], rtol=1e-4)
    assert search.best_index_ == curves.chosen()["cross-validation"][0]


def test_folds_share_out_all_rows_and_say_when_they_cannot():
    y = np.repeat([0, 1], [20, 7])
    pairs = fold_rows(y, 5, "binary", 1)
    assert sorted(np.concatenate([held for _, held in pairs])) == list(range(27))
    for train, held in pairs:
        assert set(train) == set(range(27)) - set(held)
        assert y[held].sum() in (1, 2)
    with pytest.raises(ValueError, match="folds=8: allowed: 2 to 7, the rows of the rarest class"):
        fold_rows(y, 8, "binary", 1)


def test_every_rule_by_hand():
    e = SPARSE.replace(lambdas=tuple(np.geomspace(0.01, 1, 9)), seeds=(0, 1, 2, 3))
    curves = choosing.cross_validate(e, 5, quiet)
    chosen = curves.chosen()
    for s, seed in enumerate(curves.experiment.seeds):
        losses = curves.cv[s]
        mean = [sum(losses[:, i]) / 5 for i in range(9)]
        least = min(range(9), key=mean.__getitem__)
        variance = sum((v - mean[least]) ** 2 for v in losses[:, least]) / 4
        allowed = mean[least] + (variance / 5) ** 0.5
        assert chosen["cross-validation"][s] == least
        assert chosen["one standard error"][s] == max(i for i in range(9) if mean[i] <= allowed)
        assert chosen["hold-out"][s] == losses[0].argmin()
        X, y = training_rows(curves.experiment, seed)
        n, d = X.shape
        noise = np.sum((y - LinearRegression().fit(X, y).predict(X)) ** 2) / (n - d - 1)
        fits = [Lasso(alpha=lam, tol=1e-10, max_iter=100_000).fit(X, y) for lam in curves.lambdas]
        for name, price in (("AIC", 2), ("BIC", np.log(n))):
            misfit = [np.sum((y - f.predict(X)) ** 2) / noise + price * np.sum(f.coef_ != 0) for f in fits]
            values = (n * np.log(2 * np.pi * noise) + np.array(misfit)) / n
            np.testing.assert_allclose(curves.criteria[name][s], values, rtol=1e-5)
            assert chosen[name][s] == np.argmin(values)
    assert (chosen["one standard error"] > chosen["cross-validation"]).any()
    assert list(chosen) == list(choosing.RULES)


def test_criteria_are_left_out_where_they_are_undefined():
    assert not choosing.cross_validate(SPARSE.replace(n_samples=60), 3, quiet).criteria  # 30 rows, 30 features


@pytest.mark.parametrize("name", ["sparse, lasso", "diabetes, ridge"])
def test_nested_cross_validation_is_a_loop_in_a_loop(name):
    e, k = SETTINGS[name], 3
    curves = choosing.cross_validate(e, k, quiet)
    found = choosing.nested_cross_validation(curves, quiet)
    for s, seed in enumerate(e.seeds):
        X, y = training_rows(e, seed)
        outer_losses = []
        for outer, (rest, held) in enumerate(KFold(k, shuffle=True, random_state=seed).split(X)):
            inner = curve_by_hand(e, (X[rest], y[rest]), k, choosing.inner_seed(seed, outer)).mean(0)
            lam = e.lambdas[inner.argmin()]
            outer_losses.append(loss_by_hand(e, lam, (X[rest], y[rest]), (X[held], y[held])))
        assert found.nested[s] == pytest.approx(np.mean(outer_losses), rel=1e-5)
        mean = curve_by_hand(e, (X, y), k, seed).mean(0)
        assert found.naive[s] == pytest.approx(mean.min(), rel=1e-5)
        lam = e.lambdas[mean.argmin()]
        assert found.truth[s] == pytest.approx(loss_by_hand(e, lam, (X, y), material(e, seed).test), rel=1e-5)


def test_regret_is_never_negative():
    curves = choosing.cross_validate(SPARSE, 3, quiet)
    assert all((values >= 0).all() for values in curves.regrets().values())
    cost = curves.test[0, curves.chosen()["cross-validation"][0]] - min(curves.test[0])
    assert curves.regrets()["cross-validation"][0] == cost


# -------------------------------------------------------------------- who sees which rows


def in_rows(X: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(n,) bool: this row of X is, to the bit, one of `others`."""
    known = {row.tobytes() for row in others}
    return np.array([row.tobytes() in known for row in X])


def jobs_of(monkeypatch, work) -> list:
    """The jobs that `work()` hands to `fit_losses`."""
    seen: list = []

    def spy(e, jobs, on_progress):
        seen.extend(jobs)
        return fit_losses(e, jobs, on_progress)

    monkeypatch.setattr(choosing, "fit_losses", spy)
    work()
    return seen


def test_no_choice_has_seen_a_row_that_judges_it(monkeypatch):
    e = SPARSE.replace(seeds=(0,))
    curves = choosing.cross_validate(e, 3, quiet)
    rows = material(e, 0)
    outside = np.concatenate([rows.test[0], rows.seen[0], rows.unseen[0]])
    for work in (choosing.cross_validate, lambda e, k, p: choosing.nested_cross_validation(curves, p)):
        jobs = jobs_of(monkeypatch, lambda work=work: work(e, 3, quiet))
        assert jobs
        for job in jobs:
            assert not in_rows(job.X_train, outside).any()
            assert not any(in_rows(X, job.X_train).any() for X, _ in job.judged)
    for job in jobs_of(monkeypatch, lambda: choosing.grow(e, quiet)):
        assert not in_rows(job.judged[0][0], job.X_train).any()


@pytest.mark.parametrize("name", ["sparse, lasso", "diabetes, ridge"])
def test_leaked_rows_are_in_training_and_untouched_rows_never(name, monkeypatch):
    e = SETTINGS[name].replace(seeds=(0,))
    rows, before = material(e, 0), np.zeros(len(material(e, 0).seen[1]), bool)
    for share in choosing.LEAKED:
        X, y = choosing.leaked_rows(rows, share, 0)
        leaked = in_rows(rows.seen[0], X)
        assert leaked.sum() == round(share * len(leaked)) == len(y) - len(rows.train[1])
        assert leaked[before].all()  # a larger share adds to a smaller
        assert not in_rows(rows.unseen[0], X).any()
        np.testing.assert_array_equal(X[: len(rows.train[1])], rows.train[0])
        before = leaked
    curves = choosing.cross_validate(e, 3, quiet)
    jobs = jobs_of(monkeypatch, lambda: choosing.leak(curves, quiet))
    for share, job in zip(choosing.LEAKED, jobs, strict=True):
        (seen, _), (unseen, _) = job.judged
        if e.source.synthetic:  # real rows are standardised anew, the judged ones with the same scaler
            np.testing.assert_array_equal(unseen, rows.unseen[0])
        assert np.mean([np.isclose(job.X_train, row).all(1).any() for row in seen]) == pytest.approx(share, abs=0.02)
        assert not any(np.isclose(job.X_train, row).all(1).any() for row in unseen[:200])


def test_every_seed_has_a_truth_a_leak_and_inner_folds_of_its_own():
    truths = [material(SPARSE, seed) for seed in SPARSE.seeds]
    assert not in_rows(truths[0].test[0], truths[1].test[0]).any()
    places = []
    for rows, seed in zip(truths, SPARSE.seeds, strict=True):
        places.append(np.flatnonzero(in_rows(rows.seen[0], choosing.leaked_rows(rows, 0.5, seed)[0])))
    assert places[0].tolist() != places[1].tolist()
    inner = [choosing.inner_seed(seed, outer) for seed in range(20) for outer in range(10)]
    assert len({*inner, *range(20)}) == len(inner) + 20  # nor are they those of the outer folds


def test_the_truth_is_as_noisy_as_the_data():
    e = SPARSE.replace(noise=0.7, noise_features=2)
    X, y = material(e, 0).test
    assert (y - X[:, :-2] @ COEFFICIENTS).std() == pytest.approx(0.7, rel=0.05)
    np.testing.assert_allclose(X[:, -2:].std(0), 1, rtol=0.05)


def test_every_job_begins_with_its_seeds_weights(monkeypatch):
    curves = choosing.cross_validate(SPARSE, 3, quiet)
    works = {
        "cross_validate": (lambda: choosing.cross_validate(SPARSE, 3, quiet), [0] * 4 + [3] * 4),
        "nested": (lambda: choosing.nested_cross_validation(curves, quiet), [0] * 9 + [3] * 9),
        "leak": (lambda: choosing.leak(curves, quiet), [0, 3] * len(choosing.LEAKED)),
        "grow": (lambda: choosing.grow(SPARSE, quiet), [0] * choosing.SIZES + [3] * choosing.SIZES),
    }
    for name, (work, seeds) in works.items():
        assert [job.seed for job in jobs_of(monkeypatch, work)] == seeds, name


def test_a_flat_range_is_its_own_seeds():
    curves = choosing.cross_validate(SPARSE, 4, quiet)
    for s, found in enumerate(curves.flat()):
        error = curves.cv[s].std(0, ddof=1) / 2
        assert found == flat_range(curves.lambdas, curves.cv[s].mean(0), error)


def test_leakage_by_hand():
    e = SETTINGS["diabetes, ridge"]
    curves = choosing.cross_validate(e, 3, quiet)
    found = choosing.leak(curves, quiet)
    for a, share in enumerate(choosing.LEAKED):
        for s, seed in enumerate(e.seeds):
            rows = material(e, seed)
            train = choosing.leaked_rows(rows, share, seed)
            for losses, held in ((found.apparent, rows.seen), (found.true, rows.unseen)):
                by_hand = [loss_by_hand(e, lam, train, held) for lam in e.lambdas]
                np.testing.assert_allclose(losses[a, s], by_hand, rtol=1e-5)
            best = curves.mean[s].argmin()
            assert found.gain(found.true)[a, s] == found.true[a, s, 0] - found.true[a, s, best]


def test_more_data_are_the_first_rows_of_one_large_sample():
    e = SPARSE.replace(lambdas=(0.01, 0.1, 0.5))
    found = choosing.grow(e, quiet)
    grown, sizes = choosing.sizes_of(e)
    np.testing.assert_array_equal(found.sizes, sizes)
    assert sizes[0] == choosing.SMALLEST
    assert sizes[-1] == choosing.LARGEST
    for s, seed in enumerate(e.seeds):
        X, y = training_rows(grown, seed)
        for i, n in enumerate(sizes):
            by_hand = [loss_by_hand(e, lam, (X[:n], y[:n]), material(grown, seed).test) for lam in e.lambdas]
            np.testing.assert_allclose(found.test[i, s], by_hand, rtol=1e-4)
            assert found.best()[i, s] == np.argmin(by_hand)
