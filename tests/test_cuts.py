"""Draws without scikit-learn's import, against scikit-learn."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.datasets import make_moons
from sklearn.model_selection import train_test_split

from wd_core.datasets._cuts import cut_classes, cut_rows, moons


@pytest.mark.parametrize("seed", range(40))
def test_cuts_are_those_of_scikit_learn(seed):
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(30, 300)), int(rng.integers(2, 8))
    y = np.append(rng.permutation(np.repeat(np.arange(k), 2)), rng.choice(k, n - 2 * k, p=rng.dirichlet(np.ones(k))))
    n_first = int(rng.integers(k, n - k))
    rows = np.arange(n)
    for ours, theirs in (
        (cut_classes(y, n_first, seed), train_test_split(rows, train_size=n_first, stratify=y, random_state=seed)),
        (cut_rows(n, n_first, seed), train_test_split(rows, train_size=n_first, random_state=seed)),
    ):
        for a, b in zip(ours, theirs, strict=True):
            np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(("n", "noise"), [(40, 0.0), (41, 0.25), (500, 1.0)])
def test_moons_are_those_of_scikit_learn(n, noise):
    for ours, theirs in zip(moons(n, noise, 7), make_moons(n, noise=noise, random_state=7), strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_the_first_picture_waits_for_no_large_import():
    """A fresh server's way to the default picture, up to Streamlit itself."""
    code = """if True:
        import sys
        from wd_core import train_all
        from wd_core.view.picture import make_picture
        from wd_core.view.scene import Scene
        scene = Scene.from_query("")
        make_picture(train_all(list(scene.arms)), scene.shown, scene.plane)
        print(*{"sklearn", "scipy", "pandas", "plotly"} & set(sys.modules))
    """
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == ""
