"""The geometry's page under a hand: λ moves everything, exact zeros are said, and dragging costs the server nothing."""

import re

import pytest
from playwright.sync_api import Page, expect

PLANES = ("plane-l1", "plane-l2")
MOVES_WITH_LAMBDA = (*PLANES, "lambda-plot", "cost", "force", "map")
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"


def opened(page: Page, server: str, query: str = "") -> Page:
    page.goto(f"{server}/geometry?{query}")
    expect(sentence(page)).to_contain_text(re.compile(r"\w"), timeout=30_000)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    return page


def sentence(page: Page):
    return page.get_by_test_id("sentence")


def pixels(page: Page, name: str) -> str:
    page.evaluate(TWO_FRAMES)
    return page.get_by_test_id(name).evaluate("canvas => canvas.toDataURL()")


def drag(page: Page, *shares: float, release: bool = True) -> None:
    """Press the mouse on the strip and lead it to these shares of its width."""
    box = page.get_by_test_id("lambda-plot").bounding_box()
    for i, share in enumerate(shares):
        page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2, steps=4)
        if i == 0:
            page.mouse.down()
    if release:
        page.mouse.up()


def moved_by(page: Page, label: str, key: str, times: int) -> None:
    """Press `key` on a native slider."""
    page.get_by_role("slider", name=label).focus()
    for _ in range(times):
        page.keyboard.press(key)


def test_a_drag_moves_every_picture_and_the_way_back_brings_each_back(server, page):
    opened(page, server)
    drag(page, 0.4, 0.3)
    before, said = {name: pixels(page, name) for name in MOVES_WITH_LAMBDA}, sentence(page).inner_text()
    drag(page, 0.3, 0.9)
    after = {name: pixels(page, name) for name in MOVES_WITH_LAMBDA}
    assert [name for name in MOVES_WITH_LAMBDA if after[name] == before[name]] == []
    expect(sentence(page)).to_contain_text("both weights are exactly 0")
    drag(page, 0.9, 0.3)
    assert {name: pixels(page, name) for name in MOVES_WITH_LAMBDA} == before  # axes and contours stand still
    expect(sentence(page)).to_have_text(said)


def test_a_drag_sends_nothing_and_a_release_little(server, open_page):
    page, sent, received = open_page(), [], []
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: received.append(len(frame))))
    opened(page, server)
    page.wait_for_timeout(1000)
    sent.clear(), received.clear()
    drag(page, 0.2, 0.8, 0.5, 0.7, release=False)
    page.wait_for_timeout(300)
    assert (sent, received) == ([], [])
    page.mouse.up()
    page.wait_for_timeout(1000)
    assert len(sent) == 1
    assert sum(sent) < 4000


def test_the_zero_is_said_when_it_happens(server, page):
    opened(page, server, "at=0.95")
    expect(sentence(page)).to_contain_text("w₂ has just become exactly 0 at λ = 0.90; L2 has only shrunk it to 0.47")
    expect(page.get_by_test_id("geometry-view")).to_contain_text("w₂ 0 exactly")


def test_keys_move_lambda_and_the_range_says_where(server, page):
    opened(page, server, "at=0.95")
    handle = page.get_by_test_id("lambda-range")
    before = int(handle.input_value())
    handle.press("ArrowRight")
    assert int(handle.input_value()) == before + 1
    handle.press("End")
    expect(handle).to_have_attribute(
        "aria-valuetext", re.compile(r"^λ = 10\. L1: w₁ 0 exactly +w₂ 0 exactly\. L2: w₁ 0\.\d")
    )
    handle.press("Home")
    expect(handle).to_have_attribute("aria-valuetext", re.compile(r"^λ = 0\. L1: w₁ 1\.40 +w₂ 0\.600"))


def test_the_picture_is_described(server, page):
    opened(page, server, "at=1.2")
    expect(page.get_by_test_id("plane-l1-base")).to_have_attribute("aria-label", re.compile("a diamond at a corner"))
    expect(page.get_by_test_id("plane-l2-base")).to_have_attribute("aria-label", re.compile("a circle on its side"))
    expect(page.get_by_test_id("cost-base")).to_have_attribute("aria-label", re.compile("L1 exactly 0, L2 0"))


def test_the_address_keeps_lambda_and_the_controls(server, page):
    opened(page, server, "correlation=0.2")
    drag(page, 0.3, 0.6)
    expect(page).to_have_url(re.compile(r"correlation=0\.2&at=0\.\d+"))
    said = page.get_by_test_id("lambda-range").get_attribute("aria-valuetext").split(". ")[0]
    moved_by(page, "Correlation of the two features", "ArrowLeft", 2)
    expect(page).to_have_url(re.compile(r"correlation=0\.1(?!\d)"))
    expect(page).to_have_url(re.compile(r"at=0\.\d+"))
    page.wait_for_timeout(500)
    assert page.get_by_test_id("lambda-range").get_attribute("aria-valuetext").split(". ")[0] == said
    opened(page, *page.url.split("/geometry?"))
    assert page.get_by_test_id("lambda-range").get_attribute("aria-valuetext").split(". ")[0] == said


def test_a_lambda_that_is_none_is_left_out(server, page):
    opened(page, server, "at=nan")
    expect(sentence(page)).to_contain_text("Drag λ")


def test_a_third_ball_between_them(server, page):
    opened(page, server, "elastic=true&ratio=0.3")
    expect(page.get_by_test_id("plane-elastic")).to_be_visible()
    one = pixels(page, "plane-elastic")
    moved_by(page, "Its share of L1, ρ", "ArrowRight", 2)
    expect(page).to_have_url(re.compile(r"ratio=0\.4"))
    page.wait_for_function(
        "([canvas, one]) => canvas.toDataURL() !== one",
        arg=[page.get_by_test_id("plane-elastic").element_handle(), one],
    )


def test_the_bayesian_reading_keeps_the_place(server, page):
    opened(page, server, "at=0.5")
    said = page.get_by_test_id("lambda-range").get_attribute("aria-valuetext").split(". ")[0]
    page.get_by_text("Bayesian reading", exact=True).click()
    view = page.get_by_test_id("geometry-view")
    expect(view).to_contain_text("Laplace prior")
    expect(view).to_contain_text("−log posterior")
    assert page.get_by_test_id("lambda-range").get_attribute("aria-valuetext").split(". ")[0] == said


def test_everything_fits_a_projector(server, page):
    box = opened(page, server).get_by_test_id("geometry-view").bounding_box()
    assert box["y"] + box["height"] <= 720


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1440, 900), (390, 844)], ids=["desk", "phone"])
@pytest.mark.parametrize("query", ["", "elastic=true&bayes=true&w1=-2&w2=0&correlation=-0.95&condition=50"])
def test_it_opens_without_complaint_and_without_scrolling_sideways(server, open_page, size, dark, query):
    page = opened(open_page(*size, dark=dark), server, query)
    drag(page, 0.3, 0.7)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.get_by_test_id("stMain").evaluate("main => main.scrollWidth <= main.clientWidth")
    expect(page.get_by_test_id("geometry-view")).to_have_attribute("data-theme", "dark" if dark else "light")
