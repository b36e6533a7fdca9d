"""With decay, training converges in fewer iterations."""

import numpy as np

from wd_core.claims._claim import Against, Article, Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims._shared import start
from wd_core.experiment import Experiment
from wd_core.studies.convergence import converge

STEPS = 3000
OWN, DATA = "own optimum, {}", "one data loss, {}"
BY = ("gradient descent", "Adam")


def experiments(s: Setting) -> dict[str, Experiment]:
    """By optimiser."""
    e = start(s).replace(batch_size=None, steps=STEPS, schedule="constant")
    return {"gradient descent": e.replace(optimizer="sgd", lr=0.1), "Adam": e.replace(optimizer="adam")}


def trial(s: Setting, on_progress: Progress) -> Trial:
    arms = experiments(s)
    differences, shown = {}, {}
    for by, found in converge(arms, on_progress).items():
        for part, (without, with_it) in ((OWN, found.own), (DATA, found.data)):
            differences[part.format(by)] = np.log2(without / with_it)
            shown |= {f"iterations to {part.format(by)}, λ = 0": without,
                      f"iterations to {part.format(by)}, with decay": with_it}  # fmt: skip
    order = [part.format(by) for part in (OWN, DATA) for by in BY]
    return Trial({name: differences[name] for name in order}, shown, lab(arms["Adam"], found.lam[0]))


CLAIM = Claim(
    number=9,
    name="fewer_iterations",
    sources=("S0", "S2", "S4"),
    says="With decay, training converges in fewer iterations.",
    against=(Against(("S3",), "Decay slows learning down."),),
    parts=tuple(
        Part(part.format(by), f"log₂ of iterations {what}, without decay over with it: +1 is half as many, −1 twice as "
             "many", "halvings", 0.05)
        for part, what in (
            (OWN, "to within 1 % of the own objective's optimum"),
            (DATA, "to one and the same loss on the training data"),
        )
        for by in BY
    ),
    arms="Each data set's opening with its own model, in full batches for 3,000 steps: λ = 0 against λ = 0.001, 0.01 "
    "or 0.1; by gradient descent at a learning rate of 0.1, and by Adam at the opening's.",
    rule="Of the three λ each seed takes the one of least validation loss at the end. *Own optimum*: the first step "
    "at which loss plus penalty has come 99 % of the way from its first value to the least of its 3,000 steps. *One "
    "data loss*: the first step at which the loss alone is nine tenths of the way down to the lowest that the run "
    "with decay reaches; both arms start at the same weights, so it is the same number for both. Where there is no "
    "optimum (separable classes without decay), the least of the 3,000 steps stands for it.",
    literature="On a quadratic, gradient descent closes the gap by 1 − η(h + λ) a step along a direction of curvature "
    "h: what is flat is found 1 + λ/h times faster, but it is another optimum that is found (Boyd and Vandenberghe, "
    "*Convex Optimization*, 2004, §9.3, for the condition number; Le Cun, Kanter and Solla, *Eigenvalues of "
    "covariance matrices*, PRL 1991, for networks). On separable classes without decay there is no optimum at all, "
    "and the weights grow like log t (Soudry et al., *The implicit bias of gradient descent on separable data*, JMLR "
    "2018). Lewkowycz and Gur-Ari (*On the training dynamics of deep networks with L2 regularization*, NeurIPS 2020) "
    "find that the steps to the best test performance go like 1/(ηλ): less decay, longer training.",
    datasets=("breast_cancer", "wine", "moons", "digits"),
    more=("iris", "xor", "blobs", "diabetes", "sparse"),
    lambdas=(0.0, 1e-3, 1e-2, 1e-1),
    trial=trial,
    seeds=30,
    article=Article(
        "S2",
        "iterations until it has converged",
        {"iterations to own optimum, Adam, λ = 0": "1000", "iterations to own optimum, Adam, with decay": "800"},
    ),
)  # fmt: skip
