"""The companions' page, part by part; and the links of its table."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.datasets import DATASETS
from wd_core.ui import companions
from wd_core.view.picture import unpack_header
from wd_core.view.scene import Scene

TITLE = DATASETS["breast_cancer"].title


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../pages/companions.py", default_timeout=90)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("part", companions.PARTS)
def test_every_part_shows_its_board(part):
    app = page(companions_part=part, companions_data=TITLE)
    assert not app.exception
    header, _ = unpack_header(app.get("bidi_component")[0].proto.bytes)
    assert len(header["sentences"]) == len(header["axes"][0]["values"])


@pytest.mark.parametrize("which", ["Noise on the inputs", "Dropout on the inputs"])
def test_every_disguise(which):
    assert not page(companions_part="In disguise", disguise=which).exception


def test_every_number_of_the_table_opens_the_experiment_that_it_is_of():
    app = page(companions_data=TITLE)
    table = next(m.value for m in app.markdown if m.value.startswith("| companion"))
    links = re.findall(r"\]\(\./\?([^)]*)\)", table)
    assert len(links) == 4 * 4  # no hidden layer to normalise
    for link in links:
        scene = Scene.from_query(link)
        assert scene.experiment.dataset == "breast_cancer"
        assert scene.experiment.seeds == companions.SEEDS
