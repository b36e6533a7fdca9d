"""What is often said of weight decay, and scenes of the Lab that answer it; tests/test_answers.py checks every one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """`scenes`: what a link says → the Lab's query. The text holds over the seeds of these scenes."""

    question: str
    text: str
    scenes: dict[str, str]


OVERFIT = "dataset=moons&at=0.005484"
CLEAN = "dataset=moons&label_noise=0&noise=0.1&n_samples=1000&at=0"
GAP = "dataset=sine&at=0.003675"
ELSEWHERE = "dataset=breast_cancer&at=0.067"
ZEROS = "dataset=moons&against=l1&at=0.005484"
SAME = "dataset=moons&optimizer=sgd&lr=0.1&against=l2,decoupled&at=0.005484"
OTHER = "dataset=moons&against=l2,decoupled&at=0.005484"

ANSWERS = (
    Answer(
        "Does decay always help?",
        "No. Few examples with wrong labels: validation loss falls by half at the best λ. A thousand clean examples of "
        "the same moons: every λ above 0 makes it worse.",
        {"Few, some wrong": OVERFIT, "Many, clean": CLEAN},
    ),
    Answer(
        "Do weights become small?",
        "Smaller than they would be, not small. At the best λ here the weights end about as large as they began; "
        "without decay they grow several times over.",
        {"‖w‖ at the best λ": OVERFIT, "‖w‖ at λ = 0": OVERFIT.replace("at=0.005484", "at=0")},
    ),
    Answer(
        "Does it remove overfitting?",
        "It makes the gap smaller. At the best λ here validation loss is still twice the training loss.",
        {"The gap that is left": GAP},
    ),
    Answer(
        "Is there one good λ for everything?",
        "No. The best λ of these two differs by a factor of more than ten, in the same convention.",
        {"Moons": OVERFIT, "Breast cancer": ELSEWHERE},
    ),
    Answer(
        "Does it raise training accuracy?",
        "No: it takes freedom away. Training loss goes up from λ = 0 to the best λ, and on to the largest; what the "
        "best λ raises is the validation score.",
        {"Follow the solid curve": OVERFIT.replace("at=0.005484", "at=0")},
    ),
    Answer(
        "Does it set weights to zero?",
        "L2 does not: it makes all of them smaller. L1 does, exactly: their links vanish from the network.",
        {"L2 beside L1": ZEROS},
    ),
    Answer(
        "Is it the same as L2 regularisation?",
        "For plain gradient descent, yes: both panels are one. For Adam, no: what goes through its scaling (L2) is not "
        "what stands beside its step (AdamW's decay).",
        {"Gradient descent: the same": SAME, "Adam: not the same": OTHER},
    ),
)
