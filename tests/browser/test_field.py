"""The picture in a real browser: what is drawn is what the History predicts, everywhere, for every model."""

import base64

import numpy as np
import pytest

from tests.test_picture_evaluated import POINTS, SMALL, cases
from wd_core import train
from wd_core.datasets import DATASETS
from wd_core.models import MODELS
from wd_core.ui.live import script, stylesheet
from wd_core.view import picture
from wd_core.view.picture import make_picture, unpack
from wd_core.view.planes import drawable, make_plane

PAGE = """<!doctype html><style>body {{ margin: 0; width: 1000px; font-family: sans-serif; }} {css}</style>
<main></main><script type="module">{script}
window.show = async (text) => {{
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (window.lab) await window.lab.update(bytes);
  else window.lab = mount(document.querySelector("main"), bytes);
  await window.lab.ready;
}};
</script>"""
# What the field that was painted last says at some of its own points, in 255ths; places are shares of the plane.
DRAWN = """async ([text, count]) => {
  await window.show(text);
  const { view } = window.lab;
  Object.assign(view.state, { l: 0, k: view.cube.K - 1 });
  view.drawn = {};
  view.invalidate();
  const frame = () => new Promise(requestAnimationFrame);
  do await frame(); while (view.root.dataset.sharp !== "true");
  const { boundary } = view.panels[0];
  if (view.cube.task === "regression1d") return { curve: [...boundary.source.bind(0, view.state.k).curve(count)] };
  const { columns, rows, value, top } = boundary.field;
  let seed = 1;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  return { columns, rows, points: Array.from({ length: count }, () => {
    const c = random(columns), r = random(rows), j = r * columns + c;
    return [c / (columns - 1), r / (rows - 1), value[j], top ? top[j] : -1];
  }) };
}"""


@pytest.fixture
def drawn(open_page):
    page = open_page(width=1000, height=700)
    page.set_content(PAGE.format(css=stylesheet(), script=script()))
    page.wait_for_function("window.show")
    return lambda message: page.evaluate(DRAWN, [base64.b64encode(message).decode(), POINTS])


def compared(e, choice, drawn, agree=1.0):
    """What is drawn and what is predicted, in shares of the drawn range, and the size of the field."""
    history, split = train(e), e.data(3)
    plane = make_plane(split, DATASETS[e.dataset], choice)
    message = make_picture([history], 3, choice)
    low, high = unpack(message)[0]["value_range"] if e.task == "regression" else (0.0, 1.0)
    found = drawn(message)
    if "curve" in found:
        x = np.linspace(*plane.x_range, POINTS)
        wanted = history.predict(split.to_model(plane.origin + x[:, None] * plane.axes[0]))[0, 0, :, 0]
        return (np.array(found["curve"]) - low) / (high - low), (wanted - low) / (high - low), POINTS
    shares = np.array(found["points"])
    corner, far = np.transpose([plane.x_range, plane.y_range])
    raw = plane.origin + (corner + shares[:, :2] * (far - corner)) @ plane.axes
    p = history.predict(split.to_model(raw))[0, 0].astype(float)
    if e.task == "multiclass":
        first_two = np.sort(p)[:, -2:]
        wanted = first_two[:, 1] - first_two[:, 0]
        sure = wanted > 1e-3
        assert (shares[sure, 3] == p.argmax(1)[sure]).mean() >= agree
    else:
        wanted = np.clip((p[:, -1] - low) / (high - low), 0, 1)
    return shares[:, 2] / 255, wanted, found["columns"] * found["rows"]


def test_the_drawn_field_is_what_the_model_predicts(drawn):
    for e, choice in cases():
        found, wanted, size = compared(e, choice, drawn)
        # half a step of a byte, and as much for the 16 bits of a weight, or of many where values are squared
        np.testing.assert_allclose(found, wanted, rtol=0, atol=1.5 / 255, err_msg=e.to_query())
        assert size == POINTS or size > 30_000, "at rest there is a point a pixel"


def test_what_sees_pixels_is_drawn_from_a_grid(drawn):
    others = [(d, m) for d in DATASETS.values() for m in MODELS.values() if m.fits(d) and drawable(m.name, d)]
    others = [(d, m) for d, m in others if "rows" not in m.takes]
    assert len(others) >= 8
    for dataset, model in others:
        e = SMALL.replace(dataset=dataset.name, model=model.name, hidden=(4,) * (model.depth or 1), steps=20)
        found, wanted, _ = compared(e, "auto", drawn, agree=0.95)  # a grid: not so near a boundary
        assert np.ptp(wanted) > 0
        assert np.median(np.abs(found - wanted)) < 1 / 255, e.to_query()


@pytest.mark.parametrize("number", [0, 40, 80])
def test_a_grid_in_its_stead_is_near(drawn, number, monkeypatch):
    monkeypatch.setattr(picture, "MAX_WEIGHTS", 1)
    e, choice = [case for case in cases() if DATASETS[case[0].dataset].is_plane][number % 20]
    found, wanted, _ = compared(e.replace(lr=0.02), choice, drawn)
    assert np.median(np.abs(found - wanted)) < 1 / 255
