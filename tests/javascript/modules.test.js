// Pure functions of the views' modules.

import assert from "node:assert/strict";
import { test } from "node:test";

import { lambdaText, three, tickText } from "../../wd_core/ui/web/numbers.js";
import { logTicks, nearestLambda, niceTicks, notchOf, planeScale } from "../../wd_core/ui/web/axis.js";
import { readHeader } from "../../wd_core/ui/web/payload.js";

test("numbers have three digits and a true minus sign", () => {
  assert.deepEqual([0.03162, 1234.5, -2, 0.00012, 12345, NaN, 0].map(three), ["0.0316", "1235", "−2.00", "1.20 × 10⁻⁴", "1.23 × 10⁴", "–", "0"]);
  assert.deepEqual([0, 0.0031622776, 0.1, 32].map(lambdaText), ["0", "3.2 × 10⁻³", "0.10", "32"]);
  assert.equal(tickText(-0.00002), "−2·10⁻⁵");
  assert.deepEqual([1e-4, 1e-6, 1e5].map(tickText), ["10⁻⁴", "10⁻⁶", "10⁵"]);
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
