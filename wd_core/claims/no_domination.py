"""Decay keeps single weights from dominating."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import network
from wd_core.studies.companions import kept
from wd_core.studies.weights import choose, data_of, dominance, unevenness
from wd_core.training import train_all

LINEAR, NETWORK, COPY = "largest weight, linear", "largest weight, network", "a feature and its copy"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s)
    (h,) = train_all([e], on_progress=on_progress, record_at=(0, e.steps))
    chosen, each = kept(h), np.arange(len(s.seeds))
    at = np.searchsorted(h.lambdas, chosen.lam)
    nets = [dominance(h.weights[i, each, -1][:, h.weight_mask]) for i in (np.zeros_like(at), at)]
    linear, shared, l1 = [], [], []
    for seed in s.seeds:
        linear.append([dominance(w.ravel()) for w in choose(data_of(s.dataset, seed)).path.coefficients])
        data = data_of(s.dataset, seed, copies=1)
        shared.append([unevenness(*w[list(data.group)]) for w in choose(data).path.coefficients])
        l1.append(unevenness(*choose(data, "l1").path.coefficients[1, list(data.group)]))
    linear, shared = np.array(linear).T, np.array(shared).T
    differences = {
        LINEAR: 100 * (1 - linear[1] / linear[0]),
        NETWORK: 100 * (1 - nets[1] / nets[0]),
        COPY: 100 * (shared[0] - shared[1]),
    }
    arms = {
        "largest over mean weight, linear, λ = 0": linear[0], "largest over mean weight, linear, with decay": linear[1],
        "largest over mean weight, network, λ = 0": nets[0], "largest over mean weight, network, with decay": nets[1],
        "unevenness of a copied feature, λ = 0, %": 100 * shared[0],
        "unevenness of a copied feature, with decay, %": 100 * shared[1],
        "unevenness of a copied feature, with L1, %": 100 * np.array(l1),
    }  # fmt: skip
    return Trial(differences, arms, lab(e, chosen.lam[0]))


CLAIM = Claim(
    number=20,
    name="no_domination",
    sources=("S2",),
    says="Decay keeps single weights from dominating.",
    parts=(
        Part(LINEAR, "largest over mean size of the weights: how much less with decay than at λ = 0", "%", 1.0),
        Part(NETWORK, "the same of all weights of a network", "%", 1.0),
        Part(COPY, "unevenness between a feature's weight and its copy's: λ = 0 less with decay", margin=1.0),
    ),
    arms="*Linear*: linear, logistic or softmax regression, exactly solved on 60 % of the rows. *Network*: the data "
    "set's opening, or one hidden layer of 16 where it opens without one. *Copy*: the linear model again, with a copy "
    "of one feature that matters, of correlation 0.95. L2 in all of them; L1 beside it in the table.",
    rule="λ is that of least validation loss, for each seed (in the network 0 is among the choices). The largest "
    "weight over the mean one has no unit, so that shrinking all alike changes nothing. Unevenness is |a − b| over "
    "|a| + |b|: 0 where both share alike, 100 where one has it all or they pull against each other.",
    literature="A square charges large weights most, so of all ways to say the same L2 takes the most even one: equal "
    "features get equal weights, and of correlated ones the weights come as close as their correlation (Zou and "
    "Hastie, *Regularization and variable selection via the elastic net*, JRSS B 2005, theorem 1). Hoerl and Kennard "
    "(*Ridge regression*, Technometrics 1970) start from wildly uneven least squares weights of collinear features. "
    "But ridge shrinks directions of little variance most, which need not make one weight's share of all smaller, and "
    "in a network decay is free to let units die and leave the work to the rest.",
    datasets=("diabetes", "breast_cancer", "wine", "sparse"),
    lambdas=(0.0, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2, 1e-1, 3e-1),
    trial=trial,
    seeds=30,
)
