// A line that the visitor draws over λ: a point for each λ, dragged up and down, or moved by its own upright range input.

import { element, svg } from "../web/dom.js";
import { three } from "../web/numbers.js";
import { css } from "../web/theme.js";
import { Curves } from "./curves.js";
import { nearestNotch, notchX, placeText } from "./scales.js";

const REACH = 22; // pixels of a thumb's width under a finger

const axesOf = (view, panel) => panel.control.map((key) => view.axis(key));
const heightY = (axis, box, level) => box.y + box.h * (1 - level / (axis.n - 1));
const levelAt = (axis, box, y) => Math.round((axis.n - 1) * Math.min(1, Math.max(0, 1 - (y - box.y) / box.h)));

export const Sketch = {
  box: Curves.box,
  build(view, panel, sheet) {
    panel.canvas.classList.add("wdl-control");
    panel.uprights = axesOf(view, panel).map((axis) => {
      const range = view.buildRange(axis);
      range.classList.add("wdl-upright");
      range.setAttribute("aria-orientation", "vertical");
      sheet.append(range);
      return range;
    });
    // A sweep draws: each λ that the pointer passes gets its height.
    view.drag(panel.canvas, (x, y) => {
      const i = nearestNotch(panel.places, panel.box, x);
      return { [panel.control[i]]: levelAt(view.axis(panel.control[i]), panel.box, y) };
    });
  },
  legend: (panel) => [element("span", "wdl-legend-item", {}, svg("0 0 24 14", [{ d: "M1 7H23", class: "wdl-line" }, { d: "M12 7m-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0", class: "wdl-mark wdl-mark-train" }], { width: 24, height: 14 }), panel.name)],
  // The thumbs run up and down at their λ, exactly under the points.
  place(view, panel) {
    const { box } = panel;
    panel.uprights.forEach((range, i) => Object.assign(range.style, {
      left: `${notchX(panel.places, box, i) - REACH / 2}px`, top: `${box.y - 9}px`, height: `${box.h + 18}px`, width: `${REACH}px`,
    }));
  },
  draw(view, panel, state) {
    Curves.draw(view, panel, state);
    const { ctx, box } = panel;
    const points = axesOf(view, panel).map((axis, i) => [notchX(panel.places, box, i), heightY(axis, box, state[axis.key])]);
    ctx.strokeStyle = ctx.fillStyle = css(view.theme.ink);
    ctx.lineWidth = 2;
    ctx.beginPath();
    const first = panel.places.values[0] === 0 ? 1 : 0;
    points.slice(first).forEach(([x, y]) => ctx.lineTo(x, y));
    ctx.stroke();
  },
  describe(view, panel, state) {
    const said = axesOf(view, panel).map((axis, i) => `${three(axis.values[state[axis.key]])} at λ = ${placeText(panel.places, i)}`);
    return `${panel.title}. ${panel.name}: ${said.join(", ")}.`;
  },
};
