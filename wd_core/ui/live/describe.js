// Words for who cannot see the picture.

import { lambdaText, scoreText, sizeText, three } from "../web/numbers.js";
import { at, hasDiverged } from "./cube.js";
import { epochOf, epochText, splitsShown, stopOf } from "./curves.js";
import { armName, positionText, sentence } from "./words.js";

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

const valuesOf = (view, arm, l, k) => splitsShown(view).map((split) => `${split} loss ${three(at(arm.get(`${split}_loss`), view.cube, l, k))}`).join(", ");

export function stopWords(cube, arm, l) {
  const k = stopOf(cube, arm, l);
  return k < 0 ? "" : `; early stopping would keep epoch ${epochText(epochOf(cube, k))}`;
}

// Every picture's label.
export function describeAll(view) {
  const { cube, canvases, state: { l, k } } = view;
  const where = positionText(cube, l, k);
  canvases.lambdaBase.canvas.setAttribute("aria-label", describeLambdaCurve(cube, k));
  canvases.epochBase.canvas.setAttribute("aria-label", `Loss over epochs at λ = ${lambdaText(cube.lambdas[l])}. ` +
    cube.arms.map((arm) => `${armName(cube, arm.index)}: ${valuesOf(view, arm, l, k)}${stopWords(cube, arm, l)}`).join(". "));
  for (const { arm, boundary, network, histogram } of view.panels) {
    const name = armName(cube, arm.index);
    boundary.canvas.setAttribute("aria-label", describeBoundary(view, arm, where));
    network.canvas.setAttribute("aria-label", `Network of ${name} at ${where}: ${cube.layers.map((layer) => `${layer.name} ${layer.inputs} to ${layer.outputs}`).join(", ")}. ${zeroWords(cube, arm, l, k)}`);
    histogram.canvas.setAttribute("aria-label", `Histogram of weights of ${name}: norm ${sizeText(at(arm.get("norm"), cube, l, k))}, mean absolute weight ${sizeText(at(arm.get("mean_abs"), cube, l, k))}, ${zeroWords(cube, arm, l, k)}`);
  }
}

// What is read aloud once λ or the epoch rests: the losses, what the boundary and the weights show, the verdict.
export function describeNow(view) {
  const { cube, state: { l, k } } = view;
  const where = positionText(cube, l, k);
  const arms = cube.arms.map((arm) => {
    const seen = describeBoundary(view, arm, where).split(": ").slice(1).join(": ").replace(/\.$/, "");
    return `${armName(cube, arm.index)}: ${valuesOf(view, arm, l, k)}, ${seen}; weights of norm ${sizeText(at(arm.get("norm"), cube, l, k))}, ${zeroWords(cube, arm, l, k)}${stopWords(cube, arm, l)}`;
  });
  return `${where}. ${arms.join(". ")}. ${sentence(view, (i) => armName(cube, i))}`;
}
