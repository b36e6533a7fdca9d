"""Planes: they show every point, and their grids go into the model."""

import re

import numpy as np
import pytest
from sklearn.decomposition import PCA

from wd_core import Experiment
from wd_core.datasets import DATASETS, DEFAULT_FEATURES, Split, make_split
from wd_core.view.planes import check_drawable, make_plane

every = pytest.mark.parametrize("name", DATASETS)


def split_of(name: str, label_noise: float = 0.0, noise_features: int = 0) -> Split:
    return make_split(name, 131, 0.1, label_noise, noise_features, 0.6, DEFAULT_FEATURES, 3)


def rows(split: Split, kind: str = "raw") -> np.ndarray:
    return np.concatenate([getattr(split, f"{kind}_{part}") for part in ("train", "validation", "test")])


@every
@pytest.mark.parametrize("noise_features", [0, 2])
@pytest.mark.parametrize("choice", ["auto", "pca", "1,0"])
def test_a_plane_shows_every_point_and_its_grid_goes_into_the_model(
    name: str, noise_features: int, choice: str
) -> None:
    split = split_of(name, noise_features=noise_features, label_noise=0.2)
    if choice != "auto" and len(split.raw_names) == 1:
        with pytest.raises(ValueError, match=f"choice='{choice}': must be 'auto'"):
            make_plane(split, DATASETS[name], choice)
        return
    plane = make_plane(split, DATASETS[name], choice)
    grid = plane.grid(7)
    assert split.to_model(grid).shape == (49, len(split.input_names))

    x, y = np.meshgrid(np.linspace(*plane.x_range, 7), np.linspace(*plane.y_range, 7))
    target = y.ravel() if plane.y_is_target else None
    np.testing.assert_allclose(
        plane.coordinates(grid, target), np.column_stack([x.ravel(), y.ravel()]), atol=1e-9
    )

    points = plane.coordinates(rows(split), rows(split, "y") if plane.y_is_target else None)
    for values, (low, high) in zip(points.T, (plane.x_range, plane.y_range), strict=True):
        spread = np.ptp(values)
        assert low <= values.min() - 0.079 * spread
        assert high >= values.max() + 0.079 * spread
    assert ("at their mean" in plane.note) == (len(split.raw_names) > (1 if plane.y_is_target else 2))


@every
def test_principal_plane_is_scikit_learns(name: str) -> None:
    split = split_of(name, noise_features=2)
    plane = make_plane(split, DATASETS[name], "pca")
    pca = PCA(n_components=2).fit(split.raw_train)
    points = pca.transform(split.raw_test)
    np.testing.assert_allclose(
        abs(plane.coordinates(split.raw_test)), abs(points), atol=1e-9
    )  # signs are free
    assert plane.x_label == f"1st principal component ({100 * pca.explained_variance_ratio_[0]:.0f} %)"


def test_plane_of_two_features_holds_the_others_at_their_training_mean() -> None:
    split = split_of("wine")
    plane = make_plane(split, DATASETS["wine"], "2,5")
    assert (plane.x_label, plane.y_label, plane.note) == (
        "ash",
        "total phenols",
        "other features at their mean",
    )
    np.testing.assert_array_equal(plane.coordinates(split.raw_test), split.raw_test[:, [2, 5]])
    others = np.delete(plane.grid(3), [2, 5], axis=1)
    np.testing.assert_allclose(
        others, np.delete(split.raw_train.mean(axis=0), [2, 5])[None].repeat(9, axis=0)
    )


@pytest.mark.parametrize("name", [name for name, dataset in DATASETS.items() if dataset.is_plane])
def test_the_plane_of_synthetic_data_is_square(name: str) -> None:
    plane = make_plane(split_of(name), DATASETS[name])
    assert np.isclose(np.ptp(plane.x_range), np.ptp(plane.y_range))


def test_x_against_target_asks_for_the_targets() -> None:
    split = split_of("sine")
    plane = make_plane(split, DATASETS["sine"])
    assert (plane.x_label, plane.y_label) == ("x", "y")
    with pytest.raises(ValueError, match="target=None: must be the rows' targets"):
        plane.coordinates(split.raw_test)


@pytest.mark.parametrize("choice", ["1,1", "0,2", "-1,0", "0", "tsne", ""])
def test_a_plane_that_is_none_is_refused(choice: str) -> None:
    message = f"choice='{choice}': must be 'auto', 'pca' or 'i,j', two different feature numbers from 0 to 1"
    with pytest.raises(ValueError, match=re.escape(message)):
        make_plane(split_of("moons"), DATASETS["moons"], choice)


@pytest.mark.parametrize(
    ("model", "dataset", "kind"), [("gru", "vowels", "sequences"), ("transformer", "surnames", "words")]
)
def test_what_reads_sequences_is_drawn_on_images_alone(model: str, dataset: str, kind: str) -> None:
    check_drawable(Experiment(dataset="digits", model=model))
    check_drawable(Experiment(dataset=dataset, model="mlp"))
    with pytest.raises(ValueError, match=f"^model={model}: the Lab draws a plane, and a point between two {kind}"):
        check_drawable(Experiment(dataset=dataset, model=model))
