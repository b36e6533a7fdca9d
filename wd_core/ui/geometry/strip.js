// The strip: both weights over λ, to drag on.

import { clipTo, drawFlag, drawLambdaAxis, lambdaX, niceTicks, notchOf, planeScale, tickLine } from "../web/axis.js";
import { lambdaText, tickText } from "../web/numbers.js";
import { drawGlyph, haloText, setFont, strokeSeries, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { isZero, NAMES } from "./cube.js";

export function drawStripBase(view) {
  const { cube, theme, layout } = view;
  const { ctx, width, height } = view.strip.base;
  const plot = view.plotBox.lambda;
  const y = (view.strip.toY = planeScale(cube.reach, plot.y + plot.h, plot.y));
  ctx.clearRect(0, 0, width, height);
  setFont(ctx, view);
  ctx.lineWidth = 1;
  for (const value of niceTicks(...cube.reach, plot.h / 24)) {
    const line = Math.round(y(value)) + 0.5;
    ctx.strokeStyle = css(value === 0 ? theme.line : theme.faint);
    tickLine(ctx, plot.x, line, plot.x + plot.w, line);
    ctx.fillStyle = css(theme.muted);
    text(ctx, tickText(value), plot.x - 8, line, "right", "middle");
  }
  ctx.strokeStyle = css(theme.line);
  tickLine(ctx, plot.x, plot.y + plot.h + 0.5, plot.x + plot.w, plot.y + plot.h + 0.5);
  drawLambdaAxis(view, ctx, plot);
  ctx.save();
  clipTo(ctx, plot);
  for (const arm of [...cube.arms].reverse()) drawWeights(view, ctx, arm, y);
  ctx.restore();
  for (const arm of cube.arms) drawEvents(view, ctx, arm, y);
  setFont(ctx, view, 600);
  const [first, second] = cube.optimum.map(y);
  const close = Math.abs(first - second) < layout.small + 4; // then one label goes under its line
  [[first, second], [second, first]].forEach(([own, others], i) => {
    const under = close && (own > others || (own === others && i === 1));
    haloText(ctx, NAMES[i], plot.x + 6, under ? own + layout.small + 2 : own - 6, "left", css(theme.ink), css(theme.paper));
  });
}

// Where a weight is exactly zero its line is thick.
function drawWeights(view, ctx, arm, y) {
  const { cube, theme } = view;
  const colour = theme.arms[arm.index];
  for (const i of [0, 1]) {
    ctx.lineWidth = 2;
    ctx.strokeStyle = css(colour);
    strokeSeries(ctx, cube.L, (l) => lambdaX(view, l), (l) => y(arm.w[2 * l + i]));
    if (!arm.l1_ratio) continue;
    ctx.lineWidth = 5;
    strokeSeries(ctx, cube.L, (l) => lambdaX(view, l), (l) => (isZero(arm, l, i) ? y(0) : NaN));
  }
}

function drawEvents(view, ctx, arm, y) {
  const { cube, theme, layout } = view;
  const colour = css(theme.arms[arm.index]);
  const plot = view.plotBox.lambda;
  const shown = arm.events.filter((event) => event.zero && event.lam <= cube.lambdas[cube.L - 1]);
  const places = shown.map((event) => lambdaX(view, notchOf(cube, event.lam)));
  shown.forEach((event, n) => {
    const x = places[n];
    drawGlyph(ctx, arm.glyph, x, y(0), 4.6, colour, css(theme.paper));
    if (arm.key !== "l1") return;
    setFont(ctx, view);
    ctx.lineWidth = 1;
    ctx.strokeStyle = css(theme.arms[arm.index], 0.5);
    tickLine(ctx, x, plot.y - 3, x, y(0) - 6);
    const room = layout.small * 6; // labels of neighbours turn away from each other
    const align = places[n + 1] - x < room ? "right" : x - places[n - 1] < room ? "left" : "center";
    haloText(ctx, layout.narrow ? `${NAMES[event.weight]} = 0` : `L1: ${NAMES[event.weight]} = 0`, x + (align === "right" ? 6 : align === "left" ? -6 : 0), layout.small, align, colour, css(theme.paper));
  });
}

export function drawStripCursor(view, l) {
  const { cube, theme, strip } = view;
  const { ctx } = strip.moving;
  const x = lambdaX(view, l);
  drawFlag(view, strip.moving, view.plotBox.lambda, x, `λ = ${lambdaText(cube.lambdas[l])}`);
  for (const arm of cube.arms) {
    for (const i of [0, 1]) drawGlyph(ctx, arm.glyph, x, strip.toY(arm.w[2 * l + i]), 4.4, css(theme.arms[arm.index]), css(theme.paper));
  }
}
