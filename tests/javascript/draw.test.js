// What is drawn while the server works: pictures come late, and some from elsewhere.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Drawing } from "../../wd_core/ui/live/draw.js";

const FEW = "AABEAABF".repeat(4), OTHER = "H0P9H0Po".repeat(5);

function begun() {
  const asked = [];
  const cubeOf = (points) => ({ header: { classes: ["circle", "square"], drawn: { points, reach: 2.5 } }, marks: [] });
  const view = { root: { addEventListener: () => {} }, abort: { signal: null }, panels: [], repaint: () => {}, onDraw: (text) => asked.push(text) };
  const drawing = new Drawing(view);
  const arrives = (points) => drawing.adopt((view.cube = cubeOf(points)));
  const draws = (x, y) => { drawing.add(x, y, 0); clearTimeout(drawing.timer); drawing.send(); return drawing.text(); };
  arrives(FEW);
  return { drawing, asked, arrives, draws };
}

test("what is drawn is asked for once, and its picture ends the wait", () => {
  const { drawing, asked, arrives, draws } = begun();
  const text = draws(1, 1);
  assert.deepEqual([asked, drawing.waits], [[text], true]);
  drawing.send();
  assert.equal(asked.length, 1);
  arrives(text);
  assert.deepEqual([drawing.waits, drawing.text()], [false, text]);
});

test("a picture of an earlier drawing leaves the later one alone", () => {
  const { drawing, asked, arrives, draws } = begun();
  const first = draws(1, 1), second = draws(2, 2);
  arrives(first);
  assert.deepEqual([drawing.text(), drawing.waits, asked], [second, true, [first, second]]);
  arrives(second);
  assert.deepEqual([drawing.text(), drawing.waits], [second, false]);
});

test("what is undone before its picture comes stays undone", () => {
  const { drawing, asked, arrives, draws } = begun();
  const first = draws(1, 1);
  drawing.go(-1);
  clearTimeout(drawing.timer);
  drawing.send();
  assert.deepEqual(asked, [first, FEW]);
  arrives(first);
  assert.equal(drawing.text(), FEW);
  arrives(FEW);
  assert.deepEqual([drawing.text(), drawing.waits], [FEW, false]);
});

test("points from elsewhere, a file or Back, are one more step that can be undone", () => {
  const { drawing, arrives } = begun();
  drawing.change([]); // too few: nothing is asked for
  assert.deepEqual([drawing.timer, drawing.lacks.startsWith("Draw 4 more circles")], [undefined, true]);
  arrives(FEW); // another λ range: the drawing stands
  assert.equal(drawing.text(), "");
  arrives(OTHER);
  assert.deepEqual([drawing.text(), drawing.lacks], [OTHER, ""]);
  drawing.go(-1);
  clearTimeout(drawing.timer);
  assert.equal(drawing.text(), "");
});

test("a carried point is sent when it is put down, and put back it was never moved", () => {
  const { drawing, asked } = begun();
  drawing.pickUp(0);
  drawing.lead(0.1, 0);
  assert.deepEqual([drawing.timer, drawing.text() === FEW], [undefined, false]);
  drawing.putBack();
  clearTimeout(drawing.timer);
  drawing.send();
  assert.deepEqual([asked, drawing.text()], [[], FEW]);
});
