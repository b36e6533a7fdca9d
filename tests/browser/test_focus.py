"""By keyboard: a skip link to what matters, and a mark on what has the focus."""

import pytest

from tests.browser.site import PAGES, settled

FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  if (!node || node === document.body) return null;
  const box = node.getBoundingClientRect();
  return {
    name: `${node.tagName} ${node.dataset.testid ?? ""} ${(node.ariaLabel ?? node.innerText ?? "").slice(0, 40)}`,
    slider: node.type === "range", main: node.id === "stMain",
    box: [box.x, box.y, box.width, box.height],
  };
}"""
LET_GO = """() => {
  window.held = document.activeElement;
  while (held.shadowRoot?.activeElement) window.held = held.shadowRoot.activeElement;
  held.blur();
}"""
NEAR = 14
"""Pixels around what has the focus in which its mark may be drawn: a ring, or the frame of the whole box."""


@pytest.mark.parametrize("name", PAGES)
def test_the_skip_link_leads_to_the_first_slider_within_eight_tabs(server, open_page, visit, name):
    page = visit(open_page(), f"{server}/{PAGES[name]}")
    settled(page)
    page.keyboard.press("Tab")
    assert "Skip to main content" in page.evaluate(FOCUSED)["name"]
    page.keyboard.press("Enter")
    reached = []
    while len(reached) < 8 and not any(node and node["slider"] for node in reached):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    assert page.get_by_test_id("stMain").locator("input[type=range]").count() == 0 or reached[-1]["slider"], reached


THEMES = [(name, dark) for i, name in enumerate(PAGES) for dark in (False, True) if name == "lab" or i % 2 == dark]
"""The Lab in both, the other pages in turn: the marks are the theme's, not the page's."""


@pytest.mark.parametrize(("name", "dark"), THEMES)
def test_what_has_the_focus_can_be_seen(server, open_page, visit, name, dark):
    """A picture of every tab stop with its focus differs from one without, there or close by."""
    page = visit(open_page(dark=dark, reduced_motion="reduce"), f"{server}/{PAGES[name]}")
    settled(page)
    unseen = []
    for _ in range(60):
        page.keyboard.press("Tab")
        page.wait_for_timeout(60)
        node = page.evaluate(FOCUSED)
        if node is None:
            break
        x, y, width, height = node["box"]
        left, top = max(x - NEAR, 0), max(y - NEAR, 0)
        right, bottom = min(x + width + NEAR, 1280), min(y + height + NEAR, 720)
        if node["main"] or right - left < 1 or bottom - top < 1:
            continue
        clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
        shown = page.screenshot(clip=clip, caret="hide")
        page.evaluate(LET_GO)
        page.wait_for_timeout(60)
        if page.screenshot(clip=clip, caret="hide") == shown:
            unseen.append(node["name"])
        page.evaluate("() => held.focus({ focusVisible: true, preventScroll: true })")
    assert not unseen, unseen
