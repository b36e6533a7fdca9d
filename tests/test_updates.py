"""The update rule: every optimiser × decay × schedule against a textbook in plain Python, and against PyTorch."""

import math
from itertools import pairwise

import numpy as np
import pytest

from wd_core import Experiment, History, train
from wd_core.engine.optimizers import OPTIMIZERS
from wd_core.engine.update import Update
from wd_core.experiment import DECAYS, SCHEDULES
from wd_core.tables import rows_of

SINE = {"dataset": "sine", "n_samples": 40, "model": "linear", "steps": 60, "lr": 0.05, "seeds": (3,)}
MLP = {"hidden": (7, 5), "steps": 20, "lr": 0.03, "lambdas": (0.0, 0.1, 0.5), "seeds": (0, 4)}


def trained(**settings) -> History:
    return train(Experiment(**settings), dtype=np.float64)


# ---------------------------------------------------------------- one weight, one bias, by the book


def by_the_book(e: Experiment, lam: float) -> list[tuple[float, float]]:
    """w and b of y ≈ w·x + b after every step, in scalars: the methods as their papers write them."""
    data = e.data(e.seeds[0])
    points = list(zip(data.X_train[:, 0].tolist(), data.y_train.tolist(), strict=True))
    strengths = (
        {"none": 0, "l1": 1, "l2": 0, "elastic": e.l1_ratio}[e.penalty] * lam,
        {"none": 0, "l1": 0, "l2": 1, "elastic": 1 - e.l1_ratio}[e.penalty] * lam,
    )
    theta, path = [0.0, 0.0], [(0.0, 0.0)]
    factor = e.decay_layers[0] if e.decay_layers else 1
    state = [{"velocity": 0.0, "m": 0.0, "v": 0.0} for _ in theta]
    for t in range(1, e.steps + 1):
        schedule = multiple(e.schedule, t, e.steps)
        lr = e.lr * schedule
        residuals = [theta[0] * x + theta[1] - y for x, y in points]
        slopes = [sum(r * x for r, (x, _) in zip(residuals, points, strict=True)), sum(residuals)]
        passed, (first, last) = (t - 1) / e.steps, e.decay_span
        strong = factor * (first <= passed < last) * (min(1, passed / e.lambda_warmup) if e.lambda_warmup else 1)
        for p, s in enumerate(state):
            decays, w, g = p == 0 or e.decay_biases, theta[p], slopes[p] / len(points)
            l1, l2 = (strong * decays * each for each in strengths)
            if e.decay in ("coupled", "subgradient"):
                g += l2 * w
            if e.decay == "subgradient":
                g += l1 * ((w > 0) - (w < 0))
            move, metric = direction(e, s, g, t)
            agree = lr if move * w >= 0 else 0
            shrink = {"decoupled": lr, "decoupled_paper": schedule, "cautious": agree}.get(e.decay, 0) * l2 * w
            w = w - shrink - lr * move
            beside = {"coupled": lr * metric, "decoupled": lr, "decoupled_paper": schedule, "cautious": agree}
            theta[p] = math.copysign(max(abs(w) - beside.get(e.decay, 0) * l1, 0), w)
        path.append((theta[0], theta[1]))
    return path


def multiple(schedule: str, t: int, steps: int) -> float:
    """What the learning rate is multiplied with at step t."""
    if schedule == "step":
        return 10.0 ** -((2 * (t - 1) >= steps) + (4 * (t - 1) >= 3 * steps))
    rise = steps / 10 if schedule == "warmup_cosine" else 0
    if t - 1 < rise:
        return (t - 1) / rise
    return 1 if schedule == "constant" else (1 + math.cos(math.pi * (t - 1 - rise) / (steps - rise))) / 2


def direction(e: Experiment, s: dict[str, float], g: float, t: int) -> tuple[float, float]:
    """What is multiplied by the learning rate, and the metric of a prox."""
    if e.optimizer == "sgd":
        return g, 1
    if e.optimizer == "adam":
        s["m"] = 0.9 * s["m"] + 0.1 * g
        s["v"] = e.beta2 * s["v"] + (1 - e.beta2) * g * g
        root = math.sqrt(s["v"] / (1 - e.beta2**t)) + 1e-8
        return s["m"] / (1 - 0.9**t) / root, 1 / root
    s["velocity"] = e.momentum * s["velocity"] + g
    ahead = e.momentum * s["velocity"] + g if e.optimizer == "nesterov" else s["velocity"]
    return ahead, 1 / (1 - e.momentum)


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("penalty", ["l2", "l1", "elastic"])
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_goes_the_way_of_the_book(optimizer: str, decay: str, penalty: str, schedule: str) -> None:
    lambdas = (0.0, 0.03, 0.2)
    settings = SINE | {"optimizer": optimizer, "decay": decay, "penalty": penalty, "schedule": schedule}
    h = trained(**settings, momentum=0.8, lambdas=lambdas)
    for i, lam in enumerate(lambdas):
        path = by_the_book(h.experiment, lam)
        np.testing.assert_allclose(h.weights[i, 0], [path[step] for step in h.steps], rtol=1e-9, atol=1e-12)


WHEN_AND_WHERE = {
    "span": {"decay_span": (0.25, 0.75)},
    "warm-up": {"lambda_warmup": 0.4},
    "factor": {"decay_layers": (0.3,)},
    "biases": {"decay_biases": True},
    "beta2": {"beta2": 0.9},
    "all": {"decay_span": (0.1, 0.9), "lambda_warmup": 0.5, "decay_layers": (2.0,), "decay_biases": True, "beta2": 0.5},
}


@pytest.mark.parametrize("settings", WHEN_AND_WHERE.values(), ids=list(WHEN_AND_WHERE))
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_when_and_where_decay_acts_is_as_the_book_has_it(optimizer: str, decay: str, settings: dict) -> None:
    h = trained(**SINE, optimizer=optimizer, decay=decay, penalty="elastic", lambdas=(0.05, 0.3), **settings)
    plain = trained(**SINE, optimizer=optimizer, decay=decay, penalty="elastic", lambdas=(0.05, 0.3))
    for i, lam in enumerate(h.lambdas):
        path = by_the_book(h.experiment, lam)
        np.testing.assert_allclose(h.weights[i, 0], [path[step] for step in h.steps], rtol=1e-8, atol=1e-12)
    if "beta2" not in settings or optimizer == "adam":
        assert (h.weights[:, 0, -1] != plain.weights[:, 0, -1]).any()


@pytest.mark.parametrize("decay", DECAYS)
def test_decay_acts_at_step_t_if_its_share_lies_in_the_span_and_never_for_an_empty_one(decay: str) -> None:
    settings = {**MLP, "optimizer": "sgd", "decay": decay, "penalty": "elastic", "steps": 8}
    none, whole = trained(**settings | {"penalty": "none"}), trained(**settings)
    np.testing.assert_array_equal(whole.weights, trained(**settings, decay_span=(0.0, 1.0)).weights)
    for span in ((0.0, 0.0), (0.5, 0.5), (1.0, 1.0)):
        np.testing.assert_array_equal(trained(**settings, decay_span=span).weights, none.weights)
    late = trained(**settings, decay_span=(0.5, 1.0))  # steps 5 to 8 of 8
    np.testing.assert_array_equal(late.weights[:, :, :5], none.weights[:, :, :5])
    assert (late.weights[1:, :, 5] != none.weights[1:, :, 5]).any(-1).all()
    early = trained(**settings, decay_span=(0.0, 0.5))  # steps 1 to 4 of 8
    np.testing.assert_array_equal(early.weights[:, :, :5], whole.weights[:, :, :5])
    np.testing.assert_array_equal(early.penalty[:, :, :5], whole.penalty[:, :, :5])  # of λ, whatever the span


def test_lambda_rises_linearly_from_zero() -> None:
    """Without data's pull a weight shrinks by 1 − lr·λ·(t − 1)/(a·T) at step t, then by 1 − lr·λ."""
    e = Experiment(optimizer="sgd", lr=0.1, lambdas=(0.5,), lambda_warmup=0.4, steps=10)
    w, wanted = np.ones((1, 1, 1)), 1.0
    update = Update(rows_of(e, e.lambdas, np.ones(1)), w, g := np.zeros_like(w), 10)
    for step in range(1, 11):
        g[...] = 0
        update(step)
        wanted *= 1 - 0.1 * 0.5 * min(1, (step - 1) / 4)
        assert w.item() == pytest.approx(wanted, rel=1e-12)


def test_a_layer_with_factor_zero_is_trained_as_if_only_the_others_decayed() -> None:
    none, half = trained(**MLP, penalty="none"), trained(**MLP, decay_layers=(0.0, 1.0, 0.5))
    e = half.experiment
    assert e.decayed_layers == ("hidden 1", "hidden 2", "output")
    np.testing.assert_array_equal(trained(**MLP, decay_layers=(0, 0, 0)).weights, none.weights)
    np.testing.assert_array_equal(trained(**MLP, decay_layers=(1, 1, 1)).weights, trained(**MLP).weights)
    assert half.weight_mask.sum() == 2 * 7 + 7 * 5 + 5  # weights that could decay
    expected = np.zeros(half.penalty.shape)
    for (block, place), factor in zip(half.blocks(), (0, 1, 0.5), strict=True):
        matrix = half.weights[..., place].reshape(*expected.shape, *block.shape)[..., :-1]
        expected += factor * 0.5 * (matrix**2).sum((-2, -1))
    np.testing.assert_allclose(half.penalty, half.lambdas[:, None, None] * expected, rtol=1e-12)


def test_cautious_decay_leaves_the_minimum_of_the_loss_where_it_is() -> None:
    plane = {"dataset": "plane", "model": "linear", "optimizer": "sgd", "lr": 0.1, "steps": 2000, "lambdas": (0.0, 0.3)}
    free, cautious = trained(**plane).weights[0], trained(**plane, decay="cautious").weights[1]
    np.testing.assert_allclose(cautious[:, -1], free[:, -1], atol=2e-3)
    assert np.abs(trained(**plane, decay="decoupled").weights[1, :, -1] - free[:, -1]).max() > 0.05


# ---------------------------------------------------------------- equal where theory says so, and different where not


def test_for_plain_sgd_coupled_and_decoupled_l2_are_the_same() -> None:
    coupled, decoupled = (trained(**MLP, optimizer="sgd", decay=decay) for decay in ("coupled", "decoupled"))
    np.testing.assert_allclose(coupled.weights, decoupled.weights, atol=1e-14)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov", "adam"])
def test_for_the_others_coupled_and_decoupled_l2_differ_where_lambda_is_not_zero(optimizer: str) -> None:
    coupled, decoupled = (trained(**MLP, optimizer=optimizer, decay=decay) for decay in ("coupled", "decoupled"))
    np.testing.assert_array_equal(coupled.weights[0], decoupled.weights[0])
    assert np.abs(coupled.weights - decoupled.weights)[1:, :, -1].max(-1).min() > 0.01


@pytest.mark.parametrize("penalty", ["l2", "l1", "elastic"])
@pytest.mark.parametrize("schedule", SCHEDULES)
def test_the_papers_decay_is_pytorchs_with_lr_times_lambda(penalty: str, schedule: str) -> None:
    settings = MLP | {"penalty": penalty, "schedule": schedule}
    ours = trained(**settings, decay="decoupled")
    papers = trained(**settings | {"lambdas": tuple(0.03 * lam for lam in MLP["lambdas"])}, decay="decoupled_paper")
    np.testing.assert_allclose(papers.weights, ours.weights, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("optimizer", ["momentum", "nesterov"])
def test_with_momentum_coupled_lambda_ends_as_decoupled_lambda_over_one_minus_mu(optimizer: str) -> None:
    ridge = {"dataset": "plane", "model": "linear", "optimizer": optimizer, "momentum": 0.8, "lr": 0.02, "steps": 3000}
    coupled = trained(**ridge, decay="coupled", lambdas=(0.1, 0.5))
    decoupled = trained(**ridge, decay="decoupled", lambdas=(0.5, 2.5))
    np.testing.assert_allclose(coupled.weights[:, :, -1], decoupled.weights[:, :, -1], atol=1e-9)


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_lambda_zero_is_no_penalty_bit_for_bit(optimizer: str, decay: str, penalty: str) -> None:
    settings = MLP | {"optimizer": optimizer, "decay": decay, "batch_size": 17}
    zero = train(Experiment(**settings, penalty=penalty))
    none = train(Experiment(**settings, penalty="none"))
    np.testing.assert_array_equal(zero.weights[0], none.weights[0])
    np.testing.assert_array_equal(none.weights[0], none.weights[2])
    assert not none.penalty.any()
    assert (zero.weights[1:, :, -1] != none.weights[1:, :, -1]).any()


@pytest.mark.parametrize(("l1_ratio", "penalty"), [(0.0, "l2"), (1.0, "l1")])
@pytest.mark.parametrize("decay", DECAYS)
def test_the_elastic_net_ends_in_l1_and_l2_bit_for_bit(decay: str, l1_ratio: float, penalty: str) -> None:
    elastic = train(Experiment(**MLP, decay=decay, penalty="elastic", l1_ratio=l1_ratio))
    np.testing.assert_array_equal(elastic.weights, train(Experiment(**MLP, decay=decay, penalty=penalty)).weights)


# ---------------------------------------------------------------- what only weights suffer, and what they survive


@pytest.mark.parametrize("penalty", ["l1", "l2", "elastic"])
@pytest.mark.parametrize("decay", DECAYS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_without_data_weights_decay_and_biases_stay(optimizer: str, decay: str, penalty: str) -> None:
    e = Experiment(optimizer=optimizer, decay=decay, penalty=penalty, lambdas=(0.0, 0.1, 0.3, 0.5, 0.9), lr=0.01)
    mask = np.array([True, False, True, True, False, True, True])
    w = np.random.default_rng(0).choice([-1, 1], (3, 5, 7)) * np.linspace(1, 2, 7)
    before, update = w.copy(), Update(rows_of(e, e.lambdas, mask), w, g := np.empty_like(w), e.steps)
    for step in range(1, 4):
        g[...] = 0
        update(step)
    np.testing.assert_array_equal(w[..., ~mask], before[..., ~mask])
    np.testing.assert_array_equal(w[:, 0], before[:, 0])
    assert (np.abs(w) < np.abs(before))[:, 1:, mask].all()


def pulled(optimizer: str, decay: str, gradient: float) -> tuple[float, float]:
    """A weight under L1 with λ = 0.5 after 50 steps without a gradient, and after 300 more with this one."""
    e = Experiment(optimizer=optimizer, decay=decay, penalty="l1", lambdas=(0.5,), lr=0.01)
    w = np.array([[[0.02]]])
    update = Update(rows_of(e, e.lambdas, np.ones(1)), w, g := np.empty_like(w), 350)
    for step in range(1, 51):
        g[...] = 0
        update(step)
    rested = w.item()
    for step in range(51, 351):
        g[...] = gradient
        update(step)
    return rested, w.item()


@pytest.mark.parametrize("decay", ["coupled", "decoupled"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_weight_that_l1_set_to_zero_comes_back_when_its_gradient_pulls(optimizer: str, decay: str) -> None:
    rested, after = pulled(optimizer, decay, gradient=-2.0)
    assert rested == 0
    assert after > 0.1


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_pull_weaker_than_lambda_leaves_a_zero_weight_at_zero_in_every_metric(optimizer: str) -> None:
    assert pulled(optimizer, "coupled", gradient=-0.49) == (0, 0)


# ---------------------------------------------------------------- PyTorch


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize(
    ("optimizer", "decay", "name", "settings"),
    [
        ("sgd", "coupled", "SGD", {}),
        ("momentum", "coupled", "SGD", {"momentum": 0.9}),
        ("nesterov", "coupled", "SGD", {"momentum": 0.9, "nesterov": True}),
        ("adam", "coupled", "Adam", {}),
        ("adam", "decoupled", "AdamW", {}),
    ],
)
def test_pytorch_takes_the_same_steps(optimizer: str, decay: str, name: str, settings: dict, schedule: str) -> None:
    torch = pytest.importorskip("torch")
    h = trained(**MLP, optimizer=optimizer, decay=decay, schedule=schedule, beta2=0.98)
    settings = settings | ({"betas": (0.9, 0.98)} if optimizer == "adam" else {})
    for (i, lam), (j, seed) in [((i, x), (j, s)) for i, x in enumerate(h.lambdas) for j, s in enumerate(h.seeds)]:
        data, start = h.experiment.data(int(seed)), 0
        x, y = torch.tensor(data.X_train), torch.tensor(data.y_train[:, None], dtype=torch.float64)
        weights, biases = [], []
        for inputs, outputs in pairwise((2, 7, 5, 1)):
            size = outputs * (inputs + 1)
            layer = torch.tensor(h.weights[i, j, 0, start : start + size].reshape(outputs, inputs + 1))
            weights.append(layer[:, :-1].clone().requires_grad_())
            biases.append(layer[:, -1].clone().requires_grad_())
            start += size
        groups = [{"params": weights, "weight_decay": float(lam)}, {"params": biases, "weight_decay": 0.0}]
        stepper = getattr(torch.optim, name)(groups, lr=0.03, **settings)
        for step in range(1, 21):
            for group in stepper.param_groups:
                group["lr"] = 0.03 * multiple(schedule, step, 20)
            a = torch.tanh(torch.tanh(x @ weights[0].T + biases[0]) @ weights[1].T + biases[1])
            stepper.zero_grad()
            torch.nn.functional.binary_cross_entropy_with_logits(a @ weights[2].T + biases[2], y).backward()
            stepper.step()
        layers = [torch.column_stack(pair).detach().numpy().ravel() for pair in zip(weights, biases, strict=True)]
        np.testing.assert_allclose(h.weights[i, j, -1], np.concatenate(layers), rtol=1e-9, atol=1e-10)
