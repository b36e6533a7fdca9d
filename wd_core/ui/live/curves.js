// The curves.

import { clipTo, drawFlag, drawLambdaAxis, lambdaX, logTicks, niceTicks, planeScale, tickLabel, tickLine } from "../web/axis.js";
import { tickText } from "../web/numbers.js";
import { DASHES, drawGlyph, fitText, haloText, setFont, strokeSeries, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { at } from "./cube.js";

const limitsOf = ({ cube, state }) => cube.lossLimits[state.reveal ? "revealed" : "covered"];

function lossScale(view, plot) {
  const { low, high, floor } = limitsOf(view);
  const bottom = plot.y + plot.h;
  if (!view.state.log) return (value) => bottom - (plot.h * (value - floor)) / (high - floor);
  const factor = plot.h / Math.log(high / low);
  return (value) => (value > 0 ? bottom - Math.log(value / low) * factor : value === 0 ? bottom + 50 : NaN);
}

function drawLossAxis(view, ctx, plot) {
  const { theme, state } = view;
  const { low, high, floor } = limitsOf(view);
  const y = lossScale(view, plot);
  setFont(ctx, view);
  ctx.lineWidth = 1;
  for (const value of state.log ? logTicks(low, high) : niceTicks(floor, high, plot.h / 24)) {
    ctx.strokeStyle = css(theme.faint);
    const line = Math.round(y(value)) + 0.5;
    if (line < plot.y + plot.h) tickLine(ctx, plot.x, line, plot.x + plot.w, line);
    ctx.fillStyle = css(theme.muted);
    text(ctx, tickText(value), plot.x - 8, line, "right", "middle");
  }
  ctx.strokeStyle = css(theme.line);
  tickLine(ctx, plot.x, plot.y + plot.h + 0.5, plot.x + plot.w, plot.y + plot.h + 0.5);
}

export const splitsShown = (view) => (view.state.reveal ? ["train", "validation", "test"] : ["train", "validation"]);

export function drawLambdaBase(view) {
  const { cube, state, theme } = view;
  const { ctx, width, height } = view.canvases.lambdaBase;
  const plot = view.plotBox.lambda;
  ctx.clearRect(0, 0, width, height);
  drawLossAxis(view, ctx, plot);
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  drawLambdaAxis(view, ctx, plot);
  const y = lossScale(view, plot);
  ctx.save();
  clipTo(ctx, plot);
  for (const arm of cube.arms) drawBands(view, ctx, arm, y);
  for (const arm of cube.arms) {
    for (const split of splitsShown(view)) {
      const mean = arm.get(`mean_${split}`);
      if (!mean) continue;
      setSeriesStyle(ctx, theme.arms[arm.index], split);
      strokeSeries(ctx, cube.L, (l) => lambdaX(view, l), (l) => y(at(mean, cube, l, state.k)));
    }
  }
  ctx.setLineDash([]);
  ctx.restore();
  cube.arms.forEach((arm, lane) => drawChoices(view, ctx, arm, lane, y));
  drawLambdaCaption(view, ctx, plot);
}

function drawLambdaCaption(view, ctx, plot) {
  const { cube, theme, layout } = view;
  const seeds = cube.seeds > 1 ? `, mean of ${cube.seeds} seeds ± 1 SE` : "";
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  text(ctx, fitText(ctx, `${cube.header.loss_name || "loss"} over λ${seeds}`, plot.w), plot.x, layout.small);
}

function setSeriesStyle(ctx, colour, split) {
  ctx.strokeStyle = css(colour);
  ctx.lineWidth = split === "train" ? 1.6 : 2;
  ctx.lineJoin = "round";
  ctx.lineCap = split === "test" ? "round" : "butt";
  ctx.setLineDash(DASHES[split]);
}

// ± one standard error over the seeds, around train and validation.
function drawBands(view, ctx, arm, y) {
  const { cube, state, theme } = view;
  for (const split of splitsShown(view)) {
    const mean = arm.get(`mean_${split}`), se = arm.get(`se_${split}`);
    if (!mean || !se) continue;
    ctx.beginPath();
    const floor = limitsOf(view).low * 1e-3;
    const edge = (l, sign) => {
      const middle = at(mean, cube, l, state.k), error = at(se, cube, l, state.k);
      return Number.isFinite(middle) ? y(Math.max(floor, middle + sign * (error || 0))) : NaN;
    };
    const shown = [];
    for (let l = 0; l < cube.L; l++) if (Number.isFinite(edge(l, 1))) shown.push(l);
    shown.forEach((l) => ctx.lineTo(lambdaX(view, l), edge(l, 1)));
    shown.reverse().forEach((l) => ctx.lineTo(lambdaX(view, l), edge(l, -1)));
    ctx.fillStyle = css(theme.arms[arm.index], split === "train" ? 0.1 : 0.17);
    ctx.fill();
  }
}

// The lowest validation loss and the one-standard-error choice, each a glyph on the curve with a label in the arm's own lane.
function drawChoices(view, ctx, arm, lane, y) {
  const { cube, state, theme, layout } = view;
  const mean = arm.get("mean_validation");
  const best = arm.get("best")?.[state.k] ?? -1;
  const oneSe = arm.get("one_se")?.[state.k] ?? -1;
  if (!mean || best < 0) return;
  const plot = view.plotBox.lambda;
  const colour = css(theme.arms[arm.index]);
  const labelY = layout.small * (lane + 2) + (lane + 1) * 2;
  const mark = (l, label, align, dx) => {
    const x = lambdaX(view, l), top = y(at(mean, cube, l, state.k));
    if (!Number.isFinite(top)) return;
    ctx.strokeStyle = css(theme.arms[arm.index], 0.5);
    ctx.lineWidth = 1;
    tickLine(ctx, x, labelY + 3, x, Math.max(labelY + 3, Math.min(plot.y + plot.h, top)));
    drawGlyph(ctx, arm.glyph, x, Math.max(plot.y, Math.min(plot.y + plot.h, top)), 4.2, colour, css(theme.paper));
    setFont(ctx, view);
    haloText(ctx, label, x + dx, labelY, align, colour, css(theme.paper));
  };
  const name = view.cube.arms.length > 1 ? `${arm.label} ` : "";
  const lowest = `${name}lowest${arm.open && state.k === cube.K - 1 ? ", path ends" : ""}`;
  if (oneSe < 0 || oneSe === best) return mark(best, oneSe < 0 ? lowest : `${lowest} and 1 SE`, alignAt(view, best), 0);
  const near = lambdaX(view, oneSe) - lambdaX(view, best) < layout.small * 9;
  if (near && lambdaX(view, best) > plot.x + layout.small * 7) {
    const apart = Math.min(4, (lambdaX(view, oneSe) - lambdaX(view, best)) / 2 - 4);
    mark(best, lowest, "right", apart);
    mark(oneSe, `${name}1 SE`, "left", -apart);
  } else {
    mark(best, lowest, near ? "left" : alignAt(view, best), 0);
    const taken = lambdaX(view, best) + ctx.measureText(lowest).width + 8;
    mark(oneSe, `${name}1 SE`, near ? "left" : alignAt(view, oneSe), near ? Math.max(0, taken - lambdaX(view, oneSe)) : 0);
  }
}

function alignAt(view, l) {
  const share = l / Math.max(1, view.cube.L - 1);
  return share < 0.08 ? "left" : share > 0.92 ? "right" : "center";
}

export const epochOf = (cube, k) => cube.steps[k] / (cube.header.steps_per_epoch || 1);
export const epochText = (value) => (Number.isInteger(value) ? String(value) : value < 10 ? value.toFixed(1) : value.toFixed(0));

export function epochX(view, k) {
  const plot = view.plotBox.epoch, { steps, K } = view.cube;
  const span = steps[K - 1] - steps[0];
  return plot.x + (span > 0 ? (plot.w * (steps[k] - steps[0])) / span : 0);
}

export function drawEpochBase(view) {
  const { cube, theme, layout } = view;
  const { ctx, width, height } = view.canvases.epochBase;
  const plot = view.plotBox.epoch;
  ctx.clearRect(0, 0, width, height);
  drawLossAxis(view, ctx, plot);
  const base = plot.y + plot.h;
  plot.labels = [];
  const range = [epochOf(cube, 0), epochOf(cube, cube.K - 1)];
  const x = planeScale(range, plot.x, plot.x + plot.w);
  ctx.strokeStyle = css(theme.line);
  ctx.fillStyle = css(theme.muted);
  for (const value of range[1] > range[0] ? niceTicks(...range, plot.w / 100) : []) {
    tickLine(ctx, x(value), base, x(value), base + 4);
    tickLabel(ctx, plot, epochText(value), x(value), base + layout.small + 10);
  }
  const y = lossScale(view, plot);
  ctx.save();
  clipTo(ctx, plot);
  for (const arm of cube.arms) drawEpochCurves(view, ctx, arm, y);
  ctx.restore();
  for (const arm of cube.arms) drawStop(view, ctx, arm, y);
  setFont(ctx, view);
  const taken = drawStopWords(view, ctx, plot);
  const seed = cube.header.seed !== undefined ? `, seed ${cube.header.seed}` : "";
  ctx.fillStyle = css(theme.muted);
  text(ctx, fitText(ctx, `${cube.header.loss_name || "loss"} over epochs${seed}`, plot.w - taken), plot.x, layout.small);
}

// The recorded step that early stopping on validation loss would have kept; −1 where that is the last one.
export function stopOf(cube, arm, l) {
  const k = arm.get("stopped")?.[l] ?? -1;
  return k < cube.K - 1 ? k : -1;
}

// A glyph on the validation curve where it is least, and a thin line up to the words' row.
function drawStop(view, ctx, arm, y) {
  const { cube, state, theme } = view;
  const k = stopOf(cube, arm, state.l), plot = view.plotBox.epoch;
  if (k < 0) return;
  const x = epochX(view, k), top = Math.max(plot.y, Math.min(plot.y + plot.h, y(at(arm.get("validation_loss"), cube, state.l, k))));
  ctx.strokeStyle = css(theme.arms[arm.index], 0.5);
  ctx.lineWidth = 1;
  tickLine(ctx, x, plot.y - 2, x, top);
  drawGlyph(ctx, arm.glyph, x, top, 4.2, css(theme.arms[arm.index]), css(theme.paper));
}

// What the glyphs mean, at the right of the caption's row, where nothing else is drawn; returns the width that it takes.
function drawStopWords(view, ctx, plot) {
  const { cube, state, theme, layout } = view;
  const arms = cube.arms.filter((arm) => stopOf(cube, arm, state.l) >= 0);
  if (!arms.length) return 0;
  const size = layout.small * 0.3, epochs = arms.map((arm) => epochText(epochOf(cube, stopOf(cube, arm, state.l))));
  let x = plot.x + plot.w;
  for (let i = arms.length - 1; i >= 0; i--) {
    const colour = css(theme.arms[arms[i].index]), words = i ? epochs[i] : `${arms.length > 1 ? "stop" : "stops"} early: ${epochs[i]}`;
    ctx.fillStyle = colour;
    text(ctx, words, x, layout.small, "right");
    x -= ctx.measureText(words).width + size + 4;
    drawGlyph(ctx, arms[i].glyph, x, layout.small * 0.68, size, colour);
    x -= size + 8;
  }
  return plot.x + plot.w - x + 4;
}

function drawEpochCurves(view, ctx, arm, y) {
  const { cube, state, theme } = view;
  const penalty = arm.get("penalty");
  if (penalty) {
    ctx.strokeStyle = css(theme.muted, 0.75);
    ctx.lineWidth = 1.2;
    ctx.setLineDash([]);
    strokeSeries(ctx, cube.K, (k) => epochX(view, k), (k) => y(at(penalty, cube, state.l, k)));
  }
  for (const split of splitsShown(view)) {
    const loss = arm.get(`${split}_loss`);
    if (!loss) continue;
    setSeriesStyle(ctx, theme.arms[arm.index], split);
    strokeSeries(ctx, cube.K, (k) => epochX(view, k), (k) => y(at(loss, cube, state.l, k)));
  }
  ctx.setLineDash([]);
}

// The cursor, and a glyph where it meets each curve.
export function drawCursor(view, canvas, plot, x, flag, values) {
  const { theme } = view;
  const { ctx } = canvas;
  drawFlag(view, canvas, plot, x, flag);
  const y = lossScale(view, plot);
  for (const { value, arm, colour } of values) {
    const top = y(value);
    if (Number.isFinite(top) && top >= plot.y - 3 && top <= plot.y + plot.h + 1) {
      drawGlyph(ctx, arm.glyph, x, top, 4, css(colour), css(theme.paper));
    }
  }
}
