// The histogram of weights: layers stacked, exact zeros in a bar of their own, on one scale of counts that never moves.
// Heights go with the logarithm of 1 + count: single weights are seen beside a bar of hundreds, and nothing is cut.

import { niceTicks, planeScale, tickLine } from "../web/axis.js";
import { clamp } from "../web/dom.js";
import { sizeText, three, tickText } from "../web/numbers.js";
import { beginAxes, setFont, text } from "../web/pen.js";
import { css, mix } from "../web/theme.js";
import { at, BINS, binWeights, hasDiverged } from "./cube.js";

export const layerShade = (view, arm, depth) => {
  const count = view.cube.layers.length;
  const paleness = count === 1 ? 0 : (0.6 * (count - 1 - depth)) / (count - 1);
  return css(mix(view.theme.arms[arm.index], view.theme.paper, paleness));
};

// Counts that the scale can be read by.
export function countTicks(limit) {
  const ticks = [1, 3, 10, 30, 100, 300, 1000, 3000, 10_000, 30_000, 100_000, 300_000, 1_000_000].filter((count) => count <= limit);
  // From the top down, each a line of text away from the one above.
  return ticks.reverse().reduce((kept, count) => (kept.length && share(kept[0], limit) - share(count, limit) < 0.15 ? kept : [count, ...kept]), []);
}

function histogramBox(view, panel) {
  const { small } = view.layout;
  const ticks = small * (view.cube.countLimit >= 1000 ? 2.9 : 2.3);
  const zero = clamp(panel.width * 0.08, 14, 30);
  const x = ticks + zero + 18;
  const y = Math.round(small * 2.1), h = Math.round(Math.max(10, panel.height - small * 3.6)); // whole pixels: what is cleared is all that was drawn
  return { x, y, w: Math.max(20, panel.width - x - 8), h, zeroX: ticks + 2, zeroW: zero };
}

const share = (count, limit) => Math.log1p(count) / Math.log1p(limit);
const heightOf = (cube, box, count) => box.h * share(count, cube.countLimit);

export function drawHistogramAxes(view, panel) {
  const { ctx } = panel;
  const box = (panel.box = histogramBox(view, panel));
  const { theme, cube, layout } = view;
  beginAxes(ctx, view, panel);
  const base = box.y + box.h;
  const scale = planeScale([-cube.weightScale, cube.weightScale], box.x, box.x + box.w);
  tickLine(ctx, box.x, base + 0.5, box.x + box.w, base + 0.5);
  tickLine(ctx, box.zeroX, base + 0.5, box.zeroX + box.zeroW, base + 0.5);
  for (const value of niceTicks(-cube.weightScale, cube.weightScale, Math.min(6, box.w / 45))) {
    const x = scale(value);
    tickLine(ctx, x, base, x, base + 4);
    if (x < box.x + box.w - 18 && x > box.x + 6) text(ctx, tickText(value), x, base + layout.small + 4, "center");
  }
  if (cube.arms.some((arm) => arm.weight_max > cube.weightScale)) drawBeyond(ctx, box, base);
  ctx.fillStyle = css(theme.ink);
  text(ctx, "w", box.x + box.w, base + layout.small + 4, "right");
  text(ctx, "= 0", box.zeroX + box.zeroW / 2, base + layout.small + 4, "center");
}

// Arrowheads on the axis: the outermost bars also hold what lies beyond them.
function drawBeyond(ctx, box, base) {
  for (const [x, direction] of [[box.x, -1], [box.x + box.w, 1]]) {
    ctx.beginPath();
    ctx.moveTo(x + direction * 6, base + 0.5);
    ctx.lineTo(x, base - 3);
    ctx.lineTo(x, base + 4);
    ctx.fill();
  }
}

export function countsOf(view, panel, arm, l, k) {
  const { cube } = view;
  const counts = (panel.counts = panel.counts || new Uint32Array(Math.max(1, cube.layers.length) * BINS));
  binWeights(cube, arm, l, k, counts);
  return counts;
}

export function drawHistogram(view, panel, arm, l, k) {
  const { cube, theme, layout } = view;
  const { ctx, box } = panel;
  ctx.clearRect(0, 0, panel.width, box.y + box.h);
  if (hasDiverged(cube, arm, l, k)) return;
  drawCounts(view, panel);
  const counts = countsOf(view, panel, arm, l, k);
  const zeros = at(arm.get("zeros"), cube, l, k) || 0;
  for (let bin = 0; bin < BINS; bin++) drawBar(view, panel, arm, counts, bin);
  ctx.fillStyle = css(theme.arms[arm.index]);
  const height = heightOf(cube, box, zeros);
  ctx.fillRect(box.zeroX, box.y + box.h - height, box.zeroW, height);
  markBar(view, panel);
  setFont(ctx, view);
  const norm = `‖w‖ ${sizeText(at(arm.get("norm"), cube, l, k))}`, mean = `mean |w| ${sizeText(at(arm.get("mean_abs"), cube, l, k))}`;
  ctx.fillStyle = css(theme.ink);
  text(ctx, `exactly 0: ${zeros} of ${cube.decayed}`, 0, layout.small, "left");
  if (panel.width > 15 * layout.small) text(ctx, panel.width > 27 * layout.small ? `${norm}    ${mean}` : norm, panel.width - 8, layout.small, "right");
}

function drawCounts(view, panel) {
  const { ctx, box } = panel;
  const { cube, theme } = view;
  setFont(ctx, view);
  ctx.lineWidth = 1;
  for (const count of countTicks(cube.countLimit)) {
    const y = Math.round(box.y + box.h - heightOf(cube, box, count)) + 0.5;
    if (box.y + box.h - y < view.layout.small * 0.6) continue;
    ctx.strokeStyle = css(theme.faint);
    tickLine(ctx, box.zeroX, y, box.x + box.w, y);
    ctx.fillStyle = css(theme.muted);
    text(ctx, String(count), box.zeroX - 5, y, "right", "middle");
  }
}

function drawBar(view, panel, arm, counts, bin) {
  const { ctx, box } = panel;
  const { cube } = view;
  const width = box.w / BINS;
  let sum = 0;
  for (let depth = 0; depth < cube.layers.length; depth++) {
    const count = counts[depth * BINS + bin];
    if (!count) continue;
    const from = heightOf(cube, box, sum), to = heightOf(cube, box, (sum += count));
    ctx.fillStyle = layerShade(view, arm, depth);
    ctx.fillRect(box.x + bin * width + 0.5, box.y + box.h - to, Math.max(1, width - 1), to - from);
  }
}

// Bin 0 is the bar of exact zeros, then the bins from left to right.
export function barPlace({ box }, item) {
  return item === 0 ? { x: box.zeroX, w: box.zeroW } : { x: box.x + ((item - 1) * box.w) / BINS, w: box.w / BINS };
}

function markBar(view, panel) {
  if (panel.probed === null || panel.probed === undefined) return;
  const { x, w } = barPlace(panel, panel.probed), { ctx, box } = panel;
  ctx.strokeStyle = css(view.theme.ink);
  ctx.lineWidth = 1.5;
  ctx.strokeRect(x - 0.5, box.y, w + 1, box.h);
}

export function hitHistogram(view, panel, x, y) {
  const { box } = panel;
  if (y < box.y - 4) return null;
  if (x >= box.zeroX - 3 && x <= box.zeroX + box.zeroW + 3) return 0;
  const bin = Math.floor(((x - box.x) / box.w) * BINS);
  return bin >= 0 && bin < BINS ? bin + 1 : null;
}

export function describeBar(view, panel, arm, item) {
  const { cube, state: { l, k } } = view;
  if (item === 0) return `exactly 0: ${at(arm.get("zeros"), cube, l, k)} of ${cube.decayed} weights`;
  const counts = countsOf(view, panel, arm, l, k), edge = (bin) => three((2 * bin / BINS - 1) * cube.weightScale);
  const own = cube.layers.map((layer, depth) => [layer.name, counts[depth * BINS + item - 1]]);
  const total = own.reduce((sum, [, count]) => sum + count, 0);
  const beyond = cube.arms.some((one) => one.weight_max > cube.weightScale) && (item === 1 || item === BINS) ? ", and beyond" : "";
  const by = own.length > 1 && total ? ` (${own.filter(([, count]) => count).map(([name, count]) => `${name}: ${count}`).join(", ")})` : "";
  return `w from ${edge(item - 1)} to ${edge(item)}${beyond}: ${total} ${total === 1 ? "weight" : "weights"}${by}`;
}
