"""The page on phenomena, part by part."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.view.picture import unpack_header

PARTS = ("More data, more error", "When decay acts")


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_its_board_and_compares_with_the_paper(part):
    page = AppTest.from_file("../pages/phenomena.py", default_timeout=90)
    page.query_params["phenomenon"] = part
    page.run()
    assert not page.exception
    for shown in page.get("bidi_component"):
        header, _ = unpack_header(shown.proto.bytes)
        assert len(header["sentences"]) == len(header["axes"][0]["values"])
    assert header["panels"]
    text = " ".join(m.value for m in page.markdown)
    assert "found here" in text
    assert "nan" not in text
