"""A teacher's link in Chromium: made of what is seen, opened by the class, led through by a remote control's keys."""

from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import expect

from tests.browser.lab_page import SMALL


def test_a_link_for_class_is_made_of_what_is_seen_and_opens_it(open_lab, server):
    lab = open_lab(f"{SMALL}&at=0")
    lab.keys("lambda-range", "End")
    lab.wait_for_address("at=1")
    lab.page.get_by_role("button", name="Make a link for class").click()
    dialog = lab.page.get_by_role("dialog")
    dialog.get_by_label("First sentence").fill("What is λ = 1?")
    lab.page.keyboard.press("Tab")
    dialog.get_by_text("Test data may be revealed").click()
    link = dialog.locator("code").first
    expect(link).to_contain_text("cover=1")
    expect(link).to_contain_text("say=What")
    expect(dialog.get_by_alt_text("QR code of the link above")).to_be_visible()
    assert dialog.get_by_alt_text("QR code of the link above").bounding_box()["width"] > 400
    expect(dialog.locator("code").last).to_contain_text("<iframe")
    opened = open_lab(link.inner_text().partition("?")[2])
    assert opened.position()[0] == "λ = 1.0"
    expect(opened.page.get_by_text("Your link says: “What is λ = 1?”")).to_be_visible()
    expect(opened.part("reveal")).to_have_count(0)
    assert opened.address()["cover"] == "1"  # it stays in the address


def test_a_presenter_has_one_screen_and_two_keys(open_lab):
    lab = open_lab(f"{SMALL}&present=1&keep=none&against=l1")
    readout = lab.part("readout").bounding_box()
    assert readout["y"] + readout["height"] <= 720
    for gone in ("stSidebar", "stHeader"):
        expect(lab.page.get_by_test_id(gone)).to_be_hidden()
    before = lab.step()
    lab.page.keyboard.press("PageUp")
    lab.page.wait_for_function("(n) => Number(new URLSearchParams(location.search).get('step') ?? n) < n", arg=before)
    assert lab.step() < before
    lab.page.keyboard.press("PageDown")
    expect(lab.part("epoch-range")).to_have_js_property("value", str(before))


def test_a_presenters_key_turns_to_a_boards_next_pictures_and_lambda_stays(server, open_page, visit):
    page = visit(open_page(1280, 720), f"{server}/paths?present=1")
    board = page.get_by_test_id("board-view")
    expect(board.get_by_role("status").get_by_text("Pictures 1 of")).to_be_visible()
    titles = board.locator(".wdl-panel:visible .wdl-panel-title")
    first = titles.all_inner_texts()
    page.keyboard.press("PageDown")
    expect(board.get_by_text("Pictures 2 of")).to_be_visible()
    second = titles.all_inner_texts()
    assert second[:3] == first[:3]
    assert len(second) > 3
    assert second[3:] != first[3:]
    for part in (board.get_by_test_id("lambda-range"), board.locator(".wdl-panel:visible canvas").last):
        box = part.bounding_box()
        assert 0 <= box["y"] <= 720 - box["height"]


def test_a_presenters_keys_lead_through_a_lesson(server, open_page, visit):
    page = visit(open_page(), f"{server}/lessons?lesson=lambda_does&said=a.a&present=1")
    for key, step in (("PageDown", "2"), ("PageUp", "1")):
        page.get_by_test_id("lambda-range").wait_for()
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        page.keyboard.press(key)
        expect(page.get_by_text(f"Step {step} of 3")).to_be_visible()
        assert parse_qs(urlsplit(page.url).query)["present"] == ["1"]


def test_inside_another_page_the_lab_is_whole(server, open_page):
    page = open_page()
    page.set_content(f'<iframe src="{server}/?embed=true&{SMALL}&keep=none" width="100%" height="700"></iframe>')
    inside = page.frame_locator("iframe")
    inside.get_by_test_id("boundary-0").wait_for(timeout=30_000)
    expect(inside.get_by_test_id("stHeader")).to_be_hidden()
    expect(inside.get_by_text("Make a link for class")).to_have_count(0)


def test_a_link_of_another_page_takes_its_controls_away(server, open_page, visit):
    page = visit(open_page(), f"{server}/update")
    page.get_by_role("button", name="Make a link for class").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Test data may be revealed")).to_have_count(0)  # this page shows none
    dialog.get_by_text("Controls stay").click()
    link = dialog.locator("code").first
    expect(link).to_contain_text("keep=none")
    visit(page, link.inner_text())
    page.get_by_test_id("step-range").wait_for()
    assert page.get_by_test_id("stButtonGroup").count() > 0
    assert not any(group.is_visible() for group in page.get_by_test_id("stButtonGroup").all())
