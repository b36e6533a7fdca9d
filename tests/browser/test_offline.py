"""The page to take away, opened from disk without a server: alive under a hand, and asking nobody for anything."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import TWO_FRAMES, LabPage
from wd_core import train
from wd_core.ui.export import offline_page
from wd_core.view.picture import make_picture
from wd_core.view.scene import Scene

SCENE = Scene.from_query("n_samples=60&steps=30&lambdas=0.0,0.01,1.0&seeds=0&hidden=4&against=l1&norm=batch")


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """The address of the written file."""
    file = tmp_path_factory.mktemp("home") / "weight-decay-lab.html"
    picture = make_picture([train(arm) for arm in SCENE.arms], seed=0)
    file.write_text(offline_page(picture, SCENE, "http://lab.example/"), encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def lab(browser, written):
    """The file in a browser that is offline; what it asks for and complains of fails the test."""
    page = browser.new_page(viewport={"width": 1280, "height": 800}, offline=True)
    asked, complaints = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(written)
    lab = LabPage(page)
    lab.part("boundary-0").wait_for()
    lab.view.evaluate(TWO_FRAMES)
    yield lab
    assert [url for url in asked if not url.startswith(("data:", "blob:"))] == [written]
    assert not complaints
    page.close()


def dragged(lab: LabPage, plot: str, *shares: float) -> None:
    lab.drag(plot, *shares, release=False)
    lab.page.mouse.up()
    lab.view.evaluate(TWO_FRAMES)


@pytest.mark.parametrize("plot", ["lambda", "epoch"])
def test_both_scrubbers_are_alive(lab, plot):
    dragged(lab, plot, 0.5, 0.3)
    before, position = lab.picture(), lab.position()
    dragged(lab, plot, 0.3, 0.95)
    after = lab.picture()
    assert lab.position() != position
    assert [name for name in before if after[name] == before[name]] == []
    dragged(lab, plot, 0.95, 0.3)
    assert lab.picture() == before


def test_keys_move_it_and_hovering_tells(lab):
    lab.keys("lambda-range", "Home")
    assert lab.position()[0] == "λ = 0"
    box = lab.part("network-0").bounding_box()
    told = set()
    for share in (0.3, 0.5, 0.7):
        for x in range(0, int(box["width"]), 6):
            lab.page.mouse.move(box["x"] + x, box["y"] + share * box["height"])
            told.add(lab.part("network-probe-0").get_attribute("aria-valuetext") or "")
    assert any(text.startswith("hidden 1, unit") for text in told)
    lab.keys("boundary-probe-0", "ArrowRight")
    expect(lab.part("boundary-probe-0")).to_have_attribute("aria-valuetext", re.compile("train point: label"))


def test_it_says_what_it_is_of_and_where_it_lives(lab):
    expect(lab.page.locator("h1")).to_contain_text("training examples")
    link = lab.page.get_by_role("link")
    assert link.get_attribute("href") == f"http://lab.example/?{SCENE.to_query()}"
    lab.page.get_by_text("Every setting", exact=True).click()
    expect(lab.page.locator("table.settings")).to_contain_text("moons")
