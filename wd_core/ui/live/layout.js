// The sizes of the view.

import { clamp } from "../web/dom.js";

const GAP = 24;
const OUTSIDE = 132; // pixels of navigation and controls above the view
const BARE = 100; // without navigation: a sentence and the penalties
const DRAWING = 34; // a row of the tools to draw with
const PLAYER = 34; // the row of buttons above the loss plot

// Every size of the view from its width and the window's height. The curves are the story: on a projector (1280 × 720)
// they get 100 and 80 pixels of plot, on a desk (1440 × 900) 150 and 110; the boundary gets what is left of the screen.
export function computeLayout(width, windowHeight, arms, presenting = false, drawing = false, lines = 0) {
  const narrow = width < 560, medium = width < 780;
  const room = windowHeight - (presenting ? BARE : OUTSIDE) - (drawing ? DRAWING : 0);
  const grow = clamp(Math.min((width - 1000) / 500, (room - 640) / 220), 0, 1);
  const small = Math.round((narrow ? 12 : 12 + 2 * grow) * 2) / 2;
  const larger = presenting && !narrow ? 3 : 0;
  const layout = { size: narrow ? "narrow" : medium ? "medium" : width >= 1300 ? "wide" : "normal", narrow, small: small + larger, large: (narrow ? 15 : 15 + 3 * grow) + 1.5 * larger };
  return sized(layout, { width, room, arms, narrow, medium, small: layout.small, lines });
}

function sized(layout, { width, room, arms, narrow, medium, small, lines }) {
  const tall = clamp((room - 588) / 180, -0.5, 1.8);
  const foot = small + 18, caption = small + 5;
  layout.beside = !medium;
  layout.lambdaTop = (arms > 1 ? 3 : 2) * (small + 2) + 8; // the caption, then a lane of labels for each arm
  const aligned = layout.beside ? PLAYER + caption - layout.lambdaTop : 0; // the two plots stand on one line
  const loss = Math.round(Math.max(80 + 31 * tall, 100 + 51 * tall - aligned));
  const lambda = layout.beside ? loss + aligned : Math.round(100 + 40 * tall);
  Object.assign(layout, { curveWidth: layout.beside ? Math.floor((width - GAP) / 2) : width, epochTop: caption });
  layout.lambdaHeight = layout.lambdaTop + lambda + foot;
  layout.epochHeight = caption + loss + foot;
  if (narrow) return stackedLayout(layout, width, arms, lines);
  const title = Math.round(small * 1.5) + 4;
  const sentence = layout.large * 1.45 + 4, legend = 34, readout = (arms + 1) * (small * 1.45 + 2) + 4;
  const left = room - sentence - layout.lambdaHeight - legend - title - readout - 22;
  const height = medium ? 280 : Math.round(clamp(left, 150, 470));
  return arms > 1 ? pairLayout(layout, width, height, title) : singleLayout(layout, width, height, title, medium);
}

function singleLayout(layout, width, height, title, medium) {
  layout.boundaryWidth = Math.round(medium ? width * 0.5 : Math.min(width * 0.42, height * 1.35));
  layout.boundaryHeight = height;
  layout.sideWidth = medium ? width - layout.boundaryWidth - 16 : (width - layout.boundaryWidth - 2 * GAP) / 2;
  layout.networkHeight = medium ? (height - 2 * title) / 2 : height - title;
  layout.histogramHeight = layout.networkHeight;
  return layout;
}

function pairLayout(layout, width, height, title) {
  const half = (width - GAP) / 2, row = half >= 330;
  layout.figures = row ? "row" : "column";
  layout.boundaryWidth = row ? Math.round(half * (half < 430 ? 0.52 : 0.56)) : half;
  layout.boundaryHeight = row ? height : Math.round(half * 0.8);
  layout.sideWidth = row ? half - layout.boundaryWidth - 14 : half;
  layout.networkHeight = row ? Math.round((height - 2 * title) * 0.52) : 130;
  layout.histogramHeight = row ? height - 2 * title - layout.networkHeight : 130;
  return layout;
}

// A phone: λ stays at the top while the boundary (two of them side by side) and the numbers follow below it.
function stackedLayout(layout, width, arms, lines) {
  const column = arms > 1 && (width - 12) / 2 >= 160 ? (width - 12) / 2 : width;
  layout.boundaryWidth = layout.sideWidth = column;
  layout.boundaryHeight = Math.round(Math.min(column * 0.95, 300));
  layout.networkHeight = column < width ? 150 : Math.max(220, lines * (layout.small + 3) + layout.small + 8);
  layout.histogramHeight = 140;
  return layout;
}
