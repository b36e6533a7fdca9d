// Drawing primitives.

import { css } from "./theme.js";

// Glyphs in a box from −1 to 1, the same outline for canvas and SVG.
export const GLYPHS = {
  "●": "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0Z",
  "◆": "M0 -1.1L1.1 0L0 1.1L-1.1 0Z",
  "⬟": "M0 -1.05L1 -.32L.62 .85L-.62 .85L-1 -.32Z",
  "○": "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0ZM-.5 0A.5 .5 0 1 0 .5 0A.5 .5 0 1 0 -.5 0Z",
  "◐": "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0ZM0 -.58A.58 .58 0 0 1 0 .58Z",
};
GLYPHS["◇"] = `${GLYPHS["◆"]}M0 -.6L-.6 0L0 .6L.6 0Z`;
GLYPHS["⬠"] = `${GLYPHS["⬟"]}M0 -.55L-.52 -.17L-.32 .45L.32 .45L.52 -.17Z`;
GLYPHS["◑"] = "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0ZM0 -.58A.58 .58 0 0 0 0 .58Z";
GLYPHS["◉"] = `${GLYPHS["○"]}M-.3 0A.3 .3 0 1 1 .3 0A.3 .3 0 1 1 -.3 0Z`;
export const OTHER_GLYPHS = { "●": "◉", "◆": "◇", "⬟": "⬠", "◐": "◑" };
const glyphPaths = {};
const glyphPath = (glyph) => (glyphPaths[glyph] = glyphPaths[glyph] || new Path2D(GLYPHS[glyph] || GLYPHS["●"]));

export function drawGlyph(ctx, glyph, x, y, size, colour, halo) {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(size, size);
  if (halo) {
    ctx.strokeStyle = halo;
    ctx.lineWidth = 0.9;
    ctx.stroke(glyphPath(glyph));
  }
  ctx.fillStyle = colour;
  ctx.fill(glyphPath(glyph), "evenodd");
  ctx.restore();
}

// The shape tells the class, its fill tells the split: neither hangs on colour alone.
export const SHAPES = 4;
export function shapePath(ctx, shape, x, y, r) {
  if (shape === 0) {
    ctx.moveTo(x + r, y);
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  } else if (shape === 1) {
    ctx.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76);
  } else if (shape === 2) {
    ctx.moveTo(x, y - r * 1.2);
    ctx.lineTo(x + r * 1.1, y + r * 0.75);
    ctx.lineTo(x - r * 1.1, y + r * 0.75);
    ctx.closePath();
  } else {
    ctx.moveTo(x, y - r * 1.25);
    ctx.lineTo(x + r * 1.25, y);
    ctx.lineTo(x, y + r * 1.25);
    ctx.lineTo(x - r * 1.25, y);
    ctx.closePath();
  }
}

export function crossPath(ctx, x, y, r) {
  ctx.moveTo(x - r, y - r);
  ctx.lineTo(x + r, y + r);
  ctx.moveTo(x - r, y + r);
  ctx.lineTo(x + r, y - r);
}

export function sizeCanvas(canvas, width, height) {
  const ratio = Math.min(2.5, globalThis.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  if (canvas.style) {
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const ctx = canvas.getContext("2d");
  ctx.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
  return ctx;
}

export function setFont(ctx, view, weight = 400) {
  ctx.font = `${weight} ${view.layout.small}px ${view.theme.font}`;
}

// An empty panel, and the pen for its axes.
export function beginAxes(ctx, view, panel) {
  ctx.clearRect(0, 0, panel.width, panel.height);
  setFont(ctx, view);
  ctx.fillStyle = css(view.theme.muted);
  ctx.strokeStyle = css(view.theme.line);
  ctx.lineWidth = 1;
}

export function text(ctx, string, x, y, align = "left", baseline = "alphabetic") {
  ctx.textAlign = align;
  ctx.textBaseline = baseline;
  ctx.fillText(string, x, y);
}

export function fitText(ctx, string, width) {
  if (ctx.measureText(string).width <= width) return string;
  let end = string.length - 1;
  while (end > 1 && ctx.measureText(`${string.slice(0, end)}…`).width > width) end--;
  return `${string.slice(0, end).trimEnd()}…`;
}

export function haloText(ctx, string, x, y, align, colour, paper) {
  ctx.textAlign = align;
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  ctx.lineWidth = 4;
  ctx.strokeStyle = paper;
  ctx.strokeText(string, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(string, x, y);
}

export const DASHES = { train: [], validation: [6, 4], test: [1.5, 3.5], cv: [9, 3, 2, 3] };

// One series as a line; a NaN interrupts it, and a value beyond the fixed axis is cut by the clip.
export function strokeSeries(ctx, count, x, y) {
  ctx.beginPath();
  let open = false;
  for (let i = 0; i < count; i++) {
    const value = y(i);
    if (Number.isFinite(value)) {
      if (open) ctx.lineTo(x(i), value);
      else ctx.moveTo(x(i), value);
      open = true;
    } else open = false;
  }
  ctx.stroke();
}
