"""Words of strangers stay words: 50 payloads wherever they are shown; no request, no element, every letter seen.

That nothing is asked of another host is checked by `open_page` for every page.
"""

from urllib.parse import urlencode

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.payloads import EVIL, PAYLOADS, shown
from wd_core.ui.text import JOINER

CELLS = [p for p in PAYLOADS if "\x1b" not in p]
"""A file with such a character is no text."""
TAGS = "nodes => [...new Set(nodes.flatMap(n => [...n.querySelectorAll('*')].map(e => e.tagName.toLowerCase())))]"


def tags(words: Locator) -> set[str]:
    """The kinds of elements inside what Markdown has made."""
    return set(words.evaluate_all(TAGS))


def seen(words: Locator) -> str:
    """What stands there, without spaces and what nobody sees."""
    return "".join(c for c in " ".join(words.all_inner_texts()) if not c.isspace() and c != JOINER)


@pytest.mark.parametrize("where", ["names", "values"])
def test_a_link_is_quoted_letter_by_letter(server, page, where):
    page.goto(f"{server}/method")
    words = page.get_by_test_id("stAlert").get_by_test_id("stMarkdownContainer")
    for start in range(0, len(PAYLOADS), 12):
        some = PAYLOADS[start : start + 12]
        pairs = [(p, "1") if where == "names" else (f"f{i}", p) for i, p in enumerate(some)]
        page.goto(f"{server}/?{urlencode(pairs)}")
        expect(words).to_be_visible(timeout=60_000)
        assert tags(words) <= {"p", "ul", "li"}
        for payload in some:
            assert shown(payload) in seen(words)
    assert not page.locator(f"a[href*='{EVIL}'], img[src*='{EVIL}']").count()


def table() -> bytes:
    """Columns and classes named by payloads; a fifth of the columns are constant, so that the sentences name them."""
    rng = np.random.default_rng(0)
    names = [f'"{p.replace(chr(34), chr(34) * 2)}"' for p in CELLS]
    rows = [
        [*(f"{0 if j % 5 == 0 else v:.2f}" for j, v in enumerate(rng.normal(size=len(names)))), names[i % 3]]
        for i in range(90)
    ]
    return "\n".join(",".join(row) for row in [[*names, "target"], *rows]).encode()


def test_a_table_is_quoted_letter_by_letter(server, page, visit):
    visit(page, f"{server}/your_data")
    name = f"![i](http:⁄⁄{EVIL}⁄a.png) $x$ :smile: **b**.csv"  # no file name has a solidus
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": table()})
    expect(page.get_by_text("What λ did to each weight")).to_be_visible(timeout=120_000)
    words = page.get_by_test_id("stMain").get_by_test_id("stMarkdownContainer")
    told = words.filter(has_text="left out: always the same value")
    assert tags(told) <= {"ul", "li", "p"}
    named = [*CELLS[:3], *CELLS[:30:5]]  # the classes, and the first six columns that are constant
    assert [p for p in named if shown(p) not in seen(told)] == []
    assert "![i](http:⁄⁄" in seen(words)
    assert not page.locator(
        f"a[href*='{EVIL}'], img[src*='{EVIL}'], [data-testid=stMain] .katex, iframe[src*='{EVIL}'], svg a"
    ).count()
    page.get_by_text("Another table").click()
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": b"a,b\n1,2\n3"})
    alert = page.get_by_test_id("stAlert").get_by_test_id("stMarkdownContainer")
    expect(alert).to_be_visible(timeout=60_000)
    assert tags(alert) <= {"p"}
    assert "![i](http:⁄⁄" in seen(alert)
