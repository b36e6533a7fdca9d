"""Claims on trial, one by one: differences are the arms' and have the sign that speaks for the claim; links open."""

from urllib.parse import unquote

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from wd_core.claims import CLAIMS
from wd_core.claims._claim import Setting, Trial
from wd_core.claims._shared import page, start, well_judged
from wd_core.datasets import DATASETS

SEEDS = (0, 1)


@pytest.fixture(scope="module")
def trial_of():
    """A claim's trial on its first data set."""
    found = {}

    def get(name: str) -> Trial:
        if name not in found:
            claim = CLAIMS[name]
            found[name] = claim.trial(Setting(claim.datasets[0], SEEDS, claim.lambdas), lambda share: None)
        return found[name]

    return get


def less(arm: str, other: str):
    """The first arm less the other."""
    return lambda arms: arms[arm] - arms[other]


def saved(arm: str, other: str):
    """What the first arm saves of the other, in per cent."""
    return lambda arms: 100 * (arms[other] - arms[arm]) / arms[other]


def synergy(name: str):
    """(both − companion) − (decay − none)."""
    return lambda a: (a[f"both, {name}"] - a[f"companion, {name}"]) - (a[f"decay, {name}"] - a[f"none, {name}"])


ZEROS = "weights exactly zero, {}, %"
SPEAKS_FOR = [
    ("decay_and_l1", "training, against L1", less("training accuracy, decay + L1", "training accuracy, L1")),
    ("fewer_iterations", "own optimum, Adam", lambda a: np.log2(
        a["iterations to own optimum, Adam, λ = 0"] / a["iterations to own optimum, Adam, with decay"])),
    ("less_time", "a step", saved("a step with decay, µs", "a step without decay, µs")),
    ("less_time", "the whole training",
     saved("the whole training with decay, ms", "the whole training without decay, ms")),
    ("less_complex", "effective degrees of freedom", lambda a: np.log2(
        a["effective degrees of freedom, λ = 0"] / a["effective degrees of freedom, with decay"])),
    ("exact_zeros", "zeros, L1 by its prox", less(ZEROS.format("L1, proximal"), ZEROS.format("L2"))),
    ("exact_zeros", "zeros, L1 by its subgradient", less(ZEROS.format("L1, subgradient"), ZEROS.format("L2"))),
    ("exact_zeros", "threshold, inputs as they are",
     less("threshold, inputs as they are, L1, %", "threshold, inputs as they are, L2, %")),
    ("selects_features", "right ones, features as they are",
     less("F1 of L1, features as they are", "F1 of keeping all, features as they are")),
    ("no_domination", "largest weight, network",
     saved("largest over mean weight, network, with decay", "largest over mean weight, network, λ = 0")),
    ("no_domination", "a feature and its copy",
     less("unevenness of a copied feature, λ = 0, %", "unevenness of a copied feature, with decay, %")),
    ("conflicts", "dropout", lambda arms: -synergy("dropout")(arms)),
    ("combines", "L1: more than the sum", synergy("L1")),
    ("combines", "early stopping: better than decay alone", less("both, early stopping", "decay, early stopping")),
    ("leakage_hides", "90 % leak", less("true gain, 90 % leak", "apparent gain, 90 % leak")),
    ("interpretable", "steady coefficients", saved("standard deviation, with decay", "standard deviation, λ = 0")),
    ("interpretable", "steady signs", less("agreement on signs, with decay, %", "agreement on signs, λ = 0, %")),
    ("few_data", "helps more with few than with many",
     less("gain, 20 examples", "gain, 640 examples")),
    ("few_data", "fewer data, more decay", lambda a: np.log10(a["λ, 20 examples"] / a["λ, 640 examples"])),
    ("choosing_lambda", "cross-validation finds λ",
     less("regret in loss of a λ taken blindly", "regret in loss of cross-validation")),
    ("choosing_lambda", "λ is sensitive", lambda arms: 1 - arms["decades of λ within one point"]),
    ("choosing_lambda", "the best of many flatters",
     less("loss that nested cross-validation claims", "loss that cross-validation claims")),
]  # fmt: skip


@pytest.mark.parametrize(("name", "part", "by_hand"), SPEAKS_FOR, ids=lambda v: v if isinstance(v, str) else "")
def test_above_zero_speaks_for_the_claim(name, part, by_hand, trial_of):
    trial = trial_of(name)
    np.testing.assert_allclose(trial.differences[part], by_hand(trial.arms), rtol=1e-6, atol=1e-9)


def test_the_rival_on_test_data_is_the_one_that_validation_takes(monkeypatch):
    from wd_core.claims import decay_and_l1

    real, seen = decay_and_l1.techniques, {}

    def spy(e, on_progress):
        seen.update(real(e, on_progress))
        return seen

    monkeypatch.setattr(decay_and_l1, "techniques", spy)
    claim = CLAIMS["decay_and_l1"]
    trial = claim.trial(Setting("breast_cancer", SEEDS, claim.lambdas), lambda share: None)
    for s in range(len(SEEDS)):
        rival = min(decay_and_l1.RIVALS, key=lambda name, s=s: seen[name].validation[s])
        expected = 100 * (seen["decay + L1"].score[s] - seen[rival].score[s])
        assert trial.differences["test, against the best of them"][s] == pytest.approx(expected)


@pytest.mark.parametrize("dataset", ["moons", "breast_cancer", "digits", "wine"])
def test_well_judged_trains_on_as_many_rows(dataset):
    e = start(Setting(dataset, SEEDS, (0.0, 0.1)))
    roomy = well_judged(e)
    for seed in SEEDS:
        before, after = e.data(seed), roomy.data(seed)
        assert len(after.y_train) == len(before.y_train)
        assert len(after.y_test) >= len(before.y_test)
        assert after.flipped.mean() == pytest.approx(before.flipped.mean())


@pytest.mark.parametrize(("name", "control"), [("paths", "data"), ("choosing", "cv_data")])
def test_a_link_to_a_page_opens_it_on_the_data_set(name, control):
    query = unquote(page(name, control, "breast_cancer")).partition("?")[2].partition("=")
    app = AppTest.from_file(f"../pages/{name}.py", default_timeout=90)
    app.query_params[query[0]] = query[2]
    app.run()
    assert not app.exception
    assert app.selectbox(key=control).value in ("breast_cancer", DATASETS["breast_cancer"].title)
