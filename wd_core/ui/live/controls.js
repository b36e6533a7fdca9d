// Buttons, and the legend of all that is drawn.

import { element, setAttribute, setText, svg } from "../web/dom.js";
import { classItems, legendItem } from "../web/legend.js";
import { lambdaText } from "../web/numbers.js";
import { epochOf, epochText } from "./curves.js";

const ICONS = {
  start: "M5 5V19M19 5L8 12L19 19Z", back: "M16 5L7 12L16 19Z", play: "M8 4.5L19 12L8 19.5Z", pause: "M8 5V19M16 5V19", forward: "M8 5L17 12L8 19Z",
};
const icon = (name) => svg("0 0 24 24", [{ d: ICONS[name] }], { class: `wdl-icon wdl-icon-${name}` });

function button(view, name, label, action, ...children) {
  const node = element("button", "wdl-button", { type: "button", "data-testid": name, ...(label && { "aria-label": label, title: label }) }, ...children);
  node.addEventListener("click", action);
  view.parts[name] = node;
  return node;
}

// Above the loss plot: play, and where one is.
export function buildPlayer(view) {
  const { hand, player: play, state, parts } = view;
  const player = element("div", "wdl-player", { role: "group", "aria-label": "Play through the epochs" },
    button(view, "start", "Back to the start", () => hand.jump(0), icon("start")),
    button(view, "back", "One step back", () => hand.jump(state.k - 1), icon("back")),
    button(view, "play", "Play", () => play.toggle(), icon("play"), icon("pause")),
    button(view, "forward", "One step forward", () => hand.jump(state.k + 1), icon("forward")),
    button(view, "speed", "Speed", () => play.cycleSpeed(), element("span")));
  parts.epoch = element("output", "wdl-epoch", { "data-testid": "epoch-readout" });
  return element("div", "wdl-controls", {}, player, parts.epoch);
}

// Every mark, dash and ring beside its meaning; and what is shown at all.
export function buildLegend(view) {
  const { parts, state, cube } = view;
  const { task, header } = cube;
  const item = (name, label) => (parts[`${name}Legend`] = legendItem(name, label));
  const items = [item("train", "train"), item("validation", "validation"), item("test", "test"), item("penalty", "penalty")];
  if (task === "binary" || task === "multiclass") items.push(item("wrong", "misclassified"));
  if (cube.flipped) items.push(item("flipped", cube.regression ? "swapped target" : "wrong label"));
  items.push(element("span", "wdl-legend-item", {}, { binary: "paler: less sure", multiclass: "paler: less sure", regression2d: "lines: equal values", regression1d: "" }[task] || ""));
  const classes = element("span", "wdl-classes wdl-legend-classes", {}, ...classItems(header.classes));
  const log = button(view, "log", "", () => view.set({ log: !state.log }, true), "log scale");
  const reveal = button(view, "reveal", "", () => view.set({ reveal: !state.reveal }, true), element("span"));
  for (const toggle of [log, reveal]) toggle.classList.add("wdl-toggle");
  return element("div", "wdl-legend-row", {}, element("div", "wdl-legend", {}, classes, ...items), element("div", "wdl-toggles", {}, log, ...(header.covered ? [] : [reveal]))); // a teacher's link may keep the test covered
}

export function paintControls(view) {
  const { parts, state, cube } = view;
  const { l, k, playing, reveal, log, speed } = state;
  if (Number(parts.lambdaRange.value) !== l) parts.lambdaRange.value = l;
  if (Number(parts.epochRange.value) !== cube.steps[k]) parts.epochRange.value = cube.steps[k];
  setAttribute(parts.lambdaRange, "aria-valuetext", `λ = ${lambdaText(cube.lambdas[l])}, notch ${l + 1} of ${cube.L}`);
  const last = cube.K - 1, perEpoch = cube.header.steps_per_epoch || 1;
  const step = perEpoch === 1 ? "" : `, step ${cube.steps[k]}`;
  setAttribute(parts.epochRange, "aria-valuetext", `epoch ${epochText(epochOf(cube, k))} of ${epochText(epochOf(cube, last))}${step}`);
  setText(parts.epoch, `epoch ${epochText(epochOf(cube, k))} / ${epochText(epochOf(cube, last))}${step}`);
  setAttribute(parts.play, "data-playing", String(playing));
  setAttribute(parts.play, "aria-label", playing ? "Pause" : "Play");
  setText(parts.speed.firstChild, `×${speed === 0.5 ? "½" : speed}`);
  setAttribute(parts.speed, "aria-label", `Speed ×${speed}`);
  setAttribute(parts.log, "aria-pressed", String(log));
  setAttribute(parts.reveal, "aria-pressed", String(reveal));
  setText(parts.reveal.firstChild, reveal ? "Hide test" : "Reveal test");
  setAttribute(parts.testLegend, "data-covered", String(!reveal));
}
