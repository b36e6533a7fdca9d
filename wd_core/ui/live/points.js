// The data's points.

import { crossPath, shapePath, SHAPES, sizeCanvas } from "../web/pen.js";
import { css, mix } from "../web/theme.js";

function pointColour(view, mark) {
  if (view.cube.task === "regression1d") return css(view.theme.muted); // no class, no sign
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
  const r = (panel.radius = Math.max(2.3, Math.min(4, box.h / 72)) * (view.drawing ? 1.3 : view.marks.length > 450 ? 0.8 : 1));
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  const rim = css(view.cube.task === "regression2d" ? view.theme.ink : view.theme.paper);
  for (const mark of view.marks) {
    if (mark.split === "test" && !view.state.reveal && !view.drawing) continue; // who draws a point sees it
    drawPoint(ctx, mark, panel.toX(mark.x), panel.toY(mark.y), r, pointColour(view, mark), rim, css(view.theme.ink), view.cube.regression);
    if (view.drawing && mark.split === "test") strokeShape(ctx, mark, panel.toX(mark.x), panel.toY(mark.y), r + 2);
  }
}

// A cross has no shape: the one that was drawn goes round it.
function strokeShape(ctx, mark, x, y, r) {
  ctx.beginPath();
  shapePath(ctx, mark.label, x, y, r);
  ctx.lineWidth = 1;
  ctx.stroke();
}

function drawPoint(ctx, mark, x, y, r, colour, rim, slash, regression) {
  const shape = regression ? 0 : mark.label % SHAPES;
  const solid = mark.split === "train" || mark.split === "new";
  ctx.beginPath();
  if (mark.split === "test") crossPath(ctx, x, y, r * 0.9);
  else shapePath(ctx, shape, x, y, solid ? r : r * 0.95);
  ctx.strokeStyle = rim;
  ctx.lineWidth = solid ? 2 : 3.6;
  ctx.stroke();
  ctx.fillStyle = ctx.strokeStyle = colour;
  ctx.lineWidth = 1.8;
  if (solid) ctx.fill();
  else ctx.stroke();
  if (mark.flipped) drawSlash(ctx, x, y, r, slash);
}

// A wrong label: the point is struck through.
export function drawSlash(ctx, x, y, r, colour) {
  ctx.lineWidth = 1.5;
  ctx.strokeStyle = colour;
  ctx.beginPath();
  ctx.moveTo(x - r * 1.6, y + r * 1.2);
  ctx.lineTo(x + r * 1.6, y - r * 1.2);
  ctx.stroke();
}

// The point that is looked at.
export function strokeProbed(view, panel) {
  const mark = view.marks[panel.probed ?? -1];
  if (!mark) return;
  panel.ctx.beginPath();
  panel.ctx.arc(panel.toX(mark.x), panel.toY(mark.y), panel.radius + 5, 0, 2 * Math.PI);
  panel.ctx.strokeStyle = css(view.theme.ink);
  panel.ctx.lineWidth = 2.6;
  panel.ctx.stroke();
}

export function strokeWrong(view, panel, arm, l, k) {
  const wrong = arm.get("wrong");
  if (!wrong) return;
  const { ctx, toX, toY, radius } = panel;
  const offset = (l * view.cube.K + k) * view.cube.marks.length;
  ctx.beginPath();
  for (const mark of view.marks) {
    if (!wrong[offset + mark.i] || (mark.split === "test" && !view.state.reveal)) continue;
    const x = toX(mark.x), y = toY(mark.y);
    ctx.moveTo(x + radius + 2.6, y);
    ctx.arc(x, y, radius + 2.6, 0, 2 * Math.PI);
  }
  ctx.strokeStyle = css(view.theme.ink);
  ctx.lineWidth = 1.4;
  ctx.stroke();
}
