// Rows over an axis: bars and dots at its places, a row a name; one drags on it as on curves.

import { haloText, setFont, text } from "../web/pen.js";
import { css } from "../web/theme.js";
import { rgbOf } from "./colours.js";
import { drawNotches, notchX, startsAtZero } from "./scales.js";

// A name inside the plot stands where its row has no mark: right of the notch of λ = 0, else at the right end.
export function placeOfName(box, width, zero, marks) {
  const left = box.x + (zero ? 12 : 2), right = box.x + box.w;
  const free = (from, to) => !marks.some((x) => x > from && x < to);
  return !free(left, left + width) && free(right - width, right + 1) ? [right, "right"] : [left, "left"];
}

export const Rows = {
  box(view, panel, width, height) {
    const { small } = view.layout;
    const names = Math.max(...panel.rows.map(({ name }) => name.length));
    const x = panel.wide ? names * small * 0.56 + 12 : small * 4;
    return { x, y: 4, w: Math.max(40, width - x - small * 2), h: Math.max(30, height - small - 24) };
  },
  draw(view, panel) {
    const { ctx, box, rows } = panel;
    const axis = view.cube.axes.find(({ key }) => key === panel.axis);
    const each = box.h / rows.length, last = axis.n - 1;
    const at = (notch) => notchX(axis, box, Math.max(0, Math.min(last, notch)));
    ctx.clearRect(0, 0, panel.width_, panel.height_);
    setFont(ctx, view);
    drawNotches(view, ctx, axis, box);
    rows.forEach(({ name, colour, bars, dots }, r) => {
      const y = box.y + each * (r + 0.5), rgb = rgbOf(view, colour);
      ctx.fillStyle = css(rgb, 0.45);
      for (const [from, to] of bars) ctx.fillRect(at(from), y - Math.min(5, each * 0.3), Math.max(2, at(to) - at(from)), Math.min(10, each * 0.6));
      ctx.fillStyle = css(rgb);
      for (const [notch, count] of dots) {
        ctx.beginPath();
        ctx.arc(at(notch), y, Math.min(each * 0.48, 2.4 + 1.5 * Math.sqrt(count)), 0, 2 * Math.PI);
        ctx.fill();
      }
      ctx.fillStyle = css(view.theme.ink);
      if (panel.wide) text(ctx, name, box.x - 8, y, "right", "middle");
      else {
        const marks = [...bars.flat(), ...dots.map(([notch]) => notch)].map(at);
        const [x, align] = placeOfName(box, ctx.measureText(name).width + 8, startsAtZero(axis), marks);
        haloText(ctx, name, x, y + view.layout.small * 0.35, align, css(view.theme.ink), css(view.theme.paper));
      }
    });
  },
  describe: (view, panel) => `${panel.title}. ${panel.rows.map(({ said }) => said).join("; ")}.`,
};
