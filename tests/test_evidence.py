"""The verdict is the numbers': made-up differences with known answers, a planted effect, and repeated null trials."""

import numpy as np
import pytest
from scipy import stats

from wd_core.studies.evidence import ACCURACY_MARGIN, Paired, interaction, over_datasets


def spread(mean: float, sd: float, n: int = 15) -> np.ndarray:
    """n values with exactly this mean and standard deviation."""
    values = np.linspace(-1, 1, n)
    return mean + sd * values / values.std(ddof=1)


def test_the_interval_is_that_of_a_paired_t_test():
    with_, without = np.random.default_rng(0).normal([[0.9], [0.85]], 0.02, (2, 15))
    paired = Paired(with_ - without)
    low, high = stats.ttest_rel(with_, without).confidence_interval(0.95)
    assert paired.interval == pytest.approx((low, high))
    assert paired.mean == pytest.approx(with_.mean() - without.mean())


@pytest.mark.parametrize(
    ("differences", "margin", "verdict"),
    [
        (spread(0.03, 0.01), ACCURACY_MARGIN, "holds"),
        (spread(-0.03, 0.01), ACCURACY_MARGIN, "fails"),
        (spread(0.003, 0.0005), ACCURACY_MARGIN, "no effect"),  # surely above zero, and too small to matter
        (spread(0.003, 0.0005), 0.0, "holds"),
        (spread(0.0, 0.001), ACCURACY_MARGIN, "no effect"),
        (spread(0.01, 0.05), ACCURACY_MARGIN, "undecided"),
        (np.full(15, 0.02), ACCURACY_MARGIN, "holds"),
        (np.full(15, 0.0), 0.0, "no effect"),
        (np.full(15, 0.0), ACCURACY_MARGIN, "no effect"),
        (np.array([0.1]), ACCURACY_MARGIN, "undecided"),
        (np.array([]), ACCURACY_MARGIN, "undecided"),
    ],
)
def test_one_data_set(differences, margin, verdict):
    assert Paired(differences, margin).verdict == verdict


def test_equal_differences_have_that_point_as_their_interval():
    assert Paired(np.full(15, 0.02)).interval == (0.02, 0.02)


def test_a_lost_seed_is_left_out_and_counted():
    paired = Paired(np.append(spread(0.03, 0.01, 14), np.nan))
    assert (paired.lost, paired.verdict) == (1, "holds")
    assert paired.interval == Paired(spread(0.03, 0.01, 14)).interval


@pytest.mark.parametrize(("mean", "margin"), [(0.01, 0.0), (0.01, ACCURACY_MARGIN), (0.001, ACCURACY_MARGIN)])
def test_so_many_seeds_decide_and_one_fewer_does_not(mean, margin):
    needed = Paired(spread(mean, 0.03), margin).seeds_to_decide
    assert Paired(spread(mean, 0.03, needed), margin).verdict != "undecided"
    assert Paired(spread(mean, 0.03, needed - 1), margin).verdict == "undecided"


def test_a_true_zero_without_a_margin_is_never_decided_by_more_seeds():
    assert Paired(spread(0.0, 0.03)).seeds_to_decide is None


@pytest.mark.parametrize(
    ("verdicts", "overall", "undecided"),
    [
        (["holds", "holds", "holds"], "holds", 0),
        (["holds", "holds", "holds", "undecided"], "holds", 1),
        (["holds", "holds", "undecided"], "undecided", 1),
        (["holds", "fails", "holds", "holds"], "depends", 0),
        (["holds", "no effect", "holds", "holds"], "depends", 0),
        (["holds", "no effect", "undecided"], "depends", 1),
        (["no effect", "no effect", "no effect"], "no effect", 0),
        (["fails"], "fails", 0),
        (["fails", "undecided"], "undecided", 1),
        (["undecided", "undecided", "undecided"], "undecided", 3),
        ([], "undecided", 0),
    ],
)
def test_over_data_sets(verdicts, overall, undecided):
    found = over_datasets({f"set {i}": v for i, v in enumerate(verdicts)})
    assert (found.verdict, len(found.undecided)) == (overall, undecided)


def test_a_planted_effect_is_found_and_no_effect_is_seldom_taken_for_one():
    rng = np.random.default_rng(1)
    trials = 400
    found = [Paired(rng.normal(0.02, 0.02, 15), ACCURACY_MARGIN).verdict for _ in range(trials)]
    assert np.mean([v == "holds" for v in found]) > 0.9
    null = [Paired(rng.normal(0, 0.02, 15), ACCURACY_MARGIN).verdict for _ in range(trials)]
    wrong = np.mean([v in ("holds", "fails") for v in null])
    # 5 % in truth; more than four standard errors above it would be another rule.
    assert wrong < 0.05 + 4 * (0.05 * 0.95 / trials) ** 0.5


def test_interaction_is_zero_where_effects_add_up():
    rng = np.random.default_rng(2)
    none, one, other = rng.normal(size=(3, 10))
    assert interaction(one + other - none, one, other, none) == pytest.approx(np.zeros(10))
    assert interaction(one + other - none + 0.5, one, other, none) == pytest.approx(np.full(10, 0.5))
