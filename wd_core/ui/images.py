"""The page on images: a convolutional network and an MLP under the hand, then both over many seeds."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
import streamlit as st

from wd_core.datasets import DATASETS
from wd_core.studies import images as study
from wd_core.studies.evidence import Paired
from wd_core.studies.images import LAMBDAS, STEPS, Measured, Seen
from wd_core.text import lambda_text
from wd_core.ui.boards import BOUND, band, loss_panels, show_board
from wd_core.ui.measured import (
    IN_THE_LAB,
    SEEDS,
    UNITS,
    conclusion,
    interval_text,
    links,
    measured_board,
    table,
    when_asked,
)
from wd_core.ui.shared import Progress
from wd_core.view.board import Axis, Board, Curves, Heat, Panel, Pictures, Readout

LABELS = {"wrong": "20 % wrong labels", "true": "true labels"}
NAMES = {"cnn": "CNN", "mlp": "MLP"}
COLOURS = {"cnn": "decoupled", "mlp": "none"}
KINDS = {"digits": 10, "fashion": 6}
"""Images to look into: fewer of the larger ones, so that the message stays small."""
SHOWN = 24
"""Validation images whose verdicts are shown."""


def show() -> None:
    """The whole page below its title."""
    with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
        data = st.selectbox(
            "Data", study.DATA, key="images_data", width=280, format_func=lambda n: DATASETS[n].title, **BOUND
        )
        labels = st.segmented_control(
            "Labels of training", list(LABELS), default="wrong", format_func=LABELS.get, key="images_labels",
            required=True, **BOUND,
        )  # fmt: skip
    show_board("images", (data, labels), partial(seen_board, data, labels), "Training the first seed")
    st.caption(_shown(data, labels))
    st.header("Over many seeds", anchor=False)
    make = partial(study.measure, data, labels, SEEDS)
    cost = sum(study.recipe(data, labels, model, SEEDS).cost for model in study.MODELS)
    networks = len(SEEDS) * len(LAMBDAS) * len(NAMES)
    if (found := when_asked("images", (data, labels), make, cost, networks, at_once=True)) is not None:
        over_seeds(data, labels, found)


def over_seeds(data: str, labels: str, found: Mapping[str, Measured]) -> None:
    """What decay gained, and what it did to the saliency."""
    show_board("images-measured", (data, labels), lambda progress: measured_board(NAMES, LAMBDAS, found))
    said = [conclusion(name, found[model]) for model, name in NAMES.items()] + [same_for_both(found)]
    st.markdown("\n".join(f"- {words}" for words in said))
    show_board("images-saliency", (data, labels), lambda progress: saliency_board(found), at=0.0)
    st.container(key="wide-table-images").markdown(table(NAMES, found))
    st.container(key="wide-table-images-links").markdown(links(NAMES, found))
    st.caption(
        f"Means and 95 % t intervals over {len(SEEDS)} seeds, paired; above zero is better: accuracy that is gained, "
        "loss and calibration error that fall. λ is chosen for each seed by validation loss, early stopping keeps the "
        "recorded step of least validation loss at λ = 0, “both” chooses λ and step together; the test part is looked "
        "at once. Calibration error: 10 bins over the largest probability (Guo et al. 2017, arXiv:1706.04599). "
        f"{IN_THE_LAB}"
    )


def _shown(data: str, labels: str) -> str:
    cnn, mlp = (study.recipe(data, labels, model, SEEDS[:1]) for model in study.MODELS)
    pixels = "" if data == "fashion" else (
        " The MLP's pixels are standardised one by one, the CNN's all together: between the two compare a saliency's "
        "pattern, not its size."
    )  # fmt: skip
    return (
        f"{len(cnn.data(0).y_train)} training images, {LABELS[labels]}; seed 0; all pictures are of validation images. "
        f"CNN: 3 × 3 convolutions of {cnn.hidden[0]} and {cnn.hidden[1]} channels, each averaged over 2 × 2 pixels, "
        f"then ReLU; {cnn.n_parameters} parameters. MLP: {mlp.hidden[0]} units, {mlp.n_parameters} parameters. Adam, "
        f"lr {cnn.lr:g}, all images at once, decay beside the step (decoupled). Saliency: the gradient, at the pixels, "
        "of the true class's score less the mean of all scores; one colour pulls it up, the other down (Simonyan et "
        f"al. 2013, arXiv:1312.6034).{pixels}"
    )


# -------------------------------------------------------------------- under the hand


def seen_board(data: str, labels: str, progress: Progress) -> Board:
    """The first seed, at every λ and step."""
    images, found = study.look(data, labels, SEEDS[0], KINDS[data], progress)
    e = found["cnn"].history.experiment
    part, classes = e.data(SEEDS[0]), e.source.class_names
    X, y = part.X_validation[:, 0], part.y_validation
    kinds = [classes[k] for k in y[images]]
    over, place = ("lambda", "step"), ("lambda", "step", "image")
    grey = (float(X.min()), float(X.max()))
    maps = found["cnn"].maps
    histories = {model: s.history for model, s in found.items()}
    top = float(np.nanmax([h.validation_loss.max() for h in histories.values()]))
    panels: list[Panel] = [
        *loss_panels(histories, NAMES, COLOURS, top, width="third", height=190),
        Pictures(title="The image", values=X[images][:, None], over=("image",), range=grey, width="third", height=190),
        _signed("CNN: its filters", found["cnn"].filters, over, "seen"),
        Pictures(title="CNN: what each finds in the image", values=maps, over=place,
                 palette="sequential", range=(0.0, _high(maps)), width="third", height=190, group="seen"),
        _signed("Saliency of its class", np.stack([s.saliency for s in found.values()], 3), place, "seen",
                list(NAMES.values())),
        _signed("MLP: weights of its units", found["mlp"].filters, over, "seen"),
        *(Heat(title=f"{NAMES[model]}: true class, and what is said", values=s.confusion(), over=over, rows=classes,
               columns=classes, row_label="true", column_label="said", range=(0.0, 1.0), form="percent",
               width="third", height=250, group="errors")
          for model, s in found.items()),
        *(Pictures(title=f"{NAMES[model]}: {SHOWN} images and what it says", values=X[:SHOWN], over=over, range=grey,
                   captions=classes, named=s.said[..., :SHOWN], flags=s.said[..., :SHOWN] != y[:SHOWN],
                   flag_name="wrong", height=230, group="errors")
          for model, s in found.items()),
    ]  # fmt: skip
    readouts = [
        Readout(f"{NAMES[model]}, validation accuracy", s.history.validation_score[:, 0], over, "percent")
        for model, s in found.items()
    ] + [Readout(f"{NAMES[model]}, ‖w‖", _norms(s), over) for model, s in found.items()]
    return Board(
        [Axis("lambda", "λ", list(LAMBDAS), start=0),
         Axis("step", "step", list(STEPS), "linear", start=len(STEPS) - 1),
         Axis("image", "image", kinds, "names", start=0)],
        panels,
        readouts,
        sentences=[_sentence(found, i) for i in range(len(LAMBDAS))],
        groups={"seen": "What they see", "errors": "What they get wrong"},
    )  # fmt: skip


def _signed(title: str, values: np.ndarray, over: tuple[str, ...], group: str, captions: list[str] | None = None):
    """Pictures of numbers of both signs; beyond the largest but a thousandth all are the same colour."""
    reach = _high(np.abs(values))
    return Pictures(title=title, values=values, over=over, palette="diverging", range=(-reach, reach), width="third",
                    height=190, group=group, captions=captions or ())  # fmt: skip


def _high(values: np.ndarray) -> float:
    return float(np.quantile(values, 0.999)) or 1.0


def _norms(s: Seen) -> np.ndarray:
    h = s.history
    return np.sqrt(np.square(h.weights[:, 0][..., h.weight_mask].astype(float)).sum(-1))


def _sentence(found: Mapping[str, Seen], i: int) -> str:
    said = []
    for model, s in found.items():
        score = s.history.validation_score[:, 0, -1]
        against = f", at λ = 0 {100 * score[0]:.0f} %" if i else ""
        said.append(f"the {NAMES[model]} gets {100 * score[i]:.0f} % right{against}")
    n = found["cnn"].said.shape[-1]
    return (
        f"After the last step at λ = {lambda_text(LAMBDAS[i])}, of {n} validation images {'; '.join(said)}. Drag λ, "
        "then the step, and look into another image."
    )


# -------------------------------------------------------------------- over seeds


def same_for_both(found: Mapping[str, Measured]) -> str:
    """Whether decay does the same to both networks, and to their saliency."""
    said = []
    for what in ("score", "loss"):
        both = Paired(found["cnn"].over(what, "decay").differences - found["mlp"].over(what, "decay").differences)
        low, high = both.interval
        which = "the CNN gains more" if low > 0 else "the MLP gains more" if high < 0 else "no difference can be told"
        said.append(f"in {UNITS[what].split(',')[0]} {which} (CNN less MLP {interval_text(both, what)})")
    return f"**The same for both?** {said[0][0].upper()}{said[0][1:]}; {said[1]}. {_calm(found)}"


def _calm(found: Mapping[str, Measured]) -> str:
    """Whether saliency calms down at the chosen λ, in size and in pattern."""
    said = []
    for model, m in found.items():
        rough = Paired(m.at_chosen(m.rough) - m.rough[0])
        low, high = rough.interval
        how = "smoother" if high < 0 else "rougher" if low > 0 else "neither smoother nor rougher"
        share = np.exp(Paired(np.log(m.at_chosen(m.size) / m.size[0])).mean)
        said.append(
            f"the {NAMES[model]}'s saliency is {share:.2f} times as large as at λ = 0, its pattern {how} "
            f"(roughness {interval_text(rough, 'loss')})"
        )
    return f"At the λ chosen, {'; '.join(said)}."


def saliency_board(found: Mapping[str, Measured]) -> Board:
    """How large and how rough the saliency is, over λ."""
    rough = {model: m.rough for model, m in found.items()}
    panels = [
        Curves(title="Size of the saliency", log=True, height=190,
               series=[band(NAMES[model], m.size, COLOURS[model], log=True) for model, m in found.items()]),
        Curves(title="Roughness of the saliency", height=190,
               range=(0.0, 1.1 * max(float(np.nanmax(r.mean(1))) for r in rough.values())),
               series=[band(NAMES[model], r, COLOURS[model]) for model, r in rough.items()]),
    ]  # fmt: skip
    words = (
        "Size: root mean square at a pixel. Roughness: how much neighbouring pixels differ, 1 for independent ones, "
        "near 0 for a smooth picture, whatever its size."
    )
    return Board([Axis("lambda", "λ", list(LAMBDAS))], panels, sentences=words)
