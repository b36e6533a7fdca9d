"""Decay improves generalisation."""

from wd_core.claims._claim import POINTS_MARGIN, Article, Claim, Part, Progress, Setting, Trial, lab, points
from wd_core.claims._shared import CLASSIFICATION, LABELS, PATH, ends, opening, well_judged
from wd_core.studies.companions import kept


def trial(s: Setting, on_progress: Progress) -> Trial:
    experiments = [well_judged(opening(s, labels)) for labels in LABELS]
    differences, arms = {}, {}
    for labels, h in zip(LABELS, ends(experiments, on_progress), strict=True):
        without, chosen = kept(h, decay=False), kept(h)
        differences[labels] = points(chosen.score - without.score)
        arms |= {f"without decay, {labels}": points(without.score), f"with decay, {labels}": points(chosen.score)}
    return Trial(differences, arms, lab(experiments[-1], chosen.lam[0]))


CLAIM = Claim(
    number=1,
    name="generalises",
    sources=("S0", "S1", "S2", "S3", "S4"),
    says="Weight decay makes a model generalise better.",
    parts=tuple(
        Part(labels, "test accuracy, λ chosen on validation data less λ = 0", margin=POINTS_MARGIN) for labels in LABELS
    ),
    arms="Each data set's opening in the Lab, its own model, with L2 in the objective: λ = 0 against the λ of least "
    "validation loss among 0 and nine from 10⁻⁴ to 1, chosen for each seed. "
    "Where there are more rows than the opening takes, they validate and test, up to nine for each that trains.",
    rule="λ is chosen on validation data, 0 among the choices; test data are looked at once, at that λ.",
    literature="Krogh and Hertz (*A simple weight decay can improve generalization*, NeurIPS 1991) show for a linear "
    "model that a small enough decay always lowers the expected error where targets are noisy, and by how much depends "
    "on noise and number of examples. Zhang et al. (*Understanding deep learning requires rethinking generalization*, "
    "ICLR 2017) find that it helps large networks a little and is neither necessary nor sufficient for them.",
    datasets=CLASSIFICATION,
    seeds=30,
    more=("spirals", "xor", "blobs"),
    lambdas=PATH,
    trial=trial,
    article=Article(
        "S2",
        "test accuracy, %",
        {"without decay, clean labels": "85", "with decay, clean labels": "92"},
    ),
)
