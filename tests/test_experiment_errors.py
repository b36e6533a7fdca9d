"""Whatever an experiment cannot be is refused with the field's name, the value, and what is allowed."""

from dataclasses import fields

import numpy as np
import pytest

from wd_core import Experiment
from wd_core.datasets import DATASETS, FEATURES
from wd_core.engine.layers import ACTIVATIONS, NORMS
from wd_core.engine.optimizers import OPTIMIZERS
from wd_core.engine.penalties import PENALTIES
from wd_core.experiment import DECAYS, SCHEDULES
from wd_core.models import MODELS
from wd_core.text import short

NAN, INF = float("nan"), float("inf")
LIMITS = {  # field: (least, most)
    "n_samples": (20, 5000),
    "noise": (0, 2),
    "label_noise": (0, 0.5),
    "noise_features": (0, 50),
    "train_share": (0.1, 0.9),
    "momentum": (0, 0.99),
    "lr": (1e-6, 10),
    "batch_size": (1, 5000),
    "steps": (1, 20_000),
    "l1_ratio": (0, 1),
    "dropout": (0, 0.9),
    "input_noise": (0, 10),
    "lambda_warmup": (0, 1),
}
MANY = {"hidden": (1, 64, 4), "lambdas": (0, 1e4, 129), "seeds": (0, 2**32 - 1, 64)}  # least, most, how many
WHOLE = {"n_samples", "noise_features", "batch_size", "steps", "hidden", "seeds"}
NAMES = {
    "dataset": DATASETS,
    "model": MODELS,
    "activation": ACTIVATIONS,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "penalty": PENALTIES,
    "decay": DECAYS,
    "norm": NORMS,
}
YES_OR_NO = ("decay_biases", "decay_gains", "biases")


def refused(**settings: object) -> str:
    """What the error says."""
    with pytest.raises(ValueError, match=r"allowed|must be") as caught:
        Experiment(**settings)
    return str(caught.value)


def test_no_field_is_forgotten_here() -> None:
    others = {"features", "decay_layers", "decay_span", "beta2", "points"}
    assert {f.name for f in fields(Experiment)} == {*LIMITS, *MANY, *NAMES, *YES_OR_NO, *others}


# ---------------------------------------------------------------- numbers


@pytest.mark.parametrize("name", LIMITS)
def test_the_ends_of_a_range_are_allowed(name: str) -> None:
    for value in LIMITS[name]:
        settings = {"n_samples": 100, "steps": 10, "hidden": (2,), name: value}
        assert getattr(Experiment(**settings), name) == value


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("value", [-1, -1e-9, 1e9, 10**400, NAN, INF, -INF, True, np.True_, "1", "", [1], (), 1j, b"1"])
def test_a_number_out_of_range_and_what_is_no_number_is_refused(name: str, value: object) -> None:
    low, high = LIMITS[name]
    kind = "a whole number" if name in WHOLE else "a number"
    assert refused(**{name: value}) == f"{name}={short(value)}: allowed: {kind} from {low:g} to {high:g}"


@pytest.mark.parametrize("name", LIMITS)
def test_the_next_number_beyond_a_range_is_refused(name: str) -> None:
    low, high = LIMITS[name]
    beyond = (low - 1, high + 1) if name in WHOLE else (np.nextafter(low, -1), np.nextafter(high, 99))
    for value in beyond:
        assert refused(**{name: value}).startswith(f"{name}={value}: allowed: ")


@pytest.mark.parametrize("name", sorted(WHOLE - {"hidden", "seeds"}))
def test_a_fraction_is_no_whole_number(name: str) -> None:
    assert refused(**{name: 30.5}).startswith(f"{name}=30.5: allowed: a whole number from ")
    assert refused(**{name: 30.0}).startswith(f"{name}=30.0: allowed: a whole number from ")


@pytest.mark.parametrize("name", sorted({*LIMITS} - {"noise", "batch_size"}))
def test_none_is_a_value_for_noise_and_batch_size_alone(name: str) -> None:
    assert refused(**{name: None}).startswith(f"{name}=None: allowed: ")


# ---------------------------------------------------------------- several numbers


@pytest.mark.parametrize("name", MANY)
@pytest.mark.parametrize("value", [-1, 1e5 + 2**33, 10**400, NAN, INF, True, "2", None, 1j])
def test_one_bad_value_among_good_ones_is_refused(name: str, value: object) -> None:
    low, high, _ = MANY[name]
    kind = "a whole number" if name in WHOLE else "a number"
    assert refused(**{name: (1, value)}) == f"{name}={short(value)}: allowed: {kind} from {low:g} to {high:g}"


@pytest.mark.parametrize("name", MANY)
def test_no_value_and_too_many_are_refused(name: str) -> None:
    _, _, most = MANY[name]
    assert refused(**{name: ()}) == f"{name}=: 0 values; allowed: 1 to {most} values"
    message = refused(**{name: range(1, most + 2)})
    assert message.startswith(f"{name}=1,2,3")
    assert message.endswith(f": {most + 1} values; allowed: 1 to {most} values")
    assert len(message) < 200


@pytest.mark.parametrize("name", ["lambdas", "seeds"])
def test_a_value_said_twice_is_refused(name: str) -> None:
    values = "3.0,5.0,3.0" if name == "lambdas" else "3,5,3"
    assert refused(**{name: (3, 5, 3)}) == f"{name}={values}: a value stands twice; allowed: different values"


def test_layers_may_be_equally_wide() -> None:
    assert Experiment(hidden=(3, 3, 3)).hidden == (3, 3, 3)


# ---------------------------------------------------------------- names


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["", "Moons", "l3", None, 3, ("l2",), ["sgd"], {}, True])
def test_an_unknown_name_is_refused_with_those_there_are(name: str, value: object) -> None:
    assert refused(**{name: value}) == f"{name}={value}: allowed: {', '.join(NAMES[name])}"


@pytest.mark.parametrize("value", ["x3", ("x1", "x1"), (), ("x1", "x3"), None, 5, (1, 2), [["x1"]], {"x1": 1}])
def test_features_unknown_repeated_or_none_are_refused(value: object) -> None:
    message = refused(features=value)
    assert message.startswith("features=")
    assert message.endswith(f"allowed: one or more of {', '.join(FEATURES)}, each once")


@pytest.mark.parametrize("dataset", [name for name, dataset in DATASETS.items() if not dataset.is_plane])
def test_features_of_the_plane_are_refused_elsewhere(dataset: str) -> None:
    message = refused(dataset=dataset, features=("x1", "x1^2"))
    assert message.startswith("features=('x1', 'x1^2'): must be ('x1', 'x2')")
    assert dataset in message


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(TypeError, match="weight_decay"):
        Experiment(weight_decay=0.1)


# ---------------------------------------------------------------- when and where decay acts


@pytest.mark.parametrize("name", YES_OR_NO)
@pytest.mark.parametrize("value", [0, 1, "True", None, (), 0.5])
def test_a_question_is_answered_by_true_or_false(name: str, value: object) -> None:
    assert refused(**{name: value}) == f"{name}={value}: allowed: True or False"
    assert [getattr(Experiment(**{name: answer}), name) for answer in (True, np.False_)] == [True, False]


@pytest.mark.parametrize("value", [1, 1.0, -1e-9, 2, NAN, True, None, "0.9"])
def test_beta2_is_less_than_one(value: object) -> None:
    assert refused(beta2=value) == f"beta2={value}: allowed: a number from 0 to 1, less than that"
    assert [Experiment(beta2=b).beta2 for b in (0, 0.98, np.nextafter(1, 0))] == [0, 0.98, np.nextafter(1, 0)]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ((0.6, 0.5), "decay_span=0.6,0.5: allowed: two shares, the first not above the second"),
        ((0.5,), "decay_span=0.5: 1 values; allowed: 2 values"),
        (0.5, "decay_span=0.5: 1 values; allowed: 2 values"),
        ((0, 1.1), "decay_span=1.1: allowed: a number from 0 to 1"),
        ((NAN, 1), "decay_span=nan: allowed: a number from 0 to 1"),
        ((0, 0.5, 1), "decay_span=0.0,0.5,1.0: 3 values; allowed: 2 values"),
    ],
)
def test_a_span_of_decay_is_two_shares_in_order(value: object, message: str) -> None:
    assert refused(decay_span=value) == message.replace("0.0,0.5,1.0", "0,0.5,1")
    for span in ((0, 0), (0, 1), (0.5, 0.5), (1, 1)):
        assert Experiment(decay_span=span).decay_span == span


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        ({"hidden": (3, 4)}, "hidden 1, hidden 2, output"),
        ({"hidden": (3, 4), "norm": "batch", "dropout": 0.1, "decay_gains": True}, "hidden 1, hidden 2, output"),
        ({"model": "logistic"}, "output"),
    ],
)
def test_there_is_a_factor_for_each_layer_with_weights(settings: dict, names: str) -> None:
    count = names.count(",") + 1
    for wrong in (count + 1, count - 1 or 5):
        values = ",".join(["1.0"] * wrong)
        message = refused(**settings, decay_layers=(1.0,) * wrong)
        expected = f"{wrong} values; allowed: none, or {count}, one for each layer with weights: {names}"
        assert message == f"decay_layers={values}: {expected}"
    assert Experiment(**settings, decay_layers=(0.5,) * count).decay_layers == (0.5,) * count
    assert refused(**settings, decay_layers=(-1,)) == "decay_layers=-1: allowed: a number from 0 to 100"


# ---------------------------------------------------------------- what does not go together


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize(("dataset", "task"), [("bumps", "regression"), ("moons", "binary"), ("wine", "multiclass")])
def test_a_model_that_does_not_fit_the_task_is_refused_with_those_that_do(model: str, dataset: str, task: str) -> None:
    fitting = [name for name, its in MODELS.items() if task in its.tasks and "rows" in its.takes]
    if model in fitting:
        assert Experiment(dataset=dataset, model=model).task == task
    else:
        takes = f", for it takes {' or '.join(MODELS[model].takes)}" if task in MODELS[model].tasks else ""
        expected = f"model={model}: does not fit the {task} data set {dataset}{takes}; allowed: {', '.join(fitting)}"
        assert refused(dataset=dataset, model=model) == expected


@pytest.mark.parametrize(
    ("dataset", "model", "fitting"),
    [
        ("vowels", "cnn", "mlp, softmax, rnn, gru, transformer"),
        ("digits", "linear", "mlp, softmax, cnn, rnn, gru, transformer"),
        ("modular_addition", "transformer", "mlp, softmax"),
    ],
)
def test_a_model_that_cannot_see_the_examples_is_refused_with_those_that_can(dataset, model, fitting) -> None:
    message = refused(dataset=dataset, model=model)
    assert message.startswith(f"model={model}: does not fit the multiclass data set {dataset}")
    assert message.endswith(f"; allowed: {fitting}")


@pytest.mark.parametrize("hidden", [(8,), (8, 8, 8)])
def test_a_transformer_has_a_width_and_the_units_of_its_mlp(hidden: tuple) -> None:
    said = ",".join(map(str, hidden))
    expected = f"hidden={said}: allowed for a transformer: two, its width and the units of its MLP"
    assert refused(dataset="surnames", model="transformer", hidden=hidden) == expected


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"dataset": "digits", "n_samples": 20, "train_share": 0.3}, "train_share=0.3"),
        ({"n_samples": 20, "train_share": 0.9}, "train_share=0.9"),
    ],
)
def test_parts_too_small_to_train_or_judge_are_refused(settings: dict, field: str) -> None:
    assert refused(**settings).startswith(f"{field}: must be between ")


# ---------------------------------------------------------------- query strings


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("weight_decay=1", "weight_decay=1: no such field; allowed: dataset, n_samples, noise, "),
        ("=1", "=1: no such field; allowed: "),
        ("steps", "steps=: cannot be read; written as in steps=300"),
        ("steps=1e3", "steps=1e3: cannot be read; written as in steps=300"),
        ("steps=" + "9" * 400, "steps=999"),
        ("steps=" + "9" * 5000, "steps=999"),
        ("lr=fast", "lr=fast: cannot be read; written as in lr=0.01"),
        ("lr=nan", "lr=nan: allowed: a number from 1e-06 to 10"),
        ("lr=%ff", "lr=�: cannot be read; written as in lr=0.01"),
        ("noise=loud", "noise=loud: cannot be read; written as in noise=None"),
        ("batch_size=all", "batch_size=all: cannot be read; written as in batch_size=None"),
        ("hidden=16,", "hidden=16,: cannot be read; written as in hidden=16,16"),
        ("lambdas=", "lambdas=: cannot be read; written as in lambdas=0.0,0.001,0.01"),
        ("lambdas=1~2", "lambdas=1~2: cannot be read"),
        ("lambdas=0~1~9", "lambdas=0~1~9: cannot be read"),
        ("lambdas=nan~1~9", "lambdas=nan~1~9: cannot be read"),
        ("lambdas=1~1e99~" + "9" * 9, "lambdas=1~1e99~999999999: cannot be read"),
        ("lambdas=1~1e99~9", "lambdas="),
        ("seeds=3~1", "seeds=3~1: cannot be read; written as in seeds=0,1"),
        ("seeds=0~99999999999999", "seeds=0,1,2"),
        ("seeds=-1~3", "seeds=-1: allowed: a whole number from 0 to "),
        ("features=", "features=: allowed: one or more of x1, "),
        ("model=MLP", "model=MLP: allowed: "),
        ("dataset=moons%00", "dataset=moons\ufffd: allowed: "),
        ("steps=20&lr=0.1&steps=30", "steps: said 2 times in the query; allowed is once"),
        ("x" * 8001, "query of 8001 characters: allowed are 8000"),
    ],
)
def test_a_query_that_is_wrong_is_refused(query: str, message: str) -> None:
    with pytest.raises(ValueError, match=r"allowed|written as in") as caught:
        Experiment.from_query(query)
    assert str(caught.value).startswith(message)
    assert len(str(caught.value)) < 700


@pytest.mark.parametrize("f", fields(Experiment), ids=lambda f: f.name)
def test_what_an_unreadable_value_is_told_to_look_like_can_be_read(f) -> None:
    with pytest.raises(ValueError, match=f.name) as caught:
        Experiment.from_query(f"{f.name}=~")
    if "written as in " in str(caught.value):
        read = Experiment.from_query(str(caught.value).split("written as in ")[1])
        assert getattr(read, f.name) == getattr(Experiment(), f.name)
    else:
        assert "allowed: " in str(caught.value)
