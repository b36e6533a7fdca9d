"""The game's page without a browser: look, lock, reveal; links that claim, and a class that keeps the test covered."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from tests.payloads import EVIL, PAYLOADS
from wd_core.studies.game import losses, points, trained
from wd_core.view.picture import unpack_header


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.switch_page("pages/game.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(element.value for kind in ("title", "caption", "markdown", "info", "warning", "code")
                     for element in getattr(app, kind))  # fmt: skip


def series(app: AppTest) -> list[str]:
    boards = [unpack_header(element.proto.bytes)[0] for element in app.get("bidi_component")]
    assert all(board["guest"] for board in boards)  # the address is the game's
    return [s["name"] for board in boards for panel in board["panels"] for s in panel.get("series", ())]


def test_a_game_from_the_first_look_to_the_next_deal():
    app = page(deal="2")
    app.button(key="game look").click().run()
    assert app.query_params["looks"] == "9"
    assert app.button(key="game look").disabled  # here one has looked
    assert "| λ, looked at |" in texts(app)
    app.button(key="game on").click().run()
    assert app.query_params["lock"] == "9"
    validation, test = (losses(trained((1,)), part).mean(0)[:, 0] for part in ("validation", "test"))
    assert f"**{points(validation, 9)} points** by validation" in app.info[0].value
    assert f"{validation[9]:.3f}" in app.info[0].value
    assert "after 1 look:" in app.info[0].value
    assert "test" not in series(app)
    assert f"{test[9]:.3f}" not in texts(app)
    app.button(key="game on").click().run()
    assert app.query_params["test"] == "1"
    assert f"**{points(test, 9)} points** by test" in app.info[0].value
    assert f"the test part shows {test[9]:.3f}" in app.info[0].value
    assert "choosing** that fools" in texts(app)
    assert series(app).count("test") == 2  # this deal and all of them
    assert "?deal=2&looks=9&lock=9&test=1" in app.code[0].value
    app.button(key="game on").click().run()
    assert dict(app.query_params) == {"deal": "3"}


def test_five_looks_are_all():
    app = page(looks="0.1.2.3.4")
    assert app.button(key="game look").disabled
    assert "(0 left)" in app.button(key="game look").label


def test_a_class_link_keeps_the_test_part_covered():
    app = page(lock="9", test="1", cover="1")
    assert "test" not in series(app)
    assert "by test" not in texts(app)
    assert "keeps the test part covered" in texts(app)
    assert app.button(key="game on").label == "Next deal"
    app.button(key="game again").click().run()
    assert app.query_params["cover"] == "1"  # and cannot be shaken off by playing on


@pytest.mark.parametrize("field", ["deal", "looks", "lock", "test"])
@pytest.mark.parametrize("payload", PAYLOADS[:3])
def test_a_link_that_lies_is_named_and_stays_text(field, payload):
    app = page(**{field: payload})
    assert len(app.warning) == 1
    assert not re.search(rf"(?<!\\)(\]\(|<\w)|https?://{EVIL}", app.warning[0].value)
    assert app.button(key="game look").label.endswith("(5 left)")
