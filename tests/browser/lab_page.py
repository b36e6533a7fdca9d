"""The Lab as a visitor has it: what it shows, and a hand on its scrubbers and controls."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, Page, expect

from wd_core.view.scene import Scene

SMALL = "n_samples=60&steps=30&lambdas=0.001~1.0~4&seeds=0~1&hidden=6"
"""Settings that train in a moment."""

TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
COLOURS = """canvas => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return new Set(new Uint32Array(data.buffer)).size;
}"""
HOLDS_FOCUS = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.dataset?.testid ?? "";
}"""
# What an eye sees of a frame is there when all its animation callbacks have run: then come the resize observers.
WATCH = """root => {
  window.frames_seen = 0;
  window.blank_frames = 0;
  const clock = document.body.appendChild(document.createElement("div"));
  clock.style = "position: fixed; height: 1px";
  const tick = () => {
    clock.style.width = `${1 + (window.frames_seen % 2)}px`;
    requestAnimationFrame(tick);
  };
  new ResizeObserver(() => {
    window.frames_seen += 1;
    const canvas = root.isConnected && root.querySelector("[data-testid=boundary-0]");
    const row = canvas && canvas.getContext("2d").getImageData(0, canvas.height >> 1, canvas.width, 1).data;
    if (!row || !row.some(Boolean)) window.blank_frames += 1;
  }).observe(clock);
  tick();
}"""


class LabPage:
    """A page that shows the Lab."""

    def __init__(self, page: Page):
        self.page = page
        self.view = page.get_by_test_id("lab-view")

    def wait(self) -> None:
        """Until the picture is there, the script has run, and the position is known to the server."""
        self.part("boundary-0").wait_for()
        self.page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        self.view.evaluate(TWO_FRAMES)

    def wait_for_address(self, pattern: str) -> None:
        """Until the picture is the one that the address says: it is written when the picture is there."""
        expect(self.page).to_have_url(re.compile(pattern), timeout=60_000)
        self.wait()

    def wait_for_experiment(self, **fields) -> None:
        """Until the address, with what it inherits from the data set's opening, says these fields."""

        def says(url: str) -> bool:
            e = Scene.from_query(urlsplit(url).query).experiment
            return all(getattr(e, name) == value for name, value in fields.items())

        self.page.wait_for_url(says, timeout=60_000)
        self.wait()

    def quiet(self, messages: list) -> None:
        """Until no more `messages` have come for half a second."""
        count = -1
        while len(messages) > count:
            count = len(messages)
            self.page.wait_for_timeout(500)

    def address(self) -> dict[str, str]:
        """The fields of the address."""
        return {name: values[-1] for name, values in parse_qs(urlsplit(self.page.url).query).items()}

    # ---------------------------------------------------------------- what it shows

    def part(self, name: str) -> Locator:
        return self.page.get_by_test_id(name)

    def pixels(self, name: str) -> str:
        """A canvas as it is painted now, sharp."""
        self.view.evaluate(TWO_FRAMES)
        expect(self.view).to_have_attribute("data-sharp", "true")
        return self.part(name).evaluate("canvas => canvas.toDataURL()")

    def picture(self) -> dict[str, str]:
        """Everything that moves: the canvases' pixels and the read-out."""
        count = int(self.view.get_attribute("data-arms"))
        names = [f"{kind}-{arm}" for arm in range(count) for kind in ("boundary", "network", "histogram")]
        return {name: self.pixels(name) for name in names} | {"readout": self.part("readout").inner_text()}

    def colours(self, name: str) -> int:
        """How many colours a canvas shows: one where it is blank."""
        return self.part(name).evaluate(COLOURS)

    def column(self, title: str) -> list[str]:
        """One column of the read-out, a text for each arm."""
        head, *rows = self.part("readout").locator("tr").all()
        number = head.locator("th").all_inner_texts().index(title)
        return [row.locator("td").nth(number).inner_text() for row in rows]

    def notch(self) -> int:
        return int(self.part("lambda-range").input_value())

    def step(self) -> int:
        return int(self.part("epoch-range").input_value())

    def position(self) -> tuple[str, int]:
        """λ as it is said, and the step."""
        return self.part("lambda-range").get_attribute("aria-valuetext").split(",")[0], self.step()

    def focused(self) -> str:
        """The test id of what has the focus."""
        return self.page.evaluate(HOLDS_FOCUS)

    def watch_for_blanks(self) -> None:
        """From now on count the frames in which the first boundary is missing or empty."""
        self.view.evaluate(WATCH)

    def blanks(self) -> int:
        assert self.page.evaluate("window.frames_seen") > 5
        return self.page.evaluate("window.blank_frames")

    # ---------------------------------------------------------------- the hand

    def drag(self, name: str, *shares: float, release: bool = True) -> None:
        """Press the mouse on the plot "lambda" or "epoch" and lead it to these shares of its width."""
        box = self.part(f"{name}-plot").bounding_box()
        spots = [(box["x"] + share * box["width"], box["y"] + box["height"] / 2) for share in shares]
        self.page.mouse.move(*spots[0])
        self.page.mouse.down()
        for spot in spots[1:]:
            self.page.mouse.move(*spot, steps=4)
        if release:
            self.release()

    def release(self) -> None:
        self.page.mouse.up()
        self.wait()

    def keys(self, name: str, *keys: str) -> None:
        """Focus a part and press keys."""
        self.part(name).focus()
        for key in keys:
            self.page.keyboard.press(key)
        self.view.evaluate(TWO_FRAMES)

    def choose(self, label: str, option: str) -> None:
        """Choose in one of the select boxes beside the view."""
        box = self.page.get_by_test_id("stSelectbox").filter(has=self.page.get_by_text(label, exact=True))
        box.locator("input").click()
        self.page.get_by_role("option", name=option, exact=True).click()

    def compare(self) -> None:
        self.page.get_by_text("Compare with", exact=True).click()
        self.part("boundary-1").wait_for()
        self.wait()
