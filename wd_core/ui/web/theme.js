// Colours: one for each idea, from the page's theme.


// Okabe–Ito first, then colours that stay apart for the common colour-vision deficiencies.
const CLASS_COLOURS = {
  light: ["#E69F00", "#0072B2", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#A08A00", "#332288", "#882255", "#6B6B6B"],
  dark: ["#E9A722", "#3B9FDD", "#20BB90", "#D98FB8", "#F07A33", "#7CCBF5", "#D3C033", "#8C84E0", "#C45C92", "#A6A6A6"],
};
const ARM_COLOURS = {
  light: { l2: "#7A3E9D", l1: "#0B7A75", elastic: "#2479B5", none: "#636363", decoupled: "#BF4A0B", cautious: "#A3195B" },
  dark: { l2: "#C79BE6", l1: "#45C4B8", elastic: "#74BDF0", none: "#ABABAB", decoupled: "#FF9257", cautious: "#FF8FC0" },
};

export const mix = (a, b, t) => [0, 1, 2].map((c) => Math.round(a[c] + (b[c] - a[c]) * t));
export const css = (rgb, alpha = 1) => (alpha === 1 ? `rgb(${rgb.join(",")})` : `rgba(${rgb.join(",")},${alpha})`);
export const packed = (rgb) => (255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]; // as a little-endian pixel of ImageData
const light = (rgb) => rgb.map((v) => (v <= 10 ? v / 3294 : ((v / 255 + 0.055) / 1.055) ** 2.4)).reduce((sum, v, c) => sum + v * [0.2126, 0.7152, 0.0722][c], 0);
export const contrast = (a, b) => Math.max((light(a) + 0.05) / (light(b) + 0.05), (light(b) + 0.05) / (light(a) + 0.05)); // as WCAG has it
const luminance = (rgb) => (0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]) / 255;

let probe = null;
// Any CSS colour to [r, g, b]; the canvas is the parser every browser already has.
function parseColour(text, fallback) {
  probe = probe || new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  probe.fillStyle = fallback;
  probe.fillStyle = text || fallback; // an invalid colour leaves the fallback in place
  probe.clearRect(0, 0, 1, 1);
  probe.fillRect(0, 0, 1, 1);
  return [...probe.getImageData(0, 0, 1, 1).data.slice(0, 3)];
}

// One colour for each idea; two arms of one idea (both decoupled, L1 twice) must still differ.
function armKinds(arms) {
  const base = (arm) => arm.key.split("-")[0];
  const kinds = arms.map((arm) => (arm.key.includes("decoupled") ? "decoupled" : base(arm)));
  if (kinds.length < 2 || kinds[0] !== kinds[1]) return kinds;
  if (base(arms[0]) !== base(arms[1])) return arms.map(base);
  return [kinds[0], kinds[0] === "decoupled" ? "l2" : "decoupled"];
}

export function readTheme(root, arms) {
  const style = getComputedStyle(root);
  const read = (name, fallback) => parseColour(style.getPropertyValue(name).trim(), fallback);
  const paper = read("--wdl-paper", "#ffffff");
  const dark = luminance(paper) < 0.4;
  const ink = read("--wdl-ink", dark ? "#fafafa" : "#262730");
  const shade = dark ? "dark" : "light";
  const classes = CLASS_COLOURS[shade].map((text) => parseColour(text));
  const theme = {
    paper, ink, dark, classes, font: style.fontFamily,
    muted: mix(ink, paper, 0.32), faint: mix(ink, paper, dark ? 0.84 : 0.88), line: mix(ink, paper, 0.7),
    arms: armKinds(arms).map((kind) => parseColour(ARM_COLOURS[shade][kind] || ARM_COLOURS[shade].none)),
    negative: classes[0], positive: classes[1],
  };
  theme.strength = dark ? 0.62 : 0.58; // the surest colour of a region still leaves its points visible
  theme.binary = Uint32Array.from({ length: 256 }, (_, v) => {
    const confidence = Math.abs(v - 127.5) / 127.5;
    return packed(mix(paper, classes[v < 128 ? 0 : 1], theme.strength * confidence));
  });
  theme.diverging = Uint32Array.from({ length: 256 }, (_, v) => {
    const distance = Math.abs(v - 127.5) / 127.5;
    return packed(mix(paper, classes[v < 128 ? 0 : 1], 0.85 * distance));
  });
  theme.margins = new Uint32Array(256 * classes.length);
  classes.forEach((colour, c) => {
    for (let v = 0; v < 256; v++) theme.margins[c * 256 + v] = packed(mix(paper, colour, theme.strength * (v / 255)));
  });
  return theme;
}
