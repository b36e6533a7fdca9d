"""The companions' page, part by part; and the links of its table."""

import re
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from wd_core import train
from wd_core.datasets import DATASETS
from wd_core.studies.diagnostics import layer_norms
from wd_core.ui import companions
from wd_core.view.picture import unpack_header
from wd_core.view.scene import Scene

TITLE = DATASETS["breast_cancer"].title


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../pages/companions.py", default_timeout=90)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("part", companions.PARTS)
def test_every_part_shows_its_board(part):
    app = page(companions_part=part, companions_data=TITLE)
    assert not app.exception
    header, _ = unpack_header(app.get("bidi_component")[0].proto.bytes)
    assert len(header["sentences"]) == len(header["axes"][0]["values"])


@pytest.mark.parametrize("which", ["Noise on the inputs", "Dropout on the inputs"])
def test_every_disguise(which):
    assert not page(companions_part="In disguise", disguise=which).exception


def test_every_number_of_the_table_opens_the_experiment_that_it_is_of():
    app = page(companions_data=TITLE)
    table = next(m.value for m in app.markdown if m.value.startswith("| companion"))
    links = re.findall(r"\]\(\./\?([^)]*)\)", table)
    assert len(links) == 4 * 4  # no hidden layer to normalise
    for link in links:
        scene = Scene.from_query(link)
        assert scene.experiment.dataset == "breast_cancer"
        assert scene.experiment.seeds == companions.SEEDS


def test_a_link_opens_the_first_seed_at_the_step_and_lambda_that_were_kept():
    e = companions.Setting("moons").start("wrong").replace(steps=40, seeds=(0, 1, 2))
    found = companions.study.companions(e, names=("early stopping", "dropout"))
    for c in found.values():
        for arm in c.arms.values():
            scene = Scene.from_query(companions.link(arm).removeprefix("./?"))
            h = train(scene.experiment)
            i, k = scene.cursor[0], h.steps.tolist().index(scene.step)
            assert (scene.shown, h.lambdas[i]) == (0, pytest.approx(arm.lam[0]))
            assert h.test_score[i, 0, k] == arm.score[0]


def test_a_regression_has_targets_and_classes_have_labels():
    assert companions.Setting("diabetes").labels["wrong"] == "20 % swapped targets"
    assert companions.Setting("moons").labels["wrong"] == "20 % wrong labels"


def test_norms_are_the_mean_over_seeds_of_each_layers_weights():
    h = train(companions.Setting("moons").start("clean").replace(steps=10, seeds=(0, 1)))
    expected = np.stack([v[:, :, -1].mean(1) for v in layer_norms(h).values()], axis=-1)
    np.testing.assert_allclose(companions._norms(h), expected)


@pytest.mark.parametrize(("shift", "said"), [(-0.1, "less than"), (0.1, "more than"), (0.0, "not to be told from")])
def test_an_interaction_is_said_as_it_is(shift: float, said: str):
    noise = 0.01 * np.array([-1.0, 1, -1, 1])
    found = {"clean": SimpleNamespace(interaction=shift + noise), "wrong": SimpleNamespace(interaction=noise)}
    words = companions._together_words(companions.Setting("moons"), found, "dropout")
    assert words.startswith(f"Dropout and decay together: with clean labels {said} their two gains added (")
    assert "with 20 % wrong labels not to be told from their two gains" in words
