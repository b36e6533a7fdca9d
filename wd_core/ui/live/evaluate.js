// The model, evaluated here: its weights and a grid of plane coordinates → what every unit says at every point.
//
// A model is a list of layers, as wd_core/view/program.py writes it. Points lie in rows, all values of one unit one after
// the other, so that every inner loop walks along contiguous memory. `History.predict` is the oracle.


const FEATURES = {
  "x1": (u) => u, "x2": (u, v) => v, "x1^2": (u) => u * u, "x2^2": (u, v) => v * v, "x1*x2": (u, v) => u * v,
  "sin(x1)": (u) => Math.sin(2 * u), "sin(x2)": (u, v) => Math.sin(2 * v),
};

// tanh as a quotient of polynomials (the one of Eigen's single precision): off by 3e-7 at most.
function tanhOf(z) {
  const x = z > 7.9 ? 7.9 : z < -7.9 ? -7.9 : z;
  const s = x * x;
  const p = x * (4.89352455891786e-3 + s * (6.37261928875436e-4 + s * (1.48572235717979e-5 + s * (5.12229709037114e-8 +
    s * (-8.60467152213735e-11 + s * (2.00018790482477e-13 + s * -2.76076847742355e-16))))));
  return p / (4.89352518554385e-3 + s * (2.26843463243900e-3 + s * (1.18534705686654e-4 + s * 1.19825839466702e-6)));
}

const LEAK = 0.01;
const ACTIVATIONS = {
  tanh(a, count) { for (let p = 0; p < count; p++) a[p] = tanhOf(a[p]); },
  sigmoid(a, count) { for (let p = 0; p < count; p++) a[p] = 0.5 + 0.5 * tanhOf(0.5 * a[p]); },
  relu(a, count) { for (let p = 0; p < count; p++) if (a[p] < 0) a[p] = 0; },
  leaky_relu(a, count) { for (let p = 0; p < count; p++) if (a[p] < 0) a[p] *= LEAK; },
  square(a, count) { for (let p = 0; p < count; p++) a[p] *= a[p]; },
};

// out = W·x + b for n points; W row by row from `at`, the bias last where there is one. Four inputs in one walk.
function affine({ inputs, outputs, bias }, W, at, x, n, out) {
  const width = inputs + (bias ? 1 : 0);
  for (let o = 0; o < outputs; o++) {
    const row = at + o * width, to = o * n;
    out.fill(bias ? W[row + inputs] : 0, to, to + n);
    let i = 0;
    for (; i + 3 < inputs; i += 4) {
      const a = W[row + i], b = W[row + i + 1], c = W[row + i + 2], d = W[row + i + 3];
      if (a === 0 && b === 0 && c === 0 && d === 0) continue;
      const p0 = i * n, p1 = p0 + n, p2 = p1 + n, p3 = p2 + n;
      for (let p = 0; p < n; p++) out[to + p] += a * x[p0 + p] + b * x[p1 + p] + c * x[p2 + p] + d * x[p3 + p];
    }
    for (; i < inputs; i++) {
      const a = W[row + i], from = i * n;
      if (a !== 0) for (let p = 0; p < n; p++) out[to + p] += a * x[from + p];
    }
  }
}

// Each point's units brought to mean 0 and variance 1, then scaled and shifted by the layer's own gains and shifts.
function layerNorm({ units, epsilon, bias }, W, at, a, n) {
  for (let p = 0; p < n; p++) {
    let mean = 0, square = 0;
    for (let u = 0; u < units; u++) mean += a[u * n + p];
    mean /= units;
    for (let u = 0; u < units; u++) square += (a[u * n + p] - mean) ** 2;
    const scale = 1 / Math.sqrt(square / units + epsilon);
    for (let u = 0; u < units; u++) a[u * n + p] = (a[u * n + p] - mean) * scale * W[at + u] + (bias ? W[at + units + u] : 0);
  }
}

// Batch norm as it comes out of the training part's statistics: a slope and an intercept for each unit.
function batchNorm({ units }, norms, at, a, n) {
  for (let u = 0; u < units; u++) {
    const slope = norms[at + 2 * u], intercept = norms[at + 2 * u + 1];
    for (let p = u * n; p < (u + 1) * n; p++) a[p] = a[p] * slope + intercept;
  }
}

// A model bound to one run. `inputs` of the program say how a point of the plane becomes the model's inputs: "coordinates"
// are u and v, affine in x and y ([constant, by x, by y]); each input is affine too, or a feature of u and v by name.
export class Model {
  constructor({ coordinates, inputs, layers }) {
    this.coordinates = coordinates;
    this.named = [];
    this.affine = inputs.map((input) => (typeof input === "string" ? null : input));
    this.slots = inputs.map((input) => (typeof input === "string" ? 2 + this.named.push(FEATURES[input]) : 0));
    this.first = layers[0];
    this.layers = layers.slice(1);
    this.outputs = layers.filter((layer) => layer.op === "affine").at(-1).outputs;
    this.width = 3 + this.named.length;
    this.folded = new Float64Array(this.first.outputs * this.width);
    let units = this.first.outputs, work = units * this.width;
    this.units = [units];
    for (const layer of this.layers) {
      if (layer.op === "affine") work += layer.outputs * layer.inputs;
      units = layer.outputs ?? units;
      this.units.push(units);
    }
    this.work = work; // multiply-adds a point
    this.size = 0;
  }

  // The first layer in terms of 1, x, y and the named features: however many inputs there are, a point costs the same.
  // `norms` from `normsAt` on is what batch norm does, where the model has it.
  bind(weights, at, norms, normsAt) {
    Object.assign(this, { weights, at, norms, normsAt });
    const { folded, width, first: { inputs, outputs, bias, at: start } } = this;
    folded.fill(0);
    const stride = inputs + (bias ? 1 : 0);
    for (let o = 0; o < outputs; o++) {
      const row = at + start + o * stride, to = o * width;
      if (bias) folded[to] = weights[row + inputs];
      for (let i = 0; i < inputs; i++) {
        const w = weights[row + i], map = this.affine[i];
        if (w === 0) continue;
        if (!map) folded[to + this.slots[i]] += w;
        else for (let c = 0; c < 3; c++) folded[to + c] += w * map[c];
      }
    }
    return this;
  }

  room(n) {
    if (this.size >= n) return;
    this.size = n;
    const widest = Math.max(...this.units);
    this.buffers = [new Float64Array(widest * n), new Float64Array(widest * n)];
    this.features = this.named.map(() => new Float64Array(n));
  }

  // One row of points, n x-values at one y → the scores (outputs × n), in a buffer of the model's own.
  // `seen(layer, values)` is told what each layer says, first to last, while it can be read.
  row(xs, y, n, seen) {
    this.room(n);
    const { folded, width, coordinates: [u, v], features, named, weights, at, norms } = this;
    let normsAt = this.normsAt;
    named.forEach((feature, f) => {
      for (let p = 0; p < n; p++) features[f][p] = feature(u[0] + u[1] * xs[p] + u[2] * y, v[0] + v[1] * xs[p] + v[2] * y);
    });
    let [a, b] = this.buffers;
    for (let o = 0; o < this.first.outputs; o++) {
      const from = o * width, to = o * n, constant = folded[from] + folded[from + 2] * y, slope = folded[from + 1];
      for (let p = 0; p < n; p++) a[to + p] = constant + slope * xs[p];
      for (let f = 0; f < named.length; f++) {
        const w = folded[from + 3 + f], values = features[f];
        if (w !== 0) for (let p = 0; p < n; p++) a[to + p] += w * values[p];
      }
    }
    seen?.(0, a);
    this.layers.forEach((layer, j) => {
      if (layer.op === "affine") {
        affine(layer, weights, at + layer.at, a, n, b);
        [a, b] = [b, a];
      } else if (layer.op === "layer_norm") layerNorm(layer, weights, at + layer.at, a, n);
      else if (layer.op === "batch_norm") {
        batchNorm(layer, norms, normsAt, a, n);
        normsAt += 2 * layer.units;
      }
      else ACTIVATIONS[layer.op](a, this.units[j + 1] * n);
      seen?.(j + 1, a);
    });
    return a;
  }
}

// Points of a grid along one axis: `count` values, evenly from one end of the range to the other.
export function spread([low, high], count) {
  return Float64Array.from({ length: count }, (_, i) => low + ((high - low) * i) / Math.max(1, count - 1));
}

// Probability of class 1 from a field's scores: one logistic score, or the difference of two.
export const sigmoid = (z) => 1 / (1 + Math.exp(-z));
