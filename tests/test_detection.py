"""Detection: parts share nothing, windows are what the scene is cut into, the page's numbers are the study's."""

import numpy as np
import pytest

from wd_core.engine.network import initial_weights
from wd_core.evaluation import score_runs
from wd_core.studies import detection as study
from wd_core.studies.gains import ARMS
from wd_core.studies.scenes import DIGIT, MARGIN, SIDE, Supply, clutter, paste
from wd_core.ui import detection as page
from wd_core.view.picture import unpack


@pytest.fixture(scope="module")
def small():
    """The first seed, as the page shows it, at three λ and in two scenes."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (study, page):
            patch.setattr(module, "LAMBDAS", (0.0, 3.0, 30.0))
        patch.setattr(study, "SHOWN_SCENES", 2)
        yield study.look(0, "true", lambda share: None)


def test_no_part_sees_anothers_clutter_or_digits():
    parts = [Supply(5, part) for part in ("train", "validation", "test")]
    strips = [{strip.tobytes() for strip in part.strips} for part in parts]
    assert sum(map(len, strips)) == len(set.union(*strips)) == len(clutter())
    images = [len(part.digits) for part in parts]
    assert sum(images) == 1797
    assert not np.array_equal(Supply(6, "train").digits, parts[0].digits)


def test_windows_have_a_digit_in_their_middle_or_none():
    windows, y = Supply(0, "train").windows(60)
    assert windows.shape == (60, SIDE, SIDE)
    assert y.mean() == 0.5
    assert windows.min() >= 0
    assert windows.max() <= 1


def test_pasting_cuts_off_at_the_edge_and_stands_out():
    digit = np.ones((DIGIT, DIGIT))
    dark, light, corner = np.zeros((20, 20)), np.ones((20, 20)), np.zeros((20, 20))
    paste(dark, digit, 3, 4)
    paste(light, digit, 3, 4)
    paste(corner, digit, -5, 17)
    assert dark[3:11, 4:12].min() > 0.5
    assert dark.sum() == pytest.approx(dark[3:11, 4:12].sum())
    assert light[3:11, 4:12].max() < 0.5
    assert np.count_nonzero(corner) == 3 * 3
    paste(corner, digit, 40, 0)  # nowhere


def test_digits_of_a_scene_do_not_overlap_and_are_where_it_says():
    scenes = Supply(1, "test").scenes(5)
    for picture, places in zip(scenes.pictures, scenes.places, strict=True):
        gaps = [np.abs(a - b).max() for i, a in enumerate(places) for b in places[:i]]
        assert min(gaps) >= SIDE
        for row, column in places:
            inner = picture[row + MARGIN : row + MARGIN + DIGIT, column + MARGIN : column + MARGIN + DIGIT]
            assert np.ptp(inner) > 0.2


def test_labels_that_are_wrong_are_of_training_windows_alone():
    clean, wrong = (study.windows(2, labels)[0].split for labels in ("true", "wrong"))
    assert (clean.y_train != wrong.y_train).sum() == 30
    np.testing.assert_array_equal(clean.X_train, wrong.X_train)
    np.testing.assert_array_equal(clean.y_validation, wrong.y_validation)
    assert clean.X_train.mean() == pytest.approx(0, abs=1e-9)
    assert clean.X_train.std() == pytest.approx(1)


def test_all_parts_are_prepared_by_the_training_parts_mean_and_deviation():
    source, (mean, deviation) = study.windows(2, "true")
    for part, n in study.WINDOWS.items():
        found = getattr(source.split, f"X_{part}")[:, 0] * deviation + mean
        np.testing.assert_allclose(found, Supply(2, part).windows(n)[0], atol=1e-12)


def test_a_slid_window_is_scored_as_the_window_itself():
    source, (mean, deviation) = study.windows(0, "true")
    e = study.recipe(source, 0)
    w = np.stack([initial_weights(e.layers(), np.random.default_rng(i)) for i in range(2)])
    pictures = (Supply(0, "test").scenes(2).pictures - mean) / deviation
    scores = study.slide(e, w, pictures)
    row, column = study.CORNERS[7, 11]
    alone = score_runs(e.layers, w, pictures[1:, None, row : row + SIDE, column : column + SIDE])
    np.testing.assert_allclose(scores[:, 1, 7, 11], alone[:, 0, 0], rtol=1e-6, atol=1e-9)


def test_a_perfect_detector_finds_all_and_alarms_never():
    scenes = Supply(3, "test").scenes(4)
    gap = np.abs(study.CORNERS[None, :, :, None] - scenes.places[:, None, None]).max(-1).min(-1)
    found = study.find(np.where(gap <= 1, 5.0, -5.0)[None], scenes)
    assert found.average_precision() == pytest.approx(1)
    right, alarms = found.at(0.5)
    assert (right, alarms) == (found.total, 0)
    assert found.at(0.999)[0] == 0


def test_the_board_draws_what_was_found(small, monkeypatch):
    monkeypatch.setattr(page, "LAMBDAS", (0.0, 3.0, 30.0))
    monkeypatch.setattr(study, "look", lambda *_: small)
    message = page.seen_board("true", 0, lambda share: None).pack()
    assert len(message) < 500_000
    header, arrays = unpack(message)
    kinds = [panel["kind"] for panel in header["panels"]]
    boxes = len(kinds) - 1 - kinds[::-1].index("scene")
    drawn = (arrays[f"p{boxes}.scores"] >= 0.5) & (arrays[f"p{boxes}.boxes"][..., 0] >= 0)
    right = (drawn & (arrays[f"p{boxes}.right"] > 0)).sum((1, 2))
    at = page.THRESHOLDS.index(0.5)
    names = [readout["label"] for readout in header["readouts"]]
    np.testing.assert_array_equal(arrays[f"r{names.index(f'digits found, of {small.found.total}')}"][:, at], right)
    np.testing.assert_array_equal(small.found.at(0.5)[0], right)
    np.testing.assert_array_equal(small.found.at(0.5)[1], drawn.sum((1, 2)) - right)


def test_the_curve_of_precision_never_rises_and_ends_where_recall_does(small, monkeypatch):
    monkeypatch.setattr(page, "LAMBDAS", (0.0, 3.0, 30.0))
    curves = page.precision_curves(small)
    known = np.isfinite(curves)
    assert (np.diff(np.where(known, curves, -1), axis=1) <= 1e-12).all()
    reached = small.found.hit.sum((1, 2)) / small.found.total
    np.testing.assert_allclose(known.sum(1) - 1, np.floor(reached * 40 + 1e-6))


def faked(accuracy: float, precision: float, loss: float = 0.0) -> study.Measured:
    """Decay makes windows and scenes better by so much; early stopping does nothing."""
    noise = 0.001 * np.random.default_rng(0).standard_normal(12)
    base = {"accuracy": 0.9, "loss": 0.3, "precision": 0.6, "alarms": 2.0, "recall": 0.8}
    better = base | {"accuracy": 0.9 + accuracy, "precision": 0.6 + precision, "loss": 0.3 - loss}
    decayed = {q: v + noise for q, v in better.items()}
    arms = {a: decayed if a in ("decay", "both") else {q: v + 0 * noise for q, v in base.items()} for a in ARMS}
    return study.Measured(*(np.ones((13, 12)) for _ in range(5)), {a: np.ones(12) for a in ARMS}, arms)


@pytest.mark.parametrize(
    ("gains", "says"),
    [
        ((0.0, 0.1), ("accuracy cannot be told to move", "average precision rises", "moves more", "decay is ahead")),
        ((0.1, 0.0), ("accuracy rises", "average precision cannot be told", "moves less")),
        ((0.1, -0.1), ("accuracy rises", "average precision falls", "early stopping is ahead")),
        ((0.0, 0.0), ("cannot be told to move more", "neither can be called")),
        ((0.0, 0.0, 0.1), ("helps how sure the detector is and not",)),
    ],
)
def test_the_verdict_is_what_the_intervals_say(gains, says):
    said = page.verdict(faked(*gains))
    assert all(words in said for words in says)
    assert ("helps how sure" in said) == (len(gains) > 2)
