// A model without hidden layers: a line for each input, beside its name. One output's weights are bars, those of several
// are cells in columns.

import { niceTicks, tickLine } from "../web/axis.js";
import { tickText } from "../web/numbers.js";
import { fitText, setFont, shapePath, SHAPES, text } from "../web/pen.js";
import { css, mix } from "../web/theme.js";

const EDGE = 8;
const AIR = 0.14; // of a line, above and below what is drawn

// Where weights lie: `box(i, o, w)` is [x, y, width, height], `w` from −1 to 1 of the scale; `named`, the inputs whose names
// stand beside their lines: those that truly matter first, then as many as have room.
export function inputLines(view, panel) {
  const { cube, layout: { small } } = view, { ctx } = panel;
  const { inputs, outputs } = cube.layers[0];
  setFont(ctx, view, 600); // the widest
  const names = Array.from({ length: inputs }, (_, i) => fitText(ctx, cube.header.inputs?.[i] ?? `input ${i + 1}`, panel.width * 0.45));
  const head = small * 0.4; // half of a name above the middle of its line
  const room = panel.height - small - 8 - head, step = Math.min(room / inputs, 2.6 * small), top = head + (room - step * inputs) / 2;
  const line = (i) => top + i * step, middle = (i) => line(i + 0.5);
  const named = [];
  for (const i of [...(cube.header.relevant ?? []), ...names.keys()]) {
    if (named.every((other) => Math.abs(middle(other) - middle(i)) >= 0.95 * small)) named.push(i);
  }
  const left = Math.max(...named.map((i) => ctx.measureText(names[i]).width)) + EDGE;
  const width = panel.width - left - EDGE, half = width / 2, zero = left + half, column = width / outputs;
  const across = (o, w) => (outputs > 1 ? [left + o * column, column] : [zero + Math.min(w, 0) * half, Math.abs(w) * half]);
  const box = (i, o, w, air = 0) => {
    const [x, wide] = across(o, w);
    return [x, line(i + air), wide, (1 - 2 * air) * step];
  };
  const hit = (x, y) => [Math.floor((y - top) / step), outputs > 1 ? Math.floor((x - left) / column) : 0];
  return { names, named, left, width, half, zero, column, top, end: line(inputs), middle, box, hit };
}

export function drawCoefficients(view, panel, arm, weights, start) {
  const { cube, theme } = view, { ctx } = panel;
  const { inputs, outputs, bias } = cube.layers[0];
  const lines = (panel.geometry = panel.geometry || inputLines(view, panel));
  drawFrame(view, panel, lines);
  for (let o = 0, j = start; o < outputs; o++, j += bias) {
    for (let i = 0; i < inputs; i++, j++) {
      const w = Math.max(-1, Math.min(1, weights[j] / cube.weightScale)), colour = w > 0 ? theme.positive : theme.negative;
      const [x, y, width, height] = lines.box(i, o, w, AIR);
      ctx.fillStyle = css(outputs > 1 ? mix(theme.paper, colour, 0.16 + 0.84 * Math.abs(w)) : colour);
      if (w) ctx.fillRect(x, y, Math.max(1, outputs > 1 ? width - 2 : width), Math.max(1, height));
      const probed = panel.probed?.weight;
      if (probed?.[2] === i && probed[1] === o) markBar(view, panel, lines.box(i, o, w));
    }
  }
}

function markBar(view, panel, [x, y, w, h]) {
  panel.ctx.strokeStyle = css(view.theme.ink);
  panel.ctx.lineWidth = 1.5;
  panel.ctx.strokeRect(x - 1, y - 1, w + 2, h + 2);
  panel.spot = { x: x + w / 2, y: y + h / 2 };
}

// The names, of what truly matters in bold; below bars a scale with its zero, below columns the outputs.
function drawFrame(view, panel, lines) {
  const { cube, theme, layout } = view, { ctx } = panel;
  const base = lines.end + layout.small + 4;
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  tickLine(ctx, lines.left, lines.end + 0.5, lines.left + lines.width, lines.end + 0.5);
  if (cube.layers[0].outputs > 1) {
    drawOutputs(view, panel, lines, base);
  } else {
    tickLine(ctx, lines.zero, lines.top, lines.zero, lines.end);
    for (const value of niceTicks(-cube.weightScale, cube.weightScale, Math.min(4, lines.half / 28))) {
      const x = lines.zero + (value / cube.weightScale) * lines.half;
      tickLine(ctx, x, lines.end, x, lines.end + 3);
      text(ctx, tickText(value), x, base, "center");
    }
  }
  for (const i of lines.named) {
    const matters = cube.header.relevant?.includes(i);
    setFont(ctx, view, matters ? 600 : 400);
    ctx.fillStyle = css(matters ? theme.ink : theme.muted);
    text(ctx, lines.names[i], lines.left - EDGE, lines.middle(i), "right", "middle");
  }
}

// The classes' names, or where these have no room their marks, as in the legend.
function drawOutputs(view, { ctx }, lines, base) {
  const names = view.cube.header.outputs ?? [], { classes } = view.theme;
  const fit = names.every((name) => ctx.measureText(name).width < lines.column - 4);
  names.forEach((name, o) => {
    const x = lines.left + (o + 0.5) * lines.column;
    if (fit) return text(ctx, name, x, base, "center");
    ctx.beginPath();
    shapePath(ctx, o % SHAPES, x, base - 4, 4);
    ctx.fillStyle = css(classes[o % classes.length]);
    ctx.fill();
  });
}

export function hitCoefficient(view, panel, x, y) {
  const { inputs, outputs } = view.cube.layers[0], [i, o] = panel.geometry?.hit(x, y) ?? [-1, 0];
  return i >= 0 && i < inputs && o >= 0 && o < outputs ? { weight: [0, o, i] } : null;
}
