"""The page on phenomena, part by part."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.view.picture import unpack_header
from wd_core.view.scene import Scene

PARTS = (
    {"phenomenon": "More data, more error"},
    {"phenomenon": "When decay acts"},
    {"phenomenon": "Products", "product": "A matrix, U Vᵀ"},
    {"phenomenon": "Products", "product": "A weight, u · v"},
)


@pytest.mark.parametrize("part", PARTS, ids=lambda part: list(part.values())[-1])
def test_every_part_shows_its_board_and_compares_with_the_paper(part):
    page = AppTest.from_file("../pages/phenomena.py", default_timeout=90)
    for name, value in part.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    for shown in page.get("bidi_component"):
        header, _ = unpack_header(shown.proto.bytes)
        assert len(header["sentences"]) == len(header["axes"][0]["values"])
    assert header["panels"]
    text = " ".join(m.value for m in page.markdown)
    assert "found here" in text
    assert "nan" not in text
    spans = [Scene.from_query(link).experiment.decay_span for link in re.findall(r"\]\(\./\?([^)]*)\)", text)]
    assert spans == ([(0, 1), (0, 1), (0, 0.5), (0.5, 1)] * 2 if part["phenomenon"] == "When decay acts" else [])
