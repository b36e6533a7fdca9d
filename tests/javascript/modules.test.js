// Pure functions of the views' modules.

import assert from "node:assert/strict";
import { test } from "node:test";

import { inputLines } from "../../wd_core/ui/live/coefficients.js";
import { lossLimits } from "../../wd_core/ui/live/cube.js";
import { lambdaText, scoreText, sizeText, three, tickText } from "../../wd_core/ui/web/numbers.js";
import { rowsOf, screensOf } from "../../wd_core/ui/board/presenter.js";
import { logTicks, nearestLambda, niceTicks, notchOf, planeScale } from "../../wd_core/ui/web/axis.js";
import { readHeader } from "../../wd_core/ui/web/payload.js";

test("numbers have three digits and a true minus sign", () => {
  assert.deepEqual([0.03162, 1234.5, -2, 0.00012, 12345, NaN, 0].map(three), ["0.0316", "1235", "−2.00", "1.20 × 10⁻⁴", "1.23 × 10⁴", "–", "0"]);
  assert.deepEqual([0, 0.0031622776, 0.1, 32].map(lambdaText), ["0", "3.2 × 10⁻³", "0.10", "32"]);
  assert.deepEqual([99.9, 100, 1234, 20000].map(lambdaText), ["100", "100", "1234", "2.0 × 10⁴"]);
  assert.equal(tickText(-0.00002), "−2·10⁻⁵");
  assert.deepEqual([1e-4, 1e-6, 1e5].map(tickText), ["10⁻⁴", "10⁻⁶", "10⁵"]);
});

test("what is only rounding is not spelt out", () => {
  const said = (name) => (value) => scoreText({ header: { score_name: name } }, value);
  assert.deepEqual([1.11e-16, -2e-5, 0.87256, -0.0123, 1, -45.6, NaN].map(said("R²")), ["0", "0", "0.873", "−0.012", "1.000", "−45.6", "–"]);
  assert.deepEqual([1, 0.76666].map(said("accuracy")), ["100.0 %", "76.7 %"]);
  assert.deepEqual([0, 1.2e-13, 2e-6, 33.1, NaN].map(sizeText), ["0", "< 10⁻⁶", "2.00 × 10⁻⁶", "33.1", "–"]);
});

test("the axis of the losses holds the bands, and tells of the test set only when it is shown", () => {
  const arrays = { mean_train: [0.1, 0.2, 0.7], mean_validation: [1, 0.5, 0.7], se_validation: [0.3, 0.1, 0], mean_test: [1.9, 0.5, 0.7] };
  const cube = { L: 3, K: 1, lambdas: [0, 0.1, 1], arms: [{ get: (name) => arrays[name] || null }] };
  const covered = lossLimits(cube, ["train", "validation"]).high, revealed = lossLimits(cube, ["train", "validation", "test"]).high;
  assert.ok(covered > 1.3 && covered < 1.5 && revealed > 1.9);
});

test("weights lie in lines beside their inputs' names, what matters named first", () => {
  const ctx = { measureText: (string) => ({ width: 7 * string.length }) };
  const viewOf = (outputs) => ({ layout: { small: 12 }, theme: { font: "" }, cube: { layers: [{ inputs: 20, outputs }], header: { inputs: Array(20).fill("x₁²"), relevant: [3] } } });
  const roomy = inputLines(viewOf(1), { ctx, width: 300, height: 260 }), tight = inputLines(viewOf(1), { ctx, width: 300, height: 150 });
  assert.equal(roomy.named.length, 20);
  assert.deepEqual(tight.named, [3, 0, 5, 7, 9, 11, 13, 15, 17, 19]);
  assert.ok(roomy.box(0, 0, 1)[0] === roomy.zero && roomy.box(0, 0, -1)[0] < roomy.zero); // up is to the right
  const columns = inputLines(viewOf(3), { ctx, width: 300, height: 260 });
  for (const [lines, i, o, w] of [[roomy, 0, 0, 1], [roomy, 7, 0, -1], [tight, 19, 0, 0.5], [columns, 4, 0, 1], [columns, 19, 2, -0.2]]) {
    const [x, y, width, height] = lines.box(i, o, w);
    assert.ok(x >= 0 && y >= 0 && x + width <= 300 && y + height <= 260);
    assert.deepEqual(lines.hit(x + width / 2, y + height / 2), [i, o]);
  }
});

test("ticks are round numbers inside the range", () => {
  assert.deepEqual(niceTicks(-1.1, 1.2, 5), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(logTicks(0.02, 30), [0.1, 1, 10]);
  assert.deepEqual(niceTicks(2, 2, 4), [2]);
});

test("λ stands on notches, and the nearest is one in log λ", () => {
  const cube = { lambdas: [0, 0.01, 0.1, 1], L: 4 };
  assert.ok(Math.abs(notchOf(cube, Math.sqrt(0.001)) - 1.5) < 1e-9);
  assert.equal(notchOf(cube, 0), 0);
  assert.deepEqual([0, 0.02, 0.5, 9].map((value) => nearestLambda(cube, value)), [0, 1, 3, 3]);
});

test("a scale maps the ends of the range to the ends of the axis", () => {
  const scale = planeScale([-2, 6], 100, 20);
  assert.deepEqual([-2, 2, 6].map(scale), [100, 60, 20]);
});

test("what is no picture is refused", () => {
  assert.throws(() => readHeader(new Uint8Array(20)), /WDL1/);
});

test("a presenter's screens have the first row and those that fit below it", () => {
  assert.deepEqual(rowsOf([1, 0.5, 0.5, 1 / 3, 1 / 3, 1 / 3, 0.5], (share) => share).map((row) => row.length), [1, 2, 3, 1]);
  assert.deepEqual(screensOf([200, 100, 100, 100], 460), { screens: [[0, 1, 2], [0, 3]], scale: 1 });
  assert.deepEqual(screensOf([200], 212), { screens: [[0]], scale: 1 });
  assert.deepEqual(screensOf([200, 200], 220, 0), { screens: [[0], [1]], scale: 1 });
  const { screens, scale } = screensOf([200, 200, 90], 360);
  assert.ok(scale < 1 && scale * (212 + 212) <= 361);
  assert.deepEqual(screens, [[0, 1], [0, 2]]);
  const titled = screensOf([200, 200], 360, 1, [30, 50]); // the titles keep their height
  assert.ok(titled.scale < 1 && Math.abs(30 + 50 + titled.scale * 400 + 24 - 360) < 1e-9);
  assert.equal(screensOf([200, 200], 100, 1, [30, 50]).scale, 0.4);
  const beside = screensOf([[200], [0, 200]], 400, 1, [[20], [150, 20]]); // words that keep their height, beside a picture
  assert.ok(Math.abs(20 + 20 + beside.scale * 400 + 24 - 400) < 1e-9);
});
