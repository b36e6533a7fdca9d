"""Experiment: the contract's defaults, a query string there and back, and what is found by itself."""

import subprocess
import sys
from dataclasses import FrozenInstanceError, fields, replace
from pathlib import Path

import numpy as np
import pytest

from wd_core import Experiment, lambda_path
from wd_core import experiment as experiment_module
from wd_core.cost import MOST_RECORDED
from wd_core.datasets import DATASETS, FEATURES
from wd_core.datasets.base import Opening
from wd_core.engine.layers import ACTIVATIONS, NORMS
from wd_core.engine.optimizers import OPTIMIZERS
from wd_core.engine.penalties import PENALTIES
from wd_core.experiment import DECAYS, SCHEDULES, opening, query_pairs, recorded_steps
from wd_core.models import MODELS, Model
from wd_core.plugins import collect

ROOT = Path(__file__).parents[1]

# ---------------------------------------------------------------- contract


def test_the_defaults_are_the_contracts() -> None:
    assert Experiment() == Experiment(
        dataset="moons", n_samples=200, noise=0.25, label_noise=0.0, model="mlp", hidden=(16, 16), activation="tanh",
        optimizer="adam", lr=0.01, batch_size=None, steps=300,
        penalty="l2", decay="coupled", l1_ratio=0.5, lambdas=(0.0, 1e-3, 1e-2), seeds=(0, 1),
        norm="none", dropout=0.0, input_noise=0.0, decay_layers=(), decay_biases=False, decay_gains=False,
        schedule="constant", lambda_warmup=0.0, decay_span=(0.0, 1.0), beta2=0.999, biases=True,
    )  # fmt: skip


def test_it_is_frozen_and_hashable() -> None:
    e = Experiment(seeds=[3, 4])
    with pytest.raises(FrozenInstanceError):
        e.lr = 0.1
    assert {e: "found"}[Experiment(seeds=(3, 4))] == "found"


def test_lists_arrays_and_numpy_scalars_become_plain_values() -> None:
    e = Experiment(
        dataset=np.str_("moons"), n_samples=np.int64(100), lr=np.float32(0.5), noise=1, hidden=np.array([3, 4]),
        lambdas=[np.float64(0), 1, np.float32(2)], seeds=np.arange(3), features=["x1", np.str_("x2")], train_share=0.5,
    )  # fmt: skip
    plain = Experiment(n_samples=100, lr=0.5, noise=1.0, hidden=(3, 4), lambdas=(0.0, 1.0, 2.0), seeds=(0, 1, 2))
    assert e == plain
    assert hash(e) == hash(plain)
    assert repr(e) == repr(plain)


def test_a_single_value_stands_for_a_tuple_of_one() -> None:
    e = Experiment(hidden=5, lambdas=0.1, seeds=7, features="x1")
    assert (e.hidden, e.lambdas, e.seeds, e.features) == ((5,), (0.1,), (7,), ("x1",))


@pytest.mark.parametrize("dataset", DATASETS)
def test_noise_unsaid_is_the_data_sets_own(dataset: str) -> None:
    assert Experiment(dataset=dataset).noise == DATASETS[dataset].default_noise


def test_what_follows_from_the_settings() -> None:
    e = Experiment(n_samples=100, train_share=0.6, batch_size=17, hidden=(7, 5), dataset="blobs", noise_features=3)
    assert e.task == "multiclass"
    assert len(e.data(1).y_train) == 60
    assert e.examples_per_step == 17
    assert e.steps_per_epoch == pytest.approx(60 / 17)
    assert e.n_parameters == (5 + 1) * 7 + (7 + 1) * 5 + (5 + 1) * 3
    assert e.replace(batch_size=5000).examples_per_step == e.replace(batch_size=None).examples_per_step == 60


def test_lambda_path_is_zero_then_even_in_log_lambda() -> None:
    assert lambda_path(1e-4, 1, 5) == (0.0, 1e-4, 1e-3, 1e-2, 0.1, 1.0)
    path = lambda_path(1e-3, 2, 33)
    np.testing.assert_allclose(np.diff(np.log(path[1:])), np.log(2000) / 32, atol=2e-3)
    assert all(value == float(f"{value:.4g}") for value in path)


@pytest.mark.parametrize("steps", [1, 2, 7, 300, 20_000])
@pytest.mark.parametrize("count", [2, 11, 41])
def test_recorded_steps_begin_at_zero_and_end_at_the_end(steps: int, count: int) -> None:
    at = recorded_steps(steps, count)
    assert (at[0], at[-1]) == (0, steps)
    assert list(at) == sorted(set(at))
    assert len(at) <= count


def test_recorded_steps_are_denser_at_the_start() -> None:
    at = np.array(recorded_steps(2000, 41))
    assert (np.diff(at, 2) >= -1).all()
    assert np.median(at) == pytest.approx(2000 * 0.5**1.5, abs=1)


def test_large_runs_are_recorded_less_often() -> None:
    small, large = Experiment(), Experiment(hidden=(64, 64), lambdas=lambda_path(1e-3, 1, 32), seeds=range(18))
    assert len(large.record_at) < len(small.record_at) == MOST_RECORDED
    assert len(large.record_at) * large.n_parameters * 33 * 24 <= 5e7


# ---------------------------------------------------------------- query string


def awkward(rng: np.random.Generator, low: float, high: float) -> float:
    """A number from low to high that is hard to write: all digits, very small, or the very end."""
    number = float(np.exp(rng.uniform(np.log(max(low, 1e-12)), np.log(high))))
    return float(rng.choice([number, low, high, np.nextafter(low, high), np.nextafter(high, low), (low + high) / 3]))


def random_lambdas(rng: np.random.Generator) -> tuple[float, ...]:
    """Any λ in any order, a path, or a path with one λ a hair beside it."""
    path = lambda_path(*sorted(np.exp(rng.uniform(-20, 9, 2))), int(rng.integers(1, 40)))
    bent = list(path)
    bent[rng.integers(len(path))] += 1e-15
    scattered = {awkward(rng, 0.0, 1e4) for _ in range(rng.integers(1, 9))}
    return [path, tuple(bent), tuple(rng.permutation(sorted(scattered)))][rng.integers(3)]


def random_experiment(rng: np.random.Generator) -> Experiment:
    """Every field drawn from all that it allows."""
    dataset = str(rng.choice(list(DATASETS)))
    model = str(rng.choice([name for name, model in MODELS.items() if model.fits(DATASETS[dataset])]))
    plane, share = DATASETS[dataset].is_plane, float(rng.uniform(0.3, 0.7))
    seeds = rng.choice([2**32 - 1, *range(50)], rng.integers(1, 5), replace=False)
    first = int(rng.integers(1000))
    e = Experiment(
        dataset=dataset,
        n_samples=int(rng.integers(60, 200)),
        noise=awkward(rng, 0, 2) if rng.random() < 0.5 else None,
        label_noise=awkward(rng, 0, 0.5),
        noise_features=int(rng.integers(0, 51)) if MODELS[model].takes == ("rows",) else 0,
        train_share=share,
        features=tuple(rng.permutation(list(FEATURES))[: rng.integers(1, 8)]) if plane else ("x1", "x2"),
        model=model,
        hidden=tuple(rng.integers(1, 20, 2 if model == "transformer" else rng.integers(1, 5))),
        activation=str(rng.choice(list(ACTIVATIONS))),
        optimizer=str(rng.choice(list(OPTIMIZERS))),
        momentum=awkward(rng, 0, 0.99),
        lr=awkward(rng, 1e-6, 10),
        schedule=str(rng.choice(list(SCHEDULES))),
        batch_size=int(rng.integers(1, 5001)) if rng.random() < 0.5 else None,
        steps=int(rng.integers(1, 400)),
        penalty=str(rng.choice(PENALTIES)),
        decay=str(rng.choice(list(DECAYS))),
        l1_ratio=awkward(rng, 0, 1),
        lambdas=random_lambdas(rng),
        seeds=tuple(range(first, first + 5)) if rng.random() < 0.5 else tuple(seeds),
        norm=str(rng.choice(list(NORMS))),
        dropout=awkward(rng, 0, 0.9),
        input_noise=awkward(rng, 0, 10),
        decay_biases=bool(rng.integers(2)),
        decay_gains=bool(rng.integers(2)),
        lambda_warmup=awkward(rng, 0, 1),
        decay_span=tuple(sorted(awkward(rng, 0, 1) for _ in range(2))),
        beta2=min(awkward(rng, 0, 1), 0.9999),
        biases=bool(rng.integers(2)),
    )
    return e.replace(decay_layers=[awkward(rng, 0, 100) for _ in e.decayed_layers]) if rng.random() < 0.5 else e


@pytest.mark.parametrize("seed", range(120))
def test_a_query_string_goes_there_and_back_without_loss(seed: int) -> None:
    e = random_experiment(np.random.default_rng(seed))
    query = e.to_query()
    assert repr(Experiment.from_query(query)) == repr(e)
    assert Experiment.from_query(f"https://lab.example/lab?{query}#top") == e
    assert query.isascii()
    assert " " not in query


@pytest.mark.parametrize(
    "lambdas", [(1, 0, 2, 3), (1e-3, 1e-2, 0.1, 0), (0, 4, 2, 1), (0, 1, 1.5, 2), (0, 5e-324, 1, 2)]
)
def test_lambdas_in_any_order_go_there_and_back(lambdas: tuple[float, ...]) -> None:
    e = Experiment(lambdas=lambdas)
    assert Experiment.from_query(e.to_query()).lambdas == e.lambdas == tuple(map(float, lambdas))


@pytest.mark.parametrize("seeds", [(0, 1, 2**32 - 1), (5, 4, 3), (3, 5, 4), (7, 8, 10), (2**32 - 2, 2**32 - 1)])
def test_seeds_in_any_order_and_far_apart_go_there_and_back(seeds: tuple[int, ...]) -> None:
    assert Experiment.from_query(Experiment(seeds=seeds).to_query()).seeds == seeds


def test_a_query_says_paths_shortly() -> None:
    pairs = query_pairs(Experiment(lambdas=lambda_path(1e-4, 1, 32), seeds=range(8)).to_query())
    assert (pairs["lambdas"], pairs["seeds"]) == ("0.0001~1.0~32", "0~7")


@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("dataset", DATASETS)
def test_a_short_link_inherits_the_opening(dataset: str, decay: str) -> None:
    e = Experiment.from_query(f"dataset={dataset}&decay={decay}")
    assert e == Experiment(**opening(dataset, decay))
    assert Experiment.from_query(f"dataset={dataset}&decay={decay}&lr=0.5") == e.replace(lr=0.5)


@pytest.mark.parametrize("decay", DECAYS)
def test_an_opening_with_a_form_of_decay_of_its_own_is_said_and_left(decay: str) -> None:
    own = Experiment.from_query("dataset=modular_addition")
    assert (own.decay, own.is_opening) == ("decoupled", True)
    e = Experiment.from_query(f"dataset=modular_addition&decay={decay}")
    assert (e.decay, e.is_opening) == (decay, True)
    assert query_pairs(e.to_query())["decay"] == decay
    assert Experiment.from_query(e.to_query()) == e
    assert (e.lambdas == own.lambdas) == (decay == own.decay)


def test_a_link_without_a_query_opens_the_first_data_set() -> None:
    assert Experiment.from_query("") == Experiment.from_query("https://lab.example/lab?")
    assert Experiment.from_query("") == Experiment(**opening("moons"))
    assert Experiment.from_query("") != Experiment()


@pytest.mark.parametrize("seed", range(60))
def test_a_link_says_what_differs_from_the_opening_and_in_what_that_differs_from_the_defaults(seed: int) -> None:
    e = random_experiment(np.random.default_rng(seed))
    start, plain = opening(e.dataset, e.decay), Experiment(dataset=e.dataset).settings()
    said = set(query_pairs(e.to_query())) - {"dataset", "decay"}
    differs = {n for n, v in e.settings().items() if v != start[n] or v != plain[n]}
    assert said == differs - {"dataset", "decay"}


@pytest.mark.parametrize("seed", range(60))
def test_a_link_outlives_a_change_of_the_openings(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link made today says all of it beside the class defaults; tomorrow's opening sets the same fields otherwise."""
    e = random_experiment(np.random.default_rng(seed))
    query, dataset = e.to_query(), DATASETS[e.dataset]
    said = dict.fromkeys(dataset.opening.settings, None)
    tomorrow = {"n_samples": 77, "label_noise": 0.3, "lr": 0.2, "steps": 11, "noise": 0.77}
    other = Opening(lambdas=(1e-3, 2.0), settings={name: tomorrow[name] for name in said if name in tomorrow})
    monkeypatch.setattr(experiment_module, "DATASETS", {**DATASETS, e.dataset: replace(dataset, opening=other)})
    assert opening(e.dataset) != Experiment(dataset=e.dataset).settings()
    assert Experiment.from_query(query) == e


@pytest.mark.parametrize("f", fields(Experiment), ids=lambda f: f.name)
def test_every_field_has_its_place_in_the_query(f) -> None:
    other = {
        "dataset": "circles", "features": ("x2", "sin(x1)"), "model": "logistic", "hidden": (3,), "activation": "relu",
        "optimizer": "sgd", "schedule": "cosine", "penalty": "l1", "decay": "subgradient", "lambdas": (0.5,),
        "seeds": (9,), "batch_size": 7, "steps": 40, "n_samples": 50, "noise_features": 3,
        "norm": "layer", "decay_layers": (0.5, 0.0, 0.5), "decay_biases": True, "decay_gains": True,
        "decay_span": (0.25, 0.25), "biases": False,
        "points": "AABEAABF" * 4,
    }.get(f.name, 0.375)  # fmt: skip
    start = Experiment(dataset="points") if f.name == "points" else Experiment()
    e = replace(start, **{f.name: other})
    assert f.name in query_pairs(e.to_query())
    assert getattr(Experiment.from_query(e.to_query()), f.name) == other != getattr(start, f.name)


# ---------------------------------------------------------------- imports and registry


def test_importing_the_core_loads_neither_streamlit_nor_scikit_learn() -> None:
    code = "import sys, wd_core; print({'wd_core', 'streamlit', 'sklearn', 'plotly'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "{'wd_core'}"


@pytest.mark.parametrize(
    ("files", "error", "message"),
    [
        ({"bare": ""}, TypeError, "planted_models.bare must define MODEL = Model"),
        ({"text": "MODEL = 'mlp'"}, TypeError, "planted_models.text must define MODEL = Model.*found 'mlp'"),
        (dict.fromkeys("ab", "from wd_core.models.mlp import MODEL"), ValueError, "models.b: the name 'mlp' is taken"),
        ({"broken": "1 / 0"}, ZeroDivisionError, "division"),
    ],
)
def test_a_bad_model_file_stops_the_registry(tmp_path, monkeypatch, files: dict, error: type, message: str) -> None:
    package = tmp_path / "planted_models"
    package.mkdir()
    for name, text in {"__init__": "", **files}.items():
        (package / f"{name}.py").write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.startswith("planted_models")]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(error, match=message):
        collect("planted_models", [str(package)], "MODEL", Model)


def test_every_model_says_which_tasks_it_fits() -> None:
    assert {task for model in MODELS.values() for task in model.tasks} == {"regression", "binary", "multiclass"}
    assert [model.order for model in MODELS.values()] == sorted(model.order for model in MODELS.values())
