"""The study behind the page of paths: against scikit-learn in a loop, and words against the numbers they come from."""

import numpy as np
import pytest
from sklearn.linear_model import Lasso
from sklearn.model_selection import KFold

from wd_core.linear.paths import fit_path
from wd_core.studies import paths as path_study
from wd_core.studies.paths import LAMBDAS, Grouping, Settings, make_data, make_study
from wd_core.ui.paths import divided, grouping_lines, study_columns


@pytest.fixture(scope="module")
def sparse():
    return make_study(Settings("sparse", column=2, copies=2, correlation=0.99, folds=3))


def test_the_cross_validation_curve_is_a_loop_over_folds(sparse):
    X, y = sparse.data.X["train"], sparse.data.y["train"]
    for index in (8, 16, 24):
        found = []
        for rest, fold in KFold(3, shuffle=True, random_state=0).split(X):
            model = Lasso(alpha=LAMBDAS[index], tol=1e-10, max_iter=100_000).fit(X[rest], y[rest])
            found.append(0.5 * np.mean((y[fold] - model.predict(X[fold])) ** 2))
        mean, error = (v[index] for v in sparse.arms["l1"].cv)
        assert mean == pytest.approx(np.mean(found), rel=1e-6)
        assert error == pytest.approx(np.std(found, ddof=1) / np.sqrt(3), rel=1e-5)


def test_paths_learn_from_the_training_part_alone(sparse):
    data = sparse.data
    path = fit_path(data.X["train"], data.y["train"], LAMBDAS, l1_ratio=0.5, task="regression")
    np.testing.assert_array_equal(sparse.arms["elastic"].path.coefficients, path.coefficients)
    for part, losses in sparse.arms["elastic"].losses.items():
        np.testing.assert_allclose(losses, path.loss(data.X[part], data.y[part]))


def test_copies_correlate_as_asked_in_each_part(sparse):
    assert sparse.data.group == (2, 30, 31)
    for X in sparse.data.X.values():
        for copy in (30, 31):
            assert np.corrcoef(X[:, 2], X[:, copy])[0, 1] == pytest.approx(0.99, abs=1e-9)
    assert sparse.data.names[30:] == ("copy 1 of x3*", "copy 2 of x3*")


def test_without_copies_the_data_are_the_data_sets():
    data = make_data(Settings("wine"))
    assert data.group == ()
    assert data.task == "multiclass"
    assert data.X["train"].shape[1] == 13


def test_grouping_is_measured(sparse):
    for penalty, arm in sparse.arms.items():
        w = arm.path.coefficients[20, [2, 30, 31], 0]
        group = path_study.grouping(sparse, penalty, 20, 0)
        assert group.weights == tuple(w)
        assert group.nonzero == np.count_nonzero(w)
        assert group.spread == w.max() - w.min()
        assert group.total == pytest.approx(w.sum())
    text = "\n".join(grouping_lines(sparse, 20, 0))
    for penalty in path_study.PENALTIES:
        assert divided(path_study.grouping(sparse, penalty, 20, 0)) in text


def test_l2_shares_more_evenly_than_l1(sparse):
    at = int(np.argmin(np.abs(LAMBDAS - 0.1)))
    assert path_study.grouping(sparse, "l2", at, 0).spread < path_study.grouping(sparse, "l1", at, 0).spread


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ((0.0, 0.0), "sets all 2 to exactly zero."),
        ((0.5, 0.0), "keeps one of 2: 0.50, 0; spread (largest − smallest) 0.50, sum 0.50."),
        ((0.5, 0.25), "keeps all 2: 0.50, 0.25; spread (largest − smallest) 0.25, sum 0.75."),
    ],
)
def test_words_follow_from_the_numbers(weights, words):
    group = Grouping(weights, int(np.count_nonzero(weights)), max(weights) - min(weights), sum(weights))
    assert divided(group) == words


def test_support_found_counts_true_and_false(sparse):
    for index in (1, 20, len(LAMBDAS) - 1):
        selected = np.flatnonzero(sparse.arms["l1"].path.coefficients[index, :, 0])
        true = len(set(selected) & set(sparse.data.support))
        assert path_study.support_found(sparse, "l1", index) == (true, len(selected) - true)


def test_stability_is_a_share_and_full_for_strong_features(sparse):
    reported = []
    shares = path_study.stability(sparse, "l1", 12, reported.append)
    assert shares.shape == (len(LAMBDAS), 32)
    assert reported[-1] == 1
    np.testing.assert_allclose(shares * 12, np.round(shares * 12))
    at = int(np.argmin(np.abs(LAMBDAS - 0.1)))
    assert shares[at, 7] == 1  # a coefficient of −0.8
    assert (shares[-1] == 0).all()


def test_progress_rises_to_the_end():
    reported = []
    make_study(Settings("diabetes", folds=3), reported.append)
    assert reported == sorted(reported)
    assert reported[-1] == pytest.approx(1)


def test_csv_has_a_row_a_lambda_and_the_test_loss_only_if_revealed(sparse):
    covered, revealed = (study_columns(sparse, 0, reveal) for reveal in (False, True))
    assert {len(column) for column in revealed.values()} == {len(LAMBDAS)}
    assert set(revealed) - set(covered) == {f"{p} test loss" for p in path_study.PENALTIES}
    np.testing.assert_array_equal(covered["l1 weight of copy 1 of x3*"], sparse.arms["l1"].path.coefficients[:, 30, 0])


@pytest.mark.parametrize("dataset", path_study.DATA)
def test_its_experiment_has_the_same_data(dataset):
    settings = Settings(dataset)
    arrays = path_study.experiment_of(settings, "l1", 0.1).data(0)
    np.testing.assert_allclose(arrays.X_train, make_data(settings).X["train"], rtol=1e-5, atol=1e-6)
