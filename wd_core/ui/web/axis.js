// Scales and axes.

import { superscript } from "./numbers.js";
import { setFont, text } from "./pen.js";
import { css } from "./theme.js";

export function niceTicks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((m) => m * power >= raw * 0.999) || 10);
  const ticks = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) {
    ticks.push(Math.abs(value) < step * 1e-9 ? 0 : value);
  }
  return ticks;
}

export function logTicks(low, high) {
  const decades = Math.log10(high / low);
  if (decades < 0.7) return niceTicks(low, high, 3);
  const mantissas = decades < 1.2 ? [1, 2, 5] : decades < 2.2 ? [1, 3] : [1];
  const ticks = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e++) {
    for (const m of mantissas) if (m * 10 ** e >= low && m * 10 ** e <= high) ticks.push(m * 10 ** e);
  }
  return ticks;
}

export const planeScale = (range, from, to) => {
  const factor = (to - from) / (range[1] - range[0] || 1);
  return (value) => from + (value - range[0]) * factor;
};

export function tickLine(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

export function clipTo(ctx, plot) {
  ctx.beginPath();
  ctx.rect(plot.x - 6, plot.y - 2, plot.w + 12, plot.h + 2);
  ctx.clip();
}

// λ sits on evenly spaced notches: an exact logarithmic axis for a geometric path, with the notch of λ = 0 left of the break.
export const lambdaX = (view, l) => view.plotBox.lambda.x + (view.plotBox.lambda.w * l) / Math.max(1, view.cube.L - 1);
const hasZero = (cube) => cube.lambdas[0] === 0;

export function drawLambdaAxis(view, ctx, plot) {
  const { cube, theme, layout } = view;
  const base = plot.y + plot.h;
  const first = hasZero(cube) ? 1 : 0;
  plot.labels = [];
  ctx.fillStyle = css(theme.muted);
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  const label = base + layout.small + 10;
  if (hasZero(cube)) tickLabel(ctx, plot, "0", lambdaX(view, 0), label);
  if (cube.L <= first) return;
  if (first && cube.L > 1) drawAxisBreak(ctx, (lambdaX(view, 0) + lambdaX(view, 1)) / 2, base, css(theme.paper), css(theme.muted));
  const low = Math.log10(cube.lambdas[first]), high = Math.log10(cube.lambdas[cube.L - 1]);
  const every = Math.max(1, Math.ceil((high - low) / Math.max(1, plot.w / 60)));
  for (let power = Math.ceil(low - 1e-6); power <= high + 1e-6; power += every) {
    const x = lambdaX(view, notchOf(cube, 10 ** power));
    tickLine(ctx, x, base, x, base + 4);
    if (hasZero(cube) && x - plot.x < 26) continue; // too near the label of λ = 0
    tickLabel(ctx, plot, power === 0 ? "1" : power === 1 ? "10" : `10${superscript(power)}`, x, label);
  }
  ctx.fillStyle = css(theme.ink);
  text(ctx, "λ", plot.x + plot.w + 8, base + 1, "left", "middle");
}

// Tick labels remember their place: the cursor's flag covers a label as a whole or not at all.
export function tickLabel(ctx, plot, string, x, y) {
  const half = ctx.measureText(string).width / 2 + 2;
  plot.labels.push([x - half, x + half]);
  text(ctx, string, x, y, "center");
}

export function drawAxisBreak(ctx, x, y, paper, colour) {
  ctx.fillStyle = paper;
  ctx.fillRect(x - 3, y - 3, 6, 6);
  ctx.fillStyle = ctx.strokeStyle = colour;
  tickLine(ctx, x - 5, y + 5, x - 1, y - 4);
  tickLine(ctx, x + 1, y + 5, x + 5, y - 4);
}

// Where a λ lies between the notches (fractional), logarithmically between its neighbours.
export function notchOf(cube, value) {
  const { lambdas, L } = cube;
  const first = hasZero(cube) ? 1 : 0;
  if (value <= 0 && first) return 0;
  for (let l = first; l < L - 1; l++) {
    if (value <= lambdas[l + 1] * (1 + 1e-9)) return l + Math.log(value / lambdas[l]) / Math.log(lambdas[l + 1] / lambdas[l]);
  }
  return L - 1;
}

export function nearestLambda(cube, value) {
  if (value === 0 && hasZero(cube)) return 0;
  const distance = (other) => (other > 0 && value > 0 ? Math.abs(Math.log(other / value)) : Infinity);
  let best = cube.L - 1;
  for (let l = cube.L - 1; l >= 0; l--) if (distance(cube.lambdas[l]) <= distance(cube.lambdas[best])) best = l;
  return best;
}

export function scrubberBox(view, height, top, width = view.width) {
  const { small, narrow } = view.layout;
  const left = narrow ? small * 3 : small * 3.6;
  return { x: left, y: top, w: Math.max(40, width - left - small * 1.8), h: height - top - small - 18 };
}

// The cursor of a scrubber, its value as a flag among the tick labels.
export function drawFlag(view, canvas, plot, x, flag) {
  const { theme, layout } = view;
  const { ctx } = canvas;
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  ctx.strokeStyle = css(theme.ink);
  ctx.lineWidth = 1.4;
  tickLine(ctx, x, plot.top ?? plot.y - 4, x, plot.y + plot.h);
  setFont(ctx, view, 600);
  const half = ctx.measureText(flag).width / 2 + 7;
  const middle = Math.max(half, Math.min(canvas.width - half, x));
  ctx.fillStyle = css(theme.paper);
  let left = middle - half, right = middle + half;
  for (const [from, to] of plot.labels || []) {
    if (from < middle + half && to > middle - half) [left, right] = [Math.min(left, from), Math.max(right, to)];
  }
  ctx.fillRect(left, plot.y + plot.h + 9, right - left, layout.small + 6);
  ctx.fillStyle = css(theme.ink);
  text(ctx, flag, middle, plot.y + plot.h + layout.small + 10, "center");
}
