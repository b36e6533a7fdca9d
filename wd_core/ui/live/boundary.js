// The boundary panel: the field, its lines, the points.

import { niceTicks, planeScale, tickLine } from "../web/axis.js";
import { tickText } from "../web/numbers.js";
import { beginAxes, fitText, haloText, setFont, strokeSeries, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { hasDiverged } from "./cube.js";
import { strokeContours, strokeDecisionLine } from "./lines.js";
import { strokeProbed, strokeWrong } from "./points.js";

// The field as pixels, stretched smoothly over the box, the outermost points on its edges.
function drawTexture(panel, field, lookup) {
  const { columns, rows } = field;
  const { box } = panel;
  if (panel.texture?.width !== columns || panel.texture.height !== rows) {
    panel.texture = new OffscreenCanvas(columns, rows);
    panel.textureContext = panel.texture.getContext("2d");
    panel.image = new ImageData(columns, rows);
    panel.pixels = new Uint32Array(panel.image.data.buffer);
  }
  for (let r = 0, j = 0; r < rows; r++) {
    for (let c = 0, p = (rows - 1 - r) * columns; c < columns; c++) panel.pixels[p++] = lookup(j++);
  }
  panel.textureContext.putImageData(panel.image, 0, 0);
  panel.ctx.imageSmoothingEnabled = true;
  panel.ctx.imageSmoothingQuality = columns < box.w / 2 ? "high" : "low";
  panel.ctx.drawImage(panel.texture, 0.5, 0.5, columns - 1, rows - 1, box.x, box.y, box.w, box.h);
}

// The panels.

function boundaryBox(view, panel) {
  const { small } = view.layout;
  const bar = view.cube.task === "regression2d" ? 46 : 4;
  setFont(panel.ctx, view);
  const numbers = niceTicks(...view.cube.header.plane.y.range, panel.height / 55).map((value) => panel.ctx.measureText(tickText(value)).width);
  const x = Math.round(Math.max(small * 2.2, Math.max(...numbers) + 9)); // whole pixels: a frame's edge is the next one's too
  const w = Math.max(20, panel.width - x - bar);
  const ownLine = panel.ctx.measureText(view.cube.header.plane.x.label).width > w * 0.3; // a long name of x gets a line of its own
  const foot = small * (ownLine ? 3 : 1.8);
  const y = Math.round(small * 1.4);
  return { x, y, w: Math.round(w), h: Math.round(Math.max(20, panel.height - y - foot)), ownLine };
}

// Axes never move, so they are drawn once for each size, theme and payload.
export function drawBoundaryAxes(view, panel) {
  const { theme, cube, layout } = view;
  const { ctx } = panel;
  const { plane } = cube.header;
  const box = (panel.box = boundaryBox(view, panel));
  panel.toX = planeScale(plane.x.range, box.x, box.x + box.w);
  panel.toY = planeScale(plane.y.range, box.y + box.h, box.y);
  beginAxes(ctx, view, panel);
  const base = box.y + box.h;
  const nameWidth = box.ownLine ? -30 : ctx.measureText(plane.x.label).width;
  for (const value of niceTicks(...plane.x.range, box.w / 70)) {
    const x = panel.toX(value);
    tickLine(ctx, x, base, x, base + 4);
    if (x < box.x + box.w - nameWidth - 16) text(ctx, tickText(value), x, base + layout.small + 5, "center");
  }
  for (const value of niceTicks(...plane.y.range, box.h / 55)) {
    const y = panel.toY(value);
    tickLine(ctx, box.x - 4, y, box.x, y);
    text(ctx, tickText(value), box.x - 7, y, "right", "middle");
  }
  ctx.fillStyle = css(theme.ink);
  text(ctx, fitText(ctx, plane.x.label, box.x + box.w - 2), box.x + box.w, base + layout.small * (box.ownLine ? 2.2 : 1) + 5, "right");
  text(ctx, fitText(ctx, plane.y.label, box.w), box.x, box.y - 5, "left");
  if (cube.task === "regression2d") drawColourBar(view, panel, box);
}

function drawColourBar(view, panel, box) {
  const { ctx } = panel;
  const x = box.x + box.w + 10;
  for (let v = 0; v < 256; v++) {
    const pixel = view.theme.diverging[v];
    ctx.fillStyle = css([pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]);
    ctx.fillRect(x, box.y + box.h * (1 - (v + 1) / 256), 8, box.h / 256 + 0.5);
  }
  ctx.fillStyle = css(view.theme.muted);
  const scale = planeScale(view.cube.header.value_range, box.y + box.h, box.y);
  for (const value of niceTicks(...view.cube.header.value_range, box.h / 50)) {
    text(ctx, tickText(value), x + 12, Math.max(box.y + 5, Math.min(box.y + box.h - 4, scale(value))), "left", "middle");
  }
}

export function drawBoundary(view, panel, arm, l, k) {
  const { cube, theme } = view;
  const { ctx, box } = panel;
  ctx.clearRect(box.x, box.y, box.w, box.h);
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  const alive = !hasDiverged(cube, arm, l, k);
  if (alive && panel.unit) drawUnitField(view, panel);
  else if (alive) BOUNDARIES[cube.task]?.(view, panel, arm, l, k);
  if (alive) strokeWrong(view, panel, arm, l, k);
  if (cube.task !== "regression1d" || !alive) ctx.drawImage(panel.sheet, 0, 0, panel.width, panel.height);
  strokeProbed(view, panel);
  view.drawing?.paint(panel);
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  ctx.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
  ctx.restore();
  if (!alive) {
    setFont(ctx, view, 600);
    haloText(ctx, "diverged", box.x + box.w / 2, box.y + box.h / 2, "center", css(theme.ink), css(theme.paper));
  }
}

// One unit's activation in the colours of signs, and where it is zero.
function drawUnitField(view, panel) {
  const { field, ctx, box } = panel;
  const lut = view.theme.diverging;
  drawTexture(panel, field, (j) => lut[field.value[j]]);
  decisionStroke(view, ctx);
  strokeContours(ctx, field, [0], box);
}

const BOUNDARIES = {
  binary(view, panel) {
    const { field, ctx, box } = panel;
    const lut = view.theme.binary;
    drawTexture(panel, field, (j) => lut[field.value[j]]);
    decisionStroke(view, ctx);
    strokeContours(ctx, field, [0], box);
  },
  multiclass(view, panel) {
    const { field, ctx, box } = panel;
    const lut = view.theme.margins, classes = view.theme.classes.length;
    drawTexture(panel, field, (j) => lut[(field.top[j] % classes) * 256 + field.value[j]]);
    decisionStroke(view, ctx);
    strokeDecisionLine(ctx, field, box);
  },
  regression2d(view, panel) {
    const { field, ctx, box } = panel;
    const lut = view.theme.diverging;
    drawTexture(panel, field, (j) => lut[field.value[j]]);
    ctx.strokeStyle = css(view.theme.ink, 0.45);
    ctx.lineWidth = 1;
    strokeContours(ctx, field, niceTicks(...view.cube.header.value_range, 10), box);
  },
  regression1d(view, panel, arm, l, k) {
    const { ctx, box, toY } = panel;
    // A curve is thin: here the points lie under it.
    ctx.drawImage(panel.sheet, 0, 0, panel.width, panel.height);
    const curve = curveOf(view.cube, panel, arm, l, k);
    ctx.lineJoin = "round";
    const x = (i) => box.x + (box.w * i) / (curve.length - 1);
    const y = (i) => toY(curve[i]);
    for (const [colour, width] of [[view.theme.paper, 5], [view.theme.arms[arm.index], 2.5]]) {
      ctx.strokeStyle = css(colour);
      ctx.lineWidth = width;
      strokeSeries(ctx, curve.length, x, y);
    }
  },
};

// The fitted curve, a value a pixel; from the server where the browser cannot evaluate the model.
function curveOf(cube, panel, arm, l, k) {
  if (panel.source) return panel.source.bind(l, k).curve(panel.box.w + 1);
  const curve = arm.get("curve");
  const count = curve.length / (cube.L * cube.K);
  return curve.subarray((l * cube.K + k) * count, (l * cube.K + k + 1) * count);
}

function decisionStroke(view, ctx) {
  ctx.strokeStyle = css(view.theme.ink);
  ctx.lineWidth = 1.6;
  ctx.lineCap = ctx.lineJoin = "round";
}
