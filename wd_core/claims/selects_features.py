"""L1 selects the features that matter."""

from wd_core.claims._claim import Claim, Part, Progress, Setting, Trial
from wd_core.claims._shared import page
from wd_core.studies.zeros import selection

EXCELLENT = 0.75
"""Agreement beyond chance from here on is called excellent."""
DESIGNS = {"independent": "features independent", "correlated": "features as they are"}


def trial(s: Setting, on_progress: Progress) -> Trial:
    found = selection(s.dataset, s.seeds, on_progress)
    differences = {f"right ones, {title}": found[name].f1 - found[name].keep_all for name, title in DESIGNS.items()}
    differences |= {f"the same ones, {title}": found[name].stability - EXCELLENT for name, title in DESIGNS.items()}
    arms = {}
    for name, title in DESIGNS.items():
        arms |= {
            f"F1 of L1, {title}": found[name].f1,
            f"F1 of keeping all, {title}": found[name].keep_all,
            f"stability, {title}": found[name].stability,
        }
    return Trial(differences, arms, page("paths", "data", s.dataset))


CLAIM = Claim(
    number=14,
    name="selects_features",
    sources=("S0",),
    says="L1 selects the features that matter.",
    parts=(
        *(
            Part(f"right ones, {title}", "F1 of the features that L1 keeps, less F1 of keeping all, as L2 does", "F1",
                 0.02)
            for title in DESIGNS.values()
        ),
        *(
            Part(f"the same ones, {title}", "how alike the features are that 25 bootstrap samples select, less 0.75, "
                 "called excellent", "stability")
            for title in DESIGNS.values()
        ),
    ),
    arms="The inputs of real data (and of one drawn set), 60 % of the rows, and a target made of them, so that the "
    "truth is known: one in five features, chosen by the seed, with weights of +1 or −1, and as much noise as signal. "
    "The lasso, exactly solved. *Independent*: every column is shuffled by itself; *as they are*: they go together as "
    "they do in the data.",
    rule="λ is that of 5-fold cross-validation on these rows. F1 is the harmonic mean of precision and recall of what "
    "has a weight other than zero. Stability compares the sets that 25 bootstrap samples select, at that λ, with "
    "random sets of that size: 1 is always the same set, 0 no more alike than chance. F1 above “keep all” alone does "
    "not say that a selection can be trusted, so both are asked.",
    literature="The lasso finds the right features if those that do not matter are not too correlated with those that "
    "do, the irrepresentable condition (Zhao and Yu, *On model selection consistency of Lasso*, JMLR 2006); and the λ "
    "that predicts best keeps too many (Meinshausen and Bühlmann, *High-dimensional graphs and variable selection "
    "with the Lasso*, Annals of Statistics 2006). Among correlated features it picks one almost at random (Zou and "
    "Hastie, JRSS B 2005). The measure of stability, corrected for chance, and the mark of 0.75 are those of "
    "Nogueira, Sechidis and Brown (*On the stability of feature selection algorithms*, JMLR 2018).",
    datasets=("diabetes", "wine", "breast_cancer", "sparse"),
    trial=trial,
    seeds=30,
)  # fmt: skip
