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

// Header and arrays of one packed message (wd_core/view/picture.py: pack).
async function readMessage(bytes) {
  const { header, start } = readHeader(bytes);
  const blob = await inflate(bytes.subarray(start));
  const arrays = {};
  for (const [name, { dtype, shape, offset }] of Object.entries(header.arrays || {})) {
    const Type = TYPES[dtype];
    if (Type) arrays[name] = new Type(blob, offset, shape.reduce((product, size) => product * size, 1));
  }
  return { header, arrays };
}
