"""What a history says of its training, against definitions and against what happens past the edge."""

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.studies.diagnostics import (
    collapsed,
    effective_rates,
    largest_curvature,
    layer_norms,
    stability_edge,
)  # fmt: skip

BASE = Experiment(n_samples=90, hidden=(7, 5), steps=40, lambdas=(0.0, 0.1), seeds=(0, 3))
LINEAR = Experiment(dataset="plane", model="linear", optimizer="sgd", n_samples=100, lambdas=(0.0,), seeds=(1,))


def test_norms_by_layer_make_up_the_norm_of_all_weights_and_no_bias() -> None:
    h = train(BASE.replace(norm="layer", lr=0.1))
    norms = layer_norms(h)
    assert list(norms) == ["hidden 1", "hidden 2", "output"]
    whole = np.sqrt(np.square(h.weights[..., h.weight_mask]).sum(-1))
    np.testing.assert_allclose(np.sqrt(sum(n**2 for n in norms.values())), whole, rtol=1e-5)
    rates = effective_rates(h)
    assert list(rates) == ["hidden 1", "hidden 2"]
    np.testing.assert_allclose(rates["hidden 1"], 0.1 / norms["hidden 1"])  # Adam's steps know no size of gradients
    plain = train(BASE.replace(norm="layer", lr=0.1, optimizer="sgd"))
    np.testing.assert_allclose(effective_rates(plain)["hidden 2"], 0.1 / layer_norms(plain)["hidden 2"] ** 2)
    assert effective_rates(train(BASE)) == {}


def test_the_effective_rate_follows_the_schedule() -> None:
    h = train(BASE.replace(norm="batch", schedule="step", lr=0.1, steps=8))
    products = effective_rates(h)["hidden 1"] * layer_norms(h)["hidden 1"]
    wanted = np.select([h.steps < 4, h.steps < 6], [0.1, 0.01], 0.001)
    np.testing.assert_allclose(products, np.broadcast_to(wanted, products.shape))


def test_a_run_whose_signal_lambda_killed_has_collapsed_and_no_other() -> None:
    h = train(BASE.replace(lambdas=(0.0, 1e-3, 5.0), lr=0.03, steps=400))
    np.testing.assert_array_equal(collapsed(h), [[False] * 2, [False] * 2, [True] * 2])
    dead = train(BASE.replace(lambdas=(10.0, 20.0), lr=0.03, steps=400))  # nobody to compare with
    assert not collapsed(dead).any()


def test_a_diverged_run_has_not_collapsed() -> None:
    h = train(LINEAR.replace(lambdas=(0.0, 100.0), lr=0.1, steps=400))
    assert h.diverged[1].all()
    assert not collapsed(h).any()


def hessian_of_plane() -> np.ndarray:
    X = LINEAR.data(1).X_train
    X = np.column_stack([X, np.ones(len(X))])
    return X.T @ X / len(X)


def test_the_largest_curvature_of_a_linear_model_is_that_of_its_hessian() -> None:
    found = largest_curvature(LINEAR, 1, np.random.default_rng(0).standard_normal((3, 3)))
    np.testing.assert_allclose(found, np.linalg.eigvalsh(hessian_of_plane())[-1], rtol=1e-6)


@pytest.mark.parametrize("norm", ["none", "batch"])
def test_the_largest_curvature_of_a_network_is_that_of_its_differenced_gradient(norm: str) -> None:
    from wd_core.studies.diagnostics import _Gradient

    e = BASE.replace(hidden=(4,), norm=norm)
    w = train(e, dtype=np.float64).weights[:, 0, -1]
    gradient, found = _Gradient(e, 0, len(w)), largest_curvature(e, 0, w, iterations=300)
    unit = 1e-5 * np.eye(w.shape[-1])
    for r in range(len(w)):
        columns = [(gradient(w + u)[r] - gradient(w - u)[r]) / 2e-5 for u in unit]
        assert found[r] == pytest.approx(np.linalg.eigvalsh(np.array(columns))[-1], rel=1e-3)


@pytest.mark.parametrize(("optimizer", "momentum"), [("sgd", 0.0), ("momentum", 0.5), ("nesterov", 0.5)])
@pytest.mark.parametrize("lam", [0.0, 3.0])
def test_gradient_descent_diverges_past_its_edge_and_not_before(optimizer: str, momentum: float, lam: float) -> None:
    """Intercepts are not decayed, so the edge is that of the curvature in the weights alone where λ is large."""
    e = LINEAR.replace(optimizer=optimizer, momentum=momentum, lambdas=(lam,), steps=3000, decay_biases=True)
    curvature = largest_curvature(e, 1, np.zeros((1, 3)))[0]
    unit = stability_edge(e.replace(lr=1.0), lam, curvature)
    for share, diverges in ((0.97, False), (1.03, True)):
        lr = share * unit.limit / unit.product
        assert stability_edge(e.replace(lr=lr), lam, curvature).is_passed == diverges
        assert train(e.replace(lr=lr), dtype=np.float64).diverged[0, 0] == diverges


@pytest.mark.parametrize("decay", ["decoupled", "decoupled_paper"])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_decay_beside_the_step_diverges_past_its_edge_and_not_before(decay: str, optimizer: str) -> None:
    e = LINEAR.replace(optimizer=optimizer, decay=decay, lr=1e-3, steps=2000)
    for share, diverges in ((0.9, False), (1.1, True)):
        lam = share * 2 / (e.lr if decay == "decoupled" else 1)
        assert stability_edge(e, lam).is_passed == diverges
        assert train(e.replace(lambdas=(lam,)), dtype=np.float64).diverged[0, 0] == diverges


def test_coupled_adam_has_no_edge_and_factors_count() -> None:
    assert stability_edge(BASE, 1e4, 1e4) is None
    e = BASE.replace(decay="decoupled", lr=0.01, decay_layers=(0.5, 3.0, 0.0))
    assert stability_edge(e, 10.0).product == pytest.approx(0.3)
    assert stability_edge(e.replace(penalty="l1"), 10.0).product == 0
    assert stability_edge(e.replace(decay_span=(0.5, 0.5)), 10.0).product == 0  # never
