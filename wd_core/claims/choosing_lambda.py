"""Cross-validation finds λ; λ is sensitive; benchmarks mislead."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial
from wd_core.claims._shared import page, start
from wd_core.experiment import lambda_path
from wd_core.studies.choosing import cross_validate, nested_cross_validation
from wd_core.studies.scarcity import decades_within, score_curves

FOLDS = 5
FINDS, SENSITIVE, MISLEADS = "cross-validation finds λ", "λ is sensitive", "the best of many flatters"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = start(s)
    curves = cross_validate(e, FOLDS, lambda share: on_progress(share / 6))
    nested = nested_cross_validation(curves, lambda share: on_progress((1 + 4 * share) / 6))
    scores = score_curves(e, lambda share: on_progress((5 + share) / 6))
    decades = np.array([decades_within(curves.lambdas[1:], row[1:]) for row in scores])
    blind = np.nanmean(curves.test[:, 1:], axis=1) - np.nanmin(curves.test, axis=1)
    regrets = curves.regrets()
    differences = {
        FINDS: blind - regrets["cross-validation"],
        SENSITIVE: 1 - decades,
        MISLEADS: nested.nested - nested.naive,
    }
    arms = {"regret in loss of a λ taken blindly": blind}
    arms |= {f"regret in loss of {name}": regrets[name] for name in ("cross-validation", "one standard error")}
    arms |= {
        "decades of λ within one point": decades,
        "loss that cross-validation claims": nested.naive,
        "loss that nested cross-validation claims": nested.nested,
        "true loss of the chosen λ": nested.truth,
    }
    return Trial(differences, arms, page("choosing", "cv_data", s.dataset))


CLAIM = Claim(
    number=32,
    name="choosing_lambda",
    sources=("S2", "S3", "S4"),
    says="Cross-validation finds λ; results are sensitive to it; benchmarks mislead.",
    parts=(
        Part(FINDS, "true loss of a λ taken blindly from the grid (the mean over it) less that of cross-validation's "
             "choice", "loss"),
        Part(SENSITIVE, "one decade less the decades of λ, around the best, that lie within one point of accuracy (or "
             "0.01 of R²)", "decades of λ"),
        Part(MISLEADS, "loss that nested cross-validation finds less the one by which λ was chosen", "loss"),
    ),
    arms="Each data set's opening with its own model and share of wrong labels, L2 with λ = 0 and nine λ from 0.001 "
    "to 10. 5-fold cross-validation on the training part; nested, each outer fold once more cut in five.",
    rule="The truth is a fresh sample of 4,000 for drawn data, all rows not in training for real ones. Sensitive is "
    "said to be what needs λ to within a decade: a grid with one value a decade could miss it. The loss of the chosen "
    "λ is the least of ten, so it may flatter; nested cross-validation judges on outer folds that had no say in the "
    "choice, the same rows, trained on as many. (The truth, in the table, has no wrong labels, and its fit a fifth "
    "more rows; so it is not what either is held against.)",
    literature="Cross-validation for choice and for assessment: Stone (*Cross-validatory choice and assessment of "
    "statistical predictions*, JRSS B 1974); for ridge it finds the best λ in the limit (Patil, Wei, Rinaldo and "
    "Tibshirani, *Uniform consistency of cross-validation estimators for high-dimensional ridge regression*, AISTATS "
    "2021). That the least of many estimates is too low, and that nesting cures it: Varma and Simon (*Bias in error "
    "estimation when using cross-validation for model selection*, BMC Bioinformatics 2006); that it misleads "
    "comparisons of methods: Cawley and Talbot (*On over-fitting in model selection*, JMLR 2010); how much of a "
    "benchmark is seeds and tuning: Bouthillier et al. (*Accounting for variance in machine learning benchmarks*, "
    "MLSys 2021).",
    datasets=("sparse", "diabetes", "breast_cancer", "moons"),
    more=("wine", "xor", "blobs"),
    lambdas=lambda_path(1e-3, 10, 9),
    trial=trial,
    seeds=30,
)  # fmt: skip
