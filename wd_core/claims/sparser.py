"""Decay makes the learned representation sparser: three things that this can mean."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import PATH
from wd_core.studies.beyond import start, train_ends
from wd_core.studies.inference import zero_share
from wd_core.studies.predictions import at_chosen, chosen
from wd_core.studies.representation import active_share, effective_units

HIDDEN = (32,)


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s.dataset, "mlp", s.seeds).replace(
        hidden=HIDDEN, activation="relu", lr=0.02, steps=300, label_noise=0.2, lambdas=s.lambdas
    )
    (h,) = train_ends([e], on_progress)
    zeros, active, units = zero_share(h), active_share(h, "test"), effective_units(h, "test")
    at = chosen(h)
    with_, without = ({name: at_chosen(v, i) for name, v in (("zeros", zeros), ("active", active), ("units", units))}
                      for i in (at, np.zeros_like(at)))  # fmt: skip
    differences = {
        "weights at exactly zero": points(with_["zeros"] - without["zeros"]),
        "silent pairs of unit and example": points(without["active"] - with_["active"]),
        "units that count": without["units"] - with_["units"],
    }
    arms = {}
    for name, arm in (("without decay", without), ("with decay", with_)):
        arms |= {f"weights at exactly zero, {name}, %": points(arm["zeros"]),
                 f"active pairs, {name}, %": points(arm["active"]),
                 f"units that count, {name}": arm["units"]}  # fmt: skip
    return Trial(differences, arms, lab(e.replace(seeds=e.seeds[:3]), h.lambdas[at[0]]))


CLAIM = Claim(
    number=12,
    name="sparser",
    sources=("S0",),
    says="With weight decay a network learns a sparser representation.",
    parts=(
        Part("weights at exactly zero", "share of the weights, λ chosen on validation less λ = 0", margin=0.5),
        Part("silent pairs of unit and example", "pairs whose ReLU says zero, chosen λ less λ = 0", margin=0.5),
        Part("units that count", "effective number of hidden units, λ = 0 less chosen λ", unit="units", margin=0.5),
    ),
    arms=f"One hidden layer of {HIDDEN[0]} ReLU units, 20 % wrong labels, L2, 300 steps of Adam: λ = 0 against the λ "
    "of least validation loss, chosen for each seed. Activities are those on test examples.",
    rule="Three meanings of *sparse*, each its own part: weights that are exactly zero; pairs of unit and example in "
    "which the unit is silent; and fewer units that count, by the participation ratio (Σ v)² / Σ v² of each unit's "
    "variance times its outgoing weights' squared norm. λ is chosen on validation data, 0 among the choices.",
    literature="L2 shrinks every weight in proportion and has no reason to reach zero; L1 has (Tibshirani 1996). "
    "Sparse *activity* is usually asked for by a penalty on activities or comes with ReLU (Glorot, Bordes and Bengio, "
    "*Deep sparse rectifier neural networks*, 2011). Yet in networks with layers that multiply, L2 on the factors acts "
    "like a sparser penalty on their product, so that units can vanish whole (Neyshabur, Tomioka and Srebro 2015; "
    "Parhi and Nowak, *Banach space representer theorems for neural networks*, 2021).",
    datasets=("moons", "iris", "wine", "breast_cancer", "digits"),
    seeds=30,
    more=("circles", "spirals", "xor", "fashion"),
    lambdas=PATH,
    trial=trial,
)
