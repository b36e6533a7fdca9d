"""Numbers as people write them; and outside text, of a link, an upload or a caller, at bounded length and printable."""

from __future__ import annotations

import math

MOST = 80
SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def short(value: object, most: int = MOST) -> str:
    """`value` as one line of at most `most` printable characters, "…" where something is left out."""
    try:
        text = str(value)
    except ValueError:  # Python refuses to write whole numbers of more than 4300 digits
        return "a number of thousands of digits"
    start = text[: 4 * most]
    line = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(start.split()))
    return line if len(line) <= most and len(start) == len(text) else f"{line[: most - 1]}…"


def number_text(value: float, digits: int = 3) -> str:
    """Three significant digits: 0.0316, 1.20 × 10⁻⁴, −2.00; "–" for what is not a number."""
    if not math.isfinite(value):
        return "–"
    if value == 0:
        return "0"
    mantissa, _, exponent = f"{value:.{digits - 1}e}".partition("e")
    if -3 <= int(exponent) < 4:
        return f"{value:.{max(digits - 1 - int(exponent), 0)}f}".replace("-", "−")
    return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPT)}".replace("-", "−")


def lambda_text(value: float) -> str:
    """λ with two digits, as in the live view: 0, 3.2 × 10⁻³, 0.10, 32."""
    if value == 0:
        return "0"
    if 0.095 <= value < 99.5:
        return number_text(value, 2)
    mantissa, _, exponent = f"{value:.1e}".partition("e")
    return f"{mantissa} × 10{str(int(exponent)).translate(SUPERSCRIPT)}"
