"""The address says what is seen, and whoever opens it sees the same."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.lab_page import SMALL

CHANGES = {
    "one penalty": SMALL,
    "two penalties": f"{SMALL}&dataset=circles&against=l1,decoupled",
    "a plane of two features": f"{SMALL}&dataset=wine&plane=3,7&against=l1&shown=1",
}


@pytest.mark.parametrize("query", CHANGES.values(), ids=CHANGES.keys())
def test_a_cold_server_shows_the_same_picture(open_lab, cold_server, query):
    lab = open_lab(query)
    lab.drag("lambda", 0.2, 0.6)
    lab.drag("epoch", 0.9, 0.5)
    lab.part("reveal").click()
    lab.wait_for_address("at=.*&step=.*&reveal=1")
    fields = lab.address()
    assert float(fields["at"]) > 0
    assert int(fields["step"]) == lab.step()
    assert [fields.get(name) for name in ("against", "plane")] == [
        next((part.split("=")[1] for part in query.split("&") if part.startswith(f"{name}=")), None)
        for name in ("against", "plane")
    ]
    again = open_lab(lab.page.url.split("?")[1], url=cold_server())
    assert again.position() == lab.position()
    assert again.picture() == lab.picture()
    assert again.address() == fields


def test_the_address_follows_the_settings(open_lab):
    lab = open_lab(SMALL)
    lab.drag("lambda", 0.2, 0.6)
    at = lab.address()["at"]
    lab.choose("Data", "Two spirals")
    lab.wait_for_address("dataset=spirals")
    lab.compare()
    lab.wait_for_address("against=l1")
    fields = lab.address()
    assert (fields["dataset"], fields["steps"]) == ("spirals", "600")
    assert float(fields["at"]) == pytest.approx(float(at), rel=0.3)  # the nearest λ of the new path


def test_a_wrong_part_of_a_link_is_named_and_the_rest_is_shown(open_lab):
    lab = open_lab(f"{SMALL}&dataset=circles&noise=lots&colour=red")
    expect(lab.page.get_by_test_id("stAlert").filter(has_text="noise=lots")).to_be_visible()
    expect(lab.page.get_by_test_id("stAlert").filter(has_text="colour")).to_be_visible()
    assert lab.colours("boundary-0") > 100
    assert lab.address()["dataset"] == "circles"


def go_to(page, group, title):
    """Choose a page in the navigation."""
    page.get_by_test_id("stTopNavSection").filter(has_text=group).click()
    page.get_by_text(title, exact=True).click()


def test_back_undoes_the_last_change_of_a_setting_and_forward_redoes_it(open_lab):
    lab = open_lab(SMALL)
    lab.drag("lambda", 0.2, 0.6)
    first, picture = lab.address(), lab.pixels("boundary-0")
    lab.choose("Model", "Logistic regression")
    lab.wait_for_address("model=logistic")
    lab.drag("lambda", 0.6, 0.3, 0.6)  # no entry of the history
    lab.compare()
    lab.wait_for_address("against=l1")
    lab.page.go_back()
    lab.wait_for_address(r"model=logistic(?!.*against)")
    expect(lab.part("boundary-1")).to_have_count(0)
    lab.page.go_back()
    expect(lab.page).not_to_have_url(re.compile("model=logistic"))
    expect(lab.page.get_by_test_id("stSelectbox").filter(has_text="Model").locator("input")).to_have_value(re.compile("MLP"))
    lab.wait()
    assert lab.address() == first
    assert lab.pixels("boundary-0") == picture
    lab.page.go_forward()
    lab.wait_for_address("model=logistic")
    assert lab.page.get_by_test_id("stException").count() == 0


def test_the_lab_is_as_it_was_after_a_look_at_another_page(open_lab):
    lab = open_lab(f"{SMALL}&against=l1")
    lab.drag("lambda", 0.2, 0.6)
    lab.drag("epoch", 0.9, 0.5)
    address, picture = lab.address(), lab.picture()
    go_to(lab.page, "See", "Why does L1 give zeros?")
    lab.part("plane-l1").wait_for()
    expect(lab.part("boundary-0")).to_have_count(0)
    go_to(lab.page, "See", "What does λ do?")
    lab.wait()
    assert lab.address() == address
    assert lab.picture() == picture


def test_the_offline_page_leads_back_to_what_was_seen(open_lab, server):
    lab = open_lab(f"{SMALL}&at=0.1")
    with lab.page.expect_download() as found:
        lab.page.get_by_role("button", name="Offline page").click()
    link = re.search(r'href="([^"]+)"', found.value.path().read_text(encoding="utf-8"))[1]
    assert link.startswith((f"{server}?", f"{server}/?"))
    assert "at=0.1" in link
