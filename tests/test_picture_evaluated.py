"""What the browser makes of the weights: the same as `History.predict`, for every data set, model and activation."""

import json
import subprocess

import numpy as np
import pytest

from tests.test_javascript import HERE, node  # noqa: F401
from wd_core import Experiment, train
from wd_core.datasets import DATASETS
from wd_core.engine.layers import ACTIVATIONS
from wd_core.evaluation import score_new
from wd_core.models import MODELS
from wd_core.view.packing import weights_of
from wd_core.view.picture import make_picture, unpack
from wd_core.view.planes import make_plane
from wd_core.view.program import program_of

POINTS = 200
FEATURES = ("x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)")
SMALL = Experiment(n_samples=120, steps=60, lr=0.1, lambdas=(0.0, 0.01), seeds=(3,), hidden=(7, 5))


def cases() -> list[tuple[Experiment, str]]:
    """Experiments, each with the plane it is drawn in."""
    found = []
    for name, dataset in DATASETS.items():
        for model in (m for m in MODELS.values() if m.fits(dataset) and "rows" in m.takes):
            e = SMALL.replace(dataset=name, model=model.name, noise=0.1)
            found += [
                (e.replace(activation=a), "auto") for a in (ACTIVATIONS if model.name == "mlp" else ("tanh",))
            ]
            if model.name == "mlp" and dataset.synthetic:
                found.append((e.replace(norm="layer", dropout=0.2, input_noise=0.1), "auto"))
                found.append((e.replace(norm="layer", biases=False, activation="square"), "auto"))
                found.append((e.replace(norm="batch", dropout=0.2), "auto"))
                found.append((e.replace(norm="batch", biases=False, activation="relu"), "auto"))
            if dataset.is_plane:
                found.append((e.replace(features=FEATURES, noise_features=2), "0,2"))
                found.append((e.replace(features=FEATURES[::-1], noise_features=2), "pca"))
    return found


@pytest.fixture(scope="module")
def said(node, tmp_path_factory):  # noqa: F811
    """(experiment, predicted, exact, found) at random points of the plane: probabilities, or shares of the drawn range.

    Exact is what the very weights that the picture carries say in double precision.
    """
    folder, asked, expected = tmp_path_factory.mktemp("pictures"), [], []
    rng = np.random.default_rng(0)
    for number, (e, choice) in enumerate(cases()):
        history, split = train(e), e.data(3)
        plane = make_plane(split, DATASETS[e.dataset], choice)
        picture = make_picture([history], 3, choice)
        (folder / str(number)).write_bytes(picture)
        points = rng.uniform(*np.transpose([plane.x_range, plane.y_range]), (POINTS, 2))
        raw = plane.origin + points @ plane.axes
        header, arrays = unpack(picture)
        low, high = header["value_range"] if e.task == "regression" else (0.0, 1.0)
        loss, X = history.target.loss, split.to_model(raw)
        carried = weights_of(header, arrays)[:1, -1].astype(np.float32).astype(float)
        exact = loss.predict(score_new(e, split.X_train, carried, X))[0].T
        wanted = [(values - low) / (high - low) for values in (history.predict(X)[0, 0], exact)]
        expected.append((e, loss, *wanted, low, high))
        asked.append(
            {"picture": str(folder / str(number)), "run": [0, len(history.steps) - 1], "points": points.tolist()}
        )
    done = subprocess.run([node, HERE / "evaluated.mjs"], input=json.dumps(asked), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = []
    for (e, loss, predicted, exact, low, high), scores in zip(expected, json.loads(done.stdout), strict=True):
        values = loss.predict(np.array(scores).T[None])[0].T
        found.append((e, predicted, exact, (values - low) / (high - low)))
    return found


def test_the_browser_says_what_predict_says(said):
    assert len(said) > 60
    for e, predicted, exact, found in said:
        # What remains of the difference is the rounding of the weights, not another model.
        np.testing.assert_allclose(found, exact, rtol=0, atol=0.02 / 255, err_msg=e.to_query())
        byte = 0.5 if e.activation == "square" else 0.25  # squares of squares magnify it
        np.testing.assert_allclose(found, predicted, rtol=0, atol=byte / 255, err_msg=e.to_query())
        assert np.ptp(predicted) > 0.02 or e.norm == "layer", f"{e.to_query()}: nothing to see"


def test_what_the_browser_does_not_know_has_no_program():
    e = SMALL.replace(dataset="moons")
    split = e.data(3)
    plane = make_plane(split, DATASETS["moons"])
    layers = train(e).layers()
    assert program_of(layers, split, plane)

    class Unheard(type(layers[0])):
        pass

    layers[1].__class__ = Unheard
    assert program_of(layers, split, plane) is None


def test_a_split_that_makes_inputs_in_another_way_has_no_program(monkeypatch):
    e = SMALL.replace(dataset="moons")
    split = e.data(3)
    plane = make_plane(split, DATASETS["moons"])
    true = type(split).to_model
    monkeypatch.setattr(type(split), "to_model", lambda self, raw: true(self, raw) + 1e-3 * raw**2)
    assert program_of(train(e).layers(), split, plane) is None
