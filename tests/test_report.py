"""A study of a visitor's table and its report: numbers that can be checked, one file that loads nothing."""

import csv
import io
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from wd_core.linear.paths import fit_path
from wd_core.own_data.preparation import prepare
from wd_core.own_data.report import html_report
from wd_core.own_data.study import L1_SHARES, Study, baseline, coefficients, errors_on_test, settings, study
from wd_core.own_data.table import read_table
from wd_core.studies.selection import best_lambda, one_standard_error
from wd_core.ui.export import as_csv
from wd_core.ui.own_results import path_columns, weight_columns

NASTY = '<img src="http://evil.example/x.png" onerror="alert(1)">'


def make(penalty: str = "l1", classes: int = 0, name: str = "a") -> Study:
    rng = np.random.default_rng(3)
    X = rng.normal(size=(120, 4))
    y = X[:, 0] * 30 - 10 * X[:, 1] + rng.normal(size=120)
    cells = y if not classes else np.digitize(y, np.quantile(y, np.arange(1, classes) / classes))
    head = io.StringIO()
    csv.writer(head).writerow([name, "b", "c", "d", "y"])
    table = read_table(head.getvalue() + "\n".join(",".join(map(str, row)) for row in np.column_stack([X, cells])))
    task = "classification" if classes else "regression"
    return study(prepare(table, "y", table.names[:-1], task), penalty, lambda share: None)


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_a_study_is_the_exact_path_and_chooses_by_the_rules(penalty, classes):
    found = make(penalty, classes)
    p, path = found.prepared, found.path
    again = fit_path(p.X_choice, p.y_choice, path.lambdas, l1_ratio=L1_SHARES[penalty], task=p.task)
    np.testing.assert_array_equal(path.coefficients, again.coefficients)
    mean, error = found.fold_losses.mean(0), found.fold_losses.std(0, ddof=1) / np.sqrt(5)
    assert found.chosen == {"lowest": best_lambda(mean), "one_se": one_standard_error(mean, error)}
    assert found.chosen["one_se"] >= found.chosen["lowest"]


def test_test_errors_are_in_the_targets_unit_and_inside_their_intervals():
    found = make()
    p, i = found.prepared, found.chosen["lowest"]
    residuals = (found.path.predict(p.X_test)[i] - p.y_test) * p.unit
    root, absolute = errors_on_test(found, i)
    assert root.value == pytest.approx(np.sqrt((residuals**2).mean()))
    assert absolute.value == pytest.approx(np.abs(residuals).mean())
    for e in (root, absolute):
        assert e.low < e.value < e.high
    assert 0.5 < root.value < 2 < 20 < baseline(p)  # noise 1, signal about 32


def test_no_wrong_answer_still_has_an_interval():
    found = make(classes=2)
    wrong = errors_on_test(found, found.chosen["lowest"])[0]
    assert 0 <= wrong.low <= wrong.value < wrong.high


def test_the_report_escapes_everything_and_loads_nothing():
    found = make(name=NASTY)
    assert NASTY[:60] in found.prepared.inputs
    prepared = replace(found.prepared, target=NASTY, classes=(), steps=(NASTY,))
    found = replace(found, prepared=prepared)
    report = html_report(found, 20, "hand", [f"note {NASTY}"], errors_on_test(found, 20), 1.0)
    tags: list[tuple[str, dict]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag, attrs):
            tags.append((tag, dict(attrs)))

    Reader().feed(report)
    assert not {"img", "script", "link", "iframe", "a"} & {tag for tag, _ in tags}
    assert not any({"src", "href", "onerror"} & set(attributes) for _, attributes in tags)
    assert not re.search(r"url\(|@import", report)
    assert "&lt;img" in report
    assert report.count("<svg") == 1


def test_a_covered_test_error_is_not_in_the_report():
    found = make()
    report = html_report(found, 20, "one_se", [], None)
    assert "covered" in report
    assert "root mean squared error" not in report


def test_the_csv_of_weights_is_the_path():
    found = make()
    i = found.chosen["one_se"]
    rows = list(csv.DictReader(io.StringIO(as_csv(coefficients(found, i)))))
    assert len(rows) == 4
    for row in rows:
        j = found.prepared.inputs.index(row["input"])
        assert float(row["at this λ"]) == found.path.coefficients[i, j, 0]
        assert float(row["without penalty"]) == found.path.coefficients[0, j, 0]
        assert (row["what λ did"] == "set to zero") == (found.path.coefficients[i, j, 0] == 0)


def test_a_study_can_be_cancelled():
    class Stop(Exception):
        pass

    def stop(share: float) -> None:
        raise Stop

    prepared = make().prepared
    with pytest.raises(Stop):
        study(prepared, "l1", stop)


@pytest.mark.parametrize("classes", [0, 3])
def test_baselines_are_learned_in_training_and_judged_on_test_rows(classes):
    p = make(classes=classes).prepared
    if classes:
        p = replace(
            p, y_train=np.array([2] * 9 + [0] * 4), y_validation=np.zeros(9, int), y_test=np.array([0, 0, 0, 2, 1])
        )
        assert baseline(p) == 0.8  # 2 is the commonest in training, 0 in test
    else:
        train, test = p.y_train * p.unit, p.y_test * p.unit
        assert baseline(p) == pytest.approx(np.sqrt(((test - train.mean()) ** 2).mean()))
        moved = replace(p, y_train=p.y_train + 1, y_validation=p.y_validation + 50)
        assert baseline(moved) == pytest.approx(np.sqrt(((test - train.mean() - p.unit) ** 2).mean()))


@pytest.mark.parametrize("classes", [0, 3])
def test_intervals_are_those_of_the_test_rows(classes):
    found = make("l2", classes)
    p, i = found.prepared, 30
    wrong = found.path.predict(p.X_test)[i] - p.y_test
    values = (wrong != 0) * 1.0 if classes else (wrong * p.unit) ** 2
    rng = np.random.default_rng(5)
    means = values[rng.integers(len(values), size=(4000, len(values)))].mean(1)
    low, high = np.quantile(means if classes else np.sqrt(means), [0.025, 0.975])
    estimate = errors_on_test(found, i)[0]
    assert estimate.low == pytest.approx(low, rel=0.05, abs=0.02)
    assert estimate.high == pytest.approx(high, rel=0.05, abs=0.02)


def test_the_report_says_the_settings_and_errors_as_the_page_does():
    found = make("l2", 3)
    estimates, p = errors_on_test(found, 20), found.prepared
    report = html_report(found, 20, "hand", [], estimates, baseline(p))
    rows = f"{len(p.y_train)} training, {len(p.y_validation)} validation, {len(p.y_test)} test; seed of the split 0"
    assert rows in report
    e = estimates[0]
    assert f"{100 * e.value:.1f} % (95 % interval {100 * e.low:.1f} % to {100 * e.high:.1f} %; always" in report
    for columns in (path_columns(found), weight_columns(found, 20, coefficients(found, 20))):
        assert set(columns["settings"]) == {settings(found)}
        assert "penalty=l2" in settings(found)
        assert len({len(values) for values in columns.values()}) == 1
