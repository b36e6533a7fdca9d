"""Choosing λ, against examples worked out by hand."""

import numpy as np
import pytest

from wd_core.selection import best_lambda, mean_and_error, one_standard_error


def test_mean_and_error_by_hand():
    mean, error = mean_and_error(np.array([[1.0, 2.0, 6.0]]), axis=1)
    assert mean == pytest.approx([3.0])
    assert error == pytest.approx([np.sqrt(7.0 / 3.0)])  # variance (4 + 1 + 9) / 2 = 7 over n = 3


def test_the_error_of_one_run_is_unknown():
    assert np.isnan(mean_and_error(np.ones((4, 1)), axis=1)[1]).all()


def test_one_standard_error_takes_the_largest_lambda_within_it():
    mean = np.array([0.60, 0.42, 0.40, 0.43, 0.45, 0.70])
    error = np.array([0.1, 0.1, 0.04, 0.1, 0.1, 0.1])
    assert best_lambda(mean) == 2
    assert one_standard_error(mean, error) == 3  # 0.43 ≤ 0.40 + 0.04 < 0.45: the best's error counts


def test_of_equal_losses_the_largest_lambda_wins():
    assert best_lambda(np.array([0.5, 0.4, 0.4, 0.6])) == 2


def test_diverged_runs_are_never_chosen():
    mean = np.array([np.nan, 0.5, 0.4, np.nan])
    assert best_lambda(mean) == 2
    assert one_standard_error(mean, np.full(4, 1.0)) == 2
    assert best_lambda(np.full(3, np.nan)) == one_standard_error(np.full(3, np.nan), np.ones(3)) == -1


def test_without_a_known_error_there_is_no_choice_within_it():
    assert one_standard_error(np.array([0.5, 0.4]), np.full(2, np.nan)) == -1
