"""A data set that is wrong is refused loudly: when it is made, found or drawn."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from wd_core.datasets import DATASETS, Dataset
from wd_core.plugins import collect


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"name": "Two Moons"}, "name='Two Moons': must be of a-z"),
        ({"task": "ranking"}, "task='ranking': must be one of classification, regression"),
        ({"class_names": ("one",)}, r"class_names=\('one',\): must be a tuple of at least 2 different names"),
        ({"feature_names": ("a", "a")}, r"feature_names=\('a', 'a'\): must be a tuple"),
        ({"default_noise": 3}, "default_noise=3: must be between 0 and 2"),
        ({"description": ""}, "description='': must be a text"),
        ({"synthetic": False}, "max_samples=None: must be the number of rows"),
    ],
)
def test_a_wrong_data_set_is_refused_at_import(changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(DATASETS["moons"], **changes)


@pytest.mark.parametrize(
    ("X", "y", "message"),
    [
        (np.zeros((9, 2)), np.zeros(10), r"'moons': X.shape=\(9, 2\): must be \(10, 2\)"),
        (np.zeros((10, 3)), np.zeros(10), r"X.shape=\(10, 3\): must be \(10, 2\)"),
        (np.zeros((10, 2)), np.zeros((10, 1)), r"y.shape=\(10, 1\): must be \(10,\)"),
        (np.zeros((10, 2)), np.full(10, 2), r"classes in y=\[2\]: must be whole numbers from 0 to 1"),
        (np.full((10, 2), np.nan), np.zeros(10), "X=not finite: must be finite"),
    ],
)
def test_a_wrong_sample_is_refused_when_drawn(X: np.ndarray, y: np.ndarray, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(DATASETS["moons"], sample=lambda n, noise, rng: (X, y)).draw(10, 0, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({"empty": ""}, TypeError, "planted.empty must define DATASET"),
        ({"other": "DATASET = 'moons'"}, TypeError, "planted.other must define DATASET"),
        (
            dict.fromkeys(("one", "two"), "from wd_core.datasets.moons import DATASET"),
            ValueError,
            "'moons' is taken",
        ),
    ],
)
def test_a_bad_file_stops_the_registry(tmp_path, monkeypatch, files: dict, error: type, message: str) -> None:
    package = tmp_path / "planted"
    package.mkdir()
    (package / "__init__.py").touch()
    for name, text in files.items():
        (package / f"{name}.py").write_text(text)
        monkeypatch.delitem(sys.modules, f"planted.{name}", raising=False)
    monkeypatch.delitem(sys.modules, "planted", raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(error, match=message):
        collect("planted", [str(package)], "DATASET", Dataset)


def test_importing_loads_no_scikit_learn() -> None:
    code = "import sys, wd_core.datasets; sys.exit('sklearn' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
