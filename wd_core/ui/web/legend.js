// A legend's items: classes, and the marks of points.

import { classIcon, element, svg } from "./dom.js";

const SHOWN = 10; // classes, as many as there are colours
export const classItems = (classes = []) => [
  ...classes.slice(0, SHOWN).map((label, c) => element("span", "wdl-class", {}, classIcon(c), element("span", "", {}, label))),
  ...(classes.length > SHOWN ? [element("span", "wdl-class", {}, `… ${classes.at(-1)}, colours again from the first`)] : []),
];

const DISC = "M28 7A4 4 0 1 1 36 7A4 4 0 1 1 28 7Z";
const MARKS = {
  train: [{ d: DISC, class: "wdl-mark wdl-mark-train" }],
  validation: [{ d: "M28.5 7A3.5 3.5 0 1 1 35.5 7A3.5 3.5 0 1 1 28.5 7Z", class: "wdl-mark" }],
  test: [{ d: "M29 4L35 10M29 10L35 4", class: "wdl-mark" }],
  wrong: [{ d: DISC, class: "wdl-mark wdl-mark-train wdl-mark-pale" }, { d: "M25.6 7A6.4 6.4 0 1 1 38.4 7A6.4 6.4 0 1 1 25.6 7Z", class: "wdl-mark wdl-mark-ring" }],
  flipped: [{ d: DISC, class: "wdl-mark wdl-mark-train" }, { d: "M26 11.5L38 2.5", class: "wdl-mark wdl-mark-slash" }],
};

export function legendItem(name, label) {
  const marks = MARKS[name] || [];
  const line = ["wrong", "flipped"].includes(name) ? [] : [{ d: "M1 7H23", class: `wdl-line wdl-line-${name}` }];
  const from = line.length ? 0 : 24, width = (marks.length ? 40 : 24) - from;
  return element("span", "wdl-legend-item", {}, svg(`${from} 0 ${width} 14`, [...line, ...marks], { width, height: 14 }), label);
}
