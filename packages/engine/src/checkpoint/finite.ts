/** Index of the first NaN or infinity among little-endian elements, or -1. */
export function firstNotFinite(type: 'F32' | 'F16' | 'BF16', bytes: Uint8Array): number {
  // All exponent bits set is NaN or infinity in each of the three types.
  if (type === 'F32') {
    const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
    return firstWithBits(words, 0x7f800000);
  }
  const words = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  return firstWithBits(words, type === 'F16' ? 0x7c00 : 0x7f80);
}

function firstWithBits(words: Uint16Array | Uint32Array, mask: number): number {
  for (let i = 0; i < words.length; i++) if ((words[i]! & mask) === mask) return i;
  return -1;
}
