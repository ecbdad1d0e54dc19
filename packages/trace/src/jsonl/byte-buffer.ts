import { invariant } from '@flover/policy';
import { writeDigits } from './digits.ts';

const billion = 1e9;

/**
 * Grows as JSON text is written into it, without making strings.
 *
 * Writing digits straight into bytes is what keeps a 64-row launch near a microsecond.
 */
export class ByteBuffer {
  #bytes: Buffer;
  #length = 0;

  constructor(capacityBytes: number) {
    this.#bytes = Buffer.allocUnsafe(Math.max(capacityBytes, 256));
  }

  get length(): number {
    return this.#length;
  }

  /** What has been written, valid until the next write. */
  view(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  clear(): void {
    this.#length = 0;
  }

  /** Text that is ASCII. */
  ascii(text: string): void {
    this.#reserve(text.length);
    const bytes = this.#bytes;
    let at = this.#length;
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i);
    this.#length = at;
  }

  /** Any value as JSON. */
  json(value: unknown): void {
    const text = JSON.stringify(value);
    const bytes = Buffer.byteLength(text);
    this.#reserve(bytes);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** A finite number, as JSON.stringify writes it. */
  number(value: number): void {
    this.#reserve(24);
    if ((value | 0) === value && value >= 0) {
      this.#length = writeDigits(this.#bytes, this.#length, value);
    } else {
      this.#unusual(value);
    }
  }

  /** Numbers as a JSON array. */
  numbers(values: ArrayLike<number>): void {
    const count = values.length;
    this.#reserve(2 + count * 25);
    const bytes = this.#bytes;
    let at = this.#length;
    bytes[at++] = 91;
    for (let i = 0; i < count; i++) {
      if (i > 0) bytes[at++] = 44;
      const value = values[i]!;
      if ((value | 0) === value && value >= 0) {
        at = writeDigits(bytes, at, value);
      } else {
        this.#length = at;
        this.#unusual(value);
        at = this.#length;
      }
    }
    bytes[at++] = 93;
    this.#length = at;
  }

  /** Large, negative and broken numbers; 24 bytes are reserved. */
  #unusual(value: number): void {
    if (Number.isSafeInteger(value) && value >= 0) {
      const high = Math.floor(value / billion);
      const low = value - high * billion;
      if (high > 0) {
        this.#length = writeDigits(this.#bytes, this.#length, high);
        // A leading one keeps the zeros that `low` may begin with; it is written over.
        const before = this.#bytes[this.#length - 1]!;
        writeDigits(this.#bytes, this.#length - 1, billion + low);
        this.#bytes[this.#length - 1] = before;
        this.#length += 9;
      } else {
        this.#length = writeDigits(this.#bytes, this.#length, low);
      }
    } else {
      invariant(Number.isFinite(value), `${value} is to be written to a trace`);
      this.ascii(JSON.stringify(value));
    }
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
