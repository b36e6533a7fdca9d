// The sentence above the view says what is true at the λ that is shown.

import assert from "node:assert/strict";
import { test } from "node:test";

import { stopWords } from "../../wd_core/ui/live/describe.js";
import { isWarned, sentence } from "../../wd_core/ui/live/words.js";

const LAMBDAS = [0, 0.01, 0.1, 1];

// A cube of two recorded steps; the curves are those of the last.
function cubeOf({ train = [0.1, 0.2, 0.3, 0.7], validation = [0.9, 0.5, 0.3, 0.7], norm = [9, 5, 3, 0.01], inert = false, layers = 2, own = "", open = "", edge = null, collapsed = [false, false, false, false] } = {}) {
  const curve = (values) => values.flatMap((value) => [0.7, value]);
  const arrays = {
    mean_train: curve(train), mean_validation: curve(validation), se_validation: curve(validation.map(() => 0.02)),
    train_loss: curve(train), norm: curve(norm), diverged: [0, 0, 0, 0],
    best: inert ? [-1, -1] : [0, validation.indexOf(Math.min(...validation))], one_se: [-1, -1],
  };
  const arm = { label: inert ? "no decay" : "L2", glyph: "●", inert, open, edge, collapsed, get: (name) => arrays[name] || null };
  return { arms: [arm], L: 4, K: 2, lambdas: LAMBDAS, steps: [0, 10], seeds: 5, layers: Array(layers).fill({}), header: { sentence: own } };
}
const said = (cube, l, touched = false) => sentence({ cube, state: { l, k: 1, touched } });

test("untouched at λ = 0 the data set's own sentence stands, or what the curve invites to", () => {
  assert.equal(said(cubeOf({ own: "Find the moons." }), 0), "Find the moons.");
  assert.match(said(cubeOf(), 0), /^Drag λ: too little memorises/);
});

test("a link that shows another λ is told about that λ, touched or not", () => {
  const cube = cubeOf({ own: "Find the moons." });
  for (const touched of [false, true]) {
    assert.match(said(cube, 1, touched), /^Too little decay: it fits the training points better than new ones; .*67 % above/);
    assert.equal(said(cube, 2, touched), "Validation loss is lowest here.");
    assert.match(said(cube, 3, touched), /^Too much decay: the weights are crushed/);
  }
  assert.match(said(cube, 0, true), /^No decay: it fits/);
});

test("a path that ends at its lowest says that it ends there", () => {
  assert.match(said(cubeOf({ validation: [0.9, 0.7, 0.5, 0.3], open: "high" }), 3), /where the path ends: a larger λ may do better/);
  assert.match(said(cubeOf({ validation: [0.9, 0.3, 0.5, 0.7], open: "low" }), 1), /where the path begins: a smaller λ may do better/);
  assert.equal(said(cubeOf({ validation: [0.3, 0.4, 0.5, 0.7] }), 0, true), "No decay, and validation loss is lowest here: these data ask for none.");
});

test("what the page warns of is said at once, at the λ that it is true of", () => {
  const cube = cubeOf({ own: "Find the moons.", edge: { limit: 2, products: [0, 0.1, 1, 10] }, collapsed: [false, false, true, true] });
  assert.deepEqual([0, 1, 2, 3].map((l) => isWarned(cube, l)), [false, false, true, true]);
  assert.equal(said(cube, 2), "Validation loss is lowest here.");
  assert.match(said(cube, 3), /^Past the stability edge: steps overshoot; validation loss is 133 % above the lowest\.$/);
  const always = cubeOf({ own: "Find the moons.", edge: { limit: 2, products: [3, 3, 3, 3] } });
  assert.match(said(always, 0), /^Past the stability edge/); // no invitation where the first picture is already wrong
  assert.match(said(cubeOf({ collapsed: [false, false, false, true] }), 3), /λ killed the signal/);
  const two = cubeOf({ edge: { limit: 2, products: [0, 0, 0, 3] }, collapsed: [false, false, false, true] });
  two.arms = [two.arms[0], { ...two.arms[0], label: "L1", edge: null }];
  assert.match(said(two, 3, true), /^Validation loss: L2 past the stability edge; L1 too much, signal killed, 133 % above its lowest\.$/);
});

test("without a penalty λ has nothing to do, at whichever λ", () => {
  const same = [0.4, 0.4, 0.4, 0.4];
  for (const l of [0, 2]) assert.match(said(cubeOf({ inert: true, train: same, validation: same, norm: same }), l), /^No decay: λ has nothing to do here/);
});

test("a linear model that cannot bend says so, a network that learns nothing does not", () => {
  const flat = { train: [0.66, 0.67, 0.68, 0.69], validation: [0.7, 0.7, 0.695, 0.693], norm: [0.4, 0.3, 0.1, 0.001] };
  for (const l of [0, 3]) assert.match(said(cubeOf({ ...flat, layers: 1 }), l), /cannot bend/);
  for (const l of [0, 3]) assert.doesNotMatch(said(cubeOf(flat), l), /cannot bend/);
  assert.doesNotMatch(said(cubeOf({ layers: 1 }), 0), /cannot bend/);
});

test("early stopping is said in epochs, and only where it would stop", () => {
  const cube = { K: 3, steps: [0, 20, 40], header: { steps_per_epoch: 4 } };
  const arm = { get: (name) => (name === "stopped" ? [1, 2, 0] : null) };
  assert.equal(stopWords(cube, arm, 0), "; early stopping would keep epoch 5");
  assert.equal(stopWords(cube, arm, 1), ""); // the last record: nothing is stopped early
  assert.equal(stopWords(cube, arm, 2), "; early stopping would keep epoch 0");
  assert.equal(stopWords(cube, { get: () => null }, 0), "");
});
