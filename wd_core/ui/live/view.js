// The live view of Weight Decay Lab: the λ curve is the λ scrubber, the loss plot is the epoch scrubber, and everything
// between them follows. One ES module without dependencies: a Streamlit v2 component (default export), or mount(root, bytes).
//
// Two rules keep a drag inside one frame: every drawing happens in requestAnimationFrame (inputs only change `state`), and
// nothing in that path reads the layout; sizes come from the ResizeObserver alone.
// Two rules keep the picture honest: every scale is fixed over the whole cube (all λ, all epochs, both arms), and every
// sentence is derived from the curves it talks about.

// ---------------------------------------------------------------------------------------------------------------- payload

const MAGIC = "WDL1";
const TYPES = {
  uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, int32: Int32Array, float32: Float32Array,
};

function asBytes(data) {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return null;
}

function readHeader(bytes) {
  if (!bytes || bytes.length < 8 || String.fromCharCode(...bytes.subarray(0, 4)) !== MAGIC) {
    throw new Error(`The view expected data that begins with ${MAGIC} and got something else.`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset + 4, 4).getUint32(0, true);
  return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), start: 8 + length };
}

// The header without the position: what decides whether the picture is a new one.
const contentOf = ({ position, position_token, ...rest }) => JSON.stringify(rest);

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

async function readCube(bytes) {
  const { header, start } = readHeader(bytes);
  const blob = await inflate(bytes.subarray(start));
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays || {})) {
    const Type = TYPES[dtype];
    if (Type) arrays[name] = new Type(blob, offset, shape.reduce((product, size) => product * size, 1));
  }
  return makeCube(header, arrays);
}

// Header and arrays, with the sizes every drawing needs and the scales that stand still.
function makeCube(header, arrays) {
  const cube = {
    header, arrays, task: header.task,
    lambdas: header.lambdas, steps: header.steps,
    L: header.lambdas.length, K: header.steps.length,
    regression: header.task.startsWith("regression"),
    seeds: (header.seeds || []).length || 1,
    points: header.points || { train: 0, validation: 0, test: 0 },
    layers: header.layers || [],
  };
  cube.arms = (header.arms || []).map((meta, i) => makeArm(header, arrays, meta, i));
  // Two variants of one penalty come with one glyph; the second then wears its other form.
  const [first, second] = cube.arms;
  if (second && second.glyph === first.glyph) second.glyph = OTHER_GLYPHS[second.glyph] || "◇";
  const grid = Object.entries(header.arrays || {}).find(([name]) => /\.(field|top|curve)$/.test(name));
  cube.G = grid ? grid[1].shape[grid[1].shape.length - 1] : 0;
  cube.parameters = cube.layers.reduce((sum, layer) => sum + layer.outputs * (layer.inputs + 1), 0);
  cube.decayed = cube.layers.reduce((sum, layer) => sum + layer.outputs * layer.inputs, 0);
  cube.lossLimits = lossLimits(cube);
  cube.weightScale = weightScale(cube);
  cube.countLimit = countLimit(cube);
  cube.marks = pointMarks(cube);
  return cube;
}

function makeArm(header, arrays, meta, index) {
  const rows = header.arrays?.[`a${index}.weights`]?.shape[1] || header.steps.length;
  return {
    ...meta, index,
    get: (name) => arrays[`a${index}.${name}`] || null,
    // The run's place among the weights; of a large network only some steps carry theirs, the nearest one stands in.
    run: (l, k) => l * rows + (meta.weight_rows ? meta.weight_rows[k] : k),
  };
}

const at = (array, cube, l, k) => (array ? array[l * cube.K + k] : NaN);

// ----------------------------------------------------------------------------------------------------------- fixed scales

const LOSSES = ["train_loss", "validation_loss", "test_loss", "mean_train", "mean_validation", "mean_test"];

function quantile(sorted, q) {
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] : NaN;
}

// A few exploding runs must not squeeze all others into one line: the axis ends at the 98th percentile.
function lossLimits(cube) {
  const values = [];
  for (const arm of cube.arms) {
    for (const name of LOSSES) for (const value of arm.get(name) || []) if (value >= 0 && value < Infinity) values.push(value);
  }
  values.sort((a, b) => a - b);
  const high = quantile(values, 0.98) || 1;
  const positive = values.filter((value) => value > 0);
  const low = Math.max(quantile(positive, 0.02) || high / 100, high * 1e-4);
  // A linear axis starts at zero unless that would leave its lower half empty.
  const lowest = quantile(values, 0.005) || 0;
  const floor = lowest > 0.4 * high ? Math.max(0, lowest - 0.15 * (high - lowest)) : 0;
  return { high: high + 0.06 * (high - floor), low: Math.min(low * 0.85, high / 3), floor };
}

// Link widths and histogram range, symmetric about zero. The runs with the largest weights set it (most runs of a path are
// shrunk far below them), without their few outliers and without runs that diverged.
function weightScale(cube) {
  const { parameters: P, K, L } = cube;
  let high = 0;
  for (const arm of cube.arms) {
    const weights = arm.get("weights"), diverged = arm.get("diverged");
    if (!weights) continue;
    const stride = Math.max(1, Math.floor(P / 1000));
    for (let run = 0; run < 3 * L; run++) {
      const l = Math.floor(run / 3), k = Math.floor(((K - 1) * (1 + (run % 3))) / 3);
      if (diverged?.[l]) continue;
      const sizes = [];
      for (let j = arm.run(l, k) * P, end = j + P; j < end; j += stride) if (weights[j]) sizes.push(Math.abs(weights[j]));
      const common = quantile(Float64Array.from(sizes).sort(), 0.98) * arm.weight_scale;
      if (common > high / 1.15) high = Math.min(1.15 * common, arm.weight_max || Infinity);
    }
  }
  return high || 1;
}

const BINS = 31; // odd, so that one bar is centred on zero

function binWeights(cube, arm, l, k, counts) {
  counts.fill(0);
  const weights = arm.get("weights");
  if (!weights) return;
  const factor = (arm.weight_scale / cube.weightScale) * (BINS / 2);
  let j = arm.run(l, k) * cube.parameters;
  cube.layers.forEach((layer, depth) => {
    for (let o = 0; o < layer.outputs; o++, j++) {                  // j++ once more skips the bias at the end of a row
      for (let i = 0; i < layer.inputs; i++, j++) {
        if (weights[j] === 0) continue;
        const bin = Math.floor(weights[j] * factor + BINS / 2);
        counts[depth * BINS + (bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin)]++;
      }
    }
  });
}

// The height of the histogram suits the runs whose weights are spread out; a taller bar is cut and says its count.
function countLimit(cube) {
  const counts = new Uint32Array(Math.max(1, cube.layers.length) * BINS);
  const tallest = [];
  const every = Math.max(1, Math.floor((cube.L * cube.K) / 150));
  for (const arm of cube.arms) {
    for (let run = 0; run < cube.L * cube.K; run += every) {
      binWeights(cube, arm, Math.floor(run / cube.K), run % cube.K, counts);
      let top = 0;
      for (let bin = 0; bin < BINS; bin++) {
        let sum = 0;
        for (let depth = 0; depth < cube.layers.length; depth++) sum += counts[depth * BINS + bin];
        top = Math.max(top, sum);
      }
      tallest.push(top);
    }
  }
  tallest.sort((a, b) => a - b);
  return Math.max(2, Math.min(quantile(tallest, 0.9) || 2, 1.7 * (quantile(tallest, 0.3) || 2)));
}

function niceTicks(low, high, count) {
  const raw = (high - low) / Math.max(1, count);
  if (!(raw > 0) || !Number.isFinite(raw)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 2.5, 5, 10].find((m) => m * power >= raw * 0.999) || 10);
  const ticks = [];
  for (let value = Math.ceil(low / step - 1e-9) * step; value <= high + step * 1e-9; value += step) {
    ticks.push(Math.abs(value) < step * 1e-9 ? 0 : value);
  }
  return ticks;
}

function logTicks(low, high) {
  const decades = Math.log10(high / low);
  if (decades < 0.7) return niceTicks(low, high, 3);
  const mantissas = decades < 1.2 ? [1, 2, 5] : decades < 2.2 ? [1, 3] : [1];
  const ticks = [];
  for (let e = Math.floor(Math.log10(low)); e <= Math.log10(high); e++) {
    for (const m of mantissas) if (m * 10 ** e >= low && m * 10 ** e <= high) ticks.push(m * 10 ** e);
  }
  return ticks;
}

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

// --------------------------------------------------------------------------------------------------------- field and lines

// The line where the winning class changes. On every grid edge between two winners it crosses where their margins, taken as
// signed distances from the tie, balance; in every cell the crossings are joined, three or more at their centre.
function strokeDecisionLine(ctx, G, winner, margin, box) {
  const sx = box.w / (G - 1);
  const sy = box.h / (G - 1);
  const xs = [0, 0, 0, 0];
  const ys = [0, 0, 0, 0];
  ctx.beginPath();
  for (let r = 0; r < G - 1; r++) {
    for (let c = 0, j = r * G; c < G - 1; c++, j++) {
      const a = winner(j), b = winner(j + 1), d = winner(j + G), e = winner(j + G + 1);
      if (a === b && a === d && a === e) continue;
      let n = 0;
      const cross = (i, k, x0, y0, dx, dy) => {
        const m = margin(i), sum = m + margin(k), t = sum > 0 ? m / sum : 0.5;
        xs[n] = box.x + (c + x0 + dx * t) * sx;
        ys[n++] = box.y + box.h - (r + y0 + dy * t) * sy;
      };
      if (a !== b) cross(j, j + 1, 0, 0, 1, 0);
      if (b !== e) cross(j + 1, j + G + 1, 1, 0, 0, 1);
      if (d !== e) cross(j + G, j + G + 1, 0, 1, 1, 0);
      if (a !== d) cross(j, j + G, 0, 0, 0, 1);
      if (n === 2) {
        ctx.moveTo(xs[0], ys[0]);
        ctx.lineTo(xs[1], ys[1]);
      } else {
        let mx = 0, my = 0;
        for (let i = 0; i < n; i++) { mx += xs[i] / n; my += ys[i] / n; }
        for (let i = 0; i < n; i++) { ctx.moveTo(mx, my); ctx.lineTo(xs[i], ys[i]); }
      }
    }
  }
  ctx.stroke();
}

// Contours of a surface at fixed levels (in field units 0…255), all in one pass over the cells.
function strokeContours(ctx, G, field, offset, levels, box) {
  const sx = box.w / (G - 1);
  const sy = box.h / (G - 1);
  ctx.beginPath();
  for (let r = 0; r < G - 1; r++) {
    for (let c = 0, j = offset + r * G; c < G - 1; c++, j++) {
      const a = field[j], b = field[j + 1], d = field[j + G], e = field[j + G + 1];
      const low = Math.min(a, b, d, e), high = Math.max(a, b, d, e);
      for (const level of levels) {
        if (level <= low || level >= high) continue;
        let n = 0;
        const cross = (v, w, x0, y0, dx, dy) => {
          if (v < level === w < level) return;
          const t = (level - v) / (w - v);
          const x = box.x + (c + x0 + dx * t) * sx, y = box.y + box.h - (r + y0 + dy * t) * sy;
          if (n++ % 2) ctx.lineTo(x, y);
          else ctx.moveTo(x, y);
        };
        cross(a, b, 0, 0, 1, 0);
        cross(b, e, 1, 0, 0, 1);
        cross(d, e, 0, 1, 1, 0);
        cross(a, d, 0, 0, 0, 1);
      }
    }
  }
  ctx.stroke();
}

// The G × G texture of one run, drawn over the box with row 0 at the bottom and grid nodes on the edges of the box.
function drawTexture(panel, cube, lookup, box) {
  const { G } = cube;
  if (!panel.texture || panel.texture.width !== G) {
    panel.texture = new OffscreenCanvas(G, G);
    panel.textureContext = panel.texture.getContext("2d");
    panel.image = new ImageData(G, G);
    panel.pixels = new Uint32Array(panel.image.data.buffer);
  }
  const pixels = panel.pixels;
  for (let r = 0, j = 0; r < G; r++) {
    for (let c = 0, p = (G - 1 - r) * G; c < G; c++) pixels[p++] = lookup(j++);
  }
  panel.textureContext.putImageData(panel.image, 0, 0);
  panel.ctx.imageSmoothingEnabled = true;
  panel.ctx.imageSmoothingQuality = "high";
  panel.ctx.drawImage(panel.texture, 0.5, 0.5, G - 1, G - 1, box.x, box.y, box.w, box.h);
}

// -------------------------------------------------------------------------------------------------------------- the panels

// Which split and class every point belongs to; constant over the cube.
function pointMarks(cube) {
  const points = cube.arrays.points;
  const labels = cube.arrays.labels;
  if (!points || !labels) return [];
  const { train = 0, validation = 0 } = cube.points;
  return Array.from({ length: labels.length }, (_, i) => ({
    x: points[2 * i], y: points[2 * i + 1], label: labels[i],
    split: i < train ? "train" : i < train + validation ? "validation" : "test",
  }));
}

const planeScale = (range, from, to) => {
  const factor = (to - from) / (range[1] - range[0] || 1);
  return (value) => from + (value - range[0]) * factor;
};

function boundaryBox(view, panel) {
  const { small } = view.layout;
  const bar = view.cube.task === "regression2d" ? 46 : 4;
  const w = Math.max(20, panel.width - small * 2.2 - bar);
  setFont(panel.ctx, view);
  const ownLine = panel.ctx.measureText(view.cube.header.plane.x.label).width > w * 0.3; // a long name of x gets a line of its own
  const foot = small * (ownLine ? 3 : 1.8);
  return { x: small * 2.2, y: small * 1.4, w, h: Math.max(20, panel.height - small * 1.4 - foot), ownLine };
}

// Axes never move, so they are drawn once for each size, theme and payload.
function drawBoundaryAxes(view, panel) {
  const { theme, cube, layout } = view;
  const { ctx } = panel;
  const { plane } = cube.header;
  const box = (panel.box = boundaryBox(view, panel));
  panel.toX = planeScale(plane.x.range, box.x, box.x + box.w);
  panel.toY = planeScale(plane.y.range, box.y + box.h, box.y);
  ctx.clearRect(0, 0, panel.width, panel.height);
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  const base = box.y + box.h;
  const nameWidth = box.ownLine ? -30 : ctx.measureText(plane.x.label).width;
  for (const value of niceTicks(...plane.x.range, box.w / 70)) {
    const x = panel.toX(value);
    tickLine(ctx, x, base, x, base + 4);
    if (x < box.x + box.w - nameWidth - 16) text(ctx, tickText(value), x, base + layout.small + 5, "center");
  }
  for (const value of niceTicks(...plane.y.range, box.h / 55)) {
    const y = panel.toY(value);
    tickLine(ctx, box.x - 4, y, box.x, y);
    text(ctx, tickText(value), box.x - 7, y, "right", "middle");
  }
  ctx.fillStyle = css(theme.ink);
  text(ctx, fitText(ctx, plane.x.label, panel.width - 4), box.x + box.w, base + layout.small * (box.ownLine ? 2.2 : 1) + 5, "right");
  text(ctx, fitText(ctx, plane.y.label, box.w), box.x, box.y - 5, "left");
  if (cube.task === "regression2d") drawColourBar(view, panel, box);
}

function tickLine(ctx, x0, y0, x1, y1) {
  ctx.beginPath();
  ctx.moveTo(x0, y0);
  ctx.lineTo(x1, y1);
  ctx.stroke();
}

function drawColourBar(view, panel, box) {
  const { ctx } = panel;
  const x = box.x + box.w + 10;
  for (let v = 0; v < 256; v++) {
    const pixel = view.theme.diverging[v];
    ctx.fillStyle = css([pixel & 255, (pixel >> 8) & 255, (pixel >> 16) & 255]);
    ctx.fillRect(x, box.y + box.h * (1 - (v + 1) / 256), 8, box.h / 256 + 0.5);
  }
  ctx.fillStyle = css(view.theme.muted);
  const scale = planeScale(view.cube.header.value_range, box.y + box.h, box.y);
  for (const value of niceTicks(...view.cube.header.value_range, box.h / 50)) {
    text(ctx, tickText(value), x + 12, Math.max(box.y + 5, Math.min(box.y + box.h - 4, scale(value))), "left", "middle");
  }
}

function pointColour(view, mark) {
  if (view.cube.task === "regression1d") return css(view.theme.classes[0]);
  if (view.cube.task === "regression2d") {
    const [low, high] = view.cube.header.value_range;
    const v = Math.max(0, Math.min(255, Math.round(((mark.label - low) / (high - low || 1)) * 255)));
    return css(mix(view.theme.paper, view.theme.classes[v < 128 ? 0 : 1], Math.abs(v - 127.5) / 127.5));
  }
  return css(view.theme.classes[mark.label % view.theme.classes.length]);
}

// All points on a transparent sheet the size of the panel: one drawImage for each frame instead of hundreds of arcs.
function drawPointSheet(view, panel) {
  panel.sheet = panel.sheet || document.createElement("canvas");
  const ctx = sizeCanvas(panel.sheet, panel.width, panel.height);
  const { box } = panel;
  const r = (panel.radius = Math.max(2.3, Math.min(4, box.h / 72)) * (view.cube.marks.length > 450 ? 0.8 : 1));
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  const rim = css(view.cube.task === "regression2d" ? view.theme.ink : view.theme.paper);
  for (const mark of view.cube.marks) {
    if (mark.split === "test" && !view.state.reveal) continue;
    drawPoint(ctx, mark, panel.toX(mark.x), panel.toY(mark.y), r, pointColour(view, mark), rim, view.cube.regression);
  }
}

function drawPoint(ctx, mark, x, y, r, colour, rim, regression) {
  const shape = regression ? 0 : mark.label % SHAPES;
  ctx.beginPath();
  if (mark.split === "test") crossPath(ctx, x, y, r * 0.9);
  else shapePath(ctx, shape, x, y, mark.split === "train" ? r : r * 0.95);
  ctx.strokeStyle = rim;
  ctx.lineWidth = mark.split === "train" ? 2 : 3.6;
  ctx.stroke();
  ctx.fillStyle = ctx.strokeStyle = colour;
  ctx.lineWidth = 1.8;
  if (mark.split === "train") ctx.fill();
  else ctx.stroke();
}

function drawBoundary(view, panel, arm, l, k) {
  const { cube, theme } = view;
  const { ctx, box } = panel;
  ctx.clearRect(box.x, box.y, box.w, box.h);
  ctx.save();
  ctx.beginPath();
  ctx.rect(box.x, box.y, box.w, box.h);
  ctx.clip();
  const alive = !hasDiverged(cube, arm, l, k);
  if (alive) BOUNDARIES[cube.task]?.(view, panel, arm, (l * cube.K + k) * cube.G * cube.G, l, k);
  if (alive) strokeWrong(view, panel, arm, l, k);
  if (cube.task !== "regression1d" || !alive) ctx.drawImage(panel.sheet, 0, 0, panel.width, panel.height);
  ctx.restore();
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  ctx.strokeRect(box.x + 0.5, box.y + 0.5, box.w - 1, box.h - 1);
  if (!alive) {
    setFont(ctx, view, 600);
    haloText(ctx, "diverged", box.x + box.w / 2, box.y + box.h / 2, "center", css(theme.ink), css(theme.paper));
  }
}

const BOUNDARIES = {
  binary(view, panel, arm, offset) {
    const field = arm.get("field");
    if (!field) return;
    const lut = view.theme.binary;
    drawTexture(panel, view.cube, (j) => lut[field[offset + j]], panel.box);
    decisionStroke(view, panel.ctx);
    strokeDecisionLine(panel.ctx, view.cube.G, (j) => field[offset + j] >> 7, (j) => Math.abs(field[offset + j] - 127.5), panel.box);
  },
  multiclass(view, panel, arm, offset) {
    const top = arm.get("top"), margin = arm.get("margin");
    if (!top || !margin) return;
    const lut = view.theme.margins, classes = view.theme.classes.length;
    drawTexture(panel, view.cube, (j) => lut[(top[offset + j] % classes) * 256 + margin[offset + j]], panel.box);
    decisionStroke(view, panel.ctx);
    strokeDecisionLine(panel.ctx, view.cube.G, (j) => top[offset + j], (j) => margin[offset + j], panel.box);
  },
  regression2d(view, panel, arm, offset) {
    const field = arm.get("field");
    if (!field) return;
    const lut = view.theme.diverging;
    drawTexture(panel, view.cube, (j) => lut[field[offset + j]], panel.box);
    const [low, high] = view.cube.header.value_range;
    const levels = niceTicks(low, high, 10).map((value) => ((value - low) / (high - low)) * 255);
    panel.ctx.strokeStyle = css(view.theme.ink, 0.45);
    panel.ctx.lineWidth = 1;
    strokeContours(panel.ctx, view.cube.G, field, offset, levels, panel.box);
  },
  regression1d(view, panel, arm, _, l, k) {
    const curve = arm.get("curve");
    if (!curve) return;
    const { G, K } = view.cube;
    const { ctx, box, toY } = panel;
    const offset = (l * K + k) * G;
    // A curve is thin: here the points lie under it.
    ctx.drawImage(panel.sheet, 0, 0, panel.width, panel.height);
    ctx.lineJoin = "round";
    const x = (i) => box.x + (box.w * i) / (G - 1);
    const y = (i) => toY(curve[offset + i]);
    for (const [colour, width] of [[view.theme.paper, 5], [view.theme.arms[arm.index], 2.5]]) {
      ctx.strokeStyle = css(colour);
      ctx.lineWidth = width;
      strokeSeries(ctx, G, x, y);
    }
  },
};

function decisionStroke(view, ctx) {
  ctx.strokeStyle = css(view.theme.ink);
  ctx.lineWidth = 1.6;
  ctx.lineCap = ctx.lineJoin = "round";
}

function strokeWrong(view, panel, arm, l, k) {
  const wrong = arm.get("wrong");
  if (!wrong) return;
  const { marks } = view.cube;
  const { ctx, toX, toY, radius } = panel;
  const offset = (l * view.cube.K + k) * marks.length;
  ctx.beginPath();
  for (let i = 0; i < marks.length; i++) {
    if (!wrong[offset + i] || (marks[i].split === "test" && !view.state.reveal)) continue;
    const x = toX(marks[i].x), y = toY(marks[i].y);
    ctx.moveTo(x + radius + 2.6, y);
    ctx.arc(x, y, radius + 2.6, 0, 2 * Math.PI);
  }
  ctx.strokeStyle = css(view.theme.ink);
  ctx.lineWidth = 1.4;
  ctx.stroke();
}

function hasDiverged(cube, arm, l, k) {
  const flags = arm.get("diverged");
  return Boolean(flags && flags[l]) && !Number.isFinite(at(arm.get("train_loss"), cube, l, k));
}

// ------------------------------------------------------------------------------------------------------------- the network

const MOST_UNITS = 16;
const LEVELS = 10;

function networkKind(cube) {
  const { layers } = cube;
  if (!layers.length) return "none";
  const widest = Math.max(layers[0].inputs, ...layers.map((layer) => layer.outputs));
  if (widest <= MOST_UNITS) return "links";
  return layers.length === 1 && layers[0].outputs === 1 ? "coefficients" : "matrices";
}

function drawNetwork(view, panel, arm, l, k) {
  const { ctx } = panel;
  ctx.clearRect(0, 0, panel.width, panel.height);
  const weights = arm.get("weights");
  if (!weights || hasDiverged(view.cube, arm, l, k)) return;
  const draw = { links: drawLinks, matrices: drawMatrices, coefficients: drawCoefficients }[networkKind(view.cube)];
  draw?.(view, panel, arm, weights, arm.run(l, k) * view.cube.parameters);
}

// Columns of units from inputs to outputs; made once for each size.
function networkGeometry(view, panel) {
  const { layers, header } = view.cube;
  const counts = [layers[0].inputs, ...layers.map((layer) => layer.outputs)];
  const { ctx } = panel;
  setFont(ctx, view);
  const fit = (list) => (list || []).map((name) => fitText(ctx, name, panel.width * 0.33));
  const names = { first: fit(header.inputs), last: fit(header.outputs) };
  const widest = (list) => Math.max(0, ...list.map((name) => ctx.measureText(name).width));
  const left = widest(names.first) + 14, right = panel.width - widest(names.last) - 14;
  const most = Math.max(...counts);
  const gap = Math.min(view.layout.small * 2.6, (panel.height - 12) / Math.max(1, most));
  const radius = Math.max(2, Math.min(6, gap * 0.36));
  const columns = counts.map((count, c) => {
    const x = left + ((right - left) * c) / (counts.length - 1);
    const spacing = Math.min((panel.height - 12) / count, gap * (most / count > 3 ? 2.4 : 1.35));
    return Array.from({ length: count }, (_, i) => ({ x, y: panel.height / 2 + (i - (count - 1) / 2) * spacing }));
  });
  const links = layers.reduce((sum, layer) => sum + layer.inputs * layer.outputs, 0);
  return { columns, radius, names, levels: new Int8Array(links), alive: columns.map((c) => new Uint8Array(c.length)) };
}

function drawLinks(view, panel, arm, weights, start) {
  const { layers, weightScale: scale } = view.cube;
  const net = (panel.geometry = panel.geometry || networkGeometry(view, panel));
  const factor = (arm.weight_scale / scale) * LEVELS;
  const incoming = net.alive.map((units, c) => (c ? new Uint8Array(units.length) : null));
  const outgoing = net.alive.map((units, c) => (c < layers.length ? new Uint8Array(units.length) : null));
  let j = start, n = 0;
  layers.forEach((layer, depth) => {
    for (let o = 0; o < layer.outputs; o++, j++) {
      for (let i = 0; i < layer.inputs; i++, j++, n++) {
        const q = weights[j];
        net.levels[n] = q === 0 ? 0 : Math.sign(q) * Math.min(LEVELS, 1 + Math.floor(Math.abs(q) * factor));
        if (q !== 0) incoming[depth + 1][o] = outgoing[depth][i] = 1;
      }
    }
  });
  strokeLinks(view, panel, net);
  drawUnits(view, panel, net, incoming, outgoing);
}

// A stroke() costs more than the lines in it: links are grouped by width and sign, thin ones first.
function strokeLinks(view, panel, net) {
  const { ctx } = panel;
  const { layers } = view.cube;
  const thickest = Math.max(2.5, Math.min(5, net.radius));
  ctx.lineCap = "butt";
  for (let level = 1; level <= LEVELS; level++) {
    for (const sign of [1, -1]) {
      ctx.beginPath();
      let n = 0, any = false;
      for (let depth = 0; depth < layers.length; depth++) {
        const from = net.columns[depth], to = net.columns[depth + 1];
        for (let o = 0; o < to.length; o++) {
          for (let i = 0; i < from.length; i++) {
            if (net.levels[n++] !== sign * level) continue;
            any = true;
            ctx.moveTo(from[i].x, from[i].y);
            ctx.lineTo(to[o].x, to[o].y);
          }
        }
      }
      if (!any) continue;
      const share = (level - 0.5) / LEVELS;
      ctx.strokeStyle = css(sign > 0 ? view.theme.positive : view.theme.negative, 0.3 + 0.6 * share);
      ctx.lineWidth = 0.5 + (thickest - 0.5) * share;
      ctx.stroke();
    }
  }
}

function drawUnits(view, panel, net, incoming, outgoing) {
  const { ctx } = panel;
  const { theme, layout } = view;
  setFont(ctx, view);
  net.columns.forEach((column, c) => {
    column.forEach((unit, i) => {
      // A unit that hears nothing or says nothing takes no part any more.
      const alive = (!incoming[c] || incoming[c][i]) && (!outgoing[c] || outgoing[c][i]);
      ctx.beginPath();
      ctx.arc(unit.x, unit.y, net.radius, 0, 2 * Math.PI);
      ctx.fillStyle = css(theme.paper);
      ctx.fill();
      ctx.strokeStyle = alive ? css(theme.ink) : css(theme.faint);
      ctx.lineWidth = 1.3;
      ctx.stroke();
      const names = c === 0 ? net.names.first : c === net.columns.length - 1 ? net.names.last : null;
      if (!names || column.length * layout.small > panel.height * 1.05) return;
      ctx.fillStyle = css(alive ? theme.ink : theme.muted);
      text(ctx, names[i] ?? "", unit.x + (c ? 1 : -1) * (net.radius + 4), unit.y, c ? "left" : "right", "middle");
    });
  });
}

// Wide layers: one pixel for each weight. A weight that is not zero keeps a trace of colour, so exact zeros stand out as gaps.
function drawMatrices(view, panel, arm, weights, start) {
  const { layers, weightScale: scale } = view.cube;
  const { ctx } = panel;
  const { theme, layout } = view;
  const gap = 12;
  const foot = layout.small + 6;
  const shares = layers.map((layer) => Math.sqrt(Math.max(layer.inputs, 6)));
  const total = shares.reduce((a, b) => a + b, 0);
  const lut = (panel.signs = panel.signs || signTable(theme));
  panel.matrices = panel.matrices || layers.map((layer) => {
    const canvas = new OffscreenCanvas(layer.inputs, layer.outputs);
    return { canvas, ctx: canvas.getContext("2d"), image: new ImageData(layer.inputs, layer.outputs) };
  });
  ctx.imageSmoothingEnabled = false;
  setFont(ctx, view);
  let j = start, x = 4;
  layers.forEach((layer, depth) => {
    const matrix = panel.matrices[depth];
    const pixels = new Uint32Array(matrix.image.data.buffer);
    const factor = (arm.weight_scale / scale) * 127;
    for (let o = 0, p = 0; o < layer.outputs; o++, j++) {
      for (let i = 0; i < layer.inputs; i++, j++) {
        const q = weights[j];
        pixels[p++] = lut[q === 0 ? 128 : q > 0 ? 129 + Math.min(126, Math.floor(q * factor)) : 127 - Math.min(126, Math.floor(-q * factor))];
      }
    }
    matrix.ctx.putImageData(matrix.image, 0, 0);
    const width = ((panel.width - 8 - gap * (layers.length - 1)) * shares[depth]) / total;
    const height = panel.height - foot - 4;
    ctx.drawImage(matrix.canvas, x, 4, width, height);
    ctx.strokeStyle = css(theme.line);
    ctx.lineWidth = 1;
    ctx.strokeRect(x - 0.5, 3.5, width + 1, height + 1);
    ctx.fillStyle = css(theme.muted);
    const label = `${layer.inputs} → ${layer.outputs}`;
    text(ctx, ctx.measureText(label).width < width + gap ? label : `→ ${layer.outputs}`, x + width / 2, panel.height - 3, "center");
    x += width + gap;
  });
}

function signTable(theme) {
  return Uint32Array.from({ length: 256 }, (_, v) => {
    const size = Math.abs(v - 128) / 127;
    return packed(v === 128 ? theme.paper : mix(theme.paper, v > 128 ? theme.positive : theme.negative, 0.16 + 0.84 * size));
  });
}

// One output and many inputs: every weight as a bar, in the order of the inputs.
function drawCoefficients(view, panel, arm, weights, start) {
  const { inputs } = view.cube.layers[0];
  const { ctx, width, height } = panel;
  const { theme, layout, cube } = view;
  const left = 8, foot = layout.small + 4, middle = (height - foot) / 2;
  const step = (width - 2 * left) / inputs;
  for (let i = 0; i < inputs; i++) {
    const w = Math.max(-1, Math.min(1, (weights[start + i] * arm.weight_scale) / cube.weightScale));
    ctx.fillStyle = css(w > 0 ? theme.positive : theme.negative);
    if (w) ctx.fillRect(left + i * step + step * 0.12, middle - Math.max(w, 0) * middle, step * 0.76, Math.max(1, Math.abs(w) * middle));
  }
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  tickLine(ctx, left, middle, width - left, middle);
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  text(ctx, cube.header.inputs?.[0] ?? "", left, height - 3, "left");
  text(ctx, cube.header.inputs?.[inputs - 1] ?? "", width - left, height - 3, "right");
}

// ------------------------------------------------------------------------------------------------------------ the histogram

const layerShade = (view, arm, depth) => {
  const count = view.cube.layers.length;
  const paleness = count === 1 ? 0 : (0.6 * (count - 1 - depth)) / (count - 1);
  return css(mix(view.theme.arms[arm.index], view.theme.paper, paleness));
};

function histogramBox(view, panel) {
  const { small } = view.layout;
  const gauge = small * 2.4;
  return { x: gauge + 14, y: small * 1.9, w: Math.max(20, panel.width - gauge - 22), h: Math.max(10, panel.height - small * 3.4), gauge };
}

function drawHistogramAxes(view, panel) {
  const { ctx } = panel;
  const box = (panel.box = histogramBox(view, panel));
  const { theme, cube, layout } = view;
  ctx.clearRect(0, 0, panel.width, panel.height);
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  const base = box.y + box.h;
  const scale = planeScale([-cube.weightScale, cube.weightScale], box.x, box.x + box.w);
  tickLine(ctx, box.x, base + 0.5, box.x + box.w, base + 0.5);
  for (const value of niceTicks(-cube.weightScale, cube.weightScale, Math.min(6, box.w / 45))) {
    const x = scale(value);
    tickLine(ctx, x, base, x, base + 4);
    if (x < box.x + box.w - 18) text(ctx, tickText(value), x, base + layout.small + 4, "center");
  }
  if (cube.arms.some((arm) => arm.weight_max > cube.weightScale)) drawBeyond(ctx, box, base);
  ctx.fillStyle = css(theme.ink);
  text(ctx, "w", box.x + box.w, base + layout.small + 4, "right");
  ctx.fillStyle = css(theme.muted);
  text(ctx, "0", box.gauge / 2, base + layout.small + 4, "center");
}

// Arrowheads on the axis: the outermost bars also hold what lies beyond them.
function drawBeyond(ctx, box, base) {
  for (const [x, direction] of [[box.x, -1], [box.x + box.w, 1]]) {
    ctx.beginPath();
    ctx.moveTo(x + direction * 6, base + 0.5);
    ctx.lineTo(x, base - 3);
    ctx.lineTo(x, base + 4);
    ctx.fill();
  }
}

function drawHistogram(view, panel, arm, l, k) {
  const { cube, theme } = view;
  const { ctx, box } = panel;
  ctx.clearRect(0, 0, panel.width, box.y + box.h);
  if (hasDiverged(cube, arm, l, k)) return;
  const counts = (panel.counts = panel.counts || new Uint32Array(Math.max(1, cube.layers.length) * BINS));
  binWeights(cube, arm, l, k, counts);
  drawBars(view, panel, arm, counts);
  drawZeroGauge(view, panel, arm, at(arm.get("zeros"), cube, l, k));
  setFont(ctx, view);
  ctx.fillStyle = css(theme.ink);
  const zeros = at(arm.get("zeros"), cube, l, k);
  const norm = `‖w‖ ${three(at(arm.get("norm"), cube, l, k))}`, mean = `mean |w| ${three(at(arm.get("mean_abs"), cube, l, k))}`;
  text(ctx, `exactly 0: ${Number.isFinite(zeros) ? zeros : "–"} of ${cube.decayed}`, 0, view.layout.small, "left");
  if (panel.width > 15 * view.layout.small) text(ctx, panel.width > 27 * view.layout.small ? `${norm}    ${mean}` : norm, panel.width - 8, view.layout.small, "right");
}

function drawBars(view, panel, arm, counts) {
  const { ctx, box } = panel;
  const { cube, theme, layout } = view;
  const width = box.w / BINS;
  const heights = (panel.heights = panel.heights || new Float64Array(BINS));
  heights.fill(0);
  for (let depth = 0; depth < cube.layers.length; depth++) {
    ctx.fillStyle = layerShade(view, arm, depth);
    for (let bin = 0; bin < BINS; bin++) {
      const count = counts[depth * BINS + bin];
      if (!count) continue;
      const from = Math.min(heights[bin], cube.countLimit);
      heights[bin] += count;
      const to = Math.min(heights[bin], cube.countLimit);
      const top = box.y + box.h * (1 - to / cube.countLimit);
      ctx.fillRect(box.x + bin * width + 0.5, top, width - 1, ((to - from) / cube.countLimit) * box.h);
    }
  }
  setFont(ctx, view);
  const highest = heights.indexOf(Math.max(...heights)); // a bar cut at the top of the fixed axis tells its count
  if (heights[highest] <= cube.countLimit) return;
  haloText(ctx, `↑ ${heights[highest]}`, box.x + (highest + 0.5) * width, box.y + layout.small - 1, "center", css(theme.ink), css(theme.paper));
}

// Exact zeros have a place and a scale of their own: a full bar means every weight.
function drawZeroGauge(view, panel, arm, zeros) {
  const { ctx, box } = panel;
  const { theme, cube } = view;
  const width = box.gauge * 0.8, x = box.gauge * 0.1;
  const share = cube.decayed ? (zeros || 0) / cube.decayed : 0;
  ctx.fillStyle = css(theme.faint);
  ctx.fillRect(x, box.y, width, box.h);
  ctx.fillStyle = css(theme.arms[arm.index]);
  ctx.fillRect(x, box.y + box.h * (1 - share), width, box.h * share);
}

// -------------------------------------------------------------------------------------------------------------- the curves

function lossScale(view, plot) {
  const { low, high, floor } = view.cube.lossLimits;
  const bottom = plot.y + plot.h;
  if (!view.state.log) return (value) => bottom - (plot.h * (value - floor)) / (high - floor);
  const factor = plot.h / Math.log(high / low);
  return (value) => (value > 0 ? bottom - Math.log(value / low) * factor : value === 0 ? bottom + 50 : NaN);
}

function drawLossAxis(view, ctx, plot) {
  const { theme, cube, state } = view;
  const { low, high, floor } = cube.lossLimits;
  const y = lossScale(view, plot);
  setFont(ctx, view);
  ctx.lineWidth = 1;
  for (const value of state.log ? logTicks(low, high) : niceTicks(floor, high, plot.h / 24)) {
    ctx.strokeStyle = css(theme.faint);
    const line = Math.round(y(value)) + 0.5;
    if (line < plot.y + plot.h) tickLine(ctx, plot.x, line, plot.x + plot.w, line);
    ctx.fillStyle = css(theme.muted);
    text(ctx, tickText(value), plot.x - 8, line, "right", "middle");
  }
  ctx.strokeStyle = css(theme.line);
  tickLine(ctx, plot.x, plot.y + plot.h + 0.5, plot.x + plot.w, plot.y + plot.h + 0.5);
}

const splitsShown = (view) => (view.state.reveal ? ["train", "validation", "test"] : ["train", "validation"]);

function clipTo(ctx, plot) {
  ctx.beginPath();
  ctx.rect(plot.x - 6, plot.y - 2, plot.w + 12, plot.h + 2);
  ctx.clip();
}

// λ sits on evenly spaced notches: an exact logarithmic axis for a geometric path, with the notch of λ = 0 left of the break.
const lambdaX = (view, l) => view.plotBox.lambda.x + (view.plotBox.lambda.w * l) / Math.max(1, view.cube.L - 1);
const hasZero = (cube) => cube.lambdas[0] === 0;

function drawLambdaAxis(view, ctx, plot) {
  const { cube, theme, layout } = view;
  const base = plot.y + plot.h;
  const first = hasZero(cube) ? 1 : 0;
  plot.labels = [];
  ctx.fillStyle = css(theme.muted);
  ctx.strokeStyle = css(theme.line);
  ctx.lineWidth = 1;
  const label = base + layout.small + 10;
  if (hasZero(cube)) tickLabel(ctx, plot, "0", lambdaX(view, 0), label);
  if (cube.L <= first) return;
  if (first && cube.L > 1) drawAxisBreak(ctx, (lambdaX(view, 0) + lambdaX(view, 1)) / 2, base, css(theme.paper), css(theme.muted));
  const low = Math.log10(cube.lambdas[first]), high = Math.log10(cube.lambdas[cube.L - 1]);
  const every = Math.max(1, Math.ceil((high - low) / Math.max(1, plot.w / 60)));
  for (let power = Math.ceil(low - 1e-6); power <= high + 1e-6; power += every) {
    const x = lambdaX(view, notchOf(cube, 10 ** power));
    tickLine(ctx, x, base, x, base + 4);
    if (hasZero(cube) && x - plot.x < 26) continue; // too near the label of λ = 0
    tickLabel(ctx, plot, power === 0 ? "1" : power === 1 ? "10" : `10${superscript(power)}`, x, label);
  }
  ctx.fillStyle = css(theme.ink);
  text(ctx, "λ", plot.x + plot.w + 8, base + 1, "left", "middle");
}

// Tick labels remember their place: the cursor's flag covers a label as a whole or not at all.
function tickLabel(ctx, plot, string, x, y) {
  const half = ctx.measureText(string).width / 2 + 2;
  plot.labels.push([x - half, x + half]);
  text(ctx, string, x, y, "center");
}

function drawAxisBreak(ctx, x, y, paper, colour) {
  ctx.fillStyle = paper;
  ctx.fillRect(x - 3, y - 3, 6, 6);
  ctx.fillStyle = ctx.strokeStyle = colour;
  tickLine(ctx, x - 5, y + 5, x - 1, y - 4);
  tickLine(ctx, x + 1, y + 5, x + 5, y - 4);
}

// Where a λ lies between the notches (fractional), logarithmically between its neighbours.
function notchOf(cube, value) {
  const { lambdas, L } = cube;
  const first = hasZero(cube) ? 1 : 0;
  if (value <= 0 && first) return 0;
  for (let l = first; l < L - 1; l++) {
    if (value <= lambdas[l + 1] * (1 + 1e-9)) return l + Math.log(value / lambdas[l]) / Math.log(lambdas[l + 1] / lambdas[l]);
  }
  return L - 1;
}

function drawLambdaBase(view) {
  const { cube, state, theme } = view;
  const { ctx, width, height } = view.canvases.lambdaBase;
  const plot = view.plotBox.lambda;
  ctx.clearRect(0, 0, width, height);
  drawLossAxis(view, ctx, plot);
  setFont(ctx, view);
  ctx.fillStyle = css(theme.muted);
  drawLambdaAxis(view, ctx, plot);
  const y = lossScale(view, plot);
  ctx.save();
  clipTo(ctx, plot);
  for (const arm of cube.arms) drawBands(view, ctx, arm, y);
  for (const arm of cube.arms) {
    for (const split of splitsShown(view)) {
      const mean = arm.get(`mean_${split}`);
      if (!mean) continue;
      setSeriesStyle(ctx, theme.arms[arm.index], split);
      strokeSeries(ctx, cube.L, (l) => lambdaX(view, l), (l) => y(at(mean, cube, l, state.k)));
    }
  }
  ctx.setLineDash([]);
  ctx.restore();
  cube.arms.forEach((arm, lane) => drawChoices(view, ctx, arm, lane, y));
  drawLambdaCaption(view, ctx, plot);
}

// The caption stays at one end of the label lane for the whole cube: the end away from the choices of the last epoch.
function drawLambdaCaption(view, ctx, plot) {
  const { cube, theme, layout } = view;
  const choices = cube.arms.flatMap((arm) => [arm.get("best")?.[cube.K - 1], arm.get("one_se")?.[cube.K - 1]]).filter((l) => l >= 0);
  const left = Math.max(...choices) > 0.6 * (cube.L - 1) && Math.min(...choices) > 0.35 * (cube.L - 1);
  const seeds = cube.seeds > 1 && !layout.narrow ? `, mean of ${cube.seeds} seeds ± 1 SE` : "";
  setFont(ctx, view);
  haloText(ctx, `${cube.header.loss_name || "loss"}${seeds}`, left ? plot.x : plot.x + plot.w, layout.small, left ? "left" : "right", css(theme.muted), css(theme.paper));
}

function setSeriesStyle(ctx, colour, split) {
  ctx.strokeStyle = css(colour);
  ctx.lineWidth = split === "train" ? 1.6 : 2;
  ctx.lineJoin = "round";
  ctx.lineCap = split === "test" ? "round" : "butt";
  ctx.setLineDash(DASHES[split]);
}

// ± one standard error over the seeds, around train and validation.
function drawBands(view, ctx, arm, y) {
  const { cube, state, theme } = view;
  for (const split of splitsShown(view)) {
    const mean = arm.get(`mean_${split}`), se = arm.get(`se_${split}`);
    if (!mean || !se) continue;
    ctx.beginPath();
    const floor = cube.lossLimits.low * 1e-3;
    const edge = (l, sign) => {
      const middle = at(mean, cube, l, state.k), error = at(se, cube, l, state.k);
      return Number.isFinite(middle) ? y(Math.max(floor, middle + sign * (error || 0))) : NaN;
    };
    const shown = [];
    for (let l = 0; l < cube.L; l++) if (Number.isFinite(edge(l, 1))) shown.push(l);
    shown.forEach((l) => ctx.lineTo(lambdaX(view, l), edge(l, 1)));
    shown.reverse().forEach((l) => ctx.lineTo(lambdaX(view, l), edge(l, -1)));
    ctx.fillStyle = css(theme.arms[arm.index], split === "train" ? 0.1 : 0.17);
    ctx.fill();
  }
}

// The lowest validation loss and the one-standard-error choice, each a glyph on the curve with a label in the arm's own lane.
function drawChoices(view, ctx, arm, lane, y) {
  const { cube, state, theme, layout } = view;
  const mean = arm.get("mean_validation");
  const best = arm.get("best")?.[state.k] ?? -1;
  const oneSe = arm.get("one_se")?.[state.k] ?? -1;
  if (!mean || best < 0) return;
  const plot = view.plotBox.lambda;
  const colour = css(theme.arms[arm.index]);
  const labelY = layout.small * (lane + 1) + lane * 2;
  const mark = (l, label, align, dx) => {
    const x = lambdaX(view, l), top = y(at(mean, cube, l, state.k));
    if (!Number.isFinite(top)) return;
    ctx.strokeStyle = css(theme.arms[arm.index], 0.5);
    ctx.lineWidth = 1;
    tickLine(ctx, x, labelY + 3, x, Math.max(labelY + 3, Math.min(plot.y + plot.h, top)));
    drawGlyph(ctx, arm.glyph, x, Math.max(plot.y, Math.min(plot.y + plot.h, top)), 4.2, colour, css(theme.paper));
    setFont(ctx, view);
    haloText(ctx, label, x + dx, labelY, align, colour, css(theme.paper));
  };
  const name = view.cube.arms.length > 1 ? `${arm.label} ` : "";
  if (oneSe < 0 || oneSe === best) return mark(best, oneSe < 0 ? `${name}lowest` : `${name}lowest and 1 SE`, alignAt(view, best), 0);
  const near = lambdaX(view, oneSe) - lambdaX(view, best) < layout.small * 9;
  if (near && lambdaX(view, best) > plot.x + layout.small * 7) {
    const apart = Math.min(4, (lambdaX(view, oneSe) - lambdaX(view, best)) / 2 - 4);
    mark(best, `${name}lowest`, "right", apart);
    mark(oneSe, `${name}1 SE`, "left", -apart);
  } else {
    mark(best, `${name}lowest`, near ? "left" : alignAt(view, best), 0);
    mark(oneSe, `${name}1 SE`, alignAt(view, oneSe), near ? layout.small * 5 : 0);
  }
}

function alignAt(view, l) {
  const share = l / Math.max(1, view.cube.L - 1);
  return share < 0.08 ? "left" : share > 0.92 ? "right" : "center";
}

const epochOf = (cube, k) => cube.steps[k] / (cube.header.steps_per_epoch || 1);
const epochText = (value) => (Number.isInteger(value) ? String(value) : value < 10 ? value.toFixed(1) : value.toFixed(0));

function epochX(view, k) {
  const plot = view.plotBox.epoch, { steps, K } = view.cube;
  const span = steps[K - 1] - steps[0];
  return plot.x + (span > 0 ? (plot.w * (steps[k] - steps[0])) / span : 0);
}

function drawEpochBase(view) {
  const { cube, state, theme, layout } = view;
  const { ctx, width, height } = view.canvases.epochBase;
  const plot = view.plotBox.epoch;
  ctx.clearRect(0, 0, width, height);
  drawLossAxis(view, ctx, plot);
  const base = plot.y + plot.h;
  plot.labels = [];
  const range = [epochOf(cube, 0), epochOf(cube, cube.K - 1)];
  const x = planeScale(range, plot.x, plot.x + plot.w);
  ctx.strokeStyle = css(theme.line);
  ctx.fillStyle = css(theme.muted);
  for (const value of range[1] > range[0] ? niceTicks(...range, plot.w / 100) : []) {
    tickLine(ctx, x(value), base, x(value), base + 4);
    tickLabel(ctx, plot, epochText(value), x(value), base + layout.small + 10);
  }
  const y = lossScale(view, plot);
  ctx.save();
  clipTo(ctx, plot);
  for (const arm of cube.arms) drawEpochCurves(view, ctx, arm, y);
  ctx.restore();
  setFont(ctx, view);
  const seed = cube.header.seed !== undefined ? `, seed ${cube.header.seed}` : "";
  haloText(ctx, `${cube.header.loss_name || "loss"} over epochs${seed}`, plot.x + plot.w, layout.small, "right", css(theme.muted), css(theme.paper));
}

function drawEpochCurves(view, ctx, arm, y) {
  const { cube, state, theme } = view;
  const penalty = arm.get("penalty");
  if (penalty) {
    ctx.strokeStyle = css(theme.muted, 0.75);
    ctx.lineWidth = 1.2;
    ctx.setLineDash([]);
    strokeSeries(ctx, cube.K, (k) => epochX(view, k), (k) => y(at(penalty, cube, state.l, k)));
  }
  for (const split of splitsShown(view)) {
    const loss = arm.get(`${split}_loss`);
    if (!loss) continue;
    setSeriesStyle(ctx, theme.arms[arm.index], split);
    strokeSeries(ctx, cube.K, (k) => epochX(view, k), (k) => y(at(loss, cube, state.l, k)));
  }
  ctx.setLineDash([]);
}

// The cursor, its value as a flag among the tick labels, and a glyph where it meets each curve.
function drawCursor(view, canvas, plot, x, flag, values) {
  const { theme, layout } = view;
  const { ctx } = canvas;
  ctx.clearRect(0, 0, canvas.width, canvas.height);
  ctx.strokeStyle = css(theme.ink);
  ctx.lineWidth = 1.4;
  tickLine(ctx, x, plot.y - 4, x, plot.y + plot.h);
  setFont(ctx, view, 600);
  const half = ctx.measureText(flag).width / 2 + 7;
  const middle = Math.max(half, Math.min(canvas.width - half, x));
  ctx.fillStyle = css(theme.paper);
  let left = middle - half, right = middle + half;
  for (const [from, to] of plot.labels || []) {
    if (from < middle + half && to > middle - half) [left, right] = [Math.min(left, from), Math.max(right, to)];
  }
  ctx.fillRect(left, plot.y + plot.h + 9, right - left, layout.small + 6);
  ctx.fillStyle = css(theme.ink);
  text(ctx, flag, middle, plot.y + plot.h + layout.small + 10, "center");
  const y = lossScale(view, plot);
  for (const { value, arm, colour } of values) {
    const top = y(value);
    if (Number.isFinite(top) && top >= plot.y - 3 && top <= plot.y + plot.h + 1) {
      drawGlyph(ctx, arm.glyph, x, top, 4, css(colour), css(theme.paper));
    }
  }
}

// ------------------------------------------------------------------------------------------------------------------- words

// What the curves say at (l, k) about one arm. Every comparison is between mean losses over the seeds, at the shown epoch.
function judge(cube, arm, l, k) {
  const validation = arm.get("mean_validation"), train = arm.get("mean_train");
  const best = arm.get("best")?.[k] ?? -1;
  if (arm.get("diverged")?.[l] && !Number.isFinite(at(arm.get("train_loss"), cube, l, k))) return { state: "diverged" };
  if (!validation || !train || best < 0) return { state: "unknown" };
  const v = at(validation, cube, l, k), lowest = at(validation, cube, best, k);
  const se = at(arm.get("se_validation"), cube, best, k);
  if (!Number.isFinite(v) || !Number.isFinite(lowest)) return { state: "unknown" };
  const allowance = se > 0 ? se : 0.02 * lowest; // one seed has no standard error; 2 % counts as equal
  const values = [];
  for (let i = 0; i < cube.L; i++) if (Number.isFinite(at(validation, cube, i, k))) values.push(at(validation, cube, i, k));
  const verdict = { best, v, lowest, se, gap: v - at(train, cube, l, k) };
  if (Math.max(...values) - lowest <= allowance) return { ...verdict, state: "flat" };
  if (l === best) return { ...verdict, state: "best" };
  if (l === arm.get("one_se")?.[k]) return { ...verdict, state: "one_se" };
  if (v <= lowest + allowance) return { ...verdict, state: "equal" };
  const gapAtBest = lowest - at(train, cube, best, k);
  if (l < best) return { ...verdict, state: "low", memorises: at(train, cube, l, k) < at(train, cube, best, k) && verdict.gap > gapAtBest };
  return { ...verdict, state: "high", crushed: isCrushed(cube, arm, l, k), forgets: at(train, cube, l, k) > at(train, cube, best, k) };
}

// Crushed: less than a tenth of the norm without decay (or with the least decay on the path).
const isCrushed = (cube, arm, l, k) => at(arm.get("norm"), cube, l, k) < 0.1 * at(arm.get("norm"), cube, 0, k);

const percentAbove = (verdict, lowest = "the lowest") => {
  const share = 100 * (verdict.v / verdict.lowest - 1);
  return share >= 300 ? `${three(verdict.v / verdict.lowest)} times ${lowest}` : `${share < 9.95 ? share.toFixed(1) : share.toFixed(0)} % above ${lowest}`;
};

function describeVerdict(cube, verdict, l) {
  const zero = cube.lambdas[l] === 0;
  switch (verdict.state) {
    case "diverged": return "This run diverged: the steps were too large here.";
    case "flat": return `At this epoch validation loss is the same for every λ, ${cube.seeds > 1 ? "up to the noise between seeds" : "within 2 %"}.`;
    case "best": return zero ? "No decay, and validation loss is lowest here: these data ask for none." : "Validation loss is lowest here.";
    case "one_se": return l < verdict.best ? "Within one standard error of the lowest." : "The most decay that is still within one standard error of the lowest.";
    case "equal": return `As good as the lowest, as far as ${cube.seeds > 1 ? `${cube.seeds} seeds` : "one seed"} can tell.`;
    case "low": return `${zero ? "No decay" : "Too little decay"}: ${verdict.memorises ? "it fits the training points better than new ones; " : ""}validation loss is ${percentAbove(verdict)}.`;
    case "high": return `Too much decay: ${verdict.crushed ? "the weights are crushed" : verdict.forgets ? "even the training points fit worse" : "more than these data can use"}; validation loss is ${percentAbove(verdict)}.`;
    default: return "";
  }
}

const SHORT = {
  diverged: "diverged", flat: "no λ is better than another", best: "lowest here", one_se: "one-SE choice",
  equal: "within 1 SE of its lowest", unknown: "no value here",
};
function shortVerdict(verdict, zero) {
  if (verdict.state === "low") return `${zero ? "no decay" : "too little"}, ${percentAbove(verdict, "its lowest")}`;
  if (verdict.state === "high") return `too much, ${verdict.crushed ? "crushed weights, " : ""}${percentAbove(verdict, "its lowest")}`;
  return SHORT[verdict.state];
}

// What to try first; which ends are worse is read off the first arm's curve at the last epoch.
function openingSentence(cube) {
  const own = cube.header.sentences || {};
  const arm = cube.arms[0];
  const k = cube.K - 1;
  if (!arm || cube.L < 2) return own.start || "Drag the epoch to watch it learn.";
  if (own.start) return own.start;
  const least = judge(cube, arm, 0, k), most = judge(cube, arm, cube.L - 1, k);
  const low = least.state === "low", high = most.state === "high";
  if (low && high && least.memorises && most.forgets) return "Drag λ: too little memorises the noise, too much forgets the pattern.";
  if (low && high) return "Drag λ: some decay helps here, too much hurts.";
  if (high) return "Drag λ: how much decay does this model bear?";
  if (low) return "Drag λ to the right: here decay helps.";
  return "Drag λ and see what changes, and what does not.";
}

function sentence(view, name = (i) => armMark(view.cube, i)) {
  const { cube, state } = view;
  if (!state.touched) return openingSentence(cube);
  if (cube.steps[state.k] === 0) return "Nothing is learned yet. Press play, or drag the epoch to the right.";
  const verdicts = cube.arms.map((arm) => judge(cube, arm, state.l, state.k));
  if (verdicts.length > 1) return `Validation loss: ${verdicts.map((verdict, i) => `${name(i)} ${shortVerdict(verdict, cube.lambdas[state.l] === 0)}`).join("; ")}.`;
  const own = cube.header.sentences || {};
  const group = { low: "low", high: "high", best: "best" }[verdicts[0].state];
  return (group && own[group]) || describeVerdict(cube, verdicts[0], state.l);
}

// Arms may share a label (L2 coupled, L2 decoupled); then the detail tells them apart.
function armName(cube, i) {
  const same = cube.arms.filter((arm) => arm.label === cube.arms[i].label).length > 1;
  return same && cube.arms[i].detail ? `${cube.arms[i].label} (${cube.arms[i].detail})` : cube.arms[i].label;
}

// In one line of text the glyph is detail enough.
const armMark = (cube, i) => (cube.arms.filter((arm) => arm.label === cube.arms[i].label).length > 1 ? `${cube.arms[i].label} ${cube.arms[i].glyph}` : cube.arms[i].label);

function positionText(cube, l, k) {
  const last = epochOf(cube, cube.K - 1);
  return `λ = ${lambdaText(cube.lambdas[l])}, epoch ${epochText(epochOf(cube, k))} of ${epochText(last)}`;
}

// ------------------------------------------------------------------------------------------------------------- DOM helpers

function element(tag, className, properties = {}, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  for (const [name, value] of Object.entries(properties)) {
    if (name in node && !name.includes("-")) node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

function svg(viewBox, paths, properties = {}) {
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

const glyphIcon = (glyph) => svg("-1.2 -1.2 2.4 2.4", [{ d: GLYPHS[glyph] || GLYPHS["●"], "fill-rule": "evenodd" }], { class: "wdl-glyph" });

const ICONS = {
  start: "M5 5V19M19 5L8 12L19 19Z", back: "M16 5L7 12L16 19Z", play: "M8 4.5L19 12L8 19.5Z", pause: "M8 5V19M16 5V19", forward: "M8 5L17 12L8 19Z",
};
const icon = (name) => svg("0 0 24 24", [{ d: ICONS[name] }], { class: `wdl-icon wdl-icon-${name}` });

function setText(node, value) {
  if (node.wdlText !== value) {
    node.wdlText = value;
    node.textContent = value;
  }
}

// ---------------------------------------------------------------------------------------------------------------- the view

const SPEEDS = [0.5, 1, 2, 4];
const SETTLE = 350; // milliseconds of rest before anything is read aloud
const IDLE = 250; // milliseconds after the last key before the position is reported

class View {
  constructor(host, { position, onRelease } = {}) {
    this.host = host;
    this.onRelease = onRelease;
    this.initial = position;
    this.state = { l: 0, k: 0, reveal: false, log: false, speed: 1, playing: false, touched: false };
    this.drawn = {};
    this.panels = [];
    this.sequence = 0;
    this.width = 0;
    this.abort = new AbortController();
    this.root = element("div", "wdl", { "data-testid": "lab-view" });
    this.message = element("p", "wdl-message", { role: "status" });
    this.root.append(this.message);
    host.append(this.root);
    this.root.dataset.paints = "0";
    this.observer = new ResizeObserver(([entry]) => this.resize(entry.contentRect.width));
    this.observer.observe(this.root);
    this.scheme = globalThis.matchMedia?.("(prefers-color-scheme: dark)");
    this.scheme?.addEventListener("change", () => this.restyle(), { signal: this.abort.signal });
    document.fonts?.ready.then(() => !this.destroyed && this.restyle(true));
  }

  // -- data

  async update(bytes, position) {
    const turn = ++this.sequence;
    try {
      const data = asBytes(bytes);
      const { header } = readHeader(data);
      // Streamlit sends the same bytes again at every rerun and theme change; only new content is unpacked.
      const content = contentOf(header);
      const same = this.content === content;
      const cube = same ? this.cube : await readCube(data);
      if (turn !== this.sequence || this.destroyed) return;
      this.content = content;
      if (same) this.restyle();
      else this.adopt(cube);
      this.place(header, position);
    } catch (error) {
      if (turn === this.sequence && !this.destroyed) this.fail(error);
    }
  }

  fail(error) {
    this.message.textContent = `The view could not be drawn. ${error.message}`;
    this.message.hidden = false;
  }

  // A new cube: keep the position by value (the nearest λ in the logarithm, the same share of the steps).
  adopt(cube) {
    const before = this.cube;
    const { l, k } = this.state;
    this.cube = cube;
    this.message.hidden = true;
    if (before) {
      this.state.l = nearestLambda(cube, before.lambdas[l]);
      this.state.k = nearestStep(cube, (before.steps[k] / (before.steps[before.K - 1] || 1)) * cube.steps[cube.K - 1]);
    } else {
      this.state.l = Math.max(0, cube.arms[0]?.get("best")?.[cube.K - 1] ?? 0);
      this.state.k = cube.K - 1;
    }
    this.playFrom = { time: null, k: this.state.k };
    this.build();
    this.restyle(true);
  }

  // An explicit position counts at the first mount, and later only with a new token: a rerun must not move the hand.
  place(header, position) {
    const first = this.token === undefined;
    const fresh = first ? position || this.initial || header.position : this.token !== (header.position_token ?? null) ? header.position : position;
    this.token = header.position_token ?? null;
    if (!fresh) return;
    if (Number.isFinite(fresh.lam)) this.state.l = nearestLambda(this.cube, fresh.lam);
    if (Number.isFinite(fresh.step)) this.state.k = nearestStep(this.cube, fresh.step);
    for (const name of ["reveal", "log"]) if (typeof fresh[name] === "boolean") this.state[name] = fresh[name];
    if (SPEEDS.includes(fresh.speed)) this.state.speed = fresh.speed;
    this.drawn = {};
    this.invalidate();
  }

  position() {
    const { l, k, reveal, log, speed } = this.state;
    return { lam: this.cube.lambdas[l], step: this.cube.steps[k], reveal, log, speed };
  }

  // -- DOM, rebuilt for a new payload only

  build() {
    const focused = this.root.getRootNode().activeElement?.dataset?.testid;
    this.parts = {};
    this.canvases = {};
    const children = [this.message, this.buildTop(), this.buildScrubber("lambda"), this.buildPanels(), this.buildControls(),
      this.buildScrubber("epoch"), this.buildReadout(), this.buildLive()];
    this.root.replaceChildren(...children);
    this.root.dataset.arms = this.cube.arms.length;
    this.listen();
    this.width && this.relayout();
    if (focused) this.root.querySelector(`[data-testid="${focused}"]`)?.focus({ preventScroll: true });
  }

  buildTop() {
    this.parts.sentence = element("p", "wdl-sentence", { "data-testid": "sentence" });
    return this.parts.sentence;
  }

  buildScrubber(name) {
    const base = element("canvas", "wdl-base", { role: "img" });
    const cursor = element("canvas", "wdl-cursor", { "aria-hidden": "true", "data-testid": `${name}-plot` });
    const range = element("input", "wdl-range", {
      type: "range", "data-testid": `${name}-range`, "aria-label": name === "lambda" ? "λ, strength of weight decay" : "epoch",
    });
    const tip = element("div", "wdl-tip", { hidden: true, "aria-hidden": "true" });
    const { cube } = this;
    range.min = name === "lambda" ? 0 : cube.steps[0];
    range.max = name === "lambda" ? cube.L - 1 : cube.steps[cube.K - 1];
    range.step = 1;
    Object.assign(this.parts, { [`${name}Range`]: range, [`${name}Tip`]: tip });
    this.canvases[`${name}Base`] = { canvas: base };
    this.canvases[`${name}Cursor`] = { canvas: cursor };
    return element("div", `wdl-scrubber wdl-scrubber-${name}`, {}, base, cursor, range, tip);
  }

  buildPanels() {
    const { cube } = this;
    this.panels = cube.arms.map((arm) => {
      const make = (kind) => ({ canvas: element("canvas", `wdl-${kind}`, { role: "img", "data-testid": `${kind}-${arm.index}` }) });
      const panel = { arm, boundary: make("boundary"), network: make("network"), histogram: make("histogram") };
      panel.root = element("section", "wdl-arm", { "aria-label": armName(cube, arm.index) }, this.buildArmTitle(arm),
        element("div", "wdl-figures", {}, panel.boundary.canvas,
          element("div", "wdl-side", {}, element("div", "wdl-side-item", {}, this.buildNetworkTitle(), panel.network.canvas),
            element("div", "wdl-side-item", {}, this.buildLayerLegend(panel), panel.histogram.canvas))));
      return panel;
    });
    return element("div", `wdl-panels wdl-arms-${cube.arms.length}`, {}, ...this.panels.map((panel) => panel.root));
  }

  buildArmTitle(arm) {
    const { plane, classes = [] } = this.cube.header;
    const name = element("h3", "wdl-arm-name", {}, glyphIcon(arm.glyph), element("span", "", {}, arm.label));
    name.dataset.arm = arm.index;
    const legend = element("span", "wdl-classes");
    classes.slice(0, 10).forEach((label, c) => legend.append(element("span", "wdl-class", {}, classIcon(c), element("span", "", {}, label))));
    return element("div", "wdl-arm-title", {}, name, element("span", "wdl-note", {}, arm.detail || ""), legend, element("span", "wdl-note wdl-clip", { title: plane.note || "" }, plane.note || ""));
  }

  buildNetworkTitle() {
    const sign = (c, label) => element("span", "wdl-sign", { "data-sign": c }, label);
    return element("p", "wdl-note wdl-side-title", {}, "weights", sign("positive", "w > 0"), sign("negative", "w < 0"));
  }

  buildLayerLegend(panel) {
    panel.shades = this.cube.layers.map((layer) => element("span", "wdl-shade", {}, layer.name));
    return element("p", "wdl-note wdl-side-title", {}, ...(this.cube.layers.length > 1 ? panel.shades : ["how many weights, by size"]));
  }

  buildControls() {
    const { parts } = this;
    const button = (name, label, action, ...children) => {
      const node = element("button", "wdl-button", { type: "button", "data-testid": name, "aria-label": label, title: label }, ...children);
      node.addEventListener("click", action);
      parts[name] = node;
      return node;
    };
    const player = element("div", "wdl-player", { role: "group", "aria-label": "Play through the epochs" },
      button("start", "Back to the start", () => this.jump(0), icon("start")),
      button("back", "One step back", () => this.jump(this.state.k - 1), icon("back")),
      button("play", "Play", () => this.toggle(), icon("play"), icon("pause")),
      button("forward", "One step forward", () => this.jump(this.state.k + 1), icon("forward")),
      button("speed", "Speed", () => this.cycleSpeed(), element("span")));
    parts.epoch = element("output", "wdl-epoch", { "data-testid": "epoch-readout" });
    parts.testLegend = this.buildLegendItem("test", "test");
    const legend = element("div", "wdl-legend", {}, this.buildLegendItem("train", "train"), this.buildLegendItem("validation", "validation"),
      parts.testLegend, this.buildLegendItem("penalty", "penalty"));
    const log = button("log", "Logarithmic loss axes", () => this.set({ log: !this.state.log }, true), "log scale");
    const reveal = button("reveal", "Reveal test", () => this.set({ reveal: !this.state.reveal }, true), element("span"));
    for (const toggle of [log, reveal]) toggle.classList.add("wdl-toggle");
    for (const node of [log, reveal]) { node.removeAttribute("aria-label"); node.title = ""; }
    return element("div", "wdl-controls", {}, player, parts.epoch, legend, element("div", "wdl-toggles", {}, log, reveal));
  }

  buildLegendItem(split, label) {
    const line = { d: "M1 7H23", class: `wdl-line wdl-line-${split}` };
    const mark = { train: "M28 7A4 4 0 1 1 36 7A4 4 0 1 1 28 7Z", validation: "M28.5 7A3.5 3.5 0 1 1 35.5 7A3.5 3.5 0 1 1 28.5 7Z", test: "M29 4L35 10M29 10L35 4" }[split];
    const paths = mark ? [line, { d: mark, class: `wdl-mark wdl-mark-${split}` }] : [line];
    return element("span", "wdl-legend-item", {}, svg(mark ? "0 0 38 14" : "0 0 24 14", paths, { width: mark ? 38 : 24, height: 14 }), label);
  }

  buildReadout() {
    this.parts.readout = element("div", "wdl-readout", { "data-testid": "readout" });
    return this.parts.readout;
  }

  // One row for each arm; on a narrow screen one column for each arm.
  buildReadoutTable(form) {
    const { cube } = this;
    const narrow = form === "columns";
    const full = cube.header.score_name || "score";
    const score = form === "short rows" && full === "accuracy" ? "acc." : full;
    const short = (split) => (form === "short rows" && split === "validation" ? "val." : split);
    const loss = ["train", "validation", "test"].map((split) => ({ label: `${short(split)} loss`, split, span: short(split).length + 6, value: (arm, l, k) => three(at(arm.get(`${split}_loss`), cube, l, k)) }));
    const scores = ["train", "validation", "test"].map((split) => ({ label: `${short(split)} ${score}`, split, span: short(split).length + score.length + 1, value: (arm, l, k) => scoreText(cube, at(arm.get(`${split}_score`), cube, l, k)) }));
    const measures = [...loss, ...scores,
      { label: "penalty", value: (arm, l, k) => three(at(arm.get("penalty"), cube, l, k)) },
      { label: "‖w‖", span: 6, value: (arm, l, k) => three(at(arm.get("norm"), cube, l, k)) },
      { label: "mean |w|", span: 9, value: (arm, l, k) => three(at(arm.get("mean_abs"), cube, l, k)) },
      { label: "exact zeros", span: 13, value: (arm, l, k) => { const n = at(arm.get("zeros"), cube, l, k); return Number.isFinite(n) && !hasDiverged(cube, arm, l, k) ? `${n} of ${cube.decayed}` : "–"; } }];
    this.cells = [];
    const cell = (arm, measure) => {
      const node = element("td");
      this.cells.push({ node, arm, measure });
      return node;
    };
    const head = (arm, scope) => {
      const node = element("th", "wdl-arm-name", { scope, "aria-label": armName(cube, arm.index) }, glyphIcon(arm.glyph), element("span", "", {}, arm.label));
      node.dataset.arm = arm.index;
      return node;
    };
    const rows = narrow
      ? [element("tr", "", {}, element("td"), ...cube.arms.map((arm) => head(arm, "col"))),
        ...measures.map((measure) => element("tr", "", {}, element("th", "", { scope: "row" }, measure.label), ...cube.arms.map((arm) => cell(arm, measure))))]
      : [element("tr", "", {}, element("td"), ...measures.map((measure) => element("th", "", { scope: "col" }, measure.label))),
        ...cube.arms.map((arm) => element("tr", "", {}, head(arm, "row"), ...measures.map((measure) => cell(arm, measure))))];
    const caption = element("caption", "wdl-hidden", {}, `Exact values at the shown λ and epoch, seed ${cube.header.seed ?? 0}`);
    const spans = [Math.max(8, ...cube.arms.map((arm) => Math.min(20, arm.label.length + 3))), ...measures.map((measure) => (measure.span || 8) + 2)];
    const total = spans.reduce((a, b) => a + b);
    const columns = narrow ? [] : spans.map((span) => element("col", "", { style: `width: ${(100 * span) / total}%` }));
    this.parts.readout.replaceChildren(element("table", "", {}, caption, element("colgroup", "", {}, ...columns), ...rows));
    this.readoutForm = form;
  }

  buildLive() {
    this.parts.live = element("p", "wdl-hidden", { "aria-live": "polite" });
    return this.parts.live;
  }

  // -- style and size

  // A rerun without a new theme (Streamlit sends many) redraws nothing.
  restyle(force = false) {
    if (!this.cube || !this.panels.length) return;
    const theme = readTheme(this.root, this.cube.arms);
    if (!force && this.theme && `${theme.paper}|${theme.ink}|${theme.font}` === `${this.theme.paper}|${this.theme.ink}|${this.theme.font}`) return;
    this.theme = theme;
    const { root } = this;
    root.dataset.theme = theme.dark ? "dark" : "light";
    theme.arms.forEach((colour, i) => root.style.setProperty(`--wdl-arm-${i}`, css(colour)));
    theme.classes.forEach((colour, c) => root.style.setProperty(`--wdl-class-${c}`, css(colour)));
    this.panels.forEach((panel) => panel.shades.forEach((node, depth) => node.style.setProperty("--wdl-shade", layerShade(this, panel.arm, depth))));
    if (this.width) this.relayout();
  }

  resize(width) {
    if (!width || Math.abs(width - this.width) < 1) return;
    this.width = width;
    if (this.cube) this.relayout();
  }

  relayout() {
    if (!this.theme) return;
    this.layout = computeLayout(this.width, this.cube.arms.length, this.cube);
    const { layout, canvases } = this;
    this.root.dataset.size = layout.size;
    this.root.dataset.figures = layout.figures || "row";
    this.root.style.setProperty("--wdl-small", `${layout.small}px`);
    this.root.style.setProperty("--wdl-large", `${layout.large}px`);
    this.plotBox = { lambda: scrubberBox(this, layout.lambdaHeight, layout.lambdaTop), epoch: scrubberBox(this, layout.epochHeight, layout.small + 5) };
    for (const name of ["lambda", "epoch"]) {
      const height = layout[`${name}Height`];
      for (const role of ["Base", "Cursor"]) this.sizePart(canvases[name + role], this.width, height);
      this.placeRange(this.parts[`${name}Range`], this.plotBox[name]);
    }
    for (const panel of this.panels) this.sizePanel(panel);
    const table = this.width < 700 ? "columns" : this.width < 1000 ? "short rows" : "rows";
    if (this.readoutForm !== table || !this.parts.readout.firstChild) this.buildReadoutTable(table);
    this.drawn = {};
    this.invalidate();
  }

  sizePart(part, width, height) {
    part.width = width;
    part.height = height;
    part.ctx = sizeCanvas(part.canvas, width, height);
    part.geometry = part.signs = part.counts = null;
    part.matrices = null;
  }

  sizePanel(panel) {
    const { layout } = this;
    this.sizePart(panel.boundary, layout.boundaryWidth, layout.boundaryHeight);
    this.sizePart(panel.network, layout.sideWidth, layout.networkHeight);
    this.sizePart(panel.histogram, layout.sideWidth, layout.histogramHeight);
    drawBoundaryAxes(this, panel.boundary);
    drawHistogramAxes(this, panel.histogram);
    panel.boundary.sheetKey = null;
  }

  // The thumb runs on the axis of the plot above it, exactly under the cursor.
  placeRange(range, plot) {
    const thumb = 18;
    Object.assign(range.style, { left: `${plot.x - thumb / 2}px`, width: `${plot.w + thumb}px`, top: `${plot.y + plot.h}px` });
  }

  // -- input

  listen() {
    const { parts, canvases } = this;
    parts.lambdaRange.addEventListener("input", () => this.set({ l: Number(parts.lambdaRange.value) }));
    parts.epochRange.addEventListener("input", () => this.set({ k: this.stepFromRange(Number(parts.epochRange.value)) }));
    parts.epochRange.addEventListener("keydown", (event) => this.epochKey(event));
    for (const range of [parts.lambdaRange, parts.epochRange]) {
      range.addEventListener("keydown", () => { this.keyed = true; });
      range.addEventListener("pointerdown", () => { this.keyed = false; this.pause(); });
      range.addEventListener("change", () => this.release(this.keyed ? IDLE : 0));
    }
    this.listenDrag(canvases.lambdaCursor.canvas, parts.lambdaRange, (x) => ({ l: this.lambdaAt(x) }), parts.lambdaTip);
    this.listenDrag(canvases.epochCursor.canvas, parts.epochRange, (x) => ({ k: this.stepAt(x) }), parts.epochTip);
    if (this.listening) return;
    this.listening = true;
    this.root.addEventListener("keydown", (event) => this.spaceKey(event), { signal: this.abort.signal });
  }

  listenDrag(canvas, range, stateAt, tip) {
    let dragging = false;
    const finish = () => {
      if (!dragging) return;
      dragging = false;
      this.root.classList.remove("wdl-dragging");
      this.release(0);
    };
    canvas.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      dragging = true;
      canvas.setPointerCapture(event.pointerId);
      this.root.classList.add("wdl-dragging");
      range.focus({ preventScroll: true });
      tip.hidden = true;
      const target = stateAt(event.offsetX);
      if ("k" in target) this.pause();
      this.set(target);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (dragging) this.set(stateAt(event.offsetX));
      else if (event.pointerType === "mouse") this.showTip(tip, stateAt(event.offsetX), event.offsetY);
    });
    canvas.addEventListener("pointerup", finish);
    canvas.addEventListener("pointercancel", finish);
    canvas.addEventListener("pointerleave", () => { tip.hidden = true; });
  }

  lambdaAt(x) {
    const plot = this.plotBox.lambda;
    return clamp(Math.round(((x - plot.x) / plot.w) * (this.cube.L - 1)), 0, this.cube.L - 1);
  }

  stepAt(x) {
    const plot = this.plotBox.epoch, { steps, K } = this.cube;
    return nearestStep(this.cube, steps[0] + ((x - plot.x) / plot.w) * (steps[K - 1] - steps[0]));
  }

  // Recorded steps are uneven: a nudge too small to reach the next one still moves by one.
  stepFromRange(value) {
    const { steps, K } = this.cube;
    const k = nearestStep(this.cube, value);
    return k !== this.state.k || value === steps[k] ? k : clamp(k + Math.sign(value - steps[k]), 0, K - 1);
  }

  epochKey(event) {
    const page = Math.max(1, Math.round(this.cube.K / 10));
    const moves = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1, PageUp: page, PageDown: -page, Home: -Infinity, End: Infinity };
    if (!(event.key in moves) || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    this.pause(false);
    this.set({ k: clamp(this.state.k + moves[event.key], 0, this.cube.K - 1) });
    this.release(IDLE);
  }

  spaceKey(event) {
    const target = event.composedPath()[0];
    if (event.key !== " " || target?.tagName === "BUTTON") return;
    event.preventDefault();
    this.toggle();
  }

  jump(k) {
    this.pause(false);
    this.set({ k: clamp(k, 0, this.cube.K - 1) });
    this.release(IDLE);
  }

  cycleSpeed() {
    this.set({ speed: SPEEDS[(SPEEDS.indexOf(this.state.speed) + 1) % SPEEDS.length] });
    this.release(IDLE);
  }

  set(change, releaseNow = false) {
    if ("l" in change && change.l !== this.state.l) this.state.touched = true;
    Object.assign(this.state, change);
    this.invalidate();
    if (releaseNow) this.release(0);
  }

  // The host hears of a position only when the hand lets go.
  release(delay) {
    clearTimeout(this.releaseTimer);
    const report = () => !this.destroyed && this.onRelease?.(this.position());
    if (delay) this.releaseTimer = setTimeout(report, delay);
    else report();
  }

  showTip(tip, target, y) {
    const { cube } = this;
    const l = target.l ?? this.state.l, k = target.k ?? this.state.k;
    const lambda = "l" in target;
    const lines = [lambda ? `λ = ${lambdaText(cube.lambdas[l])}` : `epoch ${epochText(epochOf(cube, k))}`];
    for (const arm of cube.arms) {
      const values = splitsShown(this).map((split) => {
        const value = at(arm.get(lambda ? `mean_${split}` : `${split}_loss`), cube, l, k), se = lambda ? at(arm.get(`se_${split}`), cube, l, k) : NaN;
        return `${split} ${three(value)}${se > 0 ? ` ± ${three(se)}` : ""}`;
      });
      if (!lambda) values.push(`penalty ${three(at(arm.get("penalty"), cube, l, k))}`);
      lines.push(`${cube.arms.length > 1 ? `${arm.glyph} ` : ""}${values.join("   ")}`);
    }
    setText(tip, lines.join("\n"));
    const x = lambda ? lambdaX(this, l) : epochX(this, k);
    tip.style.transform = `translate(${x}px, ${Math.max(0, y - 14)}px) translate(${x > this.width / 2 ? "calc(-100% - 14px)" : "14px"}, -50%)`;
    tip.hidden = false;
  }

  // -- playing: recorded steps at a steady rate, about four seconds for all of them at ×1

  toggle() {
    if (this.state.playing) return this.pause();
    if (this.cube.K < 2) return;
    if (this.state.k >= this.cube.K - 1) this.set({ k: 0 });
    this.state.playing = true;
    this.playFrom = { time: null, k: this.state.k };
    this.invalidate();
  }

  pause(report = true) {
    if (!this.state.playing) return;
    this.state.playing = false;
    this.invalidate();
    if (report) this.release(0);
  }

  advance(now) {
    const rate = Math.max(8, this.cube.K / 4) * this.state.speed;
    if (this.playFrom.time === null || this.playFrom.speed !== this.state.speed) {
      this.playFrom = { time: now, k: this.state.k, speed: this.state.speed };
    }
    const last = this.cube.K - 1;
    this.state.k = Math.min(last, this.playFrom.k + Math.floor(((now - this.playFrom.time) * rate) / 1000));
    if (this.state.k === last) this.pause();
  }

  // -- painting

  invalidate() {
    if (!this.frame && !this.destroyed) this.frame = requestAnimationFrame((now) => this.paint(now));
  }

  paint(now) {
    this.frame = 0;
    if (!this.cube || !this.layout || !this.theme) return;
    if (this.state.playing) this.advance(now);
    if (this.state.playing && this.root.isConnected) this.invalidate();
    const { l, k, reveal, log } = this.state;
    const done = this.drawn, curves = `${reveal}${log}`;
    const moved = done.l !== l || done.k !== k || done.curves !== curves;
    if (done.k !== k || done.curves !== curves) drawLambdaBase(this);
    if (done.l !== l || done.curves !== curves) drawEpochBase(this);
    if (moved) this.paintMoved(l, k);
    this.paintControls();
    this.drawn = { l, k, curves };
    this.root.dataset.paints = String(Number(this.root.dataset.paints) + 1);
    if (moved) this.settleSoon();
  }

  paintMoved(l, k) {
    this.paintCursors(l, k);
    for (const panel of this.panels) {
      const sheet = String(this.state.reveal);
      if (panel.boundary.sheetKey !== sheet) {
        drawPointSheet(this, panel.boundary);
        panel.boundary.sheetKey = sheet;
      }
      drawBoundary(this, panel.boundary, panel.arm, l, k);
      drawNetwork(this, panel.network, panel.arm, l, k);
      drawHistogram(this, panel.histogram, panel.arm, l, k);
    }
    const { reveal } = this.state;
    for (const { node, arm, measure } of this.cells) {
      setText(node, measure.split === "test" && !reveal ? "covered" : measure.value(arm, l, k));
      if (measure.split === "test") node.classList.toggle("wdl-covered", !reveal);
    }
    setText(this.parts.sentence, sentence(this));
  }

  paintCursors(l, k) {
    const { cube, canvases, plotBox } = this;
    const values = (prefix, suffix) => cube.arms.flatMap((arm) =>
    splitsShown(this).map((split) => ({ arm, colour: this.theme.arms[arm.index], value: at(arm.get(`${prefix}${split}${suffix}`), cube, l, k) })));
  const penalties = cube.arms.map((arm) => ({ arm, colour: this.theme.muted, value: at(arm.get("penalty"), cube, l, k) }));
    drawCursor(this, canvases.lambdaCursor, plotBox.lambda, lambdaX(this, l), `λ = ${lambdaText(cube.lambdas[l])}`, values("mean_", ""));
    drawCursor(this, canvases.epochCursor, plotBox.epoch, epochX(this, k), `epoch ${epochText(epochOf(cube, k))}`, [...penalties, ...values("", "_loss")]);
  }

  paintControls() {
    const { parts, state, cube } = this;
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

  // -- words for who cannot see the picture, once it rests

  settleSoon() {
    clearTimeout(this.settleTimer);
    this.settleTimer = setTimeout(() => this.settle(), SETTLE);
  }

  settle() {
    if (this.destroyed || this.state.playing) return this.destroyed || this.settleSoon();
    const { cube, canvases, state } = this;
    const { l, k } = state;
    const where = positionText(cube, l, k);
    const values = (arm) => splitsShown(this).map((split) => `${split} loss ${three(at(arm.get(`${split}_loss`), cube, l, k))}`).join(", ");
    canvases.lambdaBase.canvas.setAttribute("aria-label", describeLambdaCurve(cube, k));
    canvases.epochBase.canvas.setAttribute("aria-label", `Loss over epochs at λ = ${lambdaText(cube.lambdas[l])}. ` +
      cube.arms.map((arm) => `${armName(cube, arm.index)}: ${values(arm)}`).join(". "));
    for (const { arm, boundary, network, histogram } of this.panels) {
      boundary.canvas.setAttribute("aria-label", describeBoundary(this, arm, where));
      network.canvas.setAttribute("aria-label", `Network of ${armName(cube, arm.index)} at ${where}: ${cube.layers.map((layer) => `${layer.name} ${layer.inputs} to ${layer.outputs}`).join(", ")}. ${zeroWords(cube, arm, l, k)}`);
      histogram.canvas.setAttribute("aria-label", `Histogram of weights of ${armName(cube, arm.index)}: norm ${three(at(arm.get("norm"), cube, l, k))}, mean absolute weight ${three(at(arm.get("mean_abs"), cube, l, k))}, ${zeroWords(cube, arm, l, k)}`);
    }
    const spoken = `${where}. ${cube.arms.map((arm) => `${armName(cube, arm.index)}: ${values(arm)}`).join(". ")}. ${sentence(this, (i) => armName(cube, i))}`;
    if (this.spoken !== undefined) setText(this.parts.live, spoken); // the first picture speaks through its labels
    this.spoken = spoken;
  }

  destroy() {
    this.destroyed = true;
    this.abort.abort();
    this.observer.disconnect();
    cancelAnimationFrame(this.frame);
    clearTimeout(this.releaseTimer);
    clearTimeout(this.settleTimer);
    this.root.remove();
  }
}

const clamp = (value, low, high) => Math.max(low, Math.min(high, value));

function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) node.setAttribute(name, value);
}

function classIcon(c) {
  const d = ["M-.85 0A.85 .85 0 1 1 .85 0A.85 .85 0 1 1 -.85 0Z", "M-.8 -.8H.8V.8H-.8Z", "M0 -1L.95 .75H-.95Z", "M0 -1.1L1.1 0L0 1.1L-1.1 0Z"][c % SHAPES];
  return svg("-1.2 -1.2 2.4 2.4", [{ d }], { class: "wdl-glyph", style: `color: var(--wdl-class-${c % 10})` });
}

function zeroWords(cube, arm, l, k) {
  const zeros = at(arm.get("zeros"), cube, l, k);
  return Number.isFinite(zeros) ? `${zeros} of ${cube.decayed} weights are exactly zero` : "";
}

function describeLambdaCurve(cube, k) {
  return cube.arms.map((arm) => {
    const best = arm.get("best")?.[k] ?? -1, oneSe = arm.get("one_se")?.[k] ?? -1;
    if (best < 0) return `${armName(cube, arm.index)}: no validation loss at this epoch`;
    const lowest = at(arm.get("mean_validation"), cube, best, k);
    const choice = oneSe >= 0 ? `; one-standard-error choice λ = ${lambdaText(cube.lambdas[oneSe])}` : "";
    return `${armName(cube, arm.index)}: validation loss is lowest, ${three(lowest)}, at λ = ${lambdaText(cube.lambdas[best])}${choice}`;
  }).join(". ");
}

function describeBoundary(view, arm, where) {
  const { cube, state } = view;
  const { l, k } = state;
  const name = armName(cube, arm.index);
  if (hasDiverged(cube, arm, l, k)) return `${name} at ${where}: the run diverged.`;
  const what = { binary: "Decision boundary", multiclass: "Decision regions", regression1d: "Fitted curve", regression2d: "Fitted surface" }[cube.task] || "Prediction";
  const scores = splitsShown(view).map((split) => `${split} ${cube.header.score_name || "score"} ${scoreText(cube, at(arm.get(`${split}_score`), cube, l, k))}`).join(", ");
  const wrong = arm.get("wrong");
  let missed = 0;
  if (wrong) for (let i = 0; i < cube.points.train; i++) missed += wrong[(l * cube.K + k) * cube.marks.length + i];
  const plane = cube.header.plane.note ? ` (${cube.header.plane.note})` : "";
  return `${what}${plane} of ${name} at ${where}: ${scores}${wrong ? `; ${missed} of ${cube.points.train} training points misclassified` : ""}.`;
}

function nearestLambda(cube, value) {
  if (value === 0 && hasZero(cube)) return 0;
  const distance = (other) => (other > 0 && value > 0 ? Math.abs(Math.log(other / value)) : Infinity);
  let best = cube.L - 1;
  for (let l = cube.L - 1; l >= 0; l--) if (distance(cube.lambdas[l]) <= distance(cube.lambdas[best])) best = l;
  return best;
}

function nearestStep(cube, step) {
  const { steps, K } = cube;
  let low = 0, high = K - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (steps[middle] <= step) low = middle;
    else high = middle;
  }
  return Math.abs(steps[high] - step) < Math.abs(steps[low] - step) ? high : low;
}

// Every size of the view from its width alone. At about 1000 px all of it fits a 1280 × 720 screen.
function computeLayout(width, arms, cube) {
  const narrow = width < 560, medium = width < 780;
  const grow = clamp((width - 1000) / 500, 0, 1);
  const small = Math.round((narrow ? 12 : 12 + 2 * grow) * 2) / 2;
  const layout = { size: narrow ? "narrow" : medium ? "medium" : width >= 1300 ? "wide" : "normal", narrow, small, large: narrow ? 15 : 15 + 3 * grow };
  const lanes = arms > 1 ? 2 : 1;
  layout.lambdaTop = lanes * (small + 2) + 8;
  layout.lambdaHeight = Math.round(layout.lambdaTop + 76 + 44 * grow + small + 18);
  layout.epochHeight = Math.round(small + 5 + 72 + 40 * grow + small + 18);
  const gap = 24;
  const half = arms > 1 ? (width - gap) / 2 : width;
  const height = Math.round((arms > 1 ? 222 : 252) + 120 * grow);
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

function scrubberBox(view, height, top) {
  const { small, narrow } = view.layout;
  const left = narrow ? small * 3 : small * 3.6;
  return { x: left, y: top, w: Math.max(40, view.width - left - small * 1.8), h: height - top - small - 18 };
}

// ----------------------------------------------------------------------------------------------------------- three entries

// Framework-free: draw `bytes` into `root`; onRelease(position) is called when the hand lets go.
export function mount(root, bytes, options = {}) {
  const view = new View(root, options);
  const ready = view.update(bytes, options.position);
  return { ready, update: (data, position) => view.update(data, position), destroy: () => view.destroy(), view };
}

const instances = new WeakMap();

// Streamlit runs this again at every change of data or theme, with the same parentElement. One view lives for each of them.
export default function ({ data, parentElement, setStateValue }) {
  let instance = instances.get(parentElement);
  if (!instance || instance.view.destroyed) {
    instance = mount(parentElement, data, {});
    instances.set(parentElement, instance);
  } else instance.update(data);
  instance.view.onRelease = (position) => setStateValue("position", position); // an older setter may belong to a past rerun
  // A run that was overtaken while loading is cleaned up late, when a newer one already owns the view; only a view that has
  // left the page is taken down.
  return () => setTimeout(() => {
    if (instance.view.root.isConnected) return;
    instance.destroy();
    if (instances.get(parentElement) === instance) instances.delete(parentElement);
  }, 0);
}
