// Names of rows keep clear of the marks on them.

import assert from "node:assert/strict";
import { test } from "node:test";

import { placeOfName } from "../../wd_core/ui/board/rows.js";

const box = { x: 40, w: 600 };
const placed = (marks) => placeOfName(box, 90, true, marks);

test("a name stands right of the notch of λ = 0, where most often nothing lies", () => {
  assert.deepEqual(placed([]), [52, "left"]);
  assert.deepEqual(placed([40, 300, 640]), [52, "left"]); // a dot at λ = 0 is left of it
});

test("a row with marks there has its name at the right end, unless there are marks too", () => {
  assert.deepEqual(placed([40, 70]), [640, "right"]);
  assert.deepEqual(placed([70, 640]), [52, "left"]);
});

test("without λ = 0 a name begins where the plot begins", () => {
  assert.deepEqual(placeOfName(box, 90, false, []), [42, "left"]);
});
