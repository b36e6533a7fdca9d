// A scene: a grey picture, and over it what a detector says of its windows, or the boxes above the threshold.

import { element, svg } from "../web/dom.js";
import { haloText, setFont } from "../web/pen.js";
import { css } from "../web/theme.js";

const MARKS = { // drawn in the legend as on the picture
  right: { name: "a digit found", dash: [], width: 2.5 },
  alarm: { name: "false alarm", dash: [5, 3], width: 2.5 },
  truth: { name: "a digit", dash: [1, 3], width: 2 },
};

const MOST_NUMBERS = 8;

export const Scene = {
  legend: (panel) => [...(panel.has("boxes") ? [MARKS.right, MARKS.alarm] : []), ...(panel.has("truth") ? [MARKS.truth] : [])].map(({ name, dash, width }) => element("span", "wdl-legend-item", {}, svg("0 0 16 14", [{ d: "M2 2H14V12H2Z", class: "wdl-line", "stroke-dasharray": dash.join(" "), "stroke-width": width }], { width: 16, height: 14 }), name)),
  box(view, panel, width, height) {
    const [h, w] = panel.shape, scale = Math.min((width - 2) / w, (height - 2) / h);
    return { x: 1, y: 1, w: w * scale, h: h * scale, scale };
  },
  draw(view, panel, state) {
    const { ctx, box } = panel;
    ctx.clearRect(0, 0, panel.width_, panel.height_);
    setFont(ctx, view);
    drawPixels(ctx, panel, state, box);
    if (panel.has("shares")) drawShares(view, ctx, panel, state, box);
    if (panel.has("truth")) for (const corner of cornersOf(panel, "truth", state)) outline(view, ctx, panel, corner, MARKS.truth);
    const boxes = shown(view, panel, state);
    for (const found of boxes) {
      outline(view, ctx, panel, found.corner, found.right ? MARKS.right : MARKS.alarm);
      if (boxes.length > MOST_NUMBERS) continue; // they would hide each other
      const [row, column] = found.corner;
      haloText(ctx, found.score.toFixed(2), box.x + column * box.scale, box.y + (row > 4 ? row : row + panel.side + 4) * box.scale - 2, "left", css(view.theme.ink), css(view.theme.paper));
    }
  },
  describe(view, panel, state) {
    if (!panel.has("boxes")) return `${panel.title}: ${panel.has("truth") ? cornersOf(panel, "truth", state).length : 0} digits are in the scene.`;
    const found = shown(view, panel, state), right = found.filter((one) => one.right).length;
    return `${panel.title}: ${found.length} boxes, of which ${right} found a digit and ${found.length - right} are false alarms; ${cornersOf(panel, "truth", state).length} digits are there.`;
  },
};

function cornersOf(panel, name, state) {
  const flat = panel.raw(name, state), found = [];
  for (let i = 0; i + 1 < flat.length; i += 2) if (flat[i] >= 0) found.push([flat[i], flat[i + 1]]);
  return found;
}

// The boxes whose score reaches the threshold.
function shown(view, panel, state) {
  if (!panel.has("boxes")) return [];
  const axis = view.cube.axes.find(({ key }) => key === panel.threshold), least = axis ? axis.values[state[axis.key]] : 0;
  const scores = panel.raw("scores", state), right = panel.raw("right", state);
  return cornersOf(panel, "boxes", state).map((corner, i) => ({ corner, score: scores[i], right: Boolean(right[i]) })).filter(({ score }) => score >= least);
}

function drawPixels(ctx, panel, state, box) {
  const [h, w] = panel.shape, grey = panel.shares("values", state), small = new OffscreenCanvas(w, h), pixels = new ImageData(w, h);
  for (let i = 0; i < h * w; i++) pixels.data.set([255 * grey.at(i), 255 * grey.at(i), 255 * grey.at(i), 255], 4 * i);
  small.getContext("2d").putImageData(pixels, 0, 0);
  ctx.imageSmoothingEnabled = false; // every pixel is seen, without seams between them
  ctx.drawImage(small, box.x, box.y, box.w, box.h);
}

// The stronger the colour, the surer that there is a digit; the picture shows through where it says no.
function drawShares(view, ctx, panel, state, box) {
  const [rows, columns] = panel.windows, share = panel.shares("shares", state), { theme } = view;
  const colour = theme.positive, each = panel.step * box.scale, start = ((panel.side - panel.step) / 2) * box.scale;
  for (let r = 0; r < rows; r++) {
    for (let c = 0; c < columns; c++) {
      const value = share.at(r * columns + c);
      if (!(value > 0.02)) continue;
      ctx.fillStyle = css(colour, 0.85 * value);
      ctx.fillRect(box.x + start + c * each, box.y + start + r * each, each + 0.3, each + 0.3);
    }
  }
}

function outline(view, ctx, panel, [row, column], { dash, width }) {
  const { box: { x, y, scale }, side } = panel;
  for (const [colour, pixels, how] of [[view.theme.paper, width + 3, []], [view.theme.ink, width, dash]]) {
    ctx.strokeStyle = css(colour);
    ctx.lineWidth = pixels;
    ctx.setLineDash(how);
    ctx.strokeRect(x + column * scale, y + row * scale, side * scale, side * scale);
  }
  ctx.setLineDash([]);
}
