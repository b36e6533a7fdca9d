"""axe-core on every page: light and dark, wide and on a phone, with all that folds unfolded."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.site import PAGES, assert_it_fits, settled

AXE = Path(__file__).parents[1] / "javascript" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
NOT_OURS = {
    # Streamlit's drop zone: role="presentation" with an aria-label; the button inside it does what it does.
    ("presentation-role-conflict", "stFileUploaderDropzone"),
    # Streamlit's navigation of pages in groups, as a phone's side bar has it: a <div> between list and item.
    ("list", "stSidebarNavItems"),
    ("listitem", "stSidebarNavItems"),
}
"""(rule, data-testid of the element, or of one around it) of what Streamlit's own elements do wrong, where no setting
mends it."""
FOUND = """async () => {
  const { violations } = await axe.run(document, { resultTypes: ["violations"], elementRef: true });
  const around = (node) => {
    const names = [];
    for (; node; node = node.parentNode ?? node.host) if (node.dataset?.testid) names.push(node.dataset.testid);
    return names;
  };
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ html, failureSummary, element }) => ({
    rule: id, around: around(element),
    said: `${id} (${impact}): ${html.slice(0, 160)}: ${failureSummary.split(/\\s+/).join(" ").slice(0, 300)}`,
  })));
}"""


@pytest.fixture(scope="session")
def axe() -> str:
    """axe-core's source. Without it the tests are skipped, but under CI they fail."""
    if not AXE.exists():
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("axe-core is not installed: npm ci --prefix tests/javascript")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, axe: str) -> set[str]:
    """What axe finds on the page as it is now, of any impact."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found = page.evaluate(FOUND)
    return {node["said"] for node in found if not any((node["rule"], name) in NOT_OURS for name in node["around"])}


def unfold(page: Page) -> None:
    """Open the side bar where it is folded, and every expander."""
    side = page.get_by_test_id("stExpandSidebarButton")
    if side.count():
        side.click()
    closed = page.locator("details:not([open]) > summary")
    while closed.count():
        closed.first.evaluate("summary => summary.click()")
        settled(page)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing_on_the_page(server, open_page, visit, axe, name, size):
    page = visit(open_page(*SIZES[size]), f"{server}/{PAGES[name]}")
    settled(page)
    found = {f"light, folded: {v}" for v in violations(page, axe)}
    unfold(page)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        settled(page)
        found |= {f"{theme}: {v}" for v in violations(page, axe)}
    assert not found, "\n".join(sorted(found))
    assert_it_fits(page)


OPENED = {
    "the Lab comparing, to be drawn on": "?dataset=points&against=l1&at=0.01&steps=60",
    "a Lab that warns": "?dataset=moons&decay=decoupled&lr=0.1&lambdas=0.0,1.0,30.0&at=30.0&n_samples=80&steps=60",
    "a table of one's own": "your_data?sample=rents",
}
"""Pages with more on them than they open with."""


@pytest.mark.parametrize("what", OPENED)
def test_axe_finds_nothing_with_all_that_opens_opened(server, open_page, visit, axe, what):
    page = visit(open_page(*SIZES["wide"]), f"{server}/{OPENED[what]}")
    settled(page)
    unfold(page)
    found = set()
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme)
        settled(page)
        found |= {f"{theme}: {v}" for v in violations(page, axe)}
        for box in page.get_by_test_id("stPopover").get_by_role("button").all():
            box.click()
            page.get_by_test_id("stPopoverBody").wait_for()
            settled(page)
            found |= {f"{theme}, {box.inner_text()} open: {v}" for v in violations(page, axe)}
            page.keyboard.press("Escape")
            page.get_by_test_id("stPopoverBody").wait_for(state="detached")
    assert not found, "\n".join(sorted(found))
