"""The page on what Adam does to decay, part by part."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from wd_core.studies.shrinkage import Shrinkage
from wd_core.ui.adam import PARTS, _training_words
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


@pytest.mark.parametrize(("power", "said"), [(-1, "most where gradients are small"), (0, "whatever its gradients")])
def test_whom_decay_shrinks_is_what_the_cloud_shows(power: float, said: str):
    gradient = np.geomspace(1e-3, 1e-1, 41)
    words = _training_words({"Adam + L2": Shrinkage(gradient[None] ** power, gradient[None])}, 0)
    assert said in words
    assert ("39.8 times what a spared one loses" if power else "as much as any other") in words
