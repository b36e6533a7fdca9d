"""The pages on networks: their boards follow the hand by what is already in the browser."""

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import LabPage
from tests.browser.site import SLIDERS


@pytest.mark.parametrize("name", SLIDERS)
def test_a_drag_of_lambda_moves_the_board_and_sends_nothing(server, open_page, name):
    sent, page = [], open_page()
    page.on("websocket", lambda socket: socket.on("framesent", lambda frame: sent.append(len(frame))))
    page.goto(f"{server}/{name}?{name}_measured=false")
    board = page.locator(".wdl").first
    expect(board).not_to_have_attribute("data-paints", "0", timeout=120_000)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=120_000)
    LabPage(page).quiet(sent)
    plot = board.locator(".wdl-cursor").nth(SLIDERS[name])
    plot.scroll_into_view_if_needed()
    sentence, picture = board.get_by_test_id("sentence").inner_text(), plot.screenshot()
    sent.clear()
    box = plot.bounding_box()
    page.mouse.move(box["x"] + 0.3 * box["width"], box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2, steps=6)
    expect(board.get_by_test_id("sentence")).not_to_have_text(sentence)
    assert plot.screenshot() != picture
    assert sent == []
    page.mouse.up()
