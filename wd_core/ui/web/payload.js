// One packed message: header and arrays.

const MAGIC = "WDL1";
const TYPES = {
  uint8: Uint8Array, int8: Int8Array, uint16: Uint16Array, int16: Int16Array, int32: Int32Array, float32: Float32Array,
};

export function asBytes(data) {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  if (ArrayBuffer.isView(data)) return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return null;
}

export function readHeader(bytes) {
  if (!bytes || bytes.length < 8 || String.fromCharCode(...bytes.subarray(0, 4)) !== MAGIC) {
    throw new Error(`The view expected data that begins with ${MAGIC} and got something else.`);
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset + 4, 4).getUint32(0, true);
  return { header: JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length))), start: 8 + length };
}

// The header without the position: what decides whether the picture is a new one.
export const contentOf = (header) => JSON.stringify({ ...header, position: null, position_token: null });

async function inflate(bytes) {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return new Response(stream).arrayBuffer();
}

// Header and arrays of one packed message (wd_core/view/picture.py: pack).
export async function readMessage(bytes) {
  const { header, start } = readHeader(bytes);
  const blob = await inflate(bytes.subarray(start));
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays || {})) {
    const Type = TYPES[dtype];
    if (Type) arrays[name] = new Type(blob, offset, shape.reduce((product, size) => product * size, 1));
  }
  return { header, arrays };
}
