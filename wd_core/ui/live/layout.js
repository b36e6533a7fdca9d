// The sizes of the view.

import { clamp } from "../web/dom.js";

// Every size of the view from its width alone. At about 1000 px all of it fits a 1280 × 720 screen.
// A window as high as a projector's (720) shows all of it below some 130 pixels of navigation and controls.
export function computeLayout(width, windowHeight, arms) {
  const narrow = width < 560, medium = width < 780;
  const room = windowHeight - 130;
  const grow = clamp(Math.min((width - 1000) / 500, (room - 640) / 220), 0, 1);
  const shrink = clamp((650 - room) / 60, 0, 1);
  const small = Math.round((narrow ? 12 : 12 + 2 * grow) * 2) / 2;
  const layout = { size: narrow ? "narrow" : medium ? "medium" : width >= 1300 ? "wide" : "normal", narrow, small, large: narrow ? 15 : 15 + 3 * grow };
  const lanes = arms > 1 ? 2 : 1;
  layout.lambdaTop = lanes * (small + 2) + 8;
  layout.lambdaHeight = Math.round(layout.lambdaTop + 76 - 12 * shrink + 44 * grow + small + 18);
  layout.epochHeight = Math.round(small + 5 + 72 - 18 * shrink + 40 * grow + small + 18);
  const gap = 24;
  const half = arms > 1 ? (width - gap) / 2 : width;
  const height = Math.round((arms > 1 ? 222 : 252) - 30 * shrink + 120 * grow);
  const title = Math.round(small * 1.5) + 4;
  if (narrow) return stackedLayout(layout, width, arms);
  if (arms > 1) {
    const beside = half >= 330;
    layout.figures = beside ? "row" : "column";
    layout.boundaryWidth = beside ? Math.round(half * (half < 430 ? 0.52 : 0.56)) : half;
    layout.boundaryHeight = beside ? height : Math.round(half * 0.8);
    layout.sideWidth = beside ? half - layout.boundaryWidth - 14 : half;
    layout.networkHeight = beside ? Math.round((height - 2 * title) * 0.5) : 130;
    layout.histogramHeight = beside ? height - 2 * title - layout.networkHeight : 130;
    return layout;
  }
  layout.boundaryWidth = Math.round(medium ? width * 0.5 : Math.min(width * 0.4, height * 1.4));
  layout.boundaryHeight = height;
  layout.sideWidth = medium ? width - layout.boundaryWidth - 16 : (width - layout.boundaryWidth - 2 * gap) / 2;
  layout.networkHeight = medium ? (height - 2 * title) / 2 : height - title;
  layout.histogramHeight = layout.networkHeight;
  return layout;
}

// A phone: two boundaries side by side if each gets 160 px, everything else below.
function stackedLayout(layout, width, arms) {
  const beside = arms > 1 && (width - 12) / 2 >= 160;
  const column = beside ? (width - 12) / 2 : width;
  layout.beside = beside;
  layout.boundaryWidth = layout.sideWidth = column;
  layout.boundaryHeight = Math.round(Math.min(column * 0.95, 320));
  layout.networkHeight = 130;
  layout.histogramHeight = 130;
  return layout;
}
