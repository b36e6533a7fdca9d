"""Scenes: the link says all that is seen, and nothing that it says is believed unchecked."""

from dataclasses import replace

import pytest

from wd_core import Experiment, lambda_path
from wd_core.view.scene import Scene

SMALL = Experiment(n_samples=40, hidden=(3,), steps=20, lambdas=lambda_path(1e-3, 1.0, 4), seeds=(2, 5))
SCENES = [
    Scene(SMALL),
    Scene(SMALL, against="l1", shown=5, at=0.01, step=7, reveal=True),
    Scene(SMALL, against="l2,decoupled", at=1 / 3),
    Scene(SMALL.replace(dataset="iris"), plane="1,3"),
    Scene(SMALL.replace(dataset="wine", noise_features=2, noise=0.1), plane="pca", reveal=True),
]


@pytest.mark.parametrize("scene", SCENES)
def test_a_link_brings_the_same_scene_back(scene):
    assert Scene.from_query(scene.to_query()) == scene
    assert Scene.from_query(f"https://lab.example/?{scene.to_query()}#top") == scene


def test_a_link_without_a_query_is_the_first_opening():
    assert Scene.from_query("https://lab.example/") == Scene(Experiment.from_query("dataset=moons"))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("against=l3", ["against=l3", "l1, l2"]),
        ("against=l1,often", ["against=l1,often", "decoupled"]),
        ("shown=9", ["shown=9", "0, 1, 2, 3, 4"]),
        ("shown=x", ["shown=x", "whole number"]),
        ("at=-1", ["at=-1", "from 0 to"]),
        ("at=nan", ["at=nan", "from 0 to"]),
        ("at=much", ["at=much", "a number"]),
        ("step=301", ["step=301", "from 0 to 300"]),
        ("reveal=yes", ["reveal=yes", "0 or 1"]),
        ("plane=0,7", ["plane='0,7'", "auto"]),
        ("noise=9&against=l1", ["noise=9", "0 to 2"]),
        ("colour=red", ["colour=red", "no such field"]),
    ],
)
def test_a_wrong_field_is_named_with_what_is_allowed(query, said):
    with pytest.raises(ValueError) as error:  # noqa: PT011 -- the text is what is tested
        Scene.from_query(query)
    assert all(part in str(error.value) for part in said), error.value


def test_the_arms_differ_in_penalty_and_decay_alone():
    first, second = Scene(SMALL, against="l1,subgradient").arms
    assert (second.penalty, second.decay) == ("l1", "subgradient")
    assert second.replace(penalty=first.penalty, decay=first.decay) == first == SMALL


def test_the_cursor_is_the_nearest_lambda_in_log_and_zero_only_for_zero():
    scene = Scene(SMALL)
    assert SMALL.lambdas == (0.0, 0.001, 0.01, 0.1, 1.0)
    assert [replace(scene, at=at).cursor[0] for at in (0, 1e-9, 0.0031, 0.0033, 0.5, 99)] == [0, 1, 1, 2, 4, 4]
    assert replace(scene, step=0).cursor[1] == 0
    assert scene.cursor[1] == len(SMALL.record_at) - 1
