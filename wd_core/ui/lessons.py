"""The page of the lessons: predict, observe, explain. Where one is and what one predicted stands in the address."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from wd_core.history import History
from wd_core.lessons import LESSONS
from wd_core.lessons._hour import LENGTHS, hour
from wd_core.lessons._sheet import KINDS, sheet, style
from wd_core.lessons.base import Choice, Draw, Lesson, Measured, Pick, Step, where_lowest
from wd_core.text import number_text, short
from wd_core.training import train_all
from wd_core.ui.board import board_view, place_now
from wd_core.ui.export import csv_button
from wd_core.ui.shared import Progress, Shelf, waiting
from wd_core.ui.text import inert
from wd_core.ui.voice import voice
from wd_core.view.lesson import lesson_board, levels_of, sketch_board
from wd_core.view.picture import unpack_header, with_header
from wd_core.view.scene import Scene

Prediction = int | tuple[int, ...] | None
FIELDS = ("lesson", "step", "said", "sheet", "hour")
NOTHING = "Nothing is predicted yet."
FIRST = {"choice": "Pick an answer.", "draw": "Draw a line.", "pick": "Take λ somewhere."}
UNUSUAL = "These numbers are not what this step usually finds, so it does not explain them. They stand."

_shelf = Shelf(room=150_000_000, at_once=None)


def show() -> None:
    """The list, or the step that the address asks for."""
    asked = st.query_params.get("lesson")
    lesson = LESSONS.get(asked or "")
    place, say = "the list", ""
    if asked and lesson is None:
        st.warning(f"lesson={inert(short(asked))}: allowed: {', '.join(LESSONS)}", icon=":material/link_off:")
    if lesson is None and (length := st.query_params.get("hour")):
        _hour(length)
    elif lesson is None:
        front()
    elif kind := st.query_params.get("sheet"):
        _sheet(lesson, kind)
    else:
        step, predictions = _asked(lesson)
        place, say = f"{lesson.name} {step}", walk(lesson, step, predictions)
    voice(place, say)


def _asked(lesson: Lesson) -> tuple[int, list[Prediction]]:
    """The step, from 0 (one beyond the last is the end), and the predictions that the address says."""
    text = st.query_params.get("step", "1")
    most = len(lesson.steps) + 1
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 4 else 0
    if not 1 <= number <= most:
        st.warning(f"step={inert(short(text))}: allowed: 1 to {most}", icon=":material/link_off:")
    said = st.query_params.get("said", "")
    predictions = lesson.read(said)
    if lesson.write(predictions) != said:
        st.warning("The link says predictions that this lesson does not know; they are left out.",
                   icon=":material/link_off:")  # fmt: skip
    return min(max(number, 1), most) - 1, predictions


def to_sheet(lesson: Lesson, kind: str) -> None:
    """Write the address of a sheet; a callback."""
    go(lesson)
    st.query_params["sheet"] = kind


def to_hour(length: int) -> None:
    """Write the address of a class hour; a callback."""
    go(None)
    st.query_params["hour"] = str(length)


def go(lesson: Lesson | None, step: int = 0, predictions: Sequence[Prediction] = ()) -> None:
    """Write the address; a callback."""
    params = st.query_params
    for name in FIELDS:
        params.pop(name, None)
    if lesson is not None:
        params["lesson"], params["step"] = lesson.name, str(step + 1)
        if said := lesson.write(list(predictions) or [None] * len(lesson.steps)):
            params["said"] = said


# -------------------------------------------------------------------- the list


def front() -> None:
    """All lessons in their order."""
    st.title("Predict first, then look", anchor=False)
    st.markdown(
        "Each lesson takes five to ten minutes: you commit to a prediction, then it is measured on this server, over "
        "several seeds. Wrong predictions are the interesting ones. Nothing is stored about you; where you are stands "
        "in the address."
    )
    st.button("A class hour, minute by minute", key="hour", on_click=to_hour, args=(60,), icon=":material/schedule:")
    for number, lesson in enumerate(LESSONS.values(), 1):
        with st.container(horizontal=True, vertical_alignment="center", gap="medium", key=f"lesson-{lesson.name}"):
            st.button(f"{number} · {lesson.title}", key=f"start {lesson.name}", on_click=go, args=(lesson,), width=300)
            st.markdown(f"{lesson.about} {len(lesson.steps)} predictions, {lesson.minutes} minutes.")
            with st.container(horizontal=True, width="content", gap="small"):
                for kind in KINDS:
                    st.button(f"{kind.capitalize()}'s sheet", key=f"{kind} {lesson.name}", on_click=to_sheet,
                              args=(lesson, kind), type="tertiary")  # fmt: skip


# -------------------------------------------------------------------- a sheet


def _sheet(lesson: Lesson, kind: str) -> None:
    """One page to print; the browser's Print leaves nothing else on the paper."""
    if kind not in KINDS:
        st.warning(f"sheet={inert(short(kind))}: allowed: {', '.join(KINDS)}", icon=":material/link_off:")
        kind = KINDS[0]
    st.title(f"{lesson.title} The {kind}'s sheet", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All lessons", key="lesson back", on_click=go, args=(None,))
        st.markdown("Print this page (Ctrl P): one sheet of A4.")
    measured = [step.measure(_trained(lesson, i)) for i, step in enumerate(lesson.steps)] if kind == "teacher" else ()
    address = f"{(st.context.url or '').partition('?')[0]}?lesson={lesson.name}"
    st.html(style() + sheet(lesson, kind, measured, address))


def _hour(text: str) -> None:
    """A class hour, to print."""
    names = {str(length): length for length in LENGTHS}
    if text not in names:
        st.warning(f"hour={inert(short(text))}: allowed: {', '.join(names)}", icon=":material/link_off:")
    length = names.get(text, 60)
    st.title("A class hour", anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button("All lessons", key="lesson back", on_click=go, args=(None,))
        for other in LENGTHS:
            st.button(f"{other} minutes", key=f"hour {other}", on_click=to_hour, args=(other,),
                      type="primary" if other == length else "secondary")  # fmt: skip
        st.markdown("Print this page (Ctrl P): one sheet of A4.")
    address = (st.context.url or "").partition("?")[0].removesuffix("lessons")
    st.html(style() + hour(length, address))


# -------------------------------------------------------------------- a step


def walk(lesson: Lesson, i: int, predictions: list[Prediction]) -> str:
    """Step `i` of the lesson, before or after its prediction; beyond the last step, how it went. What is revealed, in
    words for who listens; "" for nothing."""
    top = st.container(horizontal=True, vertical_alignment="bottom", gap="medium")
    top.title(lesson.title, anchor=False, width="content")
    if i == len(lesson.steps):
        _end(lesson, predictions)
        return ""
    step, said = lesson.steps[i], predictions[i]
    stage = "predict" if said is None else "observe and explain"
    top.caption(f"Step {i + 1} of {len(lesson.steps)}: {stage}")
    st.header(step.ask, anchor=False)
    histories = _trained(lesson, i)
    words, picture = st.columns([5, 8], gap="medium")
    if said is None:
        _predict(lesson, i, histories, words, picture)
        _buttons(lesson, i, predictions, dict)
        return ""
    measured = step.measure(histories)
    board = lesson_board(step, histories, said, measured)
    _reveal(step, len(next(iter(histories.values())).seeds), said, measured, words)
    with picture:
        if step.look:
            st.markdown(step.look)
        _live(board.pack(), f"after {lesson.name} {i}")
    _buttons(lesson, i, predictions, board.columns)
    return f"{_verdict(step, said, measured)} Measured: {measured.says} {step.why if measured.holds else UNUSUAL}"


def _trained(lesson: Lesson, i: int) -> dict[str, History]:
    """The histories of the step's arms, with a bar where one waits for them."""
    runs = sum(len(e.lambdas) * len(e.seeds) for e in lesson.steps[i].experiments.values())
    with waiting(st.container(key=f"progress-lesson-{i}").empty(), f"Training {runs} runs") as progress:
        return _histories(lesson.steps[i], progress)


def _histories(step: Step, progress: Progress) -> dict[str, History]:
    """The histories of the step's arms, made once for all visitors."""
    arms = step.experiments

    def make(progress: Progress) -> dict[str, History]:
        # What is kept must agree in steps: arms that train for different numbers of steps are trained apart.
        found: dict[str, History] = {}
        groups: dict[int, list[str]] = {}
        for name, e in arms.items():
            groups.setdefault(e.steps, []).append(name)
        for steps, names in groups.items():
            kept = None if step.every_step else (0, steps)
            trained = train_all([arms[name] for name in names], on_progress=progress, record_at=kept)
            found |= dict(zip(names, trained, strict=True))
        return {name: found[name] for name in arms}

    return _shelf.get((tuple(arms.items()), step.every_step), make, _bytes_of, progress)


def _bytes_of(histories: dict[str, History]) -> int:
    return sum(h.nbytes for h in histories.values())


def _predict(lesson: Lesson, i: int, histories: dict[str, History], words: Any, picture: Any) -> None:
    """The question, and what one predicts with; see `_predicted`."""
    step = lesson.steps[i]
    words.markdown(step.setting)
    if isinstance(step.prediction, Choice):
        if step.given:
            with picture:
                _given(lesson, i, histories)
        words.radio(
            "Your prediction", range(len(step.prediction.options)), index=None, key=f"choice {lesson.name} {i}",
            format_func=step.prediction.options.__getitem__,
        )  # fmt: skip
    elif isinstance(step.prediction, Draw):
        words.markdown("**Draw** with the pointer, or take each point up and down with the arrow keys.")
        with picture:
            board_view(_guest(sketch_board(step, histories).pack()), f"sketch {lesson.name} {i}")
    else:
        words.markdown(f"**Take λ** to where {step.prediction.what}, with the pointer or the arrow keys.")
        with picture:
            _given(lesson, i, histories)
    if st.session_state.pop("lesson nothing", False):
        words.warning(f"{NOTHING} {FIRST[step.prediction.kind]}", icon=":material/arrow_upward:")


def _predicted(lesson: Lesson, i: int) -> Prediction:
    """What the visitor predicts at the moment, as the browser says it; None for nothing yet. For a callback."""
    step = lesson.steps[i]
    if isinstance(step.prediction, Choice):
        return st.session_state.get(f"choice {lesson.name} {i}")
    if isinstance(step.prediction, Draw):
        return levels_of(sketch_board(step, _histories(step, lambda _: None)), place_now(f"sketch {lesson.name} {i}"))
    lam = place_now(f"before {lesson.name} {i}").get("lambda")
    return step.lambdas.index(lam) if lam in step.lambdas else None


def _commit(lesson: Lesson, i: int, predictions: list[Prediction]) -> None:
    """Write the prediction into the address, or say that there is none; a callback."""
    said = _predicted(lesson, i)
    st.session_state["lesson nothing"] = said is None
    go(lesson, i, [*predictions[:i], said, *predictions[i + 1 :]])


def _guest(picture: bytes, **position: float) -> bytes:
    """A board that leaves the address to the lesson."""
    header, blob = unpack_header(picture)
    return with_header(blob, {**header, "guest": True, "position": position})


def _given(lesson: Lesson, i: int, histories: dict[str, History]) -> None:
    """What one sees before the prediction."""
    board = lesson_board(lesson.steps[i], histories, None, None)
    board_view(_guest(board.pack()), f"before {lesson.name} {i}")


@st.fragment
def _live(picture: bytes, key: str) -> None:
    board_view(_guest(picture), key)


def _reveal(step: Step, seeds: int, said: Any, measured: Measured, words: Any) -> None:
    """The verdict, why, what most people expect."""
    right = step.prediction.right(said, measured)
    with words:
        st.info(
            f"**You said:** {_words(step, said)} **{_verdict(step, said, measured)}**\n\n"
            f"**Measured here**, {seeds} seeds: {measured.says}",
            icon=":material/check:" if right else ":material/lightbulb:",
        )
        st.markdown(f"**Why.** {step.why}" if measured.holds else UNUSUAL)
        st.markdown(f"**What many expect.** {step.expect}")


def _verdict(step: Step, said: Any, measured: Measured) -> str:
    right = step.prediction.right(said, measured)
    return "It came out as you said." if right else "It came out otherwise: the interesting case."


def _words(step: Step, said: Any) -> str:
    """A prediction in words."""
    if isinstance(step.prediction, Choice):
        return step.prediction.options[said]
    if isinstance(step.prediction, Pick):
        return f"λ = {number_text(step.lambdas[said], 2)}."
    places = {"left": "at λ = 0", "inside": "between the ends", "right": "at the largest λ"}
    return f"a line that is lowest {places[where_lowest(np.array(said))]}."


def _buttons(lesson: Lesson, i: int, predictions: list[Prediction], columns: Callable[[], Any]) -> None:
    """Back, and on: in one place for all stages and never disabled, so that the keyboard's focus stays on it."""
    committed = predictions[i] is not None
    with st.container(horizontal=True, key="lesson-buttons"):
        if committed:
            label = "Next step" if i + 1 < len(lesson.steps) else "How it went"
            st.button(label, key="lesson on", type="primary", on_click=go, args=(lesson, i + 1, predictions))
        else:
            st.button("This is my prediction", key="lesson on", type="primary", on_click=_commit,
                      args=(lesson, i, predictions))  # fmt: skip
        back: tuple[Any, ...] = (lesson, i - 1, predictions) if i else (None,)
        st.button("Back" if i else "All lessons", key="lesson back", on_click=go, args=back)
        if committed:
            again = [*predictions[:i], None, *predictions[i + 1 :]]
            st.button("Predict again", key="lesson again", type="tertiary", on_click=go, args=(lesson, i, again))
            e = next(iter(lesson.steps[i].experiments.values()))
            st.link_button("Open in the Lab", f"./?{Scene(e).to_query()}", icon=":material/open_in_new:",
                           type="tertiary")  # fmt: skip
            csv_button("Numbers (CSV)", columns, f"{lesson.name}-{i + 1}.csv")


# -------------------------------------------------------------------- the end


def _end(lesson: Lesson, predictions: list[Prediction]) -> None:
    """What was predicted, what was measured."""
    st.header("How it went", anchor=False)
    lines = ["| Question | You said | Measured |", "|---|---|---|"]
    for i, (step, said) in enumerate(zip(lesson.steps, predictions, strict=True)):
        if said is None:
            lines.append(f"| {step.ask} | {NOTHING} | |")
            continue
        measured = step.measure(_trained(lesson, i))
        mark = "as said" if step.prediction.right(said, measured) else "otherwise"
        lines.append(f"| {step.ask} | {_words(step, said)} | {mark}: {measured.says} |")
    st.container(key="wide-table-lesson").markdown("\n".join(lines))
    file, what = lesson.next_page
    names = list(LESSONS)
    after = names[names.index(lesson.name) + 1 :]
    with st.container(horizontal=True, key="lesson-buttons"):
        if after:
            st.button(f"Next lesson: {LESSONS[after[0]].title}", key="lesson on", type="primary", on_click=go,
                      args=(LESSONS[after[0]],))  # fmt: skip
        st.button("Back", key="lesson back", on_click=go, args=(lesson, len(lesson.steps) - 1, predictions))
        st.button("All lessons", key="lesson list", type="tertiary", on_click=go, args=(None,))
    if file:
        st.page_link(file, label=f"Go on in {what}", icon=":material/arrow_forward:")
