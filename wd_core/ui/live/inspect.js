// What a panel's things are and what is said of each: the words of hovering, for eyes and ears.

import { three } from "../web/numbers.js";
import { BINS } from "./cube.js";
import { sigmoid } from "./evaluate.js";
import { barPlace, describeBar, hitHistogram } from "./histogram.js";
import { hitNetwork, networkKind, placeInNetwork } from "./network.js";

const signed = (w) => (w > 0 ? `+${three(w)}` : three(w));

// -- the boundary: its points

export function pointsOf(view, panel) {
  const isSeen = (mark) => view.state.reveal || view.drawing || mark.split !== "test";
  const shown = () => view.marks.map((mark, i) => i).filter((i) => isSeen(view.marks[i]));
  const part = panel.boundary;
  return {
    count: () => shown().length,
    item: (index) => shown()[index],
    index: (item) => shown().indexOf(item),
    hit(x, y) {
      if (view.drawing?.held) return null;
      let best = null, nearest = part.radius + 5;
      for (const i of shown()) {
        const away = Math.hypot(part.toX(view.marks[i].x) - x, part.toY(view.marks[i].y) - y);
        if (away < nearest) [best, nearest] = [i, away];
      }
      return best;
    },
    place: (i) => ({ x: part.toX(view.marks[i].x), y: part.toY(view.marks[i].y) }),
    say: (i) => describePoint(view, panel.arm, i),
  };
}

function describePoint(view, arm, i) {
  const { cube, state: { l, k } } = view;
  const mark = view.marks[i], { classes = [], plane } = cube.header;
  const covered = mark.split === "test" && !view.state.reveal;
  const wrong = mark.i < 0 || covered ? undefined : arm.get("wrong")?.[(l * cube.K + k) * cube.marks.length + mark.i];
  const where = `${plane.x.label} ${three(mark.x)}, ${plane.y.label} ${three(mark.y)}`;
  if (cube.regression) {
    const target = `${cube.header.outputs[0]} ${three(mark.label)}${mark.flipped ? ", swapped with another point's" : ""}`;
    return [`${mark.split} point: ${target}`, predictedAt(view, arm, mark), cube.task === "regression2d" ? where : ""].filter(Boolean).join("\n");
  }
  const label = `label ${classes[mark.label]}${mark.flipped ? (classes.length === 2 ? `, flipped from ${classes[1 - mark.label]}` : ", a wrong one") : ""}`;
  const verdict = wrong === undefined ? "" : wrong ? "misclassified" : "classified as labelled";
  return [`${mark.split} point: ${label}`, [predictedAt(view, arm, mark), verdict].filter(Boolean).join(": "), where].filter(Boolean).join("\n");
}

// The prediction, where the plane holds all that the model sees of a point.
function predictedAt(view, arm, mark) {
  const { cube, units, state: { l, k } } = view;
  if (!units || cube.header.plane.note) return "";
  const scores = units.at(arm, l, k, mark.x, cube.task === "regression1d" ? 0 : mark.y);
  if (cube.regression) return `predicted ${three(scores[0])}`;
  const { classes } = cube.header;
  const p = scores.length === 1 ? [1 - sigmoid(scores[0]), sigmoid(scores[0])] : softmax(scores);
  const best = p.indexOf(Math.max(...p));
  return `predicted ${classes[best]}, ${(100 * p[best]).toFixed(0)} %`;
}

function softmax(scores) {
  const most = Math.max(...scores), powers = [...scores].map((z) => Math.exp(z - most));
  const total = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / total);
}

// -- the network: units, then weights

export function networkOf(view, panel) {
  const { cube } = view;
  const { layers } = cube;
  const part = panel.network, kind = networkKind(cube);
  const counts = layers.length ? [layers[0].inputs, ...layers.map((layer) => layer.outputs)] : [];
  const columns = kind === "links" ? counts : kind === "pictures" ? [0, layers[0].outputs] : [];
  const units = columns.flatMap((count, c) => Array.from({ length: count }, (_, i) => [c, i]));
  const sizes = layers.map((layer) => layer.inputs * layer.outputs);
  const weights = sizes.reduce((a, b) => a + b, 0);
  const weightAt = (index) => {
    let depth = 0, n = index;
    while (n >= sizes[depth]) n -= sizes[depth++];
    return [depth, Math.floor(n / layers[depth].inputs), n % layers[depth].inputs];
  };
  return {
    count: () => units.length + weights,
    item: (index) => (index < units.length ? { unit: units[index] } : { weight: weightAt(index - units.length) }),
    index({ unit, weight }) {
      if (unit) return units.findIndex(([c, i]) => c === unit[0] && i === unit[1]);
      const [depth, o, i] = weight;
      return units.length + sizes.slice(0, depth).reduce((a, b) => a + b, 0) + o * layers[depth].inputs + i;
    },
    hit: (x, y) => hitNetwork(view, part, x, y),
    place: (item) => placeInNetwork(part, item),
    say: (item) => (item.unit ? describeUnit(view, panel.arm, item.unit) : describeWeight(view, panel.arm, item.weight)),
  };
}

export function unitName(cube, [c, i]) {
  const { header, layers } = cube;
  if (c === 0) return header.inputs?.[i] ?? `input ${i + 1}`;
  if (c === layers.length) return `output ${header.outputs?.[i] ?? i + 1}`;
  return `${layers[c - 1].name}, unit ${i + 1}`;
}

function weightOf(view, arm, [depth, o, i]) {
  const { cube, state: { l, k } } = view, layer = cube.layers[depth];
  return arm.get("weights")[arm.run(l, k) * cube.parameters + layer.at + o * (layer.inputs + layer.bias) + i];
}

const valueOf = (w) => (w === 0 ? "exactly 0, the link is gone" : `w = ${signed(w)}`);

function describeWeight(view, arm, weight) {
  const [depth, o, i] = weight;
  return `${unitName(view.cube, [depth, i])} → ${unitName(view.cube, [depth + 1, o])}\n${valueOf(weightOf(view, arm, weight))}`;
}

const MOST = 4;
function describeUnit(view, arm, unit) {
  const { cube } = view;
  const [c, n] = unit;
  const list = (links) => {
    const alive = links.filter(([, w]) => w !== 0).sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]));
    const named = alive.slice(0, MOST).map(([name, w]) => `${name} ${signed(w)}`).join(", ");
    return alive.length ? `${named}${alive.length > MOST ? ", …" : ""} (${alive.length} of ${links.length} not zero)` : "all exactly 0";
  };
  const lines = [unitName(cube, unit)];
  if (cube.header.image?.length && c === 1) return `${lines[0]}: what it looks for, pixel by pixel`;
  if (c > 0) {
    const layer = cube.layers[c - 1];
    lines.push(`in: ${list(Array.from({ length: layer.inputs }, (_, i) => [shortName(cube, c - 1, i), weightOf(view, arm, [c - 1, n, i])]))}`);
    if (layer.bias) lines.push(`bias ${signed(weightOf(view, arm, [c - 1, n, layer.inputs]))}`);
  }
  if (c < cube.layers.length) lines.push(`out: ${list(Array.from({ length: cube.layers[c].outputs }, (_, o) => [shortName(cube, c + 1, o), weightOf(view, arm, [c, o, n])]))}`);
  return lines.join("\n");
}

const shortName = (cube, c, i) => (c === 0 || c === cube.layers.length ? unitName(cube, [c, i]) : `unit ${i + 1}`);

// -- the histogram: its bars

export function barsOf(view, panel) {
  const part = panel.histogram;
  return {
    count: () => BINS + 1,
    item: (index) => index,
    index: (item) => item,
    hit: (x, y) => hitHistogram(view, part, x, y),
    place: (item) => ({ x: barPlace(part, item).x + barPlace(part, item).w / 2, y: part.box.y + part.box.h * 0.6 }),
    say: (item) => describeBar(view, part, panel.arm, item),
  };
}
