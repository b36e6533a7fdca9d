// The histogram.

import { niceTicks, planeScale, tickLine } from "../web/axis.js";
import { three, tickText } from "../web/numbers.js";
import { beginAxes, haloText, setFont, text } from "../web/pen.js";
import { css, mix } from "../web/theme.js";
import { at, BINS, binWeights, hasDiverged } from "./cube.js";

export const layerShade = (view, arm, depth) => {
  const count = view.cube.layers.length;
  const paleness = count === 1 ? 0 : (0.6 * (count - 1 - depth)) / (count - 1);
  return css(mix(view.theme.arms[arm.index], view.theme.paper, paleness));
};

function histogramBox(view, panel) {
  const { small } = view.layout;
  const gauge = small * 2.4;
  return { x: gauge + 14, y: small * 1.9, w: Math.max(20, panel.width - gauge - 22), h: Math.max(10, panel.height - small * 3.4), gauge };
}

export function drawHistogramAxes(view, panel) {
  const { ctx } = panel;
  const box = (panel.box = histogramBox(view, panel));
  const { theme, cube, layout } = view;
  beginAxes(ctx, view, panel);
  const base = box.y + box.h;
  const scale = planeScale([-cube.weightScale, cube.weightScale], box.x, box.x + box.w);
  tickLine(ctx, box.x, base + 0.5, box.x + box.w, base + 0.5);
  for (const value of niceTicks(-cube.weightScale, cube.weightScale, Math.min(6, box.w / 45))) {
    const x = scale(value);
    tickLine(ctx, x, base, x, base + 4);
    if (x < box.x + box.w - 18) text(ctx, tickText(value), x, base + layout.small + 4, "center");
  }
  if (cube.arms.some((arm) => arm.weight_max > cube.weightScale)) drawBeyond(ctx, box, base);
  ctx.fillStyle = css(theme.ink);
  text(ctx, "w", box.x + box.w, base + layout.small + 4, "right");
  ctx.fillStyle = css(theme.muted);
  text(ctx, "0", box.gauge / 2, base + layout.small + 4, "center");
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

export function drawHistogram(view, panel, arm, l, k) {
  const { cube, theme } = view;
  const { ctx, box } = panel;
  ctx.clearRect(0, 0, panel.width, box.y + box.h);
  if (hasDiverged(cube, arm, l, k)) return;
  const counts = (panel.counts = panel.counts || new Uint32Array(Math.max(1, cube.layers.length) * BINS));
  binWeights(cube, arm, l, k, counts);
  drawBars(view, panel, arm, counts);
  drawZeroGauge(view, panel, arm, at(arm.get("zeros"), cube, l, k));
  setFont(ctx, view);
  ctx.fillStyle = css(theme.ink);
  const zeros = at(arm.get("zeros"), cube, l, k);
  const norm = `‖w‖ ${three(at(arm.get("norm"), cube, l, k))}`, mean = `mean |w| ${three(at(arm.get("mean_abs"), cube, l, k))}`;
  text(ctx, `exactly 0: ${Number.isFinite(zeros) ? zeros : "–"} of ${cube.decayed}`, 0, view.layout.small, "left");
  if (panel.width > 15 * view.layout.small) text(ctx, panel.width > 27 * view.layout.small ? `${norm}    ${mean}` : norm, panel.width - 8, view.layout.small, "right");
}

function drawBars(view, panel, arm, counts) {
  const { ctx, box } = panel;
  const { cube, theme, layout } = view;
  const width = box.w / BINS;
  const heights = (panel.heights = panel.heights || new Float64Array(BINS));
  heights.fill(0);
  for (let depth = 0; depth < cube.layers.length; depth++) {
    ctx.fillStyle = layerShade(view, arm, depth);
    for (let bin = 0; bin < BINS; bin++) {
      const count = counts[depth * BINS + bin];
      if (!count) continue;
      const from = Math.min(heights[bin], cube.countLimit);
      heights[bin] += count;
      const to = Math.min(heights[bin], cube.countLimit);
      const top = box.y + box.h * (1 - to / cube.countLimit);
      ctx.fillRect(box.x + bin * width + 0.5, top, width - 1, ((to - from) / cube.countLimit) * box.h);
    }
  }
  setFont(ctx, view);
  const highest = heights.indexOf(Math.max(...heights)); // a bar cut at the top of the fixed axis tells its count
  if (heights[highest] <= cube.countLimit) return;
  haloText(ctx, `↑ ${heights[highest]}`, box.x + (highest + 0.5) * width, box.y + layout.small - 1, "center", css(theme.ink), css(theme.paper));
}

// Exact zeros have a place and a scale of their own: a full bar means every weight.
function drawZeroGauge(view, panel, arm, zeros) {
  const { ctx, box } = panel;
  const { theme, cube } = view;
  const width = box.gauge * 0.8, x = box.gauge * 0.1;
  const share = cube.decayed ? (zeros || 0) / cube.decayed : 0;
  ctx.fillStyle = css(theme.faint);
  ctx.fillRect(x, box.y, width, box.h);
  ctx.fillStyle = css(theme.arms[arm.index]);
  ctx.fillRect(x, box.y + box.h * (1 - share), width, box.h * share);
}
