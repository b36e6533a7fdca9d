// One weight alone.

import { niceTicks, planeScale, tickLine } from "../web/axis.js";
import { clamp } from "../web/dom.js";
import { lambdaText, tickText } from "../web/numbers.js";
import { drawGlyph, haloText, setFont, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { signed } from "./cube.js";

// ½h(v − a)² + λ(ρ|v| + ½(1 − ρ)v²) in three pictures: what is minimised, its slopes, and where any a is sent.
const penaltyOf = (arm, lambda, v) => lambda * (arm.l1_ratio * Math.abs(v) + 0.5 * (1 - arm.l1_ratio) * v * v);
const pushOf = (arm, lambda, v) => lambda * (arm.l1_ratio * Math.sign(v) + (1 - arm.l1_ratio) * v);
const sentTo = (arm, lambda, h, a) => (Math.sign(a) * Math.max(h * Math.abs(a) - lambda * arm.l1_ratio, 0)) / (h + lambda * (1 - arm.l1_ratio));

export const PICTURES = {
  cost: {
    title: ["Loss + penalty", "−log posterior"], note: ["dashed: the penalty", "dashed: −log prior"],
    x: (alone) => alone.x, y: (alone) => alone.cost, across: "w", base: drawCostBase, draw: drawCost,
  },
  force: {
    title: ["Force on the weight", "Slope of the log prior"], note: ["penalty against data", "prior against likelihood"],
    x: (alone) => alone.x, y: (alone) => alone.force, across: "w", base: drawForceBase, draw: drawForce,
  },
  map: {
    title: ["What comes out", "From most likely to MAP"], note: ["for any a", "for any a"],
    x: (alone) => alone.map, y: (alone) => alone.map, across: "a", base: drawMapBase, draw: drawMap,
  },
};

export function drawWeightBase(view, panel) {
  const { cube, theme, layout } = view;
  const { base, picture } = panel, { ctx } = base;
  const left = layout.small * 3.2;
  const box = (panel.box = { x: left, y: 6, w: base.width - left - 8, h: base.height - layout.small - 16 });
  const [low, high] = picture.x(cube.alone), range = picture.y(cube.alone);
  panel.range = [low, high];
  panel.toX = planeScale([low, high], box.x, box.x + box.w);
  panel.toY = planeScale(range, box.y + box.h, box.y);
  ctx.clearRect(0, 0, base.width, base.height);
  setFont(ctx, view);
  ctx.lineWidth = 1;
  ctx.fillStyle = css(theme.muted);
  ctx.strokeStyle = css(theme.line);
  const foot = box.y + box.h;
  for (const value of niceTicks(low, high, box.w / 58)) {
    tickLine(ctx, panel.toX(value), foot, panel.toX(value), foot + 4);
    if (panel.toX(value) < box.x + box.w - 18) text(ctx, tickText(value), panel.toX(value), foot + layout.small + 4, "center");
  }
  for (const value of niceTicks(...range, box.h / 38)) {
    tickLine(ctx, box.x - 4, panel.toY(value), box.x, panel.toY(value));
    text(ctx, tickText(value), box.x - 7, panel.toY(value), "right", "middle");
  }
  tickLine(ctx, box.x, foot, box.x + box.w, foot);
  tickLine(ctx, panel.toX(0), box.y, panel.toX(0), foot);
  if (range[0] < 0) tickLine(ctx, box.x, panel.toY(0), box.x + box.w, panel.toY(0));
  setFont(ctx, view, 600);
  ctx.fillStyle = css(theme.ink);
  text(ctx, picture.across, box.x + box.w, foot + layout.small + 4, "right");
  setFont(ctx, view);
  ctx.save();
  insideBox(ctx, box);
  picture.base(view, panel, ctx);
  ctx.restore();
}

function insideBox(ctx, box) {
  ctx.beginPath();
  ctx.rect(box.x - 3, box.y - 3, box.w + 6, box.h + 3);
  ctx.clip();
}

const SAMPLES = 160;
// A function of the weight as a line; 0, where L1 has its kink, is one of the samples.
function plotLine(panel, ctx, f) {
  const [low, high] = panel.range;
  const kink = Math.round((-low / (high - low)) * SAMPLES);
  ctx.beginPath();
  for (let i = 0; i <= SAMPLES; i++) {
    const v = i < kink ? low + (i / kink) * -low : ((i - kink) / (SAMPLES - kink)) * high;
    ctx.lineTo(panel.toX(v), clamp(panel.toY(f(v)), -2000, 4000));
  }
  ctx.stroke();
}

function lineStyle(ctx, colour, width, dash = []) {
  ctx.strokeStyle = colour;
  ctx.lineWidth = width;
  ctx.lineJoin = "round";
  ctx.setLineDash(dash);
}

// One glyph for each arm; where they lie on each other, the later ones are smaller so that all are seen.
function dots(view, panel, ctx, place) {
  const { cube, theme } = view;
  cube.arms.forEach((arm, i) => {
    const [x, y] = place(arm);
    drawGlyph(ctx, arm.glyph, panel.toX(x), panel.toY(y), cube.arms.length > 2 ? 7.4 - 2 * i : 6.2 - 1.2 * i, css(theme.arms[arm.index]), i ? null : css(theme.paper));
  });
}

// -- what is minimised

function drawCostBase(view, panel, ctx) {
  const { cube: { alone }, theme } = view;
  lineStyle(ctx, css(theme.muted), 1.6);
  plotLine(panel, ctx, (v) => 0.5 * alone.h * (v - alone.a) ** 2);
}

function drawCost(view, panel, ctx, l) {
  const { cube, theme } = view;
  const { alone } = cube;
  const lambda = cube.lambdas[l];
  const total = (arm, v) => 0.5 * alone.h * (v - alone.a) ** 2 + penaltyOf(arm, lambda, v);
  for (const arm of cube.arms) {
    const colour = theme.arms[arm.index];
    lineStyle(ctx, css(colour, 0.75), 1.3, [5, 4]);
    plotLine(panel, ctx, (v) => penaltyOf(arm, lambda, v));
    lineStyle(ctx, css(colour), 2.2);
    plotLine(panel, ctx, (v) => total(arm, v));
  }
  ctx.setLineDash([]);
  dots(view, panel, ctx, (arm) => [arm.one[l], total(arm, arm.one[l])]);
  if (!cube.bayes || lambda === 0) return;
  setFont(ctx, view, 600);
  for (const arm of cube.arms) {
    if (arm.key === "elastic") continue;
    const away = (arm.key === "l2") === alone.sign > 0; // the two labels on the outer sides
    haloText(ctx, "MAP", panel.toX(arm.one[l]) + (away ? 9 : -9), panel.toY(total(arm, arm.one[l])) + 4, away ? "left" : "right", css(theme.arms[arm.index]), css(theme.paper));
  }
}

// -- the forces: where the data's pull and the penalty's push are equal, the weight rests

function drawForceBase(view, panel, ctx) {
  const { cube: { alone, bayes }, theme, layout } = view;
  lineStyle(ctx, css(theme.muted), 1.6);
  plotLine(panel, ctx, (v) => alone.h * (alone.a - v));
  const positive = alone.sign > 0, end = alone.x[positive ? 1 : 0];
  const top = panel.toY(alone.h * (alone.a - end)) + (positive ? layout.small + 2 : -6);
  haloText(ctx, bayes ? "likelihood" : "data's pull", panel.toX(end), top, positive ? "right" : "left", css(theme.muted), css(theme.paper));
}

function drawForce(view, panel, ctx, l) {
  const { cube, theme } = view;
  const { alone } = cube;
  const lambda = cube.lambdas[l];
  for (const arm of cube.arms) {
    const colour = theme.arms[arm.index];
    lineStyle(ctx, css(colour), 2.2);
    plotLine(panel, ctx, (v) => pushOf(arm, lambda, v === 0 ? 1e-12 : v)); // the jump at 0 is the bar below
    const holds = lambda * arm.l1_ratio;
    if (!holds) continue;
    const from = panel.toY(-holds), to = panel.toY(holds);
    ctx.fillStyle = css(colour, 0.28);
    ctx.fillRect(panel.toX(0) - 5, to, 10, from - to);
    lineStyle(ctx, css(colour), 2.2);
    tickLine(ctx, panel.toX(0), from, panel.toX(0), to);
  }
  dots(view, panel, ctx, (arm) => [arm.one[l], alone.h * (alone.a - arm.one[l])]);
}

// -- where any a is sent

function drawMapBase(view, panel, ctx) {
  const { theme } = view;
  lineStyle(ctx, css(theme.muted), 1.2, [3, 3]);
  plotLine(panel, ctx, (v) => v);
  ctx.setLineDash([]);
}

function drawMap(view, panel, ctx, l) {
  const { cube, theme, layout } = view;
  const { alone } = cube;
  const lambda = cube.lambdas[l];
  lineStyle(ctx, css(theme.muted, 0.8), 1);
  tickLine(ctx, panel.toX(alone.a), panel.box.y, panel.toX(alone.a), panel.box.y + panel.box.h);
  for (const arm of cube.arms) {
    const colour = theme.arms[arm.index];
    const edge = (lambda * arm.l1_ratio) / alone.h;
    lineStyle(ctx, css(colour), 2.2);
    ctx.beginPath();
    for (const v of [panel.range[0], -edge, edge, panel.range[1]]) {
      ctx.lineTo(panel.toX(clamp(v, ...panel.range)), panel.toY(sentTo(arm, lambda, alone.h, clamp(v, ...panel.range))));
    }
    ctx.stroke();
    if (arm.l1_ratio < 1 || !edge) continue;
    ctx.fillStyle = css(colour, 0.28);
    const from = clamp(panel.toX(-edge), panel.box.x, panel.box.x + panel.box.w), to = clamp(panel.toX(edge), panel.box.x, panel.box.x + panel.box.w);
    ctx.fillRect(from, panel.toY(0) - 5, to - from, 10);
    setFont(ctx, view);
    if (to - from > layout.small * 6) haloText(ctx, "sent to 0", panel.toX(0), panel.toY(0) + layout.small * 1.7, "center", css(colour), css(theme.paper));
  }
  dots(view, panel, ctx, (arm) => [alone.a, arm.one[l]]);
}

export function drawWeight(view, panel, l) {
  const { moving, picture, box } = panel;
  const { ctx } = moving;
  ctx.clearRect(0, 0, moving.width, moving.height);
  ctx.save();
  insideBox(ctx, box);
  picture.draw(view, panel, ctx, l);
  ctx.restore();
}

export function describeWeight(view, panel, l) {
  const { cube } = view;
  const values = cube.arms.map((arm) => `${arm.label} ${arm.one[l] === 0 ? "exactly 0" : signed(arm.one[l])}`).join(", ");
  return `${panel.picture.title[cube.bayes ? 1 : 0]} of one weight alone, which the data want at ${signed(cube.alone.a)}; at λ = ${lambdaText(cube.lambdas[l])} it ends at: ${values}.`;
}
