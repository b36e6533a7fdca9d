// Words of geometry.

import { lambdaText } from "../web/numbers.js";
import { isZero, NAMES, signed, zeroSince } from "./cube.js";

// "w₂ = 0 exactly", or "" if no weight of this arm is exactly zero.
export function zeroWords(arm, l) {
  const zeros = [0, 1].filter((i) => isZero(arm, l, i));
  return zeros.length === 2 ? "both exactly 0" : zeros.length ? `${NAMES[zeros[0]]} = 0 exactly` : "";
}

export const pairText = (arm, l) => [0, 1].map((i) => `${NAMES[i]} ${isZero(arm, l, i) ? "0 exactly" : signed(arm.w[2 * l + i])}`).join("   ");

const armOf = (cube, key) => cube.arms.find((arm) => arm.key === key);
const JUST = 1.12; // within this factor of λ a zero is news

export function sentence(view) {
  const { cube, state: { l, touched } } = view;
  const l1 = armOf(cube, "l1"), l2 = armOf(cube, "l2");
  const lambda = cube.lambdas[l];
  const next = l1.events.find((event) => event.zero && event.lam > lambda);
  const the = cube.bayes ? { l1: "The MAP under the Laplace prior", l2: "the Gaussian", L1: "Laplace", L2: "Gaussian" } : { l1: "L1", l2: "L2", L1: "L1", L2: "L2" };
  const zeros = [0, 1].filter((i) => isZero(l1, l, i));
  if (!touched && next && lambda > 0 && !zeros.length) {
    return cube.bayes
      ? `Drag λ: both priors narrow. Watch the Laplace prior's MAP reach a corner, at λ = ${lambdaText(next.lam)}, and stay on the axis; the Gaussian's never does.`
      : `Drag λ to the right until L1's contour meets the diamond at a corner, at λ = ${lambdaText(next.lam)}. What does L2 do meanwhile?`;
  }
  if (lambda === 0) return cube.bayes ? "λ = 0: a flat prior; the most probable weights are the most likely ones." : "λ = 0: no penalty, both weights are where the data want them. Drag λ to the right.";
  if (zeros.length === 2) return bothZero(the, l1, l2, l, lambda);
  if (zeros.length === 1) return oneZero(cube, the, l1, l2, l, lambda, zeros[0]);
  const back = l1.events.filter((event) => !event.zero && event.lam <= lambda).pop();
  if (back) return `${the.L1}: ${NAMES[back.weight]} left zero again at λ = ${lambdaText(back.lam)}: it now does its correlated neighbour's work. ${the.L2}: ${pairText(l2, l)}.`;
  return `${the.L1} pulls both weights toward 0 with the same force λ, ${the.L2} the larger one harder. ${next ? `${the.L1} brings ${NAMES[next.weight]} to exactly 0 at λ = ${lambdaText(next.lam)}.` : ""}`;
}

export function other(l2, l, i) {
  const value = l2.w[2 * l + i];
  if (value === 0) return "0 too, for the data want it there";
  const start = l2.w[i];
  return start * value < 0 ? `${signed(value)}: past 0 without stopping` : `${signed(value)}`;
}

function oneZero(cube, the, l1, l2, l, lambda, i) {
  const since = zeroSince(l1, lambda, i);
  const name = NAMES[i];
  if (since?.zero && lambda <= since.lam * JUST) {
    const value = l2.w[2 * l + i];
    const verb = value !== 0 && l2.w[i] * value > 0 ? `has only shrunk it to ${signed(value)}` : `has it at ${other(l2, l, i)}`;
    return `${the.l1}: ${name} has just become exactly 0 at λ = ${lambdaText(since.lam)}; ${the.l2} ${verb}.`;
  }
  if (cube.bayes) return `Laplace: the prior has a ridge at ${name} = 0 and holds it at exactly 0. The Gaussian is smooth there: ${name} = ${other(l2, l, i)}.`;
  return `L1: ${name} stays at exactly 0; the data pull sideways, but within the fan that the corner holds. L2 has no corner: ${name} = ${other(l2, l, i)}.`;
}

function bothZero(the, l1, l2, l, lambda) {
  const since = Math.max(...[0, 1].map((i) => zeroSince(l1, lambda, i)?.lam ?? 0));
  return `${the.L1}: both weights are exactly 0 from λ = ${lambdaText(since)} on: no pull of these data exceeds λ. ${the.L2} only comes nearer: ${signed(l2.w[2 * l])} and ${signed(l2.w[2 * l + 1])}.`;
}

export function describePlane(cube, arm, l) {
  const ball = { l1: "a diamond", l2: "a circle", elastic: "a rounded diamond" }[arm.key];
  const meets = cube.lambdas[l] === 0 ? "no penalty" : zeroWords(arm, l) ? `the contour meets ${ball} at a corner` : `the contour touches ${ball} on its side`;
  return `${arm.label}, plane of two weights at λ = ${lambdaText(cube.lambdas[l])}: ${pairText(arm, l)}; ${meets}. The data's optimum is ${cube.optimum.map(signed).join(", ")}.`;
}
