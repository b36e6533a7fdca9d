"""The app's pages as app.py's navigation has them, so that a test finds a new page by itself."""

import ast
from pathlib import Path

from playwright.sync_api import Page, expect

ROOT = Path(__file__).resolve().parents[2]


def _pages() -> dict[str, str]:
    """{name of the file in pages/: its place in an address, "" for the default page}."""
    pages = {}
    for call in ast.walk(ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))):
        if not isinstance(call, ast.Call) or ast.unparse(call.func) != "st.Page":
            continue
        name, settings = Path(ast.literal_eval(call.args[0])).stem, {k.arg: k.value for k in call.keywords}
        pages[name] = "" if "default" in settings else ast.literal_eval(settings.get("url_path", ast.Constant(name)))
    files = {path.stem for path in (ROOT / "pages").glob("*.py")}
    assert set(pages) == files, f"app.py's navigation and pages/ differ: {sorted(files ^ set(pages))}"
    return pages


PAGES = _pages()
SLIDERS = {"images": 0, "detection": 0, "speech": 0, "language": 0, "grokking": 1, "architectures": 0, "beyond": 0}
"""Pages on networks, and which of the plots on a page's board λ is dragged on."""
FITS = """() => {
  const main = document.querySelector("[data-testid=stMain]");
  return main.scrollWidth <= main.clientWidth;
}"""


def assert_it_fits(page: Page) -> None:
    """No error is shown, and nothing is cut off at the side."""
    expect(page.get_by_test_id("stException")).to_have_count(0)
    page.wait_for_function(FITS, timeout=5_000)  # a view that has just come is laid out a frame later


ELEMENTS = """() => [...document.querySelectorAll("*")].reduce(
  (n, node) => n + 1 + (node.shadowRoot?.querySelectorAll("*").length ?? 0), 0)"""


def settled(page: Page) -> None:
    """Until the script has run and nothing more comes: a view is there a moment after its message."""
    before = None
    page.wait_for_timeout(300)
    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=120_000)
    while before != (before := page.evaluate(ELEMENTS)):
        page.wait_for_timeout(300)
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=120_000)
