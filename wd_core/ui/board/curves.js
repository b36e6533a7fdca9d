// Curves over an axis (which one drags on the plot), and lines and clouds over an x of their own.

import { DASHES, fitText, haloText, setFont, strokeSeries, text } from "../web/pen.js";
import { drawFlag, logTicks, niceTicks, tickLine } from "../web/axis.js";
import { three, tickText } from "../web/numbers.js";
import { css } from "../web/theme.js";
import { rgbOf } from "./colours.js";
import { valueOf } from "./data.js";
import { drawNotches, drawRange, notchX, placeText, spread, startsAtZero } from "./scales.js";

const axisOf = (view, panel) => panel.places || view.cube.axes.find((axis) => axis.key === panel.axis);

function strokeAll(view, ctx, panel, state, xOf, y, first = 0) {
  panel.series.forEach((series, i) => {
    const colour = rgbOf(view, series.colour);
    const shares = panel.shares(`y${i}`, state);
    const x = xOf(i);
    if (panel.has(`low${i}`)) fillBand(ctx, panel, state, i, shares.n, x, y, css(colour, 0.16), first);
    ctx.strokeStyle = ctx.fillStyle = css(colour);
    if (series.dots) return drawDots(ctx, shares, x, y);
    ctx.lineWidth = series.weight || (series.dash === "train" ? 1.8 : 2);
    if (first && Number.isFinite(shares.at(0))) dot(ctx, x(0), y(shares.at(0)), 1.6 + ctx.lineWidth / 2);
    ctx.lineJoin = "round";
    ctx.setLineDash(DASHES[series.dash] || []);
    strokeSeries(ctx, shares.n, x, (j) => (j < first ? NaN : y(shares.at(j))));
    ctx.setLineDash([]);
  });
}

function dot(ctx, x, y, r) {
  ctx.beginPath();
  ctx.arc(x, y, r, 0, 2 * Math.PI);
  ctx.fill();
}

// Names on their lines, where these begin.
function nameLines(view, panel, state, box, x, y, first) {
  const { ctx } = panel;
  const named = panel.series.map((series, i) => ({ series, share: panel.shares(`y${i}`, state).at(first) })).filter(({ series, share }) => series.on_line && series.name && Number.isFinite(share));
  const gap = view.layout.small + 2;
  const places = spread(named.map(({ share }) => y(share) - 4), box.y + gap - 4, box.y + box.h - 4, gap);
  setFont(ctx, view, 600);
  named.forEach(({ series }, n) => haloText(ctx, fitText(ctx, series.name, box.x + box.w - x), x, places[n], "left", css(rgbOf(view, series.colour)), css(view.theme.paper)));
  setFont(ctx, view);
}

function fillBand(ctx, panel, state, i, n, x, y, colour, first) {
  const low = panel.shares(`low${i}`, state), high = panel.shares(`high${i}`, state);
  const shown = Array.from({ length: n }, (_, j) => j).filter((j) => j >= first && Number.isFinite(high.at(j)));
  ctx.fillStyle = colour;
  if (first && Number.isFinite(high.at(0))) ctx.fillRect(x(0) - 4, y(high.at(0)), 8, y(low.at(0)) - y(high.at(0)));
  ctx.beginPath();
  shown.forEach((j) => ctx.lineTo(x(j), y(high.at(j))));
  shown.reverse().forEach((j) => ctx.lineTo(x(j), y(Number.isFinite(low.at(j)) ? low.at(j) : 0)));
  ctx.fill();
}

function drawDots(ctx, shares, x, y) {
  ctx.globalAlpha = shares.n > 200 ? 0.45 : 0.9;
  for (let j = 0; j < shares.n; j++) {
    if (!Number.isFinite(shares.at(j)) || !Number.isFinite(x(j))) continue;
    ctx.beginPath();
    ctx.arc(x(j), y(shares.at(j)), shares.n > 200 ? 1.8 : 3.4, 0, 2 * Math.PI);
    ctx.fill();
  }
  ctx.globalAlpha = 1;
}

function drawMarks(view, ctx, panel, state, axis, box) {
  const taken = panel.names = panel.y_label ? [[box.x, box.x + ctx.measureText(panel.y_label).width, 0]] : [];
  panel.marks.forEach((mark, m) => {
    const at = panel.raw(`mark${m}`, state)[0];
    if (at < 0) return;
    const x = notchX(axis, box, at);
    ctx.strokeStyle = css(view.theme.muted, 0.7);
    ctx.lineWidth = 1;
    tickLine(ctx, x, box.y - 2, x, box.y + box.h);
    const half = ctx.measureText(mark.label).width / 2;
    const middle = Math.max(box.x + half, Math.min(box.x + box.w - half, x));
    const full = taken.filter(([a, b]) => a < middle + half + 6 && b > middle - half - 6).map(([, , lane]) => lane);
    const lane = [0, 1, 2].find((free) => !full.includes(free)) ?? 2;
    taken.push([middle - half, middle + half, lane]);
    haloText(ctx, mark.label, middle, box.y - 4 + lane * (view.layout.small + 2), "center", css(view.theme.ink), css(view.theme.paper));
  });
}

export const Curves = {
  box(view, panel, width, height) {
    const { small } = view.layout;
    const above = small * (panel.marks.length ? 2.6 : panel.y_label ? 1.7 : 0.6); // room for marks' names, the axis's name, or neither
    return { x: small * 4, y: above, w: Math.max(40, width - small * 6), h: Math.max(30, height - above - small - 20) };
  },
  draw(view, panel, state) {
    const { ctx, box } = panel;
    const axis = axisOf(view, panel);
    ctx.clearRect(0, 0, panel.width_, panel.height_);
    setFont(ctx, view);
    const y = drawRange(view, ctx, { ...panel, y_label: panel.y_label }, box);
    drawNotches(view, ctx, axis, box);
    const first = startsAtZero(axis) ? 1 : 0;
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.x - 6, box.y - 6, box.w + 12, box.h + 12);
    ctx.clip();
    strokeAll(view, ctx, panel, state, () => (j) => notchX(axis, box, j), y, first);
    ctx.restore();
    setFont(ctx, view);
    nameLines(view, panel, state, box, notchX(axis, box, first) + 3, y, first);
    drawMarks(view, ctx, panel, state, axis, box);
  },
  // The cursor on a sheet of its own: dragging redraws little.
  cursor(view, panel, state) {
    const axis = axisOf(view, panel);
    const i = state[axis.key], x = notchX(axis, panel.box, i);
    const lane = Math.max(0, ...(panel.names || []).filter(([from, to]) => from < x && x < to).map(([, , its]) => its));
    const top = panel.box.y - 4 + lane * (view.layout.small + 6); // below the marks' names in the plot
    drawFlag(view, { ctx: panel.cursorCtx, width: panel.width_, height: panel.height_ }, { ...panel.box, top }, x, `${axis.label} ${axis.kind === "lambda" ? "= " : ""}${placeText(axis, i)}`);
  },
  describe(view, panel, state) {
    const axis = axisOf(view, panel);
    const said = panel.series.filter((series) => series.name).map((series) => [series, panel.series.indexOf(series)]).map(([series, s]) => `${series.name} ${three(valueOf(panel.shares(`y${s}`, state).at(state[axis.key]), panel.range, panel.log))}`);
    const marks = panel.marks.map((mark, m) => [mark.label, panel.raw(`mark${m}`, state)[0]]).filter(([, at]) => at >= 0);
    return `${panel.title} over ${axis.label}. At ${axis.label} ${placeText(axis, state[axis.key])}: ${said.join(", ")}. ${marks.map(([label, at]) => `${label} at ${placeText(axis, at)}`).join(", ")}`;
  },
};

export const Lines = {
  box(view, panel, width, height) {
    const { small } = view.layout;
    return { x: small * 4, y: small * 1.8, w: Math.max(40, width - small * 5), h: Math.max(40, height - small * 1.8 - small * 3) };
  },
  draw(view, panel, state) {
    const { ctx, box } = panel;
    ctx.clearRect(0, 0, panel.width_, panel.height_);
    setFont(ctx, view);
    const y = drawRange(view, ctx, panel, box);
    drawBottom(view, ctx, panel, box);
    ctx.save();
    ctx.beginPath();
    ctx.rect(box.x - 4, box.y - 4, box.w + 8, box.h + 8);
    ctx.clip();
    drawReference(view, ctx, panel, box);
    const shared = panel.has("x") ? panel.shares("x", state) : null;
    strokeAll(view, ctx, panel, state, (i) => {
      const x = panel.has(`x${i}`) ? panel.shares(`x${i}`, state) : shared;
      return (j) => box.x + box.w * x.at(j);
    }, y);
    ctx.restore();
  },
  describe(view, panel, state) {
    const said = panel.series.map((series, s) => {
      const shares = panel.shares(`y${s}`, state);
      const values = Array.from({ length: shares.n }, (_, j) => valueOf(shares.at(j), panel.range, panel.log[1])).filter(Number.isFinite);
      return values.length ? `${series.name} from ${three(values[0])} to ${three(values[values.length - 1])}, least ${three(Math.min(...values))}, greatest ${three(Math.max(...values))}` : `${series.name}: no value`;
    });
    return `${panel.title}: ${panel.y_label} over ${panel.x_label}. ${said.join("; ")}.`;
  },
};

function drawBottom(view, ctx, panel, box) {
  const { theme, layout } = view;
  const [low, high] = panel.range_x;
  const log = panel.log[0];
  const base = box.y + box.h;
  ctx.strokeStyle = css(theme.line);
  tickLine(ctx, box.x, base + 0.5, box.x + box.w, base + 0.5);
  ctx.fillStyle = css(theme.muted);
  for (const value of log ? logTicks(low, high) : niceTicks(low, high, box.w / 70)) {
    const x = box.x + box.w * (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
    tickLine(ctx, x, base, x, base + 4);
    text(ctx, tickText(value), x, base + layout.small + 5, "center");
  }
  ctx.fillStyle = css(theme.ink);
  text(ctx, fitText(ctx, panel.x_label, box.w), box.x + box.w, base + layout.small * 2.3 + 5, "right");
}

function drawReference(view, ctx, panel, box) {
  if (!panel.reference.length) return;
  const share = (value, [low, high], log) => (log ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low));
  ctx.strokeStyle = css(view.theme.muted);
  ctx.lineWidth = 1.2;
  ctx.setLineDash([3, 3]);
  strokeSeries(ctx, panel.reference.length, (j) => box.x + box.w * share(panel.reference[j][0], panel.range_x, panel.log[0]), (j) => box.y + box.h * (1 - share(panel.reference[j][1], panel.range, panel.log[1])));
  ctx.setLineDash([]);
}
