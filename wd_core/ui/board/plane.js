// A model over a plane, evaluated from its weights as the Lab's view does it.

import { niceTicks, planeScale, tickLine } from "../web/axis.js";
import { element } from "../web/dom.js";
import { classItems, legendItem } from "../web/legend.js";
import { tickText, three } from "../web/numbers.js";
import { fitText, haloText, setFont, shapePath, SHAPES, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { fieldOfSize, sourceOf } from "../live/field.js";
import { drawSlash } from "../live/points.js";
import { strokeContours, strokeDecisionLine } from "../live/lines.js";

const CELL = 3; // pixels a point of the field

function sourceAt(panel, state) {
  const scale = panel.raw("scale", state)[0];
  if (!Number.isFinite(scale)) return null;
  const levels = panel.raw("weights", state);
  panel.floats = panel.floats?.length === levels.length ? panel.floats : new Float32Array(levels.length);
  for (let i = 0; i < levels.length; i++) panel.floats[i] = levels[i] * scale;
  panel.normed = panel.has("norms") ? panel.raw("norms", state) : null;
  const header = { program: panel.program, plane: panel.axes, value_range: panel.value_range, outputs: panel.outputs };
  panel.source = panel.source || sourceOf({ header, task: panel.task, parameters: 0 }, { get: () => panel.floats, bind: (model) => model.bind(panel.floats, 0, panel.normed, 0) });
  return panel.source.bind(0, 0);
}

export const Plane = {
  legend(panel) {
    if (!["binary", "multiclass"].includes(panel.task)) return [];
    const flipped = panel.fields.flipped?.data.some(Boolean);
    return [element("span", "wdl-classes", {}, ...classItems(panel.classes)), ...(flipped ? [legendItem("flipped", "wrong label")] : []), element("span", "wdl-legend-item", {}, "paler: less sure")];
  },
  box(view, panel, width, height) {
    const { small } = view.layout;
    return { x: small * 2.6, y: small * 1.4, w: Math.max(40, width - small * 3.4), h: Math.max(40, height - small * 3.4) };
  },
  draw(view, panel, state) {
    const { ctx, box } = panel;
    ctx.clearRect(0, 0, panel.width_, panel.height_);
    setFont(ctx, view);
    drawFrame(view, panel);
    const source = sourceAt(panel, state);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.x, box.y, box.w, box.h);
    ctx.clip();
    if (source) drawField(view, panel, source);
    drawPoints(view, panel, state);
    ctx.restore();
    if (!source) haloText(ctx, "diverged", box.x + box.w / 2, box.y + box.h / 2, "center", css(view.theme.ink), css(view.theme.paper));
  },
  describe(view, panel, state) {
    if (!sourceAt(panel, state)) return `${panel.title}: this run diverged.`;
    const labels = panel.raw("labels", state);
    const field = panel.source && fieldOfSize(panel.shelf, 12, 12, panel.source.channels);
    panel.source.fill(field, 0, 12);
    if (panel.task !== "binary") return `${panel.title}, ${labels.length} training points.`;
    const share = field.value.reduce((n, v) => n + (v > 127), 0) / field.value.length;
    return `${panel.title}: ${three(100 * share)} % of the plane is said to be ${panel.classes[1]}, ${labels.length} training points.`;
  },
};

function drawFrame(view, panel) {
  const { ctx, box, axes } = panel;
  const { theme, layout: { small } } = view;
  panel.shelf = panel.shelf || new Map();
  panel.toX = planeScale(axes.x.range, box.x, box.x + box.w);
  panel.toY = planeScale(axes.y.range, box.y + box.h, box.y);
  ctx.fillStyle = css(theme.muted);
  ctx.strokeStyle = css(theme.line);
  for (const value of niceTicks(...axes.x.range, box.w / 70)) {
    tickLine(ctx, panel.toX(value), box.y + box.h, panel.toX(value), box.y + box.h + 4);
    text(ctx, tickText(value), panel.toX(value), box.y + box.h + small + 5, "center");
  }
  for (const value of niceTicks(...axes.y.range, box.h / 55)) text(ctx, tickText(value), box.x - 6, panel.toY(value), "right", "middle");
  ctx.fillStyle = css(theme.ink);
  text(ctx, fitText(ctx, `${axes.x.label} across, ${axes.y.label} up`, box.w), box.x, box.y - 4, "left");
}

function drawField(view, panel, source) {
  const { ctx, box } = panel;
  const { theme } = view;
  const columns = Math.max(2, Math.round(box.w / CELL)), rows = Math.max(2, Math.round(box.h / CELL));
  const field = fieldOfSize(panel.shelf, columns, rows, source.channels);
  source.fill(field, 0, rows);
  const image = new ImageData(columns, rows), pixels = new Uint32Array(image.data.buffer);
  const shade = panel.task === "binary" ? (j) => theme.binary[field.value[j]] : panel.task === "multiclass" ? (j) => theme.margins[256 * (field.top[j] % theme.classes.length) + field.value[j]] : (j) => theme.diverging[field.value[j]];
  for (let r = 0, j = 0; r < rows; r++) for (let c = 0; c < columns; c++, j++) pixels[(rows - 1 - r) * columns + c] = shade(j);
  const sheet = new OffscreenCanvas(columns, rows);
  sheet.getContext("2d").putImageData(image, 0, 0);
  ctx.imageSmoothingEnabled = true;
  ctx.drawImage(sheet, 0.5, 0.5, columns - 1, rows - 1, box.x, box.y, box.w, box.h);
  ctx.strokeStyle = css(theme.ink);
  ctx.lineWidth = 1.6;
  ctx.lineCap = ctx.lineJoin = "round";
  if (panel.task === "multiclass") strokeDecisionLine(ctx, field, box);
  else if (panel.task === "binary") strokeContours(ctx, field, [0], box);
}

function drawPoints(view, panel, state) {
  const { ctx } = panel;
  const { theme } = view;
  const points = panel.raw("points", state), labels = panel.raw("labels", state), flipped = panel.has("flipped") && panel.raw("flipped", state);
  for (let i = 0; i < labels.length; i++) {
    const x = panel.toX(points[2 * i]), y = panel.toY(points[2 * i + 1]);
    ctx.beginPath();
    shapePath(ctx, panel.task === "regression2d" ? 0 : labels[i] % SHAPES, x, y, 3.2);
    ctx.strokeStyle = css(theme.paper);
    ctx.lineWidth = 2;
    ctx.stroke();
    ctx.fillStyle = css(panel.task === "regression2d" ? theme.ink : theme.classes[labels[i] % theme.classes.length]);
    ctx.fill();
    if (flipped?.[i]) drawSlash(ctx, x, y, 3.2, css(theme.ink));
  }
}
