"""The Lab's page: from the link to the controls, from the controls to the picture, from the hand back to the link."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from wd_core.datasets import IN_FILE
from wd_core.text import short
from wd_core.ui import classroom, controls, norms, runs, shared, translator, warn
from wd_core.ui.export import csv_button, offline_page, picture_columns
from wd_core.ui.live import asked, drawn, live_view
from wd_core.ui.text import inert
from wd_core.view.classroom import FIELDS, without
from wd_core.view.picture import unpack_header, with_header
from wd_core.view.planes import check_drawable
from wd_core.view.scene import Scene

MOST_WRONG = 12
"""Messages about one link."""


def show(entered: bool) -> None:
    """The page. What a visitor opens comes before the controls if it is at hand: they take the browser longer."""
    state, above, covered = st.session_state, st.container(), classroom.covered()
    opened = "scene" not in state
    if opened:
        with above:
            state["scene"] = state["position"] = _scene_from_link()
        controls.fill(state["scene"])
    if early := opened and shared.has_picture(state["scene"], covered):
        show_picture(state["scene"], entered)
    with above:
        scene = scene_from_controls()
    if not early:
        show_picture(scene, entered)
    elif scene.drawn != state.get("sent_key"):  # None where it had just been dropped, and could not be made again
        st.rerun()


def scene_from_controls() -> Scene:
    """Draw the controls; the scene they say, or after a message the last one that made sense."""
    state = st.session_state
    try:
        state["scene"] = controls.show(reset=_reset)
    except ValueError as error:
        st.error(f"{inert(error)}. The picture still shows the settings before.", icon=":material/tune:")
    return state["scene"]


def _reset() -> None:
    controls.fill(controls.DEFAULT)


def _scene_from_link() -> Scene:
    """What the address says; a field that it gets wrong is named and left at its default, the others stand."""
    said = {name: values[-1] for name in st.query_params if (values := st.query_params.get_all(name))}
    pairs = {name: text for name, text in said.items() if name not in FIELDS}
    if not pairs:
        return controls.DEFAULT
    wrong, scene = [], None
    while scene is None:
        try:
            found = Scene.from_query(urlencode(pairs))
            check_drawable(found.experiment)
            scene = found
        except ValueError as error:
            wrong.append(inert(error))
            if (name := _field_of(error, pairs)) is None:
                scene = controls.DEFAULT
            else:
                del pairs[name]
    if wrong:
        _warn(wrong)
    return scene


def _field_of(error: ValueError, pairs: dict[str, str]) -> str | None:
    """The field of the link that the message is about."""
    return next((name for name in pairs if str(error).startswith(f"{short(name)}=")), None)


def _warn(wrong: list[str]) -> None:
    """What the link gets wrong; the messages are inert."""
    said = f" {wrong[0]}. That part is left out."
    if len(wrong) > 1:
        rest = [f"and {len(wrong) - MOST_WRONG} more"] if len(wrong) > MOST_WRONG else []
        said = "\n- ".join([" what cannot be used. These parts are left out:\n", *wrong[:MOST_WRONG], *rest])
    st.warning(f"The link says{said}", icon=":material/link_off:")


def show_picture(scene: Scene, entered: bool) -> None:
    """Train what the scene needs, show its picture, and below it how to share it."""
    state = st.session_state
    bar, ends = st.container(key="progress").empty(), st.empty()
    with shared.waiting(bar) as progress:
        if entered or state.get("sent_key") != scene.drawn:
            _make(scene, progress)
    if "sent" in state:
        shown = scene if state["sent_key"] == scene.drawn else state["sent_scene"]
        _live(shown, state["sent"])
        below = shown.experiment.source.points  # nothing above may push what one draws on from under the hand
        _offer_more(st.empty() if below else ends, shown, state["sent"])
        shared.import_the_rest()


def _make(scene: Scene, progress: shared.Progress) -> None:
    """Train what the scene needs; its picture, without the test part where a link covers it, goes into the session as
    what is sent."""
    state, covered = st.session_state, classroom.covered()
    try:
        picture = shared.picture_of(scene, progress, covered)
    except ValueError as error:  # it could not be trained on this machine
        still = " The picture still shows the settings before." if "sent" in state else ""
        st.error(f"{inert(error)}.{still}", icon=":material/tune:")
        return
    header, blob = unpack_header(picture)
    query = replace(scene, at=0.0, step=None, reveal=False).address  # the settings; the view adds where the hand is
    header |= {"query": query, "position": _cursor(), "covered": covered}
    if "data" in classroom.room().hidden:  # nor are points drawn where a teacher took the data's controls away
        header.pop("drawn", None)
    state["sent_key"], state["sent"], state["sent_scene"] = scene.drawn, with_header(blob, header), scene


def _offer_more(slot: Any, scene: Scene, picture: bytes) -> None:
    """Where the loss is lowest at an end of the λ path, say so, and extend the path with one click."""
    ends = {arm["open"] for arm in unpack_header(picture)[0]["arms"]} - {""}
    if not ends or (longer := runs.longer_path(scene.experiment.lambdas, ends)) == scene.experiment.lambdas:
        return
    with slot.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption("The λ path ends where validation loss is lowest.", width="content")
        to = " and ".join(f"{value:g}" for value, end in ((longer[-1], "high"), (longer[1], "low")) if end in ends)
        st.button(
            f"Extend it to λ = {to}", on_click=runs.set_path, args=(longer,), icon=":material/expand_content:",
            type="tertiary", key="extend",
        )  # fmt: skip


@st.fragment
def _live(scene: Scene, picture: bytes) -> None:
    if scene.experiment.source.points:
        bar = st.container(key="progress-drawn").empty()
        if st.session_state.pop("points_drawn", False):  # their picture comes first, all else on the page after it
            scene = controls.with_points(st.session_state["scene"])
            with shared.waiting(bar) as progress:
                _make(scene, progress)
            picture, st.session_state["changed"] = st.session_state["sent"], True
    position = live_view(picture, on_release=lambda: None, on_back=_go_back, on_draw=_draw)
    if st.session_state.pop("changed", False):
        st.rerun()  # all of the page, not this part alone
    here = st.session_state["position"] = _checked(scene, position) or _checked(scene, _cursor()) or scene
    warn.show(here, unpack_header(picture)[0]["arms"])
    url = st.context.url or ""  # the download is made where there is no such thing
    with st.container(horizontal=True, gap="small"):
        box = st.popover("Share", icon=":material/link:", key="share", on_change="rerun")
        if box.open:
            with box:
                _share(here)
        st.download_button(
            "Offline page",
            lambda: offline_page(_with_cursor(picture, here), here, url),
            "weight-decay-lab.html",
            "text/html",
            icon=":material/download:",
            help="One HTML file, both scrubbers alive, no server: for slides and learning platforms.",
            on_click="ignore",
        )
        csv_button("Numbers (CSV)", lambda: picture_columns(picture, here.reveal), "weight-decay-lab.csv")
    norms.show(here)
    translator.show(here, here.experiment.lambdas[here.cursor[0]])


def _go_back() -> None:
    """The settings of an earlier or later entry of the browser's history."""
    query = without(asked())
    if points := st.session_state["scene"].experiment.points:  # too many for an address: the last ones are meant
        query = query.replace(f"points={IN_FILE}", f"points={points}")
    try:
        scene = Scene.from_query(query)
    except ValueError:
        return  # not an address of ours
    controls.fill(scene)
    st.session_state["changed"] = True


def _draw() -> None:
    """The points that were drawn in the view."""
    state = st.session_state
    try:
        state["scene"].experiment.replace(points=drawn())
    except ValueError as error:
        st.error(f"{inert(error)}. The picture still shows the points before.", icon=":material/tune:")
    else:
        state["points"], state["points_drawn"] = drawn(), True


def _share(scene: Scene) -> None:
    link, whole = scene.address, scene.address == scene.to_query()
    what = "shows what you see, to anyone, from cold" if whole else "and the file of your points show what you see"
    st.caption(f"This link {what}:")
    st.code(f"{st.context.url}?{link}", language=None, wrap_lines=True)
    st.caption("The same numbers without a browser:")
    points = "" if whole else "--points points.csv "
    st.code(f'python -m wd_core run "{link}" {points}--out numbers.npz', language="bash", wrap_lines=True)


def _cursor() -> dict[str, Any]:
    before = st.session_state["position"]
    return {"lam": before.at, "step": before.step, "reveal": before.reveal}


def _with_cursor(picture: bytes, scene: Scene) -> bytes:
    """The picture, opening where `scene` looks."""
    header, blob = unpack_header(picture)
    position = {"lam": scene.at, "step": scene.step, "reveal": scene.reveal}
    return with_header(blob, {**header, "position": position})


def _checked(scene: Scene, position: dict[str, Any]) -> Scene | None:
    """The scene with the cursor where the browser says it is; None if that makes no sense."""
    try:
        step = min(max(int(position["step"]), 0), scene.experiment.steps)
        reveal = bool(position["reveal"]) and not classroom.covered()
        return replace(scene, at=float(position["lam"]), step=step, reveal=reveal)
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
