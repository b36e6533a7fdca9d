"""With decay, training takes less time."""

from wd_core.claims._claim import Against, Article, Claim, Part, Progress, Setting, Trial, lab
from wd_core.claims.fewer_iterations import experiments
from wd_core.studies.convergence import converge, seconds_per_step

TIMED_STEPS = 400
STEP, WHOLE = "a step", "the whole training"


def trial(s: Setting, on_progress: Progress) -> Trial:
    e = experiments(s)["Adam"]
    found = converge({"Adam": e}, lambda share: on_progress(share / 2))["Adam"]
    arms = {"without": e.replace(penalty="none", lambdas=(0.0,)), "with": e.replace(lambdas=s.lambdas[2:3])}
    took = seconds_per_step(arms, s.seeds, TIMED_STEPS, on_progress=lambda share: on_progress(0.5 + share / 2))
    whole = {"without": took["without"] * found.own[0], "with": took["with"] * found.own[1]}
    differences = {name: 100 * (1 - t["with"] / t["without"]) for name, t in ((STEP, took), (WHOLE, whole))}
    shown = {
        "a step without decay, µs": 1e6 * took["without"], "a step with decay, µs": 1e6 * took["with"],
        "the whole training without decay, ms": 1e3 * whole["without"],
        "the whole training with decay, ms": 1e3 * whole["with"],
    }  # fmt: skip
    return Trial(differences, shown, lab(e, found.lam[0]))


CLAIM = Claim(
    number=10,
    name="less_time",
    sources=("S2",),
    says="With decay, training takes less time.",
    against=(Against(("S2",), "In its own questions and answers: decay makes training take slightly longer."),),
    parts=(
        Part(STEP, "processor time of a training step: what decay saves of the time without", "% of the time", 1.0),
        Part(WHOLE, "time of a step times steps to within 1 % of the own optimum: what decay saves of the time without",
             "% of the time", 1.0),
    ),
    arms="Each data set's opening with its own model and Adam in full batches. The code without a penalty against the "
    "same code with L2 at λ = 0.01, one run at a time; the steps to the own optimum are counted as in the claim on "
    "fewer iterations, at the λ of least validation loss.",
    rule="One processor's own time in this process, not the clock on the wall. For each seed three trainings of 400 "
    "steps of each arm, one after the other and in changing order; the least of the three counts, for what disturbs a "
    "measurement makes it longer. These numbers are the machine's as much as the method's: they come out a little "
    "different every time.",
    literature="The penalty's gradient is one multiplication and one addition for every parameter, the loss's at "
    "least two for every parameter *and example*: beside a batch of any size the penalty costs next to nothing "
    "(Goodfellow, Bengio and Courville, *Deep Learning*, 2016, §7.1.1, for the update). Less time in all can come "
    "only from fewer steps. On how to time: Kalibera and Jones (*Rigorous benchmarking in reasonable time*, ISMM "
    "2013).",
    datasets=("breast_cancer", "moons", "digits", "wine"),
    more=("iris", "xor", "blobs", "diabetes", "sparse"),
    lambdas=(0.0, 1e-3, 1e-2, 1e-1),
    trial=trial,
    seeds=30,
    article=Article(
        "S2",
        "time of a training (the article: minutes)",
        {
            "the whole training without decay, ms": "50 min",
            "the whole training with decay, ms": "45 min",
        },
    ),
)  # fmt: skip
