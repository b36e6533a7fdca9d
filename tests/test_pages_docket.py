"""The docket: all claims at a glance, filters, predictions, one claim opened, and a run of the visitor's own."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from wd_core.claims import CLAIMS
from wd_core.claims._claim import Setting, Trial
from wd_core.claims._result import Result, rounded
from wd_core.claims._store import Stored
from wd_core.claims._table import mean_and_interval
from wd_core.figures.evidence import evidence_figure
from wd_core.studies.evidence import Paired
from wd_core.ui import claim as claim_view
from wd_core.ui import docket as docket_view


@pytest.fixture(autouse=True)
def store(monkeypatch):
    """Made-up results of every claim but one, each with its own verdict; what the real store says is not asked."""
    found = {}
    for claim in CLAIMS.values():
        if claim.trial and claim.name != "both_ends":
            effect = {"generalises": 5.0, "not_always": -5.0}.get(claim.name, 0.0)
            found[claim.name] = Stored(made_up(claim.name, effect), "2026-11-24T21:00:00+00:00", "", 3.0)
    monkeypatch.setattr(docket_view, "results", lambda changed, file: found)
    return found


def made_up(name: str, effect: float) -> Result:
    claim, spread = CLAIMS[name], np.linspace(-1, 1, 15)
    trials = {
        d: rounded(Trial({p.name: effect + spread for p in claim.parts}, {"an arm": spread}, "?dataset=moons"))
        for d in claim.datasets
    }
    return Result(claim, tuple(range(15)), claim.lambdas, trials)


def page(**query: str) -> AppTest:
    app = AppTest.from_file("../pages/docket.py", default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def button(app: AppTest, start: str):
    return next(b for b in app.button if b.label.startswith(start))


def rows(app: AppTest) -> list[str]:
    return [b.label for b in app.button if b.key and b.key.startswith("open-claim-")]


def words(app: AppTest) -> str:
    return "\n".join(e.value for kind in (app.markdown, app.header, app.subheader, app.caption, app.info) for e in kind)


def test_every_claim_stands_there_with_source_and_verdict():
    found = rows(page())
    assert len(found) == len(CLAIMS)
    assert "*✓ holds* *15 seeds, 6 data sets*" in found[0]
    assert any("*✕ fails*" in row for row in found)
    assert any("*· not run yet*" in row for row in found)
    assert any("*– not testable*" in row for row in found)


def test_filters_by_source_and_verdict():
    app = page()
    app.button_group(key="docket_source").set_value(["S4"]).run()
    assert len(rows(app)) == sum("S4" in claim.sources for claim in CLAIMS.values())
    app.button_group(key="docket_source").set_value([]).run()
    app.button_group(key="docket_verdict").set_value(["fails"]).run()
    assert rows(app) == [r for r in rows(page()) if "fails" in r]


def test_a_symbol_that_begins_a_title_stays_what_it_is():
    titles = [s.value for s in page(claim="choosing_lambda").subheader]
    assert "λ is sensitive" in titles
    assert "Cross-validation finds λ" in titles


def test_a_claim_opens_and_goes_back(store):
    app = page()
    button(app, "1 **").click().run()
    assert app.header[0].value == f"1 · {CLAIMS['generalises'].says}"
    assert app.query_params["claim"] == "generalises"
    assert any(s.value == "Verdict: ✓ holds" for s in app.subheader)
    assert "computed on 2026-11-24 at 21:00:00 UTC" in words(app)
    evidence = mean_and_interval(store["generalises"].result.paired("clean labels")["moons"])
    assert f"[Two moons](./?dataset=moons) | {evidence} | **holds**" in words(app)
    button(app, "All claims").click().run()
    assert len(rows(app)) == len(CLAIMS)
    assert "claim" not in app.query_params


@pytest.mark.parametrize("name", CLAIMS)
def test_every_claim_can_be_opened_by_its_link(name):
    app = page(claim=name)
    assert app.header[0].value.startswith(f"{CLAIMS[name].number} · ")
    assert CLAIMS[name].untestable in words(app)


def test_a_link_to_nothing_opens_the_list():
    assert len(rows(page(claim="<b>nothing"))) == len(CLAIMS)


def test_predict_first_covers_the_verdict_until_it_is_guessed():
    app = page()
    app.toggle(key="docket_predict").set_value(True).run()
    assert not [row for row in rows(app) if "holds" in row or "fails" in row]
    button(app, "1 **").click().run()
    assert not any("Verdict" in s.value for s in app.subheader)
    assert "[Two moons]" not in words(app)
    button(app, "Depends").click().run()
    assert "You said *depends*; the numbers say *holds*." in words(app)
    assert "Of your 1 prediction, 0 came out." in words(app)
    button(app, "All claims").click().run()
    assert [row for row in rows(app) if "holds" in row]
    assert "Of your 1 prediction, 0 came out." in words(app)
    button(app, "2 **").click().run()
    button(app, "Fails").click().run()
    assert "Of your 2 predictions, 1 came out." in words(app)


def test_a_link_can_cover_a_claim():
    assert not any("Verdict" in s.value for s in page(claim="generalises", docket_predict="true").subheader)


def test_contradictions_stand_as_pairs():
    app = page()
    pairs = [claim for claim in CLAIMS.values() if claim.against]
    assert {b.key for b in app.button if b.key and b.key.startswith("pair-")} == {f"pair-{c.name}" for c in pairs}
    for claim in pairs:
        assert all(other.says in words(app) for other in claim.against)


def test_a_run_of_ones_own_takes_the_place_of_the_stored_one(monkeypatch):
    asked = []

    def trial(s: Setting, on_progress) -> Trial:
        asked.append(s)
        return Trial({p.name: np.full(len(s.seeds), -3.0) for p in CLAIMS["shrinks"].parts})

    claims = {**CLAIMS, "shrinks": replace(CLAIMS["shrinks"], trial=trial)}
    monkeypatch.setattr(docket_view, "CLAIMS", claims)
    monkeypatch.setattr(claim_view, "away", lambda task, cost, progress: task(progress))
    app = page(claim="shrinks")
    app.multiselect[0].set_value(["iris", "spirals"])
    app.select_slider(key="run seeds shrinks").set_value(30)
    app.select_slider(key="run lambdas shrinks").set_value("ten times").run()
    button(app, "Run").click().run()
    assert not app.exception
    assert [(s.dataset, len(s.seeds), s.lambdas) for s in asked] == [
        ("iris", 30, (0.01, 0.1, 1.0)), ("spirals", 30, (0.01, 0.1, 1.0))]  # fmt: skip
    assert "Your run." in words(app)
    assert any(s.value == "Verdict: ✕ fails" for s in app.subheader)
    button(app, "Back to the stored result").click().run()
    assert not any(s.value == "Verdict: ✕ fails" for s in app.subheader)
    assert len(asked) == 2


def test_a_claim_without_a_result_can_be_run():
    app = page(claim="both_ends")
    assert "Not run yet" in words(app)
    assert button(app, "Run")


def test_the_figure_has_a_dot_a_seed_the_mean_its_interval_and_the_margin():
    values = np.array([1.0, 2.0, 3.0, np.nan])
    figure = evidence_figure({"one": Paired(values), "two": Paired(values + 1)}, "points", 0.5)
    by_name = {trace.name: trace for trace in figure.data}
    np.testing.assert_array_equal(by_name["two"].x, [2, 3, 4])
    mean = by_name["mean one"]
    low, high = Paired(values).interval
    assert (mean.x[0] - mean.error_x.arrayminus[0], mean.x[0] + mean.error_x.array[0]) == pytest.approx((low, high))
    (margin,) = figure.layout.shapes
    assert (margin.x0, margin.x1) == (-0.5, 0.5)
    assert list(figure.layout.yaxis.ticktext) == ["two", "one"]  # from below
    assert not evidence_figure({"one": Paired(values)}, "points").layout.shapes


def test_the_file_to_take_away_has_every_seed():
    result = made_up("generalises", 1.0)
    columns = claim_view.columns(result)
    assert {len(values) for values in columns.values()} == {15 * len(CLAIMS["generalises"].datasets)}
    assert {"data set", "seed", "clean labels", "an arm"} <= set(columns)
