// Bars with intervals.

import { tickLine } from "../web/axis.js";
import { fitText, setFont, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { rgbOf } from "./colours.js";
import { valueOf } from "./data.js";
import { formText } from "./heat.js";
import { drawRange } from "./scales.js";

export const Bars = {
  box(view, panel, width, height) {
    const { small } = view.layout, w = Math.max(40, width - small * 4.5);
    setFont(panel.ctx, view);
    // Names too long for their bars stand in two rows.
    const rows = panel.names.some((name) => panel.ctx.measureText(String(name)).width > w / panel.names.length - 8) ? 2 : 1;
    return { x: small * 4, y: small * 1.8, w, h: Math.max(40, height - small * (2.6 + 1.2 * rows)), rows };
  },
  draw(view, panel, state) {
    const { ctx, box, names, range: [low, high] } = panel;
    const { theme, layout: { small } } = view;
    ctx.clearRect(0, 0, panel.width_, panel.height_);
    setFont(ctx, view);
    const y = drawRange(view, ctx, panel, box);
    const shares = panel.shares("values", state), zero = y((0 - low) / (high - low)), each = box.w / names.length;
    const free = [-Infinity, -Infinity];
    names.forEach((name, i) => {
      const left = box.x + each * i, share = shares.at(i), middle = left + each / 2;
      if (Number.isFinite(share)) {
        const top = y(share);
        ctx.fillStyle = css(panel.colour ? rgbOf(view, panel.colour) : top <= zero ? theme.positive : theme.negative);
        ctx.fillRect(left + each * 0.14, Math.min(top, zero), each * 0.72, Math.max(1, Math.abs(top - zero)));
      }
      ctx.fillStyle = css(theme.muted);
      const string = fitText(ctx, String(name), Math.max(Math.max(box.rows, aloneOver(names, i)) * each - 8, small * 1.2)), row = i % box.rows;
      const half = ctx.measureText(string).width / 2 + 2, x = Math.min(middle, box.x + box.w + small / 2 - half);
      if (x - half < free[row]) return;
      free[row] = x + half;
      text(ctx, string, x, box.y + box.h + small * (1 + 1.2 * row) + 4, "center");
    });
    ctx.strokeStyle = css(theme.line);
    tickLine(ctx, box.x, zero, box.x + box.w, zero);
    if (panel.has("low")) whiskers(view, panel, state, y, each);
  },
  describe(view, panel, state) {
    return `${panel.title}: ${panel.names.slice(0, 40).map((name, i) => `${name} ${barText(panel, state, i)}`).join(", ")}.`;
  },
  // What a pointer, a finger or the keys learn of it, see web/probe.js: the bars.
  label: "Bars",
  count: (panel) => panel.names.length,
  say: (view, panel, state, i) => `${panel.names[i]}: ${barText(panel, state, i)}`,
  hit(panel, x) {
    const i = Math.floor(((x - panel.box.x) / panel.box.w) * panel.names.length);
    return i >= 0 && i < panel.names.length ? i : null;
  },
  spot: (panel, i) => ({ x: panel.box.x + (panel.box.w * (i + 0.5)) / panel.names.length, y: panel.box.y + panel.box.h / 2 }),
};

// How many bars wide a name may be: those without one on either side leave it their room.
function aloneOver(names, i) {
  let k = 1;
  while (k < 4 && names[i - k] === "" && names[i + k] === "") k++;
  return 2 * k - 1;
}

// A bar's value, with its interval where it has one.
function barText(panel, state, i) {
  const said = (name) => formText(panel.form, valueOf(panel.shares(name, state).at(i), panel.range));
  return panel.has("low") ? `${said("values")} (${said("low")} to ${said("high")})` : said("values");
}

function whiskers(view, panel, state, y, each) {
  const { ctx, box } = panel;
  const low = panel.shares("low", state), high = panel.shares("high", state);
  ctx.strokeStyle = css(view.theme.ink);
  ctx.lineWidth = 1.4;
  panel.names.forEach((_, i) => {
    if (!Number.isFinite(low.at(i)) || !Number.isFinite(high.at(i))) return;
    const x = box.x + each * (i + 0.5), reach = Math.min(5, each * 0.2);
    tickLine(ctx, x, y(low.at(i)), x, y(high.at(i)));
    for (const end of [low, high]) tickLine(ctx, x - reach, y(end.at(i)), x + reach, y(end.at(i)));
  });
}
