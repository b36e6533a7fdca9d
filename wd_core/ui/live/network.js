// The network.

import { tickLine } from "../web/axis.js";
import { fitText, setFont, text } from "../web/pen.js";
import { css, mix, packed } from "../web/theme.js";
import { hasDiverged } from "./cube.js";

const MOST_UNITS = 16;
const LEVELS = 10;

function networkKind(cube) {
  const { layers } = cube;
  if (!layers.length) return "none";
  const widest = Math.max(layers[0].inputs, ...layers.map((layer) => layer.outputs));
  if (widest <= MOST_UNITS) return "links";
  return layers.length === 1 && layers[0].outputs === 1 ? "coefficients" : "matrices";
}

export function drawNetwork(view, panel, arm, l, k) {
  const { ctx } = panel;
  ctx.clearRect(0, 0, panel.width, panel.height);
  const weights = arm.get("weights");
  if (!weights || hasDiverged(view.cube, arm, l, k)) return;
  const draw = { links: drawLinks, matrices: drawMatrices, coefficients: drawCoefficients }[networkKind(view.cube)];
  draw?.(view, panel, arm, weights, arm.run(l, k) * view.cube.parameters);
}

// Columns of units from inputs to outputs; made once for each size.
function networkGeometry(view, panel) {
  const { layers, header } = view.cube;
  const counts = [layers[0].inputs, ...layers.map((layer) => layer.outputs)];
  const { ctx } = panel;
  setFont(ctx, view);
  const fit = (list) => (list || []).map((name) => fitText(ctx, name, panel.width * 0.33));
  const names = { first: fit(header.inputs), last: fit(header.outputs) };
  const widest = (list) => Math.max(0, ...list.map((name) => ctx.measureText(name).width));
  const left = widest(names.first) + 14, right = panel.width - widest(names.last) - 14;
  const most = Math.max(...counts);
  const gap = Math.min(view.layout.small * 2.6, (panel.height - 12) / Math.max(1, most));
  const radius = Math.max(2, Math.min(6, gap * 0.36));
  const columns = counts.map((count, c) => {
    const x = left + ((right - left) * c) / (counts.length - 1);
    const spacing = Math.min((panel.height - 12) / count, gap * (most / count > 3 ? 2.4 : 1.35));
    return Array.from({ length: count }, (_, i) => ({ x, y: panel.height / 2 + (i - (count - 1) / 2) * spacing }));
  });
  const links = layers.reduce((sum, layer) => sum + layer.inputs * layer.outputs, 0);
  return { columns, radius, names, levels: new Int8Array(links), alive: columns.map((c) => new Uint8Array(c.length)) };
}

function drawLinks(view, panel, arm, weights, start) {
  const { layers, weightScale: scale } = view.cube;
  const net = (panel.geometry = panel.geometry || networkGeometry(view, panel));
  const factor = LEVELS / scale;
  const incoming = net.alive.map((units, c) => (c ? new Uint8Array(units.length) : null));
  const outgoing = net.alive.map((units, c) => (c < layers.length ? new Uint8Array(units.length) : null));
  let n = 0;
  layers.forEach((layer, depth) => {
    let j = start + layer.at;
    for (let o = 0; o < layer.outputs; o++, j += layer.bias) {
      for (let i = 0; i < layer.inputs; i++, j++, n++) {
        const q = weights[j];
        net.levels[n] = q === 0 ? 0 : Math.sign(q) * Math.min(LEVELS, 1 + Math.floor(Math.abs(q) * factor));
        if (q !== 0) incoming[depth + 1][o] = outgoing[depth][i] = 1;
      }
    }
  });
  strokeLinks(view, panel, net);
  drawUnits(view, panel, net, incoming, outgoing);
}

// A stroke() costs more than the lines in it: links are grouped by width and sign, thin ones first.
function strokeLinks(view, panel, net) {
  const { ctx } = panel;
  const { layers } = view.cube;
  const thickest = Math.max(2.5, Math.min(5, net.radius));
  ctx.lineCap = "butt";
  for (let level = 1; level <= LEVELS; level++) {
    for (const sign of [1, -1]) {
      ctx.beginPath();
      let n = 0, any = false;
      for (let depth = 0; depth < layers.length; depth++) {
        const from = net.columns[depth], to = net.columns[depth + 1];
        for (let o = 0; o < to.length; o++) {
          for (let i = 0; i < from.length; i++) {
            if (net.levels[n++] !== sign * level) continue;
            any = true;
            ctx.moveTo(from[i].x, from[i].y);
            ctx.lineTo(to[o].x, to[o].y);
          }
        }
      }
      if (!any) continue;
      const share = (level - 0.5) / LEVELS;
      ctx.strokeStyle = css(sign > 0 ? view.theme.positive : view.theme.negative, 0.3 + 0.6 * share);
      ctx.lineWidth = 0.5 + (thickest - 0.5) * share;
      ctx.stroke();
    }
  }
}

function drawUnits(view, panel, net, incoming, outgoing) {
  const { ctx } = panel;
  const { theme, layout } = view;
  setFont(ctx, view);
  net.columns.forEach((column, c) => {
    column.forEach((unit, i) => {
      // A unit that hears nothing or says nothing takes no part any more.
      const alive = (!incoming[c] || incoming[c][i]) && (!outgoing[c] || outgoing[c][i]);
      ctx.beginPath();
      ctx.arc(unit.x, unit.y, net.radius, 0, 2 * Math.PI);
      ctx.fillStyle = css(theme.paper);
      ctx.fill();
      ctx.strokeStyle = alive ? css(theme.ink) : css(theme.faint);
      ctx.lineWidth = 1.3;
      ctx.stroke();
      const names = c === 0 ? net.names.first : c === net.columns.length - 1 ? net.names.last : null;
      if (!names || column.length * layout.small > panel.height * 1.05) return;
      ctx.fillStyle = css(alive ? theme.ink : theme.muted);
      text(ctx, names[i] ?? "", unit.x + (c ? 1 : -1) * (net.radius + 4), unit.y, c ? "left" : "right", "middle");
    });
  });
}

// Wide layers: one pixel for each weight. A weight that is not zero keeps a trace of colour, so exact zeros stand out as gaps.
function drawMatrices(view, panel, arm, weights, start) {
  const { layers, weightScale: scale } = view.cube;
  const { ctx } = panel;
  const { theme, layout } = view;
  const gap = 12;
  const foot = layout.small + 6;
  const shares = layers.map((layer) => Math.sqrt(Math.max(layer.inputs, 6)));
  const total = shares.reduce((a, b) => a + b, 0);
  const lut = (panel.signs = panel.signs || signTable(theme));
  panel.matrices = panel.matrices || layers.map((layer) => {
    const canvas = new OffscreenCanvas(layer.inputs, layer.outputs);
    return { canvas, ctx: canvas.getContext("2d"), image: new ImageData(layer.inputs, layer.outputs) };
  });
  ctx.imageSmoothingEnabled = false;
  setFont(ctx, view);
  let x = 4;
  layers.forEach((layer, depth) => {
    const matrix = panel.matrices[depth];
    const pixels = new Uint32Array(matrix.image.data.buffer);
    const factor = 127 / scale;
    let j = start + layer.at;
    for (let o = 0, p = 0; o < layer.outputs; o++, j += layer.bias) {
      for (let i = 0; i < layer.inputs; i++, j++) {
        const q = weights[j];
        pixels[p++] = lut[q === 0 ? 128 : q > 0 ? 129 + Math.min(126, Math.floor(q * factor)) : 127 - Math.min(126, Math.floor(-q * factor))];
      }
    }
    matrix.ctx.putImageData(matrix.image, 0, 0);
    const width = ((panel.width - 8 - gap * (layers.length - 1)) * shares[depth]) / total;
    const height = panel.height - foot - 4;
    ctx.drawImage(matrix.canvas, x, 4, width, height);
    ctx.strokeStyle = css(theme.line);
    ctx.lineWidth = 1;
    ctx.strokeRect(x - 0.5, 3.5, width + 1, height + 1);
    ctx.fillStyle = css(theme.muted);
    const label = `${layer.inputs} → ${layer.outputs}`;
    text(ctx, ctx.measureText(label).width < width + gap ? label : `→ ${layer.outputs}`, x + width / 2, panel.height - 3, "center");
    x += width + gap;
  });
}

function signTable(theme) {
  return Uint32Array.from({ length: 256 }, (_, v) => {
    const size = Math.abs(v - 128) / 127;
    return packed(v === 128 ? theme.paper : mix(theme.paper, v > 128 ? theme.positive : theme.negative, 0.16 + 0.84 * size));
  });
}

// One output and many inputs: every weight as a bar, in the order of the inputs.
function drawCoefficients(view, panel, arm, weights, start) {
  const { inputs } = view.cube.layers[0];
  const { ctx, width, height } = panel;
  const { theme, layout, cube } = view;
  const left = 8, foot = layout.small + 4, middle = (height - foot) / 2;
  const step = (width - 2 * left) / inputs;
  for (let i = 0; i < inputs; i++) {
    const w = Math.max(-1, Math.min(1, weights[start + i] / cube.weightScale));
    ctx.fillStyle = css(w > 0 ? theme.positive : theme.negative);
    if (w) ctx.fillRect(left + i * step + step * 0.12, middle - Math.max(w, 0) * middle, step * 0.76, Math.max(1, Math.abs(w) * middle));
  }
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  tickLine(ctx, left, middle, width - left, middle);
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  text(ctx, cube.header.inputs?.[0] ?? "", left, height - 3, "left");
  text(ctx, cube.header.inputs?.[inputs - 1] ?? "", width - left, height - 3, "right");
}
