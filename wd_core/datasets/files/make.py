"""Makes the data files beside this script from the packages they come from; see SOURCES.md.

    apt-get download dataset-fashion-mnist && dpkg-deb -x dataset-fashion-mnist_*.deb .
    pip download --no-deps aeon==1.6.0 Faker==40.63.0
    python make.py FOLDER                                   # where all of that is

The files must be read without scikit-learn and fast, so they are plain arrays and text, as small as their use allows:
16 grey levels a pixel (as many as scikit-learn's digits have), 256 levels a coefficient.
"""

import gzip
import re
import sys
import unicodedata
import zipfile
from collections import Counter
from importlib import import_module
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
IMAGES_A_CLASS = 150
NAMES_A_LANGUAGE = 300
LOCALES = {
    "German": "de_DE",
    "French": "fr_FR",
    "Italian": "it_IT",
    "Spanish": "es_ES",
    "Finnish": "fi_FI",
    "Dutch": "nl_NL",
    "English": "en_GB",
    "Croatian": "hr_HR",
}


def fashion(folder: Path) -> None:
    """The first 150 test images of each class, averaged over 2 × 2 pixels, two pixels to a byte."""
    images, labels = (
        gzip.decompress(next(folder.rglob(f"t10k-{what}.gz")).read_bytes())
        for what in ("images-idx3-ubyte", "labels-idx1-ubyte")
    )
    x = np.frombuffer(images, np.uint8, offset=16).reshape(-1, 14, 2, 14, 2).mean(axis=(2, 4))
    y = np.frombuffer(labels, np.uint8, offset=8)
    rows = np.concatenate([np.flatnonzero(y == k)[:IMAGES_A_CLASS] for k in range(10)])
    grey = np.rint(x[rows] / 255 * 15).astype(np.uint8)
    np.savez_compressed(HERE / "fashion.npz", pairs=grey[..., ::2] << 4 | grey[..., 1::2], y=y[rows])


def vowels(folder: Path) -> None:
    """All utterances, frame after frame: `frames` (all frames, 12) in steps of (high − low)/255, and their `length`."""
    utterances, speakers = [], []
    with zipfile.ZipFile(next(folder.glob("aeon-*.whl"))) as wheel:
        for part in ("TRAIN", "TEST"):
            text = wheel.read(f"aeon/datasets/data/JapaneseVowels/JapaneseVowels_{part}.ts").decode()
            for line in text.partition("@data")[2].split():
                *channels, speaker = line.split(":")
                utterances.append(np.array([c.split(",") for c in channels], float).T)
                speakers.append(int(speaker) - 1)
    frames = np.concatenate(utterances)
    low, high = frames.min(axis=0), frames.max(axis=0)
    np.savez_compressed(
        HERE / "vowels.npz",
        frames=np.rint((frames - low) / (high - low) * 255).astype(np.uint8),
        low=low.astype(np.float32),
        high=high.astype(np.float32),
        length=np.array([len(u) for u in utterances], np.uint8),
        y=np.array(speakers, np.uint8),
    )


def surnames(folder: Path) -> None:
    """A line a language: 300 names of 3 to 12 letters without accents, none in two languages, evenly over A to Z."""
    sys.path.insert(0, str(next(folder.glob("[Ff]aker-*.whl"))))
    names = {
        language: {folded(name) for name in import_module(f"faker.providers.person.{locale}").Provider.last_names}
        for language, locale in LOCALES.items()
    }
    languages_of = Counter(name for some in names.values() for name in some)
    lines = []
    for language, some in names.items():
        own = sorted(name for name in some if languages_of[name] == 1 and re.fullmatch("[a-z]{3,12}", name))
        chosen = [own[i * len(own) // NAMES_A_LANGUAGE] for i in range(NAMES_A_LANGUAGE)]
        lines.append(f"{language}\t{' '.join(chosen)}\n")
    (HERE / "surnames.txt").write_text("".join(lines), encoding="ascii")


def folded(name: str) -> str:
    """Small letters without accents."""
    return unicodedata.normalize("NFKD", name.casefold()).encode("ascii", "ignore").decode()


if __name__ == "__main__":
    for make in (fashion, vowels, surnames):
        make(Path(sys.argv[1]))
