// Words for who cannot see the picture.

import { lambdaText, scoreText, three } from "../web/numbers.js";
import { at, hasDiverged } from "./cube.js";
import { splitsShown } from "./curves.js";
import { armName } from "./words.js";

export function zeroWords(cube, arm, l, k) {
  const zeros = at(arm.get("zeros"), cube, l, k);
  return Number.isFinite(zeros) ? `${zeros} of ${cube.decayed} weights are exactly zero` : "";
}

export function describeLambdaCurve(cube, k) {
  return cube.arms.map((arm) => {
    const best = arm.get("best")?.[k] ?? -1, oneSe = arm.get("one_se")?.[k] ?? -1;
    if (best < 0) return `${armName(cube, arm.index)}: no validation loss at this epoch`;
    const lowest = at(arm.get("mean_validation"), cube, best, k);
    const choice = oneSe >= 0 ? `; one-standard-error choice λ = ${lambdaText(cube.lambdas[oneSe])}` : "";
    return `${armName(cube, arm.index)}: validation loss is lowest, ${three(lowest)}, at λ = ${lambdaText(cube.lambdas[best])}${choice}`;
  }).join(". ");
}

export function describeBoundary(view, arm, where) {
  const { cube, state } = view;
  const { l, k } = state;
  const name = armName(cube, arm.index);
  if (hasDiverged(cube, arm, l, k)) return `${name} at ${where}: the run diverged.`;
  const what = { binary: "Decision boundary", multiclass: "Decision regions", regression1d: "Fitted curve", regression2d: "Fitted surface" }[cube.task] || "Prediction";
  const scores = splitsShown(view).map((split) => `${split} ${cube.header.score_name || "score"} ${scoreText(cube, at(arm.get(`${split}_score`), cube, l, k))}`).join(", ");
  const wrong = arm.get("wrong");
  let missed = 0;
  if (wrong) for (let i = 0; i < cube.points.train; i++) missed += wrong[(l * cube.K + k) * cube.marks.length + i];
  const plane = cube.header.plane.note ? ` (${cube.header.plane.note})` : "";
  return `${what}${plane} of ${name} at ${where}: ${scores}${wrong ? `; ${missed} of ${cube.points.train} training points misclassified` : ""}.`;
}
