"""Pages by Streamlit's own tester: controls, messages, and that nothing is lost."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from wd_core import lambda_path, workers
from wd_core.datasets import DATASETS
from wd_core.models import MODELS
from wd_core.ui import lab as lab_page
from wd_core.ui.controls import DEFAULT
from wd_core.ui.runs import longer_path
from wd_core.view.picture import unpack
from wd_core.view.planes import drawable
from wd_core.view.scene import Scene

SMALL = "n_samples=40&hidden=4&steps=20&lambdas=0.001~1.0~4&seeds=0~2"


def lab(query: str = SMALL) -> AppTest:
    app = AppTest.from_file("../app.py", default_timeout=60)
    for pair in filter(None, query.split("&")):
        name, value = pair.split("=")
        app.query_params[name] = value
    return app.run()


def header(app: AppTest) -> dict:
    return unpack(app.get("bidi_component")[0].proto.bytes)[0]


def widget(app: AppTest, kind: str, label: str):
    return next(w for w in getattr(app, kind) if w.label == label)


def test_the_first_picture_is_the_default():
    app = lab("")
    assert not app.exception
    assert header(app)["query"] == DEFAULT.to_query()
    assert len(header(app)["arms"]) == 1


def test_a_picture_that_is_at_hand_comes_before_the_controls_and_the_page_is_the_same(monkeypatch):
    order = []
    for owner, name in ((lab_page, "show_picture"), (lab_page, "scene_from_controls")):
        real = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *a, real=real, name=name: (order.append(name), real(*a))[1])
    pages = [_elements(lab(SMALL.replace("steps=20", "steps=21"))) for _ in range(2)]
    assert order == ["scene_from_controls", "show_picture", "show_picture", "scene_from_controls"]
    assert pages[0] == pages[1]


def _elements(app: AppTest) -> list[tuple[str, str]]:
    """What stands on the page, from top to bottom."""
    return [(node.type, getattr(node, "label", "")) for node in (*app.main, *app.sidebar)]


def test_a_link_opens_what_it_says():
    view = "against=elastic,decoupled&shown=2&plane=1,4&at=0.1&step=9&reveal=1"
    query = f"dataset=wine&noise=0.1&{SMALL}&penalty=l1&{view}"
    app = lab(query)
    assert not app.exception
    found = header(app)
    assert Scene.from_query(found["query"]).arms == Scene.from_query(query).arms
    assert [arm["key"] for arm in found["arms"]] == ["l1", "elastic-decoupled"]
    assert found["seed"] == 2
    assert found["position"] == {"lam": 0.1, "step": 9, "reveal": True}
    assert found["plane"]["x"]["label"] != found["plane"]["y"]["label"]


def test_lambdas_and_seeds_that_no_control_offers_are_kept():
    app = lab("n_samples=40&hidden=4&steps=20&lambdas=0.0,0.02,0.5&seeds=3,8")
    assert header(app)["lambdas"] == [0.0, 0.02, 0.5]
    assert header(app)["seeds"] == [3, 8]
    widget(app, "slider", "Noise").set_value(0.5).run()
    assert not app.exception
    assert header(app)["seeds"] == [3, 8]


@pytest.mark.parametrize(
    "wrong", ["noise=9", "model=linear", "colour=red", "lambdas=a~b~c", "n_samples=nan", "plane=7,7"]
)
def test_a_wrong_part_of_a_link_is_named_and_the_rest_stands(wrong):
    name = wrong.split("=")[0]
    app = lab("&".join([*(p for p in SMALL.split("&") if not p.startswith(f"{name}=")), "activation=relu", wrong]))
    assert not app.exception
    assert name in app.warning[0].value
    assert "activation=relu" in header(app)["query"]


def test_a_link_with_every_setting_of_training_is_what_the_controls_then_say():
    said = (
        "norm=batch&dropout=0.2&input_noise=0.35&decay_layers=1.0,0.5&decay_biases=1&decay_gains=1&schedule=step"
        "&lambda_warmup=0.15&decay_span=0.1,0.8&beta2=0.97&decay=cautious&activation=square&optimizer=adam"
    )
    app = lab(f"{SMALL}&{said}")
    assert not app.exception
    assert not app.warning
    assert scene(app) == Scene.from_query(f"{SMALL}&{said}")
    widget(app, "slider", "Dropout of hidden units").set_value(0.3).run()
    assert scene(app).experiment == Scene.from_query(f"{SMALL}&{said}").experiment.replace(dropout=0.3)
    assert not lab(f"{SMALL}&biases=0").exception


def test_decay_by_layer_has_a_number_for_each_layer_that_can_decay():
    app = lab(f"{SMALL}&hidden=4,3")
    widget(app, "toggle", "A factor on λ for each layer").set_value(True).run()
    assert scene(app).experiment.decay_layers == ()  # all 1 says nothing
    widget(app, "number_input", "Hidden 2").set_value(0.0).run()
    assert scene(app).experiment.decay_layers == (1.0, 0.0, 1.0)
    widget(app, "segmented_control", "Hidden layers").set_value(1).run()
    assert not app.exception
    assert scene(app).experiment.decay_layers == ()
    widget(app, "selectbox", "Model").set_value("logistic").run()
    assert not app.exception


def test_comparing_is_one_click():
    app = lab()
    widget(app, "toggle", "Compare with").set_value(True).run()
    assert [arm["key"] for arm in header(app)["arms"]] == ["l2", "l1"]
    widget(app, "toggle", "Compare with").set_value(False).run()
    assert [arm["key"] for arm in header(app)["arms"]] == ["l2"]


def scene(app: AppTest) -> Scene:
    return Scene.from_query(header(app)["query"])


@pytest.mark.parametrize("dataset", DATASETS)
def test_choosing_a_data_set_gives_what_its_short_link_gives(dataset):
    app = lab()
    if dataset != "moons":
        widget(app, "selectbox", "Data").set_value(dataset).run()
        assert not app.exception
        assert scene(app) == Scene.from_query(f"dataset={dataset}")
        assert header(lab(f"dataset={dataset}"))["id"] == header(app)["id"]


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_model_that_the_lab_offers_is_one_click(dataset):
    source = DATASETS[dataset]
    offered = [name for name, model in MODELS.items() if model.fits(source) and drawable(name, source)]
    app = lab(f"{SMALL}&dataset={dataset}&model={offered[0]}")
    for model in offered:
        box = widget(app, "selectbox", "Model")
        assert len(box.options) == len(offered)
        box.set_value(model).run()
        assert not [*app.exception, *app.error, *app.warning], model
        e = Scene.from_query(header(app)["query"]).experiment
        assert (e.dataset, e.model) == (dataset, model)
        assert len(e.hidden) == (MODELS[model].depth or 1)


def test_a_data_set_comes_back_as_it_was_left():
    app = lab(SMALL)
    widget(app, "selectbox", "Model").set_value("logistic").run()
    left = scene(app)
    widget(app, "selectbox", "Data").set_value("spirals").run()
    assert scene(app).experiment.model == "mlp"
    widget(app, "slider", "Noise").set_value(0.5).run()
    widget(app, "selectbox", "Data").set_value("moons").run()
    assert not app.exception
    assert scene(app) == left
    widget(app, "selectbox", "Data").set_value("spirals").run()
    assert scene(app).experiment.noise == 0.5


@pytest.mark.parametrize("against", ["l1", "l2,decoupled", "elastic"])
def test_what_is_compared_goes_along_to_other_data(against):
    app = lab(f"{SMALL}&against={against}")
    for dataset in ("circles", "sine"):
        widget(app, "selectbox", "Data").set_value(dataset).run()
        keys = [arm["key"] for arm in header(app)["arms"]]
        assert len(set(keys)) == 2
    assert not app.exception


def test_decay_beside_the_step_brings_its_path_unless_one_was_chosen():
    app = lab("")
    widget(app, "selectbox", "Decay").set_value("decoupled").run()
    assert scene(app) == Scene.from_query("decay=decoupled")
    widget(app, "selectbox", "Decay").set_value("coupled").run()
    assert scene(app) == DEFAULT
    widget(app, "select_slider", "λ to").set_value(10.0).run()
    chosen = scene(app).experiment.lambdas
    widget(app, "selectbox", "Decay").set_value("decoupled").run()
    assert scene(app).experiment.lambdas == chosen


def test_a_path_that_ends_at_its_lowest_loss_is_extended_by_one_click():
    app = lab("dataset=sparse&lambdas=0.00001~0.001~8&seeds=0,1,5")
    assert header(app)["arms"][0]["open"] == "high"
    button = widget(app, "button", "Extend it to λ = 0.01")
    button.click().run()
    assert not app.exception
    e = scene(app).experiment
    assert (e.lambdas, e.seeds) == (lambda_path(1e-5, 1e-2, 12), (0, 1, 5))
    widget(app, "button", "Extend it to λ = 0.1").click().run()
    assert header(app)["arms"][0]["open"] == ""
    assert not [b for b in app.button if b.label.startswith("Extend")]


@pytest.mark.parametrize("reveal", [0, 1])
def test_the_labs_csv_has_test_columns_only_once_they_are_revealed(reveal, monkeypatch):
    given = {}
    monkeypatch.setattr("wd_core.ui.lab.csv_button", lambda label, columns, name: given.update(columns()))
    lab(f"{SMALL}&reveal={reveal}")
    assert any("test" in name for name in given) == bool(reveal)
    assert "l2 validation_loss" in given


def test_no_path_is_extended_without_end():
    assert longer_path((0.0, 1e-3, 1e4), {"high"}) == (0.0, 1e-3, 1e4)
    assert longer_path((1e-8, 1.0), {"low"}) == (1e-8, 1.0)
    assert longer_path((0.0, 0.5), {"low", "high"}) == lambda_path(0.05, 5, 2)


def test_settings_that_do_not_fit_are_explained_and_the_picture_stays():
    app = lab(f"dataset=digits&{SMALL}")
    before = header(app)["id"]
    widget(app, "slider", "Examples in all").set_value(40).run()
    widget(app, "slider", "Share for training").set_value(0.1).run()
    assert not app.exception
    assert "train_share=0.1" in app.error[0].value
    assert header(app)["id"] == before
    widget(app, "slider", "Share for training").set_value(0.5).run()
    assert not app.error


def test_start_over_brings_the_default_back():
    app = lab(f"{SMALL}&dataset=spirals&noise=0.1&against=l1")
    widget(app, "button", "Start over").click().run()
    assert not app.exception
    assert header(app)["query"] == DEFAULT.to_query()


def test_settings_outlive_a_visit_to_another_page():
    app = lab(f"{SMALL}&activation=relu&against=l1")
    app.switch_page("pages/method.py").run()
    assert not app.exception
    app.switch_page("pages/lab.py").run()
    assert not app.exception
    e = Scene.from_query(header(app)["query"])
    assert (e.experiment.activation, e.against) == ("relu", "l1")


def test_a_training_that_dies_is_a_sentence_and_the_last_picture_stays(monkeypatch):
    app = lab()
    before = header(app)["id"]

    def die(*args, **kwargs):
        raise workers.Died(workers.DIED)

    monkeypatch.setattr("wd_core.ui.shared.train_all", die)
    widget(app, "slider", "Noise").set_value(0.55).run()
    assert not app.exception
    assert "Lower steps" in app.error[0].value
    assert "still shows" in app.error[0].value
    assert header(app)["id"] == before
    fresh = lab(f"{SMALL}&noise=0.65")
    assert not fresh.exception
    assert "Lower steps" in fresh.error[0].value
    monkeypatch.undo()
    widget(app, "slider", "Noise").set_value(0.6).run()
    assert not app.error
    assert header(app)["id"] != before


def test_a_visitor_never_sees_a_trace():
    config = Path(__file__).parents[1].joinpath(".streamlit/config.toml").read_text(encoding="utf-8")
    assert 'showErrorDetails = "none"' in config


def test_work_that_died_twice_is_said_in_words_on_every_page(monkeypatch):
    def dies(*args: object) -> None:
        raise workers.Died(workers.DIED)

    monkeypatch.setattr(lab_page, "show", dies)
    app = lab()
    assert not app.exception
    assert [error.value for error in app.error] == [workers.DIED]


def test_full_batches_are_said_as_all_examples():
    app = lab()
    batch = widget(app, "selectbox", "Batch")
    assert (batch.value, batch.options[batch.index]) == (0, "all examples")
    batch.set_value(5).run()
    assert app.session_state["scene"].experiment.batch_size == 5
    widget(app, "selectbox", "Batch").set_value(0).run()
    assert app.session_state["scene"].experiment.batch_size is None
