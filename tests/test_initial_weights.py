"""First weights: as wide as layer and activation ask, the same for every λ, others for every seed."""

import numpy as np
import pytest

from wd_core import Experiment, train
from wd_core.engine.layers import ACTIVATIONS
from wd_core.engine.layers.activation import LEAK

WIDTH = 48


def he_gain(slope_below_zero: float) -> float:
    """The gain that keeps the variance of what comes through a rectifier, by quadrature (He et al. 2015)."""
    z, share = np.polynomial.hermite_e.hermegauss(200)
    f = np.where(z > 0, z, slope_below_zero * z)
    return float((np.sum(share * f**2) / share.sum()) ** -0.5)


GAINS = {"relu": he_gain(0.0), "leaky_relu": he_gain(LEAK)}  # saturating and linear ones keep Glorot's


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_first_weights_have_the_variance_that_their_activation_asks_for(activation: str) -> None:
    e = Experiment(n_samples=40, hidden=(WIDTH, WIDTH), activation=activation, steps=1, lambdas=0.0, seeds=range(8))
    begun = train(e).weights[0, :, 0]  # (S, P)
    inputs = e.data(0).X_train.shape[1]
    sizes = [(inputs, WIDTH), (WIDTH, WIDTH), (WIDTH, 1)]
    start = 0
    for i, (a, b) in enumerate(sizes):
        block = begun[:, start : start + b * (a + 1)].reshape(-1, b, a + 1)
        gain = GAINS.get(activation, 1.0) if i < 2 else 1.0  # scores have no activation
        limit = gain * np.sqrt(6 / (a + b))
        assert np.abs(block[..., :a]).max() <= limit * (1 + 1e-6)
        assert np.abs(block[..., :a]).max() > 0.95 * limit
        if a == b:
            np.testing.assert_allclose(block[..., :a].std(), limit / np.sqrt(3), rtol=0.02)
        assert not block[..., a].any()
        start += b * (a + 1)
    assert start == begun.shape[1]
    assert len(np.unique(begun[:, 0])) == len(e.seeds)
