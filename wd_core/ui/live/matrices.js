// Wide layers: a pixel for each weight, images as the small pictures that their weights are.

import { fitText, setFont, text } from "../web/pen.js";
import { css, mix, packed } from "../web/theme.js";

const GAP = 12;

// A weight that is not zero keeps a trace of colour, so that exact zeros stand out as gaps; less of it below 1 % of the scale.
function signTable(theme) {
  return Uint32Array.from({ length: 256 }, (_, v) => {
    const size = Math.abs(v - 128) / 127;
    return packed(v === 128 ? theme.paper : mix(theme.paper, v > 128 ? theme.positive : theme.negative, Math.abs(v - 128) === 1 ? 0.07 : 0.16 + 0.84 * size));
  });
}

const level = (w, factor) => (w === 0 ? 128 : w > 0 ? 129 + Math.min(126, Math.floor(w * factor)) : 127 - Math.min(126, Math.floor(-w * factor)));

function canvasOf(panel, name, width, height) {
  panel.sheets = panel.sheets || {};
  if (panel.sheets[name]?.canvas.width !== width || panel.sheets[name].canvas.height !== height) {
    const canvas = new OffscreenCanvas(width, height), image = new ImageData(width, height);
    panel.sheets[name] = { canvas, ctx: canvas.getContext("2d"), image, pixels: new Uint32Array(image.data.buffer) };
  }
  return panel.sheets[name];
}

export function drawMatrices(view, panel, arm, weights, start) {
  const { ctx } = panel;
  const { cube, theme, layout } = view;
  const top = panel.matricesTop || 4, foot = layout.small + 6;
  const layers = cube.layers.slice(panel.matricesFrom || 0);
  const shares = layers.map((layer) => Math.sqrt(Math.max(layer.inputs, 6)));
  const total = shares.reduce((a, b) => a + b, 0);
  const lut = (panel.signs = panel.signs || signTable(theme));
  ctx.imageSmoothingEnabled = false;
  setFont(ctx, view);
  let x = 4;
  panel.boxes = panel.boxes || [];
  layers.forEach((layer, depth) => {
    const sheet = canvasOf(panel, `layer ${depth}`, layer.inputs, layer.outputs);
    const factor = 127 / cube.weightScale;
    let j = start + layer.at;
    for (let o = 0, p = 0; o < layer.outputs; o++, j += layer.bias) for (let i = 0; i < layer.inputs; i++, j++) sheet.pixels[p++] = lut[level(weights[j], factor)];
    sheet.ctx.putImageData(sheet.image, 0, 0);
    const width = ((panel.width - 8 - GAP * (layers.length - 1)) * shares[depth]) / total, height = panel.height - foot - top;
    ctx.drawImage(sheet.canvas, x, top, width, height);
    ctx.strokeStyle = css(theme.line);
    ctx.lineWidth = 1;
    ctx.strokeRect(x - 0.5, top - 0.5, width + 1, height + 1);
    ctx.fillStyle = css(theme.muted);
    const label = `${layer.inputs} → ${layer.outputs}`;
    text(ctx, ctx.measureText(label).width < width + GAP ? label : `→ ${layer.outputs}`, x + width / 2, panel.height - 3, "center");
    panel.boxes[(panel.matricesFrom || 0) + depth] = { x, y: top, w: width, h: height };
    x += width + GAP;
  });
  markCell(view, panel);
}

// The weight that is looked at, framed.
function markCell(view, panel) {
  const box = panel.probed?.weight && panel.boxes?.[panel.probed.weight[0]];
  if (!box || box.pictures) return;
  const [depth, o, i] = panel.probed.weight, layer = view.cube.layers[depth];
  const w = box.w / layer.inputs, h = box.h / layer.outputs;
  panel.ctx.strokeStyle = css(view.theme.ink);
  panel.ctx.lineWidth = 1.5;
  panel.ctx.strokeRect(box.x + i * w - 1, box.y + o * h - 1, w + 2, h + 2);
  panel.spot = { x: box.x + (i + 0.5) * w, y: box.y + (o + 0.5) * h };
}

export function hitMatrix(view, panel, x, y) {
  const depth = (panel.boxes || []).findIndex((box) => box && !box.pictures && x >= box.x && y >= box.y && x < box.x + box.w && y < box.y + box.h);
  if (depth < 0) return null;
  const box = panel.boxes[depth], layer = view.cube.layers[depth];
  return { weight: [depth, Math.floor(((y - box.y) / box.h) * layer.outputs), Math.floor(((x - box.x) / box.w) * layer.inputs)] };
}

// Images: what each unit of the first layer looks for, as a picture of its weights; the other layers below.
export function drawPictures(view, panel, arm, weights, start) {
  const { ctx } = panel;
  const { cube, theme, layout } = view;
  const [height, width] = cube.header.image.slice(-2);
  const [first, ...others] = cube.layers;
  const below = others.length ? Math.max(46, panel.height * 0.3) : 0;
  const names = others.length ? [] : cube.header.outputs, foot = names.length ? layout.small + 3 : 4;
  const tiles = tiling(first.outputs, panel.width, panel.height - below, width / height, foot);
  const sheet = canvasOf(panel, "pictures", width, height * first.outputs);
  const lut = (panel.signs = panel.signs || signTable(theme));
  const shown = (w) => Math.sign(w) * Math.sqrt(Math.abs(w) / cube.weightScale); // roots: small weights have shapes too
  for (let o = 0, p = 0, j = start + first.at; o < first.outputs; o++, j += first.bias) for (let i = 0; i < first.inputs; i++, j++) sheet.pixels[p++] = lut[level(shown(weights[j]), 127)];
  sheet.ctx.putImageData(sheet.image, 0, 0);
  ctx.imageSmoothingEnabled = false;
  setFont(ctx, view);
  tiles.places.forEach(({ x, y }, o) => {
    ctx.drawImage(sheet.canvas, 0, o * height, width, height, x, y, tiles.w, tiles.h);
    const chosen = panel.probed?.unit?.[0] === 1 && panel.probed.unit[1] === o;
    ctx.strokeStyle = css(chosen ? theme.ink : theme.line);
    ctx.lineWidth = chosen ? 2 : 1;
    ctx.strokeRect(x - 0.5, y - 0.5, tiles.w + 1, tiles.h + 1);
    ctx.fillStyle = css(theme.muted);
    if (names[o]) text(ctx, fitText(ctx, names[o], tiles.w + 4), x + tiles.w / 2, y + tiles.h + layout.small, "center");
  });
  panel.tiles = tiles;
  panel.boxes = [{ pictures: true }];
  if (others.length) {
    panel.matricesFrom = 1;
    panel.matricesTop = panel.height - below + 8;
    drawMatrices(view, panel, arm, weights, start);
  }
}

// The largest tiles of this shape with which `count` of them fill the room.
function tiling(count, width, height, aspect, foot) {
  let best = null;
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const w = Math.min((width - 8) / columns - 6, ((height - 4) / rows - foot - 3) * aspect);
    if (w > (best?.w ?? 0)) best = { columns, w, h: w / aspect };
  }
  const { columns, w, h } = best ?? { columns: count, w: 4, h: 4 };
  const step = { x: (width - 8) / columns, y: h + foot + 3 };
  return { w, h, places: Array.from({ length: count }, (_, o) => ({ x: 4 + (o % columns) * step.x + (step.x - w) / 2, y: 3 + Math.floor(o / columns) * step.y })) };
}

export function hitPicture(view, panel, x, y) {
  const o = (panel.tiles?.places || []).findIndex((place) => x >= place.x && y >= place.y && x < place.x + panel.tiles.w && y < place.y + panel.tiles.h);
  return o < 0 ? hitMatrix(view, panel, x, y) : { unit: [1, o] };
}
