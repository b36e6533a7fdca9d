"""The lessons in Chromium: all of them in their order, with the keyboard alone, on a screen as narrow as a phone's."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from wd_core.lessons import LESSONS
from wd_core.lessons.base import Choice, Draw

FOCUSED = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return { text: node?.innerText ?? "", type: node?.type ?? "", part: node?.dataset?.testid ?? "" };
}"""
SIDEWAYS = "() => { const m = document.querySelector('[data-testid=stMain]'); return m.scrollWidth - m.clientWidth; }"


@pytest.mark.parametrize("what", ["lesson=too_much&sheet=student", "lesson=too_much&sheet=teacher", "hour=90"])
def test_a_sheet_prints_as_one_page_with_nothing_else_on_it(server, open_page, visit, what):
    page = visit(open_page(), f"{server}/lessons?{what}")
    page.locator(".wdl-page footer").wait_for(timeout=60_000)
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", printed)) == 1
    page.emulate_media(media="print")
    assert page.locator("h1").is_hidden()
    assert page.get_by_test_id("stHeader").is_hidden()
    assert page.locator(".wdl-page").is_visible()
    width = page.locator(".wdl-page").evaluate("node => node.getBoundingClientRect().width")
    assert width > 0.9 * page.evaluate("document.documentElement.clientWidth")


def tab_to(page: Page, key: str = "Tab", **wanted: str) -> None:
    """Press Tab until what has the focus is as wanted."""
    for _ in range(60):
        found = page.evaluate(FOCUSED)
        if all(re.search(pattern, found[name]) for name, pattern in wanted.items()):
            return
        page.keyboard.press(key)
    pytest.fail(f"no tab stop with {wanted}")


def press_button(page: Page, text: str) -> None:
    button = page.get_by_role("button", name=text)
    expect(button).to_be_enabled(timeout=30_000)
    tab_to(page, text=f"^{text}")
    page.keyboard.press("Enter")


def predict(page: Page, step) -> None:
    """A prediction by keys."""
    if isinstance(step.prediction, Choice):
        tab_to(page, type="^radio$")
        page.keyboard.press("Space")
    elif isinstance(step.prediction, Draw):
        tab_to(page, part="^h0-range$")
        for _ in step.lambdas:
            page.keyboard.press("ArrowUp")
            page.keyboard.press("Tab")
    else:
        tab_to(page, part="^lambda-range$")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")


def test_every_lesson_from_start_to_end_by_keyboard_at_390_pixels(server, open_page, visit):
    page = visit(open_page(390, 844, has_touch=True), f"{server}/lessons")
    names = list(LESSONS)
    tab_to(page, text=f"^1 · {re.escape(LESSONS[names[0]].title)}")
    page.keyboard.press("Enter")
    for name, following in zip(names, [*names[1:], None], strict=True):
        lesson = LESSONS[name]
        expect(page.get_by_role("heading", level=1)).to_have_text(lesson.title, timeout=30_000)
        for i, step in enumerate(lesson.steps):
            where = f"Step {i + 1} of {len(lesson.steps)}"
            expect(page.get_by_text(f"{where}: predict", exact=True)).to_be_visible(timeout=60_000)
            expect(page.get_by_role("button", name="This is my prediction")).to_be_visible(timeout=60_000)
            if i:  # the keyboard starts at the question, not at the top of the page
                expect(page.get_by_role("heading", name=step.ask)).to_be_focused()
            if step.given:
                page.get_by_test_id("board-view").wait_for()
            assert page.evaluate(SIDEWAYS) <= 0
            predict(page, step)
            press_button(page, "This is my prediction")
            expect(page.get_by_text(f"{where}: observe and explain")).to_be_visible(timeout=60_000)
            expect(page.get_by_text(f"Why. {step.why}")).to_be_visible()
            read_out = re.compile(f"Measured: .*{re.escape(step.why)}")
            expect(page.locator("[aria-live=polite]", has_text=read_out)).to_have_count(1)
            expect(page.get_by_test_id("stBaseButton-primary")).to_be_focused()
            expect(page.get_by_test_id("lambda-range")).to_have_count(1, timeout=60_000)  # the one before has gone
            assert page.evaluate(SIDEWAYS) <= 0
            press_button(page, "Next step" if i + 1 < len(lesson.steps) else "How it went")
        expect(page.get_by_role("heading", name="How it went")).to_be_visible(timeout=60_000)
        said = parse_qs(urlsplit(page.url).query)["said"][0]
        assert None not in lesson.read(said)
        if following:
            press_button(page, "Next lesson")


def test_a_game_by_keyboard_at_390_pixels(server, open_page, visit):
    page = visit(open_page(390, 844, has_touch=True), f"{server}/game?deal=3")
    expect(page.get_by_role("button", name="Look at validation, λ = 0.0077 (5 left)")).to_be_visible(timeout=60_000)
    tab_to(page, part="^lambda-range$")
    page.keyboard.press("ArrowRight")
    press_button(page, "Look at validation, λ = 0.012")
    expect(page.get_by_role("button", name="Seen: λ = 0.012 (4 left)")).to_be_focused()
    press_button(page, "Lock λ = 0.012")
    expect(page.get_by_test_id("stAlert")).to_contain_text("points by validation, λ = 0.012, after 1 look")
    assert parse_qs(urlsplit(page.url).query) == {"deal": ["3"], "looks": ["10"], "lock": ["10"]}
    assert page.evaluate(SIDEWAYS) <= 0
    assert page.locator("table").evaluate("table => table.scrollWidth <= table.clientWidth")
