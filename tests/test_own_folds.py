"""Your own data against scikit-learn's own answers: paths at several λ, and cross-validation with everything inside."""

import csv
import io

import numpy as np
import pytest
from scipy.special import softmax
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.impute import SimpleImputer
from sklearn.linear_model import ElasticNet, Lasso, LogisticRegression, Ridge
from sklearn.metrics import log_loss
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from wd_core.own_data.preparation import prepare
from wd_core.own_data.sample import sample_csv
from wd_core.own_data.study import FOLDS, study
from wd_core.own_data.table import Table, read_table

QUIET = lambda share: None  # noqa: E731
AT = (5, 15, 25, 35)
"""Numbers of the λ that are looked at."""


def iris_table() -> Table:
    data = load_iris()
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([*data.feature_names, "species"])
    writer.writerows([*x, data.target_names[k]] for x, k in zip(data.data, data.target, strict=True))
    return read_table(out.getvalue())


def model_for(penalty: str, lam: float, n: int):
    """scikit-learn's estimator with the objective of this app, for regression on n rows."""
    if penalty == "l2":
        return Ridge(alpha=n * lam, tol=1e-12)
    tight = {"tol": 1e-12, "max_iter": 100_000}
    return Lasso(alpha=lam, **tight) if penalty == "l1" else ElasticNet(alpha=lam, l1_ratio=0.5, **tight)


@pytest.mark.parametrize("penalty", ["l2", "l1", "elastic"])
def test_an_uploaded_iris_is_scikit_learns_answer_at_several_lambdas(penalty):
    table = iris_table()
    p = prepare(table, "species", table.names[:-1], "classification")
    found = study(p, penalty, QUIET)
    raw = np.column_stack([table.columns[name].numbers for name in table.names[:-1]])
    train = p.choice[: len(p.y_train)]
    scaled = StandardScaler().fit(raw[train]).transform(raw[p.choice])
    np.testing.assert_allclose(p.X_choice, scaled, atol=1e-12)
    n, ratio = len(scaled), {"l2": 0.0, "l1": 1.0, "elastic": 0.5}[penalty]
    for i in AT[1:] if ratio else AT:  # SAGA needs minutes for the smallest; the next test holds those
        lam = found.path.lambdas[i]
        solver = {"solver": "lbfgs", "tol": 1e-9} if penalty == "l2" else {"solver": "saga", "tol": 1e-7}
        model = LogisticRegression(C=1 / (n * lam), l1_ratio=ratio, max_iter=20_000, random_state=0, **solver)
        model.fit(scaled, p.y_choice)
        ours, theirs = found.path.coefficients[i].T, model.coef_
        np.testing.assert_allclose(ours, theirs, atol=2e-3 * max(1, np.abs(theirs).max()))
        np.testing.assert_allclose(
            found.path.loss(scaled, p.y_choice)[i], log_loss(p.y_choice, model.predict_proba(scaled)), rtol=2e-4
        )


@pytest.mark.parametrize("penalty", ["l2", "l1", "elastic"])
def test_every_lambda_of_an_uploaded_iris_is_a_minimum(penalty):
    """The optimality conditions at all λ, from softmax and nothing else; relative to the penalty."""
    table = iris_table()
    p = prepare(table, "species", table.names[:-1], "classification")
    path = study(p, penalty, QUIET).path
    ratio = {"l2": 0.0, "l1": 1.0, "elastic": 0.5}[penalty]
    for lam, w, b in list(zip(path.lambdas, path.coefficients, path.intercepts, strict=True))[1:]:
        wrong = softmax(p.X_choice @ w + b, axis=1) - np.eye(3)[p.y_choice]
        slope = p.X_choice.T @ wrong / len(wrong) + lam * (1 - ratio) * w
        l1 = lam * ratio
        beyond = np.where(w == 0, np.maximum(np.abs(slope) - l1, 0), np.abs(slope + l1 * np.sign(w)))
        assert max(beyond.max(), np.abs(wrong.mean(0)).max()) <= 1e-5 * lam


@pytest.mark.parametrize("penalty", ["l2", "l1", "elastic"])
def test_folds_of_a_table_with_gaps_and_text_are_a_scikit_learn_pipelines(penalty):
    """Nothing is scaled, filled or coded by rows that are held out."""
    table = read_table(sample_csv())
    numbers, texts = ["area", "rooms", "built", "km to centre"], ["district", "heating"]
    p = prepare(table, "rent", (*numbers, *texts), "regression")
    found = study(p, penalty, QUIET)
    filled = {name: np.where(c.missing, "missing", c.texts) for name in texts for c in [table.columns[name]]}
    cells = np.column_stack([*(table.columns[n].numbers for n in numbers), *filled.values()]).astype(object)[p.choice]
    cells[:, : len(numbers)] = cells[:, : len(numbers)].astype(float)
    for k, (train, held) in enumerate(KFold(FOLDS, shuffle=True, random_state=0).split(cells)):
        commonest = []
        for j in range(len(numbers), cells.shape[1]):
            values, counts = np.unique(cells[train, j].astype(str), return_counts=True)
            real = values != "missing"
            commonest.append(values[real][counts[real].argmax()])
        coding = OneHotEncoder(drop=commonest, sparse_output=False, handle_unknown="ignore")
        columns = ColumnTransformer([("n", SimpleImputer(strategy="median"), [0, 1, 2, 3]), ("t", coding, [4, 5])])
        for i in AT:
            model = model_for(penalty, found.path.lambdas[i], len(train))
            pipe = make_pipeline(columns, StandardScaler(), model).fit(cells[train], p.y_choice[train])
            loss = 0.5 * np.square(pipe.predict(cells[held]) - p.y_choice[held]).mean()
            assert found.fold_losses[k, i] == pytest.approx(loss, rel=1e-6)


def test_folds_of_classes_are_stratified_and_scaled_by_their_own_rows():
    table = iris_table()
    p = prepare(table, "species", table.names[:-1], "classification")
    found = study(p, "l2", QUIET)
    cuts = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(p.X_choice, p.y_choice)
    for k, (train, held) in enumerate(cuts):
        for i in AT:
            model = LogisticRegression(C=1 / (len(train) * found.path.lambdas[i]), tol=1e-9, max_iter=5000)
            pipe = make_pipeline(StandardScaler(), model).fit(p.X_choice[train], p.y_choice[train])
            loss = log_loss(p.y_choice[held], pipe.predict_proba(p.X_choice[held]), labels=[0, 1, 2])
            assert found.fold_losses[k, i] == pytest.approx(loss, rel=1e-5)


def test_what_is_held_out_changes_nothing_that_a_fold_learns():
    table = read_table(sample_csv())
    p = prepare(table, "rent", ("area", "district", "heating"), "regression")
    held = np.arange(0, len(p.choice), 5)
    train = np.setdiff1d(np.arange(len(p.choice)), held)
    before = p.prepare_fold(train, held)
    for name, value in (("area", 1e6), ("district", "moon")):
        table.columns[name].values[p.choice[held]] = value
    after = p.prepare_fold(train, held)
    np.testing.assert_array_equal(before.X_train, after.X_train)
    assert (after.judged[0][0][:, 0] > 100).all()
    assert not np.array_equal(before.judged[0][0], after.judged[0][0])


@pytest.mark.parametrize("penalty", ["l2", "l1", "elastic"])
def test_without_a_penalty_the_path_is_joined(penalty):
    """A reference level: all inputs of a column of text do not add up to a constant, so the best fit is one."""
    table = read_table(sample_csv())
    p = prepare(table, "rent", table.names[:-1], "regression")
    path = study(p, penalty, QUIET).path
    assert np.linalg.matrix_rank(p.X_choice - p.X_choice.mean(0)) == len(p.inputs)
    first, second, third = path.coefficients[:3, :, 0]
    assert np.abs(second - first).max() < 2 * np.abs(third - second).max() + 1e-3
    assert np.abs(second - first).max() < 1e-2 * np.abs(first).max()
