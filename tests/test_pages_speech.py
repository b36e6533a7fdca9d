"""The page on speech: its board, its words, what it measures, with few λ and steps."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.studies import speech
from wd_core.ui import measured
from wd_core.ui import speech as page
from wd_core.view.picture import unpack

WHOLE = {name: getattr(speech, name) for name in ("LAMBDAS", "STEPS")}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(speech, "LAMBDAS", (0.0, 1.0, 30.0))
    monkeypatch.setattr(speech, "STEPS", (0, 3, 6))
    monkeypatch.setattr(measured, "SEEDS", (0, 1, 2))
    monkeypatch.setattr(page, "SEEDS", (0, 1, 2))


def test_the_board_follows_and_the_measurement_joins():
    app = AppTest.from_file("../pages/speech.py", default_timeout=60)
    app.query_params["speech_measured"] = "true"
    app.query_params["speech_labels"] = "all under the right name"
    app.run()
    assert not app.exception
    first, second = (unpack(part.proto.bytes) for part in app.get("bidi_component"))
    header, arrays = first
    assert [axis["key"] for axis in header["axes"]] == ["lambda", "step", "utterance"]
    assert len(header["sentences"]) == 3
    assert "λ = 30" in header["sentences"][2]
    assert arrays["p2.values"].shape[:4] == (3, 3, 3, 16)
    assert second[0]["panels"][0]["title"] == "RNN: validation loss"
    text = " ".join(m.value for m in app.markdown)
    assert "**RNN.**" in text
    assert "**GRU.**" in text
    assert "| loss |" in text


def test_the_whole_picture_is_small():
    header, arrays = unpack(page.board(speech.look("wrong", 0)).pack())
    places = [len(axis["values"]) for axis in header["axes"][:2]]
    heats = sum(a.nbytes for name, a in arrays.items() if name.endswith(".values")) / (places[0] * places[1])
    assert heats * len(WHOLE["LAMBDAS"]) * len(WHOLE["STEPS"]) < 500_000


@pytest.mark.parametrize(("ten", "words"), [(float("nan"), "vanished"), (0.0, "vanished"), (1e-7, "vanished"),
                                            (0.034, "3.4 %"), (0.41, "41 %"), (2.5, "explodes")])  # fmt: skip
def test_how_far_the_gradient_reaches_is_said(ten, words):
    assert words in page._reach(ten)


def test_a_picture_of_few_lambdas_comes_first_and_the_others_join(monkeypatch):
    asked, look = [], speech.look

    def noted(labels, seed, on_progress, lambdas=None):
        asked.append(lambdas)
        return look(labels, seed, on_progress, lambdas)

    monkeypatch.setattr(speech, "look", noted)
    monkeypatch.setattr(speech, "LAMBDAS", (0.0, 2.0, 5.0, 20.0))
    monkeypatch.setattr(speech, "FIRST", (0.0, 5.0))
    app = AppTest.from_file("../pages/speech.py", default_timeout=60)
    app.query_params["speech_measured"] = "false"
    app.run()
    assert asked == [(0.0, 5.0), None]
    assert unpack(app.get("bidi_component")[0].proto.bytes)[0]["axes"][0]["values"] == [0.0, 2.0, 5.0, 20.0]
