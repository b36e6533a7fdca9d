// One output and many inputs: every weight as a bar, in the order of the inputs; lying beside their names where each has a
// line of text, else upright, and only the first and the last are named.

import { niceTicks, tickLine } from "../web/axis.js";
import { tickText } from "../web/numbers.js";
import { fitText, setFont, text } from "../web/pen.js";
import { css } from "../web/theme.js";

const EDGE = 8;
const AIR = 0.14; // of a row, above and below its bar

// Where bars lie: `bar(i, w)` and `cell(i, w)`, the bar with air around it, as [x, y, width, height], w from −1 to 1.
export function barRows(view, panel) {
  const { inputs } = view.cube.layers[0], { small } = view.layout;
  const foot = small + 8, room = panel.height - foot;
  return room / inputs >= 0.95 * small ? lying(view, panel, inputs, room) : upright(panel, inputs, room);
}

function lying(view, panel, inputs, room) {
  const { ctx } = panel;
  setFont(ctx, view, 600); // the widest
  const names = Array.from({ length: inputs }, (_, i) => fitText(ctx, view.cube.header.inputs?.[i] ?? `input ${i + 1}`, panel.width * 0.45));
  const left = Math.max(...names.map((name) => ctx.measureText(name).width)) + EDGE, half = (panel.width - left - EDGE) / 2;
  const step = Math.min(room / inputs, 2.6 * view.layout.small), zero = left + half;
  const top = (room - step * inputs) / 2, line = (i) => top + i * step;
  return {
    names, left, zero, half, top, end: line(inputs), middle: (i) => line(i + 0.5),
    cell: (i, w) => [zero + Math.min(w, 0) * half, line(i), Math.abs(w) * half, step],
    bar: (i, w) => [zero + Math.min(w, 0) * half, line(i + AIR), Math.max(1, Math.abs(w) * half), (1 - 2 * AIR) * step],
    hit: (x, y) => Math.floor((y - top) / step),
  };
}

function upright(panel, inputs, room) {
  const step = (panel.width - 2 * EDGE) / inputs, half = room / 2;
  return {
    names: null, half,
    cell: (i, w) => [EDGE + i * step, half - Math.max(w, 0) * half, step, Math.abs(w) * half],
    bar: (i, w) => [EDGE + (i + AIR) * step, half - Math.max(w, 0) * half, (1 - 2 * AIR) * step, Math.max(1, Math.abs(w) * half)],
    hit: (x) => Math.floor((x - EDGE) / step),
  };
}

export function drawCoefficients(view, panel, arm, weights, start) {
  const { cube, theme } = view, { ctx } = panel;
  const rows = (panel.geometry = panel.geometry || barRows(view, panel));
  drawFrame(view, panel, rows);
  for (let i = 0; i < cube.layers[0].inputs; i++) {
    const w = Math.max(-1, Math.min(1, weights[start + i] / cube.weightScale));
    ctx.fillStyle = css(w > 0 ? theme.positive : theme.negative);
    if (w) ctx.fillRect(...rows.bar(i, w));
    if (panel.probed?.weight?.[2] === i) markBar(view, panel, rows.cell(i, w));
  }
}

function markBar(view, panel, [x, y, w, h]) {
  panel.ctx.strokeStyle = css(view.theme.ink);
  panel.ctx.lineWidth = 1.5;
  panel.ctx.strokeRect(x - 1, y - 1, w + 2, h + 2);
  panel.spot = { x: x + w / 2, y: y + h / 2 };
}

// Zero, and the names, of what truly matters in bold: beside lying bars all, with a scale below; below upright bars some.
function drawFrame(view, panel, rows) {
  const { cube, theme } = view, { ctx, width, height } = panel;
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  if (rows.names) return drawLyingFrame(view, panel, rows);
  tickLine(ctx, EDGE, rows.half, width - EDGE, rows.half);
  const names = cube.header.inputs ?? [], named = cube.header.relevant?.length ? cube.header.relevant : [0, names.length - 1];
  setWeight(view, panel, Boolean(cube.header.relevant?.length));
  let taken = 0;
  for (const i of named) {
    const half = ctx.measureText(names[i] ?? "").width / 2, [x, , step] = rows.cell(i, 0);
    const middle = Math.max(half, Math.min(width - half, x + step / 2));
    if (middle - half < taken) continue;
    text(ctx, names[i] ?? "", middle, height - 3, "center");
    taken = middle + half + 4;
  }
}

function drawLyingFrame(view, panel, rows) {
  const { cube, layout } = view, { ctx } = panel;
  tickLine(ctx, rows.zero, rows.top, rows.zero, rows.end);
  tickLine(ctx, rows.zero - rows.half, rows.end, rows.zero + rows.half, rows.end);
  for (const value of niceTicks(-cube.weightScale, cube.weightScale, Math.min(4, rows.half / 28))) {
    const x = rows.zero + (value / cube.weightScale) * rows.half;
    tickLine(ctx, x, rows.end, x, rows.end + 3);
    text(ctx, tickText(value), x, rows.end + layout.small + 4, "center");
  }
  rows.names.forEach((name, i) => {
    setWeight(view, panel, Boolean(cube.header.relevant?.includes(i)));
    text(ctx, name, rows.left - EDGE, rows.middle(i), "right", "middle");
  });
}

function setWeight(view, { ctx }, bold) {
  setFont(ctx, view, bold ? 600 : 400);
  ctx.fillStyle = css(bold ? view.theme.ink : view.theme.muted);
}

export function hitCoefficient(view, panel, x, y) {
  const i = panel.geometry ? panel.geometry.hit(x, y) : -1;
  return i >= 0 && i < view.cube.layers[0].inputs ? { weight: [0, 0, i] } : null;
}
