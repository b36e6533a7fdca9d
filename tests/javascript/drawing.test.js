// Drawn points: their text, and what a hand does to them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { added, counted, erased, missing, moved, nearest, readPoints, relabelled, snap, Steps, writePoints } from "../../wd_core/ui/live/drawing.js";

const REACH = 2.5, NAMES = ["circle", "square"];
const points = [[0, 0, 0], [-2.5, -2.5, 1], [2.5, 2.5, 1], [0.005, -1.205, 0]].map(([x, y, label]) => ({ x, y, label }));
const labels = (list) => list.map(({ label }) => label);

test("the text is the one that the server reads and writes", () => {
  assert.equal(writePoints(points, REACH), "H0PoAAABPofRH1IG"); // as in tests/test_points.py
  assert.deepEqual(readPoints("H0PoAAABPofRH1IG", REACH), points);
  const every = Array.from({ length: 1001 }, (_, i) => ({ x: snap(i / 200 - REACH, REACH), y: snap(REACH - i / 200, REACH), label: i % 2 }));
  assert.deepEqual(readPoints(writePoints(every, REACH), REACH), every);
});

test("a point beyond the plane is at its edge", () => {
  assert.deepEqual([9, -9, 0.0031].map((value) => snap(value, REACH)), [2.5, -2.5, 0.005]);
});

// The rank in its class decides a point's part.
const ranks = (list) => new Map(list.map((point, i) => [point.id, list.slice(0, i).filter(({ label }) => label === point.label).length]));
const ten = Array.from({ length: 10 }, (_, id) => ({ id, x: id, y: 0, label: id % 2 }));

test("an erased point's rank goes to the last of its class, and all others keep theirs", () => {
  for (let i = 0; i < 10; i++) {
    const left = erased(ten, i), before = ranks(ten), after = ranks(left);
    assert.equal(left.length, 9);
    assert.ok(!after.has(i));
    const changed = [...after].filter(([id, rank]) => before.get(id) !== rank);
    assert.ok(changed.length <= 1);
    assert.ok(changed.every(([id, rank]) => id === 8 + (i % 2) && rank === before.get(i)));
  }
});

test("a relabelled point is the last of its new class; one more and a drag change nobody's rank", () => {
  const other = relabelled(ten, 3);
  assert.deepEqual([other.at(-1).id, other.at(-1).label, other.length], [3, 0, 10]);
  assert.equal([...ranks(other)].filter(([id, rank]) => id !== 3 && ranks(ten).get(id) !== rank).length, 1);
  const more = added(ten, { id: 10, label: 0 }), drag = moved(ten, 4, 7, 7);
  for (const list of [more, drag]) for (const [id, rank] of ranks(ten)) assert.equal(ranks(list).get(id), rank);
  assert.deepEqual([drag[4].x, drag[4].y, drag[4].id, ten[4].x], [7, 7, 4, 4]);
});

test("the nearest point is found, and none where there is none", () => {
  assert.equal(nearest(points, 2, 2).best, 2);
  assert.equal(nearest([], 0, 0).best, -1);
});

test("what is missing is said, and nothing where enough is there", () => {
  assert.equal(missing(ten.slice(0, 7), NAMES), "Draw 1 more square: it takes four of each. Until then, the fields before stand.");
  assert.equal(missing([], NAMES), "Draw 4 more circles and 4 more squares: it takes four of each. Until then, the fields before stand.");
  assert.equal(missing(ten, NAMES), "");
  assert.equal(counted(ten.slice(0, 3), NAMES), "2 circles, 1 square");
  assert.deepEqual(labels(points), [0, 1, 1, 0]);
});

test("undo goes back step by step, redo forward, and something new forgets what was undone", () => {
  const steps = new Steps("a");
  for (const text of ["b", "b", "c"]) steps.push(text);
  assert.deepEqual([steps.go(-1), steps.go(-1), steps.go(-1), steps.can(-1)], ["b", "a", "a", false]);
  assert.deepEqual([steps.go(1), steps.can(1)], ["b", true]);
  steps.push("d");
  assert.deepEqual([steps.now, steps.can(1), steps.go(-1)], ["d", false, "b"]);
});
