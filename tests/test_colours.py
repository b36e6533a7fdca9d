"""One colour language: figures and views, light and dark, say one idea in one hue, apart from paper and each other."""

import colorsys
import json
import re
from itertools import combinations
from pathlib import Path

import pytest

from wd_core.figures import style
from wd_core.figures.style import ARM_COLOURS, CATEGORY_COLOURS, NEGATIVE, PAPERS, POSITIVE

THEME = (Path(style.__file__).parents[1] / "ui" / "web" / "theme.js").read_text(encoding="utf-8")
NEAR = 25 / 360
"""Hues this near are one hue to the eye, in different lightness."""


def palette(name: str) -> dict:
    """A constant of theme.js: {"light": …, "dark": …}."""
    (body,) = re.findall(rf"const {name} = (\{{.*?\n\}});", THEME, re.DOTALL)
    return json.loads(re.sub(r",(\s*[}\]])", r"\1", re.sub(r"(\w+):", r'"\1":', body)))


def hue(colour: str) -> float:
    return colorsys.rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))[0]


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    linear = [(c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4) for c in
              (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))]  # fmt: skip
    return sum(share * c for share, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(a: str, b: str) -> float:
    low, high = sorted((luminance(a), luminance(b)))
    return (high + 0.05) / (low + 0.05)


def apart(a: str, b: str) -> float:
    """Distance of two hues, in turns."""
    distance = abs(hue(a) - hue(b))
    return min(distance, 1 - distance)


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_a_view_and_a_figure_say_one_idea_in_one_hue(shade):
    classes, arms = palette("CLASS_COLOURS")[shade], palette("ARM_COLOURS")[shade]
    assert apart(POSITIVE, classes[1]) < NEAR
    assert apart(NEGATIVE, classes[0]) < NEAR
    assert apart(POSITIVE, NEGATIVE) > 4 * NEAR
    for kind, colour in ARM_COLOURS.items():
        assert kind == "none" or apart(colour, arms[kind]) < NEAR, kind


def test_the_signs_are_read_from_the_classes():
    assert re.search(r"negative: classes\[0\], positive: classes\[1\]", THEME)


@pytest.mark.parametrize(("shade", "paper"), [("light", PAPERS[0]), ("dark", PAPERS[1])])
def test_every_colour_of_a_line_stands_out_from_its_paper(shade, paper):
    for colour in (*ARM_COLOURS.values(), *CATEGORY_COLOURS, *palette("ARM_COLOURS")[shade].values()):
        assert contrast(colour, paper) >= 3, colour
    assert contrast(palette("CLASS_COLOURS")[shade][1], paper) >= 3


@pytest.mark.parametrize("shade", ["light", "dark"])
def test_no_two_ideas_share_a_colour(shade):
    for a, b in combinations([*palette("ARM_COLOURS")[shade].values()], 2):
        assert apart(a, b) > 0.01 or contrast(a, b) > 1.2, (a, b)
