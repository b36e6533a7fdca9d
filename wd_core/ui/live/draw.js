// ---------------------------------------------------------------------------------------------------------------- numbers

const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
const superscript = (n) => String(n).replace(/./g, (c) => SUPERSCRIPTS[c]);
const minus = (text) => text.replace("-", "−");

function scientific(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return `${minus(mantissa)} × 10${superscript(Number(exponent))}`;
}

// Three significant digits.
function three(value) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 9999.5) return scientific(value, 3);
  return minus(size >= 999.5 ? value.toFixed(0) : value.toPrecision(3));
}

const lambdaText = (value) => (value === 0 ? "0" : value >= 0.095 && value < 99.5 ? value.toPrecision(2) : scientific(value, 2));
const scoreText = (cube, value) =>
  !Number.isFinite(value) ? "–" : cube.header.score_name === "accuracy" ? `${(100 * value).toFixed(1)} %` : three(value);
const tickText = (value) => {
  if (value === 0) return "0";
  const size = Math.abs(value);
  return size < 1e-3 || size >= 1e5 ? `${minus(String(+(value / 10 ** Math.floor(Math.log10(size))).toFixed(1)))}·10${superscript(Math.floor(Math.log10(size)))}` : minus(String(+value.toPrecision(6)));
};

// ----------------------------------------------------------------------------------------------------------------- colour

// Okabe–Ito first, then colours that stay apart for the common colour-vision deficiencies.
const CLASS_COLOURS = {
  light: ["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9", "#A08A00", "#332288", "#882255", "#6B6B6B"],
  dark: ["#3B9FDD", "#E9A722", "#20BB90", "#D98FB8", "#F07A33", "#7CCBF5", "#D3C033", "#8C84E0", "#C45C92", "#A6A6A6"],
};
const ARM_COLOURS = {
  light: { l2: "#7A3E9D", l1: "#0B7A75", elastic: "#2479B5", none: "#636363", decoupled: "#BF4A0B" },
  dark: { l2: "#C79BE6", l1: "#45C4B8", elastic: "#74BDF0", none: "#ABABAB", decoupled: "#FF9257" },
};

const mix = (a, b, t) => [0, 1, 2].map((c) => Math.round(a[c] + (b[c] - a[c]) * t));
const css = (rgb, alpha = 1) => (alpha === 1 ? `rgb(${rgb.join(",")})` : `rgba(${rgb.join(",")},${alpha})`);
const packed = (rgb) => (255 << 24) | (rgb[2] << 16) | (rgb[1] << 8) | rgb[0]; // as a little-endian pixel of ImageData
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

function readTheme(root, arms) {
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
    positive: classes[0], negative: classes[1],
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

// ----------------------------------------------------------------------------------------------------- drawing primitives

// Glyphs in a box from −1 to 1, the same outline for canvas and SVG.
const GLYPHS = {
  "●": "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0Z",
  "◆": "M0 -1.1L1.1 0L0 1.1L-1.1 0Z",
  "⬟": "M0 -1.05L1 -.32L.62 .85L-.62 .85L-1 -.32Z",
  "○": "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0ZM-.5 0A.5 .5 0 1 0 .5 0A.5 .5 0 1 0 -.5 0Z",
  "◐": "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0ZM0 -.58A.58 .58 0 0 1 0 .58Z",
};
GLYPHS["◇"] = `${GLYPHS["◆"]}M0 -.6L-.6 0L0 .6L.6 0Z`;
GLYPHS["⬠"] = `${GLYPHS["⬟"]}M0 -.55L-.52 -.17L-.32 .45L.32 .45L.52 -.17Z`;
GLYPHS["◑"] = "M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0ZM0 -.58A.58 .58 0 0 0 0 .58Z";
GLYPHS["◉"] = `${GLYPHS["○"]}M-.3 0A.3 .3 0 1 1 .3 0A.3 .3 0 1 1 -.3 0Z`;
const OTHER_GLYPHS = { "●": "◉", "◆": "◇", "⬟": "⬠", "◐": "◑" };
const glyphPaths = {};
const glyphPath = (glyph) => (glyphPaths[glyph] = glyphPaths[glyph] || new Path2D(GLYPHS[glyph] || GLYPHS["●"]));

function drawGlyph(ctx, glyph, x, y, size, colour, halo) {
  ctx.save();
  ctx.translate(x, y);
  ctx.scale(size, size);
  if (halo) {
    ctx.strokeStyle = halo;
    ctx.lineWidth = 0.9;
    ctx.stroke(glyphPath(glyph));
  }
  ctx.fillStyle = colour;
  ctx.fill(glyphPath(glyph), "evenodd");
  ctx.restore();
}

// The shape tells the class, its fill tells the split: neither hangs on colour alone.
const SHAPES = 4;
function shapePath(ctx, shape, x, y, r) {
  if (shape === 0) {
    ctx.moveTo(x + r, y);
    ctx.arc(x, y, r, 0, 2 * Math.PI);
  } else if (shape === 1) {
    ctx.rect(x - r * 0.88, y - r * 0.88, r * 1.76, r * 1.76);
  } else if (shape === 2) {
    ctx.moveTo(x, y - r * 1.2);
    ctx.lineTo(x + r * 1.1, y + r * 0.75);
    ctx.lineTo(x - r * 1.1, y + r * 0.75);
    ctx.closePath();
  } else {
    ctx.moveTo(x, y - r * 1.25);
    ctx.lineTo(x + r * 1.25, y);
    ctx.lineTo(x, y + r * 1.25);
    ctx.lineTo(x - r * 1.25, y);
    ctx.closePath();
  }
}

function crossPath(ctx, x, y, r) {
  ctx.moveTo(x - r, y - r);
  ctx.lineTo(x + r, y + r);
  ctx.moveTo(x - r, y + r);
  ctx.lineTo(x + r, y - r);
}

function sizeCanvas(canvas, width, height) {
  const ratio = Math.min(2.5, globalThis.devicePixelRatio || 1);
  canvas.width = Math.max(1, Math.round(width * ratio));
  canvas.height = Math.max(1, Math.round(height * ratio));
  if (canvas.style) {
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const ctx = canvas.getContext("2d");
  ctx.setTransform(canvas.width / width, 0, 0, canvas.height / height, 0, 0);
  return ctx;
}

function setFont(ctx, view, weight = 400) {
  ctx.font = `${weight} ${view.layout.small}px ${view.theme.font}`;
}

// An empty panel, and the pen for its axes.
function beginAxes(ctx, view, panel) {
  ctx.clearRect(0, 0, panel.width, panel.height);
  setFont(ctx, view);
  ctx.fillStyle = css(view.theme.muted);
  ctx.strokeStyle = css(view.theme.line);
  ctx.lineWidth = 1;
}

function text(ctx, string, x, y, align = "left", baseline = "alphabetic") {
  ctx.textAlign = align;
  ctx.textBaseline = baseline;
  ctx.fillText(string, x, y);
}

function fitText(ctx, string, width) {
  if (ctx.measureText(string).width <= width) return string;
  let end = string.length - 1;
  while (end > 1 && ctx.measureText(`${string.slice(0, end)}…`).width > width) end--;
  return `${string.slice(0, end).trimEnd()}…`;
}

function haloText(ctx, string, x, y, align, colour, paper) {
  ctx.textAlign = align;
  ctx.textBaseline = "alphabetic";
  ctx.lineJoin = "round";
  ctx.lineWidth = 4;
  ctx.strokeStyle = paper;
  ctx.strokeText(string, x, y);
  ctx.fillStyle = colour;
  ctx.fillText(string, x, y);
}

const DASHES = { train: [], validation: [6, 4], test: [1.5, 3.5] };

// One series as a line; a NaN interrupts it, and a value beyond the fixed axis is cut by the clip.
function strokeSeries(ctx, count, x, y) {
  ctx.beginPath();
  let open = false;
  for (let i = 0; i < count; i++) {
    const value = y(i);
    if (Number.isFinite(value)) {
      if (open) ctx.lineTo(x(i), value);
      else ctx.moveTo(x(i), value);
      open = true;
    } else open = false;
  }
  ctx.stroke();
}
