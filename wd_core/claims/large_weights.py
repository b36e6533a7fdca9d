"""Large weights make training unstable."""

import numpy as np

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial, lab
from wd_core.studies.architectures import task
from wd_core.studies.starts import scaled_starts

SCALES = (1.0, 2.0, 4.0)
NETWORKS = ("MLP", "RNN")
LR, STEPS = 0.1, 100


def trial(s: Setting, on_progress: Progress) -> Trial:
    differences, arms = {}, {}
    for i, name in enumerate(NETWORKS):
        e = task(s.dataset, name, (0.0,), s.seeds).replace(optimizer="sgd", lr=LR, steps=STEPS)
        each = scaled_starts(e, SCALES, range(STEPS + 1), lambda share, i=i: on_progress((i + share) / len(NETWORKS)))
        rises = [rising(h.train_loss[0]) for h in each]
        for scale, share in zip(SCALES, rises, strict=True):
            arms[f"{name}, first weights × {scale:g}"] = share
        differences |= {f"{name}, × {scale:g}": share - rises[0]
                        for scale, share in zip(SCALES[1:], rises[1:], strict=True)}  # fmt: skip
    return Trial(differences, arms, lab(e))


def rising(loss: np.ndarray) -> np.ndarray:
    """(S, K) → (S,): in what share of steps, in %, the training loss rises; after a run has diverged, in all."""
    with np.errstate(invalid="ignore"):
        return 100 * (~(np.diff(loss, axis=1) <= 0)).mean(1)


CLAIM = Claim(
    number=19,
    name="large_weights",
    sources=("S1",),
    says="Large weights make training unstable.",
    parts=tuple(
        Part(f"{name}, × {scale:g}", "share of steps at which the training loss rises, larger less usual first weights")
        for name in NETWORKS
        for scale in SCALES[1:]
    ),
    arms="An MLP (32 units) and a recurrent network (24) on few examples with 20 % wrong labels, full batches, "
    f"gradient descent with lr {LR:g}, {STEPS} steps, no decay; all first weights as they are, times 2 and times 4. "
    "The usual recurrent weights have singular values of 0.9: times 2 and 4 they let a state and its gradient grow.",
    rule="With full batches and a small enough rate the loss falls at every step; where it rises, the step went too "
    "far. After a run has diverged, every step counts as a rise. No λ is chosen.",
    literature="Pascanu, Mikolov and Bengio (*On the difficulty of training recurrent neural networks*, ICML 2013) "
    "show that a recurrent matrix whose largest singular value is below one cannot make gradients explode, and that "
    "one above may. Glorot and Bengio (2010) choose first weights so that signals keep their size. Cohen et al. "
    "(*Gradient descent on neural networks typically occurs at the edge of stability*, ICLR 2021) find losses that "
    "rise for a while and still fall in the long run: unstable is not the same as unsuccessful.",
    datasets=("digits", "vowels", "surnames"),
    more=("fashion",),
    trial=trial,
)
