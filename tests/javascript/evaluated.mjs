// What the view's modules say about pictures and points: reads a JSON list of {picture, run: [λ, step], points}, writes
// one list of scores (points × outputs) for each.

import { readFileSync, writeSync } from "node:fs";

import { readCube } from "../../wd_core/ui/live/cube.js";
import { Model } from "../../wd_core/ui/live/evaluate.js";

const said = [];
for (const { picture, run, points } of JSON.parse(readFileSync(0, "utf8"))) {
  const cube = await readCube(new Uint8Array(readFileSync(picture)));
  const [arm] = cube.arms;
  const model = arm.bind(new Model(cube.header.program), ...run);
  said.push(points.map(([x, y]) => [...model.row([x], y, 1).subarray(0, model.outputs)]));
}
writeSync(1, JSON.stringify(said));
