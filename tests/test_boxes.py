"""Boxes: what stands, what is found, and average precision as scikit-learn has it."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from wd_core.studies.boxes import OVERLAP, average_precision, hits, precision_recall, shared, standing

SIDE = 12
CORNERS = np.stack(np.meshgrid(np.arange(0, 20, 2), np.arange(0, 31, 2), indexing="ij"), -1).reshape(-1, 2)


def test_intersection_over_union_of_known_squares():
    found = shared(np.array([[0, 0]]), np.array([[0, 0], [0, 6], [4, 0], [12, 0], [3, 40]]), SIDE)
    np.testing.assert_allclose(found, [[1, 1 / 3, 96 / 192, 0, 0]])


def test_boxes_that_stand_are_those_of_the_plain_algorithm():
    scores = np.random.default_rng(0).normal(size=(3, len(CORNERS))).round(1)  # with ties
    found, kept = standing(scores, CORNERS, SIDE)
    for r in range(3):
        order, plain = np.argsort(-scores[r], kind="stable").tolist(), []
        while order:
            plain.append(order.pop(0))
            order = [i for i in order if shared(CORNERS[[plain[-1]]], CORNERS[[i]], SIDE)[0, 0] <= OVERLAP]
        there = found[r] >= 0
        assert found[r][there].tolist() == plain
        np.testing.assert_array_equal(kept[r][there], scores[r][plain])
        assert np.isneginf(kept[r][~there]).all()


def test_each_digit_is_found_once_and_half_the_union_is_enough():
    corners = np.array([[0, 0], [4, 0], [0, 30], [6, 30], [50, 50]])
    places = np.array([[[0, 0], [0, 30]]])
    assert hits(np.array([[0, 1, 2, 4, -1]]), corners, places, SIDE).tolist() == [[True, False, True, False, False]]
    assert hits(np.array([[1, 0, 3]]), corners, places, SIDE).tolist() == [[True, False, False]]  # 0.5 is, 1/3 is not


@pytest.mark.parametrize("digits", [None, 1], ids=["scores differ", "many ties"])
def test_average_precision_is_scikit_learns_where_every_digit_has_a_box(digits):
    rng = np.random.default_rng(3)
    for _ in range(20):
        scores, hit = rng.normal(size=60), rng.random(60) < 0.3
        scores = scores if digits is None else scores.round(digits - 1)
        assert average_precision(scores, hit, hit.sum()) == pytest.approx(average_precision_score(hit, scores))
        missed = average_precision(scores, hit, hit.sum() + 5)  # five more that no box finds
        assert missed == pytest.approx(average_precision_score(hit, scores) * hit.sum() / (hit.sum() + 5))


def test_precision_and_recall_at_each_threshold():
    thresholds, precision, recall = precision_recall(np.array([0.2, 0.9, 0.9, 0.5]), np.array([1, 1, 0, 0]) > 0, 4)
    assert thresholds.tolist() == [0.9, 0.5, 0.2]
    assert precision.tolist() == [0.5, 1 / 3, 0.5]
    assert recall.tolist() == [0.25, 0.25, 0.5]
    assert average_precision(np.zeros(0), np.zeros(0, bool), 3) == 0
