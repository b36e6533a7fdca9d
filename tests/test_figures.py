"""Figures by their arrays: lines are the path's numbers, λ stands where it should, the cursor where it is put."""

import numpy as np
import pytest

from wd_core.figures import style
from wd_core.figures.paths import Limits, path_figure, spread_labels, stability_figure
from wd_core.linear.paths import fit_path
from wd_core.text import lambda_text, number_text

LAMBDAS = np.array([0.0, 1e-3, 1e-2, 1e-1, 1.0, 10.0])
NAMES = ("a", "b", "c")


@pytest.fixture(scope="module")
def path():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((37, 3))
    return fit_path(X, X @ [1.0, -0.5, 0.0] + rng.standard_normal(37), LAMBDAS, l1_ratio=1.0, task="regression")


def figure_of(path, index=3, test=False):
    losses = {"train": np.arange(6.0), "validation": np.arange(6.0) + 1}
    if test:
        losses["test"] = np.arange(6.0) + 2
    return path_figure(
        LAMBDAS, title="L1", penalty="l1", weights=path.coefficients[:, :, 0], names=NAMES, named=[1, 0], strong=[1],
        zeros=path.zeros, n_weights=3, df=path.df, losses=losses, cv=(np.arange(6.0) + 3, np.full(6, 0.5)),
        loss_name="loss", index=index, limits=Limits((-1, 2), 3, (0, 9)),
    )  # fmt: skip


def line(figure, name):
    """Positions and values of a line without its gap."""
    trace = next(t for t in figure.data if t.name == name)
    x, y = np.array(trace.x, float), np.array(trace.y, float)
    np.testing.assert_array_equal(np.isnan(x), np.isnan(y))
    return x[~np.isnan(x)], y[~np.isnan(x)]


def test_lines_are_the_paths_numbers(path):
    figure = figure_of(path)
    for j, name in enumerate(NAMES):
        x, y = line(figure, name)
        np.testing.assert_array_equal(y, path.coefficients[:, j, 0])
        np.testing.assert_allclose(x[1:], np.log10(LAMBDAS[1:]))
    np.testing.assert_array_equal(line(figure, "exact zeros")[1], path.zeros)
    np.testing.assert_array_equal(line(figure, "degrees of freedom")[1], path.df)
    np.testing.assert_array_equal(line(figure, "training")[1], np.arange(6.0))
    np.testing.assert_array_equal(line(figure, "cross-validation")[1], np.arange(6.0) + 3)


def test_the_band_is_one_standard_error_about_the_mean(path):
    band = next(t for t in figure_of(path).data if t.name == "± 1 SE")
    upper, lower = np.split(np.array(band.y), 2)
    np.testing.assert_allclose(upper, np.arange(1.0, 6) + 3.5)
    np.testing.assert_allclose(lower[::-1], np.arange(1.0, 6) + 2.5)


def test_no_line_crosses_from_zero(path):
    trace = figure_of(path).data[0]
    assert np.isnan(trace.x[1])
    assert np.isnan(trace.y[1])
    assert trace.x[0] == np.log10(LAMBDAS[1]) - style.ZERO_GAP
    assert len(trace.customdata) == len(trace.x)
    assert trace.customdata[0] == "0"
    assert trace.customdata[2] == "1.0 × 10⁻³"


def test_the_axis_has_a_tick_a_decade_and_zero_apart():
    axis = style.lambda_axis(LAMBDAS)
    assert list(axis["ticktext"]) == ["0", style.BREAK, "10⁻³", "10⁻²", "10⁻¹", "1", "10"]
    assert list(axis["tickvals"])[2:] == [-3, -2, -1, 0, 1]
    low, high = axis["range"]
    assert low < style.lambda_positions(LAMBDAS).min()
    assert high > 1
    assert "0" not in style.lambda_axis(LAMBDAS[1:])["ticktext"]


@pytest.mark.parametrize("index", [0, 3, 5])
def test_the_cursor_stands_at_its_lambda_through_all_plots(path, index):
    cursor = next(s for s in figure_of(path, index).layout.shapes if s.name == "cursor")
    assert cursor.x0 == cursor.x1 == style.lambda_positions(LAMBDAS)[index]
    assert (cursor.y0, cursor.y1, cursor.yref) == (0, 1, "paper")


def test_axes_do_not_move_with_the_cursor_and_share_one_x(path):
    one, other = figure_of(path, 1), figure_of(path, 4)
    for axis in ("xaxis", "yaxis", "yaxis2", "yaxis3", "yaxis4"):
        assert one.layout[axis] == other.layout[axis]
    assert {t.xaxis for t in one.data} == {"x"}


def test_the_test_error_is_drawn_only_if_given(path):
    assert "test" not in {t.name for t in figure_of(path).data}
    dashes = {t.name: t.line.dash for t in figure_of(path, test=True).data}
    assert (dashes["training"], dashes["validation"], dashes["test"]) == ("solid", "dash", "dot")


def test_named_lines_have_their_names_and_the_others_no_hover(path):
    figure = figure_of(path)
    assert {a.text for a in figure.layout.annotations} >= {"a", "b"}
    assert next(t for t in figure.data if t.name == "c").hoverinfo == "skip"
    widths = {t.name: t.line.width for t in figure.data}
    assert widths["b"] > widths["a"] > widths["c"]


def test_stability_bars_are_the_shares_with_the_support_on_top():
    shares = {"l1": np.array([0.9, 0.2, 0.5]), "elastic": np.array([1.0, 0.4, 0.6])}
    figure = stability_figure(shares, NAMES, (1,), "t")
    for bars, penalty in zip(figure.data, ("elastic", "l1"), strict=True):
        found = dict(zip(bars.y, bars.x, strict=True))
        assert found == dict(zip(("a", "★ b", "c"), shares[penalty], strict=True))
        assert bars.y[-1] == "★ b"


def test_labels_keep_their_distance_and_order():
    placed = spread_labels(np.array([0.0, 0.01, 5.0, 0.02]), 0, 1, 0.1)
    assert np.diff(np.sort(placed)).min() >= 0.1 - 1e-12
    assert placed.argsort().tolist() == [0, 1, 3, 2]
    assert placed.max() <= 1


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.0031622, "3.2 × 10⁻³"), (0.1, "0.10"), (1.0, "1.0"), (31.6, "32"), (1000.0, "1.0 × 10³")],
)
def test_lambda_in_words(value, text):
    assert lambda_text(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.31234, "0.312"), (-2.0, "−2.00"), (0, "0"), (1.2e-5, "1.20 × 10⁻⁵"), (np.nan, "–"), (442.3, "442")],
)
def test_numbers_in_words(value, text):
    assert number_text(value) == text


@pytest.mark.parametrize("colour", [*style.ARM_COLOURS.values(), *style.CATEGORY_COLOURS, style.GREY])
@pytest.mark.parametrize("paper", style.PAPERS)
def test_marks_stand_out_from_both_papers(colour, paper):
    low, high = sorted((luminance(colour), luminance(paper)))
    assert (high + 0.05) / (low + 0.05) >= 3


def luminance(colour):
    """Relative luminance by WCAG 2."""
    c = np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])
    return np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) @ [0.2126, 0.7152, 0.0722]


def test_anybodys_names_are_text_in_the_margin(path):
    names = ["a & b & c & d & e", "<b>x</b> %{y}", "short"]
    figure = path_figure(
        LAMBDAS, title="L1", penalty="l1", weights=path.coefficients[:, :, 0], names=names, named=[0, 1],
        zeros=path.zeros, n_weights=3, df=path.df, losses={}, cv=(np.arange(6.0), np.full(6, 0.5)),
        loss_name="loss", index=3, limits=Limits((-1, 2), 3, (0, 9)),
    )  # fmt: skip
    said = {a.text: a for a in figure.layout.annotations}
    assert "a &amp; b &amp; c &amp; d &amp;…" in said  # cut before it is escaped
    assert "&lt;b>x&lt;/b> % {y}" in said
    assert all(a.xanchor == "right" and a.x == 0 for a in said.values())
    assert not any("<b>x" in t.hovertemplate or "%{y}<e" in t.hovertemplate.split("x&lt;")[-1]
                   for t in figure.data if t.name and "x&lt;" in t.name)  # fmt: skip
