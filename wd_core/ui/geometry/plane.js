// The plane of two weights.

import { niceTicks, tickLine } from "../web/axis.js";
import { clamp } from "../web/dom.js";
import { tickText } from "../web/numbers.js";
import { crossPath, drawGlyph, haloText, setFont, strokeSeries, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { NAMES, pullAt } from "./cube.js";
import { zeroWords } from "./words.js";

// Equal scales on both axes, or a circle would be none.
function planeBox(view, panel) {
  const { small } = view.layout;
  const { plane } = view.cube;
  const box = { x: 1, y: 1, w: panel.width - 2, h: panel.height - small - 10 };
  const unit = Math.min(box.w / (plane.x[1] - plane.x[0]), box.h / (plane.y[1] - plane.y[0]));
  const middle = (range) => (range[0] + range[1]) / 2;
  panel.unit = unit;
  panel.toX = (value) => box.x + box.w / 2 + (value - middle(plane.x)) * unit;
  panel.toY = (value) => box.y + box.h / 2 - (value - middle(plane.y)) * unit;
  return box;
}

function ellipsePath(cube, panel, root) {
  const { values, angle } = cube.axes;
  const { ctx, unit } = panel;
  ctx.beginPath();
  ctx.ellipse(panel.toX(cube.optimum[0]), panel.toY(cube.optimum[1]), (root / Math.sqrt(values[0])) * unit, (root / Math.sqrt(values[1])) * unit, -angle, 0, 2 * Math.PI);
}

function insidePlane(panel) {
  panel.ctx.beginPath();
  panel.ctx.rect(panel.box.x, panel.box.y, panel.box.w, panel.box.h);
  panel.ctx.clip();
}

// What does not move: axes, the loss's contours, the data's optimum.
export function drawPlaneBase(view, panel) {
  const { cube, theme, layout } = view;
  const base = panel.base, { ctx } = base;
  const box = (panel.box = base.box = panel.moving.box = planeBox(view, base));
  Object.assign(panel.moving, { toX: base.toX, toY: base.toY, unit: base.unit });
  ctx.clearRect(0, 0, base.width, base.height);
  setFont(ctx, view);
  ctx.save();
  insidePlane(base);
  ctx.lineWidth = 1;
  for (let k = 1; k <= 14; k++) {
    ellipsePath(cube, base, k * cube.level);
    ctx.strokeStyle = css(theme.muted, 0.62 - 0.032 * k);
    ctx.stroke();
  }
  ctx.strokeStyle = css(theme.ink, 0.5);
  tickLine(ctx, box.x, base.toY(0), box.x + box.w, base.toY(0));
  tickLine(ctx, base.toX(0), box.y, base.toX(0), box.y + box.h);
  ctx.restore();
  ctx.fillStyle = css(theme.muted);
  const low = cube.optimum[0] + (box.x - base.toX(cube.optimum[0])) / base.unit, high = low + box.w / base.unit;
  const bottom = (base.toY(0) - box.y - box.h) / base.unit, top = (base.toY(0) - box.y) / base.unit;
  for (const value of niceTicks(low, high, box.w / 62)) {
    const x = base.toX(value);
    if (x < box.x + 12 || x > box.x + box.w - 30) continue;
    tickLine(ctx, x, base.toY(0) - 3, x, base.toY(0) + 3);
    text(ctx, tickText(value), x, box.y + box.h + layout.small + 2, "center");
  }
  for (const value of niceTicks(bottom, top, box.h / 46)) {
    const y = base.toY(value);
    if (value === 0 || y < box.y + 20 || y > box.y + box.h - 6) continue;
    tickLine(ctx, base.toX(0) - 3, y, base.toX(0) + 3, y);
    haloText(ctx, tickText(value), base.toX(0) - 6, y + 4, "right", css(theme.muted), css(theme.paper));
  }
  setFont(ctx, view, 600);
  text(ctx, NAMES[0], box.x + box.w - 4, box.y + box.h + layout.small + 2, "right");
  haloText(ctx, NAMES[1], base.toX(0) + 7, box.y + layout.small, "left", css(theme.ink), css(theme.paper));
  drawOptimum(view, base);
}

function drawOptimum(view, base) {
  const { cube, theme } = view;
  const { ctx, box } = base;
  const [x, y] = [base.toX(cube.optimum[0]), base.toY(cube.optimum[1])];
  ctx.strokeStyle = css(theme.ink);
  ctx.lineWidth = 2;
  ctx.beginPath();
  crossPath(ctx, x, y, 4);
  ctx.stroke();
  setFont(ctx, view);
  const label = cube.bayes ? "most likely" : view.layout.narrow ? "optimum" : "data's optimum";
  if (view.layout.narrow) {
    const half = ctx.measureText(label).width / 2 + 2;
    return haloText(ctx, label, clamp(x, box.x + half, box.x + box.w - half), y - 9, "center", css(theme.ink), css(theme.paper));
  }
  const right = cube.optimum[0] >= 0 ? x + ctx.measureText(label).width + 12 < box.x + box.w : x - ctx.measureText(label).width - 12 < box.x;
  return haloText(ctx, label, x + (right ? 9 : -9), y - 7, right ? "left" : "right", css(theme.ink), css(theme.paper));
}

// The ball ρ‖w‖₁ + ½(1 − ρ)‖w‖² ≤ c. In each quadrant (|w₁| + q)² + (|w₂| + q)² ≤ R², q = ρ/(1 − ρ): four arcs of a circle
// that meet in corners; straight lines for ρ = 1, no corners for ρ = 0.
function ballPath(panel, ratio, size) {
  const { ctx } = panel;
  const steps = ratio === 1 ? 1 : 16;
  const q = ratio === 1 ? 0 : ratio / (1 - ratio);
  const R = ratio === 1 ? size : Math.sqrt((2 * size) / (1 - ratio) + 2 * q * q);
  const tip = ratio === 1 ? size : Math.sqrt(Math.max(0, R * R - q * q)) - q;
  const from = Math.asin(Math.min(1, q / R)), to = Math.PI / 2 - from;
  const corner = (t) => (ratio === 1 ? [tip * (1 - t), tip * t] : [R * Math.cos(from + (to - from) * t) - q, R * Math.sin(from + (to - from) * t) - q]);
  ctx.beginPath();
  [[1, 1], [-1, 1], [-1, -1], [1, -1]].forEach(([sx, sy], quadrant) => {
    for (let i = 0; i < steps; i++) {
      const [x, y] = corner((quadrant % 2 ? steps - i : i) / steps);
      ctx.lineTo(panel.toX(sx * x), panel.toY(sy * y));
    }
  });
  ctx.closePath();
}

export function drawPlane(view, panel, arm, l) {
  const { cube, theme } = view;
  const { moving } = panel, { ctx } = moving;
  const colour = theme.arms[arm.index];
  const lambda = cube.lambdas[l], size = arm.size[l];
  const [w1, w2] = [arm.w[2 * l], arm.w[2 * l + 1]];
  ctx.clearRect(0, 0, moving.width, moving.height);
  ctx.lineJoin = "round"; // a label of the last frame may have left another
  ctx.save();
  insidePlane(moving);
  if (cube.bayes && lambda > 0) {
    for (let k = 5; k >= 1; k--) fillBall(moving, arm, (0.12 * k * k) / lambda, css(colour, 0.075)); // −log prior grows by equal steps of its root
  } else fillBall(moving, arm, size, css(colour, 0.17));
  ctx.lineJoin = "miter";
  ctx.lineWidth = 2;
  ctx.strokeStyle = css(colour);
  if (size > 0) {
    ballPath(moving, arm.l1_ratio, size);
    ctx.stroke();
  }
  ctx.lineWidth = 1.8;
  ctx.strokeStyle = css(theme.ink, 0.85);
  if (lambda > 0) {
    ellipsePath(cube, moving, Math.sqrt(2 * arm.loss[l]));
    ctx.stroke();
  }
  drawTravel(moving, arm, l, cube.L, colour);
  const point = [moving.toX(w1), moving.toY(w2)];
  if (lambda > 0) drawBalance(view, moving, arm, point, [w1, w2], lambda);
  ctx.restore();
  drawGlyph(ctx, arm.glyph, point[0], point[1], 6.5, css(colour), css(theme.paper));
  drawZeroLabel(view, moving, arm, l, point);
}

function fillBall(panel, arm, size, style) {
  panel.ctx.fillStyle = style;
  ballPath(panel, arm.l1_ratio, size);
  panel.ctx.fill();
}

// The whole way from the data's optimum to zero, and the part that is done.
function drawTravel(panel, arm, l, L, colour) {
  const { ctx } = panel;
  for (const [end, alpha, width] of [[L - 1, 0.5, 1.2], [l, 1, 3]]) {
    ctx.strokeStyle = css(colour, alpha);
    ctx.lineWidth = width;
    ctx.lineJoin = "round";
    ctx.setLineDash(end === l ? [] : [3, 3]);
    strokeSeries(ctx, end + 1, (i) => panel.toX(arm.w[2 * i]), (i) => panel.toY(arm.w[2 * i + 1]));
  }
  ctx.setLineDash([]);
}

// Why it stays there: the data's pull (arrow) against what the penalty can hold. On a smooth edge that is one direction,
// on a corner a whole fan of them: a pull inside the fan leaves the weight at zero.
function drawBalance(view, panel, arm, [x, y], w, lambda) {
  const { cube, theme, layout } = view;
  const { ctx } = panel;
  const reach = layout.arrow;
  const colour = theme.arms[arm.index];
  const ratio = arm.l1_ratio;
  const holds = w.map((value) => (value === 0 ? [-ratio, ratio] : [Math.sign(value) * ratio + (1 - ratio) * value].concat(Math.sign(value) * ratio + (1 - ratio) * value)));
  const zeros = w.filter((value) => value === 0).length;
  if (ratio > 0 && zeros) {
    ctx.fillStyle = css(colour, 0.3);
    ctx.strokeStyle = css(colour, 0.9);
    ctx.lineWidth = 1;
    ctx.beginPath();
    if (zeros === 2) ctx.arc(x, y, reach, 0, 2 * Math.PI);
    else {
      const free = w[0] === 0 ? 1 : 0;
      const middle = free === 0 ? (holds[0][0] > 0 ? 0 : Math.PI) : holds[1][0] > 0 ? -Math.PI / 2 : Math.PI / 2;
      const half = Math.atan2(ratio, Math.abs(holds[free][0]));
      ctx.moveTo(x, y);
      ctx.arc(x, y, reach * 1.12, middle - half, middle + half);
      ctx.closePath();
    }
    ctx.fill();
    ctx.stroke();
  }
  const pull = pullAt(cube, ...w);
  const length = Math.hypot(...pull);
  if (length > 1e-6 * lambda) arrow(ctx, x, y, x + (pull[0] / length) * reach, y - (pull[1] / length) * reach, css(theme.ink));
}

function arrow(ctx, x0, y0, x1, y1, colour) {
  const angle = Math.atan2(y1 - y0, x1 - x0);
  ctx.strokeStyle = ctx.fillStyle = colour;
  ctx.lineWidth = 2;
  tickLine(ctx, x0, y0, x1 - 5 * Math.cos(angle), y1 - 5 * Math.sin(angle));
  ctx.beginPath();
  ctx.moveTo(x1, y1);
  for (const turn of [2.7, -2.7]) ctx.lineTo(x1 + 9 * Math.cos(angle + turn), y1 + 9 * Math.sin(angle + turn));
  ctx.fill();
}

function drawZeroLabel(view, panel, arm, l, [x, y]) {
  const { theme, layout, cube } = view;
  const { ctx, box } = panel;
  const zero = zeroWords(arm, l);
  const label = cube.bayes ? ["MAP", zero].filter(Boolean).join(": ") : zero;
  if (!label) return;
  setFont(ctx, view, 600);
  const half = ctx.measureText(label).width / 2 + 3;
  const below = y + layout.small * 1.9;
  const place = clamp(x, box.x + half, box.x + box.w - half);
  haloText(ctx, label, place, below < box.y + box.h - 2 ? below : y - layout.small, "center", css(theme.arms[arm.index]), css(theme.paper));
}
