"""The page on what Adam does to decay, part by part."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.ui.adam import PARTS
from wd_core.view.picture import unpack_header


@pytest.mark.parametrize("part", PARTS)
def test_every_part_shows_its_board(part):
    page = AppTest.from_file("../pages/adam.py", default_timeout=60)
    page.query_params["adam_part"] = part
    page.run()
    assert not page.exception
    board = page.get("bidi_component")[0].proto
    header, _ = unpack_header(board.bytes)
    assert len(header["sentences"]) == len(header["axes"][0]["values"])
