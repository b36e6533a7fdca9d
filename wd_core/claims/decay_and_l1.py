"""Of the techniques, decay with L1 gives the best training accuracy."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import start, well_judged
from wd_core.experiment import lambda_path
from wd_core.studies.companions import techniques

PAIR = "decay + L1"
RIVALS = ("nothing", "decay", "L1", "dropout")


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = well_judged(start(s))
    found = techniques(e, on_progress)
    pair = found[PAIR]
    differences = {f"training, against {name}": points(pair.train_score - found[name].train_score) for name in RIVALS}
    preferred = np.argmin([found[name].validation for name in RIVALS], axis=0)
    rival = np.choose(preferred, [found[name].score for name in RIVALS])
    differences["test, against the best of them"] = points(pair.score - rival)
    arms = {f"training accuracy, {name}": points(each.train_score) for name, each in found.items()}
    arms |= {f"test accuracy, {name}": points(each.score) for name, each in found.items()}
    return Trial(differences, arms, lab(e.replace(penalty="elastic"), pair.lam[0]))


CLAIM = Claim(
    number=8,
    name="decay_and_l1",
    sources=("S2",),
    says="Of all techniques, decay together with L1 gives the best training accuracy.",
    parts=(
        *(
            Part(f"training, against {name}", f"training accuracy with decay + L1 less with {name}",
                 margin=POINTS_MARGIN)
            for name in RIVALS
        ),
        Part("test, against the best of them", "test accuracy with decay + L1 less with whichever of the "
             "four has the least validation loss", margin=POINTS_MARGIN),
    ),
    arms="Each data set's opening, with its own model and share of wrong labels, as many rows to train on, and nine "
    "times as many (or all) to judge by; trained five times from the same first weights: without anything, with L2, "
    "with L1, with dropout at a rate of 0.2 and no decay, and with an elastic net that gives half of λ to L1 and half "
    "to L2.",
    rule="Each penalty has the λ of least validation loss of each seed, 0 among the choices. A technique that is best "
    "has to be above every other one, so each is asked about by itself; on test data the rival is the one that "
    "validation would take.",
    literature="A penalty can only take from the fit: the training loss at the minimum of loss + λ·penalty never "
    "falls as λ rises, for the minimum at a larger λ was open to the smaller one as well. Training *accuracy* is not "
    "what is minimised, so it may move a little either way. The elastic net was made for selection among correlated "
    "features (Zou and Hastie, *Regularization and variable selection via the elastic net*, JRSS B 2005), dropout for "
    "generalisation (Srivastava et al., *Dropout*, JMLR 2014); neither paper promises a better fit of the training "
    "data. Zhang et al. (*Understanding deep learning requires rethinking generalization*, ICLR 2017) fit random "
    "labels perfectly without any of them.",
    datasets=("breast_cancer", "moons", "wine", "digits"),
    more=("iris", "xor", "blobs", "spirals"),
    lambdas=lambda_path(1e-4, 0.3, 8),
    trial=trial,
    seeds=30,
)  # fmt: skip
