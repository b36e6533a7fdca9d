"""The Lab's native controls: a Scene into widgets, the widgets' values into a Scene.

Each widget's key is the name of its field, and its value outlives a page change. Options and ranges always hold the
present value, so that a link may say what no widget offers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from wd_core.datasets import DATASETS, FEATURES, Dataset
from wd_core.experiment import Experiment, opening
from wd_core.models import MODELS
from wd_core.ui import own_points, runs
from wd_core.ui.widgets import KEEP, options, range_slider
from wd_core.view.picture import GLYPHS
from wd_core.view.planes import drawable
from wd_core.view.scene import Scene

PENALTY_NAMES = {
    name: f"{GLYPHS[name]} {text}"
    for name, text in {"l2": "L2", "l1": "L1", "elastic": "elastic", "none": "none"}.items()
}
DECAY_NAMES = {
    "coupled": "coupled (in the objective)",
    "decoupled": "decoupled (AdamW)",
    "decoupled_paper": "decoupled, without the learning rate",
    "cautious": "cautious (decoupled, where it agrees with the step)",
    "subgradient": "coupled, L1 by subgradient",
}
ACTIVATION_NAMES = {
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "sigmoid": "sigmoid",
    "square": "square",
    "identity": "identity",
}
OPTIMIZER_NAMES = {"adam": "Adam", "sgd": "SGD", "momentum": "SGD with momentum", "nesterov": "Nesterov"}
LEARNING_RATES = (1e-4, 3e-4, 1e-3, 3e-3, 0.01, 0.03, 0.1, 0.3, 1.0)
BETAS = (0.9, 0.95, 0.98, 0.99, 0.999)
SCHEDULE_NAMES = {
    "constant": "constant",
    "cosine": "half a cosine to 0",
    "step": "in steps: ÷ 10 at ½, and again at ¾",
    "warmup_cosine": "warm-up, then a cosine",
}
NORM_NAMES = {"none": "none", "batch": "batch norm", "layer": "layer norm"}
BATCH_SIZES = (0, 1, 5, 10, 20, 50, 100)
"""0: all examples. To Streamlit None is nothing chosen."""
OWN_PAGES = {
    "digits": ("pages/images.py", "What networks see in these", ":material/image_search:"),
    "fashion": ("pages/images.py", "What networks see in these", ":material/image_search:"),
    "vowels": ("pages/speech.py", "Recurrent networks listen to these", ":material/hearing:"),
    "surnames": ("pages/language.py", "Networks that read these letter by letter", ":material/spellcheck:"),
    "modular_addition": ("pages/grokking.py", "Watch these sums being understood", ":material/lightbulb:"),
}
"""Pages that are about one data set, and show of it what no plane can."""

DEFAULT = Scene.from_query("")


def fill(scene: Scene) -> None:
    """Set every widget to `scene`; before any of them is shown."""
    e, state = scene.experiment, st.session_state
    for name in (
        "dataset", "n_samples", "noise", "label_noise", "noise_features", "train_share", "model", "activation",
        "biases", "optimizer", "momentum", "beta2", "lr", "schedule", "steps", "penalty", "decay",
        "l1_ratio", "norm", "dropout", "input_noise", "decay_biases", "decay_gains", "lambda_warmup", "decay_span",
        "points",
    ):  # fmt: skip
        state[name] = getattr(e, name)
    state["batch_size"] = e.batch_size or 0
    state["by_layer"] = bool(e.decay_layers)
    for i, name in enumerate(e.decayed_layers):
        state[f"factor {name}"] = e.decay_layers[i] if e.decay_layers else 1.0
    state["features"] = list(e.features)
    state["layers"] = len(e.hidden)
    for i in range(4):
        state[f"units {i}"] = e.hidden[i] if i < len(e.hidden) else e.hidden[-1]
    runs.fill(e, scene.shown)
    penalty, _, decay = scene.against.partition(",")
    state["compare"] = bool(scene.against)
    state["against"] = penalty or ("l1" if e.penalty != "l1" else "l2")
    state["against_decay"] = decay or e.decay
    _fill_plane(scene.plane)
    state["previous_decay"] = e.decay


def show(reset: Callable[[], None]) -> Scene:
    """Draw the controls: the penalties over the page, the rest beside it; returns what they say.

    Raises ValueError where their values do not fit together.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="medium", key="controls-penalty"):
        penalty, against = _penalties()
    with st.sidebar:
        data = _group("data", _data)
        model = _group("model", _model, DATASETS[data["settings"]["dataset"]])
        decay, against = _group("decay", _decay, penalty, against)
        training = _group("training", _training)
        seeds = _group("seeds", runs.seeds)
        companions = _group("companions", _companions, MODELS[model["model"]].linear)
        last = st.container(key="controls-where").expander("Where and when decay acts")
        st.button("Start over", on_click=reset, icon=":material/restart_alt:", type="tertiary")
        e = Experiment(**data["settings"], **model, **training, **decay, **companions, seeds=seeds)
        with last:  # its layers are the model's
            e = e.replace(**_where_and_when(e))
    return Scene(e, against=against, shown=st.session_state["shown"], plane=data["plane"])


def _group(name: str, draw: Callable[..., Any], *arguments: Any) -> Any:
    """What `draw` returns; its controls are a group that a teacher's link may take away (see `view.classroom`)."""
    with st.container(key=f"controls-{name}"):
        return draw(*arguments)


def _penalties() -> tuple[str, str]:
    """The penalty, and the one it is compared with or ""."""
    penalty = st.segmented_control(
        "Penalty", PENALTY_NAMES, format_func=PENALTY_NAMES.get, key="penalty", required=True,
        label_visibility="collapsed", **KEEP,
    )  # fmt: skip
    if not st.toggle("Compare with", key="compare", help="Same data, seeds, first weights and batches.", **KEEP):
        return penalty, ""
    against = st.segmented_control(
        "Compared with", PENALTY_NAMES, format_func=PENALTY_NAMES.get, key="against", required=True,
        label_visibility="collapsed", **KEEP,
    )  # fmt: skip
    return penalty, against


def _decay(penalty: str, against: str) -> tuple[dict[str, Any], str]:
    """How the penalties enter the update, and for which λ; `against` with its own decay where that differs."""
    state = st.session_state
    l1_ratio = state["l1_ratio"]
    with st.expander("Decay and λ"):
        if "elastic" in (penalty, against):
            l1_ratio = st.slider("Elastic net: share of L1, ρ", 0.0, 1.0, step=0.05, key="l1_ratio", **KEEP)
        decay = st.selectbox(
            "Decay", DECAY_NAMES, format_func=DECAY_NAMES.get, key="decay", on_change=_decay_changed, **KEEP
        )
        if against:
            other = st.selectbox(
                "Decay of the second", DECAY_NAMES, format_func=DECAY_NAMES.get, key="against_decay", **KEEP
            )
            against = against if other == decay else f"{against},{other}"
        lambdas = runs.lambdas()
    return {"penalty": penalty, "decay": decay, "l1_ratio": l1_ratio, "lambdas": lambdas}, against


def _data() -> dict[str, Any]:
    state = st.session_state
    name = st.selectbox(
        "Data", DATASETS, format_func=lambda n: DATASETS[n].title, key="dataset", on_change=_dataset_changed, **KEEP
    )
    dataset = DATASETS[name]
    if name in OWN_PAGES:
        page, label, icon = OWN_PAGES[name]
        st.page_link(page, label=label, icon=icon)
    if dataset.points:
        own_points.show(state["points"])
    else:
        st.slider("Noise", 0.0, max(1.0, state["noise"]), step=0.05, key="noise", help=dataset.noise_meaning, **KEEP)
        what = "Share of wrong training labels" if dataset.n_classes else "Share of swapped training targets"
        st.slider(what, 0.0, 0.5, step=0.05, key="label_noise", **KEEP)
    features = ("x1", "x2")
    plane = "auto"
    with st.expander("Split and inputs" if dataset.points else "Size, split and inputs"):
        if dataset.points:
            n = _as_many()
        else:
            n = range_slider("Examples in all", 40, 1000, 20, "n_samples")
            if dataset.max_samples and n > dataset.max_samples:
                st.caption(f"All {dataset.max_samples} that there are.")
        st.slider("Share for training", 0.1, 0.9, step=0.05, key="train_share", **KEEP)
        noise_features = range_slider("Extra features of pure noise", 0, 20, 1, "noise_features")
        if dataset.is_plane:
            features = tuple(
                st.multiselect("Inputs", FEATURES, format_func=lambda f: FEATURES[f].label, key="features", **KEEP)
            )
        elif dataset.n_features + noise_features > 2:
            plane = _plane([*dataset.feature_names, *(f"noise {i + 1}" for i in range(noise_features))])
    settings = {
        "dataset": name, "n_samples": n, "noise": state["noise"], "label_noise": state["label_noise"],
        "noise_features": noise_features, "train_share": state["train_share"], "features": features,
        "points": state["points"],
    }  # fmt: skip
    return {"settings": settings, "plane": plane}


def _as_many() -> int:
    """Examples in all, with room for all points that are drawn."""
    return max(st.session_state["n_samples"], len(st.session_state["points"]) // 4)


def with_points(scene: Scene) -> Scene:
    """`scene` with the points that are drawn now, as the controls will say it."""
    e = scene.experiment.replace(points=st.session_state["points"], n_samples=_as_many())
    return replace(scene, experiment=e)


def _dataset_changed() -> None:
    """A data set comes as the visitor left it, or else with its opening; what is compared goes along."""
    state, scene = st.session_state, st.session_state["scene"]
    left = state.setdefault("left", {})
    left[scene.experiment.dataset] = scene
    if (name := state["dataset"]) in left:
        fill(left[name])
        return
    new = Experiment.from_query(f"dataset={name}")
    same = scene.against.partition(",")[0] == new.penalty
    fill(Scene(new, against=scene.experiment.penalty if scene.against and same else scene.against))


def _decay_changed() -> None:
    """A λ range that is still the opening's moves on to the one that the new form of decay opens with."""
    state = st.session_state
    if not state["from_link"] and runs.even_lambdas() == opening(state["dataset"], state["previous_decay"])["lambdas"]:
        runs.fill_lambdas(opening(state["dataset"], state["decay"])["lambdas"])
    state["previous_decay"] = state["decay"]


def _fill_plane(choice: str) -> None:
    state, numbers = st.session_state, [int(n) for n in choice.split(",") if n.strip().isdigit()]
    state["plane_kind"] = "features" if len(numbers) == 2 else "pca"
    state["plane_across"], state["plane_up"] = numbers if len(numbers) == 2 else (0, 1)


def _plane(names: list[str]) -> str:
    state = st.session_state
    choice = st.selectbox(
        "Plane to draw", ["pca", "features"], key="plane_kind",
        format_func={"pca": "first two principal components", "features": "two features"}.get, **KEEP,
    )  # fmt: skip
    if choice == "pca":
        return "auto"
    if state["plane_across"] >= len(names):
        state["plane_across"] = 0
    i = st.selectbox("across", range(len(names)), format_func=names.__getitem__, key="plane_across", **KEEP)
    others = [j for j in range(len(names)) if j != i]
    if state["plane_up"] not in others:
        state["plane_up"] = others[0]
    return f"{i},{st.selectbox('up', others, format_func=names.__getitem__, key='plane_up', **KEEP)}"


def _model(dataset: Dataset) -> dict[str, Any]:
    state = st.session_state
    fitting = [name for name, model in MODELS.items() if model.fits(dataset) and drawable(name, dataset)]
    name = st.selectbox("Model", fitting, format_func=lambda n: MODELS[n].title, key="model", **KEEP)
    if len(fitting) < sum(model.fits(dataset) for model in MODELS.values()):
        st.caption("Models that remember or attend see no plane, so the Lab cannot draw them.")
    hidden = tuple(state[f"units {i}"] for i in range(state["layers"]))
    if not MODELS[name].linear:
        if depth := MODELS[name].depth:
            layers = state["layers"] = depth
        else:
            layers = st.segmented_control(
                "Hidden layers", [1, 2, 3, 4], key="layers", required=True, width="stretch", **KEEP
            )
        units = [
            column.number_input(f"Units, layer {i + 1}", 1, 64, key=f"units {i}", **KEEP)
            for row in range(0, layers, 2)
            for i, column in zip(range(row, min(row + 2, layers)), st.columns(2), strict=False)
        ]
        hidden = tuple(units)
        st.selectbox("Activation", ACTIVATION_NAMES, format_func=ACTIVATION_NAMES.get, key="activation", **KEEP)
        st.toggle("Biases", key="biases", **KEEP)
    return {"model": name, "hidden": hidden, "activation": state["activation"], "biases": state["biases"]}


def _training() -> dict[str, Any]:
    state = st.session_state
    with st.expander("Training"):
        optimizer = st.selectbox("Optimiser", OPTIMIZER_NAMES, format_func=OPTIMIZER_NAMES.get, key="optimizer", **KEEP)
        if optimizer in ("momentum", "nesterov"):
            st.slider("Momentum μ", 0.0, 0.99, step=0.01, key="momentum", **KEEP)
        if optimizer == "adam":
            st.select_slider("β₂", options(BETAS, "beta2"), key="beta2", format_func="{:g}".format, **KEEP)
        st.select_slider("Learning rate", options(LEARNING_RATES, "lr"), key="lr", format_func="{:g}".format, **KEEP)
        st.selectbox("Schedule", SCHEDULE_NAMES, format_func=SCHEDULE_NAMES.get, key="schedule", **KEEP)
        st.selectbox(
            "Batch", options(BATCH_SIZES, "batch_size"), key="batch_size",
            format_func=lambda b: str(b or "all examples"), **KEEP,
        )  # fmt: skip
        steps = range_slider("Steps", 50, 2000, 50, "steps")
    names = ("optimizer", "momentum", "beta2", "lr", "schedule")
    return {name: state[name] for name in names} | {"batch_size": state["batch_size"] or None, "steps": steps}


def _companions(linear: bool) -> dict[str, Any]:
    """What else keeps a model from overfitting, beside decay."""
    state = st.session_state
    with st.expander("Norm, dropout, noise"):
        if not linear:
            st.selectbox("Normalisation", NORM_NAMES, format_func=NORM_NAMES.get, key="norm", **KEEP)
        what = "Dropout of inputs" if linear else "Dropout of hidden units"
        st.slider(what, 0.0, 0.9, step=0.05, key="dropout", **KEEP)
        most = max(1.0, state["input_noise"])
        st.slider("Noise on the inputs at each step", 0.0, most, step=0.05, key="input_noise", **KEEP)
    return {name: state[name] for name in ("norm", "dropout", "input_noise")}


def _where_and_when(e: Experiment) -> dict[str, Any]:
    """On which parameters and during which steps decay acts."""
    state = st.session_state
    st.slider("λ rises over this share of the steps", 0.0, 1.0, step=0.05, key="lambda_warmup", **KEEP)
    st.slider("Decay acts between these shares of the steps", 0.0, 1.0, step=0.05, key="decay_span", **KEEP)
    if e.biases:
        st.toggle("Decay biases too", key="decay_biases", **KEEP)
    if e.norm != "none":
        st.toggle("Decay the norms' gains too", key="decay_gains", **KEEP)
    layers, factors = e.decayed_layers, ()
    if len(layers) > 1 and st.toggle("A factor on λ for each layer", key="by_layer", **KEEP):
        for name in layers:
            state.setdefault(f"factor {name}", 1.0)
        factors = tuple(
            st.number_input(name.capitalize(), 0.0, 100.0, step=0.5, key=f"factor {name}", **KEEP) for name in layers
        )
    names = ("lambda_warmup", "decay_span", "decay_biases", "decay_gains")
    return {name: state[name] for name in names} | {"decay_layers": () if set(factors) <= {1.0} else factors}
