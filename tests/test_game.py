"""The game: points by hand and under what must not change them, what is hidden stays out of the message, and its page
without a browser."""

import re
from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from tests.payloads import EVIL, PAYLOADS
from wd_core.studies.game import COIN, DEALS, experiments, losses, over_deals, points, trained
from wd_core.ui import game
from wd_core.view.game import Play, deals_board, game_board, read_play
from wd_core.view.picture import unpack, unpack_header


@pytest.fixture(scope="module")
def deal():
    return trained((4,))


@pytest.fixture(scope="module")
def everyone():
    return trained(tuple(range(DEALS)))


# ---------------------------------------------------------------- points


def test_points_by_hand():
    loss = np.array([2.0, COIN, COIN - 0.1, COIN - 0.4, COIN - 0.399, np.inf])
    assert [points(loss, i) for i in range(6)] == [0, 0, 25, 100, 99, 0]


def test_where_no_lambda_beats_the_coin_only_the_lowest_counts():
    assert [points(np.array([0.9, 0.7, 0.8]), i) for i in range(3)] == [0, 100, 0]


def test_points_do_not_depend_on_the_order_or_on_what_is_worse_than_a_coin():
    rng = np.random.default_rng(0)
    loss = rng.uniform(0.3, 2.0, 19)
    order = rng.permutation(19)
    found = np.array([points(loss, i) for i in range(19)])
    assert [points(loss[order], i) for i in range(19)] == found[order].tolist()
    assert [points(np.where(loss > COIN, 9.0, loss), i) for i in range(19)] == found.tolist()
    assert (np.diff(found[np.argsort(loss)]) <= 0).all()
    assert found.max() == 100
    assert (found == 100).sum() == 1


# ---------------------------------------------------------------- who was fooled


def test_a_choice_among_noise_promises_too_much_and_a_fixed_lambda_does_not():
    rng = np.random.default_rng(1)
    noise = rng.normal(0.5, 0.1, (2, 19, DEALS))
    verdict = over_deals(noise[0], noise[1], 3, 0)
    assert verdict.choosing_fools
    assert verdict.chosen.mean == pytest.approx((0.5 - noise[0].min(0)).mean(), abs=0.06)
    assert not over_deals(noise[0], noise[0], 3, 0).choosing_fools  # a test part that is the validation part again


def test_the_deal_in_which_the_lambda_was_chosen_does_not_speak_for_it():
    validation, test = np.full((2, 3), 0.5), np.full((2, 3), 0.5)
    test[1] = [9.0, 0.6, 0.7]
    verdict = over_deals(validation, test, 1, 0)
    np.testing.assert_allclose(verdict.fixed.differences, [0.1, 0.2])
    np.testing.assert_allclose(verdict.gain.differences, [-0.1, -0.2])


def test_what_the_page_says_of_choosing_is_so(everyone):
    validation, test = (losses(everyone, part).mean(0) for part in ("validation", "test"))
    assert experiments()[0].lambdas[0] == 0
    assert (validation.min(0) < COIN).all()  # in no deal a coin is best
    verdict = over_deals(validation, test, int(test.mean(1).argmin()), 0)
    assert verdict.choosing_fools
    assert verdict.gain.interval[0] > 0
    own = np.array([loss.argmin() for loss in losses(everyone, "test").mean(-1)])
    assert len(set(own.tolist())) > 1  # one λ is a compromise


def test_a_deal_is_the_same_alone_and_among_all(deal, everyone):
    for alone, among in zip(deal, everyone, strict=True):
        np.testing.assert_array_equal(alone.weights[:, 0], among.weights[:, 4])
        np.testing.assert_array_equal(alone.validation_loss[:, 0], among.validation_loss[:, 4])


def test_a_diverged_run_is_worth_nothing(deal):
    lost = [replace(h, validation_loss=np.full_like(h.validation_loss, np.nan)) for h in deal[:1]] + deal[1:]
    loss = losses(lost, "validation").mean(0)[:, 0]
    assert np.isinf(loss).all()


# ---------------------------------------------------------------- what is hidden


STAGES = {
    "play": Play(4), "looked": Play(4, (3, 9)), "locked": Play(4, (3,), 9), "revealed": Play(4, (3,), 9, True),
}  # fmt: skip
HIDDEN = {"play": ("validation", "test"), "looked": ("test",), "locked": ("test",), "revealed": ()}


def other(histories, part, keep=()):
    """The same trainings with other losses of a part, but for the λ `keep`."""
    found = []
    for h in histories:
        loss = getattr(h, f"{part}_loss")
        changed = loss * 0.5 + 0.1
        changed[list(keep)] = loss[list(keep)]
        found.append(replace(h, **{f"{part}_loss": changed, f"{part}_score": 1 - getattr(h, f"{part}_score")}))
    return found


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("part", ["validation", "test"])
def test_the_message_depends_on_a_part_only_once_it_is_seen(stage, part, deal):
    before = game_board(STAGES[stage], deal).pack()
    after = game_board(STAGES[stage], other(deal, part)).pack()
    assert (before == after) == (part in HIDDEN[stage])


def test_a_look_shows_the_lambda_that_was_looked_at_and_no_other(deal):
    before = game_board(STAGES["looked"], deal).pack()
    assert game_board(STAGES["looked"], other(deal, "validation", keep=(3, 9))).pack() == before
    header, arrays = unpack(before)
    place = [series["name"] for series in header["panels"][0]["series"]].index("validation where you looked")
    levels = arrays[f"p0.y{place}"]
    assert np.flatnonzero(levels != 65535).tolist() == [3, 9]
    expected = losses(deal, "validation").mean(0)[[3, 9], 0] / 1.25
    np.testing.assert_allclose(levels[[3, 9]] / 65534, expected.clip(0, 1), atol=1e-4)


def test_marks_are_the_visitors_and_the_lowest(deal):
    header, arrays = unpack(game_board(STAGES["revealed"], deal).pack())
    found = {mark["label"]: int(arrays[f"p0.mark{i}"]) for i, mark in enumerate(header["panels"][0]["marks"])}
    said = {name: at for label, at in found.items() for name in label.split(", ")}
    lowest = {part: int(losses(deal, part).mean(0)[:, 0].argmin()) for part in ("validation", "test")}
    assert said == {"you": 9, "lowest validation": lowest["validation"], "lowest test": lowest["test"]}


def test_all_deals_are_means_with_their_standard_errors(everyone):
    validation, test = (losses(everyone, part).mean(0) for part in ("validation", "test"))
    header, arrays = unpack(deals_board(validation, test, STAGES["revealed"]).pack())
    assert [series["name"] for series in header["panels"][0]["series"]][:2] == ["validation", "test"]
    mean, error = test.mean(1), test.std(1, ddof=1) / np.sqrt(DEALS)
    np.testing.assert_allclose(arrays["p0.y1"] / 65534, (mean / 1.25).clip(0, 1), atol=1e-4)
    np.testing.assert_allclose(arrays["p0.high1"] / 65534, ((mean + error) / 1.25).clip(0, 1), atol=1e-4)


# ---------------------------------------------------------------- links


@pytest.mark.parametrize("play", [*STAGES.values(), Play(39, (0, 18, 5, 7, 1), 18, True), Play(0, (), 0)])
def test_a_game_survives_its_link(play):
    assert read_play(play.pairs()) == (play, [])


WRONG = [
    ("deal", "0"), ("deal", "41"), ("deal", "²"), ("looks", "1.1"), ("looks", "1.2.3.4.5.6"), ("looks", "19"),
    ("looks", "."), ("lock", "19"), ("lock", "-1"), ("test", "1"), ("test", "yes"), ("looks", "1." * 9999),
    *((name, PAYLOADS[0]) for name in ("deal", "looks", "lock", "test")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), WRONG)
def test_a_link_that_makes_no_sense_is_named_and_left_out(name, text):
    play, wrong = read_play({name: text})
    assert play == Play()
    assert len(wrong) == 1
    assert wrong[0].startswith(f"{name}=")
    assert "allowed: " in wrong[0]
    assert len(wrong[0]) < 200


# ---------------------------------------------------------------- the page


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


def test_a_game_from_the_first_look_to_the_next_deal(everyone, monkeypatch):
    monkeypatch.setattr(game, "trained", lambda deals, *_: everyone if len(deals) == DEALS else trained(deals))
    app = page(deal="2")
    app.button(key="game look").click().run()
    assert app.query_params["looks"] == "9"
    assert app.button(key="game look").label == "Seen: λ = 0.0077 (4 left)"
    app.button(key="game look").click().run()
    assert app.query_params["looks"] == "9"  # a second look is none
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
