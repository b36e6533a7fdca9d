"""The page on detection: opens on one seed, the others join."""

from streamlit.testing.v1 import AppTest

from wd_core.studies import detection as study
from wd_core.ui import detection, measured
from wd_core.view.picture import unpack_header


def test_the_page_shows_one_seed_and_the_others_join(monkeypatch):
    monkeypatch.setattr(detection, "SEEDS", (0, 1))
    monkeypatch.setattr(study, "TEST_SCENES", 3)
    monkeypatch.setattr(study.workers, "available", lambda *_: False)  # a worker would not know of the 3
    app = AppTest.from_file("../pages/detection.py", default_timeout=240).run()
    assert not app.exception
    board, *others = [unpack_header(c.proto.bytes)[0] for c in app.get("bidi_component")]
    assert len(others) == 1  # the other seeds joined by themselves
    assert [axis["key"] for axis in board["axes"]] == ["lambda", "threshold", "scene"]
    assert any("Decay against none" in m.value for m in app.markdown)
    table = next(m.value for m in app.markdown if m.value.startswith("| arm |"))
    head, _, lambdas, *_ = table.splitlines()
    assert head == f"| arm | {' | '.join(measured.ARM_NAMES.values())} |"
    assert lambdas.count("|") == head.count("|")
