// A series' colour by its name.

import { contrast, css, mix } from "../web/theme.js";

export function rgbOf(view, name) {
  const { theme, cube } = view;
  if (name?.startsWith("class ")) return theme.classes[Number(name.slice(6)) % theme.classes.length];
  if (name === "ink" || name === "muted") return theme[name];
  const arm = cube.arms.findIndex(({ key }) => key === name);
  return arm < 0 ? theme.arms[0] : theme.arms[arm];
}

// share 0…1 → a colour: paper to ink's violet; class 0 over paper to class 1 (low to high, as everywhere); grey.
function shade({ theme }, palette, t) {
  if (palette === "diverging") return mix(theme.paper, t < 0.5 ? theme.negative : theme.positive, 0.9 * Math.abs(2 * t - 1));
  const [low, high] = palette === "sequential" ? [theme.paper, theme.arms[0]] : theme.dark ? [[0, 0, 0], [255, 255, 255]] : [[255, 255, 255], [0, 0, 0]];
  return mix(low, high, t);
}

// The same as CSS colours, from a table: many cells are drawn at once.
export function paletteOf(view, palette) {
  const table = Array.from({ length: 256 }, (_, v) => css(shade(view, palette, v / 255)));
  return (share) => (Number.isFinite(share) ? table[Math.round(255 * share)] : css(view.theme.faint));
}

// Ink or paper, whichever reads better on a cell.
export function onCell(view, palette, share) {
  const { theme } = view, cell = Number.isFinite(share) ? shade(view, palette, share) : theme.faint;
  return css(contrast(cell, theme.paper) > contrast(cell, theme.ink) ? theme.paper : theme.ink);
}
