"""What can be taken away: CSV that says the same, and a page that needs nobody."""

import csv
import io
import re
from html import unescape

import numpy as np

from wd_core import Experiment, train
from wd_core.linear import geometry
from wd_core.ui import geometry as geometry_view
from wd_core.ui.export import as_csv, offline_page, picture_columns
from wd_core.view.picture import make_picture
from wd_core.view.scene import Scene

EXPERIMENT = Experiment(n_samples=40, hidden=(3,), steps=10, lambdas=(0.0, 0.1), seeds=(0, 3))


def test_csv_gives_every_number_back_exactly():
    numbers = np.array([1 / 3, 1e-30, np.nan])
    rows = list(csv.reader(io.StringIO(as_csv({"λ": numbers, "name": ["a,b", 'c"d'], "n": np.arange(3)}))))
    assert rows[0] == ["λ", "name", "n"]
    assert [float(row[0]) for row in rows[1:3]] == numbers[:2].tolist()
    assert [row[1] for row in rows[1:]] == ["a,b", 'c"d', ""]
    assert [row[2] for row in rows[1:]] == ["0", "1", "2"]


def test_csv_text_is_never_a_formula():
    text = as_csv({"=cmd": ["+1", "@x", "-2", "fine"], "n": [-1.5, 2, 3, 4]})
    assert text.splitlines() == ["'=cmd,n", "'+1,-1.5", "'@x,2", "'-2,3", "fine,4"]


def test_a_picture_as_columns_says_what_the_history_says():
    history = train(EXPERIMENT)
    columns = picture_columns(make_picture([history, history], seed=3), reveal=True)
    steps = len(history.steps)
    assert len(columns["lambda"]) == 2 * steps
    assert columns["seed"] == [3] * 2 * steps
    np.testing.assert_array_equal(columns["l2 test_score"], history.test_score[:, 1].ravel())
    np.testing.assert_array_equal(columns["l2 validation_loss"], history.validation_loss[:, 1].ravel())
    np.testing.assert_array_equal(columns["step"][:steps], history.steps)


def test_the_geometrys_columns_are_its_paths():
    H, optimum = geometry.hessian(0.5, 4.0), np.array([1.4, 0.6])
    columns = geometry_view.picture_columns(geometry_view.make_picture(H, optimum))
    path = geometry.solution_path(H, optimum, columns["lambda"], l1_ratio=1.0)
    np.testing.assert_allclose(np.column_stack([columns["l1 w1"], columns["l1 w2"]]), path, rtol=1e-6)


def test_while_the_test_is_covered_no_column_tells_of_it():
    picture = make_picture([train(EXPERIMENT)], seed=0)
    covered, revealed = (set(picture_columns(picture, reveal)) for reveal in (False, True))
    told = {name for name in revealed if "test" in name}
    assert revealed - covered == told == {f"l2 {n}" for n in ("test_loss", "test_score", "mean_test", "se_test")}


SCENE = Scene(EXPERIMENT, against="l1", shown=3, at=0.1)


def offline() -> str:
    return offline_page(make_picture([train(arm) for arm in SCENE.arms], seed=3), SCENE, "http://lab.example/?old=1")


def test_the_offline_page_asks_nobody_for_anything():
    page = offline().replace("http://lab.example/", "")
    assert not re.search(r"""(src)\s*=|@import|url\((?!["']?data:)|https?://(?!www\.w3\.org)""", page)
    assert re.findall(r"<(\w+)[^>]*href", page) == ["a"]
    assert page.count("<script") == page.count("</script>") == 1


def test_the_offline_page_says_what_it_is_of_with_every_setting_and_its_link():
    page = offline()
    (link,) = re.findall(r'<a href="([^"]*)">', page)
    assert link.startswith("http://lab.example/?")
    assert Scene.from_query(unescape(link)) == SCENE
    said = dict(re.findall(r"<tr><th scope=row>(\w+)<td>([^<]*)", page))
    assert {name: unescape(text) for name, text in said.items()} == EXPERIMENT.texts()
    for words in ("Two moons", "20 training examples", "3 tanh units", "L2 against L1", "2 λ × 2 seeds", "10 steps"):
        assert words in page.split("<h1>")[1].split("</h1>")[0]
