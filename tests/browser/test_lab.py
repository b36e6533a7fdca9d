"""The Lab under a hand: what moves, what stands still, and what stays on the screen."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import SMALL
from wd_core.datasets import DATASETS

MOVES_WITH_LAMBDA = ("boundary-0", "network-0", "histogram-0", "readout")


def test_the_first_picture_says_what_to_do_and_is_drawn(open_lab):
    lab = open_lab()
    expect(lab.part("sentence")).to_have_text(DATASETS["moons"].description)
    assert lab.colours("boundary-0") > 100
    assert lab.colours("network-0") > 20
    assert re.fullmatch(r"\d\.\d+", lab.column("train loss")[0])
    assert re.fullmatch(r"\d+\.\d %", lab.column("val. acc.")[0])


@pytest.mark.parametrize("plot", ["lambda", "epoch"])
def test_the_plots_are_the_sliders(open_lab, plot):
    lab = open_lab(SMALL)
    lab.drag(plot, 0.5, 0.35)
    before, position = lab.picture(), lab.position()
    lab.drag(plot, 0.35, 0.95)
    after = lab.picture()
    assert lab.position() != position
    assert all(after[name] != before[name] for name in MOVES_WITH_LAMBDA)
    lab.drag(plot, 0.95, 0.35)
    assert lab.position() == position
    assert lab.picture() == before  # axes, colours and ranges stand still


def test_a_drag_sends_nothing_and_a_release_little(server, open_page):
    """The picture is on the wire once: a release costs the server about 1 KB, however often."""
    from tests.browser.lab_page import LabPage

    sent, received = [], []
    page = open_page()
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    page.goto(server)
    lab = LabPage(page)
    lab.wait()
    for plot in ("lambda", "epoch", "lambda", "epoch"):
        lab.quiet(received)
        sent.clear(), received.clear()
        lab.drag(plot, 0.2, 0.4, 0.9, 0.6, release=False)
        assert (sent, received) == ([], [])
        lab.release()
        lab.quiet(received)
        assert 0 < len(sent) <= 2
        assert sum(sent) < 4000
        assert 0 < sum(received) < 20_000


def test_comparing_is_one_click_and_keeps_the_place(open_lab):
    lab = open_lab(SMALL)
    lab.drag("lambda", 0.3, 0.6)
    lab.drag("epoch", 0.9, 0.5)
    position = lab.position()
    lab.compare()
    assert lab.position() == position
    before = lab.picture()
    lab.drag("lambda", 0.6, 0.95)
    after = lab.picture()
    assert all(after[name] != before[name] for name in before)


def test_strong_l1_leaves_exact_zeros_and_strong_l2_none(open_lab):
    lab = open_lab(f"{SMALL}&against=l1&at=1")
    l2, l1 = lab.column("exact zeros")
    assert (l2, l1) == ("0 of 18", "18 of 18")


def test_another_data_set_keeps_the_place_and_the_old_picture_until_the_new_one(open_lab):
    lab = open_lab()
    lab.drag("lambda", 0.3, 0.6)
    lab.drag("epoch", 0.9, 0.5)
    position, before = lab.position(), lab.pixels("boundary-0")
    lab.watch_for_blanks()
    lab.choose("Data", "Exclusive or")  # opens with the same path
    lab.wait_for_address("dataset=xor")
    assert lab.position() == position
    assert lab.pixels("boundary-0") != before
    assert lab.blanks() == 0


def test_of_many_fast_changes_the_last_one_counts(open_lab):
    lab = open_lab(SMALL)
    noise = lab.page.get_by_role("slider", name="Noise")
    noise.focus()
    for _ in range(8):
        lab.page.keyboard.press("ArrowRight")
    lab.wait_for_address("noise=0.65")
    picture = lab.picture()
    again = open_lab(lab.page.url.split("?")[1])
    assert again.picture() == picture


def test_a_change_overtakes_a_slow_training(open_lab):
    lab = open_lab("n_samples=120&seeds=0~15&steps=900&lambdas=0.001~1.0~24")
    lab.watch_for_blanks()
    for title in ("Two circles", "Two spirals", "Tilted plane"):
        lab.choose("Data", title)
    lab.wait_for_address("dataset=plane")
    expect(lab.page.get_by_test_id("stException")).to_have_count(0)
    expect(lab.page.get_by_test_id("stProgress")).to_have_count(0)
    assert lab.blanks() == 0


def test_the_test_data_stay_covered_until_they_are_revealed(open_lab):
    lab = open_lab(SMALL)
    assert lab.column("test loss") == ["covered"]
    before = lab.pixels("boundary-0")
    lab.part("reveal").click()
    lab.wait_for_address("reveal=1")
    assert re.fullmatch(r"\d\.\d+", lab.column("test loss")[0])
    assert lab.pixels("boundary-0") != before
    lab.part("reveal").click()
    expect(lab.page).not_to_have_url(re.compile("reveal"))
    assert lab.column("test acc.") == ["covered"]
    assert lab.pixels("boundary-0") == before


def test_a_run_that_diverges_says_so(open_lab):
    lab = open_lab(f"{SMALL}&dataset=sine&optimizer=sgd&lr=10&at=1&against=l1")
    expect(lab.part("sentence")).not_to_be_empty()
    assert lab.column("train loss") == ["–", "–"]
    lab.drag("lambda", 0.9, 0.5)
    expect(lab.part("sentence")).to_contain_text("diverged")
