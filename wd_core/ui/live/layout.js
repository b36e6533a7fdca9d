// ------------------------------------------------------------------------------------------------------------- the layout

function classIcon(c) {
  const d = ["M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0Z", "M-.8 -.8H.8V.8H-.8Z", "M0 -1L.95 .75H-.95Z", "M0 -1.1L1.1 0L0 1.1L-1.1 0Z"][c % SHAPES];
  return svg("-1.2 -1.2 2.4 2.4", [{ d }], { class: "wdl-glyph", style: `color: var(--wdl-class-${c % 10})` });
}

function zeroWords(cube, arm, l, k) {
  const zeros = at(arm.get("zeros"), cube, l, k);
  return Number.isFinite(zeros) ? `${zeros} of ${cube.decayed} weights are exactly zero` : "";
}

function describeLambdaCurve(cube, k) {
  return cube.arms.map((arm) => {
    const best = arm.get("best")?.[k] ?? -1, oneSe = arm.get("one_se")?.[k] ?? -1;
    if (best < 0) return `${armName(cube, arm.index)}: no validation loss at this epoch`;
    const lowest = at(arm.get("mean_validation"), cube, best, k);
    const choice = oneSe >= 0 ? `; one-standard-error choice λ = ${lambdaText(cube.lambdas[oneSe])}` : "";
    return `${armName(cube, arm.index)}: validation loss is lowest, ${three(lowest)}, at λ = ${lambdaText(cube.lambdas[best])}${choice}`;
  }).join(". ");
}

function describeBoundary(view, arm, where) {
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

function nearestStep(cube, step) {
  const { steps, K } = cube;
  let low = 0, high = K - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle;
    else high = middle;
  }
  return Math.abs(steps[high] - step) < Math.abs(steps[low] - step) ? high : low;
}

// Every size of the view from its width alone. At about 1000 px all of it fits a 1280 × 720 screen.
// A window as high as a projector's (720) shows all of it below some 130 pixels of navigation and controls.
function computeLayout(width, windowHeight, arms) {
  const narrow = width < 560, medium = width < 780;
  const room = windowHeight - 130;
  const grow = clamp(Math.min((width - 1000) / 500, (room - 640) / 220), 0, 1);
  const shrink = clamp((650 - room) / 60, 0, 1);
  const small = Math.round((narrow ? 12 : 12 + 2 * grow) * 2) / 2;
  const layout = { size: narrow ? "narrow" : medium ? "medium" : width >= 1300 ? "wide" : "normal", narrow, small, large: narrow ? 15 : 15 + 3 * grow };
  const lanes = arms > 1 ? 2 : 1;
  layout.lambdaTop = lanes * (small + 2) + 8;
  layout.lambdaHeight = Math.round(layout.lambdaTop + 76 - 12 * shrink + 44 * grow + small + 18);
  layout.epochHeight = Math.round(small + 5 + 72 - 18 * shrink + 40 * grow + small + 18);
  const gap = 24;
  const half = arms > 1 ? (width - gap) / 2 : width;
  const height = Math.round((arms > 1 ? 222 : 252) - 30 * shrink + 120 * grow);
  const title = Math.round(small * 1.5) + 4;
  if (narrow) return stackedLayout(layout, width, arms);
  if (arms > 1) {
    const beside = half >= 330;
    layout.figures = beside ? "row" : "column";
    layout.boundaryWidth = beside ? Math.round(half * (half < 430 ? 0.52 : 0.56)) : half;
    layout.boundaryHeight = beside ? height : Math.round(half * 0.8);
    layout.sideWidth = beside ? half - layout.boundaryWidth - 14 : half;
    layout.networkHeight = beside ? Math.round((height - 2 * title) * 0.5) : 130;
    layout.histogramHeight = beside ? height - 2 * title - layout.networkHeight : 130;
    return layout;
  }
  layout.boundaryWidth = Math.round(medium ? width * 0.5 : Math.min(width * 0.4, height * 1.4));
  layout.boundaryHeight = height;
  layout.sideWidth = medium ? width - layout.boundaryWidth - 16 : (width - layout.boundaryWidth - 2 * gap) / 2;
  layout.networkHeight = medium ? (height - 2 * title) / 2 : height - title;
  layout.histogramHeight = layout.networkHeight;
  return layout;
}

// A phone: two boundaries side by side if each gets 160 px, everything else below.
function stackedLayout(layout, width, arms) {
  const beside = arms > 1 && (width - 12) / 2 >= 160;
  const column = beside ? (width - 12) / 2 : width;
  layout.beside = beside;
  layout.boundaryWidth = layout.sideWidth = column;
  layout.boundaryHeight = Math.round(Math.min(column * 0.95, 320));
  layout.networkHeight = 130;
  layout.histogramHeight = 130;
  return layout;
}
