// Words.

import { lambdaText, three } from "../web/numbers.js";
import { at } from "./cube.js";
import { epochOf, epochText } from "./curves.js";

// What the curves say at (l, k) about one arm. Every comparison is between mean losses over the seeds, at the shown epoch.
function judge(cube, arm, l, k) {
  const validation = arm.get("mean_validation"), train = arm.get("mean_train");
  const best = arm.get("best")?.[k] ?? -1;
  if (arm.inert) return { state: "inert" };
  if (arm.get("diverged")?.[l] && !Number.isFinite(at(arm.get("train_loss"), cube, l, k))) return { state: "diverged" };
  if (!validation || !train || best < 0) return { state: "unknown" };
  const v = at(validation, cube, l, k), lowest = at(validation, cube, best, k);
  const se = at(arm.get("se_validation"), cube, best, k);
  if (!Number.isFinite(v) || !Number.isFinite(lowest)) return { state: "unknown" };
  const allowance = se > 0 ? se : 0.02 * lowest; // one seed has no standard error; 2 % counts as equal
  const values = [];
  for (let i = 0; i < cube.L; i++) if (Number.isFinite(at(validation, cube, i, k))) values.push(at(validation, cube, i, k));
  const verdict = { best, v, lowest, se, gap: v - at(train, cube, l, k), end: k === cube.K - 1 ? arm.open : "" };
  if (Math.max(...values) - lowest <= allowance) return { ...verdict, state: "flat" };
  if (l === best) return { ...verdict, state: "best" };
  if (l === arm.get("one_se")?.[k]) return { ...verdict, state: "one_se" };
  if (v <= lowest + allowance) return { ...verdict, state: "equal" };
  const gapAtBest = lowest - at(train, cube, best, k);
  if (l < best) return { ...verdict, state: "low", memorises: at(train, cube, l, k) < at(train, cube, best, k) && verdict.gap > gapAtBest };
  return { ...verdict, state: "high", killed: arm.collapsed?.[l] && k === cube.K - 1, crushed: isCrushed(cube, arm, l, k), forgets: at(train, cube, l, k) > at(train, cube, best, k) };
}

// A model without hidden layers that learns hardly more from these points than where decay leaves a constant.
const cannotBend = (cube, arm, k) => cube.layers.length === 1 && isCrushed(cube, arm, cube.L - 1, k) &&
  at(arm.get("mean_train"), cube, 0, k) > 0.9 * at(arm.get("mean_train"), cube, cube.L - 1, k);
const CANNOT_BEND = "A linear model of these inputs says nearly the same everywhere, at every λ: it cannot bend. Add inputs, or take a network.";
const INERT = "No decay: λ has nothing to do here. Choose L2 or L1 above.";

// Crushed: less than a tenth of the norm without decay (or with the least decay on the path).
const isCrushed = (cube, arm, l, k) => at(arm.get("norm"), cube, l, k) < 0.1 * at(arm.get("norm"), cube, 0, k);

const percentAbove = (verdict, lowest = "the lowest") => {
  const share = 100 * (verdict.v / verdict.lowest - 1);
  return share >= 300 ? `${three(verdict.v / verdict.lowest)} times ${lowest}` : `${share < 9.95 ? share.toFixed(1) : share.toFixed(0)} % above ${lowest}`;
};

// What the page warns of below the picture, with what helps; both are the server's findings.
const isPastEdge = (arm, l) => Boolean(arm.edge) && arm.edge.products[l] >= arm.edge.limit;
export const isWarned = (cube, l) => cube.arms.some((arm) => isPastEdge(arm, l) || arm.collapsed?.[l]);

function describeVerdict(cube, arm, verdict, l, k) {
  const zero = cube.lambdas[l] === 0;
  if (isPastEdge(arm, l) && verdict.state !== "diverged") return `Past the stability edge: steps overshoot${verdict.lowest < verdict.v ? `; validation loss is ${percentAbove(verdict)}` : ""}.`;
  switch (verdict.state) {
    case "inert": return INERT;
    case "diverged": return `This run diverged: the steps were too large here${isPastEdge(arm, l) ? ", past the stability edge" : ""}.`;
    case "flat": return cannotBend(cube, arm, k) ? CANNOT_BEND : `At this epoch validation loss is the same for every λ, ${cube.seeds > 1 ? "up to the noise between seeds" : "within 2 %"}.`;
    case "best": return zero ? "No decay, and validation loss is lowest here: these data ask for none." : verdict.end ? `Validation loss is lowest here, where the path ${verdict.end === "high" ? "ends" : "begins"}: a ${verdict.end === "high" ? "larger" : "smaller"} λ may do better.` : "Validation loss is lowest here.";
    case "one_se": return l < verdict.best ? "Within one standard error of the lowest." : "The most decay that is still within one standard error of the lowest.";
    case "equal": return `As good as the lowest, as far as ${cube.seeds > 1 ? `${cube.seeds} seeds` : "one seed"} can tell.`;
    case "low": return `${zero ? "No decay" : "Too little decay"}: ${verdict.memorises ? "it fits the training points better than new ones; " : ""}validation loss is ${percentAbove(verdict)}.`;
    case "high": return `Too much decay: ${verdict.killed ? "λ killed the signal, the model says the same of every example" : verdict.crushed ? "the weights are crushed" : verdict.forgets ? "even the training points fit worse" : "more than these data can use"}; validation loss is ${percentAbove(verdict)}.`;
    default: return "";
  }
}

const SHORT = {
  inert: "the same for every λ", diverged: "diverged", flat: "no λ is better than another", best: "lowest here", one_se: "one-SE choice",
  equal: "within 1 SE of its lowest", unknown: "no value here",
};
function shortVerdict(verdict, zero, pastEdge) {
  if (pastEdge) return verdict.state === "diverged" ? "diverged, past the stability edge" : "past the stability edge";
  if (verdict.state === "low") return `${zero ? "no decay" : "too little"}, ${percentAbove(verdict, "its lowest")}`;
  if (verdict.state === "high") return `too much, ${verdict.killed ? "signal killed, " : verdict.crushed ? "crushed weights, " : ""}${percentAbove(verdict, "its lowest")}`;
  return SHORT[verdict.state];
}

// What to try first; which ends are worse is read off the first arm's curve at the last epoch.
function openingSentence(cube) {
  const arm = cube.arms[0];
  const k = cube.K - 1;
  if (cube.header.sentence) return cube.header.sentence;
  if (!arm || cube.L < 2) return "Drag the epoch to watch it learn.";
  if (arm.inert && cube.arms.length === 1) return INERT;
  if (cannotBend(cube, arm, k)) return CANNOT_BEND;
  const least = judge(cube, arm, 0, k), most = judge(cube, arm, cube.L - 1, k);
  const low = least.state === "low", high = most.state === "high";
  if (low && high && least.memorises && most.forgets) return "Drag λ: too little memorises the noise, too much forgets the pattern.";
  if (low && high) return "Drag λ: some decay helps here, too much hurts.";
  if (high) return "Drag λ: how much decay does this model bear?";
  if (low) return "Drag λ to the right: here decay helps.";
  return "Drag λ and see what changes, and what does not.";
}

export function sentence(view, name = (i) => armMark(view.cube, i)) {
  const { cube, state } = view;
  const stable = !cube.arms.some((arm) => isPastEdge(arm, state.l));
  if (!state.touched && stable && (cube.lambdas[state.l] === 0 || cube.L < 2)) return openingSentence(cube); // what to try, from λ = 0
  if (cube.steps[state.k] === 0) return "Nothing is learned yet. Press play, or drag the epoch to the right.";
  const verdicts = cube.arms.map((arm) => judge(cube, arm, state.l, state.k));
  if (verdicts.length > 1) return `Validation loss: ${verdicts.map((verdict, i) => `${name(i)} ${shortVerdict(verdict, cube.lambdas[state.l] === 0, isPastEdge(cube.arms[i], state.l))}`).join("; ")}.`;
  return describeVerdict(cube, cube.arms[0], verdicts[0], state.l, state.k);
}

// Arms may share a label (L2 coupled, L2 decoupled); then the detail tells them apart.
export function armName(cube, i) {
  const same = cube.arms.filter((arm) => arm.label === cube.arms[i].label).length > 1;
  return same && cube.arms[i].detail ? `${cube.arms[i].label} (${cube.arms[i].detail})` : cube.arms[i].label;
}

// In one line of text the glyph is detail enough.
const armMark = (cube, i) => (cube.arms.filter((arm) => arm.label === cube.arms[i].label).length > 1 ? `${cube.arms[i].label} ${cube.arms[i].glyph}` : cube.arms[i].label);

export function positionText(cube, l, k) {
  const last = epochOf(cube, cube.K - 1);
  return `λ = ${lambdaText(cube.lambdas[l])}, epoch ${epochText(epochOf(cube, k))} of ${epochText(last)}`;
}
