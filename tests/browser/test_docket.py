"""The docket by hand: opened by keyboard, predicted, and a run of the visitor's own that can be cancelled."""

from playwright.sync_api import expect


def test_a_claim_is_opened_and_predicted_by_keyboard(server, page, visit):
    visit(page, f"{server}/docket?docket_predict=true")
    row = page.get_by_role("button", name="Weight decay shrinks the weights")
    expect(row).to_contain_text("covered")
    row.focus()
    page.keyboard.press("Enter")
    guess = page.get_by_role("button", name="Holds", exact=True)
    guess.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("You said holds; the numbers say")).to_be_visible()
    expect(page.get_by_role("heading", name="Verdict:")).to_be_visible()
    assert "claim=shrinks" in page.url


def test_a_run_of_ones_own_can_be_cancelled_and_run(server, page, visit):
    visit(page, f"{server}/docket?claim=shrinks")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Cancel")).to_have_count(0, timeout=20_000)
    visit(page, f"{server}/docket?claim=shrinks")
    for _ in range(4):  # leave two data sets
        page.get_by_test_id("stMultiSelect").get_by_role("combobox").press("Backspace")
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.get_by_text("Your run.")).to_be_visible(timeout=60_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)
