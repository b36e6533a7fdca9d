"""A study of a visitor's table and its report: numbers that can be checked, one file that loads nothing."""

import csv
import io
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from wd_core.linear.paths import fit_path
from wd_core.own_data.preparation import prepare
from wd_core.own_data.report import html_report
from wd_core.own_data.study import L1_SHARES, Study, baseline, coefficients, errors_on_test, study
from wd_core.own_data.table import read_table
from wd_core.studies.selection import best_lambda, one_standard_error
from wd_core.ui.export import as_csv

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
