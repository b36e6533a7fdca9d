"""axe-core on every page: light and dark, wide and on a phone, with all that folds unfolded."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.site import PAGES

AXE = Path(__file__).parents[1] / "javascript" / "node_modules" / "axe-core" / "axe.min.js"
SIZES = {"wide": (1440, 900), "phone": (390, 844)}
NOT_OURS = {
    # Streamlit's drop zone: role="presentation" with an aria-label; the button inside it does what it does.
    ("presentation-role-conflict", "stFileUploaderDropzone"),
    # Streamlit's navigation of pages in groups, as a phone's side bar has it: a <div> between list and item.
    ("list", "stSidebarNavItems"),
    ("listitem", '<li class="st-emotion-cache'),
}
"""(rule, what stands in the element's HTML) of what Streamlit's own elements do wrong, where no setting mends it."""


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
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return {
        f"{rule['id']} ({rule['impact']}): {node['html'][:160]}: {' '.join(node['failureSummary'].split())[:300]}"
        for rule in found
        for node in rule["nodes"]
        if not any(rule["id"] == name and text in node["html"] for name, text in NOT_OURS)
    }


def settled(page: Page) -> None:
    """Until the script has run and what moves has come to rest."""
    page.wait_for_timeout(300)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=120_000)
    page.wait_for_timeout(300)


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
