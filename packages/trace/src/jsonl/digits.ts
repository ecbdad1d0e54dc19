const zero = 48;

/** The two digits of each number below 100, in ASCII. */
const pairs = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  pairs[2 * i] = zero + Math.floor(i / 10);
  pairs[2 * i + 1] = zero + (i % 10);
}

/** Writes a whole number below 2^31 in ASCII; the place after it. */
export function writeDigits(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = zero + value;
    return at + 1;
  }
  if (value < 100) return writePair(bytes, at, value);
  if (value < 10_000) {
    // 5243 / 2^19 is 1/100, closely enough below 10,000.
    const hundreds = Math.imul(value, 5243) >>> 19;
    const next = writeDigits(bytes, at, hundreds);
    return writePair(bytes, next, value - hundreds * 100);
  }
  const end = at + digitCount(value);
  let rest = value;
  for (let place = end - 1; place >= at; place--) {
    const quotient = (rest / 10) | 0;
    bytes[place] = zero + rest - quotient * 10;
    rest = quotient;
  }
  return end;
}

function writePair(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = pairs[2 * value]!;
  bytes[at + 1] = pairs[2 * value + 1]!;
  return at + 2;
}

/** Number of digits of a number from 10,000 up. */
function digitCount(value: number): number {
  if (value < 100_000) return 5;
  if (value < 1_000_000) return 6;
  if (value < 10_000_000) return 7;
  if (value < 100_000_000) return 8;
  return value < 1_000_000_000 ? 9 : 10;
}
