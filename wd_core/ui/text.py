"""Outside text on a page: Streamlit reads Markdown, and more, in nearly everything it shows."""

from __future__ import annotations

import re

from wd_core.text import short

MOST = 1000
"""Characters of a message of ours that quotes outside text; the quotes themselves are shorter, see `short`."""
NAME = 60
"""Characters of a name: a file, a column, a class."""

JOINER = "\u2060"
"""Seen by nobody, and in the way of everything that is looked for in text after Markdown has taken its escapes out:
addresses, :material/…: icons, :red[…] directives, emoji shortcodes, arrows."""

_MARKS = re.compile(r"[\\`*\[\]<>~$&|]|(?<![^\W_])_|_(?![^\W_])")
_FIRST = re.compile(r"^(\d*)(?=[-#+=>.)])")
_PATTERNS = re.compile(r"(?<=:)(?=\S)|(?<=@)|(?<=www)(?=\.)|(?<=[-<>=~])(?=[-<>=~])", re.IGNORECASE)


def inert(text: object, most: int = MOST) -> str:
    """`text` so that Streamlit's Markdown shows it as it is, on one line and at most `most` characters of it.

    Nothing in it becomes a link, an image, HTML, a formula, an icon, a colour, an emoji, a list or a heading. Use it
    wherever a visitor's, a file's or a link's words are shown, and for every error that may quote them.
    """
    line = _PATTERNS.sub(JOINER, short(text, most))
    return _FIRST.sub(r"\1\\", _MARKS.sub(r"\\\g<0>", line))
