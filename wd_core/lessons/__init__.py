"""Lessons: one file each, found by themselves. A lesson file defines `LESSON = Lesson(name=…, steps=(…))`."""

from wd_core.lessons.base import Lesson
from wd_core.plugins import collect

LESSONS: dict[str, Lesson] = collect(__name__, __path__, "LESSON", Lesson)
"""By name, in the order in which they are taught."""
