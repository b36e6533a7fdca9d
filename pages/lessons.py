"""Lessons: commit to a prediction, see it measured, read why."""

from wd_core.ui import lessons
from wd_core.ui.page import enter

enter("lessons")
lessons.show()
