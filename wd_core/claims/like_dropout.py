"""The effect of decay is similar to dropout's."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import PATH, network
from wd_core.studies.likeness import LAMBDAS, least_squares, nearest, networks, shared

RATE = 0.2
HALF = 50.0
BY_FEATURE, EVEN, SAYS, SCORE = "linear, λ by feature", "linear, one λ", "network, predictions", "network, test score"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = network(s, "20 % wrong labels")
    by_feature, even, lam = [], [], []
    for f in least_squares(e, RATE, lambda share: on_progress(share / 2)):
        moved = {name: w - f.nothing for name, w in (("dropout", f.trained), ("own", f.by_feature), ("even", f.even))}
        effect = {name: {part: w @ x.T for part, x in f.rows.items()} for name, w in moved.items()}
        i = nearest(effect["dropout"]["validation"], effect["even"]["validation"])
        lam.append(LAMBDAS[i])
        by_feature.append(100 * shared(effect["dropout"]["test"], effect["own"]["test"]))
        even.append(100 * shared(effect["dropout"]["test"], effect["even"]["test"][i]))
    found = networks(e, RATE, lambda share: on_progress((1 + share) / 2))
    shares = {BY_FEATURE: np.array(by_feature), EVEN: np.array(even), SAYS: 100 * found.share}
    score = {name: points(values) for name, values in found.scores.items()}
    nearer = np.abs(score["dropout"] - score["nothing"]) - np.abs(score["dropout"] - score["decay"])
    return Trial(
        {name: share - HALF for name, share in shares.items()} | {SCORE: nearer},
        {f"shared effect, {name}, %": share for name, share in shares.items()}
        | {f"test accuracy, {name}, %": values for name, values in score.items()}
        | {"λ nearest to dropout, linear": np.array(lam), "λ nearest to dropout, network": found.lam},
        lab(e, found.lam[0]),
    )


CLAIM = Claim(
    number=15,
    name="like_dropout",
    sources=("S2",),
    says="The effect of weight decay is similar to dropout's.",
    parts=(
        Part(BY_FEATURE, "share of dropout's effect on predictions that ridge with λⱼ = p/(1 − p) · mean xⱼ² for each "
             "feature has too, less one half"),
        Part(EVEN, "the same of ridge with one λ for all features"),
        Part(SAYS, "share of dropout's effect on a network's predictions that decay has too, less one half"),
        Part(SCORE, "distance of dropout's test accuracy from that of nothing, less its distance from decay's",
             margin=POINTS_MARGIN),
    ),
    arms=f"Nothing, dropout at a rate of {RATE:g}, and decay; 20 % wrong labels. *Linear*: regression on class "
    "numbers, dropout on the inputs (3,000 steps, the mean weights of the last half) against ridge, exactly solved. "
    "*Network*: the opening's own, or one hidden layer of 16 units; dropout on hidden units against L2.",
    rule="An effect is a difference from the predictions of nothing, for rows of the test part (no labels are looked "
    "at). What decay shares of it is 1 − ‖dropout − decay‖²/‖dropout − nothing‖²: 100 % where they are the same, 0 "
    "where decay comes no nearer than nothing. *Similar* is more than one half. λ by feature follows from the rate; "
    "one λ is that whose predictions for validation rows come nearest to dropout's. Which units dropout happened to "
    "leave out counts as a difference, so that a network's share is lower than that of many dropouts' mean would be.",
    literature="Srivastava et al. (*Dropout*, JMLR 2014, §9.1) show that dropout on the inputs of least squares is in "
    "expectation a ridge with a strength for each feature; Wager, Wang and Liang (*Dropout training as adaptive "
    "regularization*, NeurIPS 2013) extend it to generalised linear models, to second order, with a strength that "
    "depends on how sure the model is. For deep networks Helmbold and Long (*Surprising properties of dropout in "
    "deep networks*, COLT 2017) prove differences: dropout's penalty can grow exponentially with depth where decay's "
    "grows linearly, and rescaling weights between layers leaves dropout as it is.",
    datasets=("wine", "moons", "breast_cancer", "digits"),
    more=("iris", "circles"),
    lambdas=PATH,
    trial=trial,
    seeds=30,
)  # fmt: skip
