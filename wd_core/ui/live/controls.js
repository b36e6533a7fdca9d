// Buttons and the legend of the curves.

import { element, setAttribute, setText, svg } from "../web/dom.js";
import { lambdaText } from "../web/numbers.js";
import { epochOf, epochText } from "./curves.js";

const ICONS = {
  start: "M5 5V19M19 5L8 12L19 19Z", back: "M16 5L7 12L16 19Z", play: "M8 4.5L19 12L8 19.5Z", pause: "M8 5V19M16 5V19", forward: "M8 5L17 12L8 19Z",
};
const icon = (name) => svg("0 0 24 24", [{ d: ICONS[name] }], { class: `wdl-icon wdl-icon-${name}` });


// Player, epoch, legend of the curves, toggles.

export function buildControls(view) {
  const { parts, hand, player: play, state } = view;
  const button = (name, label, action, ...children) => {
    const node = element("button", "wdl-button", { type: "button", "data-testid": name, "aria-label": label, title: label }, ...children);
    node.addEventListener("click", action);
    parts[name] = node;
    return node;
  };
  const player = element("div", "wdl-player", { role: "group", "aria-label": "Play through the epochs" },
    button("start", "Back to the start", () => hand.jump(0), icon("start")),
    button("back", "One step back", () => hand.jump(state.k - 1), icon("back")),
    button("play", "Play", () => play.toggle(), icon("play"), icon("pause")),
    button("forward", "One step forward", () => hand.jump(state.k + 1), icon("forward")),
    button("speed", "Speed", () => play.cycleSpeed(), element("span")));
  parts.epoch = element("output", "wdl-epoch", { "data-testid": "epoch-readout" });
  parts.testLegend = legendItem("test", "test");
  const legend = element("div", "wdl-legend", {}, legendItem("train", "train"), legendItem("validation", "validation"),
    parts.testLegend, legendItem("penalty", "penalty"));
  const log = button("log", "Logarithmic loss axes", () => view.set({ log: !state.log }, true), "log scale");
  const reveal = button("reveal", "Reveal test", () => view.set({ reveal: !state.reveal }, true), element("span"));
  for (const toggle of [log, reveal]) toggle.classList.add("wdl-toggle");
  for (const node of [log, reveal]) { node.removeAttribute("aria-label"); node.title = ""; }
  return element("div", "wdl-controls", {}, player, parts.epoch, legend, element("div", "wdl-toggles", {}, log, reveal));
}

function legendItem(split, label) {
  const line = { d: "M1 7H23", class: `wdl-line wdl-line-${split}` };
  const mark = { train: "M28 7A4 4 0 1 1 36 7A4 4 0 1 1 28 7Z", validation: "M28.5 7A3.5 3.5 0 1 1 35.5 7A3.5 3.5 0 1 1 28.5 7Z", test: "M29 4L35 10M29 10L35 4" }[split];
  const paths = mark ? [line, { d: mark, class: `wdl-mark wdl-mark-${split}` }] : [line];
  return element("span", "wdl-legend-item", {}, svg(mark ? "0 0 38 14" : "0 0 24 14", paths, { width: mark ? 38 : 24, height: 14 }), label);
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
