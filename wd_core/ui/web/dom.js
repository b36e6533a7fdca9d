// DOM helpers.

import { GLYPHS, SHAPES } from "./pen.js";

export function element(tag, className, properties = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(properties)) {
    if (name in node && !name.includes("-")) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

export function svg(viewBox, paths, properties = {}) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  node.setAttribute("viewBox", viewBox);
  node.setAttribute("aria-hidden", "true");
  for (const { d, ...rest } of paths) {
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", d);
    for (const [name, value] of Object.entries(rest)) path.setAttribute(name, value);
    node.append(path);
  }
  for (const [name, value] of Object.entries(properties)) node.setAttribute(name, value);
  return node;
}

export const glyphIcon = (glyph) => svg("-1.2 -1.2 2.4 2.4", [{ d: GLYPHS[glyph] || GLYPHS["●"], "fill-rule": "evenodd" }], { class: "wdl-glyph" });

export function setText(node, value) {
  if (node.wdlText !== value) {
    node.wdlText = value;
    node.textContent = value;
  }
}

export const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

export function classIcon(c) {
  const d = ["M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0Z", "M-.8 -.8H.8V.8H-.8Z", "M0 -1L.95 .75H-.95Z", "M0 -1.1L1.1 0L0 1.1L-1.1 0Z"][c % SHAPES];
  return svg("-1.2 -1.2 2.4 2.4", [{ d }], { class: "wdl-glyph", style: `color: var(--wdl-class-${c % 10})` });
}
