"""Choosing λ, against examples worked out by hand."""

import numpy as np
import pytest
from scipy import stats

from wd_core.studies.selection import (
    Flat,
    best_lambda,
    flat_range,
    interval,
    mean_and_error,
    one_standard_error,
    open_end,
    regret,
)


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


# -------------------------------------------------------------------- regret


def test_regret_by_hand():
    losses = np.array([[0.5, 0.3, 0.4], [np.nan, 0.2, 0.9], [0.7, np.nan, 0.6]])
    assert regret(losses, np.array([2, 1, 0])) == pytest.approx([0.1, 0.0, 0.1])
    assert (regret(losses, np.nanargmin(losses, axis=1)) == 0).all()  # the oracle's


def test_a_choice_that_diverged_or_is_none_has_no_regret():
    losses = np.array([[np.nan, 0.2], [0.1, 0.2]])
    assert np.isnan(regret(losses, np.array([0, -1]))).all()


# -------------------------------------------------------------------- how flat

LAMBDAS = np.array([0.0, 0.01, 0.1, 1.0, 10.0])


def test_flat_range_by_hand():
    mean, error = np.array([9.0, 3.0, 1.0, 2.0, 5.0]), np.array([0.0, 0.0, 1.5, 0.0, 0.0])
    found = flat_range(LAMBDAS, mean, error)  # up to 2.5: ¾ of the way from 0.1 to 0.01, and 1/6 of that from 1 to 10
    assert (found.low, found.high) == pytest.approx((10**-1.75, 10 ** (1 / 6)))
    assert found.decades == pytest.approx(1.75 + 1 / 6)
    assert not found.open_low
    assert not found.open_high


def test_flat_range_stops_at_the_first_loss_above_it():
    found = flat_range(LAMBDAS, np.array([1.2, 9.0, 1.0, 9.0, 1.1]), np.full(5, 0.5))
    assert (found.low, found.high) == pytest.approx((10 ** (-1 - 0.5 / 8), 10 ** (-1 + 0.5 / 8)))
    assert not found.open_low
    assert not found.open_high


def test_flat_range_with_open_ends():
    error = np.full(5, 0.5)
    assert flat_range(LAMBDAS, np.array([1.2, 1.2, 1.0, 1.1, 1.3]), error) == Flat(0.01, 10.0, True, True)
    low = flat_range(LAMBDAS, np.array([1.0, 1.2, 1.3, 1.7, 9.0]), error)  # the best is λ = 0
    assert (low.low, low.open_low, low.open_high) == (0.01, True, False)
    assert low.high == pytest.approx(10**-0.5)
    high = flat_range(LAMBDAS, np.array([9.0, 8.0, 2.0, 1.0, 1.0]), error)
    assert (high.high, high.open_low, high.open_high) == (10.0, False, True)
    assert high.low == pytest.approx(10**-0.5)
    assert flat_range(LAMBDAS, np.array([1.0, 2.0, 3.0, 4.0, 5.0]), error) == Flat(0.01, 0.01, True, False)


def test_flat_range_ends_before_diverged_runs_and_needs_an_error():
    found = flat_range(LAMBDAS, np.array([9.0, 8.0, 1.0, 1.2, np.nan]), np.full(5, 0.5))
    assert (found.high, found.open_high) == (1.0, False)
    assert flat_range(LAMBDAS, np.ones(5), np.full(5, np.nan)) is None
    assert flat_range(LAMBDAS, np.full(5, np.nan), np.ones(5)) is None
    assert flat_range(np.zeros(1), np.ones(1), np.ones(1)) is None


@pytest.mark.parametrize(
    ("mean", "end"),
    [
        ([5, 4, 3, 2, 1], "high"),
        ([3, 1, 2, 3, 4], "low"),  # below the smallest λ, but not λ = 0
        ([1, 2, 3, 4, 5], ""),  # λ = 0 is lowest: below it is nothing
        ([3, 2, 1, 2, 3], ""),
        ([1.019, 1.01, 1.01, 1.01, 1.0], ""),  # no λ is worse by more than 2 %
        ([3, 2, 1, np.nan, np.nan], ""),
        ([np.nan] * 5, ""),
    ],
)
def test_a_path_is_open_where_it_ends_at_its_lowest(mean, end):
    assert open_end(LAMBDAS, np.array(mean, float)) == end


def test_without_zero_the_first_lambda_is_an_end():
    assert open_end(LAMBDAS[1:], np.array([1.0, 2, 3, 4])) == "low"


# -------------------------------------------------------------------- intervals


def test_the_interval_is_the_one_by_which_verdicts_are_reached():
    one, other = np.random.default_rng(0).normal([[2.0], [1.0]], 1.0, (2, 12))
    found = stats.ttest_rel(one, other).confidence_interval(0.95)
    assert interval(one - other) == pytest.approx(((one - other).mean(), *found))
    assert interval(np.append(one - other, [np.nan, np.inf])) == interval(one - other)
    assert interval(np.full(5, 3.0)) == (3.0, 3.0, 3.0)


def test_the_interval_of_ratios_is_that_of_their_logarithms():
    ratios = np.array([1.0, 2.0, 4.0])
    assert interval(ratios, log=True) == pytest.approx(tuple(np.exp(interval(np.log(ratios)))))
    assert interval(ratios, log=True)[0] == pytest.approx(2)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    draws = np.random.default_rng(1).normal(0.0, 1.0, (2000, 10))
    held = np.mean([low <= 0 <= high for _, low, high in map(interval, draws)])
    assert abs(held - 0.95) < 0.015  # three standard errors of 2,000 trials; percentile bootstrap holds it in 90 %


def test_of_one_value_there_is_no_interval():
    assert interval(np.array([1.0, np.nan]))[0] == 1
    assert np.isnan(interval(np.array([1.0, np.nan]))[1:]).all()
    assert np.isnan(interval(np.array([]))).all()
