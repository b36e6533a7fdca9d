"""Which language is this surname from? Words of letters."""

from functools import cache

import numpy as np

from wd_core.datasets._real import FILES, word_sampler
from wd_core.datasets.base import Dataset, Opening

ALPHABET = "abcdefghijklmnopqrstuvwxyz"
LONGEST = 12


def tokens(word: str) -> list[int]:
    """The letters of a word as LONGEST numbers from 1, and 0 after its end.

    ValueError unless it has 1 to LONGEST letters of ALPHABET.
    """
    if not 1 <= len(word) <= LONGEST or not set(word) <= set(ALPHABET):
        raise ValueError(f"word={word[:80]}: must be 1 to {LONGEST} letters from a to z")
    return [ALPHABET.index(letter) + 1 for letter in word] + [0] * (LONGEST - len(word))


@cache
def table() -> tuple[np.ndarray, np.ndarray]:
    """All names (2400, 12) as numbers, and their language (2400,)."""
    lines = [line.split("\t") for line in (FILES / "surnames.txt").read_text(encoding="ascii").splitlines()]
    named = [(name, k) for k, (_, names) in enumerate(lines) for name in names.split()]
    return np.array([tokens(name) for name, _ in named]), np.array([k for _, k in named])


DATASET = Dataset(
    name="surnames",
    title="Surnames of eight languages",
    description="A name is soon learned by heart; what makes it Finnish or Dutch holds for names never seen.",
    task="classification",
    kind="tokens",
    shape=(LONGEST,),
    alphabet=ALPHABET,
    feature_names=tuple(f"letter {t + 1} is {letter}" for t in range(LONGEST) for letter in ALPHABET),
    target_name="language",
    class_names=("German", "French", "Italian", "Spanish", "Finnish", "Dutch", "English", "Croatian"),
    default_noise=0.0,
    noise_meaning="chance of each letter to be exchanged for a random one; from 1 on, all are",
    synthetic=False,
    source="Faker, providers of persons' names, MIT licence; without accents, none in two languages",
    sample=word_sampler(table, len(ALPHABET)),
    max_samples=2400,
    opening=Opening(
        story=("cure",),
        settings={"n_samples": 600, "train_share": 0.3, "hidden": (10,), "lr": 0.02, "steps": 150, "seeds": (0, 1, 2)},
    ),
    order=170,
)
