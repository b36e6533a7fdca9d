"""A lesson as two pages to print: one for the student, with room to predict; one for the teacher."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

from wd_core.lessons.base import Choice, Draw, Lesson, Measured, Pick, Step
from wd_core.text import number_text

KINDS = ("student", "teacher")
WIDTH, HEIGHT = 520, 190
"""Of the axes to draw on, in SVG units."""
LETTER = 6.5
"""Width of one digit there."""


def sheet(lesson: Lesson, kind: str, measured: Sequence[Measured], address: str) -> str:
    """HTML of one page, A4. `measured`: what each step measured on this server; `address`: the lesson's link."""
    if kind not in KINDS:
        raise ValueError(f"sheet={kind}: allowed: {', '.join(KINDS)}")
    body = _student(lesson) if kind == "student" else _teacher(lesson, measured)
    name = "Name: ______________________" if kind == "student" else f"For the teacher · {lesson.minutes} minutes"
    return (
        f'<article class="wdl-page wdl-page-{kind}"><header><h2>{escape(lesson.title)}</h2><p>{name}</p></header>'
        f"{body}<footer>Weight Decay Lab · {escape(address)}</footer></article>"
    )


def _student(lesson: Lesson) -> str:
    steps = "".join(
        f"<li><h3>{escape(step.ask)}</h3><p>{escape(step.setting)}</p>{_room(step)}"
        "<p>Why do you think so?<span class=wdl-rule></span></p>"
        "<p>What was measured, and in one sentence why:<span class=wdl-rule></span><span class=wdl-rule></span></p>"
        "</li>"
        for step in lesson.steps
    )
    return f"<p>Predict first, in ink. Then look.</p><ol>{steps}</ol>"


def _room(step: Step) -> str:
    """Room for the prediction."""
    if isinstance(step.prediction, Choice):
        boxes = "".join(f"<li>{escape(option)}</li>" for option in step.prediction.options)
        return f"<ul class=wdl-boxes>{boxes}</ul>"
    if isinstance(step.prediction, Draw):
        say = f"Copy the line that is given on the screen, then draw {step.prediction.what}."
        return f"<p>{escape(say)}</p>{_axes(step.lambdas, HEIGHT)}"
    return f"<p>Mark the λ where {escape(step.prediction.what)}.</p>{_axes(step.lambdas, 40)}"


def _axes(lambdas: Sequence[float], height: int) -> str:
    """Empty axes over the λ of the path, with a name at each where there is room."""
    left, base, n = 30, height - 22, len(lambdas)
    ticks, names, free = "", "", 0.0
    for i, lam in enumerate(lambdas):
        x = left + (WIDTH - 2 * left) * i / (n - 1)
        ticks += f'<path d="M{x:.0f} {base}v5"/>'
        half = LETTER * len(f"{lam:.2g}") / 2
        if x - half >= free:
            names += f'<text x="{x:.0f}" y="{base + 17}">{lam:.2g}</text>'
            free = x + half + LETTER
    up = f'<path d="M{left - 12} 4V{base}"/>' if height > 60 else ""
    drawn = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="11" text-anchor="middle"><g stroke="#15171c" fill="none">'
        f'<path d="M{left - 12} {base}H{WIDTH - 14}"/>{up}{ticks}</g>'
        f'{names}<text x="{WIDTH - 6}" y="{base + 4}">λ</text></svg>'
    )
    return f'<img src="data:image/svg+xml,{quote(drawn)}" alt="Empty axes over λ">'


def _teacher(lesson: Lesson, measured: Sequence[Measured]) -> str:
    listed = lambda items: "".join(f"<li>{escape(text)}</li>" for text in items)  # noqa: E731
    steps = "".join(
        f"<li><h3>{escape(step.ask)}</h3><p><b>Answer.</b> {escape(_answer(step, found))} {escape(found.says)}</p>"
        + (f"<p><b>Why.</b> {escape(step.why)}</p>" if found.holds else "")
        + f"<p><b>A common misconception.</b> {escape(step.expect)}</p></li>"
        for step, found in zip(lesson.steps, measured, strict=True)
    )
    return (
        f"<p><b>Aims.</b></p><ul>{listed(lesson.aims)}</ul><p><b>Watch for.</b></p><ul>{listed(lesson.watch)}</ul>"
        "<p><b>Way.</b> Each step: everybody commits to a prediction on the sheet, some say why; then you reveal. "
        f"Leave wrong predictions on the board and come back to them.</p><ol>{steps}</ol>"
    )


def _answer(step: Step, found: Measured) -> str:
    """The measured answer in the words of the prediction; nothing for a curve, which `says` describes."""
    if isinstance(step.prediction, Choice):
        return step.prediction.options[int(found.answer)]
    if isinstance(step.prediction, Pick):
        return f"λ = {number_text(step.lambdas[int(found.answer)], 2)}."
    return ""


STYLE: Mapping[str, str] = {
    ".wdl-page": "max-width: 48rem; padding: 1.5rem; background: #fff; color: #15171c; font-size: 0.9rem; "
    "line-height: 1.35; border: 1px solid #c9c6bd; margin-bottom: 1.5rem",
    ".wdl-page header": "display: flex; flex-wrap: wrap; justify-content: space-between; align-items: baseline; "
    "border-bottom: 2px solid",
    ".wdl-page h2": "font-size: 1.3rem; margin: 0; padding: 0; color: inherit",
    ".wdl-page h3": "font-size: 1rem; margin: 0.4rem 0 0.1rem; padding: 0; color: inherit",
    ".wdl-page p": "margin: 0.2rem 0; font-size: inherit",
    ".wdl-page :is(ol, ul)": "margin: 0.2rem 0; padding-left: 1.3rem",
    ".wdl-page li": "margin: 0; font-size: inherit",
    ".wdl-page .wdl-boxes": "list-style: none; padding-left: 0.3rem",
    ".wdl-page .wdl-boxes li::before": "content: '☐ '",
    ".wdl-page .wdl-rule": "display: block; height: 1.5rem; border-bottom: 1px solid #8a8a8a",
    ".wdl-page table": "width: 100%; border-collapse: collapse; margin: 0.4rem 0; font-size: 0.85em",
    ".wdl-page :is(th, td)": "border: 0; border-top: 1px solid #8a8a8a; padding: 0.25rem 0.8rem 0.25rem 0; "
    "text-align: left; vertical-align: top; color: inherit; font-size: inherit",
    ".wdl-page td:first-child": "white-space: nowrap",
    ".wdl-page td:nth-child(2)": "width: 20%; overflow-wrap: anywhere",
    ".wdl-page td ul": "margin: 0; padding-left: 1rem; font-size: inherit",
    ".wdl-page a": "color: inherit",
    ".wdl-page img": "display: block; width: 100%; max-width: 40rem",
    ".wdl-page footer": "margin-top: 0.5rem; border-top: 1px solid #8a8a8a; font-size: 0.75rem; "
    "overflow-wrap: anywhere",
}
PHONE = """@media screen and (max-width: 640px) {
  .wdl-page :is(table, tbody, tr, td) { display: block; width: auto !important; }
  .wdl-page :is(thead, td small, td br) { display: none; }
  .wdl-page td { border: 0; }
  .wdl-page tr { border-top: 1px solid #8a8a8a; }
  .wdl-page td:nth-child(4)::before { content: "You ask, and listen for: "; }
}"""
"""A table's columns below each other."""
PRINT = """@page { size: A4; margin: 12mm; }
@media print {
  html { font-size: 14px !important; }
  html, body, body :has(.wdl-page) { background: #fff !important; }
  body :not(:has(.wdl-page), .wdl-page, .wdl-page *) { display: none !important; }
  body :has(.wdl-page) { display: block !important; position: static !important; overflow: visible !important;
    width: auto !important; height: auto !important; margin: 0 !important; padding: 0 !important; gap: 0 !important; }
  .wdl-page { border: 0; padding: 0; margin: 0; max-width: none; break-inside: avoid; }
  .wdl-page li { break-inside: avoid; }
}"""


def style() -> str:
    """The sheets' style, on the screen and printed: on paper nothing but the page is left."""
    screen = "\n".join(f"{where} {{ {what}; }}" for where, what in STYLE.items())
    return f"<style>{screen}\n{PHONE}\n{PRINT}</style>"
