"""Outside text in messages: what a link, an upload or a caller said is echoed at bounded length, and printable."""

from __future__ import annotations

MOST = 80


def short(value: object, most: int = MOST) -> str:
    """`value` as one line of at most `most` printable characters, "…" where something is left out."""
    try:
        text = str(value)
    except ValueError:  # Python refuses to write whole numbers of more than 4300 digits
        return "a number of thousands of digits"
    start = text[: 4 * most]
    line = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(start.split()))
    return line if len(line) <= most and len(start) == len(text) else f"{line[: most - 1]}…"
