// What the pointer learns by resting on a curve.

import { lambdaX } from "../web/axis.js";
import { setText } from "../web/dom.js";
import { lambdaText, three } from "../web/numbers.js";
import { at } from "./cube.js";
import { epochOf, epochText, epochX, splitsShown } from "./curves.js";

export function showCurveTip(view, tip, target) {
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
  // Above the plot, whose curves it must not cover.
  const x = lambda ? lambdaX(view, l) : epochX(view, k), plot = view.plotBox[lambda ? "lambda" : "epoch"];
  tip.style.transform = `translate(${x}px, ${plot.y - 6}px) translate(${x > view.layout.curveWidth / 2 ? "calc(-100% + 40px)" : "-40px"}, -100%)`;
  tip.hidden = false;
}
