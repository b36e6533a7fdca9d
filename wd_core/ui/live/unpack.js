// Whole numbers out of what remained of them after their neighbours had been foretold (wd_core/view/packing.py).

// bytes: three planes of blocks × rows × columns × inner numbers; the sums run along rows and columns of each block.
export function sums(bytes, [blocks, rows, columns, inner]) {
  const size = blocks * rows * columns * inner, line = columns * inner;
  const numbers = new Int32Array(size);
  for (let j = 0; j < size; j++) {
    const folded = bytes[j] | (bytes[size + j] << 8) | (bytes[2 * size + j] << 16);
    numbers[j] = (folded >> 1) ^ -(folded & 1);
  }
  for (let row = 0, j = 0; row < blocks * rows; row++) {
    for (j += inner; j < (row + 1) * line; j++) numbers[j] += numbers[j - inner];
    if (row % rows) for (let i = row * line; i < (row + 1) * line; i++) numbers[i] += numbers[i - line];
  }
  return numbers;
}

// Weights (λ × steps × parameters), each λ in units of its own.
export function unpackWeights(bytes, [, lambdas, rows, parameters], units) {
  const numbers = sums(bytes, [1, lambdas, rows, parameters]);
  const run = rows * parameters;
  return Float32Array.from(numbers, (number, j) => number * units[Math.floor(j / run)]);
}
