"""Images: both networks see the same, and what is measured of them is what other tools say of the same numbers."""

from dataclasses import fields

import numpy as np
import pytest
from sklearn.metrics import confusion_matrix

from wd_core.studies import images as study
from wd_core.studies.companions import Kept
from wd_core.ui import images as page
from wd_core.view.picture import unpack

SEEDS = (0, 3, 5)


@pytest.fixture(scope="module")
def small():
    """Two seeds of both networks, four λ, as the study trains them but shorter."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(study, "LAMBDAS", (0.0, 0.1, 3.0, 30.0))
        patch.setattr(study, "STEPS", (0, 10, 40))
        return study.measure("digits", "wrong", SEEDS, lambda share: None)


@pytest.mark.parametrize("dataset", study.DATA)
def test_both_networks_see_the_same_images_and_labels_with_as_many_parameters(dataset):
    cnn, mlp = (study.recipe(dataset, "wrong", model, (4,)) for model in study.MODELS)
    a, b = cnn.data(4), mlp.data(4)
    assert len(a.y_train) == study.EXAMPLES
    assert a.flipped.sum() == 20
    np.testing.assert_array_equal(a.y_train, b.y_train)
    np.testing.assert_array_equal(a.y_validation, b.y_validation)
    pixels = [split.X_test[:20].reshape(20, -1) for split in (a, b)]
    alike = np.corrcoef(*pixels)[:20, 20:]  # digits are standardised in another way for each
    assert (alike.argmax(1) == np.arange(20)).all()
    assert mlp.n_parameters == pytest.approx(cnn.n_parameters, rel=0.03)


def test_confusion_is_scikit_learns():
    rng = np.random.default_rng(0)
    true, said = rng.integers(0, 4, 50), rng.integers(0, 5, (2, 3, 50))
    found = study.confusion(true, said, 5)
    assert found.shape == (2, 3, 5, 5)
    np.testing.assert_allclose(
        found[1, 2], confusion_matrix(true, said[1, 2], labels=np.arange(5), normalize="true"), atol=1e-12
    )


def test_what_is_measured_is_of_the_runs_that_validation_chooses(small):
    for m in small.values():
        chosen = np.searchsorted((0.0, 0.1, 3.0, 30.0), m.arms["decay"].lam)
        assert (chosen == m.validation_loss.argmin(0)).all()
        np.testing.assert_array_equal(m.at_chosen(m.size), m.size[chosen, range(len(SEEDS))])
        assert (m.size[-1] < m.size[0]).all()
        assert np.isfinite(m.rough[0]).all()


def test_the_board_shows_every_place_in_half_a_megabyte():
    board = page.seen_board("fashion", "wrong", lambda share: None)
    message = board.pack()
    assert len(message) < 600_000
    header, arrays = unpack(message)
    titles = [panel["title"] for panel in header["panels"]]
    wrong = titles.index("CNN: 24 images and what it says")
    flags = arrays[f"p{wrong}.flags"]
    assert flags.shape == (len(study.LAMBDAS), len(study.STEPS), page.SHOWN)
    e = study.recipe("fashion", "wrong", "cnn", (0,))
    said = arrays[f"p{wrong}.named"][-1, -1]
    np.testing.assert_array_equal(flags[-1, -1], said != e.data(0).y_validation[: page.SHOWN])
    assert len(header["sentences"]) == len(study.LAMBDAS)


def faked(size: float, rough: float) -> study.Measured:
    """A saliency so many times as large and so much rougher at the one λ that is best."""
    noise = 0.001 * np.random.default_rng(0).standard_normal(12)
    loss = np.stack([np.ones(12), np.zeros(12)])
    arm = Kept(**dict.fromkeys((f.name for f in fields(Kept)), np.ones(12)))
    arms = dict.fromkeys(("none", "decay", "early", "both"), arm)
    return study.Measured(arms=arms, calibration=dict.fromkeys(arms, np.zeros(12)),
                          validation_loss=loss, stopped_loss=loss,
                          size=np.stack([np.ones(12), np.full(12, size)]),
                          rough=np.stack([np.ones(12), 1 + rough + noise]))  # fmt: skip


@pytest.mark.parametrize(("rough", "says"), [(-0.1, "n smoother"), (0.1, "n rougher"), (0, "n neither")])
def test_saliency_is_said_to_calm_down_only_where_it_does(rough, says):
    said = page.same_for_both({"cnn": faked(0.5, rough), "mlp": faked(2.0, rough)})
    assert said.count(says) == 2
    assert "the CNN's saliency is 0.50 times as large" in said
    assert "the MLP's saliency is 2.00 times" in said
    assert said.count("no difference can be told") == 2
