"""A class hour as one page to print: minute by minute, from what the lessons' own files say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from wd_core.lessons import LESSONS
from wd_core.lessons.base import Lesson

LENGTHS = (45, 60, 90)
"""Minutes."""
IN_CLASS = 1.5
"""A lesson's minutes are one person's; in a class everybody writes first, some say why, and the room looks up."""
BEGIN, GAME, END = 5, 10, 5
DOES = {"choice": "Pick an answer", "pick": "Mark a λ", "draw": "Draw a line"}
"""What everybody does for each kind of prediction."""


@dataclass(frozen=True)
class Part:
    """Some minutes of an hour. `link`: page and query below the app's address; "" for none."""

    start: int
    minutes: int
    title: str
    do: tuple[str, ...]
    """What happens, in order."""
    ask: tuple[str, ...]
    """What the teacher asks, or listens for."""
    link: str = ""


def in_class(lesson: Lesson) -> int:
    """The minutes that a lesson takes in a class."""
    return round(IN_CLASS * lesson.minutes)


def lessons_for(length: int) -> list[Lesson]:
    """The first lessons, in their order, that fit into `length` minutes beside beginning, game and end."""
    left, found = length - BEGIN - GAME - END, []
    for lesson in LESSONS.values():
        if in_class(lesson) > left:
            break
        left -= in_class(lesson)
        found.append(lesson)
    return found


def plan(length: int) -> list[Part]:
    """Who does what when; the parts follow each other without a gap and fill `length` minutes."""
    if length not in LENGTHS:
        raise ValueError(f"hour={length}: allowed: {', '.join(map(str, LENGTHS))}")
    rows = [(BEGIN, "Begin", ("Watch: you drag λ from left to right, once, and say nothing.",),
             ("What moves? What do you think λ is?",), "?present=1")]  # fmt: skip
    for lesson in lessons_for(length):
        steps = tuple(f"{DOES[step.prediction.kind]}: {step.ask}" for step in lesson.steps)
        rows.append((in_class(lesson), lesson.title, steps, lesson.watch, f"lessons?lesson={lesson.name}&present=1"))
    rows.append((GAME, "Who fools themselves?", (
        "Alone or in pairs, each takes a deal by a number of their own: five looks, one λ, lock. All reveal together.",
    ), ("Who has most points by validation? Who by test? Is it the same person, and is that luck?",), "game"))
    spare = length - sum(row[0] for row in rows) - END
    rows.append((END + spare, "End", (
        "Back to the prediction that most got wrong: who would now say something else, and why?",
    ), tuple(lesson.aims[0] for lesson in lessons_for(length)), ""))
    found, start = [], 0
    for minutes, *rest in rows:
        found.append(Part(start, minutes, *rest))
        start += minutes
    return found


def hour(length: int, address: str) -> str:
    """HTML of the page. `address`: the app's, without a page."""
    rows = "".join(_row(part, address) for part in plan(length))
    sheets = ", ".join(
        f'<a href="{escape(address)}lessons?lesson={lesson.name}&amp;sheet=student">{escape(lesson.title)}</a>'
        for lesson in lessons_for(length)
    )
    return (
        f'<article class="wdl-page wdl-page-hour"><header><h2>A class hour on weight decay</h2><p>{length} minutes</p>'
        "</header><p><b>Before.</b> Open the app at your address in the network: at the foot of each page, “Make a "
        f"link for class” has a QR code for it. Print the students’ sheets: {sheets}.</p>"
        "<p><b>Way.</b> At each question everybody commits on the sheet, some say why; then you reveal.</p>"
        "<table><thead><tr><th>Minute</th><th>What</th><th>They do</th><th>You ask, and listen for</th></tr></thead>"
        f"<tbody>{rows}</tbody></table><footer>Weight Decay Lab · {escape(address)}lessons?hour={length}</footer>"
        "</article>"
    )


def _row(part: Part, address: str) -> str:
    title = escape(part.title)
    if part.link:
        title = f'<a href="{escape(address + part.link)}">{title}</a><br><small>{escape(address + part.link)}</small>'
    last = "At the end each can: " if part.title == "End" else ""
    return (
        f"<tr><td>{part.start}–{part.start + part.minutes}</td><td>{title}</td><td>{_listed(part.do)}</td>"
        f"<td>{last}{_listed(part.ask)}</td></tr>"
    )


def _listed(texts: Sequence[str]) -> str:
    if len(texts) == 1:
        return escape(texts[0])
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
