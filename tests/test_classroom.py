"""Links for a class: what they take away, that they are short, and that they cannot make the picture say anything."""

import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.payloads import EVIL, PAYLOADS
from wd_core.ui.classroom import frame, qr_code
from wd_core.ui.text import JOINER
from wd_core.view.classroom import FIELDS, GROUPS, LONGEST, PLAIN, Classroom, link, read, shortest, without
from wd_core.view.picture import unpack, unpack_header
from wd_core.view.scene import Scene

SMALL = "n_samples=40&hidden=4&steps=20&lambdas=0.001~1.0~4&seeds=0~2"
ROOMS = [
    PLAIN, Classroom(keep=()), Classroom(keep=("data", "penalty"), cover=True), Classroom(say="a & b=c ? λ"),
    Classroom(present=True, cover=True, say="ü"),
]  # fmt: skip


@pytest.mark.parametrize("room", ROOMS)
def test_a_link_says_the_room_and_the_scene(room):
    scene = Scene.from_query("dataset=circles&at=0.1&reveal=1")
    whole = link("http://host:8501/?old=1", scene.to_query(), room)
    query = whole.partition("?")[2]
    from urllib.parse import parse_qsl

    found, wrong = read(dict(parse_qsl(query)))
    assert not wrong
    assert found.pairs() == room.pairs()
    assert Scene.from_query(without(query)) == scene
    assert whole.startswith("http://host:8501/?dataset")


def test_a_link_is_short():
    long = Scene.from_query("dataset=circles&at=0.1").to_query()
    assert shortest(long) == "dataset=circles&at=0.1"
    changed = Scene.from_query("dataset=circles&lr=0.03&against=l2&step=9")
    assert Scene.from_query(shortest(changed.to_query())) == changed
    assert len(shortest(changed.to_query())) < 60
    assert shortest("lesson=too_much&step=2&keep=none") == "lesson=too_much&step=2"
    assert link("http://host/", "", PLAIN) == "http://host/"


@pytest.mark.parametrize("pairs", [{"keep": "data,magic"}, {"cover": "yes"}, {"present": "<b>"}, {"keep": ""}])
def test_what_makes_no_sense_is_named_and_left_out(pairs):
    found, wrong = read(pairs)
    assert found == PLAIN
    assert len(wrong) == 1
    assert "allowed:" in wrong[0]


def test_no_field_of_a_room_is_one_of_a_scene():
    scene = Scene.from_query("")
    assert not set(FIELDS) & {*vars(scene), *vars(scene.experiment)}


def test_a_sentence_is_cut():
    assert len(Classroom(say="λ" * 5000).say) == LONGEST


def lab(**query: str) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    for pair in SMALL.split("&"):
        name, value = pair.split("=")
        app.query_params[name] = value
    return app.run()


def other(page: str, **query: str) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=120)
    app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def messages(app: AppTest) -> list[tuple[dict, bytes]]:
    return [unpack_header(e.proto.bytes) for e in app.get("bidi_component") if e.proto.bytes[:4] == b"WDL1"]


def message(app: AppTest) -> bytes:
    return next(e.proto.bytes for e in app.get("bidi_component") if e.proto.bytes[:4] == b"WDL1")


def picture(app: AppTest) -> tuple[dict, bytes]:
    return messages(app)[0]


def test_a_class_sees_the_same_picture():
    plain, room = picture(lab(at="0.1")), picture(lab(keep="none", present="1", say="It is all wrong", at="0.1"))
    assert room == plain


def test_covered_test_data_are_not_in_the_message_and_all_else_is():
    plain, covered = (unpack(message(lab(against="l1", **query))) for query in ({}, {"cover": "1"}))
    points = plain[0]["points"]
    assert covered[0]["points"] == points | {"test": 0}
    seen = points["train"] + points["validation"]
    assert not [name for name in covered[1] if "test" in name]
    for name, array in plain[1].items():
        if "test" not in name:
            cut = {"points": array[:seen], "labels": array[:seen]}.get(name, array)
            cut = array[..., :seen] if name.endswith(".wrong") else cut
            np.testing.assert_array_equal(covered[1][name], cut)


PAGES = {"choosing": "cv_test", "paths": "reveal_test", "beyond": "beyond_test"}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_with_a_test_part_keeps_it_covered(page):
    app = other(page, cover="1", **{PAGES[page]: "true"})
    assert PAGES[page] not in {toggle.key for toggle in app.toggle}
    assert any("keeps test data covered" in caption.value for caption in app.caption)
    assert app.session_state["class-covers"]
    names = [name for m in messages(app) for name in [*m[0].get("sentences", ()), *columns_of(m[0])]]
    assert not [name for name in names if re.search(r"\btest\b", name)]


def columns_of(header):
    return [s["name"] for panel in header.get("panels", ()) for s in panel.get("series", ())]


def test_controls_of_other_pages_go_where_the_link_says_so():
    def gone(page, **query):
        return any("stSelectbox" in e.proto.body for e in other(page, **query).get("html"))

    assert gone("rates", keep="none")
    assert not gone("rates")
    assert not gone("lessons", keep="none")  # nothing could be predicted


def test_test_data_stay_covered_even_where_the_link_reveals_them():
    app = lab(cover="1", reveal="1")
    assert picture(app)[0]["covered"]
    assert not app.session_state["position"].reveal
    assert not picture(lab(reveal="1"))[0]["covered"]
    assert lab(reveal="1").session_state["position"].reveal


def hidden(app: AppTest) -> str:
    bodies = [e.proto.body for e in app.get("html")]
    return " ".join(body for body in bodies if "display: none" in body and "controls-" in body)


def test_controls_are_taken_away_by_group():
    found = hidden(lab(keep="penalty,data"))
    assert {name for name in GROUPS if f"controls-{name} " in f"{found} ".replace(",", " ")} == {
        *GROUPS} - {"penalty", "data"}
    assert "stSidebar" not in found
    assert "stSidebar" in hidden(lab(keep="none"))
    assert hidden(lab()) == ""


@pytest.mark.parametrize("payload", PAYLOADS[::5])  # tests/test_text.py has them all
def test_the_links_sentence_is_text_and_marked_as_the_links(payload):
    app = AppTest.from_file("../app.py", default_timeout=30)
    app.switch_page("pages/method.py")
    app.query_params["say"] = payload
    said = app.run().markdown[0].value
    assert said.startswith("**Your link says:** “")
    assert not re.search(rf"(?<!\\)(\]\(|<\w)|https?://{EVIL}", said)
    assert JOINER in said or ":" not in payload


def test_offering_is_left_out_where_one_presents():
    def offers(**query):
        return any(button.label == "Make a link for class" for button in lab(**query).button)

    assert offers()
    assert not offers(present="1")


def test_the_frame_keeps_what_a_link_says_inside_its_quotes():
    made = frame('http://host/?say="><script>alert(1)</script>')
    assert made.count("<") == 2
    assert "&quot;&gt;&lt;script" in made


def test_a_qr_code_is_a_picture_with_words():
    made = qr_code("http://host/?dataset=circles")
    assert made.startswith('<img src="data:image/svg+xml')
    assert 'alt="QR code' in made
