"""The page on language: both parts with few λ and steps, names that cannot be read, what is measured."""

import pytest
from streamlit.testing.v1 import AppTest

from wd_core.studies import language, letters
from wd_core.ui import language as page
from wd_core.ui import letters as spelling
from wd_core.ui import measured
from wd_core.view.picture import unpack

WHOLE = {"LAMBDAS": language.LAMBDAS, "STEPS": language.STEPS, "SEEDS": measured.SEEDS}


@pytest.fixture(autouse=True)
def small(monkeypatch):
    monkeypatch.setattr(language, "LAMBDAS", (0.0, 3.0, 30.0))
    monkeypatch.setattr(language, "STEPS", (0, 2, 4))
    monkeypatch.setattr(letters, "LAMBDAS", (0.0, 3.0))
    monkeypatch.setattr(letters, "SHOWN", (0, 2, 4))
    monkeypatch.setattr(letters, "STEPS", 4)
    monkeypatch.setattr(letters, "INVENTED", 30)
    for module in (measured, page, spelling):
        monkeypatch.setattr(module, "SEEDS", (0, 1, 2))


def opened(**query: str) -> AppTest:
    app = AppTest.from_file("../pages/language.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


def test_what_is_measured_is_allowed():
    """With all λ, steps and seeds, whatever the rates of the cost model say."""
    for model in language.MODELS:
        e = language.recipe(model, (0,)).replace(lambdas=WHOLE["LAMBDAS"], steps=WHOLE["STEPS"][-1])
        assert e.replace(seeds=WHOLE["SEEDS"]).n_parameters


def test_a_typed_name_is_read_and_measured_over_seeds():
    app = opened(language_name="Virtanen", language_measured="true")
    assert not app.exception
    assert not app.warning
    (header, arrays), (second, _) = (unpack(part.proto.bytes) for part in app.get("bidi_component"))
    assert [axis["key"] for axis in header["axes"]] == ["lambda", "step", "head"]
    assert arrays["p2.values"].shape == (3, 3, 5, 8, 8)
    assert header["panels"][2]["rows"] == list("VIRTANEN")
    assert "Transformer says" in header["sentences"][0]
    assert "In truth Finnish" in header["sentences"][0]
    assert second["panels"][0]["title"] == "Transformer: validation loss"


@pytest.mark.parametrize(("name", "words"), [("", "empty"), ("R2D2", "has 2"), ("y" * 200, "200 letters"),
                                             ("[x](http://a.b)", "letters from a to z")])  # fmt: skip
def test_what_is_no_name_gets_a_sentence_and_the_first_name_stays(name, words):
    app = opened(language_name="Aho")
    app.text_input(key="language_name").set_value(name).run()
    assert not app.exception
    assert words in app.warning[0].value
    assert "](" not in app.warning[0].value.replace("\\](", "")
    header, _ = unpack(app.get("bidi_component")[0].proto.bytes)
    assert header["panels"][2]["rows"] == list(page.FIRST_NAME.upper())


def test_spelling_marks_copies_and_is_measured():
    app = opened(language_part="Spell a name", letters_language="Dutch", letters_measured="true")
    assert not app.exception
    (header, _), (second, _) = (unpack(part.proto.bytes) for part in app.get("bidi_component"))
    words = next(p for p in header["panels"] if p["kind"] == "words")
    seen = set(letters.names_of("Dutch", 0).names["train"])
    assert len(words["items"]) == 2 * 3
    assert all(flag == (text in seen) for place in words["items"] for text, flag in place)
    assert [p["title"] for p in second["panels"]][:2] == ["Bits per letter, validation", "Copied names, last step"]
    assert any("bits per letter saved" in m.value and "beside early stopping" in m.value for m in app.markdown)


def test_words_of_spelling_follow_the_numbers():
    it = spelling.look("Finnish", lambda share: None)
    text = spelling.words(it, 0)
    assert f"{it.spelled.bits['validation'][0, 0, -1]:.2f} bits" in text
    assert f"{100 * it.copied[0, -1]:.0f} % of 30" in text
    it.spelled.bits["validation"][0, 0, 1] = 0.5
    it.copied[0, 1] = 0.4
    assert "least at step 2: 0.50 bits, 40 % copies" in spelling.words(it, 0)


def test_a_picture_of_few_lambdas_comes_first_and_the_others_join(monkeypatch):
    asked, look = [], language.look

    def noted(seed, on_progress, lambdas=None):
        asked.append(lambdas)
        return look(seed, on_progress, lambdas)

    monkeypatch.setattr(language, "look", noted)
    monkeypatch.setattr(language, "LAMBDAS", (0.0, 2.0, 5.0, 20.0))
    monkeypatch.setattr(language, "FIRST", (0.0, 5.0))
    app = opened(language_measured="false")
    header, _ = unpack(app.get("bidi_component")[0].proto.bytes)
    assert asked == [(0.0, 5.0), None]
    assert header["axes"][0]["values"] == [0.0, 2.0, 5.0, 20.0]
