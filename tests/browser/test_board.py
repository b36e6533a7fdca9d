"""The board in Chromium, without Streamlit: every kind of panel follows the hand, by pointer and by key."""

import base64

import numpy as np
import pytest
from playwright.sync_api import expect

from wd_core.ui import board
from wd_core.view.board import Axis, Bars, Board, Curves, Heat, Lines, Pictures, Readout, Scene, Series, Words

LAMBDAS, STEPS = [0, 0.01, 0.1, 1.0], [0, 10, 100]
LOSS = np.array([[4.0, 3, 2, 3], [3, 2, 1, 2], [3, 1, 0.5, 2]])  # (steps, λ)


def message() -> bytes:
    rng = np.random.default_rng(0)
    return Board(
        axes=[Axis("lambda", "λ", LAMBDAS, start=0), Axis("step", "step", STEPS, "linear", start=2)],
        panels=[
            Curves(title="Loss", over=("step",), series=[Series("validation", LOSS)], marks=[("lowest", 2)]),
            Heat(
                title="Map", values=LOSS, rows=["0", "10", "100"], columns=[str(v) for v in LAMBDAS],
                control=("step", "lambda"),
            ),
            Pictures(title="Filters", values=rng.random((4, 2, 3, 3)), over=("lambda",)),
            Bars(title="Sizes", names=["a", "b"], values=rng.normal(size=(4, 2)), over=("lambda",)),
            Lines(title="Recall", x=np.arange(3.0), series=[Series("one", rng.random((4, 3)))], over=("lambda",)),
            Pictures(title="Said", values=rng.random((4, 3, 3)), over=("lambda",), captions=["cat", "dog"],
                     named=np.eye(4), flags=np.eye(4), flag_name="wrong"),
            Scene(title="Boxes", values=rng.random((4, 20, 20)), over=("lambda",), side=6, threshold="step",
                  truth=np.full((4, 1, 2), 3), boxes=np.tile([[3, 3], [12, 12], [-1, -1]], (4, 1, 1)),
                  scores=np.tile([50.0, 5.0, 0.0], (4, 1)), right=np.tile([1, 0, 0], (4, 1))),
            Words(
                title="Names", items=[[(f"<b>{i}</b>", i > 1)] for i in range(4)], over=("lambda",), flag_name="copied"
            ),
        ],
        readouts=[Readout("loss", LOSS.T, ("lambda", "step"))],
        sentences=[f"place {i}" for i in range(4)],
    ).pack()  # fmt: skip


@pytest.fixture
def board_page(page):
    data = base64.b64encode(message()).decode()
    page.set_content(
        f"<!doctype html><meta charset=utf-8><style>{board.stylesheet()}</style><div id=root></div>\n"
        f"<script type=module>{board.script()}\n"
        f'const bytes = Uint8Array.from(atob("{data}"), (c) => c.charCodeAt(0));\n'
        "globalThis.released = [];\n"
        'mount(document.getElementById("root"), bytes, { onRelease: (place) => released.push(place) });'
        "</script>"
    )
    page.wait_for_function("Number(document.querySelector('.wdl')?.dataset.paints) > 0")
    return page


def readout(page) -> str:
    return page.locator("[data-testid=readout] dd").inner_text()


def test_keys_move_by_one_notch_on_both_axes(board_page):
    page = board_page
    assert readout(page) == "3.00"
    page.get_by_test_id("lambda-range").press("ArrowRight")
    page.wait_for_function("document.querySelector('dd').textContent === '1.00'")
    page.get_by_test_id("step-range").press("ArrowLeft")
    page.wait_for_function("document.querySelector('dd').textContent === '2.00'")
    assert page.get_by_test_id("sentence").inner_text() == "place 1"
    page.wait_for_function("released.length > 0")
    assert page.evaluate("released.at(-1)") == {"lambda": 0.01, "step": 10}


def test_a_heat_map_that_two_axes_control_is_dragged(board_page):
    page = board_page
    box = page.get_by_test_id("map").bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.5)
    page.wait_for_function("document.querySelector('dd').textContent === '1.00'")
    assert page.evaluate("released.at(-1)") == {"lambda": 0.1, "step": 10}


def test_every_picture_is_put_into_words_that_follow_the_hand(board_page):
    page = board_page
    page.get_by_test_id("lambda-range").press("End")
    page.wait_for_function("document.querySelector('[data-testid=map]').ariaLabel?.includes('100, 1.0: 2.00')")
    labels = page.locator("canvas[role=img]").evaluate_all("nodes => nodes.map((node) => node.ariaLabel)")
    assert all(labels)
    assert "lowest at 0.10" in labels[0]


def said(page, name: str, words: str) -> None:
    page.wait_for_function(
        "([name, words]) => document.querySelector(`[data-testid=${name}]`).ariaLabel?.includes(words)",
        arg=[name, words],
    )


def test_pictures_that_stand_still_have_names_that_follow_the_hand(board_page):
    page = board_page
    page.get_by_test_id("lambda-range").press("ArrowRight")
    said(page, "said", "cat; dog; cat; cat. 1 wrong")
    page.get_by_test_id("lambda-range").press("ArrowLeft")
    said(page, "said", "dog; cat; cat; cat. 1 wrong")


def test_boxes_are_those_that_reach_the_threshold(board_page):
    page = board_page
    page.get_by_test_id("step-range").press("ArrowLeft")
    said(page, "boxes", "1 boxes, of which 1 found a digit and 0 are false alarms; 1 digits")
    page.get_by_test_id("step-range").press("ArrowLeft")
    said(page, "boxes", "2 boxes, of which 1 found a digit and 1 are false alarms")
    page.get_by_test_id("step-range").press("End")
    said(page, "boxes", "0 boxes")


def test_what_hovering_tells_keys_and_a_finger_tell_too(board_page):
    page = board_page
    sizes, seen = page.get_by_test_id("sizes-probe"), set()
    for _ in range(2):
        sizes.press("ArrowRight")
        page.wait_for_timeout(50)
        seen.add(sizes.get_attribute("aria-valuetext").split(":")[0])
    assert seen == {"a", "b"}
    before = sizes.get_attribute("aria-valuetext")
    expect(page.locator(".wdl-probe-tip").filter(has_text="b: ")).to_be_visible()
    page.get_by_test_id("lambda-range").evaluate(
        "range => { range.value = 3; range.dispatchEvent(new Event('input')); }"
    )
    expect(sizes).not_to_have_attribute("aria-valuetext", before)  # the value is that of the new place
    box = page.get_by_test_id("map").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.55, box["y"] + box["height"] * 0.5)
    expect(page.locator(".wdl-probe-tip").filter(has_text="10, 0.1: 1.00")).to_be_visible()


def test_texts_are_text(board_page):
    page = board_page
    page.get_by_test_id("lambda-range").press("End")
    page.wait_for_function("document.querySelector('[data-testid=names]').textContent.startsWith('<b>3</b>')")
    assert page.locator("[data-testid=names] b").count() == 0
    assert page.locator("[data-testid=names] .wdl-flagged").count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_less_colour_the_lower_the_value(board_page, scheme):
    """What the heat map of "More data" says of itself: cells go from the paper to a full colour as values rise."""
    page = board_page
    page.emulate_media(color_scheme=scheme)
    page.wait_for_function(
        "(dark) => (document.querySelector('.wdl').dataset.theme === 'dark') === dark", arg=scheme == "dark"
    )
    page.wait_for_timeout(100)
    distances = page.evaluate(
        """() => {
          const canvas = document.querySelector('[data-testid=map]'), ctx = canvas.getContext('2d');
          const { width, height } = canvas;
          const read = (x, y) => ctx.getImageData(Math.round(x * width), Math.round(y * height), 1, 1).data;
          const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
          const style = getComputedStyle(document.querySelector('.wdl'));
          probe.fillStyle = style.getPropertyValue('--wdl-paper').trim();
          probe.fillRect(0, 0, 1, 1);
          const paper = [...probe.getImageData(0, 0, 1, 1).data];
          const far = (pixel) => Math.hypot(...[0, 1, 2].map((c) => pixel[c] - paper[c]));
          const cells = [];
          const left = 0.12, right = 1 - 74 / canvas.clientWidth;
          const middle = (i) => left + (right - left) * (i + 0.5) / 4;
          for (const y of [0.24, 0.5, 0.76]) cells.push([0, 1, 2, 3].map((i) => far(read(middle(i), y))));
          return cells;
        }"""
    )
    found, values = np.ravel(distances), np.ravel(LOSS)
    assert found[values == values.min()].max() < found[values == values.max()].min()
    assert np.corrcoef(found, values)[0, 1] > 0.9
