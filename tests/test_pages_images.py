"""The page on images: opens, measures, and its table opens the experiment it is of."""

import re

from streamlit.testing.v1 import AppTest

from wd_core.datasets import DATASETS
from wd_core.ui import images, measured
from wd_core.view.picture import unpack_header
from wd_core.view.scene import Scene


def test_the_page_shows_one_seed_and_the_others_join(monkeypatch):
    for module in (images, measured):
        monkeypatch.setattr(module, "SEEDS", (0, 1, 2))
    app = AppTest.from_file("../pages/images.py", default_timeout=240)
    app.query_params["images_data"] = DATASETS["digits"].title
    app.run()
    assert not app.exception
    board, *others = [unpack_header(c.proto.bytes)[0] for c in app.get("bidi_component")]
    assert len(others) == 2  # the other seeds joined by themselves
    assert [axis["key"] for axis in board["axes"]] == ["lambda", "step", "image"]
    assert len(board["axes"][2]["values"]) == images.KINDS["digits"]
    assert any("The same for both?" in m.value for m in app.markdown)
    table = next(m.value for m in app.markdown if m.value.startswith("| in the Lab"))
    links = re.findall(r"\]\(\./\?([^)]*)\)", table)
    assert len(links) == 2 * len(measured.ARM_NAMES)
    assert {Scene.from_query(link).experiment.model for link in links} == {"cnn", "mlp"}
    app.toggle[0].set_value(False).run()
    assert len(app.get("bidi_component")) == 1
