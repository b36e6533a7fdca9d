"""The page on detection: opens on one seed, measures several when asked."""

from streamlit.testing.v1 import AppTest

from wd_core.studies import detection as study
from wd_core.ui import detection
from wd_core.view.picture import unpack_header


def test_the_page_shows_one_seed_and_measures_several_when_asked(monkeypatch):
    monkeypatch.setattr(detection, "SEEDS", (0, 1))
    monkeypatch.setattr(study, "TEST_SCENES", 3)
    monkeypatch.setattr(study.workers, "available", lambda *_: False)  # a worker would not know of the 3
    app = AppTest.from_file("../pages/detection.py", default_timeout=90).run()
    assert not app.exception
    (board,) = [unpack_header(c.proto.bytes)[0] for c in app.get("bidi_component")]
    assert [axis["key"] for axis in board["axes"]] == ["lambda", "threshold", "scene"]
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert len(app.get("bidi_component")) == 2
    assert any("Decay against none" in m.value for m in app.markdown)
    table = next(m.value for m in app.markdown if m.value.startswith("| | λ"))
    assert table.count("\n") == 1 + len(detection.ARM_NAMES)
