import re

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (390, 844)], ids=["projector", "phone"])
def test_the_app_opens(server, open_page, visit, size, dark):
    page = visit(open_page(*size, dark=dark), server)
    expect(page).to_have_title(re.compile("Weight Decay Lab"))
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_deep_link_to_a_cold_server_goes_through_app(cold_server, page, visit):
    """Streamlit would run the page alone, under its automatic sidebar."""
    visit(page, cold_server() + "/method?dataset=circles")
    expect(page.get_by_test_id("stTopNavSection")).not_to_have_count(0)
    expect(page.get_by_test_id("stSidebarNav")).to_have_count(0)
    expect(page.get_by_test_id("stException")).to_have_count(0)
    assert "/method?" in page.url
    assert "dataset=circles" in page.url
