"""The Lab's warnings: what goes wrong at the λ under the hand, in words, each with the setting that helps."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from wd_core.experiment import Experiment, lambda_path
from wd_core.studies.remedies import what_helps
from wd_core.ui import controls, runs, shared
from wd_core.view.picture import unpack_header, with_header
from wd_core.view.scene import Scene

_helps = shared.Shelf(room=1_000_000, at_once=None)


def show(scene: Scene, arms: list[dict[str, Any]]) -> None:
    """The warnings at the scene's λ; `arms` as the picture's header has them. In the Lab's fragment."""
    at = scene.cursor[0]
    past = [(e, arm) for e, arm in zip(scene.arms, arms, strict=True) if _is_past(arm["edge"], at)]
    dead = [(e, arm) for e, arm in zip(scene.arms, arms, strict=True) if arm["collapsed"][at]]
    if past:
        _edge(scene, past, at)
    if dead:
        _collapse(scene, dead, at)


def _is_past(edge: dict[str, Any] | None, at: int) -> bool:
    return edge is not None and edge["products"][at] >= edge["limit"]


def _edge(scene: Scene, past: list[tuple[Experiment, dict[str, Any]]], at: int) -> None:
    """At or past the stability edge: a smaller lr, or in the paper's form a shorter path."""
    said = []
    for _, arm in past:
        edge = arm["edge"]
        what = f"{_whose(scene, arm)}{edge['formula']} = {edge['products'][at]:.3g}"
        said.append(f"{what} is at or past its stability edge, {edge['limit']:.3g}")
    first = past[0][1]["edge"]["formula"]
    where = ", with the curvature at the first weights" if "curvature" in first else ""
    text = f"{'; '.join(said)}{where}: a step overshoots by as much as it had to go, or more."
    if first == "λ":
        end = float(f"{max(v for v in (*scene.experiment.lambdas, 1.0) if v <= 1):.3g}")
        path = lambda_path(min(v for v in scene.experiment.lambdas if v > 0), end, _positive(scene.experiment, end))
        _warning("edge", text, f"End the path at λ = {end:g}", _set_path, (path,))
    else:
        lr = min(_calm(e, arm["edge"], at) for e, arm in past)
        _warning("edge", text, f"Learning rate {lr:g}", _set, ({"lr": lr},))


def _positive(e: Experiment, end: float) -> int:
    return max(2, sum(0 < v <= end for v in e.lambdas))


def _calm(e: Experiment, edge: dict[str, Any], at: int) -> float:
    """The largest usual learning rate at which the product is at most half of its limit."""
    most = e.lr * edge["limit"] / 2 / edge["products"][at]
    return max((lr for lr in controls.LEARNING_RATES if lr <= most), default=float(f"{most * 0.95:.1g}"))


def _collapse(scene: Scene, dead: list[tuple[Experiment, dict[str, Any]]], at: int) -> None:
    """λ killed the signal: what was tried and helps, or the largest λ at which it lives."""
    who = " and ".join(filter(None, (_whose(scene, arm).rstrip(": ") for _, arm in dead)))
    text = f"λ killed the signal{f' ({who})' if who else ''}: the model says the same of every example."
    helps = _help_of(*dead[0], scene.shown, at)
    if helps is None:
        alive = [v for v, gone in zip(scene.experiment.lambdas, dead[0][1]["collapsed"], strict=True) if not gone]
        lives = max((v for v in alive if v < scene.experiment.lambdas[at]), default=None)
        till = f": it lives up to λ = {lives:.3g}" if lives is not None else ""
        _warning("collapse", f"{text} Neither a warm-up of λ nor a smaller learning rate, both tried, saves it{till}.",
                 f"Go back to λ = {lives:.3g}" if lives is not None else "", _go, (lives,))  # fmt: skip
    elif "lr" in helps:
        _warning("collapse", f"{text} A smaller lr saves it, as a trial shows.",
                 f"Learning rate {helps['lr']:g}", _set, (helps,))  # fmt: skip
    else:
        over = "all" if helps["lambda_warmup"] == 1 else f"{helps['lambda_warmup']:.0%}"
        _warning("collapse", f"{text} Where it is learned first, λ lets it live, as a trial shows.",
                 f"Let λ rise over {over} of the steps", _set, (helps,))  # fmt: skip


def _help_of(e: Experiment, arm: dict[str, Any], seed: int, at: int) -> dict[str, float] | None:
    """What helps this arm at this λ; all its collapsed λ are tried at once, once for all visitors."""
    gone = tuple(v for v, is_gone in zip(e.lambdas, arm["collapsed"], strict=True) if is_gone)
    with shared.waiting(st.empty(), "What helps?") as progress:
        found = _helps.get((e, seed), lambda p: what_helps(e, seed, gone, p), len, progress)
    return found[gone.index(e.lambdas[at])]


def _whose(scene: Scene, arm: dict[str, Any]) -> str:
    return f"{arm['glyph']} {arm['label']}: " if scene.against else ""


def _warning(key: str, text: str, label: str = "", act: Any = None, args: tuple = ()) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"warning-{key}"):
        st.warning(text, icon=":material/warning:", width="stretch")
        if label:
            st.button(label, on_click=act, args=args, icon=":material/healing:", key=f"remedy-{key}")


def _set(settings: dict[str, float]) -> None:
    st.session_state.update(settings, changed=True)


def _go(lam: float) -> None:
    """Move the hand in the picture to this λ; the view tells a move of ours from its own by the token."""
    state = st.session_state
    state["position"] = replace(state["position"], at=lam)
    header, blob = unpack_header(state["sent"])
    position = {"lam": lam, "step": state["position"].step, "reveal": state["position"].reveal}
    header |= {"position": position, "position_token": (header.get("position_token") or 0) + 1}
    state.update(sent=with_header(blob, header), changed=True)


def _set_path(path: tuple[float, ...]) -> None:
    runs.set_path(path)
    st.session_state["changed"] = True
