"""Rows, images, sequences and words: shapes, padding, standardising, and what a model sees of each."""

import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_digits

from wd_core.datasets import DATASETS, DEFAULT_FEATURES, Split, make_split
from wd_core.datasets.modular_addition import P
from wd_core.datasets.surnames import tokens

PARTS = ("train", "validation", "test")
IMAGE, SOUND, WORD = ("image",), ("sequence", "tokens"), ("sequence", "tokens")


def split_of(name: str, kinds: tuple[str, ...] = ("rows",), **changes: object) -> Split:
    settings = {
        "n_samples": 131, "noise": 0.0, "label_noise": 0.0, "noise_features": 0, "train_share": 0.6,
        "features": DEFAULT_FEATURES, "seed": 3,
    }  # fmt: skip
    return make_split(name, **(settings | changes), kinds=kinds)


def everything(name: str) -> tuple[np.ndarray, np.ndarray]:
    """All examples that there are, without noise."""
    return DATASETS[name].draw(DATASETS[name].max_samples, 0.0, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("name", "kinds", "shape"),
    [
        ("fashion", ("rows",), (196,)),
        ("fashion", IMAGE, (1, 14, 14)),
        ("fashion", SOUND, (14, 14)),
        ("digits", ("rows",), (64,)),
        ("digits", IMAGE, (1, 8, 8)),
        ("digits", SOUND, (8, 8)),
        ("vowels", ("rows",), (29 * 12,)),
        ("vowels", SOUND, (29, 12)),
        ("surnames", ("rows",), (12 * 26,)),
        ("surnames", WORD, (12,)),
        ("modular_addition", ("rows",), (46,)),
        ("iris", ("rows", "image"), (4,)),
    ],
)
def test_a_model_sees_the_nearest_form_that_it_takes(name: str, kinds: tuple[str, ...], shape: tuple) -> None:
    split = split_of(name, kinds)
    sizes = {"train": 79, "validation": 26, "test": 26}
    for part in PARTS:
        X, raw = getattr(split, f"X_{part}"), getattr(split, f"raw_{part}")
        assert X.shape == (sizes[part], *shape)
        assert raw.shape == (sizes[part], DATASETS[name].n_features)
        assert X.dtype == (np.int64 if kinds == WORD and name == "surnames" else np.float64)
        assert not X.flags.writeable


@pytest.mark.parametrize("name", ["fashion", "vowels", "surnames"])
def test_rows_are_the_same_examples_flattened(name: str) -> None:
    form = DATASETS[name].form
    seen, rows = split_of(name, (form.kind,), label_noise=0.3), split_of(name, label_noise=0.3)
    for part in PARTS:
        np.testing.assert_array_equal(form.flatten(getattr(seen, f"X_{part}")), getattr(rows, f"X_{part}"))
        np.testing.assert_array_equal(getattr(seen, f"y_{part}"), getattr(rows, f"y_{part}"))
        np.testing.assert_array_equal(getattr(seen, f"raw_{part}"), getattr(rows, f"raw_{part}"))
    assert seen.flipped.sum() == round(0.3 * 79)


@pytest.mark.parametrize(("name", "kinds"), [("moons", IMAGE), ("vowels", IMAGE), ("iris", SOUND), ("surnames", IMAGE)])
def test_a_form_that_a_data_set_has_not_is_refused_by_name(name: str, kinds: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=f"^dataset={name}: must be {' or '.join(kinds)}; it is "):
        split_of(name, kinds)


def test_noise_features_have_no_place_but_in_rows() -> None:
    assert split_of("fashion", noise_features=3).X_train.shape == (79, 199)
    with pytest.raises(ValueError, match=r"^noise_features=3: must be 0 for a model that sees 'fashion' as image"):
        split_of("fashion", IMAGE, noise_features=3)


# ---------------------------------------------------------------- standardising


@pytest.mark.parametrize("name", ["fashion", "digits"])
def test_an_image_is_standardised_as_a_whole_by_the_training_part_alone(name: str) -> None:
    split = split_of(name, IMAGE)
    np.testing.assert_allclose([split.X_train.mean(), split.X_train.std()], [0, 1], atol=1e-12)
    assert abs(split.X_test.std() - 1) > 1e-3
    assert split.X_train[:, 0, 0, 0].std() < 0.5 < split.X_train[:, 0, 4, 4].std()  # corners stay as dull as they are


def test_a_coefficient_is_standardised_over_the_frames_that_are_there() -> None:
    split = split_of("vowels", SOUND)
    there = split.X_train[~np.isnan(split.X_train).any(axis=2)]
    assert there.shape == ((~np.isnan(split.X_train[..., 0])).sum(), 12)
    np.testing.assert_allclose(there.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(there.std(axis=0), 1)
    assert abs(np.nanmean(split.X_test, axis=(0, 1))).max() > 1e-3
    rows = split_of("vowels").X_train
    padding = np.isnan(split.X_train).reshape(len(rows), -1)
    np.testing.assert_array_equal(rows == 0, padding)  # padding is 0, and nothing else is


def test_symbols_and_pairs_of_numbers_stay_zeros_and_ones() -> None:
    for name, ones in (("surnames", None), ("modular_addition", 2)):
        X = split_of(name).X_train
        assert set(np.unique(X)) == {0, 1}
        assert ones is None or set(X.sum(axis=1)) == {ones}


# ---------------------------------------------------------------- the data themselves


def test_digits_are_the_pixels_of_scikit_learn_line_by_line() -> None:
    dataset = DATASETS["digits"]
    X, y = everything("digits")
    form, view = dataset.seen_by(IMAGE)
    images = dataset.form.turn(X, form)[:, 0]
    assert form == view
    digits = load_digits()
    assert sorted((*i.ravel(), k) for i, k in zip(images, y, strict=True)) == sorted(
        (*i.ravel(), k) for i, k in zip(digits.images, digits.target, strict=True)
    )
    lines = form.turn(images[:, None], form.views()[1])
    np.testing.assert_array_equal(lines, images)


def test_colours_of_a_line_stand_side_by_side() -> None:
    form = DATASETS["fashion"].form._replace(shape=(2, 3, 5))
    X = np.arange(30.0).reshape(1, 2, 3, 5)
    lines = form.turn(X, form.views()[1])
    np.testing.assert_array_equal(lines[0, 1], [*X[0, 0, 1], *X[0, 1, 1]])


def test_clothes_are_what_their_names_say() -> None:
    X, y = everything("fashion")
    assert np.bincount(y).tolist() == [150] * 10
    assert set(np.unique(np.rint(X * 15))) == set(range(16))
    names = DATASETS["fashion"].class_names
    ink = {name: X[y == k, 0].mean(axis=0) for k, name in enumerate(names)}
    assert ink["sandal"].sum() < ink["coat"].sum()
    middle, legs = ink["trousers"][11, 6:8].mean(), ink["trousers"][11, [5, 8]].mean()
    assert middle < 0.7 * legs  # one sees between the legs
    assert ink["dress"][11, 6:8].mean() > 0.9 * ink["dress"][11, [5, 8]].mean()
    assert ink["ankle boot"][:6, 9:].mean() > 2 * ink["sneaker"][:6, 9:].mean()  # a shaft at the heel


def test_utterances_are_7_to_29_frames_of_nine_speakers() -> None:
    X, y = everything("vowels")
    lengths = (~np.isnan(X[..., 0])).sum(axis=1)
    assert (lengths.min(), lengths.max(), lengths.sum()) == (7, 29, 9961)
    assert np.bincount(y).tolist() == [61, 65, 118, 74, 59, 54, 70, 80, 59]
    assert np.nanmin(X) > -2
    assert np.nanmax(X) < 2.3


def test_names_come_in_letters_and_belong_to_one_language() -> None:
    X, y = everything("surnames")
    assert np.bincount(y).tolist() == [300] * 8
    assert len(np.unique(X, axis=0)) == 2400
    assert tokens("az") == [1, 26] + [0] * 10
    languages = dict(zip(DATASETS["surnames"].class_names, range(8), strict=True))
    for name, language in (("aaltonen", "Finnish"), ("ackermann", "German"), ("barbic", "Croatian")):
        assert y[(np.array(tokens(name)) == X).all(axis=1)].tolist() == [languages[language]]


@pytest.mark.parametrize("word", ["", "o'neil", "Müller", "a" * 13, "abc1"])
def test_what_is_no_name_of_plain_letters_gets_a_sentence(word: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"word={word}: must be 1 to 12 letters from a to z")):
        tokens(word)


def test_letters_are_replaced_with_the_chance_that_was_asked_for_and_more_noise_only_adds() -> None:
    sample = DATASETS["surnames"].draw
    clean, few, many, all_of_them = (sample(600, noise, np.random.default_rng(1))[0] for noise in (0, 0.2, 0.4, 1))
    letters = clean > 0
    for noisy in (few, many, all_of_them):
        np.testing.assert_array_equal(noisy > 0, letters)
    share = (few != clean)[letters].mean()
    assert share == pytest.approx(0.2 * 25 / 26, abs=5 * np.sqrt(0.16 / letters.sum()))
    np.testing.assert_array_equal(many[few != clean], few[few != clean])
    assert (all_of_them == clean)[letters].mean() < 0.06


def test_pairs_are_all_529_each_once_with_their_sum() -> None:
    X, y = everything("modular_addition")
    a, b = X[:, :P].argmax(axis=1), X[:, P:].argmax(axis=1)
    assert len(set(zip(a.tolist(), b.tolist(), strict=True))) == P * P == 529
    np.testing.assert_array_equal(y, (a + b) % 23)
    split = split_of("modular_addition", n_samples=5000, train_share=0.8)
    assert [len(getattr(split, f"y_{part}")) for part in PARTS] == [423, 53, 53]


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("vowels", lambda X: X[:, ::-1], "padded at the end alone, and never empty"),
        ("vowels", lambda X: np.full_like(X, np.nan), "padded at the end alone, and never empty"),
        ("vowels", lambda X: np.where(np.arange(12) == 3, np.nan, X), "whole frames, all of them there or none"),
        ("vowels", lambda X: np.where(np.arange(12) == 3, np.inf, X), "finite"),
        ("fashion", lambda X: np.where(X.argmax() == np.arange(X.size).reshape(X.shape), np.nan, X), "finite"),
        ("surnames", lambda X: X[:, ::-1], "padded at the end alone, and never empty"),
        ("surnames", lambda X: X + 20, "whole numbers from 0 to 26"),
        ("surnames", lambda X: X + 0.5, "whole numbers from 0 to 26"),
        ("fashion", lambda X: X[:, 0], r"X.shape=\(20, 14, 14\): must be \(20, 1, 14, 14\)"),
    ],
)
def test_a_sample_that_breaks_its_form_is_refused(name: str, spoil, message: str) -> None:
    dataset = DATASETS[name]

    def spoilt(n: int, noise: float, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        X, y = dataset.sample(n, noise, rng)
        return spoil(X), y

    with pytest.raises(ValueError, match=message):
        replace(dataset, sample=spoilt).draw(20, 0.0, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("name", "changes", "message"),
    [
        ("fashion", {"shape": (14, 14)}, r"shape=\(14, 14\): must be the shape of one example \(image\)"),
        ("fashion", {"shape": (1, 14, 13)}, r"of 196 features when flattened"),
        ("fashion", {"kind": "video"}, "kind='video': must be one of rows, image, sequence, tokens"),
        ("surnames", {"alphabet": ""}, "alphabet='': must be the letters of tokens"),
        ("digits", {"image": (8, 8)}, r"image=\(8, 8\): must be \(channels, height, width\)"),
    ],
)
def test_a_data_set_whose_shape_does_not_fit_is_refused(name: str, changes: dict, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        replace(DATASETS[name], **changes)


def test_raw_rows_become_images_again_but_no_sequences() -> None:
    for name, kinds in (("fashion", IMAGE), ("digits", IMAGE), ("digits", SOUND)):
        split = split_of(name, kinds)
        np.testing.assert_array_equal(split.to_model(split.raw_test), split.X_test)
    for name in ("vowels", "surnames"):
        split = split_of(name, SOUND)
        with pytest.raises(ValueError, match=r"a point between two (sequence|tokens) has no length"):
            split.to_model(split.raw_test)
