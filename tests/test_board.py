"""The board's message: what goes in comes out, at the place where the hand is; what does not fit is refused by name."""

import numpy as np
import pytest

from wd_core.view.board import NOTHING, Axis, Bars, Board, Curves, Heat, Lines, Pictures, Readout, Scene, Series, Words
from wd_core.view.picture import unpack

L, K = 5, 3
AXES = (Axis("lambda", "λ", [0, 0.01, 0.1, 1, 10]), Axis("step", "step", [0, 10, 100], "linear"))


def values_of(levels: np.ndarray, span: tuple[float, float], log: bool = False) -> np.ndarray:
    """What the browser makes of levels."""
    nothing = NOTHING[8 * levels.itemsize]
    share = np.where(levels == nothing, np.nan, levels / (nothing - 1))
    return span[0] * (span[1] / span[0]) ** share if log else span[0] + share * (span[1] - span[0])


def packed(*panels, **more):
    return unpack(Board(AXES, panels, **more).pack())


def test_values_come_back_to_a_level_and_nan_stays_nan():
    values = np.random.default_rng(0).normal(size=(L, 4, 3))
    values[2, 1, 1] = np.nan
    header, arrays = packed(Heat(title="Map", values=values, over=("lambda",)))
    span = header["panels"][0]["range"]
    back = values_of(arrays["p0.values"], span)
    assert np.isnan(back[2, 1, 1])
    np.testing.assert_allclose(back, values, atol=(span[1] - span[0]) / 65534, equal_nan=True)


def test_a_logarithmic_axis_holds_small_and_large():
    y = np.geomspace(1e-6, 1e3, L * K).reshape(K, L)
    header, arrays = packed(Curves(title="Loss", series=[Series("train", y)], over=("step",), log=True))
    np.testing.assert_allclose(values_of(arrays["p0.y0"], header["panels"][0]["range"], log=True), y, rtol=1e-3)


def test_scales_stand_still_over_all_places():
    y = np.arange(L * K, dtype=float).reshape(K, L)
    header, _ = packed(Curves(title="Loss", series=[Series("a", y), Series("b", y + 5)], over=("step",)))
    assert header["panels"][0]["range"] == [0.0, 19.0]


def test_bars_always_show_zero():
    header, _ = packed(Bars(title="Gain", names=["a", "b"], values=np.array([3.0, 4.0])))
    assert header["panels"][0]["range"] == [0.0, 4.0]


@pytest.mark.parametrize(
    "panel",
    [
        Heat(title="odd", values=np.zeros((L + 1, 2, 2)), over=("lambda",)),
        Curves(title="odd", series=[Series("a", np.zeros((K, L - 1)))], over=("step",)),
        Curves(title="odd", series=[Series("a", np.zeros((L, K)))], over=("step",)),
        Lines(title="odd", x=np.arange(4.0), series=[Series("a", np.zeros((2, 4)))], over=("lambda",)),
        Pictures(title="odd", values=np.zeros((K, 2, 3, 3)), over=("lambda",)),
        Words(title="odd", items=[[("a", False)]], over=("lambda",)),
    ],
)
def test_a_shape_that_does_not_fit_is_refused_by_name(panel):
    with pytest.raises(ValueError, match=r"odd.*allowed"):
        Board(AXES, [panel]).pack()


def test_a_readout_that_does_not_fit_is_refused_by_name():
    with pytest.raises(ValueError, match=r"accuracy.*allowed"):
        Board(AXES, [], [Readout("accuracy", np.zeros(K), ("lambda",))]).pack()


def test_pictures_may_stand_still_while_their_names_and_frames_move():
    values, named = np.random.default_rng(0).random((L, 4, 4)), np.arange(L * L).reshape(L, L) % 3  # as many as places
    still = Pictures(title="Said", values=values, over=("lambda",), captions=("a", "b", "c"), named=named)
    header, arrays = packed(still)
    assert arrays["p0.values"].shape == (L, 4, 4)
    np.testing.assert_array_equal(arrays["p0.named"], named)
    assert header["panels"][0]["captions"] == ["a", "b", "c"]
    with pytest.raises(ValueError, match="Said: named"):
        packed(Pictures(title="Said", values=values, over=("lambda",), captions=("a",), named=named[:2]))


def test_a_scene_carries_its_boxes_and_refuses_those_of_other_places():
    boxes, scores = np.full((L, 2, 2), -1), np.zeros((L, 2))
    given = {"values": np.zeros((L, 9, 9)), "over": ("lambda",), "scores": scores, "right": scores > 0}
    header, arrays = packed(Scene(title="Boxes", boxes=boxes, threshold="step", **given))
    np.testing.assert_array_equal(arrays["p0.boxes"], boxes)
    assert header["panels"][0]["threshold"] == "step"
    with pytest.raises(ValueError, match="Boxes: boxes"):
        packed(Scene(title="Boxes", boxes=boxes[1:], **given))
