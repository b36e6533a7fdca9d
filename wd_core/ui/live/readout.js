// Exact numbers, as a table.

import { element, glyphIcon, setText } from "../web/dom.js";
import { scoreText, sizeText } from "../web/numbers.js";
import { at, hasDiverged } from "./cube.js";
import { armName } from "./words.js";

// One row for each arm; on a narrow screen one column for each arm.
export function buildReadout(view, form) {
  const { cube } = view;
  const narrow = form === "columns";
  const full = cube.header.score_name || "score";
  const score = form === "short rows" && full === "accuracy" ? "acc." : full;
  const short = (split) => (form === "short rows" && split === "validation" ? "val." : split);
  const loss = ["train", "validation", "test"].map((split) => ({ label: `${short(split)} loss`, split, span: short(split).length + 6, value: (arm, l, k) => sizeText(at(arm.get(`${split}_loss`), cube, l, k)) }));
  const scores = ["train", "validation", "test"].map((split) => ({ label: `${short(split)} ${score}`, split, span: short(split).length + score.length + 1, value: (arm, l, k) => scoreText(cube, at(arm.get(`${split}_score`), cube, l, k)) }));
  const measures = [...loss, ...scores,
    { label: "penalty", span: 9, value: (arm, l, k) => sizeText(at(arm.get("penalty"), cube, l, k)) },
    { label: "‖w‖", span: 8, value: (arm, l, k) => sizeText(at(arm.get("norm"), cube, l, k)) },
    { label: "mean |w|", span: 9, value: (arm, l, k) => sizeText(at(arm.get("mean_abs"), cube, l, k)) },
    { label: "exact zeros", span: 13, value: (arm, l, k) => { const n = at(arm.get("zeros"), cube, l, k); return Number.isFinite(n) && !hasDiverged(cube, arm, l, k) ? `${n} of ${cube.decayed}` : "–"; } }];
  const cells = [];
  const cell = (arm, measure) => {
    const node = element("td");
    cells.push({ node, arm, measure });
    return node;
  };
  const head = (arm, scope) => {
    const node = element("th", "wdl-arm-name", { scope, "aria-label": armName(cube, arm.index) }, glyphIcon(arm.glyph), element("span", "", {}, arm.label));
    node.dataset.arm = arm.index;
    return node;
  };
  const rows = narrow
    ? [element("tr", "", {}, element("td"), ...cube.arms.map((arm) => head(arm, "col"))),
      ...measures.map((measure) => element("tr", "", {}, element("th", "", { scope: "row" }, measure.label), ...cube.arms.map((arm) => cell(arm, measure))))]
    : [element("tr", "", {}, element("td"), ...measures.map((measure) => element("th", "", { scope: "col" }, measure.label))),
      ...cube.arms.map((arm) => element("tr", "", {}, head(arm, "row"), ...measures.map((measure) => cell(arm, measure))))];
  const caption = element("caption", "wdl-hidden", {}, `Exact values at the shown λ and epoch, seed ${cube.header.seed ?? 0}`);
  const spans = [Math.max(8, ...cube.arms.map((arm) => Math.min(20, arm.label.length + 3))), ...measures.map((measure) => (measure.span || 8) + 2)];
  const total = spans.reduce((a, b) => a + b);
  const columns = narrow ? [] : spans.map((span) => element("col", "", { style: `width: ${(100 * span) / total}%` }));
  view.parts.readout.replaceChildren(element("table", "", {}, caption, element("colgroup", "", {}, ...columns), ...rows));
  return cells;
}

export function paintReadout(view, l, k) {
  const { reveal } = view.state;
  for (const { node, arm, measure } of view.cells) {
    const covered = measure.split === "test" && !reveal;
    setText(node, covered ? "covered" : measure.value(arm, l, k));
    if (measure.split === "test") node.classList.toggle("wdl-covered", covered);
  }
}
