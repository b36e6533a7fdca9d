"""The game's page: one λ for three data sets, five looks at validation loss, a lock, then the test part.

All of a game stands in its address, and every number is worked out from the trainings: a link cannot claim a score.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from wd_core.history import History
from wd_core.studies.evidence import Paired
from wd_core.studies.game import COIN, DEALS, experiments, losses, over_deals, points, trained
from wd_core.studies.selection import best_lambda
from wd_core.text import number_text
from wd_core.ui import classroom
from wd_core.ui.board import board_view
from wd_core.ui.boards import result_of
from wd_core.ui.shared import Progress
from wd_core.ui.text import inert
from wd_core.view.game import FIELDS, LOOKS, Play, deals_board, game_board, read_play, start_of
from wd_core.view.picture import unpack_header, with_header

RULES = (
    "One λ has to serve all three: few examples, some labels wrong. Drag it and judge by the boundaries and by "
    f"training loss; **{LOOKS} times** you may look at validation loss. Then lock your λ. The lowest mean validation "
    "loss on the path is worth 100 points, a coin’s or worse none. The test part comes last, and says who was fooled."
)


STYLE = """<style>
/* Five columns on a phone, without scrolling. */
.st-key-game-table table { width: 100%; font-size: 0.85rem; }
.st-key-game-table :is(th, td) { padding: 0.25rem; font-size: inherit; }
</style>"""


def show() -> None:
    """The game where the address has it."""
    play, wrong = read_play(st.query_params.to_dict())
    for message in wrong:
        st.warning(f"The link says {inert(message)}. That part is left out.", icon=":material/link_off:")
    if play.test and classroom.covered():
        play = replace(play, test=False)
    st.title("One λ, three data sets: who fools themselves?", anchor=False)
    st.markdown(RULES)
    st.html(STYLE)
    histories = _trained((play.deal,))
    picture, words = st.columns([9, 5], gap="medium")  # on a phone the buttons stand below what they are about
    with picture:
        at = _at(play, game_board(play, histories).pack())
    with words:
        _buttons(play, at)
        {"play": _looks, "locked": _locked, "revealed": _revealed}[play.stage](play, histories)
    if play.stage == "revealed":
        _all_deals(play, picture, words)
    if play.stage != "play":
        with words:
            _share(play)


def _trained(deals: tuple[int, ...]) -> list[History]:
    """Made once for all visitors."""
    make = partial(_make, deals)
    size = 8_000 * len(deals) * sum(len(e.lambdas) for e in experiments())
    return result_of(("game", deals), make, size, f"Training {len(deals)} deals, every λ")


def _make(deals: tuple[int, ...], progress: Progress) -> list[History]:
    return trained(deals, progress)


def _at(play: Play, picture: bytes) -> int:
    """Mount the board; the number of the λ under the hand, as the browser says it, checked."""
    place = board_view(_guest(picture), f"game {play.deal}")
    lambdas = experiments()[0].lambdas
    return lambdas.index(place["lambda"]) if place.get("lambda") in lambdas else start_of(play)


def _guest(picture: bytes) -> bytes:
    """A board that leaves the address to the game."""
    header, blob = unpack_header(picture)
    return with_header(blob, {**header, "guest": True, "position": {}})


# -------------------------------------------------------------------- words


def _mean(histories: list[History], part: str) -> np.ndarray:
    return losses(histories, part).mean(0)[:, 0]


def _loss(value: float) -> str:
    """Three decimals: losses here are compared."""
    return f"{value:.3f}".replace("-", "−")


def _lam(i: int) -> str:
    return f"λ = {number_text(float(experiments()[0].lambdas[i]), 2)}"


def _looks(play: Play, histories: list[History]) -> None:
    """What was seen of validation loss, in the order of looking."""
    if not play.looks:
        return
    found = losses(histories, "validation")[:, :, 0]
    names = [h.experiment.source.title for h in histories]
    lines = [f"| λ, looked at | mean | {' | '.join(names)} |", "|---|" + "---:|" * (len(names) + 1)]
    for i in play.looks:
        numbers = [found[:, i].mean(), *found[:, i]]
        lines.append(f"| {_lam(i)[4:]} | {' | '.join(_loss(v) for v in numbers)} |")
    st.container(key="game-table").markdown("\n".join(lines))


def _score(play: Play, histories: list[History]) -> str:
    validation = _mean(histories, "validation")
    best = best_lambda(validation)
    looks = f"{len(play.looks)} {'look' if len(play.looks) == 1 else 'looks'}" if play.looks else "no look"
    return (
        f"**{points(validation, play.lock)} points** by validation, {_lam(play.lock)}, after {looks}: mean validation "
        f"loss {_loss(validation[play.lock])}; the lowest is {_loss(validation[best])} at "
        f"{_lam(best)}, a coin has {_loss(COIN)}."
    )


def _locked(play: Play, histories: list[History]) -> None:
    st.info(_score(play, histories), icon=":material/lock:")
    _looks(play, histories)
    if classroom.covered():
        st.markdown("This class’s link keeps the test part covered.")
    else:
        st.markdown("**Before you reveal it:** will test loss be higher than that, or lower? Why?")


def _revealed(play: Play, histories: list[History]) -> None:
    validation, test = _mean(histories, "validation"), _mean(histories, "test")
    st.info(f"{_score(play, histories)}\n\n{promise(validation, test, play.lock)}", icon=":material/visibility:")
    _table(play, histories)


def _all_deals(play: Play, picture: Any, words: Any) -> None:
    """What all deals say: they are trained once somebody has revealed."""
    with words:
        st.markdown(f"**Bad luck, or more?** {DEALS} deals, 95 % intervals:")
        everyone = _trained(tuple(range(DEALS)))
    validation, test = (losses(everyone, part).mean(0) for part in ("validation", "test"))
    verdict = over_deals(validation, test, play.lock, play.deal)
    with picture:
        board_view(_guest(deals_board(validation, test, play).pack()), "game deals")
    with words:
        st.markdown(
            f"- Whoever takes the **lowest validation loss** of each deal is fooled by {_interval(verdict.chosen)}.\n"
            f"- At **your λ**, in the {DEALS - 1} deals that you have not seen, by {_interval(verdict.fixed)}.\n"
            f"- There your λ takes {_interval(verdict.gain)} off the test loss of λ = 0."
        )
        if verdict.choosing_fools:
            st.markdown(
                "So it is the **choosing** that fools: the lowest of many losses on few examples is low partly by "
                "luck, and the test part does not share the luck."
            )


def promise(validation: np.ndarray, test: np.ndarray, at: int) -> str:
    """What validation promised at λ number `at`, mean losses (L,), and what the test part showed."""
    promised, showed = float(validation[at]), float(test[at])
    by = _loss(abs(showed - promised))
    fooled = f"you were **fooled by {by}**" if showed > promised else f"the test part was kinder, by {by}"
    best = best_lambda(test)
    return (
        f"Validation promised {_loss(promised)}, the test part shows {_loss(showed)}: {fooled}. "
        f"**{points(test, at)} points** by test; its lowest is {_loss(test[best])} at {_lam(best)}."
    )


def _table(play: Play, histories: list[History]) -> None:
    """A row a data set: what was promised, what came, what was to be had."""
    validation, test = (losses(histories, part)[:, :, 0] for part in ("validation", "test"))
    lines = ["| data set | validation, yours | test, yours | test, lowest | test, λ = 0 |", "|---|---:|---:|---:|---:|"]
    names = [*(h.experiment.source.title for h in histories), "**mean**"]
    for name, v, t in zip(names, [*validation, validation.mean(0)], [*test, test.mean(0)], strict=True):
        numbers = (v[play.lock], t[play.lock], t.min(), t[0])
        lines.append(f"| {name} | {' | '.join(_loss(x) for x in numbers)} |")
    st.container(key="game-table").markdown("\n".join(lines))


def _interval(found: Paired) -> str:
    low, high = found.interval
    return f"{_loss(found.mean)} [{_loss(low)}, {_loss(high)}]"


# -------------------------------------------------------------------- buttons


def _go(play: Play) -> None:
    """Write the address; a callback."""
    for name in FIELDS:
        st.query_params.pop(name, None)
    for name, text in play.pairs().items():
        st.query_params[name] = text


def _take() -> None:
    """Play the deal that was typed; a callback."""
    _go(Play(st.session_state["game deal"] - 1))


def _buttons(play: Play, at: int) -> None:
    """On, in one place for all stages, so that the keyboard's focus stays on it; then the others."""
    button: Any = partial(st.button, on_click=_go)
    left = LOOKS - len(play.looks)
    fresh = Play((play.deal + 1) % DEALS)
    if play == Play(play.deal):
        st.number_input(f"Deal, 1 to {DEALS}", 1, DEALS, play.deal + 1, key="game deal", on_change=_take)
    else:
        st.caption(f"Deal {play.deal + 1} of {DEALS}")
    with st.container(horizontal=True, key="game-buttons"):
        if play.stage == "play":
            new = at not in play.looks
            looked = replace(play, looks=(*play.looks, at)) if new else play
            label = f"Look at validation, {_lam(at)} ({left} left)" if new else f"Seen: {_lam(at)} ({left} left)"
            button(label, key="game look", args=(looked,), disabled=not left)  # not where it is seen: the focus stays
            button(f"Lock {_lam(at)}", key="game on", type="primary", args=(replace(play, lock=at),))
        elif play.stage == "locked" and not classroom.covered():
            button("Reveal the test", key="game on", type="primary", args=(replace(play, test=True),))
        else:
            button("Next deal", key="game on", type="primary", args=(fresh,))
        if play.stage != "play":
            button("Play this deal again", key="game again", type="tertiary", args=(Play(play.deal),))


def _share(play: Play) -> None:
    query = "&".join(f"{name}={text}" for name, text in play.pairs().items())
    st.caption("Your link: it says what you did; whoever opens it has the numbers measured anew.")
    st.code(f"{(st.context.url or '').partition('?')[0]}?{query}", language=None, wrap_lines=True)
