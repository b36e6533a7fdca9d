// Matrices and small pictures.

import { tickText, three } from "../web/numbers.js";
import { fitText, setFont, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { onCell, paletteOf } from "./colours.js";
import { valueOf } from "./data.js";

export const formText = (form, value) =>
  !Number.isFinite(value) ? "–" : form === "percent" ? `${(100 * value).toFixed(1)} %` : form === "count" ? String(Math.round(value)) : three(value);

const cellOf = (panel, r, c) => {
  const [rows, columns] = panel.shape, { box } = panel;
  return { x: box.x + (box.w * c) / columns, y: box.y + (box.h * (panel.upward ? rows - 1 - r : r)) / rows, w: box.w / columns, h: box.h / rows };
};

export const Heat = {
  box(view, panel, width, height) {
    const { small } = view.layout;
    const names = Math.max(0, ...panel.rows.map((name) => String(name).length));
    const x = Math.min(width * 0.35, names * small * 0.56 + 14) + (panel.row_label ? small * 1.4 : 0);
    const y = small * 1.6, w = Math.max(40, width - x - 74), each = w / panel.columns.length;
    panel.lanes = panel.columns.length <= 10 && panel.columns.some((name) => String(name).length * small * 0.56 > each) ? 2 : 1;
    return { x, y, w, h: Math.max(40, height - y - small * ((panel.column_label ? 3 : 1.8) + 1.2 * (panel.lanes - 1))) };
  },
  draw(view, panel, state) {
    const { ctx, box, shape: [rows, columns] } = panel;
    const { theme } = view;
    ctx.clearRect(0, 0, panel.width_, panel.height_);
    setFont(ctx, view);
    const colour = paletteOf(view, panel.palette);
    const shares = panel.shares("values", state);
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) {
        const cell = cellOf(panel, r, c), share = shares.at(r * columns + c);
        ctx.fillStyle = colour(share);
        ctx.fillRect(cell.x, cell.y, cell.w + 0.5, cell.h + 0.5);
        const string = panel.numbers ? formText(panel.form, valueOf(share, panel.range)) : "";
        if (!string || cell.h < view.layout.small || cell.w < ctx.measureText(string).width + 2) continue;
        ctx.fillStyle = onCell(view, panel.palette, share);
        text(ctx, string, cell.x + cell.w / 2, cell.y + cell.h / 2, "center", "middle");
      }
    }
    ctx.strokeStyle = css(theme.line);
    ctx.lineWidth = 1;
    ctx.strokeRect(box.x + 0.5, box.y + 0.5, box.w, box.h);
    heatNames(view, panel, state);
    drawOverlays(view, panel);
    if (panel.has("best")) outline(view, panel, ...panel.raw("best", state), [4, 3]);
    if (panel.control.length && isHere(panel, state)) outline(view, panel, state[panel.control[0]], state[panel.control[1]], []);
    colourBar(view, panel, colour);
  },
  describe(view, panel, state) {
    const { shape: [rows, columns] } = panel;
    const shares = panel.shares("values", state);
    const order = Array.from({ length: rows * columns }, (_, j) => j).filter((j) => Number.isFinite(shares.at(j))).sort((a, b) => shares.at(b) - shares.at(a));
    const name = (j) => `${panel.rows[Math.floor(j / columns)] ?? Math.floor(j / columns) + 1}, ${panel.columns[j % columns] ?? (j % columns) + 1}: ${formText(panel.form, valueOf(shares.at(j), panel.range))}`;
    if (!order.length) return `${panel.title}: no values.`;
    const here = panel.control.length && isHere(panel, state) ? `Here, ${name(state[panel.control[0]] * columns + state[panel.control[1]])}. ` : "";
    return `${panel.title}: ${rows} rows (${panel.row_label}), ${columns} columns (${panel.column_label}). ${here}Highest ${order.slice(0, 3).map(name).join("; ")}. Lowest ${name(order[order.length - 1])}.`;
  },
  // What a pointer, a finger or the keys learn of it, see web/probe.js: the cells, row by row.
  label: "Cells",
  count: (panel) => panel.shape[0] * panel.shape[1],
  say(view, panel, state, j) {
    const [, columns] = panel.shape, r = Math.floor(j / columns), c = j % columns;
    return `${panel.rows[r] ?? r + 1}, ${panel.columns[c] ?? c + 1}: ${formText(panel.form, valueOf(panel.shares("values", state).at(j), panel.range))}`;
  },
  hit(panel, x, y) {
    const cell = Heat.at(panel, x, y);
    return cell && cell[0] * panel.shape[1] + cell[1];
  },
  spot(panel, j) {
    const cell = cellOf(panel, Math.floor(j / panel.shape[1]), j % panel.shape[1]);
    return { x: cell.x + cell.w / 2, y: cell.y + cell.h / 2 };
  },
  at(panel, x, y) {
    const { box, shape: [rows, columns] } = panel;
    const down = Math.floor(((y - box.y) / box.h) * rows), r = panel.upward ? rows - 1 - down : down, c = Math.floor(((x - box.x) / box.w) * columns);
    return r >= 0 && c >= 0 && r < rows && c < columns ? [r, c] : null;
  },
};

// Whether the hand is on this map, where there are several.
export const isHere = (panel, state) => Object.entries(panel.sets).every(([key, i]) => state[key] === i);

function outline(view, panel, r, c, dash) {
  if (!(r >= 0 && c >= 0)) return;
  const { ctx } = panel, cell = cellOf(panel, r, c);
  for (const [colour, width] of [[view.theme.paper, 5], [view.theme.ink, 2]]) {
    ctx.strokeStyle = css(colour);
    ctx.lineWidth = width;
    ctx.setLineDash(width === 2 ? dash : []);
    ctx.strokeRect(cell.x + 1, cell.y + 1, cell.w - 2, cell.h - 2);
  }
  ctx.setLineDash([]);
}

function heatNames(view, panel) {
  const { ctx, box, shape: [rows, columns] } = panel;
  const { theme, layout: { small } } = view;
  ctx.fillStyle = css(theme.muted);
  const everyRow = Math.max(1, Math.ceil((small * 1.1 * rows) / box.h));
  panel.rows.forEach((name, r) => r % everyRow === 0 && text(ctx, fitText(ctx, String(name), box.x - 8), box.x - 6, cellOf(panel, r, 0).y + box.h / rows / 2, "right", "middle"));
  const free = [-Infinity, -Infinity], down = 1.2 * small * (panel.lanes - 1); // long names stand on two lines by turns
  panel.columns.forEach((name, c) => {
    const x = cellOf(panel, 0, c).x + box.w / columns / 2, string = fitText(ctx, String(name), Math.max((panel.lanes * box.w) / columns, small * 4)), half = ctx.measureText(string).width / 2 + 2;
    const lane = c % panel.lanes;
    if (x - half < free[lane]) return;
    free[lane] = x + half;
    text(ctx, string, x, box.y + box.h + small + 3 + lane * 1.2 * small, "center");
  });
  ctx.fillStyle = css(theme.ink);
  if (panel.row_label) text(ctx, panel.row_label, 0, box.y - small * 0.5, "left");
  if (panel.column_label) text(ctx, panel.column_label, box.x + box.w, box.y + box.h + small * 2.3 + 3 + down, "right");
}

function drawOverlays(view, panel) {
  const { ctx, box, shape: [rows, columns] } = panel;
  const { theme } = view;
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  panel.overlays.forEach(({ points }, i) => {
    for (const [colour, width] of [[theme.paper, 4], [theme.ink, 1.6]]) {
      ctx.beginPath();
      points.forEach(([c, r]) => ctx.lineTo(box.x + (box.w * (c + 0.5)) / columns, box.y + (box.h * ((panel.upward ? rows - 1 - r : r) + 0.5)) / rows));
      ctx.strokeStyle = css(colour);
      ctx.lineWidth = width;
      ctx.setLineDash(width === 4 ? [] : [[], [6, 4], [2, 3]][i % 3]);
      ctx.stroke();
    }
  });
  ctx.restore();
  ctx.setLineDash([]);
}

function colourBar(view, panel, colour) {
  const { ctx, box } = panel;
  const x = box.x + box.w + 12;
  for (let v = 0; v < 64; v++) {
    ctx.fillStyle = colour(v / 63);
    ctx.fillRect(x, box.y + box.h * (1 - (v + 1) / 64), 10, box.h / 64 + 0.5);
  }
  ctx.fillStyle = css(view.theme.muted);
  const [low, high] = panel.range;
  const label = (value) => (panel.form === "percent" ? `${Math.round(100 * value)} %` : panel.form === "count" ? String(Math.round(value)) : tickText(Number(value.toPrecision(3))));
  for (const share of [0, 0.5, 1]) text(ctx, label(low + share * (high - low)), x + 14, Math.max(box.y + 5, Math.min(box.y + box.h - 4, box.y + box.h * (1 - share))), "left", "middle");
}

function captionsOf(panel, state) {
  if (panel.has("named")) return Array.from(panel.raw("named", state), (i) => panel.captions[i]);
  return Array.isArray(panel.captions[0]) ? panel.captions[panel.place(state)] : panel.captions;
}

export const Pictures = {
  box: (view, panel, width, height) => ({ x: 0, y: 2, w: width, h: height - 4 }),
  // As many columns as make the pictures largest.
  grid(view, panel) {
    const [count, h, w] = panel.shape, { box } = panel;
    const caption = panel.captions.length ? view.layout.small + 4 : 3;
    let best = { size: 0, columns: 1 };
    for (let columns = 1; columns <= count; columns++) {
      const size = Math.min((box.w / columns - 4) / w, (box.h / Math.ceil(count / columns) - caption - 3) / h);
      if (size > best.size) best = { size, columns };
    }
    return { ...best, caption };
  },
  draw(view, panel, state) {
    const { ctx, shape: [count, h, w], box } = panel;
    ctx.clearRect(0, 0, panel.width_, panel.height_);
    setFont(ctx, view);
    const { size, columns, caption } = Pictures.grid(view, panel);
    const colour = paletteOf(view, panel.palette), shares = panel.shares("values", state);
    const captions = captionsOf(panel, state);
    const flags = panel.has("flags") ? panel.raw("flags", state) : null;
    for (let i = 0; i < count; i++) {
      const x0 = box.x + (i % columns) * (size * w + 4) + 2, y0 = box.y + Math.floor(i / columns) * (size * h + caption + 3) + 2;
      for (let r = 0; r < h; r++) {
        for (let c = 0; c < w; c++) {
          ctx.fillStyle = colour(shares.at((i * h + r) * w + c));
          ctx.fillRect(x0 + c * size, y0 + r * size, size + 0.4, size + 0.4);
        }
      }
      ctx.strokeStyle = css(flags?.[i] ? view.theme.ink : view.theme.line);
      ctx.lineWidth = flags?.[i] ? 3 : 1;
      ctx.strokeRect(x0, y0, size * w, size * h);
      ctx.fillStyle = css(view.theme.muted);
      if (captions[i]) text(ctx, fitText(ctx, captions[i], size * w + 2), x0 + (size * w) / 2, y0 + size * h + view.layout.small + 1, "center");
    }
  },
  describe(view, panel, state) {
    const captions = captionsOf(panel, state);
    const flags = panel.has("flags") ? panel.raw("flags", state) : [];
    const flagged = panel.flag_name ? ` ${Array.from(flags).filter(Boolean).length} ${panel.flag_name}.` : "";
    return `${panel.title}: ${panel.shape[0]} pictures. ${captions.slice(0, 24).join("; ")}.${flagged}`;
  },
};
