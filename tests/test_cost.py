"""What an experiment costs: counted in full, monotone in every setting, and bounded."""

from dataclasses import replace

import numpy as np
import pytest

from wd_core import Experiment, cost, lambda_path, train
from wd_core.cost import MAX_RESULT, MAX_SECONDS, result_bytes, seconds, size_of

SMALL = Experiment(n_samples=60, hidden=(5, 3), steps=40, lambdas=(0.0, 0.1, 1.0), seeds=(0, 1))
LINKS = {
    "memory": "n_samples=5000&steps=60&batch_size=1&hidden=8,8&lambdas=1e-4~1~128&seeds=0~63",
    "time": "steps=20000&batch_size=4&hidden=22,20&lambdas=1e-4~1~128&seeds=0~63&penalty=elastic&train_share=0.1"
    "&n_samples=40",
}  # fmt: skip


@pytest.mark.parametrize(("name", "field"), [("memory", "lambdas"), ("time", "steps")])
def test_a_link_that_costs_too_much_is_refused_with_what_to_lower_and_how_far(name, field):
    """Taken at its word, each advice is accepted, and a fifth more than it says is not."""
    with pytest.raises(ValueError, match=r"allowed are .* Lower ") as error:
        Experiment.from_query(LINKS[name])
    assert str(error.value).startswith(f"{field}=")
    told = dict(part.rsplit(" to ", 1) for part in str(error.value).split("Lower ")[1].strip(".").split(" or "))
    assert {"the number of lambdas", "the number of seeds"} <= set(told)
    for count in (int(told["the number of lambdas"]), int(told["the number of seeds"])):
        assert count >= 1
    lambdas, seeds = int(told["the number of lambdas"]), int(told["the number of seeds"])
    Experiment.from_query(LINKS[name].replace("~128", f"~{lambdas - 1}"))
    Experiment.from_query(LINKS[name].replace("0~63", f"0~{seeds - 1}"))
    with pytest.raises(ValueError, match="Lower"):
        Experiment.from_query(LINKS[name].replace("0~63", f"0~{int(1.2 * seeds) + 1}"))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"dataset": "wine", "model": "softmax", "noise": None},
        {"dataset": "sine", "noise": None, "penalty": "l1"},
        {"dataset": "digits", "noise": None, "n_samples": 400, "hidden": (20,)},
        {"steps": 3},
        {"hidden": (64, 64, 64), "lambdas": lambda_path(1e-4, 1, 60), "seeds": range(2), "steps": 50},
    ],
)
def test_the_bytes_of_a_result_are_counted(changes):
    e = SMALL.replace(**changes)
    h = train(e)
    s = size_of(e)
    whole = result_bytes(s, records=len(h.steps))
    rest = h.lambdas.nbytes + h.seeds.nbytes + h.steps.nbytes + h.weight_mask.nbytes
    assert whole == h.nbytes - rest
    assert result_bytes(s) >= whole


MORE = {
    "lambdas": 4, "seeds": 3, "steps": 41, "batch": 31, "n": 61, "inputs": 3, "outputs": 2, "parameters": 50,
    "work": 60, "activations": 9, "layers": 6, "products": 4, "curve": 7.0, "passes": 20.0,
}  # fmt: skip


@pytest.mark.parametrize("name", MORE)
@pytest.mark.parametrize("large", [False, True])
def test_time_and_memory_never_fall_when_something_grows(name, large):
    s = replace(size_of(SMALL), gathers=True)
    if large:
        s = replace(s, lambdas=100, seeds=50, n=900, parameters=3000)
    for times in (1, 2, 5, 40):
        before = replace(s, **{name: getattr(s, name) * times})
        after = replace(s, **{name: getattr(s, name) * times + 16})  # a whole cache line of examples
        assert seconds(after) > seconds(before)
        assert result_bytes(after) >= result_bytes(before)


def test_every_pass_is_in_it():
    """Evaluation alone makes the first link long; misclassified examples alone make its result large."""
    s = size_of(SMALL)
    s = replace(s, lambdas=129, seeds=64, n=5000, steps=60, batch=1)
    evaluation = sum(cost.RATES[n] * c for n, c in cost.counts(s).items() if n.endswith("of evaluation"))
    assert evaluation > 0.5 * seconds(s)
    assert result_bytes(s) > 5 * result_bytes(replace(s, classes=False))
    assert all(rate > 0 for rate in cost.RATES.values())
    assert list(cost.RATES) == list(cost.counts(s))


def test_two_classes_by_softmax_cost_what_more_classes_do():
    two, three = (size_of(Experiment(dataset=name, model="softmax")) for name in ("moons", "iris"))
    assert two.loss == three.loss > size_of(Experiment(dataset="moons", model="logistic")).loss


def test_what_is_accepted_is_bounded():
    rng = np.random.default_rng(0)
    too_long = too_large = 0
    for _ in range(400):
        s = replace(size_of(SMALL), lambdas=int(rng.integers(1, 130)), seeds=int(rng.integers(1, 65)),
                    n=int(rng.integers(40, 5000)), steps=int(np.exp(rng.uniform(0, 9.9))),
                    batch=int(rng.integers(1, 2500)), work=int(np.exp(rng.uniform(1, 9))),
                    parameters=int(rng.integers(3, 300)))  # fmt: skip
        fits = result_bytes(s) <= MAX_RESULT and seconds(s) <= MAX_SECONDS
        too_long += seconds(s) > MAX_SECONDS and result_bytes(s) <= MAX_RESULT
        too_large += seconds(s) <= MAX_SECONDS and result_bytes(s) > MAX_RESULT
        assert fits == (cost.check(s) is None)
    assert too_long >= 5
    assert too_large >= 5
