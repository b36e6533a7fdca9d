// Numbers as people read them.


const SUPERSCRIPTS = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };
export const superscript = (n) => String(n).replace(/./g, (c) => SUPERSCRIPTS[c]);
const minus = (text) => text.replace("-", "−");

function scientific(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits - 1).split("e");
  return `${minus(mantissa)} × 10${superscript(Number(exponent))}`;
}

// Three significant digits.
export function three(value) {
  if (value === 0) return "0";
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 9999.5) return scientific(value, 3);
  return minus(size >= 999.5 ? value.toFixed(0) : value.toPrecision(3));
}

// A size that is never negative: what is as good as nothing is not spelt out, but told apart from nothing.
export const sizeText = (value) => (value > 0 && value < 1e-6 ? `< 10${superscript(-6)}` : three(value));

export function lambdaText(value) {
  if (value === 0) return "0";
  if (value < 0.095 || value >= 9999.5) return scientific(value, 2);
  return value < 99.5 ? value.toPrecision(2) : value.toFixed(0);
}

// R² in thousandths: what is less than that is rounding, as for a model that says the mean.
export function scoreText(cube, value) {
  if (!Number.isFinite(value)) return "–";
  if (cube.header.score_name === "accuracy") return `${(100 * value).toFixed(1)} %`;
  if (Math.abs(value) < 5e-4) return "0";
  return Math.abs(value) < 10 ? minus(value.toFixed(3)) : three(value);
}
export const tickText = (value) => {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return minus(String(+value.toPrecision(6)));
  const power = Math.floor(Math.log10(size) + 1e-9), mantissa = minus(String(+(value / 10 ** power).toFixed(1)));
  return `${mantissa === "1" ? "" : `${mantissa}·`}10${superscript(power)}`;
};
