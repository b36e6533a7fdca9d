// Field and lines.

import { niceTicks, planeScale, tickLine } from "../web/axis.js";
import { tickText } from "../web/numbers.js";
import { beginAxes, crossPath, fitText, haloText, setFont, shapePath, SHAPES, sizeCanvas, strokeSeries, text } from "../web/pen.js";
import { css, mix } from "../web/theme.js";
import { hasDiverged } from "./cube.js";

// The line where the winning class changes. On every grid edge between two winners it crosses where their margins, taken as
// signed distances from the tie, balance; in every cell the crossings are joined, three or more at their centre.
function strokeDecisionLine(ctx, G, winner, margin, box) {
  const sx = box.w / (G - 1);
  const sy = box.h / (G - 1);
  const xs = [0, 0, 0, 0];
  const ys = [0, 0, 0, 0];
  ctx.beginPath();
  for (let r = 0; r < G - 1; r++) {
    for (let c = 0, j = r * G; c < G - 1; c++, j++) {
      const a = winner(j), b = winner(j + 1), d = winner(j + G), e = winner(j + G + 1);
      if (a === b && a === d && a === e) continue;
      let n = 0;
      const cross = (i, k, x0, y0, dx, dy) => {
        const m = margin(i), sum = m + margin(k), t = sum > 0 ? m / sum : 0.5;
        xs[n] = box.x + (c + x0 + dx * t) * sx;
        ys[n++] = box.y + box.h - (r + y0 + dy * t) * sy;
      };
      if (a !== b) cross(j, j + 1, 0, 0, 1, 0);
      if (b !== e) cross(j + 1, j + G + 1, 1, 0, 0, 1);
      if (d !== e) cross(j + G, j + G + 1, 0, 1, 1, 0);
      if (a !== d) cross(j, j + G, 0, 0, 0, 1);
      if (n === 2) {
        ctx.moveTo(xs[0], ys[0]);
        ctx.lineTo(xs[1], ys[1]);
      } else {
        let mx = 0, my = 0;
        for (let i = 0; i < n; i++) { mx += xs[i] / n; my += ys[i] / n; }
        for (let i = 0; i < n; i++) { ctx.moveTo(mx, my); ctx.lineTo(xs[i], ys[i]); }
      }
    }
  }
  ctx.stroke();
}

// Contours of a surface at fixed levels (in field units 0…255), all in one pass over the cells.
function strokeContours(ctx, G, field, offset, levels, box) {
  const sx = box.w / (G - 1);
  const sy = box.h / (G - 1);
  ctx.beginPath();
  for (let r = 0; r < G - 1; r++) {
    for (let c = 0, j = offset + r * G; c < G - 1; c++, j++) {
      const a = field[j], b = field[j + 1], d = field[j + G], e = field[j + G + 1];
      const low = Math.min(a, b, d, e), high = Math.max(a, b, d, e);
      for (const level of levels) {
        if (level <= low || level >= high) continue;
        let n = 0;
        const cross = (v, w, x0, y0, dx, dy) => {
          if (v < level === w < level) return;
          const t = (level - v) / (w - v);
          const x = box.x + (c + x0 + dx * t) * sx, y = box.y + box.h - (r + y0 + dy * t) * sy;
          if (n++ % 2) ctx.lineTo(x, y);
          else ctx.moveTo(x, y);
        };
        cross(a, b, 0, 0, 1, 0);
        cross(b, e, 1, 0, 0, 1);
        cross(d, e, 0, 1, 1, 0);
        cross(a, d, 0, 0, 0, 1);
      }
    }
  }
  ctx.stroke();
}

// The G × G texture of one run, drawn over the box with row 0 at the bottom and grid nodes on the edges of the box.
function drawTexture(panel, cube, lookup, box) {
  const { G } = cube;
  if (!panel.texture || panel.texture.width !== G) {
    panel.texture = new OffscreenCanvas(G, G);
    panel.textureContext = panel.texture.getContext("2d");
    panel.image = new ImageData(G, G);
    panel.pixels = new Uint32Array(panel.image.data.buffer);
  }
  const pixels = panel.pixels;
  for (let r = 0, j = 0; r < G; r++) {
    for (let c = 0, p = (G - 1 - r) * G; c < G; c++) pixels[p++] = lookup(j++);
  }
  panel.textureContext.putImageData(panel.image, 0, 0);
  panel.ctx.imageSmoothingEnabled = true;
  panel.ctx.imageSmoothingQuality = "high";
  panel.ctx.drawImage(panel.texture, 0.5, 0.5, G - 1, G - 1, box.x, box.y, box.w, box.h);
}

// The panels.

function boundaryBox(view, panel) {
  const { small } = view.layout;
  const bar = view.cube.task === "regression2d" ? 46 : 4;
  const w = Math.max(20, panel.width - small * 2.2 - bar);
  setFont(panel.ctx, view);
  const ownLine = panel.ctx.measureText(view.cube.header.plane.x.label).width > w * 0.3; // a long name of x gets a line of its own
  const foot = small * (ownLine ? 3 : 1.8);
  const x = Math.round(small * 2.2), y = Math.round(small * 1.4); // whole pixels: a frame's edge is the next one's too
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

function pointColour(view, mark) {
  if (view.cube.task === "regression1d") return css(view.theme.classes[0]);
  if (view.cube.task === "regression2d") {
    const [low, high] = view.cube.header.value_range;
    const v = Math.max(0, Math.min(255, Math.round(((mark.label - low) / (high - low || 1)) * 255)));
    return css(mix(view.theme.paper, view.theme.classes[v < 128 ? 0 : 1], Math.abs(v - 127.5) / 127.5));
  }
  return css(view.theme.classes[mark.label % view.theme.classes.length]);
}

// All points on a transparent sheet the size of the panel: one drawImage for each frame instead of hundreds of arcs.
export function drawPointSheet(view, panel) {
  panel.sheet = panel.sheet || document.createElement("canvas");
  const ctx = sizeCanvas(panel.sheet, panel.width, panel.height);
  const { box } = panel;
  const r = (panel.radius = Math.max(2.3, Math.min(4, box.h / 72)) * (view.cube.marks.length > 450 ? 0.8 : 1));
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  const rim = css(view.cube.task === "regression2d" ? view.theme.ink : view.theme.paper);
  for (const mark of view.cube.marks) {
    if (mark.split === "test" && !view.state.reveal) continue;
    drawPoint(ctx, mark, panel.toX(mark.x), panel.toY(mark.y), r, pointColour(view, mark), rim, view.cube.regression);
  }
}

function drawPoint(ctx, mark, x, y, r, colour, rim, regression) {
  const shape = regression ? 0 : mark.label % SHAPES;
  ctx.beginPath();
  if (mark.split === "test") crossPath(ctx, x, y, r * 0.9);
  else shapePath(ctx, shape, x, y, mark.split === "train" ? r : r * 0.95);
  ctx.strokeStyle = rim;
  ctx.lineWidth = mark.split === "train" ? 2 : 3.6;
  ctx.stroke();
  ctx.fillStyle = ctx.strokeStyle = colour;
  ctx.lineWidth = 1.8;
  if (mark.split === "train") ctx.fill();
  else ctx.stroke();
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
  if (alive) BOUNDARIES[cube.task]?.(view, panel, arm, (l * cube.K + k) * cube.G * cube.G, l, k);
  if (alive) strokeWrong(view, panel, arm, l, k);
  if (cube.task !== "regression1d" || !alive) ctx.drawImage(panel.sheet, 0, 0, panel.width, panel.height);
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  ctx.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
  ctx.restore();
  if (!alive) {
    setFont(ctx, view, 600);
    haloText(ctx, "diverged", box.x + box.w / 2, box.y + box.h / 2, "center", css(theme.ink), css(theme.paper));
  }
}

const BOUNDARIES = {
  binary(view, panel, arm, offset) {
    const field = arm.get("field");
    if (!field) return;
    const lut = view.theme.binary;
    drawTexture(panel, view.cube, (j) => lut[field[offset + j]], panel.box);
    decisionStroke(view, panel.ctx);
    strokeDecisionLine(panel.ctx, view.cube.G, (j) => field[offset + j] >> 7, (j) => Math.abs(field[offset + j] - 127.5), panel.box);
  },
  multiclass(view, panel, arm, offset) {
    const top = arm.get("top"), margin = arm.get("margin");
    if (!top || !margin) return;
    const lut = view.theme.margins, classes = view.theme.classes.length;
    drawTexture(panel, view.cube, (j) => lut[(top[offset + j] % classes) * 256 + margin[offset + j]], panel.box);
    decisionStroke(view, panel.ctx);
    strokeDecisionLine(panel.ctx, view.cube.G, (j) => top[offset + j], (j) => margin[offset + j], panel.box);
  },
  regression2d(view, panel, arm, offset) {
    const field = arm.get("field");
    if (!field) return;
    const lut = view.theme.diverging;
    drawTexture(panel, view.cube, (j) => lut[field[offset + j]], panel.box);
    const [low, high] = view.cube.header.value_range;
    const levels = niceTicks(low, high, 10).map((value) => ((value - low) / (high - low)) * 255);
    panel.ctx.strokeStyle = css(view.theme.ink, 0.45);
    panel.ctx.lineWidth = 1;
    strokeContours(panel.ctx, view.cube.G, field, offset, levels, panel.box);
  },
  regression1d(view, panel, arm, _, l, k) {
    const curve = arm.get("curve");
    if (!curve) return;
    const { G, K } = view.cube;
    const { ctx, box, toY } = panel;
    const offset = (l * K + k) * G;
    // A curve is thin: here the points lie under it.
    ctx.drawImage(panel.sheet, 0, 0, panel.width, panel.height);
    ctx.lineJoin = "round";
    const x = (i) => box.x + (box.w * i) / (G - 1);
    const y = (i) => toY(curve[offset + i]);
    for (const [colour, width] of [[view.theme.paper, 5], [view.theme.arms[arm.index], 2.5]]) {
      ctx.strokeStyle = css(colour);
      ctx.lineWidth = width;
      strokeSeries(ctx, G, x, y);
    }
  },
};

function decisionStroke(view, ctx) {
  ctx.strokeStyle = css(view.theme.ink);
  ctx.lineWidth = 1.6;
  ctx.lineCap = ctx.lineJoin = "round";
}

function strokeWrong(view, panel, arm, l, k) {
  const wrong = arm.get("wrong");
  if (!wrong) return;
  const { marks } = view.cube;
  const { ctx, toX, toY, radius } = panel;
  const offset = (l * view.cube.K + k) * marks.length;
  ctx.beginPath();
  for (let i = 0; i < marks.length; i++) {
    if (!wrong[offset + i] || (marks[i].split === "test" && !view.state.reveal)) continue;
    const x = toX(marks[i].x), y = toY(marks[i].y);
    ctx.moveTo(x + radius + 2.6, y);
    ctx.arc(x, y, radius + 2.6, 0, 2 * Math.PI);
  }
  ctx.strokeStyle = css(view.theme.ink);
  ctx.lineWidth = 1.4;
  ctx.stroke();
}
