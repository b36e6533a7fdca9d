// A board's message as panels whose arrays know where they are.

import { readMessage } from "../web/payload.js";

const NOTHING = { 1: 255, 2: 65535 };
const STILL = new Set(["points", "labels", "flipped"]);
const PENALTIES = ["l2", "l1", "elastic", "none", "decoupled", "cautious"];

// `panel.read(name, state)` → the values of that array at the hand's place, as a plain function of their index.
export async function readBoard(bytes) {
  const { header, arrays } = await readMessage(bytes);
  const axes = header.axes.map((axis) => ({ ...axis, n: axis.values.length }));
  const sizes = Object.fromEntries(axes.map((axis) => [axis.key, axis.n]));
  const panels = header.panels.map((panel, i) => readPanel(panel, i, header, arrays, sizes));
  const readouts = header.readouts.map((readout, i) => ({ ...readout, at: (state) => arrays[`r${i}`][place(readout.over, sizes, state)] }));
  const used = new Set(header.panels.flatMap((panel) => [panel.colour, ...(panel.rows || []).map((row) => row.colour), ...(panel.series || []).map((series) => series.colour)]));
  const keys = PENALTIES.filter((key) => used.has(key));
  return { header, axes, panels, readouts, arms: (keys.length ? keys : ["l2"]).map((key) => ({ key })), version: arrays };
}

function place(over, sizes, state) {
  return over.reduce((at, key) => at * sizes[key] + state[key], 0);
}

function readPanel(panel, i, header, arrays, sizes) {
  const lead = panel.over.length;
  const fields = {};
  for (const [name, { shape }] of Object.entries(header.arrays)) {
    if (!name.startsWith(`p${i}.`)) continue;
    const field = name.slice(`p${i}.`.length);
    const picture = panel.kind === "pictures" && field === "values" && shape.length === 3; // the same pictures everywhere
    const still = picture || shape.length < lead || !panel.over.every((key, d) => shape[d] === sizes[key]) || (lead > 0 && shape.length === 1 && field === "x") || STILL.has(field);
    const inner = (still ? shape : shape.slice(lead)).reduce((product, size) => product * size, 1);
    fields[field] = { data: arrays[name], still, inner };
  }
  const raw = (name, state) => {
    const { data, still, inner } = fields[name];
    const start = still ? 0 : place(panel.over, sizes, state) * inner;
    return data.subarray(start, start + inner);
  };
  return {
    ...panel, fields, raw,
    has: (name) => name in fields,
    place: (state) => place(panel.over, sizes, state),
    // The share of the way from one end of the range to the other, NaN where there is no value.
    shares: (name, state) => {
      const levels = raw(name, state);
      const nothing = NOTHING[levels.BYTES_PER_ELEMENT];
      return { n: levels.length, at: (j) => (levels[j] === nothing ? NaN : levels[j] / (nothing - 1)) };
    },
  };
}

// A share of a range as a value.
export function valueOf(share, [low, high], log = false) {
  return log ? low * (high / low) ** share : low + share * (high - low);
}
