// What the pointer learns by resting on a curve.

import { lambdaX } from "../web/axis.js";
import { setText } from "../web/dom.js";
import { lambdaText, three } from "../web/numbers.js";
import { at } from "./cube.js";
import { epochOf, epochText, epochX, splitsShown } from "./curves.js";

export function showCurveTip(view, tip, target, y) {
  const { cube, state } = view;
  const l = target.l ?? state.l, k = target.k ?? state.k;
  const lambda = "l" in target;
  const lines = [lambda ? `λ = ${lambdaText(cube.lambdas[l])}` : `epoch ${epochText(epochOf(cube, k))}`];
  for (const arm of cube.arms) {
    const values = splitsShown(view).map((split) => {
      const value = at(arm.get(lambda ? `mean_${split}` : `${split}_loss`), cube, l, k), se = lambda ? at(arm.get(`se_${split}`), cube, l, k) : NaN;
      return `${split} ${three(value)}${se > 0 ? ` ± ${three(se)}` : ""}`;
    });
    if (!lambda) values.push(`penalty ${three(at(arm.get("penalty"), cube, l, k))}`);
    lines.push(`${cube.arms.length > 1 ? `${arm.glyph} ` : ""}${values.join("   ")}`);
  }
  setText(tip, lines.join("\n"));
  const x = lambda ? lambdaX(view, l) : epochX(view, k);
  tip.style.transform = `translate(${x}px, ${Math.max(0, y - 14)}px) translate(${x > view.width / 2 ? "calc(-100% - 14px)" : "14px"}, -50%)`;
  tip.hidden = false;
}
