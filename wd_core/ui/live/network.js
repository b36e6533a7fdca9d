// The network: units in columns, links as wide as their weights; each unit with its own small picture where there is room.

import { tickLine } from "../web/axis.js";
import { fitText, setFont, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { drawCoefficients, hitCoefficient } from "./coefficients.js";
import { hasDiverged } from "./cube.js";
import { drawMatrices, drawPictures, hitMatrix, hitPicture } from "./matrices.js";

const MOST_UNITS = 16;
const MOST_LINES = 64; // inputs of a model with several outputs that have a line each
const LEVELS = 11; // the first for what is almost nothing, then tenths of the scale
const ALMOST_NOTHING = 0.01; // of the scale: as if gone, but not zero
const LEAST_PICTURE = 11; // pixels a side below which a unit is a disc
const KINDS = {
  links: { draw: drawLinks, hit: hitLink },
  pictures: { draw: drawPictures, hit: hitPicture },
  matrices: { draw: drawMatrices, hit: hitMatrix },
  coefficients: { draw: drawCoefficients, hit: hitCoefficient },
};

export function networkKind(cube) {
  const { layers, header } = cube;
  if (!layers.length) return "none";
  if (header.image?.length) return "pictures";
  const widest = Math.max(layers[0].inputs, ...layers.map((layer) => layer.outputs));
  if (layers.length === 1 && (layers[0].outputs === 1 || (widest > MOST_UNITS && widest <= MOST_LINES))) return "coefficients";
  return widest <= MOST_UNITS && header.chain ? "links" : "matrices";
}

// Lines of text that the panel asks for: one for each input that has its name beside it.
export const namedLines = (cube) => (networkKind(cube) === "coefficients" ? Math.min(MOST_LINES, cube.layers[0].inputs) : 0);

export function drawNetwork(view, panel, arm, l, k) {
  const { ctx } = panel;
  ctx.clearRect(0, 0, panel.width, panel.height);
  const weights = arm.get("weights");
  if (!weights || hasDiverged(view.cube, arm, l, k)) return;
  KINDS[networkKind(view.cube)]?.draw(view, panel, arm, weights, arm.run(l, k) * view.cube.parameters, l, k);
}

// What lies under (x, y): {unit: [column, number]}, {weight: [layer, output, input]} or null.
export const hitNetwork = (view, panel, x, y) => KINDS[networkKind(view.cube)]?.hit(view, panel, x, y) ?? null;

// Columns of units from inputs to outputs; made once for each size.
function networkGeometry(view, panel) {
  const { layers, header } = view.cube;
  const counts = [layers[0].inputs, ...layers.map((layer) => layer.outputs)];
  const { ctx } = panel;
  setFont(ctx, view);
  const fit = (list) => (list || []).map((name) => fitText(ctx, name, panel.width * 0.33));
  const names = { first: fit(header.inputs), last: fit(header.outputs) };
  const widest = (list) => Math.max(0, ...list.map((name) => ctx.measureText(name).width));
  const most = Math.max(...counts);
  const gap = Math.min(view.layout.small * 3.4, (panel.height - 6) / Math.max(1, most));
  const picture = view.units && gap - 3 >= LEAST_PICTURE ? Math.min(30, Math.floor(gap - 3)) : 0;
  const radius = picture ? picture / 2 : Math.max(2, Math.min(6, gap * 0.36));
  const left = widest(names.first) + 8 + radius, right = panel.width - widest(names.last) - 8 - radius;
  const columns = counts.map((count, c) => {
    const x = left + ((right - left) * c) / (counts.length - 1);
    const spacing = Math.min((panel.height - 6) / count, gap * (most / count > 3 ? 2.4 : 1.35));
    return Array.from({ length: count }, (_, i) => ({ x, y: panel.height / 2 + (i - (count - 1) / 2) * spacing }));
  });
  const links = layers.reduce((sum, layer) => sum + layer.inputs * layer.outputs, 0);
  return { columns, radius, picture, names, levels: new Int8Array(links) };
}

function drawLinks(view, panel, arm, weights, start, l, k) {
  const { layers, weightScale: scale } = view.cube;
  const net = (panel.geometry = panel.geometry || networkGeometry(view, panel));
  const incoming = net.columns.map((units, c) => (c ? new Uint8Array(units.length) : null));
  const outgoing = net.columns.map((units, c) => (c < layers.length ? new Uint8Array(units.length) : null));
  let n = 0;
  layers.forEach((layer, depth) => {
    let j = start + layer.at;
    for (let o = 0; o < layer.outputs; o++, j += layer.bias) {
      for (let i = 0; i < layer.inputs; i++, j++, n++) {
        const w = weights[j];
        net.levels[n] = Math.sign(w) * levelOf(Math.abs(w) / scale);
        if (w !== 0) incoming[depth + 1][o] = outgoing[depth][i] = 1;
      }
    }
  });
  const probed = panel.probed;
  strokeLinks(view, panel, net, probed && probed.unit ? (depth, o, i) => touches(probed.unit, depth, o, i) : null);
  if (probed?.weight) strokeOne(view, panel, net, probed.weight);
  drawUnits(view, panel, net, arm, incoming, outgoing, l, k);
}

const levelOf = (size) => (size === 0 ? 0 : size < ALMOST_NOTHING ? 1 : Math.min(LEVELS, 2 + Math.floor(size * (LEVELS - 1))));

const touches = ([column, unit], depth, o, i) => (depth === column - 1 && o === unit) || (depth === column && i === unit);

// A stroke() costs more than the lines in it: links are grouped by width and sign, thin ones first. Where a unit is
// looked at (`lit`), only its own links keep their strength.
function strokeLinks(view, panel, net, lit) {
  const { ctx } = panel;
  const thickest = Math.max(2.5, Math.min(5, net.picture ? 4 : net.radius));
  ctx.lineCap = "butt";
  for (const bright of lit ? [false, true] : [true]) {
    for (let level = 1; level <= LEVELS; level++) {
      for (const sign of [1, -1]) {
        if (!linkPath(view, ctx, net, sign * level, lit && ((...link) => lit(...link) === bright))) continue;
        const share = Math.max(0, level - 1.5) / (LEVELS - 1);
        const strength = lit ? (bright ? 1 : 0.08) : level === 1 ? 0.12 : 0.3 + 0.6 * share;
        ctx.strokeStyle = css(sign > 0 ? view.theme.positive : view.theme.negative, strength);
        ctx.lineWidth = 0.5 + (thickest - 0.5) * share + (lit && bright ? 0.8 : 0);
        ctx.stroke();
      }
    }
  }
}

function linkPath(view, ctx, net, level, wanted) {
  const { layers } = view.cube;
  ctx.beginPath();
  let n = 0, any = false;
  for (let depth = 0; depth < layers.length; depth++) {
    const from = net.columns[depth], to = net.columns[depth + 1];
    for (let o = 0; o < to.length; o++) {
      for (let i = 0; i < from.length; i++) {
        if (net.levels[n++] !== level || (wanted && !wanted(depth, o, i))) continue;
        any = true;
        ctx.moveTo(from[i].x, from[i].y);
        ctx.lineTo(to[o].x, to[o].y);
      }
    }
  }
  return any;
}

function strokeOne(view, panel, net, [depth, o, i]) {
  const from = net.columns[depth][i], to = net.columns[depth + 1][o];
  panel.ctx.strokeStyle = css(view.theme.ink);
  panel.ctx.lineWidth = 2;
  tickLine(panel.ctx, from.x, from.y, to.x, to.y);
}

function drawUnits(view, panel, net, arm, incoming, outgoing, l, k) {
  const { ctx } = panel;
  const { theme, layout } = view;
  setFont(ctx, view);
  if (net.picture) view.units.paint(theme, arm, l, k);
  ctx.imageSmoothingEnabled = true;
  net.columns.forEach((column, c) => {
    column.forEach((unit, i) => {
      // A unit that hears nothing or says nothing takes no part any more.
      const alive = (!incoming[c] || incoming[c][i]) && (!outgoing[c] || outgoing[c][i]);
      const chosen = panel.probed?.unit?.[0] === c && panel.probed.unit[1] === i;
      drawUnit(view, panel, net, c, i, unit, alive, chosen);
      const names = c === 0 ? net.names.first : c === net.columns.length - 1 ? net.names.last : null;
      if (!names || column.length * layout.small > panel.height * 1.05) return;
      ctx.fillStyle = css(alive ? theme.ink : theme.muted);
      text(ctx, names[i] ?? "", unit.x + (c ? 1 : -1) * (net.radius + 4), unit.y, c ? "left" : "right", "middle");
    });
  });
}

function drawUnit(view, panel, net, c, i, { x, y }, alive, chosen) {
  const { ctx } = panel;
  const { theme } = view;
  ctx.strokeStyle = css(alive || chosen ? theme.ink : theme.faint);
  ctx.lineWidth = chosen ? 2.5 : net.picture ? 1 : 1.3;
  ctx.beginPath();
  if (net.picture) {
    ctx.globalAlpha = alive ? 1 : 0.25;
    view.units.draw(ctx, c, i, x, y, net.picture);
    ctx.globalAlpha = 1;
    ctx.rect(x - net.radius, y - net.radius, net.picture, net.picture);
  } else {
    ctx.arc(x, y, net.radius, 0, 2 * Math.PI);
    ctx.fillStyle = css(theme.paper);
    ctx.fill();
  }
  ctx.stroke();
}

function hitLink(view, panel, x, y) {
  const net = panel.geometry;
  if (!net) return null;
  for (let c = 0; c < net.columns.length; c++) {
    const i = net.columns[c].findIndex((unit) => Math.abs(unit.x - x) <= net.radius + 3 && Math.abs(unit.y - y) <= net.radius + 2);
    if (i >= 0) return { unit: [c, i] };
  }
  let best = null, nearest = 5, n = 0;
  view.cube.layers.forEach((layer, depth) => {
    for (let o = 0; o < layer.outputs; o++) {
      for (let i = 0; i < layer.inputs; i++) {
        if (net.levels[n++] === 0) continue;
        const away = distance(x, y, net.columns[depth][i], net.columns[depth + 1][o]);
        if (away < nearest) [best, nearest] = [{ weight: [depth, o, i] }, away];
      }
    }
  });
  return best;
}

// From a point to a piece of a line.
function distance(x, y, a, b) {
  const dx = b.x - a.x, dy = b.y - a.y;
  const t = Math.max(0, Math.min(1, ((x - a.x) * dx + (y - a.y) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - a.x - t * dx, y - a.y - t * dy);
}

// Where a unit or a weight is drawn, for its tip.
export function placeInNetwork(panel, { unit, weight }) {
  const columns = panel.geometry?.columns;
  const tile = !columns && unit && panel.tiles?.places[unit[1]];
  if (tile) return { x: tile.x + panel.tiles.w / 2, y: tile.y + panel.tiles.h };
  if (!columns) return panel.spot || { x: panel.width / 2, y: panel.height / 2 };
  if (unit) return columns[unit[0]][unit[1]];
  const [depth, o, i] = weight, from = columns[depth][i], to = columns[depth + 1][o];
  return { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
}
