"""Every page, as a new visitor meets it: no error, nothing cut off at the side, on a projector and on a phone."""

import numpy as np
import pytest
from playwright.sync_api import expect

from tests.browser.site import PAGES, assert_it_fits


@pytest.mark.parametrize("name", PAGES)
def test_the_page_opens_and_fits_on_a_dark_phone(server, open_page, visit, name):
    """The tests of accessibility see that it fits wide, light and unfolded too."""
    assert_it_fits(visit(open_page(390, 844, dark=True), f"{server}/{PAGES[name]}"))


def semicolons() -> bytes:
    rows = [f"{i % 7},{i % 3};{i * 1.5:.1f};{3 * i + i % 5}".replace(".", ",") for i in range(60)]
    return ("länge;breite;preis\n" + "\n".join(rows)).encode("cp1252")


def gaps_and_text() -> bytes:
    kinds = ("oak", "ash", "", "elm")
    rows = [f"{i},{'' if i % 9 == 0 else i % 11},{kinds[i % 4]},{'yes' if i % 11 > 5 else 'no'}" for i in range(120)]
    return ("id,age,tree,answer\n" + "\n".join(rows)).encode()


def large() -> bytes:
    table = np.random.default_rng(0).normal(size=(5000, 60)).round(3)
    names = ",".join(f"x{i}" for i in range(60))
    return (names + "\n" + "\n".join(",".join(map(str, row)) for row in table)).encode()


@pytest.mark.parametrize(
    ("content", "said"),
    [(semicolons, "60 rows and 3 columns"), (gaps_and_text, "120 rows and 4 columns"), (large, "5,000 rows")],
    ids=["semicolons and decimal commas", "gaps and text", "5,000 by 60"],
)
def test_a_table_from_the_wild_is_read_told_and_fitted(server, page, visit, content, said):
    visit(page, f"{server}/your_data")
    page.locator("input[type=file]").set_input_files({"name": "t.csv", "mimeType": "text/csv", "buffer": content()})
    expect(page.get_by_text(said).first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("What λ did to each weight")).to_be_visible(timeout=120_000)
    expect(page.get_by_test_id("stException")).to_have_count(0)


def test_a_file_that_is_no_table_is_explained_and_the_last_one_stays(server, page, visit):
    visit(page, f"{server}/your_data")
    upload = page.locator("input[type=file]")
    upload.set_input_files({"name": "good.csv", "mimeType": "text/csv", "buffer": gaps_and_text()})
    expect(page.get_by_text("What λ did to each weight")).to_be_visible(timeout=60_000)
    page.get_by_text("Another table").click()
    upload.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": b"a,b\n1,2\n3"})
    expect(page.get_by_test_id("stAlert").first).to_be_visible(timeout=60_000)
    expect(page.get_by_text("What λ did to each weight")).to_be_visible()
