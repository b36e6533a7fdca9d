"""Kinds of networks respond differently to decay."""

import numpy as np

from wd_core.claims._claim import POINTS_MARGIN, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.studies.architectures import ARCHITECTURES, Response, fitting, foretold, responses, task, with_pilot

KINDS = ("MLP", "CNN", "RNN", "transformer")
"""Feed-forward, convolutional, recurrent, attention."""


AT_ONCE = 10
"""Seeds of one training: more of a transformer's would be above what one may cost."""


def trial(s: Setting, on_progress: Progress) -> Trial:
    names, seeds = [name for name in KINDS if name in fitting(s.dataset)], with_pilot(s.seeds)
    work = [(name, seeds[i : i + AT_ONCE]) for name in names for i in range(0, len(seeds), AT_ONCE)]
    found: dict[str, list[Response]] = {name: [] for name in names}
    for i, (name, some) in enumerate(work):
        e = task(s.dataset, name, s.lambdas, some)
        found[name].append(responses(e, lambda share, i=i: on_progress((i + share) / len(work)), arms=False))
    gains = {name: points(np.concatenate([r.gain for r in its])) for name, its in found.items()}
    best = {name: np.concatenate([r.best for r in its]) for name, its in found.items()}
    differences = {"gain": foretold(gains), "best λ": foretold(best)}
    count = len(s.seeds)
    arms = {f"gain, {name}": gain[:count] for name, gain in gains.items()}
    arms |= {f"log₁₀ of the best λ, {name}": lam[:count] for name, lam in best.items()}
    shown = found[names[-1]][0]
    return Trial(differences, arms, lab(shown.experiment, shown.decay.lam[0]))


CLAIM = Claim(
    number=25,
    name="architectures",
    sources=("S3",),
    says="Feed-forward, convolutional, recurrent and attention networks respond differently.",
    parts=(
        Part("gain", "gain of decay in test accuracy, one kind of network less another", margin=POINTS_MARGIN),
        Part("best λ", "log₁₀ of the λ of least validation loss, one kind less another", "decades", 0.25),
    ),
    arms="An MLP (32 units), a CNN (8 and 16 channels), an RNN (24 units) and a transformer (one block of width 16), "
    f"those of the {len(ARCHITECTURES)} on the page about architectures that these names stand for and that can take "
    "the data; few examples, 20 % wrong labels, AdamW, the same decoupled λ for all: 0 and four from 0.3 to 10.",
    rule="Which two kinds are compared is found beforehand, in a pilot of four other seeds: those of the highest "
    "and the lowest mean. So the difference is zero in the mean where kinds do not differ, however many there are. "
    "λ is chosen on validation data, for each kind and seed; a choice of 0 counts as half a decade below the least "
    "λ above it.",
    literature="D'Angelo et al. (*Why do we need weight decay in modern deep learning?*, NeurIPS 2024) find two "
    "mechanisms, one for vision networks trained over many epochs and another for language models that see each "
    "token once; Zhang et al. (*Three mechanisms of weight decay regularization*, ICLR 2019) already tell apart "
    "networks with and without normalisation. Neither trains all kinds on one task.",
    datasets=("digits", "vowels", "surnames"),
    more=("fashion",),
    lambdas=(0.0, 0.3, 1.0, 3.0, 10.0),
    trial=trial,
)
