// A series' colour by its name.

import { css, mix } from "../web/theme.js";

export function rgbOf(view, name) {
  const { theme, cube } = view;
  if (name?.startsWith("class ")) return theme.classes[Number(name.slice(6)) % theme.classes.length];
  if (name === "ink" || name === "muted") return theme[name];
  const arm = cube.arms.findIndex(({ key }) => key === name);
  return arm < 0 ? theme.arms[0] : theme.arms[arm];
}

// share 0…1 → a CSS colour: paper to ink's violet; class 0 over paper to class 1 (low to high, as everywhere); grey.
export function paletteOf(view, palette) {
  const { theme } = view;
  const stops = {
    sequential: (t) => mix(theme.paper, theme.arms[0], t),
    grey: (t) => mix(theme.dark ? [0, 0, 0] : [255, 255, 255], theme.dark ? [255, 255, 255] : [0, 0, 0], t),
    diverging: (t) => mix(theme.paper, t < 0.5 ? theme.negative : theme.positive, 0.9 * Math.abs(2 * t - 1)),
  }[palette];
  const table = Array.from({ length: 256 }, (_, v) => css(stops(v / 255)));
  return (share) => (Number.isFinite(share) ? table[Math.round(255 * share)] : css(theme.faint));
}

// Ink or paper, whichever reads better on a cell that is `share` of the way to its palette's dark end.
export const onCell = (view, palette, share) => css((palette === "diverging" ? Math.abs(2 * share - 1) : share) > 0.55 ? view.theme.paper : view.theme.ink);
