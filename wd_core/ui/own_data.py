"""The page on a visitor's own table. All of it lives in the visitor's session: no cache, no disk, nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from wd_core.own_data.preparation import Prepared, prepare, propose_target, propose_task
from wd_core.own_data.sample import SAMPLES, preview
from wd_core.own_data.study import Study, study
from wd_core.own_data.table import MAX_BYTES, MAX_COLUMNS, MAX_ROWS, Table, read_table
from wd_core.text import short
from wd_core.ui.shared import Progress, waiting
from wd_core.ui.text import NAME, inert
from wd_core.ui.uploads import PROMISE, TRUTH, keep_in_memory

HEADERS = {"Find out": None, "has the names": True, "is data": False}
MOST_PASTED = 500_000
PREVIEW_COLUMNS = 30

KEPT = PROMISE if keep_in_memory(MAX_BYTES + 2_000_000) else TRUTH
"""What becomes of a table. Streamlit's limit is 8 MiB and the parts around a file, a little above `MAX_BYTES`."""


@dataclass(frozen=True, eq=False)
class Loaded:
    """The table that was read last, what it was read from, and how it was called."""

    source: bytes | str
    name: str
    table: Table
    number: int


@dataclass(frozen=True, eq=False)
class Ready:
    """What the results are about."""

    loaded: Loaded
    prepared: Prepared
    key: tuple


# -------------------------------------------------------------------- the table


def source() -> Loaded | None:
    """Controls to give a table; the last one that could be read. A wrong one gets a message and changes nothing."""
    state = st.session_state
    _follow_link()
    limits = f"At most {MAX_BYTES / 1e6:g} MB, {MAX_ROWS:,} rows and {MAX_COLUMNS} columns."
    with st.expander("Another table" if "own_loaded" in state else "Your table", expanded="own_loaded" not in state):
        upload, paste, sample = st.tabs(["Upload a CSV", "Paste", "Try a sample"])
        upload.file_uploader(f"CSV file. {limits}", ["csv", "tsv", "txt", "data"], key="own_file", on_change=_read_file)
        paste.text_area(
            "Cells with commas, semicolons, tabs or bars between them, as a spreadsheet copies them",
            key="own_paste", max_chars=MOST_PASTED, height=160, on_change=_read_paste,
        )  # fmt: skip
        chosen = sample.segmented_control(
            "Sample", list(SAMPLES), format_func=lambda name: SAMPLES[name].title, default="rents", required=True,
            key="own_which",
        )  # fmt: skip
        sample.markdown(f"{SAMPLES[chosen].what} The address then names it: send it to a class.")
        with sample.container(horizontal=True):
            st.button("Use the sample", key="own_sample", icon=":material/table_view:", on_click=_read_sample)
            file = f"{chosen}.csv"
            st.download_button("The sample as CSV", SAMPLES[chosen].csv, file, "text/csv", on_click="ignore")
        st.selectbox("The first line", list(HEADERS), key="own_header", on_change=_read_again, width=240)
    if error := state.get("own_error"):
        st.error(inert(error) + kept_text(), icon=":material/table:")
    return state.get("own_loaded")


def kept_text() -> str:
    """What a message about a wrong table adds."""
    loaded = st.session_state.get("own_loaded")
    return f" What you see below is still {inert(loaded.name, NAME)}." if loaded else ""


def _follow_link() -> None:
    """Read the sample that the address names, once; a name that there is none of gets a message."""
    state, name = st.session_state, st.query_params.get("sample")
    if name is None or name == state.get("own_linked"):
        return
    state["own_linked"] = name
    if name in SAMPLES:
        _read(SAMPLES[name].csv(), f"{name}.csv")
    else:
        state["own_error"] = f"sample={short(name, NAME)}: allowed: {', '.join(SAMPLES)}."


def _in_address(sample: str | None) -> None:
    """The address names the sample that is shown; of a visitor's own table it says nothing."""
    st.session_state["own_linked"] = sample
    if sample:
        st.query_params["sample"] = sample
    else:
        st.query_params.pop("sample", None)


def _read_file() -> None:
    if file := st.session_state.get("own_file"):
        _in_address(None)
        _read(file.getvalue(), file.name)


def _read_paste() -> None:
    if text := st.session_state.get("own_paste"):
        _in_address(None)
        _read(text, "the pasted table")


def _read_sample() -> None:
    name = st.session_state.get("own_which") or "rents"
    _in_address(name)
    _read(SAMPLES[name].csv(), f"{name}.csv")


def _read_again() -> None:
    if tried := st.session_state.get("own_tried"):
        _read(*tried)


def _read(data: bytes | str, name: str) -> None:
    state = st.session_state
    state["own_tried"] = (data, name)
    state.pop("own_error", None)
    try:
        table = read_table(data, HEADERS[state.get("own_header", "Find out")])
    except ValueError as error:
        state["own_error"] = f"{short(name, NAME)}: {error}."
        return
    state["own_number"] = number = state.get("own_number", 0) + 1
    state["own_loaded"] = Loaded(data, name, table, number)


# -------------------------------------------------------------------- target, features, preparation


def ready(loaded: Loaded) -> Ready | None:
    """Controls for what is to be learned, what was done for it in sentences; the last choice that could be done."""
    state, table, number = st.session_state, loaded.table, loaded.number
    with st.expander(f"{inert(loaded.name, NAME)}: {table.rows:,} rows, {len(table.names)} columns"):
        shown = dict(list(preview(table).items())[:PREVIEW_COLUMNS])
        st.dataframe(shown, hide_index=True)
    left, middle, right, last = st.columns([3, 3, 4, 2])
    proposed = table.names.index(propose_target(table))
    target = left.selectbox("Target", table.names, proposed, key=f"own_target {number}", persist_state="session")
    task = middle.selectbox(
        "Task", ["regression", "classification"], ["regression", "classification"].index(propose_task(table, target)),
        key=f"own_task {number} {target}", persist_state="session",
        help="Proposed from the target's values; change it if that is wrong.",
    )  # fmt: skip
    others = [name for name in table.names if name != target]
    out = right.multiselect(
        "Features to leave out", others, key=f"own_out {number} {target}", persist_state="session", placeholder="None"
    )
    seed = int(last.number_input("Seed of the split", 0, 9999, 0, key=f"own_seed {number}", persist_state="session"))
    key = (number, target, task, tuple(out), seed)
    good = state.get("own_ready")
    if good is None or good.key != key:
        try:
            prepared = prepare(table, target, tuple(n for n in others if n not in out), task, seed)
            good = state["own_ready"] = Ready(loaded, prepared, key)
            state["own_studies"] = {}
        except ValueError as error:
            before = f" The results below are still those before: {inert(good.prepared.target, NAME)}." if good else ""
            st.error(f"{inert(error)}.{before}", icon=":material/tune:")
    if good:
        _tell(good)
    return good


def _tell(good: Ready) -> None:
    sentences = [*good.loaded.table.notes, *good.prepared.steps]
    st.header("What was done", anchor=False)
    st.markdown("\n".join(f"- {inert(sentence)}" for sentence in sentences))


# -------------------------------------------------------------------- the study


def study_of(good: Ready, penalty: str) -> Study | None:
    """The study of one penalty, made once for these settings; a message where it cannot be made."""
    found = st.session_state["own_studies"]
    if penalty not in found:
        try:
            found[penalty] = working(
                lambda report: study(good.prepared, penalty, report), "Fitting every λ on every fold"
            )
        except ValueError as error:
            st.error(f"{inert(error)}.", icon=":material/tune:")
    return found.get(penalty)


def working(make: Callable[[Progress], Any], text: str) -> Any:
    """What `make` returns, with a progress bar where one waits."""
    with waiting(st.container(key=f"progress {text}").empty(), text) as progress:
        return make(progress)
