"""Points drawn by hand in the Lab: the mouse, a finger and the keys, what the server hears, and what is undone."""

import re

from playwright.sync_api import expect

from wd_core.datasets import DATASETS, REACH
from wd_core.datasets._points import read_points
from wd_core.view.planes import MARGIN

QUERY = "dataset=points&steps=30&lambdas=0.001~1.0~3&seeds=0&hidden=4"


def points(lab) -> list[tuple[float, float, int]]:
    """Those of the address."""
    X, y = read_points(lab.address().get("points", DATASETS["points"].points))
    return [(*place, int(label)) for place, label in zip(X.tolist(), y, strict=True)]


def place(lab, x: float, y: float) -> tuple[float, float]:
    """Where a point of the plane is on the screen."""
    canvas = lab.part("boundary-0")
    left, top, width, height = map(float, canvas.get_attribute("data-box").split())
    page, before = canvas.bounding_box(), None
    while page is None or page != before:  # a page, or a picture, that has just come is still being laid out
        lab.page.wait_for_timeout(300)
        page, before = canvas.bounding_box(), page
    half = REACH * (1 + 2 * MARGIN)
    return page["x"] + left + width * (x + half) / (2 * half), page["y"] + top + height * (half - y) / (2 * half)


def wait(lab, status: str, count: int) -> None:
    expect(lab.part("draw-status")).to_have_text(status)
    lab.page.wait_for_url(re.compile("points="))
    lab.wait()
    assert len(points(lab)) == count


def test_a_mouse_adds_drags_relabels_and_erases_and_each_is_undone(open_lab):
    lab = open_lab(QUERY)
    mouse = lab.page.mouse
    before = lab.pixels("boundary-0")
    mouse.click(*place(lab, 2, -2))
    wait(lab, "13 circles, 12 squares", 25)
    x, y, label = points(lab)[-1]
    assert (abs(x - 2) < 0.05, abs(y + 2) < 0.05, label) == (True, True, 0)
    assert lab.pixels("boundary-0") != before
    others = points(lab)[:-1]

    mouse.move(*place(lab, x, y))
    mouse.down()
    mouse.move(*place(lab, 1, -1), steps=3)
    mouse.up()
    lab.page.wait_for_url(lambda url: abs(points(lab)[-1][0] - 1) < 0.05)
    lab.wait()
    assert points(lab)[:-1] == others

    lab.part("tool-square").click()
    mouse.click(*place(lab, *points(lab)[-1][:2]))
    wait(lab, "12 circles, 13 squares", 25)
    lab.part("tool-erase").click()
    mouse.click(*place(lab, *points(lab)[-1][:2]))
    expect(lab.part("draw-status")).to_have_text("12 circles, 12 squares")
    lab.page.keyboard.press("Control+z")
    wait(lab, "12 circles, 13 squares", 25)
    lab.part("tool-redo").click()
    expect(lab.part("draw-status")).to_have_text("12 circles, 12 squares")


def test_the_keys_do_all_of_it_and_too_few_points_keep_the_last_picture(open_lab):
    lab = open_lab(QUERY)
    lab.keys("draw-0", "n", "Enter", "ArrowRight", "ArrowRight", "Enter")
    lab.page.wait_for_url(re.compile("points="))
    lab.wait()
    assert lab.focused() == "draw-0"
    (x, y, label), (old_x, old_y, old_label) = points(lab)[0], points_of_example()[0]
    assert (round(x - old_x, 3), y, label) == (0.2, old_y, old_label)
    lab.keys("draw-0", "r")
    wait(lab, "11 circles, 13 squares", 24)
    lab.keys("draw-0", *["ArrowUp"] * 3, "s", "Enter")
    wait(lab, "11 circles, 14 squares", 25)
    field, address = lab.pixels("network-0"), lab.page.url
    lab.part("tool-clear").click()
    expect(lab.part("draw-lacks")).to_contain_text("Draw 4 more circles and 4 more squares: it takes four of each.")
    expect(lab.part("draw-lacks")).to_be_visible()
    lab.page.wait_for_timeout(600)
    assert (lab.pixels("network-0"), lab.page.url) == (field, address)
    lab.part("tool-undo").click()
    expect(lab.part("draw-status")).to_have_text("11 circles, 14 squares")


def points_of_example() -> list[tuple[float, float, int]]:
    X, y = read_points(DATASETS["points"].points)
    return [(*place, int(label)) for place, label in zip(X.tolist(), y, strict=True)]


def test_a_finger_adds_on_a_phone_and_drags_without_scrolling(open_lab):
    lab = open_lab(QUERY, width=390, height=844, has_touch=True)
    lab.part("boundary-0").scroll_into_view_if_needed()
    lab.page.touchscreen.tap(*place(lab, 0, 2))
    wait(lab, "13 circles, 12 squares", 25)
    lab.page.touchscreen.tap(*place(lab, *points(lab)[-1][:2]))  # a circle stays a circle under the circle's tool
    lab.part("tool-erase").tap()
    lab.page.touchscreen.tap(*place(lab, *points(lab)[-1][:2]))
    expect(lab.part("draw-status")).to_have_text("12 circles, 12 squares")
