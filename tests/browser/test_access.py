"""The Lab by keyboard, by ear, on a phone, on a projector, in the dark, and with every data set."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import SMALL
from wd_core.datasets import DATASETS
from wd_core.models.base import task_of

SIZES = {"desktop": (1440, 900), "projector": (1280, 720), "phone": (390, 844)}


def test_tab_leads_through_the_view(open_lab):
    lab = open_lab(SMALL)
    lab.page.get_by_role("switch", name="Compare with").focus()
    reached = []
    while len(reached) < 24 and "histogram-probe-0" not in reached:
        lab.page.keyboard.press("Tab")
        reached.append(lab.focused())
    order = [name for name in reached if name]
    assert order[0] == "lambda-range"
    wanted = ["play", "epoch-range", "reveal", "boundary-probe-0", "network-probe-0", "histogram-probe-0"]
    assert [name for name in order if name in wanted] == wanted


def said(lab, kind: str) -> str:
    return lab.part(f"{kind}-probe-0").get_attribute("aria-valuetext")


def test_what_hovering_tells_keys_tell_too(open_lab):
    lab = open_lab(f"{SMALL}&at=0&label_noise=0.3")
    points = set()
    for _ in range(30):
        lab.keys("boundary-probe-0", "ArrowRight")
        points.add(said(lab, "boundary"))
    assert all(re.match(r"train point: label (upper|lower) moon", point) for point in points)
    assert any("flipped from" in point for point in points)
    assert any("misclassified" in point for point in points)
    lab.keys("network-probe-0", "ArrowRight", "ArrowRight", "ArrowRight")
    assert re.match(r"hidden 1, unit 1, in: x\S+ [+−]\d.*bias [+−]?\d.*out: output p [+−]\d", said(lab, "network"))
    lab.keys("network-probe-0", *["ArrowRight"] * 7)
    assert re.fullmatch(r"x₁ → hidden 1, unit 1, w = [+−]\d.*", said(lab, "network"))
    lab.keys("histogram-probe-0", "ArrowRight")
    assert said(lab, "histogram") == "exactly 0: 0 of 18 weights"
    lab.keys("histogram-probe-0", *["ArrowRight"] * 16)
    assert re.fullmatch(r"w from −\S+ to \S+: \d+ weights?( \(.*\))?", said(lab, "histogram"))


def test_a_unit_under_the_pointer_shows_its_own_field(open_lab):
    lab = open_lab(f"{SMALL}&at=0&hidden=4")
    lab.page.mouse.move(5, 5)
    own = lab.pixels("boundary-0")
    box = lab.part("network-0").bounding_box()
    seen = set()
    for share in (0.3, 0.5, 0.7):
        for x in range(0, int(box["width"]), 6):
            lab.page.mouse.move(box["x"] + x, box["y"] + share * box["height"])
            seen.add(said(lab, "network") or "")
    assert any(text.startswith("hidden 1, unit") for text in seen)
    assert any("→" in text and "w = " in text for text in seen)
    lab.keys("network-probe-0", "ArrowRight", "ArrowRight", "ArrowRight")
    assert lab.pixels("boundary-0") != own
    expect(lab.view).to_contain_text("what hidden 1, unit 1 says")
    lab.part("network-probe-0").evaluate("input => input.blur()")
    assert lab.pixels("boundary-0") == own


def test_a_finger_learns_what_a_pointer_learns(open_lab):
    lab = open_lab(f"{SMALL}&at=0", width=390, height=844, has_touch=True)
    lab.part("histogram-0").scroll_into_view_if_needed()
    box = lab.part("histogram-0").bounding_box()
    lab.page.touchscreen.tap(box["x"] + box["width"] * 0.6, box["y"] + box["height"] * 0.6)
    expect(lab.part("histogram-probe-0")).to_have_attribute("aria-valuetext", re.compile(r"w from .* weights?"))


@pytest.mark.parametrize(("size", "heights"), [("desktop", (150, 110)), ("projector", (100, 80))])
@pytest.mark.parametrize("against", ["", "&against=l1"], ids=["one", "two"])
def test_the_curves_have_their_height_on_one_screen_with_the_boundary(open_lab, size, heights, against):
    width, height = SIZES[size]
    lab = open_lab(f"{SMALL}{against}", width=width, height=height)
    for name, least in zip(("lambda", "epoch"), heights, strict=True):
        assert int(lab.part(f"{name}-plot").get_attribute("data-plot-height")) >= least
        assert lab.part(f"{name}-plot").bounding_box()["y"] >= 0
    boundary = lab.part("boundary-0").bounding_box()
    assert boundary["y"] + boundary["height"] <= height
    assert boundary["height"] >= 150


def test_a_phone_keeps_lambda_boundary_and_numbers_on_one_screen(open_lab):
    lab = open_lab(f"{SMALL}&against=l1", width=390, height=844, has_touch=True)
    for _ in range(20):  # what stands above may still be growing
        lab.part("readout").evaluate("node => node.scrollIntoView({ block: 'end' })")
        parts = [lab.part(name).bounding_box() for name in ("lambda-plot", "boundary-0", "boundary-1", "readout")]
        top, bottom = min(box["y"] for box in parts), max(box["y"] + box["height"] for box in parts)
        if top >= 0 and bottom <= 844:
            break
        lab.page.wait_for_timeout(250)
    assert top >= 0
    assert bottom <= 844
    expect(lab.view.locator(".wdl-legend-classes")).to_be_visible()


def test_arrows_home_and_end_move_lambda(open_lab):
    lab = open_lab(f"{SMALL}&at=0")
    assert lab.notch() == 0
    lab.keys("lambda-range", "ArrowRight", "ArrowRight")
    assert lab.notch() == 2
    lab.keys("lambda-range", "End")
    assert lab.position()[0] == "λ = 1.0"
    lab.keys("lambda-range", "ArrowLeft")
    assert lab.notch() == 3
    lab.keys("lambda-range", "Home")
    assert lab.position()[0] == "λ = 0"


def test_arrows_home_and_end_move_the_epoch(open_lab):
    lab = open_lab(SMALL)
    lab.keys("epoch-range", "Home")
    assert lab.step() == 0
    expect(lab.part("epoch-range")).to_have_attribute("aria-valuetext", "epoch 0 of 30")
    lab.keys("epoch-range", "ArrowRight")
    assert 0 < lab.step() <= 2
    lab.keys("epoch-range", "ArrowLeft", "End")
    assert lab.step() == 30
    lab.keys("epoch-range", "ArrowLeft")
    assert lab.step() == 29


def test_space_plays_and_pauses_and_playing_ends_at_the_end(open_lab):
    lab = open_lab(f"{SMALL}&step=0")
    lab.keys("epoch-range", " ")
    expect(lab.part("play")).to_have_attribute("aria-label", "Pause")
    expect(lab.part("epoch-range")).not_to_have_js_property("value", "0")
    lab.keys("epoch-range", " ")
    expect(lab.part("play")).to_have_attribute("aria-label", "Play")
    lab.part("play").click()
    expect(lab.part("epoch-range")).to_have_js_property("value", "30", timeout=15_000)
    expect(lab.part("play")).to_have_attribute("aria-label", "Play")


def test_every_picture_has_words_that_follow_it(open_lab):
    lab = open_lab(f"{SMALL}&against=l1")
    pictures = lab.view.locator("canvas[role=img]")
    expect(pictures).to_have_count(8)
    for canvas in pictures.all():
        expect(canvas).to_have_attribute("aria-label", re.compile(r"\w+ .*\d"))
    before = lab.part("boundary-1").get_attribute("aria-label")
    lab.keys("lambda-range", "End")
    expect(lab.part("boundary-1")).not_to_have_attribute("aria-label", before)
    expect(lab.view.locator("[aria-live=polite]")).to_contain_text("λ = 1.0")


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_it_fits_the_screen_with_one_penalty_and_with_two(open_lab, size, dark):
    width, height = SIZES[size]
    lab = open_lab(SMALL, width=width, height=height, dark=dark)
    expect(lab.view).to_have_attribute("data-theme", "dark" if dark else "light")
    for compare in (lambda: None, lab.compare):
        compare()
        assert lab.page.evaluate("document.scrollingElement.scrollWidth") <= width
        readout = lab.part("readout").bounding_box()
        assert readout["x"] + readout["width"] <= width
        assert size == "phone" or readout["y"] + readout["height"] <= height


def test_a_phone_has_the_controls_folded_and_room_for_a_thumb(open_lab):
    lab = open_lab(SMALL, width=390, height=844, has_touch=True)
    expect(lab.page.get_by_test_id("stSidebar")).to_have_attribute("data-collapsed", "true")
    for name in ("lambda-range", "epoch-range", "play", "reveal"):
        assert lab.part(name).bounding_box()["height"] >= 44


def test_a_window_that_changes_its_size_never_shows_an_empty_view(open_lab):
    lab = open_lab(SMALL)
    lab.watch_for_blanks()
    for width in range(1280, 900, -40):
        lab.page.set_viewport_size({"width": width, "height": 720})
    lab.wait()
    assert lab.blanks() == 0


@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_every_data_set_is_chosen_without_a_blank(open_lab, task):
    first, *others = [name for name, dataset in DATASETS.items() if task_of(dataset.n_classes) == task]
    lab = open_lab(f"{SMALL}&dataset={first}")
    lab.watch_for_blanks()
    for name in others:
        lab.choose("Data", DATASETS[name].title)
        lab.wait_for_experiment(dataset=name)
        assert lab.colours("boundary-0") > 10, name
    expect(lab.page.get_by_test_id("stException")).to_have_count(0)
    assert lab.blanks() == 0
